// SPDX-License-Identifier: Apache-2.0
// Proves: a record appears whole or not at all, whoever writes or dies meanwhile.
#include "record.h"

#include <CUnit/CUnit.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tables_suites.h"

#define WORDS   200
#define ROUNDS  20000
#define KILLS   40
#define TEARING 2 // a slot is written on the way to the version after the next

struct value {
    uint64_t words[WORDS]; // all equal
};

struct record {
    struct record_head head;
    struct value slots[2];
};

static struct value make_value(uint64_t number)
{
    struct value value;
    for (unsigned i = 0; i < WORDS; i++)
        value.words[i] = number;
    return value;
}

static bool is_whole(const struct value *value)
{
    for (unsigned i = 1; i < WORDS; i++)
        if (value->words[i] != value->words[0])
            return false;
    return true;
}

static void an_unpublished_record_reads_as_version_0(void)
{
    static struct record record;
    struct value value;
    CU_ASSERT_EQUAL(record_read(&record.head, &value, sizeof(value)), 0);
}

static void each_publish_raises_the_version_and_is_read(void)
{
    static struct record record;
    for (uint64_t number = 1; number <= 5; number++) {
        struct value written = make_value(number * 7), read;
        CU_ASSERT_EQUAL(record_publish(&record.head, &written, sizeof(written)), number);
        CU_ASSERT_EQUAL(record_read(&record.head, &read, sizeof(read)), number);
        CU_ASSERT_EQUAL(memcmp(&written, &read, sizeof(read)), 0);
    }
}

static void a_publish_leaves_the_version_before_it_in_the_other_slot(void)
{
    static struct record record;
    struct value first = make_value(1), second = make_value(2);
    record_publish(&record.head, &first, sizeof(first));
    record_publish(&record.head, &second, sizeof(second));
    CU_ASSERT_EQUAL(record.slots[1].words[0], 1);
    CU_ASSERT_EQUAL(record.slots[0].words[0], 2);
}

static void half_a_new_version_is_never_seen(void)
{
    static struct record record;
    struct value old = make_value(1), read;
    record_publish(&record.head, &old, sizeof(old));
    memset(&record.slots[0], 0xee, sizeof(record.slots[0]) / 2); // where a writer died on its way to version 2
    CU_ASSERT_EQUAL(record_read(&record.head, &read, sizeof(read)), 1);
    CU_ASSERT(is_whole(&read) && read.words[0] == 1);
    struct value next = make_value(3);
    CU_ASSERT_EQUAL(record_publish(&record.head, &next, sizeof(next)), 2);
    CU_ASSERT_EQUAL(record_read(&record.head, &read, sizeof(read)), 2);
    CU_ASSERT(is_whole(&read) && read.words[0] == 3);
}

static void a_wiped_record_holds_nothing_in_either_slot(void)
{
    static struct record record;
    static const struct value nothing;
    struct value secret = make_value(0x5ec2e75ec2e7), read;
    record_publish(&record.head, &secret, sizeof(secret));
    record_publish(&record.head, &secret, sizeof(secret));
    record_wipe(&record.head, sizeof(struct value));
    CU_ASSERT_EQUAL(record_read(&record.head, &read, sizeof(read)), 4);
    CU_ASSERT_EQUAL(memcmp(&read, &nothing, sizeof(read)), 0);
    CU_ASSERT_EQUAL(memcmp(&record.slots[0], &nothing, sizeof(nothing)), 0);
    CU_ASSERT_EQUAL(memcmp(&record.slots[1], &nothing, sizeof(nothing)), 0);
}

static void *write_all(void *argument)
{
    struct record *record = argument;
    for (uint64_t number = 1; number <= ROUNDS; number++) {
        struct value value = make_value(number);
        record_publish(&record->head, &value, sizeof(value));
    }
    return NULL;
}

// Thread sanitiser watches it as well: build with -fsanitize=thread.
static void a_concurrent_reader_sees_whole_values_in_order(void)
{
    static struct record record;
    pthread_t writer;
    uint64_t torn = 0, back = 0, mislabelled = 0, last = 0;
    CU_ASSERT_EQUAL_FATAL(pthread_create(&writer, NULL, write_all, &record), 0);
    while (last < ROUNDS) {
        struct value value;
        uint64_t version = record_read(&record.head, &value, sizeof(value));
        if (version == 0)
            continue; // not there yet, or overrun: allowed, and the next change notice brings the reader back
        torn += !is_whole(&value);
        mislabelled += value.words[0] != version;
        back += version < last;
        last = version;
    }
    pthread_join(writer, NULL);
    CU_ASSERT_EQUAL(torn, 0);
    CU_ASSERT_EQUAL(mislabelled, 0);
    CU_ASSERT_EQUAL(back, 0);
}

static pid_t start_writer(struct record *record)
{
    pid_t child = fork();
    if (child)
        return child;
    for (uint64_t number = 1;; number++) { // until it is killed
        struct value value = make_value(number);
        record_publish(&record->head, &value, sizeof(value));
    }
}

static void a_killed_writer_loses_only_its_new_version(void)
{
    struct record *record = mmap(NULL, sizeof(*record), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CU_ASSERT_PTR_NOT_EQUAL_FATAL(record, MAP_FAILED);
    uint64_t before = 0;
    for (long kill_at = 0; kill_at < KILLS; kill_at++) {
        pid_t child = start_writer(record);
        CU_ASSERT_FATAL(child > 0);
        while (atomic_load(&record->head.version) <= before + TEARING)
            nanosleep(&(struct timespec){.tv_nsec = 1000 * (kill_at % 10)}, NULL);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        struct value value;
        uint64_t version = record_read(&record->head, &value, sizeof(value));
        CU_ASSERT(version > before && is_whole(&value));
        before = version;
    }
    munmap(record, sizeof(*record));
}

void record_suite(void)
{
    CU_pSuite suite = CU_add_suite("record: two slots and a version", NULL, NULL);
    CU_ADD_TEST(suite, an_unpublished_record_reads_as_version_0);
    CU_ADD_TEST(suite, each_publish_raises_the_version_and_is_read);
    CU_ADD_TEST(suite, a_publish_leaves_the_version_before_it_in_the_other_slot);
    CU_ADD_TEST(suite, half_a_new_version_is_never_seen);
    CU_ADD_TEST(suite, a_wiped_record_holds_nothing_in_either_slot);
    CU_ADD_TEST(suite, a_concurrent_reader_sees_whole_values_in_order);
    CU_ADD_TEST(suite, a_killed_writer_loses_only_its_new_version);
}
