// SPDX-License-Identifier: Apache-2.0
// A gateway of stand-ins in a directory of one test: configuration, modes, what the stand-ins said, bin/ and run/.
#pragma once

#include <stdbool.h>
#include <sys/types.h>

extern char scene_directory[64];
extern pid_t scene_keeper;
extern const char *scene_program; // the supervisor's file, when it is not the built one

void scene_set_up(void);
void scene_tear_down(void);

void scene_path(const char *name, char ret_path[256]);
void scene_write(const char *name, const char *text);
const char *scene_read(const char *name);

void scene_start(void);
int scene_stop(void);
// Its exit code, 100 + signal, or -1 when it does not end in time.
int scene_wait_end(unsigned seconds);

pid_t scene_pid(const char *name);
unsigned scene_count(const char *file, const char *text);
bool scene_wait_count(const char *file, const char *text, unsigned times, unsigned seconds);
bool scene_wait_ready(unsigned starts);
bool scene_gone(pid_t pid);
// Waits until another supervisor than the given one has taken over.
bool scene_succeeded(pid_t former, unsigned times);
