// SPDX-License-Identifier: Apache-2.0
// TCP peers (RFC 6544, passive side) between connections and workers. Nothing of a connection goes on before an
// authenticated check of a session came on it; from then on it is that session's, packet by packet, as if by UDP.
#pragma once

#include "control.h"

// What stands in connection->in, as far as it is whole. It may have ended afterwards.
void tcp_peers_input(struct control *control, struct tcp_connection *connection, uint64_t now);

// The peer or the network closed it.
void tcp_peers_closed(struct control *control, struct tcp_connection *connection);

// A packet of a worker's for one of them.
void tcp_peers_output(struct control *control, const struct ring_message *message, uint64_t now);

// About once a second: who has shown nothing for too long.
void tcp_peers_watch(struct control *control, uint64_t now);

// The address that people know it by, and whether it is TCP: of a path's remote address, as it is or in its place.
bool tcp_peers_real_address(const struct control *control, struct transport_address *address);
