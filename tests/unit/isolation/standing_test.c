// SPDX-License-Identifier: Apache-2.0
// Proves: what /proc says of a process is what is shown of it.
#include "standing.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "isolation_suites.h"

static void a_process_is_read(void)
{
    struct standing standing;
    CU_ASSERT_EQUAL_FATAL(standing_read(getpid(), &standing), 0);
    CU_ASSERT_EQUAL(standing.user, geteuid());
    if (!geteuid())
        CU_ASSERT_NOT_EQUAL(standing.capabilities, 0);
    CU_ASSERT_EQUAL(standing_read(-1, &standing), -ENOENT);
}

static void no_new_privileges_are_seen(void)
{
    int status = -1;
    pid_t child = fork();
    if (!child) {
        struct standing standing;
        _exit(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || standing_read(getpid(), &standing) || !standing.no_new_privs);
    }
    waitpid(child, &status, 0);
    CU_ASSERT_EQUAL(status, 0);
}

static void capabilities_have_names(void)
{
    static const struct {
        uint64_t capabilities;
        const char *text;
    } rows[] = {
        {0, "none"},
        {1ULL << 12 | 1ULL << 13, "net_admin net_raw"},
        {1ULL << 39 | 1ULL << 0, "chown bpf"},
        {(1ULL << 41) - 1, "all"},
        {UINT64_MAX, "all"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[STANDING_TEXT];
        const struct standing standing = {.capabilities = rows[i].capabilities};
        standing_capabilities(&standing, text);
        CU_ASSERT_STRING_EQUAL(text, rows[i].text);
    }
    // As many as do not fit.
    char text[STANDING_TEXT];
    const struct standing most = {.capabilities = ((1ULL << 41) - 1) & ~2ULL};
    standing_capabilities(&most, text);
    CU_ASSERT_EQUAL(strlen(text), STANDING_TEXT - 1);
}

void standing_suite(void)
{
    CU_pSuite suite = CU_add_suite("standing: what a process may do", NULL, NULL);
    CU_ADD_TEST(suite, a_process_is_read);
    CU_ADD_TEST(suite, no_new_privileges_are_seen);
    CU_ADD_TEST(suite, capabilities_have_names);
}
