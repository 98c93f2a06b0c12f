// SPDX-License-Identifier: Apache-2.0
// One window: packets at a steady rate for a second or so, and what became of them.
#pragma once

#include "cpu_time.h"
#include "load.h"

struct window_server {
    unsigned pid, cpu; // the process that serves and the core that it is bound to; pid 0: it polls, the core is its own
};

struct window_result {
    double rate, seconds; // offered: packets into the server a second
    uint64_t sent, received;
    double loss;       // of what should have come out, 0 to 1
    double late;       // how far the generator fell behind its schedule, in seconds
    unsigned checked;  // packets opened by libsrtp and compared
    double cpu_us;     // of the server per packet that came out
    double softirq_us; // of its core per packet, as ticks saw it
    double steal;      // part of the window that the host took from the server's core
};

// 0; -EBADMSG after a line on stderr: something else came out than went in.
int window_run(struct load *load, const struct window_server *server, double rate, double seconds,
               struct window_result *ret_result);
