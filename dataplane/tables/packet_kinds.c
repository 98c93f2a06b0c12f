// SPDX-License-Identifier: Apache-2.0
#include "packet_kinds.h"

const char *const create_kind_names[CREATE_KINDS] = {
    [CREATE_FAN_OUT] = "fan_out",   [CREATE_RTCP] = "rtcp",     [CREATE_STUN_CHECK] = "stun_check",
    [CREATE_INJECTED] = "injected", [CREATE_ARP] = "arp",       [CREATE_ND] = "nd",
    [CREATE_FRAGMENT] = "fragment", [CREATE_RTX] = "rtx",       [CREATE_HANDED_IN] = "handed_in",
    [CREATE_KEPT] = "kept",         [CREATE_SHARED] = "shared", [CREATE_CARRIED] = "carried",
};

const char *const consume_kind_names[CONSUME_KINDS] = {
    [CONSUME_RTP] = "rtp",
    [CONSUME_RTCP] = "rtcp",
    [CONSUME_STUN] = "stun",
    [CONSUME_DTLS] = "dtls",
    [CONSUME_ARP] = "arp",
    [CONSUME_ND] = "nd",
    [CONSUME_FRAGMENTED] = "fragmented",
    [CONSUME_RTX_PADDING] = "rtx_padding",
    [CONSUME_HANDED_OUT] = "handed_out",
    [CONSUME_CARRIED] = "carried",
};

const char *const nack_outcome_names[NACK_OUTCOMES] = {
    [NACK_RESENT] = "resent",       [NACK_QUEUE_FULL] = "queue_full", [NACK_UNKNOWN] = "unknown",
    [NACK_NOT_KEPT] = "not_kept",   [NACK_TOO_SOON] = "too_soon",     [NACK_OVER_BUDGET] = "over_budget",
    [NACK_NO_BUFFER] = "no_buffer",
};

const char *const pool_kind_names[POOL_KINDS] = {
    [POOL_PACKETS] = "packets", [POOL_KEYS] = "keys",     [POOL_RECEIVERS] = "receivers",
    [POOL_UFRAGS] = "ufrags",   [POOL_REPAIR] = "repair",
};
