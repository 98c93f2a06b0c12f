// SPDX-License-Identifier: Apache-2.0
// The default file, written from the table: its text cannot differ from what the parser does.
#include "config.h"
#include "row.h"
#include <string.h>

#define COLUMNS 100

static unsigned depth_of(const char *path)
{
    unsigned depth = 0;
    for (; *path; path++)
        depth += *path == '.';
    return depth;
}

static const char *key_of(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot ? dot + 1 : path;
}

// Wraps text into comment lines that begin with lead.
static void print_wrapped(FILE *out, const char *lead, const char *text)
{
    while (*text) {
        size_t room = COLUMNS - strlen(lead), length = strlen(text);
        if (length > room)
            for (length = room; length > 1 && text[length] != ' ';)
                length--;
        fprintf(out, "%s%.*s\n", lead, (int)length, text);
        text += length + (text[length] == ' ');
    }
}

static void print_help(FILE *out, const char *lead, const struct config_row *row)
{
    char allowed[512], text[1536];
    config_row_allowed(row, allowed, sizeof allowed);
    if (row->type == CONFIG_SECTION)
        snprintf(text, sizeof text, "%s", row->help);
    else if (config_row_is_list(row) && row->words)
        snprintf(text, sizeof text, "%s (any of %s)", row->help, allowed);
    else
        snprintf(text, sizeof text, "%s (%s)", row->help, allowed);
    print_wrapped(out, lead, text);
}

static void print_list(FILE *out, const char *items)
{
    fputc('[', out);
    for (; *items; items++)
        fputs(*items == ' ' ? ", " : (char[]){*items, 0}, out);
    fputs("]", out);
}

// A string that would be read as something else, or as nothing, is quoted.
static void print_text(FILE *out, const char *text)
{
    bool plain = text[0] && !strpbrk(text, "*&!|>'\"%@`#{}[]");
    fprintf(out, plain ? "%s" : "'%s'", text);
}

static void print_row(FILE *out, const char *lead, const struct config_row *row, const char *value)
{
    fprintf(out, "%s%s:", lead, key_of(row->path));
    if (row->type != CONFIG_SECTION)
        fputc(' ', out);
    if (row->type == CONFIG_PORTS || config_row_is_list(row))
        print_list(out, value);
    else if (row->type != CONFIG_SECTION)
        print_text(out, value);
    fputc('\n', out);
}

// A port has no default, so the printed file shows one to uncomment.
static void print_port_example(FILE *out)
{
    fputs("# For example:\n# ports:\n", out);
    for (const struct config_row *row = config_port_rows; row->path; row++) {
        print_help(out, row == config_port_rows ? "#   # " : "#     # ", row);
        print_row(out, row == config_port_rows ? "#   - " : "#     ", row, row->example ? row->example : row->fallback);
    }
}

static void print_key(FILE *out, const struct config_row *row)
{
    char indent[32], lead[40];
    snprintf(indent, sizeof indent, "%*s", (int)(2 * depth_of(row->path)), "");
    snprintf(lead, sizeof lead, "%s# ", indent);
    if (depth_of(row->path) == 0)
        fputc('\n', out);
    print_help(out, lead, row);
    print_row(out, indent, row, row->fallback ? row->fallback : "");
    if (row->type == CONFIG_PORTS)
        print_port_example(out);
}

void config_print_commented(FILE *out)
{
    fputs("# SPDX-License-Identifier: Apache-2.0\n", out);
    print_wrapped(out, "# ",
                  "naru's configuration, for all its programs (" CONFIG_PATH ", or --config FILE). Every "
                  "value below is the default, so that each line may be left out. Unknown keys and bad values "
                  "are errors with file and line; --check-config looks for them and starts nothing.");
    for (const struct config_row *row = config_rows; row->path; row++)
        print_key(out, row);
}
