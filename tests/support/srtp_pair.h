// SPDX-License-Identifier: Apache-2.0
// Both directions of SRTP and SRTCP, by libsrtp2.
#pragma once
#include <srtp2/srtp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Room that each buffer passed to to seal or unseal must have behind the packet.
#define SRTP_PAIR_TAIL 160

struct srtp_pair_suite {
    const char *name;    // as the command line and RFC 5764/7714 name it
    const char *openssl; // as OpenSSL names the profile
    unsigned long profile;
    unsigned key_size, salt_size;
};

struct srtp_pair_counters {
    uint64_t authentication_failed, replayed, malformed;
};

struct srtp_pair {
    srtp_t in, out; // NULL: closed
    struct srtp_pair_counters rtp, rtcp;
};

const struct srtp_pair_suite *srtp_pair_suite_named(const char *name);
const struct srtp_pair_suite *srtp_pair_suite_of(unsigned long profile);
// All suites' OpenSSL names, or one.
const char *srtp_pair_profiles(const char *suite_name);

int srtp_pair_open(struct srtp_pair *pair, const struct srtp_pair_suite *suite, const uint8_t *material, bool client);
void srtp_pair_close(struct srtp_pair *pair);
// In place; return the new size or -EBADMSG, counted by reason.
int srtp_pair_seal_rtp(struct srtp_pair *pair, uint8_t *packet, size_t size);
int srtp_pair_seal_rtcp(struct srtp_pair *pair, uint8_t *packet, size_t size);
int srtp_pair_unseal_rtp(struct srtp_pair *pair, uint8_t *packet, size_t size);
int srtp_pair_unseal_rtcp(struct srtp_pair *pair, uint8_t *packet, size_t size);
