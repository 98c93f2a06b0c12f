// SPDX-License-Identifier: Apache-2.0
// Memory of sessions that are up and say no more than their consent. Before: a gateway with the same tables that has
// served nobody yet. So whatever is there once only is shared out among the sessions too: what is printed is an upper
// bound.
#include "arguments.h"
#include "figures.h"

#include <time.h>

#define SESSIONS_OF_A_CLIENT 9000 // one socket each
#define CLIENTS_MAX          8
#define OPEN_RATE            300.0
#define REST_SECONDS         2 // what waits to be freed is

static void rest(void)
{
    nanosleep(&(struct timespec){.tv_sec = REST_SECONDS}, NULL);
}

static int bring_up(const struct stage *stage, struct publishers *loads, unsigned clients, unsigned sessions,
                    struct setup_idle *idle)
{
    for (unsigned i = 0; i < clients; i++) {
        struct publishers_result result;
        unsigned left = sessions - idle->sessions - idle->failed;
        unsigned share = left < SESSIONS_OF_A_CLIENT ? left : SESSIONS_OF_A_CLIENT;
        arguments_progress("idle sessions", idle->sessions, sessions);
        if (publishers_start(stage, i, &loads[i]) || publishers_open(&loads[i], share, OPEN_RATE, &result))
            return -1;
        idle->sessions += result.connected;
        idle->failed += result.failed;
    }
    arguments_progress("", 0, 0);
    return 0;
}

int setup_idle_measure(const struct setup_plan *plan, struct setup_idle *ret_idle)
{
    struct stage stage;
    struct publishers loads[CLIENTS_MAX] = {{.client = 0}};
    unsigned clients = (plan->idle + SESSIONS_OF_A_CLIENT - 1) / SESSIONS_OF_A_CLIENT;
    *ret_idle = (struct setup_idle){.sessions = 0};
    if (clients > CLIENTS_MAX || stage_start(plan->tables, &stage))
        return -1;
    const pid_t processes[2] = {stage.control, stage.dataplane};
    rest();
    usage_memory(processes, &ret_idle->before);
    int error = bring_up(&stage, loads, clients, plan->idle, ret_idle);
    rest();
    usage_memory(processes, &ret_idle->after);
    if (!error)
        error = stage_rtp(&ret_idle->rtp_accepted, &ret_idle->rtp_refused);
    for (unsigned i = 0; i < clients; i++)
        publishers_stop(&loads[i]);
    stage_stop(&stage);
    return error;
}
