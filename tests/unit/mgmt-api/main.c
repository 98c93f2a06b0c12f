// SPDX-License-Identifier: Apache-2.0
// argv[1] is the naru-ctl to test.
#include "http_fixture.h"
#include <CUnit/Basic.h>
#include <curl/curl.h>

void parsers_suite(void);
void access_suite(void);
void whip_suite(void);
void refusals_suite(void);
void views_suite(void);
void metrics_suite(void);
void pages_suite(void);
void openapi_suite(void);
void limits_suite(void);
void lifetime_suite(void);
void connections_suite(void);
void parameters_suite(void);
void tls_suite(void);
void ctl_suite(void);
void webhook_queue_suite(void);

const char *naru_ctl_path;

int main(int argc, char **argv)
{
    naru_ctl_path = argc > 1 ? argv[1] : NULL;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 1;
    parsers_suite();
    access_suite();
    whip_suite();
    refusals_suite();
    views_suite();
    metrics_suite();
    pages_suite();
    openapi_suite();
    limits_suite();
    lifetime_suite();
    connections_suite();
    parameters_suite();
    tls_suite();
    ctl_suite();
    webhook_queue_suite();
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    curl_global_cleanup();
    return failures ? 1 : 0;
}
