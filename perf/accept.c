// SPDX-License-Identifier: Apache-2.0
// naru-perf accept: every goal that a machine without a network card can judge, as ratios of one run. A goal that is
// not measured is not met.
#include "accept.h"
#include "arguments.h"
#include "commands.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define QUESTION_SECONDS 240 // none takes so long: it hangs

// Every id, and above which value it is missed.
static const struct {
    const char *id;
    double goal;
} goals[] = {
    {"srtp_1100", 1.10},
    {"srtp_160", 1.25},
    {"relay_cm_1100", 1.15},
    {"relay_cm_160", 1.35},
    {"relay_gcm_1100", 1.22},
    {"relay_gcm_160", 1.65},
    {"fanout100_cm_1100", 1.16},
    {"fanout100_cm_160", 1.27},
    {"fanout100_gcm_1100", 1.25},
    {"fanout100_gcm_160", 1.58},
    {"fanout1000_over_10", 1.15},
    {"transports_100k_over_1k", 1.3},
    {"transports_100k_over_1k_160", 1.5},
    {"flood_loss", 0},
    {"setup_cpu_ratio", 1.35},
    {"setup_p99_ms", 250},
    {"idle_bytes_per_session", 40000},
    {"restart_100k_ms", 1000},
    {"latency_p50_us", 20},
    {"latency_p99_us", 100},
};
#define GOALS (sizeof(goals) / sizeof(*goals))

// In this order.
static const struct accept_question questions[] = {
    {"srtp", accept_srtp},
    {"pipeline", accept_pipeline},
    {"memif", accept_memif},
    {"setup", accept_setup},
};
#define QUESTIONS (sizeof(questions) / sizeof(*questions))

static FILE *answers; // of the process that answers a question: a line of JSON each

void accept_add_with_goal(const char *id, double value, double goal)
{
    if (isnan(value))
        return;
    fprintf(answers, "{\"id\": \"%s\", \"value\": %.10g, \"goal\": %.10g}\n", id, value, goal);
    fflush(answers);
}

void accept_add(const char *id, double value)
{
    for (unsigned i = 0; i < GOALS; i++)
        if (strcmp(goals[i].id, id) == 0)
            accept_add_with_goal(id, value, goals[i].goal);
}

static _Noreturn void answer(const struct accept_question *question, int out)
{
    alarm(QUESTION_SECONDS);
    dup2(STDERR_FILENO, STDOUT_FILENO); // what a command prints is progress here
    answers = fdopen(out, "w");
    _exit(answers && question->answer() == 0 ? 0 : 1);
}

static double distance(double value, double goal)
{
    return goal > 0 ? value / goal : value;
}

static void keep_worst(json_t *report, json_t *line)
{
    const char *id = json_string_value(json_object_get(line, "id"));
    double value = json_number_value(json_object_get(line, "value"));
    double goal = json_number_value(json_object_get(line, "goal"));
    json_t *known = json_object_get(report, id);
    if (known && distance(json_number_value(json_object_get(known, "value")),
                          json_number_value(json_object_get(known, "goal"))) > distance(value, goal))
        return;
    json_object_set_new(report, id, json_pack("{s:f, s:f, s:b}", "value", value, "goal", goal, "ok", value <= goal));
}

// In a process of its own; what it found before it failed counts.
static void ask(const struct accept_question *question, json_t *report)
{
    int pipe_ends[2], status;
    if (pipe(pipe_ends))
        return;
    pid_t child = fork();
    if (child == 0) {
        close(pipe_ends[0]);
        answer(question, pipe_ends[1]);
    }
    close(pipe_ends[1]);
    FILE *file = fdopen(pipe_ends[0], "r");
    json_t *line;
    while (file && child > 0 && (line = json_loadf(file, JSON_DISABLE_EOF_CHECK, NULL))) {
        keep_worst(report, line);
        json_decref(line);
    }
    if (file)
        fclose(file);
    if (child > 0 && (waitpid(child, &status, 0) < 0 || !WIFEXITED(status) || WEXITSTATUS(status)))
        fprintf(stderr, "naru-perf: %s: not all of it was measured\n", question->name);
}

static time_t seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

static json_t *ask_all(const struct perf_options *options)
{
    json_t *report = json_object(), *ordered = json_object();
    time_t began = seconds();
    for (unsigned i = 0; i < QUESTIONS; i++) {
        if (options->only && strcmp(questions[i].name, options->only) != 0)
            continue;
        fprintf(stderr, "naru-perf: %u of %u: %s, after %ld s\n", i + 1, (unsigned)QUESTIONS, questions[i].name,
                (long)(seconds() - began));
        ask(&questions[i], report);
    }
    fprintf(stderr, "naru-perf: done after %ld s\n", (long)(seconds() - began));
    for (unsigned i = 0; i < GOALS; i++) {
        json_t *line = json_object_get(report, goals[i].id);
        json_object_set_new(ordered, goals[i].id,
                            line ? json_incref(line)
                                 : json_pack("{s:n, s:f, s:b}", "value", "goal", goals[i].goal, "ok", 0));
    }
    json_decref(report);
    return ordered;
}

static bool all_are_ok(json_t *report)
{
    const char *id;
    json_t *line;
    bool ok = true;
    json_object_foreach(report, id, line) ok &= json_is_true(json_object_get(line, "ok"));
    return ok;
}

static void print_lines(json_t *report)
{
    const char *id;
    json_t *line;
    json_object_foreach(report, id, line)
    {
        if (json_is_number(json_object_get(line, "value")))
            printf("%-28s %10.3f  goal %8.2f  %s\n", id, json_number_value(json_object_get(line, "value")),
                   json_number_value(json_object_get(line, "goal")),
                   json_is_true(json_object_get(line, "ok")) ? "met" : "missed");
        else
            printf("%-28s not measured\n", id);
    }
}

static const struct perf_help help = {
    .usage = "usage: naru-perf accept [options]",
    .text = "Judges every goal: {\"id\": {\"value\": x, \"goal\": y, \"ok\": true}}. Exits 0 only if all are met; a "
            "goal that was\n"
            "not measured has no value and is not met. Needs root, two CPUs, and less than 8 minutes.\n\n"
            "  naru-perf accept\n"
            "  naru-perf accept --only srtp\n"
            "  naru-perf accept --json > accept.json",
    .only = "the question WHAT alone, as the progress names it"};

int accept_command(int argc, char **argv)
{
    struct perf_options options;
    int done = arguments_read(argc, argv, &help, &options);
    if (done)
        return done < 0 ? 2 : 0;
    json_t *report = ask_all(&options);
    if (options.json) {
        json_dumpf(report, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(5));
        printf("\n");
    } else {
        print_lines(report);
    }
    bool ok = all_are_ok(report);
    json_decref(report);
    return ok ? 0 : 1;
}
