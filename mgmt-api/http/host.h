// SPDX-License-Identifier: Apache-2.0
// The Host of a request (RFC 9110 7.2): a page of another site whose name was made to lead here (DNS rebinding) calls
// with that name, and no token keeps it out where none is asked for.
#pragma once

#include "config.h"

// Whether requests for it are served: addresses, localhost and http.names are; anything is where a token is asked for
// and no names are configured. host: the field's value with or without a port; "" without the field, which no browser
// leaves out.
bool host_is_served(const struct config *config, const char *host);
