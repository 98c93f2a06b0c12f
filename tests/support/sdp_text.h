// SPDX-License-Identifier: Apache-2.0
// SDP as far as this client needs it: its own offers and answers as text, the peer's as a struct.
#pragma once
#include "dtls_peer.h"
#include "ice_agent.h"

#define SDP_SECTIONS_MAX   8
#define SDP_CANDIDATES_MAX 16
#define SDP_CODECS_MAX     24
#define SDP_SSRCS_MAX      8
#define SDP_TEXT_MAX       65536

enum media_kind { MEDIA_AUDIO, MEDIA_VIDEO, MEDIA_KINDS, MEDIA_OTHER = MEDIA_KINDS };
enum sdp_setup { SDP_SETUP_NONE, SDP_SETUP_ACTPASS, SDP_SETUP_ACTIVE, SDP_SETUP_PASSIVE };

struct sdp_codec {
    uint8_t payload_type;
    char name[24];
};

struct sdp_section {
    enum media_kind kind;
    bool rejected; // port 0 and not bundle-only
    bool sends, receives;
    char mid[33];
    struct sdp_codec codecs[SDP_CODECS_MAX];
    unsigned codec_count;
    uint8_t mid_extension, twcc_extension; // 0: not negotiated
    uint32_t ssrcs[SDP_SSRCS_MAX];
    unsigned ssrc_count;
};

struct sdp_candidate {
    struct socket_address address;
    uint32_t priority;
    bool tcp; // passive: who reads it connects
};

struct sdp_description {
    char ufrag[ICE_CREDENTIAL_MAX + 1], password[ICE_CREDENTIAL_MAX + 1];
    char hash_name[16];
    uint8_t fingerprint[DTLS_FINGERPRINT_MAX];
    size_t fingerprint_size;
    enum sdp_setup setup;
    bool ice_lite;
    struct sdp_candidate candidates[SDP_CANDIDATES_MAX];
    unsigned candidate_count;
    struct sdp_section sections[SDP_SECTIONS_MAX];
    unsigned section_count;
};

// Literal candidates of component 1 only: of UDP, and passive ones of TCP. Returns the bytes consumed or -EBADMSG.
int sdp_read(const char *text, size_t size, struct sdp_description *ret_description);
// -1: the section does not have it.
int sdp_payload_type(const struct sdp_section *section, const char *codec);
const struct sdp_section *sdp_section_of(const struct sdp_description *description, enum media_kind kind);

struct sdp_local_section {
    enum media_kind kind;
    const char *mid, *codec;
    uint8_t payload_type;
    uint32_t ssrc;            // 0: announces none
    uint8_t rtx_payload_type; // 0: none
    uint32_t rtx_ssrc;
};

struct sdp_local {
    const char *ufrag, *password, *fingerprint, *direction, *cname;
    enum sdp_setup setup;
    bool lite, tcp;
    struct socket_address address;
    uint8_t mid_extension, twcc_extension;
    struct sdp_local_section sections[MEDIA_KINDS];
    unsigned section_count;
};

// The text is malloc()ed.
char *sdp_write(const struct sdp_local *local);
