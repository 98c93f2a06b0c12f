// SPDX-License-Identifier: Apache-2.0
// Rooms of real WebRTC sessions (ICE, DTLS) as flows and receivers: session i * (copies + 1) publishes flow i, those
// behind it watch.
#pragma once

#include "server.h"
#include "session_set.h"

struct webrtc {
    struct client_options options;
    struct session_set set;
    char whip[256], whep[256];
};

// All sessions in their slots, idle. 0, else -errno after a line on stderr.
int webrtc_open(struct webrtc *webrtc, const struct load *load, const struct server_options *options);

// Steps until session `first` and every `step`th behind it is connected. -EPROTO after a line on stderr: one failed.
int webrtc_wait(struct webrtc *webrtc, unsigned first, unsigned step);

// The connected sessions become the load's; from now on they send nothing of their own but checks and reports.
int webrtc_take(struct webrtc *webrtc, struct load *load);
