// SPDX-License-Identifier: Apache-2.0
// One suite per file of this folder.
#pragma once

void bandwidth_suite(void);
void history_suite(void);
void missing_suite(void);
void retransmission_suite(void);
void twcc_suite(void);
