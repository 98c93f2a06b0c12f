// SPDX-License-Identifier: Apache-2.0
// What naru-control must know again after it was killed: its identity, and of each session what the tables do not say.
// A memfd of its own that the supervisor holds; nobody else maps it. Slots are two-slot records like those of the
// tables, one for each transport index.
#pragma once

#include "dtls_identity.h"
#include "gateway_view.h"
#include "journal_channel.h"
#include "journal_peer.h"
#include "record.h"
#include "record_layer.h"
#include "stream.h"

#define JOURNAL_SECTIONS 8
#define JOURNAL_ID_SIZE  64 // msid parts; longer ones are cut

// One m-section that carries media: a stream of a publisher, a route of a viewer.
struct journal_section {
    struct record_link link;
    char mid[RTP_ID_SIZE];
    uint8_t kind;  // enum media_kind
    uint8_t codec; // enum sdp_codec
    uint8_t payload_type, rtx_payload_type;
    uint8_t nack;
    uint8_t reserved[2];
    uint32_t clock_rate, ssrc, rtx_ssrc;
    uint32_t reserved2;
    uint8_t extension_ids[EXTENSION_KINDS];
    char stream_id[JOURNAL_ID_SIZE], track_id[JOURNAL_ID_SIZE], fmtp[256];
    TABLES_SPARE(16);
};

struct journal_session {
    struct record_link transport;      // generation 0: free
    uint64_t created_at, connected_at; // monotonic ns; 0: not yet
    uint64_t sdp_version;
    uint32_t shard, room;
    uint32_t section_count;
    uint16_t suite;
    uint8_t is_publisher, is_dtls_client;
    uint8_t has_keys; // installed and acknowledged: worth adopting
    char id[GATEWAY_ID_SIZE], etag[GATEWAY_ETAG_SIZE], room_name[GATEWAY_ROOM_SIZE];
    char fingerprint[DTLS_FINGERPRINT_TEXT]; // the peer's, SHA-256
    uint8_t room_draining;
    uint8_t is_peer; // its sections stand in its struct journal_peer
    uint8_t reserved[3];
    struct record_layer records;         // of DTLS; numbers up to its reservation may have been used
    uint8_t source[GATEWAY_SOURCE_SIZE]; // who asked for it; all zero: nobody knows
    TABLES_SPARE(32);
    struct journal_section sections[JOURNAL_SECTIONS];
};
_Static_assert(sizeof(struct journal_session) % 8 == 0, "published word by word");
_Static_assert(sizeof(struct journal_session) <= RECORD_MAX, "record_wipe knows the size");

struct journal {
    uint8_t *memory;
    size_t size; // the peers' part is touched where there are some
    uint32_t count;
};

// fd: an empty memfd, or one of before. What another release wrote, or for another number of transports, is begun anew.
// 0 or -errno.
int journal_open(int fd, uint32_t transports, struct journal *ret_journal);

// Whether journal_open would go on with what is there, or with nothing; asked without touching it. 0; else -EPROTO or
// -errno, and a line for people.
int journal_check(int fd, uint32_t transports, char *ret_why, size_t size);

void journal_close(struct journal *journal);

// -ENOENT when none was written.
int journal_read_identity(const struct journal *journal, struct dtls_identity_der *ret_der);
void journal_write_identity(struct journal *journal, const struct dtls_identity_der *der);

// The slot is session->transport.index.
void journal_write_session(struct journal *journal, const struct journal_session *session);
void journal_erase_session(struct journal *journal, uint32_t transport);
// Of a peer connection, beside its session.
void journal_write_peer(struct journal *journal, uint32_t transport, const struct journal_peer *peer);
void journal_erase_peer(struct journal *journal, uint32_t transport);
// The same of its data channels.
void journal_write_channels(struct journal *journal, uint32_t transport, const struct journal_channels *channels);
bool journal_read_channels(const struct journal *journal, struct record_link transport,
                           struct journal_channels *ret_channels);
// Of that generation, and checked as below; channels likewise.
bool journal_read_peer(const struct journal *journal, struct record_link transport, struct journal_peer *ret_peer);

// Checked: text is terminated, counts are inside. False when there is none.
bool journal_read_session(const struct journal *journal, uint32_t transport, struct journal_session *ret_session);
