// SPDX-License-Identifier: Apache-2.0
#include "parser.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int fail_as(struct parser *parser, enum sdp_error_code code, const char *reason, int result)
{
    parser->error.code = code;
    parser->error.line = parser->line;
    snprintf(parser->error.reason, sizeof(parser->error.reason), "%s", reason);
    return result;
}

int parser_fail(struct parser *parser, const char *reason)
{
    return fail_as(parser, SDP_ERROR_SYNTAX, reason, -EBADMSG);
}

int parser_exceed(struct parser *parser, const char *reason)
{
    return fail_as(parser, SDP_ERROR_LIMIT, reason, -E2BIG);
}

static unsigned bit(char type)
{
    return 1u << (type - 'a');
}

static int parse_session_name(struct parser *parser, struct scan value)
{
    if (parser->seen & bit('s'))
        return parser_fail(parser, "second s= line");
    parser->sdp->name = parser_copy(parser, value); // RFC 8866 5.3 wants text, but "s=" is seen in the field
    return 0;
}

static int parse_session_line(struct parser *parser, char type, struct scan value)
{
    switch (type) {
    case 'v':
        return parser->seen & bit('v') ? parser_fail(parser, "second v= line") : 0;
    case 'o':
        return sdp_parse_origin(parser, value);
    case 's':
        return parse_session_name(parser, value);
    case 'r':
    case 'z':
        if (!(parser->seen & bit('t')))
            return parser_fail(parser, "r= or z= before t= (RFC 8866 5.10)");
        return sdp_parse_plain_line(parser, type, value);
    case 'i':
    case 'u':
    case 'e':
    case 'p':
    case 'c':
    case 'b':
    case 't':
    case 'k':
        return sdp_parse_plain_line(parser, type, value);
    default:
        return parser_fail(parser, "unknown line type");
    }
}

// RFC 8866 5: what may follow an m= line.
static int parse_section_line(struct parser *parser, char type, struct scan value)
{
    if (!strchr("icbk", type))
        return parser_fail(parser, "line type not allowed in a media section");
    return sdp_parse_plain_line(parser, type, value);
}

static int check_session_complete(struct parser *parser)
{
    if (parser->is_fragment)
        return 0;
    if (!(parser->seen & bit('o')))
        return parser_fail(parser, "no o= line");
    if (!(parser->seen & bit('s')))
        return parser_fail(parser, "no s= line");
    if (!(parser->seen & bit('t')))
        return parser_fail(parser, "no t= line");
    return 0;
}

static int begin_media(struct parser *parser, struct scan value)
{
    int status = parser->media ? 0 : check_session_complete(parser);
    return status ? status : sdp_parse_media_line(parser, value);
}

static int parse_typed(struct parser *parser, char type, struct scan value)
{
    if (type == 'm')
        return begin_media(parser, value);
    if (type == 'a')
        return sdp_parse_attribute(parser, value);
    if (parser->is_fragment)
        return parser_fail(parser, "only a= and m= lines may stand in a fragment");
    if (parser->media)
        return parse_section_line(parser, type, value);
    int status = parse_session_line(parser, type, value);
    parser->seen |= bit(type);
    return status;
}

static int parse_line(struct parser *parser, struct scan line)
{
    if (scan_left(&line) < 2 || line.at[1] != '=' || line.at[0] < 'a' || line.at[0] > 'z')
        return parser_fail(parser, "not of the form <type>=<value>");
    if (memchr(line.at, '\0', scan_left(&line)) || memchr(line.at, '\r', scan_left(&line)))
        return parser_fail(parser, "NUL or CR within a line");
    char type = line.at[0];
    struct scan value = {line.at + 2, line.end};
    if (type != 's' && (scan_done(&value) || *value.at == ' '))
        return parser_fail(parser, "empty value, or a space before it");
    if (parser->line == 1 && !parser->is_fragment && !scan_is(line, "v=0"))
        return parser_fail(parser, "the first line is not v=0");
    int status = parse_typed(parser, type, value);
    if (!status && sdp_arena_failed(parser->arena))
        status = fail_as(parser, SDP_ERROR_MEMORY, "out of memory", -ENOMEM);
    return status;
}

// CRLF, or LF alone (RFC 8866 5 asks parsers to accept it).
static struct scan take_line(struct scan *text)
{
    const char *newline = memchr(text->at, '\n', scan_left(text));
    struct scan line = {text->at, newline ? newline : text->end};
    text->at = newline ? newline + 1 : text->end;
    if (line.end > line.at && line.end[-1] == '\r')
        line.end--;
    return line;
}

static void drop_trailing_blank_lines(struct scan *text)
{
    while (text->end > text->at && (text->end[-1] == '\n' || text->end[-1] == '\r'))
        text->end--;
}

int sdp_parse_lines(struct parser *parser, const char *text, size_t length)
{
    struct scan rest = {text, text + length};
    if (length > SDP_MAX_BYTES)
        return parser_exceed(parser, "larger than 65536 bytes");
    drop_trailing_blank_lines(&rest);
    parser->level = &parser->sdp->level;
    while (!scan_done(&rest)) {
        if (++parser->line > SDP_MAX_LINES)
            return parser_exceed(parser, "more than 2000 lines");
        int status = parse_line(parser, take_line(&rest));
        if (status)
            return status;
    }
    if (parser->line == 0)
        return parser_fail(parser, "empty");
    return parser->media ? 0 : check_session_complete(parser);
}

static int fail_start(struct sdp_arena *arena, struct sdp_error *ret_error)
{
    sdp_arena_destroy(arena);
    *ret_error = (struct sdp_error){.code = SDP_ERROR_MEMORY, .reason = "out of memory"};
    return -ENOMEM;
}

int sdp_parse(const char *text, size_t length, struct sdp **ret_sdp, struct sdp_error *ret_error)
{
    struct parser parser = {.arena = sdp_arena_create()};
    parser.sdp = parser.arena ? sdp_create(parser.arena) : NULL;
    if (!parser.sdp)
        return fail_start(parser.arena, ret_error);
    int status = sdp_parse_lines(&parser, text, length);
    if (status) {
        *ret_error = parser.error;
        sdp_free(parser.sdp);
        return status;
    }
    *ret_sdp = parser.sdp;
    return 0;
}
