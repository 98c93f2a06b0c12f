// SPDX-License-Identifier: Apache-2.0
// Which addresses of others an agent sends checks to: whoever offers may name a victim, or a host behind this gateway
// (hazards F04, F27).
#pragma once

#include "address.h"

enum ice_scope { ICE_SCOPE_NONE, ICE_SCOPE_LOOPBACK, ICE_SCOPE_LINK, ICE_SCOPE_PRIVATE, ICE_SCOPE_PUBLIC };

// NONE: no host has it (multicast, broadcast, reserved), or it stands for another one (NAT64, 6to4, Teredo).
enum ice_scope ice_scope_of(const struct transport_address *address);

// known_as: what the local address is outside. A private, link-local or loopback address only from one of its kind;
// no port below 1024, but 80 and 443 of public addresses.
bool ice_may_check(const struct transport_address *known_as, const struct transport_address *remote);
