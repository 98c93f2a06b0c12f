// SPDX-License-Identifier: Apache-2.0
// One suite per file of this folder.
#pragma once

void dirty_suite(void);
void drop_reasons_suite(void);
void record_suite(void);
void rings_suite(void);
void segment_suite(void);
void segment_access_suite(void);
void ssrc_suite(void);
