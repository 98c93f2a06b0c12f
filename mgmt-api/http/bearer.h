// SPDX-License-Identifier: Apache-2.0
// Bearer tokens (RFC 6750 2.1).
#pragma once

#include "config_types.h"

// The token of an Authorization value, or NULL if that is no well-formed "Bearer <b64token>".
const char *bearer_token(const char *authorization);

// Whether the value opens: any token of the list does; without tokens everything is open. Takes the same time for each
// token that is wrong.
bool bearer_opens(const struct config_strings *tokens, const char *authorization);
