// SPDX-License-Identifier: Apache-2.0
// naru-control's end of the link to naru-sctp: who lives on the other side, and what it says.
#pragma once

#include "link_message.h"

struct data_link {
    int fd; // -1: there is no naru-sctp
    uint64_t epoch, peer_epoch;
    bool hello_is_due, welcome_is_due, is_welcome;
    bool is_full;          // it took something not: to be asked again when it is writable
    uint64_t packets_lost; // for naru-sctp, which did not take them: SCTP sends again
};

enum data_link_news {
    DATA_LINK_NOTHING,
    DATA_LINK_MESSAGE,
    DATA_LINK_OPENED,    // it answered: what waited may be said
    DATA_LINK_RESTARTED, // another naru-sctp: it knows nothing of what there was
};

// fd: a socket pair's end, or -1. epoch: of this process.
void data_link_open(struct data_link *link, int fd, uint64_t epoch);
// 0, -EAGAIN (full, or nobody has answered yet), -ENOTCONN without a link, or -errno.
int data_link_say(struct data_link *link, const struct link_message *message);
// Answers greetings by itself. Data lie in the buffer.
enum data_link_news data_link_hear(struct data_link *link, uint8_t buffer[LINK_MESSAGE_MAX],
                                   struct link_message *ret_message);
// It is writable: what is due.
void data_link_go_on(struct data_link *link);
