// SPDX-License-Identifier: Apache-2.0
// Answers to offers (RFC 3264, 8829, 8843, 9429): a pure function of the offer and a policy.
#pragma once

#include "policy.h"
#include "sdp.h"

#define SDP_NO_SECTION UINT32_MAX
#define SDP_NO_PAYLOAD 0xff

enum sdp_verdict {
    SDP_ACCEPTED,
    SDP_REJECTED_BY_OFFER,    // port 0 without bundle-only
    SDP_REJECTED_STOPPED,     // this side has stopped its transceiver
    SDP_REJECTED_KIND,        // neither audio nor video, nor data where there are data channels
    SDP_REJECTED_PROTOCOL,    // no RTP profile of RFC 8829 5.1.2
    SDP_REJECTED_RTCP_MUX,    // RFC 8834: one port only
    SDP_REJECTED_BUNDLE,      // outside the BUNDLE group that is answered
    SDP_REJECTED_CODEC,       // none in common
    SDP_REJECTED_CREDENTIALS, // no ICE credentials, or no usable fingerprint
    SDP_VERDICTS
};
const char *sdp_verdict_text(enum sdp_verdict verdict);

// A format that an offer names behind the first.
struct sdp_alternative {
    enum sdp_codec codec;
    uint8_t payload_type, rtx_payload_type; // SDP_NO_PAYLOAD: none
    const char *fmtp;
};

// What was negotiated for one m-section. Strings live in the answer.
struct sdp_section {
    enum sdp_verdict verdict;
    enum sdp_kind kind;
    enum sdp_direction direction; // ours
    const char *mid;
    enum sdp_codec codec;
    uint8_t payload_type, rtx_payload_type, channels; // SDP_NO_PAYLOAD: none
    uint32_t clock_rate;
    const char *fmtp;                          // the offer's, for this payload type
    uint32_t source;                           // index into policy->sources, or SDP_NO_SOURCE
    uint8_t extension_ids[SDP_MAX_EXTENSIONS]; // by the policy's index; 0: not negotiated
    uint32_t feedback;                         // bit n: policy->feedback[n] was negotiated
    bool rtcp_rsize;
    const char *rid;                          // the one that is received; "": no simulcast
    uint32_t ssrc, rtx_ssrc;                  // offered by a publisher for this stream; 0: to be learned
    const char *cname, *stream_id, *track_id; // offered
    unsigned ssrc_count;
    const struct sdp_ssrc *ssrcs;          // all that were offered
    const char *remote_ufrag, *remote_pwd; // may differ within a bundle: the tag's count
    uint16_t sctp_port;                    // the peer's (RFC 8841), with kind SDP_APPLICATION
    uint64_t max_message_size;             // that the peer takes; 0: any
    unsigned alternative_count;            // of an offer: less preferred than the format above
    const struct sdp_alternative *alternatives;
};

struct sdp_answer {
    struct sdp *description; // to be printed; owns everything here
    unsigned section_count;
    struct sdp_section *sections; // one for each m-section of the offer
    uint32_t tag;                 // the section whose ICE and DTLS the transport follows; SDP_NO_SECTION: all rejected
    enum sdp_setup local_setup;   // SDP_ACTIVE or SDP_PASSIVE
    bool remote_ice_lite;
    unsigned fingerprint_count;
    const struct sdp_fingerprint *fingerprints; // the peer's: the certificate must match one
    const char *tls_id;                         // the peer's (RFC 8842 4), "": none
};

// 0, -EPROTO (SDP_ERROR_UNSUPPORTED), -ENOTSUP (SDP_ERROR_NO_CODEC: HTTP 406) or -ENOMEM.
int sdp_answer(const struct sdp *offer, const struct sdp_answer_policy *policy, struct sdp_answer **ret_answer,
               struct sdp_error *ret_error);
void sdp_answer_free(struct sdp_answer *answer);

// Whether a new section of the offer could carry the source of a peer: its codec is there, and is the one that would be
// chosen anyway where the section sends as well.
bool sdp_suits(const struct sdp *offer, const struct sdp_answer_policy *policy, uint32_t index,
               const struct sdp_source *source);
