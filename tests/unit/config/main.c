// SPDX-License-Identifier: Apache-2.0
#include "config.h"
#include "verdict.h"
#include <CUnit/Basic.h>
#include <string.h>

void verdicts_hold(const struct verdict *verdicts, size_t count)
{
    static struct config config;
    struct config_error error;
    for (size_t i = 0; i < count; i++) {
        const struct verdict *row = &verdicts[i];
        int result = config_parse("f.yaml", row->file, strlen(row->file), &config, &error);
        bool holds = row->message ? result && !strcmp(error.text, row->message) : !result;
        if (!holds)
            printf("\n    file:     %s\n    expected: %s\n    said:     %s\n", row->file,
                   row->message ? row->message : "ok", result ? error.text : "ok");
        CU_ASSERT(holds);
    }
}

int main(void)
{
    if (CU_initialize_registry())
        return 1;
    parse_suite();
    value_suite();
    check_suite();
    check_ports_suite();
    print_suite();
    CU_basic_run_tests();
    unsigned failed = CU_get_number_of_tests_failed() + CU_get_number_of_suites_failed();
    CU_cleanup_registry();
    return failed != 0;
}
