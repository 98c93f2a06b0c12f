// SPDX-License-Identifier: Apache-2.0
// Which sections of an offer can be used, before any codec is looked at.
#include "negotiation.h"

#include <string.h>

static bool is_in_group(const struct sdp_group *group, const char *mid)
{
    for (unsigned i = 0; group && *mid && i < group->count; i++)
        if (strcmp(group->mids[i], mid) == 0)
            return true;
    return false;
}

bool sdp_is_bundled(const struct negotiation *negotiation, const struct sdp_media *media)
{
    return is_in_group(negotiation->bundle, media->mid);
}

const struct sdp_media *sdp_transport_media(const struct negotiation *negotiation, const struct sdp_media *media)
{
    bool has_own = *sdp_ice_ufrag(negotiation->offer, media) != '\0';
    return has_own || !negotiation->tagged || !sdp_is_bundled(negotiation, media) ? media : negotiation->tagged;
}

// RFC 8829 5.1.2: older names of the profile are offered too, and mean the same.
static bool is_known_protocol(const char *protocol)
{
    static const char *const known[] = {"UDP/TLS/RTP/SAVPF", "TCP/DTLS/RTP/SAVPF", "UDP/TLS/RTP/SAVP",
                                        "TCP/DTLS/RTP/SAVP", "TCP/TLS/RTP/SAVPF",  "RTP/SAVPF",
                                        "RTP/SAVP",          "RTP/AVPF",           "RTP/AVP"};
    for (unsigned i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (strcmp(protocol, known[i]) == 0)
            return true;
    return false;
}

// RFC 8122 5: SHA-256 or better; others that stand beside it are passed over.
bool sdp_is_usable_fingerprint(const struct sdp_fingerprint *fingerprint)
{
    static const struct {
        const char *hash;
        size_t bytes;
    } usable[] = {{"sha-256", 32}, {"sha-384", 48}, {"sha-512", 64}};
    for (unsigned i = 0; i < sizeof(usable) / sizeof(usable[0]); i++)
        if (strcmp(fingerprint->hash, usable[i].hash) == 0)
            return strlen(fingerprint->value) == 3 * usable[i].bytes - 1;
    return false;
}

static bool has_fingerprint(const struct sdp *offer, const struct sdp_media *media)
{
    unsigned count;
    const struct sdp_fingerprint *fingerprints = sdp_fingerprints(offer, media, &count);
    for (unsigned i = 0; i < count; i++)
        if (sdp_is_usable_fingerprint(&fingerprints[i]))
            return true;
    return false;
}

// RFC 8839 5.4: lengths; RFC 8842 5.3: an answer cannot follow holdconn.
static bool has_credentials(const struct sdp *offer, const struct sdp_media *media)
{
    return strlen(sdp_ice_ufrag(offer, media)) >= 4 && strlen(sdp_ice_pwd(offer, media)) >= 22 &&
           sdp_setup_of(offer, media) != SDP_HOLDCONN && has_fingerprint(offer, media);
}

static bool has_rtcp_mux(const struct negotiation *negotiation, const struct sdp_media *media)
{
    const struct sdp_media *transport = sdp_transport_media(negotiation, media);
    return media->rtcp_mux || media->rtcp_mux_only || transport->rtcp_mux || transport->rtcp_mux_only;
}

// RFC 8841 4: the first two; what stood there before it was an RFC is the third.
static bool is_data_protocol(const char *protocol)
{
    return !strcmp(protocol, "UDP/DTLS/SCTP") || !strcmp(protocol, "TCP/DTLS/SCTP") || !strcmp(protocol, "DTLS/SCTP");
}

static enum sdp_verdict judge_protocol(const struct negotiation *negotiation, const struct sdp_media *media)
{
    if (media->kind == SDP_APPLICATION && negotiation->policy->sctp_port)
        return is_data_protocol(media->protocol) ? SDP_ACCEPTED : SDP_REJECTED_PROTOCOL;
    if (media->kind != SDP_AUDIO && media->kind != SDP_VIDEO)
        return SDP_REJECTED_KIND;
    if (!is_known_protocol(media->protocol))
        return SDP_REJECTED_PROTOCOL;
    return has_rtcp_mux(negotiation, media) ? SDP_ACCEPTED : SDP_REJECTED_RTCP_MUX;
}

enum sdp_verdict sdp_judge(struct negotiation *negotiation, const struct sdp_media *media)
{
    bool is_bundled = sdp_is_bundled(negotiation, media);
    // RFC 8843 6: port zero with a=bundle-only in a group is no rejection, without a group the attribute means nothing.
    if (media->port == 0 && !(media->bundle_only && is_bundled))
        return SDP_REJECTED_BY_OFFER;
    enum sdp_verdict verdict = judge_protocol(negotiation, media);
    if (verdict != SDP_ACCEPTED)
        return verdict;
    if (negotiation->bundle ? !is_bundled : negotiation->has_unbundled)
        return SDP_REJECTED_BUNDLE;
    if (!has_credentials(negotiation->offer, sdp_transport_media(negotiation, media)))
        return SDP_REJECTED_CREDENTIALS;
    return SDP_ACCEPTED;
}

const char *sdp_verdict_text(enum sdp_verdict verdict)
{
    static const char *const texts[SDP_VERDICTS] = {
        [SDP_ACCEPTED] = "accepted",
        [SDP_REJECTED_BY_OFFER] = "the offer rejects it: port 0",
        [SDP_REJECTED_STOPPED] = "its transceiver is stopped",
        [SDP_REJECTED_KIND] = "neither audio nor video",
        [SDP_REJECTED_PROTOCOL] = "not UDP/TLS/RTP/SAVPF",
        [SDP_REJECTED_RTCP_MUX] = "no a=rtcp-mux",
        [SDP_REJECTED_BUNDLE] = "outside the BUNDLE group",
        [SDP_REJECTED_CODEC] = "no common codec",
        [SDP_REJECTED_CREDENTIALS] = "no usable ICE credentials, fingerprint or setup",
    };
    return texts[verdict];
}
