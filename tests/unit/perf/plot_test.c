// SPDX-License-Identifier: Apache-2.0
#include "perf_suites.h"
#include "plot.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

static char *picture(const struct plot_panel *panels, unsigned count)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    CU_ASSERT_FATAL(out != NULL);
    CU_ASSERT(plot_write(out, "a < b & c", panels, count) == 0);
    fclose(out);
    return text;
}

static unsigned count_of(const char *text, const char *what)
{
    unsigned count = 0;
    for (const char *at = text; (at = strstr(at, what)); at++)
        count++;
    return count;
}

static void every_part_is_drawn_and_named(void)
{
    struct plot_bar bars[] = {
        {.label = "one", .part_count = 2, .parts = {{"x", 30}, {"y", 70}}},
        {.label = "two", .part_count = 2, .parts = {{"y", 20}, {"z", 5}}, .mark = 50},
    };
    const struct plot_panel panel = {.title = "panel", .unit = "cycles", .bar_count = 2, .bars = bars};
    char *text = picture(&panel, 1);
    CU_ASSERT(strncmp(text, "<svg ", 5) == 0 && strstr(text, "</svg>\n") != NULL);
    CU_ASSERT_EQUAL(count_of(text, "<title>"), 4);
    CU_ASSERT_EQUAL(count_of(text, "class=\"mark\""), 1);
    CU_ASSERT_EQUAL(count_of(text, ">one<"), 1);
    CU_ASSERT_EQUAL(count_of(text, ">y<"), 1); // once in the legend
    CU_ASSERT(strstr(text, "a &#60; b &#38; c") != NULL);
    CU_ASSERT(strstr(text, ">100<") != NULL); // the first bar's sum
    free(text);
}

static void nothing_is_still_a_picture(void)
{
    const struct plot_panel panel = {.title = "empty", .unit = ""};
    char *text = picture(&panel, 1);
    CU_ASSERT(strstr(text, "nan") == NULL && strstr(text, "inf") == NULL);
    free(text);
}

static void steps_are_round(void)
{
    static const struct {
        double most, step;
    } rows[] = {{5, 1}, {5.1, 2}, {10, 2}, {11, 5}, {25, 5}, {26, 10}, {0.4, 0.1}, {2400, 500}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        CU_ASSERT_DOUBLE_EQUAL(plot_step(rows[i].most), rows[i].step, 1e-9);
}

void plot_suite(void)
{
    CU_pSuite suite = CU_add_suite("plot", NULL, NULL);
    CU_ADD_TEST(suite, every_part_is_drawn_and_named);
    CU_ADD_TEST(suite, nothing_is_still_a_picture);
    CU_ADD_TEST(suite, steps_are_round);
}
