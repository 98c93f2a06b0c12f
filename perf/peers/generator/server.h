// SPDX-License-Identifier: Apache-2.0
// The servers, each set up through its own protocol until its flows run. All leave `load` with flows, receivers and
// keys, and print one line on stderr where they fail.
#pragma once

#include "load.h"

#include <stdbool.h>

struct server_options {
    const char *address; // where the server takes media, IPv4
    const char *own;     // where the generator lives, IPv4
    const char *control; // NG: host:port; Janus and naru: the base URL
    const char *token;   // naru's, NULL: none
    const struct leg_suite *in, *out;
};

struct server {
    const char *name;
    bool polls; // its core is busy whatever the load: all of it is accounted
    int (*open)(struct load *load, const struct server_options *options);
    // After a window in which packets were lost: flows that the server has given up work again. NULL: it gives none up.
    int (*renew)(struct load *load, const struct server_options *options);
};

extern const struct server server_forwarder, server_rtpengine, server_janus, server_naru;
