// SPDX-License-Identifier: Apache-2.0
// naru-control in the simulation: all of controlplane/ but loop.c, whose timers are played here, on the machine's
// clock.
#pragma once

#include "control.h"

extern struct control control_shard; // of the process that lives, else all zero

void control_start(void);
void control_die(void);
bool control_is_alive(void);
// Events, datagrams, timers. False: it was killed in one of them.
bool control_step(void);

// A request as HTTP hands it over. False: nobody answered, or was killed over it, and the caller knows nothing of what
// came of it. True: request->done was called.
bool control_ask(struct gateway_request *request);

// Ends the process as SIGTERM does, and checks that nothing of it is left.
void control_halt(void);
