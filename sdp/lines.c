// SPDX-License-Identifier: Apache-2.0
// The grammar of RFC 8866 5.2 to 5.12: all lines but v=, s=, a= and m=.
#include "parser.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#define ADDRESS_SIZE 256

static bool is_domain_name(struct scan part)
{
    if (scan_left(&part) < 4) // RFC 8866 9: FQDN
        return false;
    for (; part.at < part.end; part.at++)
        if (!strchr("-._", *part.at) && !scan_is_token((struct scan){part.at, part.at + 1}))
            return false;
    return true;
}

static bool is_ip_address(int family, struct scan part)
{
    char text[INET6_ADDRSTRLEN + 1];
    unsigned char binary[16];
    if (scan_left(&part) >= sizeof(text))
        return false;
    memcpy(text, part.at, scan_left(&part));
    text[scan_left(&part)] = '\0';
    return inet_pton(family, text, binary) == 1;
}

static bool looks_numeric(struct scan part)
{
    for (; part.at < part.end; part.at++)
        if (*part.at != '.' && (*part.at < '0' || *part.at > '9'))
            return false;
    return true;
}

static bool is_address(struct scan type, struct scan address)
{
    int family = scan_is(type, "IP4") ? AF_INET : scan_is(type, "IP6") ? AF_INET6 : AF_UNSPEC;
    if (family == AF_UNSPEC || scan_left(&address) >= ADDRESS_SIZE)
        return false;
    return is_ip_address(family, address) || (is_domain_name(address) && !looks_numeric(address));
}

// o=<username> <sess-id> <sess-version> IN <addrtype> <address>
int sdp_parse_origin(struct parser *parser, struct scan value)
{
    struct scan word[6];
    if (parser->seen & (1u << ('o' - 'a')))
        return parser_fail(parser, "second o= line");
    for (unsigned i = 0; i < 6; i++)
        if (!scan_word(&value, &word[i]))
            return parser_fail(parser, "o= needs six fields");
    if (!scan_done(&value) || value.end[-1] == ' ')
        return parser_fail(parser, "o= has more than six fields");
    if (!scan_is_digits(word[1]) || !scan_is_digits(word[2]))
        return parser_fail(parser, "session id and version of o= are numbers");
    if (!scan_is(word[3], "IN") || !is_address(word[4], word[5]))
        return parser_fail(parser, "o= does not end with IN IP4 or IP6 and an address");
    parser->sdp->origin =
        (struct sdp_origin){parser_copy(parser, word[0]), parser_copy(parser, word[1]), parser_copy(parser, word[2]),
                            parser_copy(parser, word[4]), parser_copy(parser, word[5])};
    return 0;
}

// Multicast: IP4 address/ttl[/count], IP6 address[/count].
static bool is_connection_address(struct scan type, struct scan value)
{
    struct scan address, number;
    uint64_t ignored;
    unsigned numbers = 0, allowed = scan_is(type, "IP4") ? 2 : 1;
    if (!scan_until(&value, '/', &address) || !is_address(type, address) || value.end[-1] == '/')
        return false;
    for (; !scan_done(&value); numbers++)
        if (!scan_until(&value, '/', &number) || !scan_whole_number(number, UINT32_MAX, &ignored))
            return false;
    return numbers <= allowed;
}

static bool is_connection(struct scan value)
{
    struct scan network, type, address;
    return scan_word(&value, &network) && scan_is(network, "IN") && scan_word(&value, &type) &&
           scan_word(&value, &address) && scan_done(&value) && value.end[-1] != ' ' &&
           is_connection_address(type, address);
}

static bool is_bandwidth(struct scan value)
{
    struct scan type;
    return scan_until(&value, ':', &type) && scan_is_token(type) && scan_is_digits(value);
}

static bool is_timing(struct scan value)
{
    struct scan start;
    return scan_word(&value, &start) && scan_is_digits(start) && scan_is_digits(value);
}

// RFC 8866 5.10: seconds, or a number with a unit.
static bool is_typed_time(struct scan part, bool may_be_negative)
{
    if (may_be_negative)
        (void)scan_char(&part, '-');
    if (scan_left(&part) > 1 && strchr("dhms", part.end[-1]))
        part.end--;
    return scan_is_digits(part);
}

static bool is_repeat(struct scan value)
{
    struct scan word;
    unsigned words = 0;
    for (; !scan_done(&value); words++)
        if (!scan_word(&value, &word) || !is_typed_time(word, false))
            return false;
    return words >= 3 && value.end[-1] != ' ';
}

static bool is_zone(struct scan value)
{
    struct scan word;
    unsigned words = 0;
    for (; !scan_done(&value); words++)
        if (!scan_word(&value, &word) || !is_typed_time(word, words % 2 == 1))
            return false;
    return words >= 2 && words % 2 == 0;
}

static bool is_key(struct scan value)
{
    return scan_is(value, "prompt") ||
           ((scan_literal(&value, "clear:") || scan_literal(&value, "base64:") || scan_literal(&value, "uri:")) &&
            !scan_done(&value));
}

static const char *check(char type, struct scan value)
{
    switch (type) {
    case 'c':
        return is_connection(value) ? NULL : "c= is not IN IP4 or IP6 and an address";
    case 'b':
        return is_bandwidth(value) ? NULL : "b= is not <type>:<number>";
    case 't':
        return is_timing(value) ? NULL : "t= is not two numbers";
    case 'r':
        return is_repeat(value) ? NULL : "r= is not three or more times";
    case 'z':
        return is_zone(value) ? NULL : "z= is not pairs of a time and an offset";
    case 'k':
        return is_key(value) ? NULL : "k= names no known method";
    default:
        return NULL; // i, u, e, p: any text
    }
}

int sdp_parse_plain_line(struct parser *parser, char type, struct scan value)
{
    const char *reason = check(type, value);
    if (reason)
        return parser_fail(parser, reason);
    struct sdp_line *line = SDP_APPEND(parser->arena, parser->level->lines, parser->level->line_count);
    if (!line)
        return 0; // the arena remembers
    *line = (struct sdp_line){type, parser_copy(parser, value)};
    if (type == 'c' && !*parser->level->connection)
        parser->level->connection = line->value;
    return 0;
}
