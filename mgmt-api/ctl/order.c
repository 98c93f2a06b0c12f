// SPDX-License-Identifier: Apache-2.0
#include "order.h"
#include "client.h"
#include "options.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char usage[] = "naru-ctl: drain and undrain take one of: shard N, worker N, room NAME, gateway\n"
                            "Try: naru-ctl --help\n";

bool order_is(const char *word)
{
    return strcmp(word, "drain") == 0 || strcmp(word, "undrain") == 0;
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

int order_parse(int count, char **words, struct order *ret_order)
{
    ret_order->drains = strcmp(words[0], "drain") == 0;
    snprintf(ret_order->patch, sizeof ret_order->patch, "{\"draining\": %s}", ret_order->drains ? "true" : "false");
    if (set_target(count - 1, words + 1, ret_order) == 0)
        return 0;
    fputs(usage, stderr);
    return -EINVAL;
}

int order_give(const struct options *options)
{
    const struct order *order = &options->order;
    json_t *answer = client_patch(options, order->path, order->patch);
    if (!answer)
        return 1;
    if (options->as_json) {
        json_dumpf(answer, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
        fputc('\n', stdout);
    } else {
        printf("%s %s\n", order->what,
               order->drains ? "takes no new sessions from now on; those that it has go on"
                             : "takes new sessions again");
    }
    json_decref(answer);
    return fflush(stdout) == 0 ? 0 : 1;
}
