// SPDX-License-Identifier: Apache-2.0
#include "publishers.h"

#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static _Noreturn void be_client(const struct stage *stage, unsigned number, int orders, int answers)
{
    char program[320], url[128];
    snprintf(program, sizeof(program), "%s/tests/support/naru-client", stage->binaries);
    snprintf(url, sizeof(url), STAGE_HTTP "/whip/load%u-{n}", number);
    stage_pin(stage->cpu_of_rest);
    dup2(orders, STDIN_FILENO);
    dup2(answers, STDOUT_FILENO);
    execl(program, program, "load", "--whip", url, "--suite", "AEAD_AES_128_GCM", NULL);
    perror(program);
    _exit(127);
}

int publishers_start(const struct stage *stage, unsigned number, struct publishers *ret_load)
{
    int orders[2], answers[2];
    if (pipe(orders) || pipe(answers))
        return -1;
    pid_t child = fork();
    if (child == 0) {
        close(orders[1]);
        close(answers[0]);
        be_client(stage, number, orders[0], answers[1]);
    }
    close(orders[0]);
    close(answers[1]);
    *ret_load = (struct publishers){.client = child, .orders = orders[1], .answers = fdopen(answers[0], "r")};
    return child < 0 ? -1 : 0;
}

void publishers_stop(struct publishers *load)
{
    if (load->client <= 0)
        return;
    close(load->orders);
    fclose(load->answers);
    kill(load->client, SIGKILL);
    waitpid(load->client, NULL, 0);
    load->client = 0;
}

static json_t *ask(struct publishers *load, const char *order)
{
    char line[1024];
    if (write(load->orders, order, strlen(order)) < 0 || !fgets(line, sizeof(line), load->answers)) {
        fprintf(stderr, "naru-perf: naru-client is gone\n");
        return NULL;
    }
    return json_loads(line, 0, NULL);
}

int publishers_open(struct publishers *load, unsigned count, double rate, struct publishers_result *ret_result)
{
    char order[64];
    const char *error = "", *suite;
    struct publishers_result result;
    snprintf(order, sizeof(order), "open %u %.1f\n", count, rate);
    json_t *answer = ask(load, order);
    int broken =
        !answer || json_unpack(answer, "{s:i, s:i, s:i, s:i, s:F, s:F, s:F, s:F, s:F, s:F, s:F, s:s, s:s}", "asked",
                               &result.asked, "connected", &result.connected, "failed", &result.failed, "most_at_once",
                               &result.most_at_once, "seconds", &result.seconds, "client_cpu", &result.client_cpu,
                               "p50_ms", &result.p50_ms, "p90_ms", &result.p90_ms, "p99_ms", &result.p99_ms, "max_ms",
                               &result.max_ms, "late_ms", &result.late_ms, "suite", &suite, "error", &error);
    if (!broken && result.failed)
        fprintf(stderr, "naru-perf: %u of %u sessions failed at %.0f/s: %s\n", result.failed, count, rate, error);
    json_decref(answer);
    if (broken)
        return -1;
    load->sessions += result.connected;
    *ret_result = result;
    return 0;
}

int publishers_close(struct publishers *load)
{
    json_t *answer = ask(load, "close\n");
    load->sessions = 0;
    json_decref(answer);
    return answer ? 0 : -1;
}
