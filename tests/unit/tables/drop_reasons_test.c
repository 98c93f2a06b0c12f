// SPDX-License-Identifier: Apache-2.0
// Proves: every way to drop, create or consume a packet has a name of its own and a sentence for people.
#include "drop_reasons.h"
#include "packet_kinds.h"

#include <CUnit/CUnit.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "tables_suites.h"

static bool is_snake_case(const char *name)
{
    return strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name) && name[0] >= 'a' && name[0] <= 'z' &&
           !strstr(name, "__") && name[strlen(name) - 1] != '_';
}

static void names_are_unique(const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        CU_ASSERT_PTR_NOT_NULL_FATAL(names[i]);
        CU_ASSERT(is_snake_case(names[i]));
        for (size_t j = 0; j < i; j++)
            CU_ASSERT_NOT_EQUAL(strcmp(names[i], names[j]), 0);
    }
}

static void each_name_is_unique_snake_case(void)
{
    names_are_unique(drop_reason_names, DROP_REASONS);
    names_are_unique(create_kind_names, CREATE_KINDS);
    names_are_unique(consume_kind_names, CONSUME_KINDS);
}

static void each_reason_has_a_sentence(void)
{
    for (unsigned i = 0; i < DROP_REASONS; i++) {
        CU_ASSERT_PTR_NOT_NULL_FATAL(drop_reason_help[i]);
        size_t size = strlen(drop_reason_help[i]);
        CU_ASSERT(size >= 15 && size <= 120);
        CU_ASSERT_NOT_EQUAL(strcmp(drop_reason_help[i], drop_reason_names[i]), 0);
        CU_ASSERT_PTR_NULL(strchr(drop_reason_help[i], '\n'));
    }
}

void drop_reasons_suite(void)
{
    CU_pSuite suite = CU_add_suite("drop_reasons: names and sentences", NULL, NULL);
    CU_ADD_TEST(suite, each_name_is_unique_snake_case);
    CU_ADD_TEST(suite, each_reason_has_a_sentence);
}
