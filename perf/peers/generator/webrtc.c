// SPDX-License-Identifier: Apache-2.0
#include "webrtc.h"

#include "byte_order.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define BETWEEN_SECONDS 0.03
#define VIDEO_RATE      1 // until the load takes over

int webrtc_open(struct webrtc *webrtc, const struct load *load, const struct server_options *options)
{
    unsigned size = load->copies + 1;
    webrtc->options = (struct client_options){.role = ROLE_PAIR,
                                              .sessions = load->flow_count,
                                              .viewers = load->copies,
                                              .cycles = 1,
                                              .setup = SDP_SETUP_ACTPASS,
                                              .answer_setup = SDP_SETUP_ACTIVE,
                                              .video = true,
                                              .video_codec = CODEC_VP8,
                                              .audio_size = LOAD_PAYLOAD_MIN,
                                              .audio_rate = VIDEO_RATE,
                                              .video_size = LOAD_PAYLOAD_MIN,
                                              .video_rate = VIDEO_RATE,
                                              .family = AF_INET,
                                              .bind = options->own,
                                              .token = options->token,
                                              .suite = options->in->sdes,
                                              .whip = webrtc->whip,
                                              .whep = webrtc->whep,
                                              .connect_timeout_s = 20,
                                              .keep_going = true};
    int error = options->in == options->out ? 0 : -EINVAL; // DTLS chooses for both legs alike
    if (!error)
        error = session_set_open(&webrtc->set, &webrtc->options, load->flow_count * size);
    for (unsigned i = 0; i < webrtc->set.count && !error; i++) {
        struct session *session = &webrtc->set.sessions[i];
        bool publishes = i % size == 0;
        session->index = i;
        session->room = i / size;
        session->viewer = publishes ? -1 : (int)(i % size) - 1;
        error = session_set_add(&webrtc->set, session, false, publishes ? SESSION_SENDS : SESSION_RECEIVES);
    }
    return error;
}

int webrtc_wait(struct webrtc *webrtc, unsigned first, unsigned step)
{
    for (unsigned i = first; i < webrtc->set.count; i += step) {
        struct session *session = &webrtc->set.sessions[i];
        while (session->state < SESSION_CONNECTED)
            session_set_step(&webrtc->set);
        if (session->state == SESSION_CONNECTED)
            continue;
        fprintf(stderr, "naru-peers: session %u: %s\n", i, session->error);
        return -EPROTO;
    }
    return 0;
}

static void take_publisher(const struct session *session, struct flow *flow)
{
    const struct media_source *source = &session->sources[0];
    flow->from = session->local.v4;
    flow->to = session->ice.selected.v4;
    flow->ssrc = source->ssrc;
    flow->first_sequence = source->sequence;
    flow->payload_type = source->payload_type;
    flow->seal = session->srtp.out;
}

static void between(struct load *load, void *server)
{
    struct webrtc *webrtc = server;
    (void)load;
    session_set_drain(&webrtc->set, BETWEEN_SECONDS);
}

int webrtc_take(struct webrtc *webrtc, struct load *load)
{
    unsigned size = load->copies + 1;
    session_set_stop_sending(&webrtc->set);
    for (unsigned i = 0; i < webrtc->set.count; i++) {
        const struct session *session = &webrtc->set.sessions[i];
        unsigned flow = i / size;
        if (load_grow_socket(session->fd))
            return -errno;
        if (i % size == 0) {
            take_publisher(session, &load->flows[flow]);
            continue;
        }
        struct receiver *receiver = &load->receivers[flow * load->copies + i % size - 1];
        receiver->fd = session->fd;
        receiver->open = session->srtp.in;
    }
    load->between = between;
    load->server = webrtc;
    return 0;
}
