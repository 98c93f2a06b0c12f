// SPDX-License-Identifier: Apache-2.0
// Parts that several views share.
#pragma once

#include "gateway_view.h"
#include <jansson.h>

void view_put_count(json_t *object, const char *key, uint64_t value);
json_t *view_session(const struct gateway_session_view *session);
// A decimal index in a path; false: it is none.
bool view_index(const char *text, unsigned *ret_index);
json_t *view_room(const struct gateway_room_view *room);

struct worker_sums {
    uint64_t received, created, sent, consumed, dropped;
    int64_t balance;
};
struct worker_sums worker_sums(const struct gateway_worker_view *worker);
void view_put_sums(json_t *object, const struct worker_sums *sums);
