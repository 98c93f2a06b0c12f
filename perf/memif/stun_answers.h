// SPDX-License-Identifier: Apache-2.0
// The peers' part of ICE with a lite gateway (RFC 8445): their checks, and answers to the gateway's own.
#pragma once

#include "rooms.h"

#include <stddef.h>
#include <stdint.h>

#define STUN_ANSWER_MAX 256

void stun_answers_open(const struct rooms *rooms);

// A check of the transport's peer that nominates. Returns its size.
int stun_answers_ask(uint32_t transport, uint64_t random, uint8_t ret_request[STUN_ANSWER_MAX]);

// What to answer: the size of it, 0: nothing (it was an answer), -EBADMSG: neither.
int stun_answers_take(const uint8_t *data, size_t size, uint8_t ret_answer[STUN_ANSWER_MAX]);
