// SPDX-License-Identifier: Apache-2.0
#ifdef NARU_PERF_LIBSRTP
#include "peer_sessions.h"

#include "crypto.h"

#include <errno.h>
#include <stdlib.h>

int peer_sessions_open(const struct rooms *rooms, bool are_senders, struct peer_sessions *ret_sessions)
{
    if (!crypto_start_libsrtp())
        return -ENOTSUP;
    *ret_sessions = (struct peer_sessions){
        .rooms = rooms, .are_senders = are_senders, .list = calloc(rooms->transports, sizeof(srtp_t))};
    return ret_sessions->list ? 0 : -ENOMEM;
}

void peer_sessions_close(struct peer_sessions *sessions)
{
    for (uint32_t i = 0; sessions->list && i < sessions->rooms->transports; i++)
        if (sessions->list[i])
            srtp_dealloc(sessions->list[i]);
    free(sessions->list);
    *sessions = (struct peer_sessions){0};
}

srtp_t peer_sessions_of(struct peer_sessions *sessions, uint32_t transport)
{
    struct transport_keys keys;
    srtp_t *session = &sessions->list[transport];
    if (*session)
        return *session;
    rooms_keys(sessions->rooms, transport, &keys); // as the gateway calls them
    if (sessions->are_senders)
        *session = libsrtp_open(keys.suite, keys.receive_key, keys.receive_salt, ssrc_any_outbound);
    else
        *session = libsrtp_open(keys.suite, keys.send_key, keys.send_salt, ssrc_any_inbound);
    return *session;
}
#endif
