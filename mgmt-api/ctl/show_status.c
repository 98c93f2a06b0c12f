// SPDX-License-Identifier: Apache-2.0
#include "format.h"
#include "show.h"
#include "table.h"

#define EVENTS_SHOWN 12

static void print_refused(const json_t *reasons, FILE *out)
{
    const char *reason, *before = "          refused:";
    json_t *count;
    json_object_foreach((json_t *)reasons, reason, count)
    {
        if (!json_integer_value(count))
            continue;
        fprintf(out, "%s %lld %s", before, (long long)json_integer_value(count), reason);
        before = ",";
    }
    if (before[0] == ',')
        fputc('\n', out);
}

static void print_tcp(const json_t *tcp, FILE *out)
{
    long long refused = 0;
    const char *reason;
    json_t *count;
    json_object_foreach(json_object_get(tcp, "refused"), reason, count) refused += json_integer_value(count);
    if (number_of(tcp, "accepted") || refused)
        fprintf(out, "tcp       %lld connections now, %lld accepted, %lld refused since the start\n",
                number_of(tcp, "connections"), number_of(tcp, "accepted"), refused);
}

static void print_sessions(const json_t *sessions, FILE *out)
{
    fprintf(out, "sessions  %lld now", number_of(sessions, "now"));
    const char *state;
    json_t *count;
    json_object_foreach(json_object_get(sessions, "by_state"), state, count)
    {
        if (json_integer_value(count))
            fprintf(out, ", %lld %s", (long long)json_integer_value(count), state);
    }
    fprintf(out, "\n          %lld created, %lld connected, %lld failed, %lld closed, %lld refused since the start\n",
            number_of(sessions, "created"), number_of(sessions, "connected"), number_of(sessions, "failed"),
            number_of(sessions, "closed"), number_of(sessions, "refused"));
    print_refused(json_object_get(sessions, "refused_by_reason"), out);
    if (number_of(sessions, "quarantined"))
        fprintf(out, "          %lld quarantined: workers crashed on them; the last one was %s\n",
                number_of(sessions, "quarantined"), text_of(sessions, "last_quarantined"));
}

static void print_processes(const json_t *processes, FILE *out)
{
    static const struct table_column columns[] = {{"PROCESS", false}, {"STATE", false},    {"PID", true},
                                                  {"BOOT", true},     {"UP", true},        {"HEARTBEAT", true},
                                                  {"RESTARTS", true}, {"LAST END", false}, {.title = NULL}};
    struct table *table = table_new(columns);
    size_t i;
    json_t *process;
    json_array_foreach(processes, i, process)
    {
        char up[FORMAT_SIZE], ago[FORMAT_SIZE];
        bool has_ended = text_of(process, "last_end")[0] != '\0';
        table_cell(table, "%s", text_of(process, "name"));
        table_cell(table, "%s", json_is_true(json_object_get(process, "ready")) ? "ready" : "not ready");
        table_cell(table, "%lld", number_of(process, "pid"));
        table_cell(table, "%lld", number_of(process, "epoch"));
        table_cell(table, "%s", duration_of(number_of(process, "uptime_ms"), up));
        table_cell(table, "%lld ms", number_of(process, "heartbeat_age_ms"));
        table_cell(table, "%lld", number_of(process, "restarts"));
        table_cell(table, has_ended ? "%s, %s ago" : "-", text_of(process, "last_end"),
                   duration_of(number_of(process, "last_end_age_ms"), ago));
    }
    table_print(table, out, "no processes");
}

// What each may do. The supervisor starts the others anew, devices and all: it stays root.
static void print_standings(const json_t *processes, FILE *out)
{
    static const struct table_column columns[] = {
        {"PROCESS", false},        {"USER", true},   {"CAPABILITIES", false}, {"SYSTEM CALLS", false},
        {"NEW PRIVILEGES", false}, {"LOCKED", true}, {.title = NULL}};
    struct table *table = table_new(columns);
    size_t i;
    json_t *process;
    json_array_foreach(processes, i, process)
    {
        if (!json_is_integer(json_object_get(process, "user")))
            continue;
        bool is_held = json_is_true(json_object_get(process, "no_new_privileges"));
        table_cell(table, "%s", text_of(process, "name"));
        table_cell(table, "%lld", number_of(process, "user"));
        table_cell(table, "%s", text_of(process, "capabilities"));
        table_cell(table, "%s", text_of(process, "system_calls"));
        table_cell(table, "%s", is_held ? "never" : "by exec");
        table_cell(table, "%lld MiB", number_of(process, "locked_kb") / 1024);
    }
    table_print(table, out, "what the processes may do is hidden: /proc");
}

// What the supervisor did, beyond starting each once.
static void print_events(const json_t *events, FILE *out)
{
    static const struct table_column columns[] = {{"AGO", true},  {"PROCESS", false}, {"EVENT", false}, {"PID", true},
                                                  {"BOOT", true}, {"DETAIL", false},  {.title = NULL}};
    size_t count = json_array_size(events);
    struct table *table = table_new(columns);
    for (size_t i = count > EVENTS_SHOWN ? count - EVENTS_SHOWN : 0; i < count; i++) {
        const json_t *event = json_array_get(events, i);
        char ago[FORMAT_SIZE];
        table_cell(table, "%s", duration_of(number_of(event, "age_ms"), ago));
        table_cell(table, "%s", text_of(event, "process"));
        table_cell(table, "%s", text_of(event, "event"));
        table_cell(table, "%lld", number_of(event, "pid"));
        table_cell(table, "%lld", number_of(event, "epoch"));
        table_cell(table, "%s", text_of(event, "detail"));
    }
    table_print(table, out, "no events");
}

static void print_ports(const json_t *ports, FILE *out)
{
    static const struct table_column columns[] = {{"PORT", false},    {"LINK", false},     {"MAC", false},
                                                  {"RECEIVED", true}, {"SENT", true},      {"MISSED", true},
                                                  {"ERRORS", true},   {"OFFLOADS", false}, {.title = NULL}};
    struct table *table = table_new(columns);
    size_t i;
    json_t *port;
    json_array_foreach(ports, i, port)
    {
        table_cell(table, "%s", text_of(port, "device"));
        table_cell(table, "%s", json_is_true(json_object_get(port, "link_up")) ? "up" : "down");
        table_cell(table, "%s", text_of(port, "mac"));
        table_cell(table, "%lld", number_of(port, "received_packets"));
        table_cell(table, "%lld", number_of(port, "sent_packets"));
        table_cell(table, "%lld", number_of(port, "missed_packets"));
        table_cell(table, "%lld", number_of(port, "errors"));
        table_cell(table, "%s", text_of(port, "offloads"));
    }
    table_print(table, out, "no ports");
}

void show_status(const json_t *answer, FILE *out)
{
    bool is_ready = json_is_true(json_object_get(answer, "ready"));
    bool is_draining = json_is_true(json_object_get(answer, "draining"));
    fprintf(out, "%s %s  %s%s\n", text_of(answer, "name"), text_of(answer, "version"), is_ready ? "ready" : "not ready",
            is_draining ? ", draining" : "");
    fprintf(out, "rooms     %lld\n", number_of(answer, "rooms"));
    fprintf(out, "workers   %lld\n", number_of(answer, "workers"));
    print_sessions(json_object_get(answer, "sessions"), out);
    print_tcp(json_object_get(answer, "tcp"), out);
    long long punts = number_of(answer, "punts_dropped"), injects = number_of(answer, "injects_dropped");
    if (punts || injects)
        fprintf(out, "rings     full: %lld punts and %lld injects were lost\n", punts, injects);
    fputc('\n', out);
    print_processes(json_object_get(answer, "processes"), out);
    fputc('\n', out);
    print_standings(json_object_get(answer, "processes"), out);
    fputc('\n', out);
    print_ports(json_object_get(answer, "ports"), out);
    fputc('\n', out);
    print_events(json_object_get(answer, "events"), out);
}
