// SPDX-License-Identifier: Apache-2.0
// Stands in for naru-control and naru-dataplane (by the name it is called under) in the supervisor's tests: attaches
// the memory as they do, says what it was given, beats, and misbehaves as the file NAME.mode beside the
// configuration tells.
#include "segment.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static char directory[256], name[64], mode[32] = "good";
static enum tables_role role;
static volatile sig_atomic_t terminated; // set by a signal handler, read by the loop that it interrupts

static void on_term(int signal_number)
{
    terminated = signal_number;
}

__attribute__((format(printf, 1, 2))) static void say(const char *format, ...)
{
    char path[400], text[300];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    snprintf(path, sizeof(path), "%s/said", directory);
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0 || dprintf(fd, "%s %s\n", name, text) < 0)
        exit(3);
    close(fd);
}

static void read_mode(void)
{
    char path[400];
    snprintf(path, sizeof(path), "%s/%s.mode", directory, name);
    FILE *file = fopen(path, "re");
    if (file && fscanf(file, "%31s", mode) != 1)
        exit(3);
    if (file)
        fclose(file);
}

static bool is_mode(const char *text)
{
    return !strcmp(mode, text);
}

// Whether a descriptor lets itself be mapped for writing.
static bool can_write(int fd)
{
    void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory != MAP_FAILED)
        munmap(memory, 4096);
    return memory != MAP_FAILED;
}

static void say_descriptors(uint32_t workers)
{
    struct stat journal;
    int last = FD_WORKER_WAKE + (int)workers, extra = 0;
    int lifeline = role == TABLES_CONTROL ? last + 3 : last; // behind journal, supervision and link, or at once
    bool has_journal = !fstat(last, &journal) && S_ISREG(journal.st_mode);
    for (int fd = 3; fd < 64; fd++) {
        bool expected = fd >= TABLES_FIRST_FD && fd <= lifeline;
        extra += fcntl(fd, F_GETFD) >= 0 && !expected;
    }
    say("intent=%d state=%d rings=%d journal=%d supervision=%d lifeline=%d extra=%d", can_write(FD_INTENT),
        can_write(FD_STATE), can_write(FD_RINGS), has_journal, role == TABLES_CONTROL && can_write(last + 1),
        fcntl(lifeline, F_GETSIG) == SIGKILL, extra);
}

static void beat(struct tables *tables, uint64_t epoch)
{
    struct segment_header *own = tables->segments[role == TABLES_CONTROL ? SEGMENT_INTENT : SEGMENT_STATE];
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    atomic_store(&own->heartbeat, (uint64_t)now.tv_sec * 1000000000ULL + (uint64_t)now.tv_nsec);
    atomic_store(&own->owner_epoch, epoch);
    atomic_store(&own->owner_pid, (uint32_t)getpid());
    if (!is_mode("mute"))
        atomic_store(&own->owner_ready, 1);
}

static int live(struct tables *tables, uint64_t epoch)
{
    for (unsigned beats = 0; !terminated || is_mode("stubborn"); beats++) {
        if (!is_mode("hang") || beats < 4)
            beat(tables, epoch);
        if (is_mode("crash") && beats == 4)
            raise(SIGKILL);
        usleep(50000);
    }
    say("terminated");
    return 0;
}

// As the file NAME.trial says: it has the last word of a refusal, or "slow MILLISECONDS".
static int check_memory(const char *config)
{
    char path[400], text[128] = "";
    snprintf(directory, sizeof(directory), "%s", config);
    dirname(directory);
    snprintf(path, sizeof(path), "%s/%s.trial", directory, name);
    FILE *file = fopen(path, "re");
    if (!file)
        return 0;
    (void)!fgets(text, sizeof(text), file);
    fclose(file);
    unsigned ms;
    if (sscanf(text, "slow %u", &ms) == 1) {
        say("on trial");
        usleep(ms * 1000);
        return 0;
    }
    fprintf(stderr, "%s\n", text);
    return 1;
}

int main(int argc, char **argv)
{
    const int fds[SEGMENT_KINDS] = {FD_INTENT, FD_STATE, FD_RINGS};
    struct tables tables;
    snprintf(name, sizeof(name), "%s", basename(argv[0]));
    role = !strcmp(name, "naru-control") ? TABLES_CONTROL : TABLES_DATAPLANE;
    if (argc == 4 && !strcmp(argv[3], "--check-memory"))
        return check_memory(argv[2]);
    if (argc != 3 || strcmp(argv[1], "--config"))
        return 3;
    snprintf(directory, sizeof(directory), "%s", argv[2]);
    dirname(directory);
    read_mode();
    if (is_mode("exit1") || is_mode("exit2"))
        return mode[4] - '0';
    (void)signal(SIGTERM, on_term);
    uint64_t epoch = strtoull(getenv("NARU_EPOCH"), NULL, 10);
    int error = tables_attach(role, fds, &tables);
    struct segment_header *given =
        error ? NULL : tables.segments[role == TABLES_CONTROL ? SEGMENT_STATE : SEGMENT_INTENT];
    if (error || atomic_load(&given->reader_epoch) != epoch)
        return 3;
    say("epoch=%llu", (unsigned long long)epoch);
    say_descriptors(tables.limits.workers);
    return live(&tables, epoch);
}
