// SPDX-License-Identifier: Apache-2.0
// A peer connection as it was last agreed on: its m-lines and transceivers, and what its bundle gives a number to. In
// the journal as it is in memory: a successor goes on negotiating with it.
#pragma once

#include "layout.h"
#include "stream.h"

#define JOURNAL_TRANSCEIVERS    64 // and m-lines
#define JOURNAL_FORMATS         24
#define JOURNAL_NO_TRANSCEIVER  0xff
#define JOURNAL_PREFERENCES     8
#define JOURNAL_TRACK_SIZE      64 // msid parts; longer ones are cut
#define JOURNAL_SESSION_ID_SIZE 33

// Directions as bits: those of enum sdp_direction, but that inactive is 0.
enum { WAY_SEND = 1, WAY_RECEIVE = 2 };

struct journal_transceiver {
    uint32_t serial;     // unique in the peer's life; 0: the place is free
    uint8_t kind;        // enum media_kind
    uint8_t line;        // m-line, JOURNAL_NO_TRANSCEIVER: not negotiated yet
    uint8_t receives;    // this gateway wants to receive
    uint8_t is_stopping; // with the next offer or answer of this side
    uint8_t is_added;    // made for its source: ends with it
    uint8_t is_withheld; // it has a source that is not to be sent (removeTrack)
    uint8_t is_paused;   // sends nothing, without a negotiation

    uint8_t ways, allowed, settled; // WAY_*: agreed on; what the peer left open; what was wanted then
    uint8_t codec;                  // enum sdp_codec
    uint8_t payload_type, rtx_payload_type, channels, nack;
    uint8_t is_declined; // stopped though its source is there: that is not offered again
    uint32_t feedback, clock_rate;
    char mid[RTP_ID_SIZE], rid[RTP_ID_SIZE];
    uint8_t refuses;      // nothing is received in it, whatever the peer offers: its direction was set so
    uint8_t has_no_track; // replaceTrack(null): nothing is sent, without a negotiation
    uint8_t reserved2[4];
    uint8_t extension_ids[EXTENSION_KINDS];

    struct record_link stream; // what is received; generation 0: nothing
    uint32_t in_ssrc, in_rtx_ssrc;
    char stream_id[JOURNAL_TRACK_SIZE], track_id[JOURNAL_TRACK_SIZE]; // the peer's msid

    struct record_link route; // what is sent; generation 0: nothing
    uint32_t out_ssrc, out_rtx_ssrc;
    struct record_link source; // a stream of the room; generation 0: none
    uint8_t source_codec, source_payload_type;
    char source_session[JOURNAL_SESSION_ID_SIZE], source_mid[RTP_ID_SIZE];
    uint8_t preferences[JOURNAL_PREFERENCES]; // enum sdp_codec, as setCodecPreferences has them; 0 ends them
    char fmtp[256], source_fmtp[256];
};
_Static_assert(sizeof(struct journal_transceiver) % 8 == 0, "any number of them is published");

enum journal_data { JOURNAL_NO_DATA, JOURNAL_DATA_WANTED, JOURNAL_DATA_AGREED, JOURNAL_DATA_REFUSED };

struct journal_line {
    uint8_t transceiver; // JOURNAL_NO_TRANSCEIVER: stopped, and free for another
    uint8_t kind;        // enum sdp_kind
    char mid[RTP_ID_SIZE];
};

// One payload type means one format in all of a bundle (RFC 8843 9.1).
struct journal_format {
    uint8_t codec, payload_type, rtx_payload_type, channels; // codec 0: the place is free
    char fmtp[252];
};

struct journal_peer {
    uint32_t generation; // of its transport; 0: free
    uint32_t next_serial, next_mid;
    uint8_t is_polite; // gives way when offers cross
    uint8_t subscribes, may_publish;
    uint8_t line_count;
    uint64_t session_id;
    uint64_t payload_types[2];              // bits: taken by the peer
    uint32_t extensions;                    // bits: ids that the peer has given a meaning
    uint8_t extension_ids[EXTENSION_KINDS]; // of the kinds that it knows
    char cname[18];
    uint8_t transceiver_count; // places up to the last that is taken
    uint8_t reserved[1];
    struct journal_line lines[JOURNAL_TRANSCEIVERS];
    struct journal_format formats[JOURNAL_FORMATS];
    uint8_t data;           // enum journal_data: its m=application
    uint8_t may_use_data;   // data channels
    uint16_t sctp_port;     // the peer's, once it is agreed on
    uint32_t max_message;   // bytes that the peer takes; 0: any number
    uint32_t last_channel;  // the highest number of a data channel
    uint32_t associations;  // of DTLS that came before the one that is there
    uint64_t remote_tls_id; // a digest of the peer's (RFC 8842 4); 0: it has none
    TABLES_SPARE(40);
    struct journal_transceiver transceivers[JOURNAL_TRANSCEIVERS];
};
_Static_assert(sizeof(struct journal_peer) % 8 == 0, "published word by word");
