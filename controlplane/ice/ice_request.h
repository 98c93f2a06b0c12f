// SPDX-License-Identifier: Apache-2.0
// A peer's connectivity check where naru-control itself has to know whose it is (RFC 6544): nothing of a connection
// goes on before one was right.
#pragma once

#include "stun.h"

// Whether it is a Binding request for a session of this gateway's, by its USERNAME: then its ufrag.
bool ice_request_parse(const uint8_t *data, size_t size, struct stun_message *ret_message, struct stun_span *ret_ufrag);

// Whether its MESSAGE-INTEGRITY is by that password.
bool ice_request_is_by(const uint8_t *data, const struct stun_message *message, const char *pwd);
