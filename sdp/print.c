// SPDX-License-Identifier: Apache-2.0
#include "printer.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void sdp_emit(struct printer *printer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(printer->at, printer->left, format, arguments);
    va_end(arguments);
    if (printer->is_full || length < 0 || (size_t)length >= printer->left) {
        printer->is_full = true;
        return;
    }
    printer->at += length;
    printer->left -= (size_t)length;
}

// RFC 8866 5: the order of the types is fixed; t, r and z belong together and keep theirs.
static void emit_lines(struct printer *printer, const struct sdp_level *level, const char *types)
{
    for (unsigned i = 0; i < level->line_count; i++)
        if (strchr(types, level->lines[i].type))
            sdp_emit(printer, "%c=%s\r\n", level->lines[i].type, level->lines[i].value);
}

static void emit_ordered_lines(struct printer *printer, const struct sdp_level *level)
{
    static const char *const ranks[] = {"i", "u", "e", "p", "c", "b", "trz", "k"};
    for (unsigned i = 0; i < sizeof(ranks) / sizeof(ranks[0]); i++)
        emit_lines(printer, level, ranks[i]);
}

static void emit_dtls(struct printer *printer, const struct sdp_level *level)
{
    static const char *const setups[] = {"", "actpass", "active", "passive", "holdconn"};
    for (unsigned i = 0; i < level->fingerprint_count; i++)
        sdp_emit(printer, "a=fingerprint:%s %s\r\n", level->fingerprints[i].hash, level->fingerprints[i].value);
    if (level->setup)
        sdp_emit(printer, "a=setup:%s\r\n", setups[level->setup]);
}

static const char *direction_name(enum sdp_direction direction)
{
    static const char *const names[] = {"", "sendonly", "recvonly", "sendrecv", "inactive"};
    return names[direction];
}

static void emit_extensions(struct printer *printer, const struct sdp_level *level)
{
    for (unsigned i = 0; i < level->extension_count; i++) {
        const struct sdp_extension *extension = &level->extensions[i];
        sdp_emit(printer, "a=extmap:%u%s%s %s%s%s\r\n", extension->id, extension->direction ? "/" : "",
                 direction_name(extension->direction), extension->uri, *extension->attributes ? " " : "",
                 extension->attributes);
    }
    if (level->extmap_allow_mixed)
        sdp_emit(printer, "a=extmap-allow-mixed\r\n");
}

void sdp_emit_level(struct printer *printer, const struct sdp_level *level)
{
    if (*level->ice_ufrag)
        sdp_emit(printer, "a=ice-ufrag:%s\r\n", level->ice_ufrag);
    if (*level->ice_pwd)
        sdp_emit(printer, "a=ice-pwd:%s\r\n", level->ice_pwd);
    if (*level->ice_options)
        sdp_emit(printer, "a=ice-options:%s\r\n", level->ice_options);
    emit_dtls(printer, level);
    emit_extensions(printer, level);
    if (level->direction)
        sdp_emit(printer, "a=%s\r\n", direction_name(level->direction));
}

void sdp_emit_kept(struct printer *printer, const struct sdp_level *level)
{
    for (unsigned i = 0; i < level->attribute_count; i++) {
        const struct sdp_attribute *attribute = &level->attributes[i];
        sdp_emit(printer, "a=%s%s%s\r\n", attribute->name, attribute->value ? ":" : "",
                 attribute->value ? attribute->value : "");
    }
    if (level->end_of_candidates)
        sdp_emit(printer, "a=end-of-candidates\r\n");
}

void sdp_emit_candidate(struct printer *printer, const struct sdp_candidate *candidate)
{
    sdp_emit(printer, "a=candidate:%s %u %s %u %s %u typ %s%s%s\r\n", candidate->foundation, candidate->component,
             candidate->transport, candidate->priority, candidate->address, candidate->port, candidate->type,
             *candidate->rest ? " " : "", candidate->rest);
}

static void emit_groups(struct printer *printer, const struct sdp *sdp)
{
    for (unsigned i = 0; i < sdp->group_count; i++) {
        sdp_emit(printer, "a=group:%s", sdp->groups[i].semantics);
        for (unsigned k = 0; k < sdp->groups[i].count; k++)
            sdp_emit(printer, " %s", sdp->groups[i].mids[k]);
        sdp_emit(printer, "\r\n");
    }
}

static void emit_session(struct printer *printer, const struct sdp *sdp)
{
    const struct sdp_origin *origin = &sdp->origin;
    sdp_emit(printer, "v=0\r\no=%s %s %s IN %s %s\r\ns=%s\r\n", origin->username, origin->session_id,
             origin->session_version, origin->address_type, origin->address, sdp->name);
    emit_ordered_lines(printer, &sdp->level);
    emit_groups(printer, sdp);
    if (sdp->ice_lite)
        sdp_emit(printer, "a=ice-lite\r\n");
    sdp_emit_level(printer, &sdp->level);
    sdp_emit_kept(printer, &sdp->level);
}

static void emit_section(struct printer *printer, const struct sdp_media *media)
{
    sdp_emit(printer, "m=%s %u", media->type, media->port);
    if (media->port_count > 1)
        sdp_emit(printer, "/%u", media->port_count);
    sdp_emit(printer, " %s %s\r\n", media->protocol, media->formats_text);
    emit_ordered_lines(printer, &media->level);
    sdp_emit_media(printer, media);
}

int sdp_print(const struct sdp *sdp, char *buffer, size_t size)
{
    struct printer printer = {.at = buffer, .left = size};
    emit_session(&printer, sdp);
    for (unsigned i = 0; i < sdp->media_count; i++)
        emit_section(&printer, &sdp->media[i]);
    return printer.is_full || size == 0 ? -ENOSPC : (int)(printer.at - buffer);
}
