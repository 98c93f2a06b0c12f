// SPDX-License-Identifier: Apache-2.0
// Rooms: names, limits, who is in.
#include "controlplane_suites.h"
#include "room.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <string.h>

static void names_are_checked(void)
{
    static const struct {
        const char *name;
        bool valid;
    } rows[] = {{"a", true},
                {"Room-1_b.c", true},
                {"", false},
                {"a b", false},
                {"a/b", false},
                {"\xc3\xa9", false},
                {"a\n", false},
                {"0123456789012345678901234567890123456789012345678901234567890123", true},
                {"01234567890123456789012345678901234567890123456789012345678901234", false}};
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        CU_ASSERT_EQUAL(room_name_is_valid(rows[i].name), rows[i].valid);
}

static void rooms_are_found_and_limited(void)
{
    struct rooms rooms;
    struct room *one, *two, *other;
    CU_ASSERT_EQUAL_FATAL(rooms_open(&rooms, 2, 42), 0);
    CU_ASSERT_EQUAL(rooms_add(&rooms, "one", 3, 0, 1, &one), 0);
    CU_ASSERT_EQUAL(rooms_add(&rooms, "one", 3, 0, 1, &other), -EEXIST);
    CU_ASSERT_EQUAL(rooms_add(&rooms, "two", 4, 7, 1, &two), 0);
    CU_ASSERT_EQUAL(rooms_add(&rooms, "three", 4, 0, 1, &other), -ENOSPC);
    CU_ASSERT_PTR_EQUAL(rooms_find(&rooms, "one"), one);
    CU_ASSERT_PTR_EQUAL(rooms_find(&rooms, "two"), two);
    CU_ASSERT_PTR_NULL(rooms_find(&rooms, "three"));
    rooms_remove(&rooms, one);
    CU_ASSERT_PTR_NULL(rooms_find(&rooms, "one"));
    CU_ASSERT_EQUAL(rooms_add(&rooms, "three", 4, 0, 1, &other), 0);
    CU_ASSERT_EQUAL(other->number, 8); // never that of a room that was taken over
    rooms_close(&rooms);
}

static void people_come_and_go(void)
{
    struct rooms rooms;
    struct room *room;
    struct session publisher = {.record = {.is_publisher = 1}}, viewer = {0};
    rooms_open(&rooms, 2, 42);
    rooms_add(&rooms, "one", 3, 0, 1, &room);
    CU_ASSERT_TRUE(room_is_empty(room));
    room_enter(room, &publisher);
    room_enter(room, &viewer);
    CU_ASSERT_PTR_EQUAL(room->publisher, &publisher);
    CU_ASSERT_EQUAL(room->viewer_count, 1);
    room_leave(&publisher);
    CU_ASSERT_FALSE(room_is_empty(room));
    room_leave(&viewer);
    CU_ASSERT_TRUE(room_is_empty(room));
    rooms_close(&rooms);
}

void room_suite(void)
{
    CU_pSuite suite = CU_add_suite("room", NULL, NULL);
    CU_add_test(suite, "names are checked", names_are_checked);
    CU_add_test(suite, "rooms are found and limited", rooms_are_found_and_limited);
    CU_add_test(suite, "people come and go", people_come_and_go);
}
