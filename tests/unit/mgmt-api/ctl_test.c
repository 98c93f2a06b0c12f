// SPDX-License-Identifier: Apache-2.0
// naru-ctl against the real server: tables, JSON, options and exit statuses.
#include "http_fixture.h"
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static char output[65536];

// The exit status; what it printed, errors included, is in `output`.
static int run(const char *environment, const char *arguments)
{
    char command[2048];
    snprintf(command, sizeof command, "env -u NARU_URL -u NARU_TOKEN %s %s %s 2>&1", environment, naru_ctl_path,
             arguments);
    FILE *pipe = popen(command, "r");
    size_t length = fread(output, 1, sizeof output - 1, pipe);
    output[length] = '\0';
    return WEXITSTATUS(pclose(pipe));
}

static int run_here(const char *arguments)
{
    char environment[128];
    snprintf(environment, sizeof environment, "NARU_URL=%s NARU_TOKEN=secret", fixture_url());
    return run(environment, arguments);
}

static int start(void)
{
    return fixture_start("secret");
}

static void tables_show_what_matters(void)
{
    static const struct {
        const char *command;
        const char *words[6];
    } rows[] = {
        {"status", {"test \"gateway\" 0.1.0", "ready", "5 created", "refused: 4 draining", "dataplane", "net_af_xdp0"}},
        {"rooms", {"ROOM", "lobby", "live"}},
        {"peers",
         {"01234567", "publisher", "AEAD_AES_128_GCM", "VP8", "12345678901", "not the one that was signalled"}},
        {"workers", {"25 %", "dead", "overloaded", "draining", "stun_reply", "CYCLES/PACKET"}},
        {"shards", {"NEW ROOMS", "16640-16895", "draining"}},
        {"drops", {"srtp_unprotect_replayed", "14", "A packet that came before.", "BALANCE", "stun_request"}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CU_ASSERT_EQUAL(run_here(rows[i].command), 0);
        for (size_t w = 0; w < 6 && rows[i].words[w]; w++) {
            if (!strstr(output, rows[i].words[w]))
                printf("%s lacks %s:\n%s\n", rows[i].command, rows[i].words[w], output);
            CU_ASSERT_PTR_NOT_NULL(strstr(output, rows[i].words[w]));
        }
    }
    CU_ASSERT_PTR_NULL(strstr(output, "rtp_route_no_viewer")); // a reason without packets explains nothing
}

static void json_is_what_the_interface_says(void)
{
    static const char *const commands[] = {"status", "rooms", "peers", "drops", "workers", "shards"};
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        char arguments[64], path[64];
        snprintf(arguments, sizeof arguments, "--json %s", commands[i]);
        snprintf(path, sizeof path, "/v1/%s", commands[i]);
        CU_ASSERT_EQUAL(run_here(arguments), 0);
        struct reply reply = fetch("GET", path, "Authorization: Bearer secret", NULL);
        json_t *printed = json_loads(output, 0, NULL), *served = reply_json(&reply);
        CU_ASSERT_TRUE(printed && json_equal(printed, served));
        json_decref(printed);
        json_decref(served);
        reply_free(&reply);
    }
}

static void orders_are_patches(void)
{
    static const struct {
        const char *command, *room, *says;
        struct gateway_change change;
    } rows[] = {
        {"drain gateway", "", "the gateway takes no new", {SCOPE_GATEWAY, 0, true, true, false, 0}},
        {"undrain worker 1", "", "worker 1 takes new sessions again", {SCOPE_WORKER, 1, true, false, false, 0}},
        {"drain shard 1", "", "shard 1 takes no new", {SCOPE_SHARD, 1, true, true, false, 0}},
        {"drain room lobby", "lobby", "room lobby takes no new", {SCOPE_ROOM, 0, true, true, false, 0}},
        {"move shard 0 worker 1", "", "shard 0 has moved", {SCOPE_SHARD, 0, false, false, true, 1}},
        {"--json undrain shard 0", "", "\"first_port\": 16384", {SCOPE_SHARD, 0, true, false, false, 0}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char sdp[64];
        CU_ASSERT_EQUAL(run_here(rows[i].command), 0);
        CU_ASSERT_PTR_NOT_NULL(strstr(output, rows[i].says));
        struct gateway_request asked = double_last(sdp, sizeof sdp);
        CU_ASSERT_EQUAL(asked.operation, GATEWAY_OPERATE);
        CU_ASSERT_STRING_EQUAL(asked.room, rows[i].room);
        CU_ASSERT_EQUAL(asked.change.scope, rows[i].change.scope);
        CU_ASSERT_EQUAL(asked.change.index, rows[i].change.index);
        CU_ASSERT_EQUAL(asked.change.sets_draining, rows[i].change.sets_draining);
        CU_ASSERT_EQUAL(asked.change.draining, rows[i].change.draining);
        CU_ASSERT_EQUAL(asked.change.moves, rows[i].change.moves);
        if (rows[i].change.moves)
            CU_ASSERT_EQUAL(asked.change.worker, rows[i].change.worker);
    }
}

static void exit_status_says_what_went_wrong(void)
{
    static const struct {
        const char *environment, *arguments;
        int status;
        const char *says;
    } rows[] = {
        {"", "--url http://127.0.0.1:1 status", 1, "Is naru-control running there?"},
        {"", "--config /nonexistent status", 2, "/nonexistent"},
        {"", "--config /dev/null/x status", 2, "/dev/null/x"},
        {"", "nothing", 2, "no such command: nothing"},
        {"", "", 2, "name a command"},
        {"", "status rooms", 2, "one command"},
        {"", "drain", 2, "drain and undrain take"},
        {"", "drain shard x", 2, "drain and undrain take"},
        {"", "undrain room a/b", 2, "drain and undrain take"},
        {"", "move shard 1", 2, "move takes: shard N worker M"},
        {"", "move shard 1 worker x", 2, "move takes: shard N worker M"},
        {"", "drain gateway now", 2, "drain and undrain take"},
        {"", "--watch 0 status", 2, "--watch takes"},
        {"", "--bogus status", 2, "--bogus"},
        {"", "--help", 0, "usage: naru-ctl"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int status = run(rows[i].environment, rows[i].arguments);
        if (status != rows[i].status || !strstr(output, rows[i].says))
            printf("%s: %d: %s\n", rows[i].arguments, status, output);
        CU_ASSERT_EQUAL(status, rows[i].status);
        CU_ASSERT_PTR_NOT_NULL(strstr(output, rows[i].says));
    }
    char arguments[128];
    snprintf(arguments, sizeof arguments, "--url %s status", fixture_url());
    CU_ASSERT_EQUAL(run("", arguments), 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(output, "401"));
}

static void the_configuration_names_gateway_and_token(void)
{
    char path[] = "/tmp/naru-unit-ctl-XXXXXX", arguments[128];
    FILE *file = fdopen(mkstemp(path), "w");
    fprintf(file, "http:\n  port: %u\n  tokens: [secret]\n", fixture_port());
    fclose(file);
    snprintf(arguments, sizeof arguments, "--config %s rooms", path);
    int status = run("", arguments);
    if (status)
        printf("%s\n", output);
    CU_ASSERT_EQUAL(status, 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(output, "lobby"));
    file = fopen(path, "w");
    fprintf(file, "http:\n  prot: 1\n");
    fclose(file);
    CU_ASSERT_EQUAL(run("", arguments), 2);
    CU_ASSERT_PTR_NOT_NULL(strstr(output, ":2:"));
    remove(path);
}

void ctl_suite(void);
void ctl_suite(void)
{
    if (!naru_ctl_path) {
        printf("skipped: naru-ctl was not named\n");
        return;
    }
    CU_pSuite suite = CU_add_suite("naru-ctl", start, fixture_stop);
    CU_add_test(suite, "tables show what matters", tables_show_what_matters);
    CU_add_test(suite, "JSON is what the interface says", json_is_what_the_interface_says);
    CU_add_test(suite, "orders are patches", orders_are_patches);
    CU_add_test(suite, "exit status says what went wrong", exit_status_says_what_went_wrong);
    CU_add_test(suite, "the configuration names gateway and token", the_configuration_names_gateway_and_token);
}
