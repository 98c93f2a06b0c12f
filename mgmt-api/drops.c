// SPDX-License-Identifier: Apache-2.0
// GET /v1/drops: where every packet that was not forwarded went, and that none is missing (received + created =
// sent + consumed + dropped + balance).
#include "handlers.h"
#include "view_json.h"

enum kind { CREATED, CONSUMED, DROPPED };

// All workers have the same kinds in the same order, whichever program made the snapshot: but count on nothing.
static const struct gateway_count *counts(const struct gateway_worker_view *worker, enum kind kind, unsigned *ret_count)
{
    *ret_count = kind == CREATED    ? worker->created_count
                 : kind == CONSUMED ? worker->consumed_count
                                    : worker->dropped_count;
    return kind == CREATED ? worker->created : kind == CONSUMED ? worker->consumed : worker->dropped;
}

static json_t *per_worker(const struct gateway_snapshot *snapshot, enum kind kind, unsigned row, uint64_t *ret_total)
{
    json_t *list = json_array();
    *ret_total = 0;
    for (unsigned i = 0; i < snapshot->worker_count; i++) {
        unsigned count;
        const struct gateway_count *all = counts(&snapshot->workers[i], kind, &count);
        uint64_t value = row < count ? all[row].value : 0;
        json_array_append_new(list, json_integer((json_int_t)value));
        *ret_total += value;
    }
    return list;
}

static json_t *table(const struct gateway_snapshot *snapshot, enum kind kind)
{
    json_t *list = json_array();
    unsigned count = 0;
    const struct gateway_count *rows = snapshot->worker_count ? counts(&snapshot->workers[0], kind, &count) : NULL;
    for (unsigned row = 0; row < count; row++) {
        uint64_t total;
        json_t *workers = per_worker(snapshot, kind, row, &total);
        json_t *json = json_pack("{s:s, s:s, s:I, s:o}", "name", rows[row].name, "help", rows[row].help, "packets",
                                 (json_int_t)total, "workers", workers);
        json_array_append_new(list, json);
    }
    return list;
}

static json_t *sums(const struct gateway_snapshot *snapshot, struct worker_sums *total)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < snapshot->worker_count; i++) {
        struct worker_sums sums = worker_sums(&snapshot->workers[i]);
        json_t *json = json_pack("{s:i, s:I}", "index", snapshot->workers[i].index, "epoch",
                                 (json_int_t)snapshot->workers[i].epoch);
        view_put_sums(json, &sums);
        json_array_append_new(list, json);
        total->received += sums.received;
        total->created += sums.created;
        total->sent += sums.sent;
        total->consumed += sums.consumed;
        total->dropped += sums.dropped;
        total->balance += sums.balance;
    }
    return list;
}

void drops_show(const struct http_request *request, struct gateway_request *answer, struct http_response *response)
{
    const struct gateway_snapshot *snapshot = answer->snapshot;
    struct worker_sums total = {0};
    json_t *workers = sums(snapshot, &total), *all = json_object();
    view_put_sums(all, &total);
    json_t *json =
        json_pack("{s:o, s:o, s:o, s:o, s:o}", "total", all, "workers", workers, "dropped", table(snapshot, DROPPED),
                  "consumed", table(snapshot, CONSUMED), "created", table(snapshot, CREATED));
    view_put_count(json, "punts_dropped", snapshot->punts_dropped);
    view_put_count(json, "injects_dropped", snapshot->injects_dropped);
    view_put_count(json, "dtls_ignored", snapshot->dtls_ignored);
    view_put_count(json, "dtls_dropped", snapshot->dtls_dropped);
    view_put_count(json, "checks_withheld", snapshot->checks_withheld);
    response_json(response, 200, "application/json", json);
}
