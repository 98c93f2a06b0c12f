// SPDX-License-Identifier: Apache-2.0
// An agent's check as a Binding request (RFC 8445 7.2.4), sealed with the peer's password.
#pragma once

#include "ice_agent.h"

#include <stddef.h>

// 0 < size <= capacity, or -ENOSPC. 700 bytes are enough for the longest credentials.
int ice_check_write(const struct ice_check *check, const char *local_ufrag, const char *remote_ufrag,
                    const char *remote_pwd, uint8_t *data, size_t capacity);
