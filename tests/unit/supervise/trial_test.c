// SPDX-License-Identifier: Apache-2.0
// trial: proves that a program on trial cannot write the journal, and that the dataplane's does not see it.
#include "scene.h"
#include "suites.h"
#include "trial.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

// The access mode is the last digit of flags.
static const char script[] = "#!/bin/sh\n"
                             "echo journal none >&2\n"
                             "for fd in /proc/$$/fd/*; do\n"
                             "    case $(readlink $fd) in *naru-journal*)\n"
                             "        sed -n 's/^flags:.*\\(.\\)$/journal \\1/p' /proc/$$/fdinfo/${fd##*/} >&2 ;;\n"
                             "    esac\n"
                             "done\n"
                             "exit 1\n";

static void test_journal(void)
{
    static const struct {
        enum tables_role role;
        const char *says;
    } rows[] = {{TABLES_CONTROL, "journal 0"}, {TABLES_SUPERVISE, "journal 0"}, {TABLES_DATAPLANE, "journal none"}};
    static struct config config;
    static struct shared_memory memory;
    struct config_error error;
    char path[256], why[TRIAL_WHY_SIZE];
    scene_set_up();
    scene_path("naru.yaml", path);
    CU_ASSERT_EQUAL_FATAL(config_load(path, &config, &error), 0);
    CU_ASSERT_EQUAL_FATAL(shared_memory_create(&config, &memory), 0);
    scene_write("program", script);
    scene_path("program", path);
    CU_ASSERT_EQUAL(chmod(path, 0755), 0);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct trial trial;
        CU_ASSERT_EQUAL_FATAL(trial_begin(path, "naru.yaml", &memory, rows[i].role, &trial), 0);
        CU_ASSERT(process_wait(&trial.process, 10000));
        CU_ASSERT_EQUAL(trial_end(&trial, why), -EPROTO);
        CU_ASSERT_STRING_EQUAL(why, rows[i].says);
    }
    shared_memory_destroy(&memory);
    scene_tear_down();
}

void trial_suite(void)
{
    CU_pSuite suite = CU_add_suite("trial", NULL, NULL);
    CU_add_test(suite, "the journal is read at most", test_journal);
}
