// SPDX-License-Identifier: Apache-2.0
// 2 MiB pages for the time of a run: without them a large table costs address translations that a gateway in use does
// not pay.
#pragma once

// Asks the kernel for as many as the largest scenario takes. 0, or -ENOMEM: too few, those taken are given back.
int huge_pages_reserve(void);
// What was taken goes back to the kernel; it does so by itself when this process ends without a word.
void huge_pages_release(void);
