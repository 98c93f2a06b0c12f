// SPDX-License-Identifier: Apache-2.0
// The data channels of a session: between its DTLS records and naru-sctp.
#pragma once

#include "data_channels.h"

#include <sys/queue.h>

struct control;
struct session;
struct transport_intent;

struct session_channels {
    struct control *control;
    struct session *session;
    struct data_channels *channels; // for data_channels_create and all that
    bool is_agreed;
    TAILQ_ENTRY(session_channels) all;
};
TAILQ_HEAD(session_channels_list, session_channels);

// Data channels are wanted: session->channels is there from then on, until the session ends. last_number: as of struct
// data_channels_setup. What is told is told on the gateway's thread, from within calls of this process's own as of
// others. 0, -ENOTSUP (there is no naru-sctp), -EEXIST, -ENOMEM.
int session_channels_open(struct control *control, struct session *session, uint32_t last_number,
                          void (*tell)(void *context, const struct data_channel_event *event), void *context);
// m=application was agreed on: they start when the session is connected, or at once.
void session_channels_agree(struct control *control, struct session *session, uint16_t peer_port,
                            uint32_t peer_max_message, uint64_t now);
// They go without a word to whoever was told. Also where there are none.
void session_channels_close(struct control *control, struct session *session);
// The same while the session goes on.
void session_channels_retract(struct control *control, struct session *session);

void session_channels_start(struct control *control, struct session *session, uint64_t now); // it is connected
// Of a session, as struct record_sink has it.
void session_channels_application(void *context, const uint8_t *plain, size_t size);
// What its worker lets through.
void session_channels_allow(const struct session *session, struct transport_intent *intent);
void session_channels_receive(struct control *control, uint64_t now); // a bounded part of what is on the link
void session_channels_go_on(struct control *control, uint64_t now);   // the link is writable
