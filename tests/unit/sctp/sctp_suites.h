// SPDX-License-Identifier: Apache-2.0
#pragma once

void link_message_suite(void);
void service_suite(void);
