// SPDX-License-Identifier: Apache-2.0
// Every way to create a packet, and to consume one that has done its work.
#pragma once

// Room in a worker's record: a later release may count more.
#define CREATE_KINDS_MAX  32
#define CONSUME_KINDS_MAX 32
#define NACK_OUTCOMES_MAX 16
#define POOL_KINDS_MAX    16

enum create_kind {
    CREATE_FAN_OUT,
    CREATE_RTCP,
    CREATE_STUN_CHECK,
    CREATE_INJECTED,
    CREATE_ARP,
    CREATE_ND,
    CREATE_FRAGMENT,
    CREATE_RTX,
    CREATE_HANDED_IN, // from another worker: the other one counts it as handed out
    CREATE_KEPT,      // a copy out of the history, for a receiver of another worker
    CREATE_SHARED,    // a reference to a plaintext, for another worker's receivers
    CREATE_CARRIED,   // of a TCP peer, by way of naru-control
    CREATE_KINDS
};

enum consume_kind {
    CONSUME_RTP, // the one plaintext, after the last receiver's copy was made
    CONSUME_RTCP,
    CONSUME_STUN,
    CONSUME_DTLS,
    CONSUME_ARP,
    CONSUME_ND,
    CONSUME_FRAGMENTED,  // its pieces go instead
    CONSUME_RTX_PADDING, // a repair without content: its sender measures the bandwidth
    CONSUME_HANDED_OUT,
    CONSUME_CARRIED, // for a TCP peer: naru-control has it
    CONSUME_KINDS
};

// What became of each sequence number that a viewer asked for again.
enum nack_outcome {
    NACK_RESENT,
    NACK_QUEUE_FULL,  // the worker has more to answer than it takes
    NACK_UNKNOWN,     // nothing of that number was sent, or not lately; or its RTX was not negotiated
    NACK_NOT_KEPT,    // overwritten, or it never came from the publisher
    NACK_TOO_SOON,    // it was resent less than a round trip ago
    NACK_OVER_BUDGET, // more than a fifth of the stream
    NACK_NO_BUFFER,
    NACK_OUTCOMES
};

// What a worker asked for in vain. It goes on without, and asks again.
enum pool_kind {
    POOL_PACKETS,   // packet buffers: fan-out does as much as there are, a report or check is left out
    POOL_KEYS,      // for SRTP keys: the transport's tick tries again
    POOL_RECEIVERS, // for a stream's list of routes: the same
    POOL_UFRAGS,    // the table by which checks find their transport: the same
    POOL_REPAIR,    // for NACK and RTX: key frames repair
    POOL_KINDS
};

extern const char *const pool_kind_names[POOL_KINDS];
extern const char *const nack_outcome_names[NACK_OUTCOMES];
extern const char *const create_kind_names[CREATE_KINDS];
extern const char *const consume_kind_names[CONSUME_KINDS];
