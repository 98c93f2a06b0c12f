// SPDX-License-Identifier: Apache-2.0
// Which formats are the same: {codec, sent, declared, compatible}.
#include "codec.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <stdio.h>

#define MODE1 "packetization-mode=1;profile-level-id="
#define ASYM  "level-asymmetry-allowed=1;"

static const struct {
    enum sdp_codec codec;
    const char *sent, *declared;
    bool is_compatible;
} rows[] = {
    {SDP_CODEC_OPUS, "stereo=1", "", true},
    {SDP_CODEC_PCMU, "", "", true},
    {SDP_CODEC_VP8, "max-fs=1", "max-fr=30", true},
    {SDP_CODEC_VP9, "", "profile-id=0", true}, // RFC 9628 6.1.1: default 0
    {SDP_CODEC_VP9, "profile-id=2", "profile-id=2", true},
    {SDP_CODEC_VP9, "profile-id=2", "profile-id=0", false},
    {SDP_CODEC_AV1, "", "level-idx=5;profile=0;tier=0", true},
    {SDP_CODEC_AV1, "profile=1", "profile=0", false},
    {SDP_CODEC_AV1, "tier=1", "tier=0", false},
    // RFC 6184 8.1, table 5: one profile, several codings
    {SDP_CODEC_H264, MODE1 "42e01f", MODE1 "42e01f", true},
    {SDP_CODEC_H264, MODE1 "42e01f", MODE1 "42c01f", true},
    {SDP_CODEC_H264, MODE1 "42E01F", MODE1 "4d801f", true},
    {SDP_CODEC_H264, MODE1 "42001f", MODE1 "42e01f", false}, // Baseline has tools that Constrained Baseline lacks
    {SDP_CODEC_H264, MODE1 "42e01f", MODE1 "42001f", true},  // Constrained Baseline is part of all
    {SDP_CODEC_H264, MODE1 "42e01f", MODE1 "4d001f", true},
    {SDP_CODEC_H264, MODE1 "42e01f", MODE1 "64001f", true},
    {SDP_CODEC_H264, MODE1 "4d001f", MODE1 "42e01f", false},
    {SDP_CODEC_H264, MODE1 "64001f", MODE1 "640c1f", false},
    {SDP_CODEC_H264, MODE1 "f4001f", MODE1 "f4001f", true},
    // levels: above the declared one only where asymmetry is allowed
    {SDP_CODEC_H264, MODE1 "42e028", MODE1 "42e01f", false},
    {SDP_CODEC_H264, ASYM MODE1 "42e028", MODE1 "42e01f", true},
    {SDP_CODEC_H264, MODE1 "42e028", ASYM MODE1 "42e01f", true},
    {SDP_CODEC_H264, MODE1 "42e00a", MODE1 "42e01f", true},
    // RFC 6184 6.3: single NAL units go to who takes mode 1, not the other way; default 0
    {SDP_CODEC_H264, "profile-level-id=42e01f", MODE1 "42e01f", true},
    {SDP_CODEC_H264, MODE1 "42e01f", "packetization-mode=0;profile-level-id=42e01f", false},
    {SDP_CODEC_H264, "packetization-mode=2;profile-level-id=42e01f", "packetization-mode=2;profile-level-id=42e01f",
     false},
    {SDP_CODEC_H264, "", "", true}, // Baseline level 1 is the default
    {SDP_CODEC_H264, "", "profile-level-id=nonsense", false},
    {SDP_CODEC_H264, "profile-level-id=42e0", "profile-level-id=42e0", false},
    {SDP_CODEC_OTHER, "", "", false},
    {SDP_CODEC_RTX, "apt=96", "apt=96", false},
};

static void formats_compare(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bool is_compatible = sdp_fmtp_compatible(rows[i].codec, rows[i].sent, rows[i].declared);
        CU_ASSERT_EQUAL(is_compatible, rows[i].is_compatible);
        if (is_compatible != rows[i].is_compatible)
            printf("%s to %s\n", rows[i].sent, rows[i].declared);
    }
}

static const struct {
    const char *fmtp, *name, *value; // NULL: absent
} parameters[] = {
    {"a=1;b=2", "b", "2"},      {"a=1; b=2 ;c=3", "b", "2"}, {"A=1", "a", "1"},   {"ab=1", "b", NULL},
    {"a;b=", "b", ""},          {"a=1;;b=x=y", "b", "x=y"},  {"0-15", "a", NULL}, {"", "a", NULL},
    {" ; apt=96", "apt", "96"},
};

static void parameters_are_found(void)
{
    char value[16];
    for (size_t i = 0; i < sizeof(parameters) / sizeof(parameters[0]); i++) {
        int length = sdp_fmtp_get(parameters[i].fmtp, parameters[i].name, value, sizeof(value));
        CU_ASSERT_EQUAL(length < 0, parameters[i].value == NULL);
        if (length >= 0 && parameters[i].value)
            CU_ASSERT_STRING_EQUAL(value, parameters[i].value);
    }
    CU_ASSERT_EQUAL(sdp_fmtp_get("a=12345", "a", value, 5), -ENOSPC);
}

static void names_compare_without_case(void)
{
    CU_ASSERT_EQUAL(sdp_codec_find("OpUs"), SDP_CODEC_OPUS);
    CU_ASSERT_EQUAL(sdp_codec_find("pcma"), SDP_CODEC_PCMA);
    CU_ASSERT_EQUAL(sdp_codec_find("RTX"), SDP_CODEC_RTX);
    CU_ASSERT_EQUAL(sdp_codec_find(""), SDP_CODEC_OTHER);
    CU_ASSERT_EQUAL(sdp_codec_find("opus2"), SDP_CODEC_OTHER);
}

void codec_suite(void);
void codec_suite(void)
{
    CU_pSuite suite = CU_add_suite("sdp codec", NULL, NULL);
    CU_add_test(suite, "formats compare as their payload formats say", formats_compare);
    CU_add_test(suite, "fmtp parameters are found", parameters_are_found);
    CU_add_test(suite, "encoding names compare without case", names_compare_without_case);
}
