// SPDX-License-Identifier: Apache-2.0
// The commands: which resource each asks for, and how it is shown to people.
#pragma once

#include <jansson.h>
#include <stdio.h>

struct show {
    const char *command, *path, *help;
    void (*print)(const json_t *answer, FILE *out);
};

extern const struct show shows[]; // ends with a command of NULL

void show_status(const json_t *answer, FILE *out);
void show_rooms(const json_t *answer, FILE *out);
void show_peers(const json_t *answer, FILE *out);
void show_drops(const json_t *answer, FILE *out);
void show_shards(const json_t *answer, FILE *out);
void show_workers(const json_t *answer, FILE *out);
