// SPDX-License-Identifier: Apache-2.0
// Where CPUID does not tell the frequency of the TSC, rte_eal_init sleeps 100 ms to measure it, and after a crash calls
// wait for that. What it measures is how long it really slept, and it rounds to 10 MHz: 10 ms do as well.
#pragma once

#include <stdbool.h>

// Between true and false, sleeps of this program take at most 10 ms. Only around rte_eal_init: nothing else may sleep.
void tsc_calibration_shorten(bool on);
