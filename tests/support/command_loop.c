// SPDX-License-Identifier: Apache-2.0
// The client against itself: offerer and ICE-lite answerer in one process, media in both directions.
#include "byte_order.h"
#include "commands.h"
#include "session_verdict.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum sdp_setup answer_setup(const struct client_options *options)
{
    if (options->setup == SDP_SETUP_ACTPASS)
        return options->answer_setup == SDP_SETUP_PASSIVE ? SDP_SETUP_PASSIVE : SDP_SETUP_ACTIVE;
    return options->setup == SDP_SETUP_ACTIVE ? SDP_SETUP_PASSIVE : SDP_SETUP_ACTIVE;
}

static int join(struct session *offerer, struct session *answerer)
{
    enum sdp_setup setup = answer_setup(offerer->options);
    uint64_t now = clock_now();
    char *offer = session_describe(offerer, offerer->options->setup, false);
    char *answer = session_describe(answerer, setup, true);
    int result = -ENOMEM;
    if (offer && answer)
        result = session_apply_offer(answerer, offer, strlen(offer), setup, now);
    if (!result)
        result = session_apply(offerer, answer, strlen(answer), now);
    free(offer);
    free(answer);
    if (result)
        fprintf(stderr, "naru-client: loop: %s%s\n", offerer->error, answerer->error);
    return result;
}

static int add_pairs(struct session_set *set)
{
    for (unsigned i = 0; i < set->count; i++) {
        struct session *session = &set->sessions[i];
        session->index = i;
        session->room = set->options->first_room + i / 2;
        session->viewer = -1;
        session->publisher = &set->sessions[i ^ 1];
        if (session_set_add(set, session, i % 2, SESSION_SENDS | SESSION_RECEIVES))
            return -EIO;
        if (i % 2 && join(session - 1, session))
            return -EIO;
    }
    return 0;
}

// What the tampering must have led to on the other side, and nothing else.
static void forgive_tampering(struct session_set *set, struct verdict *verdict)
{
    bool replayed = set->options->tamper == TAMPER_REPLAY;
    verdict->ok = true;
    for (unsigned i = 0; i < set->count; i++) {
        struct srtp_pair_counters *got = &set->sessions[i].srtp.rtp;
        uint64_t sent = set->sessions[i ^ 1].tamper.sent;
        if ((replayed ? got->replayed : got->authentication_failed) != sent || !sent)
            verdict->ok = false;
        got->replayed = got->authentication_failed = 0;
    }
    bool counted = verdict->ok;
    verdict_reach(set, verdict);
    verdict->ok &= counted;
}

static bool run_once(const struct client_options *options, const char *label)
{
    struct session_set set;
    struct verdict *verdict = malloc(sizeof(*verdict));
    if (!verdict || session_set_open(&set, options, 2 * options->sessions)) {
        free(verdict);
        return false;
    }
    bool ok = !add_pairs(&set);
    if (ok) {
        while (!session_set_settled(&set))
            session_set_step(&set);
        session_set_run(&set, options->duration_s);
        session_set_stop_sending(&set);
        session_set_drain(&set, 0.1);
        session_set_hang_up(&set);
        if (options->tamper == TAMPER_BAD_TAG || options->tamper == TAMPER_REPLAY)
            forgive_tampering(&set, verdict);
        else
            verdict_reach(&set, verdict);
        session_report(&set, verdict, label);
        ok = verdict->ok;
    }
    free(verdict);
    session_set_close(&set);
    return ok;
}

struct variation {
    const char *label, *suite;
    enum sdp_setup setup, answer_setup;
    int family;
    bool split_hello;
    enum media_codec codec;
    enum client_tamper tamper;
};

static const struct variation variations[] = {
    {"CM SHA1_80, answerer is the DTLS client", "AES_CM_128_HMAC_SHA1_80", SDP_SETUP_ACTPASS, SDP_SETUP_ACTIVE, AF_INET,
     false, CODEC_VP8, TAMPER_NONE},
    {"CM SHA1_80, answerer is the DTLS server", "AES_CM_128_HMAC_SHA1_80", SDP_SETUP_ACTPASS, SDP_SETUP_PASSIVE,
     AF_INET, false, CODEC_VP8, TAMPER_NONE},
    {"GCM 128, offer active", "AEAD_AES_128_GCM", SDP_SETUP_ACTIVE, SDP_SETUP_PASSIVE, AF_INET, false, CODEC_VP8,
     TAMPER_NONE},
    {"GCM 256, offer passive, H264", "AEAD_AES_256_GCM", SDP_SETUP_PASSIVE, SDP_SETUP_ACTIVE, AF_INET, false,
     CODEC_H264, TAMPER_NONE},
    {"IPv6, any suite", NULL, SDP_SETUP_ACTPASS, SDP_SETUP_ACTIVE, AF_INET6, false, CODEC_VP8, TAMPER_NONE},
    {"ClientHello in two datagrams", NULL, SDP_SETUP_ACTPASS, SDP_SETUP_PASSIVE, AF_INET, true, CODEC_VP8, TAMPER_NONE},
    {"bad tags, CM", "AES_CM_128_HMAC_SHA1_80", SDP_SETUP_ACTPASS, SDP_SETUP_PASSIVE, AF_INET, false, CODEC_VP8,
     TAMPER_BAD_TAG},
    {"replays, GCM", "AEAD_AES_128_GCM", SDP_SETUP_ACTPASS, SDP_SETUP_PASSIVE, AF_INET, false, CODEC_VP8,
     TAMPER_REPLAY},
    {"wrong fingerprint", NULL, SDP_SETUP_ACTPASS, SDP_SETUP_PASSIVE, AF_INET, false, CODEC_VP8,
     TAMPER_WRONG_FINGERPRINT},
};

static bool run_all(const struct client_options *base)
{
    bool ok = true;
    for (size_t i = 0; i < sizeof(variations) / sizeof(variations[0]); i++) {
        const struct variation *variation = &variations[i];
        struct client_options options = *base;
        options.suite = variation->suite;
        options.setup = variation->setup;
        options.answer_setup = variation->answer_setup;
        options.family = variation->family;
        options.split_hello = variation->split_hello;
        options.video_codec = variation->codec;
        options.tamper = variation->tamper;
        options.tamper_count = 20;
        options.bind = variation->family == AF_INET ? "127.0.0.1" : "::1";
        if (variation->tamper == TAMPER_BAD_TAG || variation->tamper == TAMPER_REPLAY)
            options.duration_s += 1;
        ok &= run_once(&options, variation->label);
    }
    return ok;
}

int command_loop(int argc, char **argv)
{
    struct client_options options;
    int result = client_options_read(argc, argv, &options);
    if (result)
        return result != 1;
    return options.all ? !run_all(&options) : !run_once(&options, "loop");
}
