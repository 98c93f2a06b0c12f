// SPDX-License-Identifier: Apache-2.0
#include <CUnit/Basic.h>

void parse_suite(void);
void print_suite(void);
void codec_suite(void);
void fragment_suite(void);
void answer_suite(void);
void clients_suite(void);
void offers_suite(void);
void rules_suite(void);
void corpora_suite(void);
void allocation_suite(void);
void peer_suite(void);

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 1;
    parse_suite();
    print_suite();
    codec_suite();
    fragment_suite();
    answer_suite();
    clients_suite();
    offers_suite();
    rules_suite();
    corpora_suite();
    allocation_suite();
    peer_suite();
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures ? 1 : 0;
}
