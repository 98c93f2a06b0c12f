// SPDX-License-Identifier: Apache-2.0
// What the supervisor does with its programs, for people.
#pragma once

#include "program.h"

#define ACCOUNT_SIZE 256

// One line: "naru-control: waits 3.2 s for its next start, after 6 early ends in a row; the last one: exit code 1".
void account_of(const struct program *program, char ret_line[ACCOUNT_SIZE]);
