// SPDX-License-Identifier: Apache-2.0
// From the negotiated sections to what the tables and the journal hold.
#include "agreement.h"
#include "connectivity.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool carries_media(const struct agreement *agreement, const struct sdp_section *section)
{
    if (section->verdict != SDP_ACCEPTED || (section->kind != SDP_AUDIO && section->kind != SDP_VIDEO))
        return false;
    if (agreement->is_publisher)
        return section->direction == SDP_RECVONLY || section->direction == SDP_SENDRECV;
    return section->source != SDP_NO_SOURCE && section->source < agreement->policy.source_count;
}

// Cut where it is too long: at a parameter's end, so that no half parameter is compared.
static void copy_fmtp(char *to, size_t size, const char *from)
{
    snprintf(to, size, "%s", from ? from : "");
    if (!from || strlen(from) < size)
        return;
    char *end = strrchr(to, ';');
    *(end ? end : to) = 0;
}

static void copy(char *to, size_t size, const char *from, const char *fallback)
{
    snprintf(to, size, "%s", from && *from ? from : fallback);
}

// RFC 4585 6.2.1: the generic NACK, which is agreed on beside RTX only.
static bool has_nack(const struct agreement *agreement, const struct sdp_section *section)
{
    for (unsigned i = 0; i < agreement->policy.feedback_count; i++)
        if (section->feedback >> i & 1 && !strcmp(agreement->feedback[i], "nack"))
            return true;
    return false;
}

static struct journal_section convert(const struct agreement *agreement, const struct sdp_section *section)
{
    struct journal_section to = {.kind = section->kind == SDP_AUDIO ? MEDIA_AUDIO : MEDIA_VIDEO,
                                 .codec = (uint8_t)section->codec,
                                 .payload_type = section->payload_type,
                                 .rtx_payload_type = section->rtx_payload_type,
                                 .nack = has_nack(agreement, section),
                                 .clock_rate = section->clock_rate,
                                 .ssrc = section->ssrc,
                                 .rtx_ssrc = section->rtx_ssrc};
    copy(to.mid, sizeof(to.mid), section->mid, "");
    copy(to.stream_id, sizeof(to.stream_id), section->stream_id, agreement->cname);
    copy(to.track_id, sizeof(to.track_id), section->track_id, to.mid);
    copy_fmtp(to.fmtp, sizeof(to.fmtp), section->fmtp);
    memcpy(to.extension_ids, section->extension_ids, sizeof(to.extension_ids));
    if (agreement->is_publisher)
        return to;
    to.ssrc = agreement->sources[section->source].ssrc;
    if (section->rtx_payload_type != SDP_NO_PAYLOAD)
        to.rtx_ssrc = agreement->sources[section->source].rtx_ssrc;
    return to;
}

int agreement_sections(const struct agreement *agreement, struct journal_section *ret_sections, uint32_t *ret_count)
{
    const struct sdp_answer *answer = agreement->answer;
    uint32_t count = 0;
    for (unsigned i = 0; i < answer->section_count; i++) {
        if (!carries_media(agreement, &answer->sections[i]))
            continue;
        if (count == JOURNAL_SECTIONS)
            return -E2BIG;
        ret_sections[count] = convert(agreement, &answer->sections[i]);
        // link.index tells the caller of a viewer which source it is, until the route has its own.
        ret_sections[count++].link.index = answer->sections[i].source;
    }
    *ret_count = count;
    return count ? 0 : -ENOENT;
}

struct fingerprint *agreement_fingerprints(const struct sdp_answer *answer, unsigned *ret_count)
{
    struct fingerprint *copies = calloc(FINGERPRINTS_MAX, sizeof(*copies));
    *ret_count = 0;
    for (unsigned i = 0; copies && i < answer->fingerprint_count && *ret_count < FINGERPRINTS_MAX; i++) {
        if (!fingerprint_is_strong(answer->fingerprints[i].hash))
            continue;
        struct fingerprint *to = &copies[(*ret_count)++];
        snprintf(to->hash, sizeof(to->hash), "%s", answer->fingerprints[i].hash);
        snprintf(to->value, sizeof(to->value), "%s", answer->fingerprints[i].value);
    }
    return copies;
}

enum transport_feedback agreement_feedback(const struct agreement *agreement)
{
    uint32_t negotiated = 0;
    bool has_extension = false;
    for (unsigned i = 0; i < agreement->answer->section_count; i++) {
        const struct sdp_section *section = &agreement->answer->sections[i];
        if (section->verdict != SDP_ACCEPTED)
            continue;
        negotiated |= section->feedback;
        has_extension |= section->extension_ids[EXTENSION_TRANSPORT_CC] != 0;
    }
    enum transport_feedback found = FEEDBACK_NONE;
    for (unsigned i = 0; i < agreement->policy.feedback_count; i++) {
        if (!(negotiated & 1u << i))
            continue;
        if (!strcmp(agreement->feedback[i], "transport-cc") && has_extension)
            return FEEDBACK_TRANSPORT_CC;
        if (!strcmp(agreement->feedback[i], "goog-remb"))
            found = FEEDBACK_REMB;
    }
    return found;
}

void agreement_fill_transport(struct control *control, const struct agreement *agreement, uint32_t room,
                              struct transport_intent *intent)
{
    const struct sdp_section *tag = &agreement->answer->sections[agreement->answer->tag];
    memset(intent, 0, sizeof(*intent));
    intent->room = room;
    intent->shard = agreement->shard;
    connectivity_choose_role(control, agreement->answer->remote_ice_lite, false, intent);
    intent->feedback = agreement->is_publisher ? (uint8_t)agreement_feedback(agreement) : FEEDBACK_NONE;
    intent->reduced_rtcp = tag->rtcp_rsize;
    intent->max_kbps = agreement->is_publisher ? control->config->bandwidth.max_kbps : 0;
    intent->consent_seconds = control->config->ice.consent_seconds;
    intent->rtcp_ssrc = tables_issue_ssrc(&control->tables);
    memcpy(intent->local_ufrag, agreement->local.ufrag, sizeof(intent->local_ufrag));
    memcpy(intent->local_pwd, agreement->local.pwd, sizeof(intent->local_pwd));
    memcpy(intent->cname, agreement->cname, sizeof(intent->cname));
    snprintf(intent->remote_ufrag, sizeof(intent->remote_ufrag), "%s", tag->remote_ufrag);
    snprintf(intent->remote_pwd, sizeof(intent->remote_pwd), "%s", tag->remote_pwd);
}
