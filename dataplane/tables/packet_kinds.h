// SPDX-License-Identifier: Apache-2.0
// Every way to create a packet, and to consume one that has done its work.
#pragma once

enum create_kind {
    CREATE_FAN_OUT,
    CREATE_RTCP,
    CREATE_STUN_CHECK,
    CREATE_INJECTED,
    CREATE_ARP,
    CREATE_ND,
    CREATE_FRAGMENT,
    CREATE_HANDED_IN, // from another worker: the other one counts it as handed out
    CREATE_KINDS
};

enum consume_kind {
    CONSUME_RTP, // the one plaintext, after the last receiver's copy was made
    CONSUME_RTCP,
    CONSUME_STUN,
    CONSUME_DTLS,
    CONSUME_ARP,
    CONSUME_ND,
    CONSUME_FRAGMENTED, // its pieces go instead
    CONSUME_HANDED_OUT,
    CONSUME_KINDS
};

extern const char *const create_kind_names[CREATE_KINDS];
extern const char *const consume_kind_names[CONSUME_KINDS];
