// SPDX-License-Identifier: Apache-2.0
// Stands in for the gateway, so that the HTTP layer alone is under test: a thread that answers as it was told.
#pragma once

#include "gateway_view.h"

struct gateway {
    int unused;
};

struct double_script {
    enum gateway_status status;
    const char *sdp; // of the answer; NULL: none
    const char *detail;
    unsigned line, retry_after;
};

// Events: one an answer, until one with a number that ends in 3.
void double_start(void);
void double_stop(void); // answers what is held first
void double_set(const struct double_script *script);
void double_hold(bool hold);               // while true, requests wait
unsigned double_wait_held(unsigned count); // waits up to 5 s for that many; returns how many there are
void double_set_ready(bool ready, const char *reason);

// What the last request asked for, without its memory. `seen` counts requests of an operation.
struct gateway_request double_last(char *ret_sdp, size_t size);
unsigned double_seen(enum gateway_operation operation);
