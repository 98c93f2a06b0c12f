// SPDX-License-Identifier: Apache-2.0
// What the SRTP tests share: hex, a reproducible random source, both backends, memory that ends at a guard page.
#pragma once
#include "engine.h"
#include "keys.h"
#include <stddef.h>
#include <stdint.h>

// Returns the number of bytes.
size_t hex_read(const char *hex, uint8_t *ret_bytes, size_t capacity);
// CUnit assertion with the name of the row in the output.
void check_bytes(const char *what, const uint8_t *got, const uint8_t *wanted, size_t length);

uint64_t random_next(uint64_t *state); // xorshift64*; state must not be 0
uint32_t random_below(uint64_t *state, uint32_t limit);
void random_fill(uint64_t *state, uint8_t *bytes, size_t length);

// All backends that this build and CPU have. Valid from setup to teardown of the whole run.
enum { ENGINES_MAX = 2 };
extern struct srtp_engine *engines[ENGINES_MAX];
extern unsigned engine_count;
int engines_open(void);
void engines_close(void);

// `length` writable bytes whose end is the end of a page; the next page faults. Freed with guarded_free.
uint8_t *guarded_new(size_t length);
void guarded_free(uint8_t *bytes, size_t length);

// One CUnit suite per file.
void suite_suite(void);
void derive_keys_suite(void);
void keys_suite(void);
void packet_index_suite(void);
void replay_window_suite(void);
void hmac_sha1_suite(void);
void protect_suite(void);
void srtcp_suite(void);
void backends_suite(void);
void oracle_rtp_suite(void);
void oracle_rtcp_suite(void);
