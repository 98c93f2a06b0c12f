// SPDX-License-Identifier: Apache-2.0
// Each test file registers one suite.
#pragma once

void histogram_suite(void);
void measure_suite(void);
void plot_suite(void);
void search_suite(void);
void zipf_suite(void);
