// SPDX-License-Identifier: Apache-2.0
// Proves: the estimate rises slowly, falls at once to what got through, and keeps its bounds.
#include "bandwidth.h"

#include <CUnit/CUnit.h>
#include <stddef.h>

#include "media_suites.h"

static const struct bandwidth_bounds bounds = {.min_kbps = 50, .start_kbps = 500, .max_kbps = 3000};

static void each_second_moves_it_as_the_loss_says(void)
{
    static const struct {
        const char *what;
        uint32_t previous, received;
        uint8_t lost; // of 256
        uint32_t estimate;
    } rows[] = {
        {"first second: the start rate and a step", 0, 500, 0, 541},
        {"no loss: 8 % up", 1000, 1000, 0, 1081},
        {"1.5 % is no loss", 1000, 1000, 4, 1081},
        {"2 % to 10 %: stays", 1000, 1000, 5, 1000},
        {"10 % still stays", 1000, 1000, 26, 1000},
        {"over 10 %: 85 % of what got through", 1000, 800, 27, 680},
        {"all lost: the least", 1000, 0, 255, 50},
        {"never over the bound", 3000, 3000, 0, 3000},
        {"never under the bound", 50, 10, 255, 50},
        {"an idle sender has shown nothing: twice its rate and the start", 2000, 100, 0, 700},
        {"a broken rate does not overflow", 3000, UINT32_MAX, 255, 3000},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        CU_ASSERT_EQUAL(bandwidth_estimate(rows[i].previous, rows[i].received, rows[i].lost, &bounds),
                        rows[i].estimate);
}

// A 500 kbit/s bottleneck is found within seconds, and left again within 10 s when it goes away.
static void it_settles_below_a_bottleneck_and_rises_again(void)
{
    uint32_t kbps = 2000;
    for (int second = 0; second < 20; second++) {
        uint32_t passed = kbps < 500 ? kbps : 500;
        kbps = bandwidth_estimate(kbps, passed, (uint8_t)(256 * (kbps - passed) / kbps), &bounds);
    }
    CU_ASSERT(kbps >= 350 && kbps <= 600);
    uint32_t squeezed = kbps;
    for (int second = 0; second < 10; second++)
        kbps = bandwidth_estimate(kbps, kbps, 0, &bounds);
    CU_ASSERT(kbps >= squeezed * 2);
}

void bandwidth_suite(void)
{
    CU_pSuite suite = CU_add_suite("bandwidth: additive up, multiplicative down", NULL, NULL);
    CU_ADD_TEST(suite, each_second_moves_it_as_the_loss_says);
    CU_ADD_TEST(suite, it_settles_below_a_bottleneck_and_rises_again);
}
