// SPDX-License-Identifier: Apache-2.0
// a= lines: which handler reads which attribute at which level.
#include "parser.h"

static const struct attribute_rule *find_in(const struct attribute_rule *rules, struct scan name)
{
    for (; rules->name; rules++)
        if (scan_is(name, rules->name))
            return rules;
    return NULL;
}

static const struct attribute_rule *find(struct scan name)
{
    const struct attribute_rule *rule = find_in(sdp_format_attributes, name);
    if (!rule)
        rule = find_in(sdp_transport_attributes, name);
    return rule ? rule : find_in(sdp_stream_attributes, name);
}

static int keep(struct parser *parser, struct scan name, struct scan value, bool is_property)
{
    struct sdp_attribute *attribute =
        SDP_APPEND(parser->arena, parser->level->attributes, parser->level->attribute_count);
    if (!attribute)
        return 0; // the arena remembers
    attribute->name = parser_copy(parser, name);
    attribute->value = is_property ? NULL : parser_copy(parser, value);
    return 0;
}

// RFC 8866 5.13: what is unknown, or has no meaning at this level, is no error.
int sdp_parse_attribute(struct parser *parser, struct scan text)
{
    struct scan name, whole = text;
    if (!scan_until(&text, ':', &name) || !scan_is_token(name))
        return parser_fail(parser, "the attribute's name is no token");
    const struct attribute_rule *rule = find(name);
    int status = KEEP;
    if (rule && (parser->media ? rule->in_media : rule->at_session))
        status = rule->parse(parser, text);
    if (status == KEEP)
        status = keep(parser, name, text, name.end == whole.end);
    return status;
}
