// SPDX-License-Identifier: Apache-2.0
// The journal: what was written is read by a successor, what is foreign is begun anew.
#include "controlplane_suites.h"
#include "journal.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void it_outlives_its_process(void)
{
    int fd = memfd_create("journal", MFD_CLOEXEC);
    struct journal journal;
    struct journal_session session = {.transport = {3, 9}, .section_count = 2, .id = "abc"}, found;
    struct dtls_identity_der der = {.certificate_size = 5, .key_size = 6, .key = {1, 2, 3}}, der_found;
    CU_ASSERT_EQUAL_FATAL(journal_open(fd, 8, &journal), 0);
    CU_ASSERT_EQUAL(journal_read_identity(&journal, &der_found), -ENOENT);
    CU_ASSERT_FALSE(journal_read_session(&journal, 3, &found));
    journal_write_identity(&journal, &der);
    journal_write_session(&journal, &session);
    journal_close(&journal);

    CU_ASSERT_EQUAL_FATAL(journal_open(fd, 8, &journal), 0);
    CU_ASSERT_EQUAL(journal_read_identity(&journal, &der_found), 0);
    CU_ASSERT_EQUAL(memcmp(&der, &der_found, sizeof(der)), 0);
    CU_ASSERT_TRUE(journal_read_session(&journal, 3, &found));
    CU_ASSERT_EQUAL(memcmp(&session, &found, sizeof(session)), 0);
    journal_erase_session(&journal, 3);
    CU_ASSERT_FALSE(journal_read_session(&journal, 3, &found));
    journal_close(&journal);
    close(fd);
}

static void another_size_is_begun_anew(void)
{
    int fd = memfd_create("journal", MFD_CLOEXEC);
    struct journal journal;
    struct journal_session session = {.transport = {3, 9}}, found;
    CU_ASSERT_EQUAL(ftruncate(fd, 1 << 20), 0); // as the supervisor makes it
    CU_ASSERT_EQUAL_FATAL(journal_open(fd, 8, &journal), 0);
    journal_write_session(&journal, &session);
    journal_close(&journal);
    CU_ASSERT_EQUAL_FATAL(journal_open(fd, 16, &journal), 0);
    CU_ASSERT_FALSE(journal_read_session(&journal, 3, &found));
    journal_close(&journal);
    close(fd);
}

static void nonsense_is_not_believed(void)
{
    int fd = memfd_create("journal", MFD_CLOEXEC);
    struct journal journal;
    struct journal_session found, session = {.transport = {3, 9}, .section_count = JOURNAL_SECTIONS + 1};
    CU_ASSERT_EQUAL_FATAL(journal_open(fd, 8, &journal), 0);
    journal_write_session(&journal, &session);
    CU_ASSERT_FALSE(journal_read_session(&journal, 3, &found));
    session.section_count = 1;
    memset(session.id, 'x', sizeof(session.id));
    journal_write_session(&journal, &session);
    CU_ASSERT_TRUE(journal_read_session(&journal, 3, &found));
    CU_ASSERT_EQUAL(strlen(found.id), sizeof(found.id) - 1);
    journal_close(&journal);
    close(fd);
}

void journal_suite(void)
{
    CU_pSuite suite = CU_add_suite("journal", NULL, NULL);
    CU_add_test(suite, "it outlives its process", it_outlives_its_process);
    CU_add_test(suite, "one of another size is begun anew", another_size_is_begun_anew);
    CU_add_test(suite, "nonsense is not believed", nonsense_is_not_believed);
}
