// SPDX-License-Identifier: Apache-2.0
// naru over WHIP and WHEP: a room per flow.
#include "session_signalling.h"
#include "webrtc.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define POSTS_AT_ONCE 8

static unsigned under_way(const struct session_set *set)
{
    unsigned count = 0;
    for (unsigned i = 0; i < set->count; i++)
        count += set->sessions[i].state > SESSION_IDLE && set->sessions[i].state < SESSION_CONNECTED;
    return count;
}

static void take_answers(struct session_set *set, uint64_t now)
{
    for (unsigned i = 0; i < set->count; i++) {
        struct session *session = &set->sessions[i];
        if (session->state == SESSION_SIGNALLING && session->request.easy && !session->request.running)
            session_post_done(session, set->multi, now);
    }
}

static bool is_of(const struct session *session, bool publishers)
{
    return (session->viewer < 0) == publishers;
}

static int connect_all(struct webrtc *webrtc, bool publishers)
{
    struct session_set *set = &webrtc->set;
    for (unsigned i = 0; i < set->count || under_way(set);) {
        uint64_t now = session_set_step(set);
        take_answers(set, now);
        for (unsigned running = under_way(set); running < POSTS_AT_ONCE && i < set->count; i++) {
            if (!is_of(&set->sessions[i], publishers))
                continue;
            session_post(&set->sessions[i], set->multi, now);
            running++;
        }
    }
    for (unsigned i = 0; i < set->count; i++)
        if (is_of(&set->sessions[i], publishers) && webrtc_wait(webrtc, i, set->count))
            return -EPROTO;
    return 0;
}

static int naru_open(struct load *load, const struct server_options *options)
{
    static struct webrtc webrtc;
    snprintf(webrtc.whip, sizeof(webrtc.whip), "%s/whip/room{n}", options->control);
    snprintf(webrtc.whep, sizeof(webrtc.whep), "%s/whep/room{n}", options->control);
    int error = webrtc_open(&webrtc, load, options);
    if (!error)
        error = connect_all(&webrtc, true);
    if (!error)
        error = connect_all(&webrtc, false);
    if (error)
        fprintf(stderr, "naru-peers: naru at %s: %s\n", options->control, strerror(-error));
    return error ? error : webrtc_take(&webrtc, load);
}

const struct server server_naru = {.name = "naru", .polls = true, .open = naru_open};
