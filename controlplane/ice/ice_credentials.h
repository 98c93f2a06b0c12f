// SPDX-License-Identifier: Apache-2.0
// ICE user name fragments and passwords (RFC 8445 5.3, RFC 8839 5.4).
#pragma once

#include "random.h"
#include "transport.h"

#include <stdbool.h>

#define ICE_LOCAL_UFRAG_LENGTH 8
#define ICE_LOCAL_PWD_LENGTH   24

struct ice_credentials {
    char ufrag[LOCAL_UFRAG_SIZE], pwd[LOCAL_PWD_SIZE];
};

// 48 random bits and 144: unguessable, and no two sessions share a ufrag in practice.
void ice_credentials_make(random_fn random, struct ice_credentials *ret_credentials);

// What a peer signalled: 4 to 256 and 22 to 256 ice-chars.
bool ice_credentials_are_valid(const char *ufrag, const char *pwd);
