// SPDX-License-Identifier: Apache-2.0
#include "codec.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct codec_row {
    const char *name;
    enum sdp_kind kind;
    uint32_t clock_rate;
    uint8_t channels;
    const char *fmtp;
};

static const struct codec_row rows[SDP_CODECS] = {
    [SDP_CODEC_OTHER] = {"", SDP_OTHER, 0, 1, ""},
    [SDP_CODEC_OPUS] = {"opus", SDP_AUDIO, 48000, 2, "minptime=10;useinbandfec=1"}, // RFC 7587 4.1: always 48000/2
    [SDP_CODEC_PCMU] = {"PCMU", SDP_AUDIO, 8000, 1, ""},
    [SDP_CODEC_PCMA] = {"PCMA", SDP_AUDIO, 8000, 1, ""},
    [SDP_CODEC_VP8] = {"VP8", SDP_VIDEO, 90000, 1, ""},
    [SDP_CODEC_VP9] = {"VP9", SDP_VIDEO, 90000, 1, "profile-id=0"},
    [SDP_CODEC_H264] = {"H264", SDP_VIDEO, 90000, 1,
                        "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"},
    [SDP_CODEC_AV1] = {"AV1", SDP_VIDEO, 90000, 1, ""},
    [SDP_CODEC_RTX] = {"rtx", SDP_OTHER, 0, 1, ""}, // the clock rate of what it repeats
};

enum sdp_codec sdp_codec_find(const char *encoding)
{
    for (unsigned i = SDP_CODEC_OTHER + 1; i < SDP_CODECS; i++)
        if (strcasecmp(rows[i].name, encoding) == 0)
            return (enum sdp_codec)i;
    return SDP_CODEC_OTHER;
}

const char *sdp_codec_name(enum sdp_codec codec)
{
    return rows[codec].name;
}

enum sdp_kind sdp_codec_kind(enum sdp_codec codec)
{
    return rows[codec].kind;
}

uint32_t sdp_codec_clock_rate(enum sdp_codec codec)
{
    return rows[codec].clock_rate;
}

uint8_t sdp_codec_channels(enum sdp_codec codec)
{
    return rows[codec].channels;
}

const char *sdp_codec_fmtp(enum sdp_codec codec)
{
    return rows[codec].fmtp;
}

static int copy_value(const char *value, size_t length, char *ret_value, size_t size)
{
    while (length > 0 && value[length - 1] == ' ')
        length--;
    if (length >= size)
        return -ENOSPC;
    memcpy(ret_value, value, length);
    ret_value[length] = '\0';
    return (int)length;
}

// Parameters are "name=value" between semicolons, with or without spaces; names compare without case (RFC 6838 4.3).
int sdp_fmtp_get(const char *fmtp, const char *name, char *ret_value, size_t size)
{
    size_t name_length = strlen(name);
    while (*fmtp) {
        fmtp += strspn(fmtp, " ;");
        size_t length = strcspn(fmtp, ";");
        if (length > name_length && fmtp[name_length] == '=' && strncasecmp(fmtp, name, name_length) == 0)
            return copy_value(fmtp + name_length + 1, length - name_length - 1, ret_value, size);
        fmtp += length;
    }
    return -ENOENT;
}

static unsigned number_of(const char *fmtp, const char *name, unsigned otherwise)
{
    char text[12], *end;
    if (sdp_fmtp_get(fmtp, name, text, sizeof(text)) <= 0)
        return otherwise;
    unsigned long number = strtoul(text, &end, 10);
    return *end || number > UINT32_MAX ? UINT32_MAX : (unsigned)number;
}

enum h264_profile { CONSTRAINED_BASELINE, BASELINE, MAIN, CONSTRAINED_HIGH, HIGH, HIGH_444, UNKNOWN_PROFILE };

// RFC 6184 8.1, table 5: profile_idc with the flags of profile-iop that decide.
static enum h264_profile h264_profile(unsigned profile_level_id)
{
    static const struct {
        uint8_t idc, mask, flags;
        enum h264_profile profile;
    } patterns[] = {
        {0x42, 0x4f, 0x40, CONSTRAINED_BASELINE},
        {0x4d, 0x8f, 0x80, CONSTRAINED_BASELINE},
        {0x58, 0xcf, 0xc0, CONSTRAINED_BASELINE},
        {0x42, 0x4f, 0x00, BASELINE},
        {0x58, 0xcf, 0x80, BASELINE},
        {0x4d, 0xaf, 0x00, MAIN},
        {0x64, 0xff, 0x00, HIGH},
        {0x64, 0xff, 0x0c, CONSTRAINED_HIGH},
        {0xf4, 0xff, 0x00, HIGH_444},
    };
    uint8_t idc = (uint8_t)(profile_level_id >> 16), iop = (uint8_t)(profile_level_id >> 8);
    for (unsigned i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++)
        if (idc == patterns[i].idc && (iop & patterns[i].mask) == patterns[i].flags)
            return patterns[i].profile;
    return UNKNOWN_PROFILE;
}

// RFC 6184 8.1: without the parameter, Baseline at level 1.
static unsigned profile_level_id(const char *fmtp)
{
    char text[8], *end;
    int length = sdp_fmtp_get(fmtp, "profile-level-id", text, sizeof(text));
    if (length == -ENOENT)
        return 0x42000a;
    unsigned long id = length == 6 ? strtoul(text, &end, 16) : 0;
    return length == 6 && *end == '\0' ? (unsigned)id : 0;
}

// Every decoder decodes Constrained Baseline, which is part of all other profiles (H.264 annex A.2).
static bool h264_profile_fits(enum h264_profile sent, enum h264_profile declared)
{
    if (sent == UNKNOWN_PROFILE || declared == UNKNOWN_PROFILE)
        return false;
    return sent == declared || sent == CONSTRAINED_BASELINE;
}

static bool h264_fits(const char *sent, const char *declared)
{
    unsigned sent_id = profile_level_id(sent), declared_id = profile_level_id(declared);
    unsigned sent_mode = number_of(sent, "packetization-mode", 0);
    unsigned declared_mode = number_of(declared, "packetization-mode", 0);
    bool asymmetric =
        number_of(sent, "level-asymmetry-allowed", 0) == 1 || number_of(declared, "level-asymmetry-allowed", 0) == 1;
    // RFC 6184 6.3: who takes the non-interleaved mode takes single NAL units too; interleaving is not supported.
    if (sent_mode > 1 || declared_mode > 1 || sent_mode > declared_mode)
        return false;
    if (!asymmetric && (sent_id & 0xff) > (declared_id & 0xff))
        return false;
    return h264_profile_fits(h264_profile(sent_id), h264_profile(declared_id));
}

bool sdp_fmtp_compatible(enum sdp_codec codec, const char *sent, const char *declared)
{
    switch (codec) {
    case SDP_CODEC_H264:
        return h264_fits(sent, declared);
    case SDP_CODEC_VP9:
        return number_of(sent, "profile-id", 0) == number_of(declared, "profile-id", 0);
    case SDP_CODEC_AV1:
        return number_of(sent, "profile", 0) == number_of(declared, "profile", 0) &&
               number_of(sent, "tier", 0) <= number_of(declared, "tier", 0);
    case SDP_CODEC_OTHER:
    case SDP_CODEC_RTX:
        return false;
    default:
        return true;
    }
}
