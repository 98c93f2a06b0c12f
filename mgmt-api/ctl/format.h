// SPDX-License-Identifier: Apache-2.0
// Members of the gateway's JSON as C values; what is missing is 0 or "".
#pragma once

#include <jansson.h>

#define FORMAT_SIZE 32

long long number_of(const json_t *object, const char *key);
const char *text_of(const json_t *object, const char *key);
const char *duration_of(long long milliseconds, char text[FORMAT_SIZE]);
