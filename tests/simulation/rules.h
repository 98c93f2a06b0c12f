// SPDX-License-Identifier: Apache-2.0
// What must hold at all times, whatever is lost, killed or stopped.
#pragma once

#include "network.h"

#include <stdbool.h>

struct peer;

// A new naru-control has adopted what it found: who was connected still is.
void rules_take_over(void);
// The handshake is over for the peer.
void rules_see_up(const struct peer *peer);
// What a peer takes for connected: as a DTLS client it has the gateway's last word, as a server it needs
// naru-control's.
bool rules_is_connected(const struct peer *peer);
// After a kill: every record of the journal can be read, and those of connected sessions are there.
void rules_check_journal(void);
// Lists, rooms, pools and counters of naru-control agree.
void rules_check_control(void);
// Everybody has left and everything has settled.
void rules_check_empty(void);
// Hardly anybody who did what he should was not set up in time.
void rules_check_luck(void);
// A datagram leaves the gateway: no key and no number is ever used twice.
void rules_see_sent(const struct datagram *datagram);
void rules_close(void);
