// SPDX-License-Identifier: Apache-2.0
// What naru-control and naru-sctp say to each other, one message in one datagram of their socket pair: bytes <->
// struct. An association is named by the transport's index and generation. User messages go in pieces.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINK_PACKET_MAX  1536  // bytes of an SCTP packet
#define LINK_PIECE_MAX   16384 // bytes of a user message in one datagram
#define LINK_PIECE_COST  256   // of credit, beside its bytes: many small messages need memory, too
#define LINK_HEADER_SIZE 24
#define LINK_MESSAGE_MAX (LINK_HEADER_SIZE + LINK_PIECE_MAX)
#define LINK_REASON_MAX  128

enum link_kind {
    LINK_HELLO = 1, // number: the epoch of who speaks. First of all, by each new process; answered with LINK_WELCOME,
                    // and until then everything else is of a dead process's time
    LINK_WELCOME,   // number: the epoch that was heard
    // to naru-sctp
    LINK_OPEN,   // data: struct link_setup
    LINK_CLOSE,  // frees it; flag ABORT: and says so to the peer
    LINK_SEND,   // stream, ppid, policy, data: a piece
    LINK_CREDIT, // number: bytes that it may deliver more, LINK_PIECE_COST for each piece among them
    // both ways
    LINK_PACKET, // data: an SCTP packet, from or for the peer
    LINK_RESET,  // data: stream ids, 16 bits each. To naru-sctp: reset the outgoing ones. From it: the peer has reset
                 // these; with flag OUTGOING: this side's are reset; with FAILED: they could not be
    // to naru-control
    LINK_UP,        // number: streams that may be used, each way. flag RESTARTED: the peer began anew
    LINK_DOWN,      // data: why, text
    LINK_DELIVERED, // stream, ppid, data: a piece
    LINK_TAKEN,     // number: bytes of LINK_SEND that naru-sctp has handed to SCTP
    LINK_DRY,       // the peer has acknowledged everything
    LINK_KINDS
};

enum link_flags {
    LINK_FIRST = 1, // piece of a message
    LINK_LAST = 2,
    LINK_UNORDERED = 4,
    LINK_BY_COUNT = 8, // number: retransmissions (RFC 7496 3.1); neither: reliable
    LINK_BY_TIME = 16, // number: ms
    LINK_ABORT = 32,
    LINK_OUTGOING = 64,
    LINK_FAILED = 128,
    LINK_RESTARTED = 1,
};

struct link_message {
    uint8_t kind, flags;
    uint16_t stream;
    uint32_t transport, generation;
    uint32_t ppid;
    uint64_t number;
    const uint8_t *data; // borrowed
    size_t size;
};

struct link_setup {
    uint16_t local_port, peer_port, packet_max, streams;
    uint32_t message_max; // the largest that is sent
};
#define LINK_SETUP_SIZE 12

// Returns the size, or -EMSGSIZE for more data than its kind may have or than there is room.
int link_message_write(const struct link_message *message, uint8_t *ret_bytes, size_t room);
// 0 or -EBADMSG.
int link_message_parse(const uint8_t *bytes, size_t size, struct link_message *ret_message);

void link_setup_write(const struct link_setup *setup, uint8_t ret_bytes[LINK_SETUP_SIZE]);
int link_setup_parse(const uint8_t *bytes, size_t size, struct link_setup *ret_setup);
// Stream n of a LINK_RESET.
uint16_t link_reset_stream(const struct link_message *message, unsigned n);
