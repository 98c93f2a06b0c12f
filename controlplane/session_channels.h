// SPDX-License-Identifier: Apache-2.0
// The data channels of a session: between its DTLS records and naru-sctp.
#pragma once

#include "data_channels.h"

#include <sys/queue.h>

struct control;
struct session;

struct session_channels {
    struct control *control;
    struct session *session;
    struct data_channels *channels; // for data_channels_create and all that
    TAILQ_ENTRY(session_channels) all;
};
TAILQ_HEAD(session_channels_list, session_channels);

// m=application was agreed on. session->channels is there from then on, until the session ends; it starts when the
// session is connected, or at once. What is told is told on the gateway's thread, from within calls of this process's
// own as of others. 0, -ENOTSUP (there is no naru-sctp), -EEXIST, -ENOMEM.
int session_channels_open(struct control *control, struct session *session, uint16_t peer_port,
                          uint32_t peer_max_message,
                          void (*tell)(void *context, const struct data_channel_event *event), void *context);
// They go without a word to whoever was told. Also where there are none.
void session_channels_close(struct control *control, struct session *session);
