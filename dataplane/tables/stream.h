// SPDX-License-Identifier: Apache-2.0
// A stream: RTP that a peer sends to this gateway, one per m-section (and per rid).
#pragma once

#include "layout.h"
#include "record.h"
#include "replay_window.h"

#define STREAM_MAX_PAYLOAD_TYPES 4
#define STREAM_MAX_BINDINGS      4  // SSRCs of one stream at once: media, RTX, and one restart of each
#define RTP_ID_SIZE              17 // mid and rid: 16 characters and a NUL

enum media_kind { MEDIA_AUDIO = 1, MEDIA_VIDEO };

// Header extensions that are mapped between peers; the ids differ per m-section (RFC 8285).
enum extension_kind {
    EXTENSION_MID,
    EXTENSION_RID,
    EXTENSION_REPAIRED_RID,
    EXTENSION_ABS_SEND_TIME,
    EXTENSION_TRANSPORT_CC,
    EXTENSION_AUDIO_LEVEL,
    EXTENSION_VIDEO_ORIENTATION,
    EXTENSION_TRANSMISSION_OFFSET,
    EXTENSION_PLAYOUT_DELAY,
    EXTENSION_VIDEO_CONTENT_TYPE,
    EXTENSION_VIDEO_TIMING,
    EXTENSION_COLOR_SPACE,
    EXTENSION_ABS_CAPTURE_TIME,
    EXTENSION_DEPENDENCY_DESCRIPTOR,
    EXTENSION_KINDS = 16
};

struct stream_payload {
    uint8_t payload_type;
    uint8_t rtx_payload_type; // RFC 4588, 0xff: none
    uint16_t reserved;
    uint32_t clock_rate; // Hz
};

struct stream_intent {
    uint32_t generation; // 0: free
    uint8_t kind;        // enum media_kind
    uint8_t payload_count;
    uint8_t nack; // lost packets are asked for (RFC 4585); only with RTX
    uint8_t reserved;
    struct record_link transport, next; // next stream of the same transport
    uint32_t ssrc, rtx_ssrc;            // signalled by the peer; 0: learned from MID, RID or payload type
    char mid[RTP_ID_SIZE], rid[RTP_ID_SIZE];
    uint8_t reserved2[6];
    uint8_t extension_ids[EXTENSION_KINDS]; // 0: not negotiated
    struct stream_payload payloads[STREAM_MAX_PAYLOAD_TYPES];
    TABLES_SPARE(40);
};
_Static_assert(sizeof(struct stream_intent) % 8 == 0, "published word by word");

// Writer: naru-control.
struct stream_intent_record {
    struct record_head head;
    _Alignas(TABLES_CACHE_LINE) struct stream_intent slots[2];
};

// One bound SSRC. The window is committed before the packet is forwarded.
struct stream_binding {
    _Alignas(TABLES_CACHE_LINE) _Atomic uint32_t ssrc; // 0: free
    _Atomic uint32_t is_rtx;
    _Atomic uint64_t last_received; // monotonic ns
    _Atomic uint64_t packets, bytes;
    struct srtp_replay_window window; // highest 48-bit index and what was seen below it
};

// Writer: the worker that owns the transport's shard.
struct stream_state {
    _Alignas(TABLES_CACHE_LINE) _Atomic uint32_t generation;
    _Atomic uint32_t jitter; // clock units, RFC 3550 6.4.1
    _Atomic uint64_t lost;   // cumulative, of the media SSRC
    _Atomic uint64_t packets, bytes;
    _Atomic uint64_t plis_sent;
    _Atomic uint64_t last_keyframe_request; // monotonic ns
    _Atomic uint64_t sr_ntp;                // of the peer's last sender report
    _Atomic uint32_t sr_rtp;
    _Atomic uint32_t kbps;
    _Atomic uint64_t sr_received; // monotonic ns; 0: none yet
    struct stream_binding bindings[STREAM_MAX_BINDINGS];

    // Questions for lost packets, packets asked for, those that came again, and those that nobody waits for any more.
    _Atomic uint64_t nacks_sent, packets_nacked, packets_repaired, packets_given_up;
    TABLES_SPARE(96);
};
