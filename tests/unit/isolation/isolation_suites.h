// SPDX-License-Identifier: Apache-2.0
// One suite per file of this folder.
#pragma once

void identity_suite(void);
void standing_suite(void);
void syscall_filter_suite(void);
