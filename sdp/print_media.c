// SPDX-License-Identifier: Apache-2.0
// The attributes of a section, after its transport in the order in which browsers write them.
#include "printer.h"

static void emit_flags(struct printer *printer, const struct sdp_media *media)
{
    if (media->bundle_only)
        sdp_emit(printer, "a=bundle-only\r\n");
    if (media->rtcp_mux)
        sdp_emit(printer, "a=rtcp-mux\r\n");
    if (media->rtcp_mux_only)
        sdp_emit(printer, "a=rtcp-mux-only\r\n");
    if (media->rtcp_rsize)
        sdp_emit(printer, "a=rtcp-rsize\r\n");
}

static void emit_format(struct printer *printer, const struct sdp_format *format)
{
    unsigned payload_type = format->payload_type;
    if (*format->encoding && format->channels > 1)
        sdp_emit(printer, "a=rtpmap:%u %s/%u/%u\r\n", payload_type, format->encoding, format->clock_rate,
                 format->channels);
    else if (*format->encoding)
        sdp_emit(printer, "a=rtpmap:%u %s/%u\r\n", payload_type, format->encoding, format->clock_rate);
    for (unsigned i = 0; i < format->feedback_count; i++)
        sdp_emit(printer, "a=rtcp-fb:%u %s\r\n", payload_type, format->feedback[i]);
    if (*format->fmtp)
        sdp_emit(printer, "a=fmtp:%u %s\r\n", payload_type, format->fmtp);
}

static void emit_formats(struct printer *printer, const struct sdp_media *media)
{
    for (unsigned i = 0; i < media->format_count; i++)
        emit_format(printer, &media->formats[i]);
    for (unsigned i = 0; i < media->feedback_count; i++)
        sdp_emit(printer, "a=rtcp-fb:* %s\r\n", media->feedback[i]);
}

static void emit_rids(struct printer *printer, const struct sdp_media *media)
{
    for (unsigned i = 0; i < media->rid_count; i++) {
        const struct sdp_rid *rid = &media->rids[i];
        sdp_emit(printer, "a=rid:%s %s%s%s\r\n", rid->id, rid->is_send ? "send" : "recv", *rid->restrictions ? " " : "",
                 rid->restrictions);
    }
    if (*media->simulcast_send || *media->simulcast_receive)
        sdp_emit(printer, "a=simulcast:%s%s%s%s%s\r\n", *media->simulcast_send ? "send " : "", media->simulcast_send,
                 *media->simulcast_send && *media->simulcast_receive ? " " : "",
                 *media->simulcast_receive ? "recv " : "", media->simulcast_receive);
}

static void emit_sources(struct printer *printer, const struct sdp_media *media)
{
    for (unsigned i = 0; i < media->ssrc_group_count; i++) {
        sdp_emit(printer, "a=ssrc-group:%s", media->ssrc_groups[i].semantics);
        for (unsigned k = 0; k < media->ssrc_groups[i].count; k++)
            sdp_emit(printer, " %u", media->ssrc_groups[i].ssrcs[k]);
        sdp_emit(printer, "\r\n");
    }
    for (unsigned i = 0; i < media->ssrc_count; i++) {
        const struct sdp_ssrc *source = &media->ssrcs[i];
        if (*source->cname)
            sdp_emit(printer, "a=ssrc:%u cname:%s\r\n", source->ssrc, source->cname);
        if (*source->msid)
            sdp_emit(printer, "a=ssrc:%u msid:%s\r\n", source->ssrc, source->msid);
    }
}

void sdp_emit_media(struct printer *printer, const struct sdp_media *media)
{
    for (unsigned i = 0; i < media->candidate_count; i++)
        sdp_emit_candidate(printer, &media->candidates[i]);
    if (*media->mid)
        sdp_emit(printer, "a=mid:%s\r\n", media->mid);
    sdp_emit_level(printer, &media->level);
    for (unsigned i = 0; i < media->msid_count; i++)
        sdp_emit(printer, "a=msid:%s\r\n", media->msids[i]);
    emit_flags(printer, media);
    emit_formats(printer, media);
    emit_rids(printer, media);
    emit_sources(printer, media);
    sdp_emit_kept(printer, &media->level);
}
