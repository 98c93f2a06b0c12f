// SPDX-License-Identifier: Apache-2.0
// Proves: each name stands for one user, and leaving root leaves nothing of it to any thread.
#include "identity.h"
#include "standing.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "isolation_suites.h"

static void users_and_numbers_are_taken_as_they_are(void)
{
    static const struct {
        const char *name;
        int verdict;
        uid_t user;
    } rows[] = {
        {"root", 0, 0},
        {"0", 0, 0},
        {"1234", 0, 1234},
        {"4294967295", -ERANGE, 0}, // setresuid's word for "as before"
        {"99999999999999999999", -ERANGE, 0},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct identity identity = {0};
        CU_ASSERT_EQUAL(identity_find(rows[i].name, &identity), rows[i].verdict);
        CU_ASSERT_EQUAL(identity.user, rows[i].user);
        CU_ASSERT_EQUAL(identity.group, rows[i].user);
        CU_ASSERT_FALSE(identity.is_unnamed);
    }
}

static void a_name_that_nobody_has_is_a_number_of_its_own(void)
{
    struct identity one, again, other;
    CU_ASSERT_EQUAL(identity_find("naru-nobody-one", &one), 0);
    CU_ASSERT_EQUAL(identity_find("naru-nobody-one", &again), 0);
    CU_ASSERT_EQUAL(identity_find("naru-nobody-two", &other), 0);
    CU_ASSERT(one.user >= IDENTITY_FIRST_UNNAMED && one.user <= IDENTITY_LAST_UNNAMED);
    CU_ASSERT(one.is_unnamed);
    CU_ASSERT_EQUAL(one.user, again.user);
    CU_ASSERT_NOT_EQUAL(one.user, other.user);
}

static void the_two_programs_are_two_users(void)
{
    struct identity control, dataplane;
    CU_ASSERT_EQUAL(identity_find("naru-control", &control), 0);
    CU_ASSERT_EQUAL(identity_find("naru-dataplane", &dataplane), 0);
    CU_ASSERT_NOT_EQUAL(control.user, dataplane.user);
}

static pthread_barrier_t barrier;
static pid_t second_thread;

static void *stand_by(void *argument)
{
    second_thread = (pid_t)syscall(SYS_gettid);
    pthread_barrier_wait(&barrier); // here it is known
    pthread_barrier_wait(&barrier);
    return argument;
}

static int leave_root(void)
{
    const struct identity identity = {.user = 65500, .group = 65501};
    struct standing first, second;
    pthread_t thread;
    pthread_barrier_init(&barrier, NULL, 2);
    if (pthread_create(&thread, NULL, stand_by, NULL))
        return 1;
    pthread_barrier_wait(&barrier);
    if (identity_take(&identity) || standing_read(getpid(), &first) || standing_read(second_thread, &second))
        return 2;
    pthread_barrier_wait(&barrier);
    pthread_join(thread, NULL);
    if (first.user != 65500 || first.capabilities || second.user != 65500 || second.capabilities)
        return 3;
    return getgroups(0, NULL) != 0 || getgid() != 65501 || setuid(0) == 0 || setgid(0) == 0 ? 4 : 0;
}

static void every_thread_leaves_root(void)
{
    int status = -1;
    if (geteuid())
        return;
    pid_t child = fork();
    if (!child)
        _exit(leave_root());
    waitpid(child, &status, 0);
    CU_ASSERT_EQUAL(status, 0);
}

void identity_suite(void)
{
    CU_pSuite suite = CU_add_suite("identity: users of the processes", NULL, NULL);
    CU_ADD_TEST(suite, users_and_numbers_are_taken_as_they_are);
    CU_ADD_TEST(suite, a_name_that_nobody_has_is_a_number_of_its_own);
    CU_ADD_TEST(suite, the_two_programs_are_two_users);
    CU_ADD_TEST(suite, every_thread_leaves_root);
}
