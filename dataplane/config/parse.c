// SPDX-License-Identifier: Apache-2.0
// The YAML file to struct config. By libyaml's document interface and not by libcyaml, although that has schemas: the
// line of each node is kept, which libcyaml 1.3 loses, so that every message can name one.
#include "config.h"
#include "row.h"
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#define FILE_SIZE_MAX (256u * 1024)

struct reader {
    yaml_document_t *document;
    struct config *config;
    struct config_lines lines;
    struct config_error *error;
};

// One table at work: its rows, what they fill, where their lines are noted, what stands before its keys in messages.
struct scope {
    const struct config_row *rows;
    void *base;
    unsigned *lines;
    const char *prefix; // "", or "ports[1]."
};

int config_fail(struct config_error *error, const char *file, unsigned line, const char *format, ...)
{
    va_list arguments;
    int used = snprintf(error->text, sizeof error->text, "%s:%u: ", file, line ? line : 1);
    if (used < 0 || (size_t)used >= sizeof error->text)
        used = 0;
    va_start(arguments, format);
    vsnprintf(error->text + used, sizeof error->text - (size_t)used, format, arguments);
    va_end(arguments);
    // Parts of the message come from the file, and the message goes to a terminal.
    for (char *c = error->text; *c; c++)
        if (iscntrl((unsigned char)*c))
            *c = '?';
    return -EINVAL;
}

static unsigned line_of(const yaml_node_t *node)
{
    return (unsigned)node->start_mark.line + 1;
}

static int fail_row(struct reader *reader, const struct scope *scope, const struct config_row *row,
                    const yaml_node_t *node, const char *why)
{
    char allowed[512];
    config_row_allowed(row, allowed, sizeof allowed);
    return config_fail(reader->error, reader->lines.file, line_of(node), "%s%s: %s; allowed: %s", scope->prefix,
                       row->path, why, allowed);
}

// A string of the file, NULL if it is none that C can hold.
static const char *text_of(const yaml_node_t *node)
{
    if (node->type != YAML_SCALAR_NODE || strlen((const char *)node->data.scalar.value) != node->data.scalar.length)
        return NULL;
    return (const char *)node->data.scalar.value;
}

// "key:" with nothing behind it, as remains when all below it is commented out.
static bool is_empty(const yaml_node_t *node)
{
    return node->type == YAML_SCALAR_NODE && node->data.scalar.length == 0 &&
           node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

static int read_scalar(struct reader *reader, const struct scope *scope, const struct config_row *row,
                       const yaml_node_t *node)
{
    char why[256];
    const char *text = text_of(node);
    if (!text)
        return fail_row(reader, scope, row, node, "needs a single value");
    if (config_value_set(row, scope->base, text, why, sizeof why))
        return fail_row(reader, scope, row, node, why);
    return 0;
}

static int read_list(struct reader *reader, const struct scope *scope, const struct config_row *row,
                     const yaml_node_t *node)
{
    config_value_clear(row, scope->base);
    if (node->type == YAML_SEQUENCE_NODE) {
        for (yaml_node_item_t *item = node->data.sequence.items.start; item < node->data.sequence.items.top; item++) {
            int result = read_scalar(reader, scope, row, yaml_document_get_node(reader->document, *item));
            if (result)
                return result;
        }
    } else if (!is_empty(node)) {
        return fail_row(reader, scope, row, node, "needs a list");
    }
    if (row->type != CONFIG_NUMBERS && config_value_count(row, scope->base) < row->min)
        return fail_row(reader, scope, row, node, "has too few items");
    return 0;
}

// Whether path is a direct child of section ("" is the root).
static bool is_child(const char *section, const char *path)
{
    size_t length = strlen(section);
    if (length) {
        if (strncmp(section, path, length) || path[length] != '.')
            return false;
        path += length + 1;
    }
    return !strchr(path, '.');
}

static int fail_unknown(struct reader *reader, const struct scope *scope, const char *section, const yaml_node_t *key,
                        const char *name)
{
    char allowed[640];
    size_t used = 0;
    for (const struct config_row *row = scope->rows; row->path && used < sizeof allowed; row++) {
        const char *last = strrchr(row->path, '.');
        if (is_child(section, row->path))
            used += (size_t)snprintf(allowed + used, sizeof allowed - used, "%s%s", used ? ", " : "",
                                     last ? last + 1 : row->path);
    }
    return config_fail(reader->error, reader->lines.file, line_of(key), "%s%s%s%.64s: unknown key; allowed: %s",
                       scope->prefix, section, section[0] ? "." : "", name, allowed);
}

static int read_mapping(struct reader *reader, const struct scope *scope, const char *section, const yaml_node_t *node);

static int read_port(struct reader *reader, unsigned index, const yaml_node_t *node)
{
    char prefix[CONFIG_KEY_SIZE];
    struct config_port *port = &reader->config->ports[index];
    snprintf(prefix, sizeof prefix, "ports[%u].", index);
    struct scope scope = {config_port_rows, port, reader->lines.port_row[index], prefix};
    reader->lines.port[index] = line_of(node);
    if (node->type != YAML_MAPPING_NODE)
        return config_fail(reader->error, reader->lines.file, line_of(node),
                           "ports[%u]: needs a mapping; allowed: device:, addresses: ...", index);
    memset(port, 0, sizeof *port);
    config_row_defaults(config_port_rows, port);
    return read_mapping(reader, &scope, "", node);
}

static int read_ports(struct reader *reader, const struct scope *scope, const struct config_row *row,
                      const yaml_node_t *node)
{
    if (node->type != YAML_SEQUENCE_NODE)
        return is_empty(node) ? 0 : fail_row(reader, scope, row, node, "needs a list");
    for (yaml_node_item_t *item = node->data.sequence.items.start; item < node->data.sequence.items.top; item++) {
        if (reader->config->port_count == CONFIG_PORTS_MAX)
            return fail_row(reader, scope, row, node, "has too many items");
        int result = read_port(reader, reader->config->port_count, yaml_document_get_node(reader->document, *item));
        if (result)
            return result;
        reader->config->port_count++;
    }
    return 0;
}

static int read_section(struct reader *reader, const struct scope *scope, const struct config_row *row,
                        const yaml_node_t *node)
{
    if (node->type == YAML_MAPPING_NODE)
        return read_mapping(reader, scope, row->path, node);
    return is_empty(node) ? 0 : fail_row(reader, scope, row, node, "needs a mapping");
}

static int read_value(struct reader *reader, const struct scope *scope, const struct config_row *row,
                      const yaml_node_t *node)
{
    if (row->type == CONFIG_SECTION)
        return read_section(reader, scope, row, node);
    if (row->type == CONFIG_PORTS)
        return read_ports(reader, scope, row, node);
    return config_row_is_list(row) ? read_list(reader, scope, row, node) : read_scalar(reader, scope, row, node);
}

static int read_pair(struct reader *reader, const struct scope *scope, const char *section, const yaml_node_t *key,
                     const yaml_node_t *value)
{
    char path[CONFIG_KEY_SIZE];
    const char *name = text_of(key);
    if (!name || !name[0])
        return fail_unknown(reader, scope, section, key, "?");
    int length = snprintf(path, sizeof path, "%s%s%s", section, section[0] ? "." : "", name);
    // A dot in a key would reach a row of another section.
    const struct config_row *row =
        (size_t)length < sizeof path && !strchr(name, '.') ? config_row_find(scope->rows, path) : NULL;
    if (!row)
        return fail_unknown(reader, scope, section, key, name);
    unsigned *line = &scope->lines[row - scope->rows];
    if (*line)
        return config_fail(reader->error, reader->lines.file, line_of(key),
                           "%s%s: stands in line %u already; allowed: each key once", scope->prefix, path, *line);
    *line = line_of(key);
    return read_value(reader, scope, row, value);
}

// The recursion is as deep as the table: a key that it does not name ends it, an alias to an ancestor too.
static int read_mapping(struct reader *reader, const struct scope *scope, const char *section, const yaml_node_t *node)
{
    for (yaml_node_pair_t *pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top; pair++) {
        int result = read_pair(reader, scope, section, yaml_document_get_node(reader->document, pair->key),
                               yaml_document_get_node(reader->document, pair->value));
        if (result)
            return result;
    }
    return 0;
}

static int read_document(struct reader *reader)
{
    struct scope scope = {config_rows, reader->config, reader->lines.row, ""};
    const yaml_node_t *root = yaml_document_get_root_node(reader->document);
    if (root && root->type == YAML_MAPPING_NODE) {
        int result = read_mapping(reader, &scope, "", root);
        if (result)
            return result;
    } else if (root && !is_empty(root)) {
        return config_fail(reader->error, reader->lines.file, line_of(root),
                           "the file holds no mapping; allowed: gateway:, http: ...");
    }
    return config_check_all(reader->config, &reader->lines, reader->error);
}

static int fail_syntax(const yaml_parser_t *parser, const char *name, struct config_error *error)
{
    return config_fail(error, name, (unsigned)parser->problem_mark.line + 1, "not YAML: %s%s%s",
                       parser->context ? parser->context : "", parser->context ? ", " : "",
                       parser->problem ? parser->problem : "out of memory");
}

static int fail_second(const char *name, const yaml_document_t *document, struct config_error *error)
{
    return config_fail(error, name, (unsigned)document->start_mark.line + 1,
                       "a second document begins; allowed: one document");
}

// What follows the first document must be nothing.
static int check_end(yaml_parser_t *parser, const char *name, struct config_error *error)
{
    yaml_document_t next;
    if (!yaml_parser_load(parser, &next))
        return fail_syntax(parser, name, error);
    int result = yaml_document_get_root_node(&next) ? fail_second(name, &next, error) : 0;
    yaml_document_delete(&next);
    return result;
}

static int parse_document(yaml_parser_t *parser, const char *name, struct config *config, struct config_error *error)
{
    yaml_document_t document;
    if (!yaml_parser_load(parser, &document))
        return fail_syntax(parser, name, error);
    struct reader reader = {.document = &document, .config = config, .lines.file = name, .error = error};
    int result = read_document(&reader);
    // At the end of the stream libyaml gives an empty document, and gives no second one.
    if (!result && yaml_document_get_root_node(&document))
        result = check_end(parser, name, error);
    yaml_document_delete(&document);
    return result;
}

void config_defaults(struct config *config)
{
    memset(config, 0, sizeof *config);
    config_row_defaults(config_rows, config);
}

int config_parse(const char *name, const void *text, size_t size, struct config *config, struct config_error *error)
{
    yaml_parser_t parser;
    config_defaults(config);
    if (size > FILE_SIZE_MAX)
        return config_fail(error, name, 1, "the file is too large; allowed: %u bytes", FILE_SIZE_MAX);
    if (!yaml_parser_initialize(&parser))
        return config_fail(error, name, 1, "out of memory");
    yaml_parser_set_input_string(&parser, text, size);
    int result = parse_document(&parser, name, config, error);
    yaml_parser_delete(&parser);
    return result;
}

// At most one byte more than is allowed, so that config_parse() sees that there is more.
static int read_file(const char *path, char *text, size_t *ret_size)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return -errno;
    *ret_size = fread(text, 1, FILE_SIZE_MAX + 1, file);
    int result = ferror(file) ? -errno : 0;
    fclose(file);
    return result;
}

int config_load(const char *path, struct config *config, struct config_error *error)
{
    size_t size = 0;
    char *text = malloc(FILE_SIZE_MAX + 1);
    int result = text ? read_file(path, text, &size) : -ENOMEM;
    if (result)
        snprintf(error->text, sizeof error->text, "%s: %s; name another file with --config", path, strerror(-result));
    else
        result = config_parse(path, text, size, config, error);
    free(text);
    return result;
}
