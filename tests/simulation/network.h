// SPDX-License-Identifier: Apache-2.0
// UDP between peers and the gateway: what one side sends comes to the other later, or twice, or not at all.
#pragma once

#include "address.h"

#define DATAGRAM_MAX 1600

struct datagram {
    struct transport_address from, to;
    unsigned size;
    uint8_t data[DATAGRAM_MAX];
};

void network_send(const struct datagram *datagram, bool to_gateway);
// What is due now, one at a time. False: nothing more.
bool network_take(bool to_gateway, struct datagram *ret_datagram);
void network_forget(void); // all that is under way
