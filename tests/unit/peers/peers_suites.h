// SPDX-License-Identifier: Apache-2.0
#pragma once

void bencode_suite(void);
void pace_suite(void);
void sdes_suite(void);
