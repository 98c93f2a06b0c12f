// SPDX-License-Identifier: Apache-2.0
#include "account.h"
#include "monotonic_time.h"

#include <stdio.h>
#include <string.h>

static void describe_end(const struct supervision_event *end, char *text, size_t size)
{
    double ago = (double)(monotonic_time() - end->at) / 1e9;
    text[0] = 0;
    if (end->kind == SUPERVISION_SIGNALLED)
        snprintf(text, size, "; the one before ended %.1f s ago by signal %u (%s)", ago, end->value,
                 strsignal((int)end->value));
    else if (end->kind == SUPERVISION_EXITED)
        snprintf(text, size, "; the one before ended %.1f s ago with exit code %u", ago, end->value);
    else if (end->kind)
        snprintf(text, size, "; the one before ended %.1f s ago (%s)", ago, supervision_event_name(end->kind));
}

void account_of(const struct program *program, char ret_line[ACCOUNT_SIZE])
{
    const struct supervised_program *entry = &program->chronicle->now.programs[program->id];
    uint64_t now = monotonic_time();
    char end[128];
    describe_end(&entry->last_end, end, sizeof(end));
    if (program->phase == PROGRAM_WAITING)
        snprintf(ret_line, ACCOUNT_SIZE, "%s: waits %.1f s for its next start, after %u early ends in a row%s",
                 program->name, program->start_at > now ? (double)(program->start_at - now) / 1e9 : 0.0,
                 entry->early_ends, end);
    else
        snprintf(ret_line, ACCOUNT_SIZE, "%s: pid %u, epoch %llu, %s, started %.1f s ago%s", program->name, entry->pid,
                 (unsigned long long)entry->epoch, program->watchdog.ready ? "ready" : "not ready",
                 (double)(now - entry->started_at) / 1e9, end);
}
