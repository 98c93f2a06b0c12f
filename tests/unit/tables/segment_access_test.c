// SPDX-License-Identifier: Apache-2.0
// Proves: the MMU keeps each process out of what the other owns.
#include "segments.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tables_suites.h"

#define SURVIVED 17

// What happens to a process of that role that writes to that segment.
static int fate_of_a_write(const struct segments *segments, enum tables_role role, enum segment_kind kind)
{
    int fds[SEGMENT_KINDS], status = 0;
    struct tables tables;
    segments_choose(segments, role, fds);
    pid_t child = fork();
    if (child == 0) {
        signal(SIGSEGV, SIG_DFL); // a sanitizer's handler would report it and exit
        if (tables_attach(role, fds, &tables))
            _exit(1);
        atomic_store(&tables.segments[kind]->heartbeat, 1);
        _exit(SURVIVED);
    }
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
}

static void each_role_writes_its_own_segments_only(void)
{
    static const struct {
        enum tables_role role;
        int fates[SEGMENT_KINDS];
    } rows[] = {
        {TABLES_SUPERVISE, {SURVIVED, SURVIVED, SURVIVED}},
        {TABLES_CONTROL, {SURVIVED, SIGSEGV, SURVIVED}},
        {TABLES_DATAPLANE, {SIGSEGV, SURVIVED, SURVIVED}},
    };
    struct segments segments;
    segments_open(&segments);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        for (int kind = 0; kind < SEGMENT_KINDS; kind++)
            CU_ASSERT_EQUAL(fate_of_a_write(&segments, rows[i].role, (enum segment_kind)kind), rows[i].fates[kind]);
    segments_close(&segments);
}

static void a_read_only_descriptor_cannot_be_mapped_writable(void)
{
    struct segments segments;
    segments_open(&segments);
    for (int kind = 0; kind < SEGMENT_KINDS; kind++) {
        size_t size = segment_size((enum segment_kind)kind, &small_limits, false);
        void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, segments.read_only[kind], 0);
        CU_ASSERT_PTR_EQUAL(memory, MAP_FAILED);
        memory = mmap(NULL, size, PROT_READ, MAP_SHARED, segments.read_only[kind], 0);
        CU_ASSERT_PTR_NOT_EQUAL_FATAL(memory, MAP_FAILED);
        CU_ASSERT_EQUAL(mprotect(memory, size, PROT_READ | PROT_WRITE), -1);
        munmap(memory, size);
    }
    segments_close(&segments);
}

static void a_role_without_the_descriptor_for_it_is_refused(void)
{
    struct segments segments;
    struct tables tables;
    segments_open(&segments);
    CU_ASSERT_EQUAL(tables_attach(TABLES_CONTROL, segments.read_only, &tables), -EACCES);
    segments_close(&segments);
}

// A broken process that shrank a segment would take the other one down with SIGBUS.
static void nobody_can_shrink_a_segment(void)
{
    struct segments segments;
    segments_open(&segments);
    for (int kind = 0; kind < SEGMENT_KINDS; kind++) {
        CU_ASSERT_EQUAL(ftruncate(segments.fds[kind], 0), -1);
        CU_ASSERT_EQUAL(errno, EPERM);
    }
    segments_close(&segments);
}

static void no_descriptor_is_inherited_by_accident(void)
{
    struct segments segments;
    segments_open(&segments);
    for (int kind = 0; kind < SEGMENT_KINDS; kind++) {
        CU_ASSERT(fcntl(segments.fds[kind], F_GETFD) & FD_CLOEXEC);
        CU_ASSERT(fcntl(segments.read_only[kind], F_GETFD) & FD_CLOEXEC);
    }
    segments_close(&segments);
}

// As /proc/self/smaps tells them of the mapping of that name: two letters each (proc(5)).
static bool mapping_has(const char *name, const char *flags)
{
    char line[512];
    bool here = false, has = false;
    FILE *file = fopen("/proc/self/smaps", "re");
    while (file && fgets(line, sizeof(line), file)) {
        if (strstr(line, "/memfd:"))
            here = strstr(line, name) != NULL;
        else if (here && !strncmp(line, "VmFlags:", 8))
            has |= strstr(line, flags) != NULL;
    }
    if (file)
        fclose(file);
    return has;
}

static void keys_are_locked_and_in_no_core_dump(void)
{
    static const enum tables_role roles[] = {TABLES_CONTROL, TABLES_DATAPLANE};
    for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
        struct segments segments;
        struct tables tables;
        int fds[SEGMENT_KINDS];
        segments_open(&segments);
        segments_choose(&segments, roles[i], fds);
        CU_ASSERT_EQUAL_FATAL(tables_attach(roles[i], fds, &tables), 0);
        CU_ASSERT(tables.keys_are_locked);
        CU_ASSERT(mapping_has("naru-intent", " lo "));
        CU_ASSERT(mapping_has("naru-intent", " dd "));
        CU_ASSERT(mapping_has("naru-rings", " dd "));
        tables_detach(&tables);
        segments_close(&segments);
    }
}

// In a process of that user; 0 when it does as is said.
static int as_a_stranger(int (*what)(const struct segments *segments), const struct segments *segments)
{
    int status = -1;
    pid_t child = fork();
    if (!child)
        _exit(setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534) ? SURVIVED : what(segments));
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int opens_no_read_only_descriptor_again(const struct segments *segments)
{
    for (int kind = 0; kind < SEGMENT_KINDS; kind++) {
        char path[64];
        snprintf(path, sizeof(path), "/proc/self/fd/%d", segments->read_only[kind]);
        if (open(path, O_RDWR | O_CLOEXEC) >= 0)
            return 1;
    }
    return 0;
}

static int attaches_without_locking(const struct segments *segments)
{
    const struct rlimit none = {0, 0};
    struct tables tables;
    int fds[SEGMENT_KINDS];
    segments_choose(segments, TABLES_DATAPLANE, fds);
    return setrlimit(RLIMIT_MEMLOCK, &none) || tables_attach(TABLES_DATAPLANE, fds, &tables) || tables.keys_are_locked;
}

static void another_user_cannot_open_more_than_it_was_given(void)
{
    struct segments segments;
    if (geteuid())
        return;
    segments_open(&segments);
    CU_ASSERT_EQUAL(as_a_stranger(opens_no_read_only_descriptor_again, &segments), 0);
    segments_close(&segments);
}

static void a_limit_on_locked_memory_is_told(void)
{
    struct segments segments;
    if (geteuid())
        return;
    segments_open(&segments);
    CU_ASSERT_EQUAL(as_a_stranger(attaches_without_locking, &segments), 0);
    segments_close(&segments);
}

void segment_access_suite(void)
{
    CU_pSuite suite = CU_add_suite("segment: access by role", NULL, NULL);
    CU_ADD_TEST(suite, each_role_writes_its_own_segments_only);
    CU_ADD_TEST(suite, a_read_only_descriptor_cannot_be_mapped_writable);
    CU_ADD_TEST(suite, a_role_without_the_descriptor_for_it_is_refused);
    CU_ADD_TEST(suite, nobody_can_shrink_a_segment);
    CU_ADD_TEST(suite, no_descriptor_is_inherited_by_accident);
    CU_ADD_TEST(suite, keys_are_locked_and_in_no_core_dump);
    CU_ADD_TEST(suite, another_user_cannot_open_more_than_it_was_given);
    CU_ADD_TEST(suite, a_limit_on_locked_memory_is_told);
}
