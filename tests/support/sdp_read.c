// SPDX-License-Identifier: Apache-2.0
#include "byte_order.h"
#include "sdp_text.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LINE_MAX_SIZE 1024
#define LINES_MAX     2000
#define MID_URI       "urn:ietf:params:rtp-hdrext:sdes:mid"
#define TWCC_URI      "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"

struct reader {
    struct sdp_description *description;
    struct sdp_section *section; // NULL before the first m=
};

static const char *after(const char *line, const char *prefix)
{
    size_t size = strlen(prefix);
    return strncmp(line, prefix, size) ? NULL : line + size;
}

static int copy_value(char *into, size_t room, const char *value)
{
    size_t size = strlen(value);
    if (!size || size >= room)
        return -EBADMSG;
    memcpy(into, value, size + 1);
    return 0;
}

static int read_fingerprint(struct sdp_description *description, const char *value)
{
    char name[16];
    int used = 0;
    if (description->fingerprint_size)
        return 0;
    if (sscanf(value, "%15s %n", name, &used) != 1 || !used)
        return -EBADMSG;
    size_t size = 0;
    unsigned byte;
    int step;
    for (value += used; size < DTLS_FINGERPRINT_MAX && sscanf(value, "%2x%n", &byte, &step) == 1; size++) {
        description->fingerprint[size] = (uint8_t)byte;
        value += step;
        value += *value == ':';
    }
    // "sha-256" is "sha256" to OpenSSL.
    char *out = description->hash_name;
    for (const char *in = name; *in; in++)
        if (*in != '-')
            *out++ = (char)tolower((unsigned char)*in);
    *out = 0;
    description->fingerprint_size = size;
    return size < 16 ? -EBADMSG : 0;
}

static int read_candidate(struct sdp_description *description, const char *value)
{
    char transport[8], host[SOCKET_TEXT_SIZE];
    unsigned component, port;
    unsigned long priority;
    if (sscanf(value, "%*32s %u %7s %lu %63s %u typ", &component, transport, &priority, host, &port) != 5)
        return -EBADMSG;
    bool tcp = !strcasecmp(transport, "tcp") && strstr(value, " tcptype passive");
    struct sdp_candidate *candidate = &description->candidates[description->candidate_count];
    if (component != 1 || (strcasecmp(transport, "udp") && !tcp) || !port || port > 65535 ||
        description->candidate_count == SDP_CANDIDATES_MAX ||
        socket_address_set(host, (uint16_t)port, &candidate->address))
        return 0; // of no use, such as a name
    for (unsigned i = 0; i < description->candidate_count; i++)
        if (description->candidates[i].tcp == tcp &&
            socket_address_equal(&description->candidates[i].address, &candidate->address))
            return 0; // bundled sections repeat them
    candidate->priority = (uint32_t)priority;
    candidate->tcp = tcp;
    description->candidate_count++;
    return 0;
}

static void read_setup(struct sdp_description *description, const char *value)
{
    if (!strcmp(value, "active"))
        description->setup = SDP_SETUP_ACTIVE;
    else if (!strcmp(value, "passive"))
        description->setup = SDP_SETUP_PASSIVE;
    else if (!strcmp(value, "actpass"))
        description->setup = SDP_SETUP_ACTPASS;
}

// What may stand at session or at media level; the first one counts, since all sections are bundled.
static int read_transport(struct sdp_description *description, const char *line)
{
    const char *value;
    if ((value = after(line, "a=ice-ufrag:")) && !description->ufrag[0])
        return copy_value(description->ufrag, sizeof(description->ufrag), value);
    else if ((value = after(line, "a=ice-pwd:")) && !description->password[0])
        return copy_value(description->password, sizeof(description->password), value);
    else if ((value = after(line, "a=fingerprint:")))
        return read_fingerprint(description, value);
    else if ((value = after(line, "a=setup:")))
        read_setup(description, value);
    else if ((value = after(line, "a=candidate:")))
        return read_candidate(description, value);
    else if (!strcmp(line, "a=ice-lite"))
        description->ice_lite = true;
    return 0;
}

static int begin_section(struct reader *reader, const char *value)
{
    struct sdp_description *description = reader->description;
    char kind[16];
    unsigned port;
    if (description->section_count == SDP_SECTIONS_MAX || sscanf(value, "%15s %u", kind, &port) != 2)
        return -EBADMSG;
    reader->section = &description->sections[description->section_count++];
    *reader->section = (struct sdp_section){
        .kind = !strcmp(kind, "audio")   ? MEDIA_AUDIO
                : !strcmp(kind, "video") ? MEDIA_VIDEO
                                         : MEDIA_OTHER,
        .rejected = port == 0,
        .sends = true,
        .receives = true,
    };
    return 0;
}

static int read_codec(struct sdp_section *section, const char *value)
{
    unsigned payload_type;
    struct sdp_codec codec;
    if (sscanf(value, "%u %23[^/]", &payload_type, codec.name) != 2 || payload_type > 127)
        return -EBADMSG;
    codec.payload_type = (uint8_t)payload_type;
    if (section->codec_count < SDP_CODECS_MAX)
        section->codecs[section->codec_count++] = codec;
    return 0;
}

static int read_extension(struct sdp_section *section, const char *value)
{
    unsigned id;
    char uri[160];
    if (sscanf(value, "%u%*[/a-z] %159s", &id, uri) != 2 && sscanf(value, "%u %159s", &id, uri) != 2)
        return -EBADMSG;
    if (!id || id > 255)
        return -EBADMSG;
    if (!strcmp(uri, MID_URI))
        section->mid_extension = (uint8_t)id;
    else if (!strcmp(uri, TWCC_URI))
        section->twcc_extension = (uint8_t)id;
    return 0;
}

static int read_ssrc(struct sdp_section *section, const char *value)
{
    char *end;
    unsigned long ssrc = strtoul(value, &end, 10);
    if (end == value || ssrc > UINT32_MAX)
        return -EBADMSG;
    for (unsigned i = 0; i < section->ssrc_count; i++)
        if (section->ssrcs[i] == ssrc)
            return 0;
    if (section->ssrc_count < SDP_SSRCS_MAX)
        section->ssrcs[section->ssrc_count++] = (uint32_t)ssrc;
    return 0;
}

static int read_media(struct sdp_section *section, const char *line)
{
    const char *value;
    if ((value = after(line, "a=mid:")))
        return copy_value(section->mid, sizeof(section->mid), value);
    else if ((value = after(line, "a=rtpmap:")))
        return read_codec(section, value);
    else if ((value = after(line, "a=extmap:")))
        return read_extension(section, value);
    else if ((value = after(line, "a=ssrc:")))
        return read_ssrc(section, value);
    else if (!strcmp(line, "a=bundle-only"))
        section->rejected = false;
    else if (!strcmp(line, "a=sendonly") || !strcmp(line, "a=inactive"))
        section->receives = false;
    if (!strcmp(line, "a=recvonly") || !strcmp(line, "a=inactive"))
        section->sends = false;
    return 0;
}

static int read_line(struct reader *reader, const char *line)
{
    const char *value = after(line, "m=");
    if (value)
        return begin_section(reader, value);
    if (read_transport(reader->description, line))
        return -EBADMSG;
    return reader->section ? read_media(reader->section, line) : 0;
}

int sdp_read(const char *text, size_t size, struct sdp_description *ret_description)
{
    struct sdp_description *description = calloc(1, sizeof(*description));
    struct reader reader = {.description = description};
    int result = !description ? -ENOMEM : size > SDP_TEXT_MAX || size < 3 || strncmp(text, "v=0", 3) ? -EBADMSG : 0;
    unsigned lines = 0;
    for (size_t at = 0; !result && at < size; lines++) {
        const char *end = memchr(text + at, '\n', size - at);
        size_t length = end ? (size_t)(end - text) - at : size - at;
        size_t trimmed = length && text[at + length - 1] == '\r' ? length - 1 : length;
        char line[LINE_MAX_SIZE];
        if (lines == LINES_MAX || memchr(text + at, 0, length))
            result = -EBADMSG;
        else if (trimmed < sizeof(line)) { // the lines that matter are short
            memcpy(line, text + at, trimmed);
            line[trimmed] = 0;
            result = read_line(&reader, line);
        }
        at += length + 1;
    }
    if (!result && (!description->ufrag[0] || !description->password[0] || !description->fingerprint_size))
        result = -EBADMSG;
    if (!result)
        *ret_description = *description;
    free(description);
    return result ? result : (int)size;
}

int sdp_payload_type(const struct sdp_section *section, const char *codec)
{
    for (unsigned i = 0; i < section->codec_count; i++)
        if (!strcasecmp(section->codecs[i].name, codec))
            return section->codecs[i].payload_type;
    return -1;
}

const struct sdp_section *sdp_section_of(const struct sdp_description *description, enum media_kind kind)
{
    for (unsigned i = 0; i < description->section_count; i++)
        if (description->sections[i].kind == kind)
            return &description->sections[i];
    return NULL;
}
