// SPDX-License-Identifier: Apache-2.0
// One direction of SRTP by libsrtp2, under a master key: what seals the load and opens the sample.
#pragma once

#include <srtp2/srtp.h>
#include <stdbool.h>
#include <stdint.h>

#define LEG_MASTER_MAX 46 // key and salt
#define LEG_TAG_MAX    16

struct leg_suite {
    const char *name, *sdes; // on the command line; in a=crypto (RFC 4568, RFC 7714)
    unsigned key_size, salt_size;
    void (*set)(srtp_crypto_policy_t *policy);
};

const struct leg_suite *leg_suite_find(const char *name); // by either name; NULL: none

static inline unsigned leg_master_size(const struct leg_suite *suite)
{
    return suite->key_size + suite->salt_size;
}

int leg_open(const struct leg_suite *suite, const uint8_t *master, bool outbound, srtp_t *ret_session);
void leg_random_master(const struct leg_suite *suite, uint8_t ret_master[LEG_MASTER_MAX]);
