// SPDX-License-Identifier: Apache-2.0
// naru-ctl: the operator's view of a running gateway, and orders to it, over its REST interface.
#include "client.h"
#include "options.h"
#include "show.h"
#include "supervise_request.h"
#include <curl/curl.h>
#include <unistd.h>

const struct show shows[] = {
    {"status", "/v1/status", "version, readiness, sessions, processes, ports", show_status},
    {"rooms", "/v1/rooms", "rooms, and who is in them", show_rooms},
    {"peers", "/v1/peers", "publishers and viewers with their streams", show_peers},
    {"drops", "/v1/drops", "where every packet that was not forwarded went, and why", show_drops},
    {"workers", "/v1/workers", "what each core does, and the cycles of each node", show_workers},
    {"shards", "/v1/shards", "which worker serves which block of UDP ports", show_shards},
    {.command = NULL},
};

static int show_once(const struct options *options)
{
    json_t *answer = client_get(options, options->show->path);
    if (!answer) {
        if (options->show->print == show_status) // naru-control is away: its supervisor may know why
            (void)supervise_status(options->run_directory);
        return 1;
    }
    if (options->as_json) {
        json_dumpf(answer, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
        fputc('\n', stdout);
    } else {
        options->show->print(answer, stdout);
    }
    json_decref(answer);
    return fflush(stdout) == 0 ? 0 : 1;
}

// On a terminal each view replaces the last; into a pipe they follow one another.
_Noreturn static void watch(const struct options *options)
{
    for (;;) {
        if (isatty(STDOUT_FILENO))
            fputs("\x1b[H\x1b[2J", stdout);
        show_once(options); // a gateway that restarts is worth waiting for
        sleep(options->watch_seconds);
    }
}

int main(int count, char **arguments)
{
    struct options options;
    int result = options_parse(count, arguments, &options);
    if (result)
        return result < 0 ? 2 : 0;
    if (options.upgrade)
        return supervise_upgrade(options.run_directory, options.upgrade) ? 1 : 0;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    if (options.show && options.watch_seconds)
        watch(&options);
    result = options.show ? show_once(&options) : order_give(&options);
    curl_global_cleanup();
    return result;
}
