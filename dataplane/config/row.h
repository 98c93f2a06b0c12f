// SPDX-License-Identifier: Apache-2.0
// Inside of this folder: the table that drives parsing, checking, defaults and the printed file, and what walks it.
#pragma once

#include "config.h"

#define CONFIG_KEY_SIZE 128 // of a path in a message, such as "ports[1].reply-to-sender-mac"
#define CONFIG_ROWS_MAX 96

enum config_type {
    CONFIG_SECTION,  // a mapping
    CONFIG_PORTS,    // the sequence of mappings that config_port_rows describes
    CONFIG_NUMBER,   // unsigned, min..max
    CONFIG_POWER,    // the same, a power of two
    CONFIG_BOOL,     // true or false
    CONFIG_WORD,     // an enum: one of words, its position is the value
    CONFIG_TEXT,     // char[max], at least min characters
    CONFIG_PATHNAME, // char[CONFIG_PATH_SIZE], absolute or empty
    CONFIG_IP,       // struct config_address: either family
    CONFIG_IP4,
    CONFIG_IP6,
    CONFIG_IPS,      // struct config_addresses
    CONFIG_PREFIXES, // struct config_addresses: address/length
    CONFIG_TEXTS,    // struct config_strings, each of words if there are any; at least min of them
    CONFIG_NUMBERS,  // struct config_numbers: min..max each
};

struct config_row {
    const char *path; // from the root, or from the port
    enum config_type type;
    size_t offset; // in struct config, or in struct config_port
    unsigned min, max;
    const char *const *words;
    const char *fallback; // the default; items of a list are separated by a space
    const char *help;
    const char *example; // port rows: what the printed example shows
};

// Both end with a row whose path is NULL.
extern const struct config_row config_rows[];
extern const struct config_row config_port_rows[];

// Where each key stood in the file, 0 where it did not; indexed like the tables above.
struct config_lines {
    const char *file;
    unsigned row[CONFIG_ROWS_MAX];
    unsigned port[CONFIG_PORTS_MAX];
    unsigned port_row[CONFIG_PORTS_MAX][CONFIG_ROWS_MAX];
};

const struct config_row *config_row_find(const struct config_row *rows, const char *path);
bool config_row_is_list(const struct config_row *row);

// What may stand there, for messages and for the printed file: "1 to 16".
void config_row_allowed(const struct config_row *row, char *ret_text, size_t size);

// Every row's default, at base (a struct config or a struct config_port).
void config_row_defaults(const struct config_row *rows, void *base);

// Empties a list before the file's own items are added.
void config_value_clear(const struct config_row *row, void *base);

// Sets a scalar, or adds one item to a list. -EINVAL with ret_why ("17 is out of range", what is allowed not named).
int config_value_set(const struct config_row *row, void *base, const char *text, char *ret_why, size_t why_size);

// How many items a list at base has.
unsigned config_value_count(const struct config_row *row, const void *base);

// Writes the message of a struct config_error; always returns -EINVAL.
int config_fail(struct config_error *error, const char *file, unsigned line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

// What the rules that join several keys look at.
struct config_check {
    const struct config *config;
    const struct config_lines *lines;
    struct config_error *error;
};

bool config_is_loopback(const struct config_address *address);
int config_check_port(const struct config_check *check, unsigned index);
int config_check_all(const struct config *config, const struct config_lines *lines, struct config_error *error);
