// SPDX-License-Identifier: Apache-2.0
#include "poison.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

#define STACK_SIZE 65536

static const int fatal_signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
static struct sigaction former[_NSIG];
static uint8_t stacks[TABLES_MAX_WORKERS][STACK_SIZE]; // a worker whose stack overflowed has no other

static void note_crash(int signal, siginfo_t *info, void *unused)
{
    struct worker *worker = worker_self();
    if (worker)
        atomic_store_explicit(&worker->state->crashed, 1, memory_order_relaxed);
    (void)sigaction(signal, &former[signal], NULL);
    if (info->si_code <= 0) // sent by somebody: it does not happen again by itself, as a fault does
        (void)raise(signal);
}

void poison_watch_signals(void)
{
    struct sigaction action = {.sa_sigaction = note_crash, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    for (unsigned i = 0; i < RTE_DIM(fatal_signals); i++)
        (void)sigaction(fatal_signals[i], &action, &former[fatal_signals[i]]);
}

static void strike(struct worker *worker, uint32_t index)
{
    struct transport_state *state = tables_transport_state(worker->tables, index);
    if (!state || !atomic_load_explicit(&state->applied_generation, memory_order_relaxed))
        return;
    uint32_t crashes = atomic_load_explicit(&state->crashes, memory_order_relaxed) + 1;
    atomic_store_explicit(&state->crashes, crashes, memory_order_relaxed);
    fprintf(stderr, "naru-dataplane: worker %u crashed while it worked on transport %u, which makes %u of %u\n",
            worker->index, index, crashes, TRANSPORT_CRASHES_MAX);
}

void poison_begin(struct worker *worker)
{
    struct worker_state *state = worker->state;
    uint32_t named = atomic_load_explicit(&state->works_on, memory_order_relaxed);
    bool crashed = atomic_load_explicit(&state->crashed, memory_order_relaxed);
    stack_t stack = {.ss_sp = stacks[worker->index % TABLES_MAX_WORKERS], .ss_size = STACK_SIZE};
    (void)sigaltstack(&stack, NULL);
    if (crashed && named)
        strike(worker, named - 1);
    worker_works_on_none(worker);
    atomic_store_explicit(&state->crashed, 0, memory_order_relaxed);
    clockid_t cpu_clock;
    if (!pthread_getcpuclockid(pthread_self(), &cpu_clock)) // from here on it is watched
        atomic_store_explicit(&worker->cpu_clock, cpu_clock, memory_order_release);
}

bool poison_is(const struct worker *worker, uint32_t transport, uint32_t generation)
{
    struct transport_state *state = tables_transport_state(worker->tables, transport);
    return atomic_load_explicit(&state->applied_generation, memory_order_relaxed) == generation &&
           atomic_load_explicit(&state->crashes, memory_order_relaxed) >= TRANSPORT_CRASHES_MAX;
}

void poison_watch_loop(struct worker *worker, struct poison_look *look, uint64_t now, uint64_t stall_ns)
{
    struct timespec cpu;
    uint64_t heartbeat = counter_get(&worker->state->heartbeat);
    clockid_t cpu_clock = atomic_load_explicit(&worker->cpu_clock, memory_order_acquire);
    if (!cpu_clock || clock_gettime(cpu_clock, &cpu))
        return;
    uint64_t cpu_ns = (uint64_t)cpu.tv_sec * 1000000000ULL + (uint64_t)cpu.tv_nsec;
    if (heartbeat != look->heartbeat)
        *look = (struct poison_look){heartbeat, cpu_ns, look->loops};
    // A thread that gets no CPU stands still, too; one that gets a quarter and finishes no walk does not.
    bool loops = now > heartbeat + stall_ns && cpu_ns - look->cpu_ns > stall_ns / 4;
    if (loops == look->loops)
        return; // the signal's handler writes it, too
    look->loops = loops;
    atomic_store_explicit(&worker->state->crashed, loops, memory_order_relaxed);
}
