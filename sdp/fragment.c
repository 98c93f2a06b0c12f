// SPDX-License-Identifier: Apache-2.0
#include "fragment.h"

#include "parser.h"
#include "printer.h"

#include <errno.h>
#include <string.h>

static void take_section(struct sdp_fragment_section *section, const struct sdp *sdp, const struct sdp_media *media)
{
    section->mid = media->mid;
    section->ice_ufrag = sdp_ice_ufrag(sdp, media);
    section->ice_pwd = sdp_ice_pwd(sdp, media);
    section->end_of_candidates = media->level.end_of_candidates || sdp->level.end_of_candidates;
    section->candidate_count = media->candidate_count;
    section->candidates = media->candidates;
}

static struct sdp_fragment *build(const struct sdp *sdp)
{
    struct sdp_fragment *fragment = sdp_arena_alloc(sdp->arena, sizeof(*fragment));
    struct sdp_fragment_section *sections = sdp_arena_alloc(sdp->arena, (sdp->media_count + 1) * sizeof(*sections));
    if (!fragment || !sections)
        return NULL;
    *fragment =
        (struct sdp_fragment){sdp->level.ice_ufrag, sdp->level.ice_pwd, true, sdp->media_count, sections, sdp->arena};
    for (unsigned i = 0; i < sdp->media_count; i++) {
        take_section(&sections[i], sdp, &sdp->media[i]);
        fragment->end_of_candidates &= sections[i].end_of_candidates;
    }
    if (sdp->media_count == 0)
        fragment->end_of_candidates = sdp->level.end_of_candidates;
    if (sdp->media_count && !*fragment->ice_ufrag)
        fragment->ice_ufrag = sections[0].ice_ufrag;
    if (sdp->media_count && !*fragment->ice_pwd)
        fragment->ice_pwd = sections[0].ice_pwd;
    return fragment;
}

int sdp_fragment_parse(const char *text, size_t length, struct sdp_fragment **ret_fragment, struct sdp_error *ret_error)
{
    struct parser parser = {.arena = sdp_arena_create(), .is_fragment = true};
    parser.sdp = parser.arena ? sdp_create(parser.arena) : NULL;
    int status = parser.sdp ? sdp_parse_lines(&parser, text, length) : -ENOMEM;
    struct sdp_fragment *fragment = status ? NULL : build(parser.sdp);
    if (!fragment) {
        *ret_error = status && status != -ENOMEM
                         ? parser.error
                         : (struct sdp_error){.code = SDP_ERROR_MEMORY, .reason = "out of memory"};
        sdp_arena_destroy(parser.arena);
        return status ? status : -ENOMEM;
    }
    *ret_fragment = fragment;
    return 0;
}

void sdp_fragment_free(struct sdp_fragment *fragment)
{
    if (fragment)
        sdp_arena_destroy(fragment->arena);
}

static void emit_section(struct printer *printer, const struct sdp_fragment *fragment,
                         const struct sdp_fragment_section *section)
{
    sdp_emit(printer, "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n"); // RFC 8840 9.2: a pseudo line, its content has no meaning
    if (*section->mid)
        sdp_emit(printer, "a=mid:%s\r\n", section->mid);
    if (*section->ice_ufrag && strcmp(section->ice_ufrag, fragment->ice_ufrag) != 0)
        sdp_emit(printer, "a=ice-ufrag:%s\r\n", section->ice_ufrag);
    if (*section->ice_pwd && strcmp(section->ice_pwd, fragment->ice_pwd) != 0)
        sdp_emit(printer, "a=ice-pwd:%s\r\n", section->ice_pwd);
    for (unsigned i = 0; i < section->candidate_count; i++)
        sdp_emit_candidate(printer, &section->candidates[i]);
    if (section->end_of_candidates)
        sdp_emit(printer, "a=end-of-candidates\r\n");
}

int sdp_fragment_print(const struct sdp_fragment *fragment, char *buffer, size_t size)
{
    struct printer printer = {.at = buffer, .left = size};
    if (*fragment->ice_ufrag)
        sdp_emit(&printer, "a=ice-ufrag:%s\r\n", fragment->ice_ufrag);
    if (*fragment->ice_pwd)
        sdp_emit(&printer, "a=ice-pwd:%s\r\n", fragment->ice_pwd);
    if (fragment->section_count == 0 && fragment->end_of_candidates)
        sdp_emit(&printer, "a=end-of-candidates\r\n");
    for (unsigned i = 0; i < fragment->section_count; i++)
        emit_section(&printer, fragment, &fragment->sections[i]);
    return printer.is_full || size == 0 ? -ENOSPC : (int)(printer.at - buffer);
}
