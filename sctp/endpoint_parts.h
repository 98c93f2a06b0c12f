// SPDX-License-Identifier: Apache-2.0
// Inside of an endpoint: what its files call of each other.
#pragma once

#include "endpoint.h"

#include <usrsctp.h>

// endpoint_send.c: gives the socket what it takes.
void endpoint_hand_over(struct endpoint *endpoint);
void endpoint_drop_all(struct endpoint *endpoint);

// endpoint_receive.c: reads a bounded number of pieces. True when there may be more.
bool endpoint_read(struct endpoint *endpoint);

// endpoint.c: it is over; the service is told.
void endpoint_down(struct endpoint *endpoint, const char *format, ...) __attribute__((format(printf, 2, 3)));
