// SPDX-License-Identifier: Apache-2.0
// naru-sctp's end of the link, for tests of what stands above it: associations come up at once, messages are kept.
#pragma once

#include "link_message.h"
#include "test_gateway.h"

#define DOUBLE_MESSAGES 512

struct sctp_double {
    struct test_gateway *gateway;
    bool is_met, is_slow; // is_slow: it takes nothing
    unsigned opened, closed, resets, count;
    uint64_t credit;
    struct {
        struct link_message message; // of LINK_SEND
        char text[65];               // its beginning
    } list[DOUBLE_MESSAGES];
};

void sctp_double_open(struct sctp_double *sctp, struct test_gateway *gateway);
// Until nothing moves.
void sctp_double_run(struct sctp_double *sctp);
// Messages of user data to that transport whose text is this one.
unsigned sctp_double_count(const struct sctp_double *sctp, uint32_t transport, const char *text);
// The peer says it on this stream.
void sctp_double_say(struct sctp_double *sctp, const struct session *session, uint16_t stream, uint32_t ppid,
                     const void *data, size_t size);
// The peer opens a channel.
void sctp_double_announce(struct sctp_double *sctp, const struct session *session, uint16_t stream, const char *label);
