// SPDX-License-Identifier: Apache-2.0
#include "order.h"
#include "client.h"
#include "options.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define MOVE_POLL_NS 5000000
#define MOVE_TRIES   1000

static const char usage[] = "naru-ctl: drain and undrain take one of: shard N, worker N, room NAME, gateway;\n"
                            "move takes: shard N worker M\n"
                            "Try: naru-ctl --help\n";

bool order_is(const char *word)
{
    return strcmp(word, "drain") == 0 || strcmp(word, "undrain") == 0 || strcmp(word, "move") == 0;
}

// What stands in the path as it is: an index, or a room's name.
static bool is_plain(const char *name, const char *characters)
{
    size_t length = strlen(name);
    return length > 0 && length <= 64 && strspn(name, characters) == length;
}

static int set_target(int count, char **words, struct order *order)
{
    static const char digits[] = "0123456789";
    static const char name[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    static const struct {
        const char *word, *collection, *characters;
    } targets[] = {{"shard", "shards", digits}, {"worker", "workers", digits}, {"room", "rooms", name}};
    if (count == 1 && strcmp(words[0], "gateway") == 0) {
        strcpy(order->what, "the gateway");
        strcpy(order->path, "/v1/status");
        return 0;
    }
    for (size_t i = 0; count == 2 && i < sizeof targets / sizeof *targets; i++) {
        if (strcmp(words[0], targets[i].word) != 0 || !is_plain(words[1], targets[i].characters))
            continue;
        snprintf(order->what, sizeof order->what, "%s %s", words[0], words[1]);
        snprintf(order->path, sizeof order->path, "/v1/%s/%s", targets[i].collection, words[1]);
        return 0;
    }
    return -EINVAL;
}

// move shard N worker M
static int parse_move(int count, char **words, struct order *order)
{
    if (count != 5 || strcmp(words[1], "shard") != 0 || strcmp(words[3], "worker") != 0 || strlen(words[4]) > 4 ||
        !is_plain(words[4], "0123456789"))
        return -EINVAL;
    order->moves = true;
    snprintf(order->patch, sizeof order->patch, "{\"worker\": %s}", words[4]);
    return set_target(2, words + 1, order);
}

int order_parse(int count, char **words, struct order *ret_order)
{
    if (strcmp(words[0], "move") == 0) {
        if (parse_move(count, words, ret_order) == 0)
            return 0;
        fputs(usage, stderr);
        return -EINVAL;
    }
    ret_order->drains = strcmp(words[0], "drain") == 0;
    snprintf(ret_order->patch, sizeof ret_order->patch, "{\"draining\": %s}", ret_order->drains ? "true" : "false");
    if (set_target(count - 1, words + 1, ret_order) == 0)
        return 0;
    fputs(usage, stderr);
    return -EINVAL;
}

static bool is_moving(const json_t *shard)
{
    return json_is_true(json_object_get(shard, "moving"));
}

// It takes some milliseconds. NULL after a message.
static json_t *await_arrival(const struct options *options, json_t *shard)
{
    for (unsigned tries = MOVE_TRIES; shard && is_moving(shard) && tries; tries--) {
        const struct timespec pause = {.tv_nsec = MOVE_POLL_NS};
        nanosleep(&pause, NULL);
        json_decref(shard);
        shard = client_get(options, options->order.path);
    }
    if (!shard || !is_moving(shard))
        return shard;
    fprintf(stderr, "naru-ctl: %s has not arrived yet: do both workers live (naru-ctl workers)?\n",
            options->order.what);
    json_decref(shard);
    return NULL;
}

int order_give(const struct options *options)
{
    const struct order *order = &options->order;
    json_t *answer = client_patch(options, order->path, order->patch);
    if (order->moves)
        answer = await_arrival(options, answer);
    if (!answer)
        return 1;
    if (options->as_json) {
        json_dumpf(answer, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
        fputc('\n', stdout);
    } else {
        printf("%s %s\n", order->what,
               order->moves    ? "has moved"
               : order->drains ? "takes no new sessions from now on; those that it has go on"
                               : "takes new sessions again");
    }
    json_decref(answer);
    return fflush(stdout) == 0 ? 0 : 1;
}
