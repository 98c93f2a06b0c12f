// SPDX-License-Identifier: Apache-2.0
// What the command line of "session" and "loop" says.
#pragma once
#include "media_source.h"

enum client_role { ROLE_PUBLISH, ROLE_WATCH, ROLE_PAIR };
enum client_tamper { TAMPER_NONE, TAMPER_BAD_TAG, TAMPER_REPLAY, TAMPER_WRONG_FINGERPRINT };

struct client_options {
    enum client_role role;
    unsigned sessions, viewers, first_room, cycles;
    const char *whip, *whep, *peers, *room; // peers: URL of /v1/peers, instead of both
    bool gateway_offers, gateway_restarts;  // by /v1/peers
    const char *token, *bind, *suite, *credentials;
    enum sdp_setup setup, answer_setup;         // answer_setup: of the answering half of "loop"
    bool ice_lite, controlled, low_tie_breaker; // controlled: claims to be, also where it offers
    bool split_hello, audio, video, json, summary, keep_going, all, timeline, tcp;
    enum media_codec video_codec;
    unsigned audio_size, audio_rate, video_size, video_rate;
    int family; // AF_INET or AF_INET6
    double duration_s, connect_timeout_s, viewer_delay_s, retry_s, ice_restart_s, tcp_drop_s, report_interval_s,
        pli_interval_s;
    double lose_percent, max_loss_percent, max_gap_ms; // max_gap_ms 0: any
    enum client_tamper tamper;
    unsigned tamper_count;
    unsigned hostile_kinds, hostile_rate; // bits of hostile_kind(), packets/s
    unsigned ssrc;                        // of the first source, the next has the next; 0: chosen at random
};

void client_options_help(const char *command);
// 0, 1: help was printed, -EINVAL: an error was printed.
int client_options_read(int argc, char **argv, struct client_options *ret_options);
