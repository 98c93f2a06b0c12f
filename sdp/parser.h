// SPDX-License-Identifier: Apache-2.0
// State of one run of the parser; inside sdp/ only.
#pragma once

#include "arena.h"
#include "scan.h"
#include "sdp.h"

struct parser {
    struct sdp_arena *arena;
    struct sdp *sdp;
    struct sdp_media *media; // NULL at session level
    struct sdp_level *level;
    unsigned line;
    unsigned seen;             // session-level line types, as bits from 'a'
    bool is_fragment;          // RFC 8840: only a= and pseudo m= lines
    uint8_t format_index[128]; // payload type -> 1 + index into media->formats
    struct sdp_error error;
};

int parser_fail(struct parser *parser, const char *reason);
int parser_exceed(struct parser *parser, const char *reason);

static inline const char *parser_copy(struct parser *parser, struct scan part)
{
    return sdp_arena_copy(parser->arena, part.at, scan_left(&part));
}

// An empty description, and an empty section at its end; NULL without memory.
struct sdp *sdp_create(struct sdp_arena *arena);
struct sdp_media *sdp_append_media(struct sdp *sdp);

// Parses the lines into a description that is not checked as a whole yet.
int sdp_parse_lines(struct parser *parser, const char *text, size_t length);

// Each takes the text after "x=" and returns 0 or what parser_fail() returned.
int sdp_parse_origin(struct parser *parser, struct scan value);
int sdp_parse_plain_line(struct parser *parser, char type, struct scan value); // i u e p c b t r z k
int sdp_parse_media_line(struct parser *parser, struct scan value);
int sdp_parse_attribute(struct parser *parser, struct scan value);

// Attribute handlers: 0, an error, or KEEP for a line that goes to the attributes without a field of their own.
enum { KEEP = 1 };
typedef int attribute_handler(struct parser *parser, struct scan value);

struct attribute_rule {
    const char *name;
    bool at_session, in_media;
    attribute_handler *parse;
};
extern const struct attribute_rule sdp_transport_attributes[], sdp_stream_attributes[], sdp_format_attributes[];
