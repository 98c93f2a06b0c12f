// SPDX-License-Identifier: Apache-2.0
// The printed file is the one that is shipped, explains every key, and means the defaults.
#include "config.h"
#include "verdict.h"
#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

static char printed[32768];

static size_t print_default(void)
{
    FILE *out = fmemopen(printed, sizeof printed, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(out);
    config_print_commented(out);
    long size = ftell(out);
    CU_ASSERT(size > 0 && (size_t)size < sizeof printed);
    fclose(out);
    return (size_t)size;
}

static void the_shipped_file_is_the_printed_one(void)
{
    char path[4096], shipped[32768];
    const char *root = getenv("NARU_SOURCE_ROOT");
    size_t size = print_default();
    snprintf(path, sizeof path, "%s/deploy/config/naru.yaml", root ? root : ".");
    FILE *file = fopen(path, "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL(fread(shipped, 1, sizeof shipped, file), size);
    CU_ASSERT_EQUAL(memcmp(shipped, printed, size), 0);
    fclose(file);
}

static void the_printed_file_means_the_defaults(void)
{
    static struct config parsed, defaults;
    struct config_error error;
    size_t size = print_default();
    config_defaults(&defaults);
    CU_ASSERT_EQUAL(config_parse("printed", printed, size, &parsed, &error), 0);
    CU_ASSERT_EQUAL(memcmp(&parsed, &defaults, sizeof parsed), 0);
}

// Whether line, past its indent, is a comment or nothing.
static bool explains(const char *line)
{
    line += strspn(line, " ");
    return *line == '#';
}

static void every_key_is_explained(void)
{
    size_t keys = 0;
    const char *before = "";
    char *rest = printed;
    print_default();
    for (char *line; (line = strsep(&rest, "\n"));) {
        if (line[0] && !explains(line)) {
            CU_ASSERT(explains(before));
            keys++;
        }
        before = line;
    }
    CU_ASSERT(keys > 40);
}

// The example of a port, uncommented as its text tells, is a good port that names every key.
static void the_example_is_good(void)
{
    static struct config config;
    struct config_error error = {""};
    print_default();
    char *example = strstr(printed, "# ports:\n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(example);
    char *end = strstr(example, "\n\n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(end);
    for (char *line = example; line < end; line = strchr(line, '\n') + 1)
        memset(line, ' ', 2);
    CU_ASSERT_EQUAL(config_parse("example", example, (size_t)(end - example) + 1, &config, &error), 0);
    CU_ASSERT_STRING_EQUAL(error.text, "");
    CU_ASSERT_EQUAL(config.port_count, 1);
    CU_ASSERT_EQUAL(config.ports[0].addresses.count, 2);
    CU_ASSERT_EQUAL(config.ports[0].advertise.count, 1);
}

void print_suite(void)
{
    CU_pSuite suite = CU_add_suite("print", NULL, NULL);
    CU_ADD_TEST(suite, the_shipped_file_is_the_printed_one);
    CU_ADD_TEST(suite, the_printed_file_means_the_defaults);
    CU_ADD_TEST(suite, every_key_is_explained);
    CU_ADD_TEST(suite, the_example_is_good);
}
