// SPDX-License-Identifier: Apache-2.0
#include "sdp_text.h"

#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MID_URI  "urn:ietf:params:rtp-hdrext:sdes:mid"
#define TWCC_URI "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"

static const char *setup_text(enum sdp_setup setup)
{
    return setup == SDP_SETUP_ACTIVE ? "active" : setup == SDP_SETUP_PASSIVE ? "passive" : "actpass";
}

static void write_session(FILE *out, const struct sdp_local *local)
{
    uint32_t id;
    RAND_bytes((uint8_t *)&id, sizeof(id));
    fprintf(out, "v=0\r\no=- %u 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n", id);
    if (local->lite)
        fputs("a=ice-lite\r\n", out);
    fputs("a=group:BUNDLE", out);
    for (unsigned i = 0; i < local->section_count; i++)
        fprintf(out, " %s", local->sections[i].mid);
    fputs("\r\na=extmap-allow-mixed\r\na=msid-semantic: WMS *\r\n", out);
}

static void write_transport(FILE *out, const struct sdp_local *local)
{
    char host[SOCKET_TEXT_SIZE];
    socket_address_host(&local->address, host);
    if (local->tcp) // RFC 6544 4.5: a port that nobody connects to
        fprintf(out, "a=candidate:1 1 tcp 1518280447 %s 9 typ host tcptype active\r\n", host);
    else
        fprintf(out, "a=candidate:1 1 udp 2130706431 %s %u typ host\r\n", host, socket_address_port(&local->address));
    fputs("a=end-of-candidates\r\n", out);
    fprintf(out, "a=ice-ufrag:%s\r\na=ice-pwd:%s\r\n", local->ufrag, local->password);
    fprintf(out, "a=fingerprint:sha-256 %s\r\na=setup:%s\r\n", local->fingerprint, setup_text(local->setup));
}

static void write_codec(FILE *out, const struct sdp_local_section *section)
{
    unsigned pt = section->payload_type;
    if (section->kind == MEDIA_AUDIO) {
        fprintf(out, "a=rtpmap:%u %s/48000/2\r\na=fmtp:%u minptime=10;useinbandfec=1\r\n", pt, section->codec, pt);
        return;
    }
    fprintf(out, "a=rtpmap:%u %s/90000\r\n", pt, section->codec);
    if (!strcmp(section->codec, "H264"))
        fprintf(out, "a=fmtp:%u level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\n", pt);
    fprintf(out, "a=rtcp-fb:%u goog-remb\r\na=rtcp-fb:%u ccm fir\r\n", pt, pt);
    fprintf(out, "a=rtcp-fb:%u nack\r\na=rtcp-fb:%u nack pli\r\n", pt, pt);
    if (section->rtx_payload_type)
        fprintf(out, "a=rtpmap:%u rtx/90000\r\na=fmtp:%u apt=%u\r\n", section->rtx_payload_type,
                section->rtx_payload_type, pt);
}

static void write_section(FILE *out, const struct sdp_local *local, const struct sdp_local_section *section)
{
    char host[SOCKET_TEXT_SIZE];
    const char *kind = section->kind == MEDIA_AUDIO ? "audio" : "video";
    fprintf(out, "m=%s %u UDP/TLS/RTP/SAVPF %u", kind, socket_address_port(&local->address), section->payload_type);
    if (section->rtx_payload_type)
        fprintf(out, " %u", section->rtx_payload_type);
    fputs("\r\n", out);
    fprintf(out, "c=IN IP%c %s\r\n", local->address.any.sa_family == AF_INET ? '4' : '6',
            socket_address_host(&local->address, host));
    write_transport(out, local);
    fprintf(out, "a=mid:%s\r\na=%s\r\na=rtcp-mux\r\na=rtcp-rsize\r\n", section->mid, local->direction);
    if (local->mid_extension)
        fprintf(out, "a=extmap:%u " MID_URI "\r\n", local->mid_extension);
    if (local->twcc_extension)
        fprintf(out, "a=extmap:%u " TWCC_URI "\r\n", local->twcc_extension);
    write_codec(out, section);
    if (local->twcc_extension)
        fprintf(out, "a=rtcp-fb:%u transport-cc\r\n", section->payload_type);
    if (section->ssrc) {
        fprintf(out, "a=msid:%s %s-%s\r\n", local->cname, local->cname, kind);
        fprintf(out, "a=ssrc:%u cname:%s\r\n", section->ssrc, local->cname);
        fprintf(out, "a=ssrc:%u msid:%s %s-%s\r\n", section->ssrc, local->cname, local->cname, kind);
        if (section->rtx_payload_type)
            fprintf(out, "a=ssrc-group:FID %u %u\r\na=ssrc:%u cname:%s\r\n", section->ssrc, section->rtx_ssrc,
                    section->rtx_ssrc, local->cname);
    }
}

char *sdp_write(const struct sdp_local *local)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    write_session(out, local);
    for (unsigned i = 0; i < local->section_count; i++)
        write_section(out, local, &local->sections[i]);
    fclose(out);
    return text;
}
