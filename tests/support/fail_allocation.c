// SPDX-License-Identifier: Apache-2.0
// Preloaded into a program under test: while the file named by NARU_FAIL_ALLOCATION says so, each place that allocates
// gets no memory once, the first time that it is seen. A place is the eight return addresses above it: start the
// program without address space randomisation, and the places stay the same over restarts.
//
// The file is struct plan, zeroed by whoever makes it. A process that starts takes "armed" back: it fails only once it
// is up and somebody arms it again.
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <unwind.h>

#define PLACES 65536u
#define DEPTH  8

struct plan {
    atomic_uint armed;
    unsigned every, which; // of the places, those whose hash is `which` modulo `every`; every 0: all
    atomic_uint seen, failed;
    atomic_ullong places[PLACES];
};

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

static struct plan *plan;
static _Thread_local bool is_inside; // of the unwinder, which may allocate

struct trace {
    uint64_t hash;
    unsigned depth;
};

static _Unwind_Reason_Code add_frame(struct _Unwind_Context *context, void *argument)
{
    struct trace *trace = argument;
    if (trace->depth++ >= 2) // this file's own
        trace->hash = (trace->hash ^ _Unwind_GetIP(context)) * 1099511628211ull;
    return trace->depth < DEPTH + 2 ? _URC_NO_REASON : _URC_END_OF_STACK;
}

// True the first time only, whichever thread comes first.
static bool note(uint64_t place)
{
    for (unsigned i = 0; i < PLACES; i++) {
        atomic_ullong *slot = &plan->places[(place + i) % PLACES];
        unsigned long long expected = 0;
        if (atomic_compare_exchange_strong(slot, &expected, place))
            return true;
        if (expected == place)
            return false;
    }
    return false;
}

static bool is_due(void)
{
    struct trace trace = {.hash = 14695981039346656037ull};
    if (!plan || is_inside || !atomic_load_explicit(&plan->armed, memory_order_relaxed))
        return false;
    is_inside = true;
    _Unwind_Backtrace(add_frame, &trace);
    is_inside = false;
    if (!note(trace.hash | 1))
        return false;
    atomic_fetch_add(&plan->seen, 1);
    if (plan->every && trace.hash / 2 % plan->every != plan->which)
        return false;
    atomic_fetch_add(&plan->failed, 1);
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    return is_due() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return is_due() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    return size && is_due() ? NULL : __libc_realloc(old, size);
}

static void __attribute__((constructor)) begin(void)
{
    const char *path = getenv("NARU_FAIL_ALLOCATION");
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0)
        return;
    void *memory = mmap(NULL, sizeof(*plan), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (memory == MAP_FAILED)
        return;
    plan = memory;
    atomic_store(&plan->armed, 0);
}
