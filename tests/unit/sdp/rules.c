// SPDX-License-Identifier: Apache-2.0
#include "rules.h"

#include "section_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define VALUE 2048

struct media_line {
    char type[64], protocol[64], formats[VALUE];
    int port;
};

static struct media_line media_line(const char *text, int section)
{
    struct media_line media = {0};
    char line[VALUE];
    section_value(text, section, "m=", line, sizeof(line));
    sscanf(line, "%63s %d %63s %2047[^\r\n]", media.type, &media.port, media.protocol, media.formats);
    return media;
}

static bool is_accepted(const char *answer, int section)
{
    return media_line(answer, section).port != 0;
}

// Is this word in the list of words?
static bool has_word(const char *list, const char *word)
{
    char copy[VALUE], *rest = NULL;
    snprintf(copy, sizeof(copy), "%s", list);
    for (char *at = strtok_r(copy, " ", &rest); at; at = strtok_r(NULL, " ", &rest))
        if (strcmp(at, word) == 0)
            return true;
    return false;
}

static bool is_subset(const char *words, const char *of)
{
    char copy[VALUE], *rest = NULL;
    snprintf(copy, sizeof(copy), "%s", words);
    for (char *at = strtok_r(copy, " ", &rest); at; at = strtok_r(NULL, " ", &rest))
        if (!has_word(of, at))
            return false;
    return true;
}

// An attribute of the section, or of the session.
static const char *inherited(const char *text, int section, const char *beginning, char *buffer, size_t size)
{
    if (!*section_value(text, section, beginning, buffer, size))
        section_value(text, -1, beginning, buffer, size);
    return buffer;
}

typedef bool section_check(const char *offer, const char *answer, int section);

static bool each_section(const char *offer, const char *answer, bool only_accepted, section_check *check)
{
    for (int i = 0; i < section_count(answer); i++)
        if ((!only_accepted || is_accepted(answer, i)) && !check(offer, answer, i))
            return false;
    return true;
}

static bool lines_end_with_crlf(const char *offer, const char *answer)
{
    size_t length = strlen(answer);
    for (size_t i = 0; i < length; i++)
        if ((answer[i] == '\n') != (i > 0 && answer[i - 1] == '\r'))
            return false;
    return length > 0 && answer[length - 1] == '\n';
}

static bool session_lines_in_order(const char *offer, const char *answer)
{
    return strncmp(answer, "v=0\r\no=- ", 9) == 0 && strstr(answer, "\r\ns=-\r\nt=0 0\r\n") != NULL;
}

static bool same_media(const char *offer, const char *answer, int i)
{
    struct media_line a = media_line(offer, i), b = media_line(answer, i);
    return strcmp(a.type, b.type) == 0 && strcmp(a.protocol, b.protocol) == 0;
}

static bool same_sections(const char *offer, const char *answer)
{
    return section_count(offer) == section_count(answer) && each_section(offer, answer, false, same_media);
}

static bool formats_of_offer(const char *offer, const char *answer, int i)
{
    struct media_line a = media_line(offer, i), b = media_line(answer, i);
    return *b.formats && is_subset(b.formats, a.formats);
}

static bool formats_are_subset(const char *offer, const char *answer)
{
    return each_section(offer, answer, false, formats_of_offer);
}

static bool same_mid(const char *offer, const char *answer, int i)
{
    char a[VALUE], b[VALUE];
    return strcmp(section_value(offer, i, "a=mid:", a, VALUE), section_value(answer, i, "a=mid:", b, VALUE)) == 0;
}

static bool mids_are_kept(const char *offer, const char *answer)
{
    return each_section(offer, answer, false, same_mid);
}

static bool application_refused(const char *offer, const char *answer, int i)
{
    return strcmp(media_line(answer, i).type, "application") != 0 || !is_accepted(answer, i);
}

static bool application_is_refused(const char *offer, const char *answer)
{
    return each_section(offer, answer, false, application_refused);
}

static const char *direction(const char *text, int i)
{
    static const char *const names[] = {"a=sendrecv", "a=sendonly", "a=recvonly", "a=inactive"};
    for (int level = i; level >= -1; level = level == -1 ? -2 : -1)
        for (unsigned k = 0; k < 4; k++)
            if (section_has(text, level, names[k]))
                return names[k] + 2;
    return "sendrecv";
}

static bool direction_fits(const char *offer, const char *answer, int i)
{
    const char *a = direction(offer, i), *b = direction(answer, i);
    if (strcmp(a, "sendonly") == 0)
        return strcmp(b, "recvonly") == 0 || strcmp(b, "inactive") == 0;
    if (strcmp(a, "recvonly") == 0)
        return strcmp(b, "sendonly") == 0 || strcmp(b, "inactive") == 0;
    return strcmp(a, "inactive") != 0 || strcmp(b, "inactive") == 0;
}

static bool directions_fit(const char *offer, const char *answer)
{
    return each_section(offer, answer, true, direction_fits);
}

static bool in_bundle(const char *offer, const char *answer, int i)
{
    char group[VALUE], mid[VALUE];
    section_value(answer, -1, "a=group:BUNDLE", group, VALUE);
    return has_word(group, section_value(answer, i, "a=mid:", mid, VALUE)) == is_accepted(answer, i);
}

static bool bundle_has_what_is_accepted(const char *offer, const char *answer)
{
    char offered[VALUE], answered[VALUE];
    section_value(offer, -1, "a=group:BUNDLE", offered, VALUE);
    section_value(answer, -1, "a=group:BUNDLE", answered, VALUE);
    return is_subset(answered, offered) && each_section(offer, answer, false, in_bundle);
}

static bool no_bundle_only(const char *offer, const char *answer, int i)
{
    return !section_has(answer, i, "a=bundle-only");
}

static bool bundle_only_is_not_answered(const char *offer, const char *answer)
{
    return each_section(offer, answer, false, no_bundle_only);
}

static int tagged_section(const char *answer)
{
    char group[VALUE], mid[VALUE], tag[VALUE] = "";
    sscanf(section_value(answer, -1, "a=group:BUNDLE ", group, VALUE), "%2047s", tag);
    for (int i = 0; i < section_count(answer); i++)
        if (strcmp(section_value(answer, i, "a=mid:", mid, VALUE), tag) == 0)
            return i;
    return -1;
}

static bool address_of_tag(const char *offer, const char *answer, int i)
{
    char a[VALUE], b[VALUE];
    int tag = tagged_section(answer);
    return tag >= 0 && media_line(answer, tag).port == media_line(answer, i).port &&
           strcmp(section_value(answer, tag, "c=", a, VALUE), section_value(answer, i, "c=", b, VALUE)) == 0;
}

static bool bundle_shares_an_address(const char *offer, const char *answer)
{
    return each_section(offer, answer, true, address_of_tag);
}

static bool candidates_at_tag(const char *offer, const char *answer, int i)
{
    return section_has(answer, i, "a=candidate:") == (i == tagged_section(answer) && is_accepted(answer, i));
}

static bool candidates_stand_at_the_tag(const char *offer, const char *answer)
{
    return each_section(offer, answer, false, candidates_at_tag);
}

static bool has_default_candidate(const char *offer, const char *answer, int i)
{
    char connection[VALUE];
    int tag = tagged_section(answer);
    section_value(answer, i, "c=IN IP4 ", connection, VALUE);
    for (const char *line = NULL; (line = section_line(answer, tag, "a=candidate:", line));) {
        char address[256];
        int port;
        if (sscanf(line, "a=candidate:%*s 1 udp %*u %255s %d typ host", address, &port) == 2 &&
            strcmp(address, connection) == 0 && port == media_line(answer, i).port)
            return true;
    }
    return false;
}

static bool default_is_a_candidate(const char *offer, const char *answer)
{
    return each_section(offer, answer, true, has_default_candidate);
}

static bool muxed(const char *offer, const char *answer, int i)
{
    return section_has(answer, i, "a=rtcp-mux\r") && section_has(offer, i, "a=rtcp-mux") &&
           (!section_has(answer, i, "a=rtcp-rsize") || section_has(offer, i, "a=rtcp-rsize"));
}

static bool rtcp_is_muxed(const char *offer, const char *answer)
{
    return each_section(offer, answer, true, muxed);
}

static bool setup_fits(const char *offer, const char *answer, int i)
{
    char a[VALUE], b[VALUE];
    inherited(offer, i, "a=setup:", a, VALUE);
    inherited(answer, i, "a=setup:", b, VALUE);
    return strcmp(a, "active") == 0    ? strcmp(b, "passive") == 0
           : strcmp(a, "passive") == 0 ? strcmp(b, "active") == 0
                                       : strcmp(b, "active") == 0 || strcmp(b, "passive") == 0;
}

static bool setups_fit(const char *offer, const char *answer)
{
    return each_section(offer, answer, true, setup_fits);
}

static bool has_credentials(const char *offer, const char *answer, int i)
{
    char ufrag[VALUE], pwd[VALUE], fingerprint[VALUE];
    inherited(answer, i, "a=ice-ufrag:", ufrag, VALUE);
    inherited(answer, i, "a=ice-pwd:", pwd, VALUE);
    inherited(answer, i, "a=fingerprint:sha-256 ", fingerprint, VALUE);
    return strlen(ufrag) >= 4 && strlen(pwd) >= 22 && strlen(fingerprint) == 95;
}

static bool credentials_are_there(const char *offer, const char *answer)
{
    return each_section(offer, answer, true, has_credentials);
}

static bool ice_lite_is_told(const char *offer, const char *answer)
{
    return section_has(answer, -1, "a=ice-lite\r") && section_has(answer, -1, "a=ice-options:");
}

// Each line of a kind in the answer stands, as far as `same` looks, in the offer's section too.
static bool lines_were_offered(const char *offer, const char *answer, int i, const char *beginning,
                               bool (*same)(const char *offered, const char *answered))
{
    char a[VALUE], b[VALUE];
    for (const char *line = NULL; (line = section_line(answer, i, beginning, line));) {
        bool is_offered = false;
        section_copy_line(line, b, VALUE);
        for (const char *other = NULL; !is_offered && (other = section_line(offer, i, beginning, other));) {
            section_copy_line(other, a, VALUE);
            is_offered = same(a, b);
        }
        if (!is_offered)
            return false;
    }
    return true;
}

static bool same_extension(const char *offered, const char *answered)
{
    char uri_a[256] = "", uri_b[256] = "";
    int a = 0, b = 0;
    sscanf(offered, "a=extmap:%d%*[^ ] %255s", &a, uri_a);
    if (!*uri_a)
        sscanf(offered, "a=extmap:%d %255s", &a, uri_a);
    sscanf(answered, "a=extmap:%d %255s", &b, uri_b);
    return a == b && b >= 1 && b <= 255 && strcmp(uri_a, uri_b) == 0;
}

static bool extensions_of_offer(const char *offer, const char *answer, int i)
{
    return lines_were_offered(offer, answer, i, "a=extmap:", same_extension) &&
           (!section_has(answer, i, "a=extmap-allow-mixed") || section_has(offer, i, "a=extmap-allow-mixed"));
}

static bool extensions_were_offered(const char *offer, const char *answer)
{
    return each_section(offer, answer, true, extensions_of_offer) &&
           (!section_has(answer, -1, "a=extmap-allow-mixed") || section_has(offer, -1, "a=extmap-allow-mixed"));
}

static bool equal_folded(const char *offered, const char *answered)
{
    return strcasecmp(offered, answered) == 0;
}

static bool formats_described_as_offered(const char *offer, const char *answer, int i)
{
    return lines_were_offered(offer, answer, i, "a=rtpmap:", equal_folded) &&
           lines_were_offered(offer, answer, i, "a=rtcp-fb:", equal_folded);
}

static bool formats_mean_what_was_offered(const char *offer, const char *answer)
{
    return each_section(offer, answer, true, formats_described_as_offered);
}

static bool one_codec(const char *offer, const char *answer, int i)
{
    unsigned codecs = 0;
    for (const char *line = NULL; (line = section_line(answer, i, "a=rtpmap:", line));) {
        char name[64];
        codecs += sscanf(line, "a=rtpmap:%*d %63[^/]", name) == 1 && strcasecmp(name, "rtx") != 0;
    }
    return codecs == 1;
}

static bool one_codec_is_chosen(const char *offer, const char *answer)
{
    return each_section(offer, answer, true, one_codec);
}

static bool nack_only_with_rtx(const char *offer, const char *answer, int i)
{
    char line_text[VALUE];
    for (const char *line = NULL; (line = section_line(answer, i, "a=rtcp-fb:", line));) {
        section_copy_line(line, line_text, VALUE);
        size_t length = strlen(line_text);
        if (length > 5 && strcmp(line_text + length - 5, " nack") == 0 && !strstr(answer, " rtx/"))
            return false;
    }
    return true;
}

static bool nack_needs_rtx(const char *offer, const char *answer)
{
    return each_section(offer, answer, true, nack_only_with_rtx);
}

static bool rids_of_offer(const char *offer, const char *answer, int i)
{
    char id[64], wanted[128];
    for (const char *line = NULL; (line = section_line(answer, i, "a=rid:", line));) {
        if (sscanf(line, "a=rid:%63s recv", id) != 1)
            return false;
        snprintf(wanted, sizeof(wanted), "a=rid:%s send", id);
        if (!section_has(offer, i, wanted))
            return false;
    }
    return !section_has(answer, i, "a=simulcast:send");
}

static bool rids_were_offered(const char *offer, const char *answer)
{
    return each_section(offer, answer, true, rids_of_offer);
}

static bool sources_only_when_sending(const char *offer, const char *answer, int i)
{
    bool sends = strcmp(direction(answer, i), "sendonly") == 0;
    return section_has(answer, i, "a=ssrc:") == sends && section_has(answer, i, "a=msid:") == sends;
}

static bool sources_stand_where_sent(const char *offer, const char *answer)
{
    return each_section(offer, answer, true, sources_only_when_sending);
}

const struct rule answer_rules[] = {
    {"lines end with CRLF", "RFC 8866 9", lines_end_with_crlf},
    {"v, o, s, t in order, with the values of JSEP", "RFC 9429 5.3.1", session_lines_in_order},
    {"as many sections, in the same order, of the same type and protocol", "RFC 3264 6", same_sections},
    {"formats are a subset of the offered, and at least one", "RFC 3264 6.1", formats_are_subset},
    {"mids are those of the offer", "RFC 5888 9.1", mids_are_kept},
    {"m=application is refused with port 0", "RFC 3264 6", application_is_refused},
    {"directions answer the offered ones", "RFC 3264 6.1", directions_fit},
    {"BUNDLE names what is accepted, out of the offered group", "RFC 8843 7.3", bundle_has_what_is_accepted},
    {"a=bundle-only is never answered", "RFC 8843 6", bundle_only_is_not_answered},
    {"bundled sections have the tag's address", "RFC 8843 7.3.1", bundle_shares_an_address},
    {"candidates stand at the tag only", "RFC 8829 5.3.1", candidates_stand_at_the_tag},
    {"the default destination is a candidate", "RFC 8839 4.2.1.2", default_is_a_candidate},
    {"rtcp-mux always, rtcp-rsize where offered", "RFC 8829 5.3.1, RFC 5506 5", rtcp_is_muxed},
    {"setup is active or passive, against the offer's", "RFC 8842 5.3", setups_fit},
    {"ICE credentials and a fingerprint for each section", "RFC 8839 5.4, RFC 8122 5", credentials_are_there},
    {"ice-lite is told", "RFC 8839 5.3", ice_lite_is_told},
    {"extensions keep the offer's ids, section by section", "RFC 8285 6", extensions_were_offered},
    {"payload types and feedback mean what was offered", "RFC 3264 6.1, RFC 4585 4.2", formats_mean_what_was_offered},
    {"exactly one codec for each section", "RFC 9725 4.4", one_codec_is_chosen},
    {"nack only beside RTX", "RFC 4588 8", nack_needs_rtx},
    {"a rid is answered as recv, and was offered", "RFC 8853 5.3.2", rids_were_offered},
    {"ssrc and msid stand where media is sent", "RFC 8829 5.3.1", sources_stand_where_sent},
};
const size_t answer_rule_count = sizeof(answer_rules) / sizeof(answer_rules[0]);
