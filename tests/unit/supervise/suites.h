// SPDX-License-Identifier: Apache-2.0
#pragma once

void embedded_device_suite(void);
void restart_policy_suite(void);
void succession_suite(void);
void supervisor_suite(void);
void tcp_listeners_suite(void);
void threads_suite(void);
void trial_suite(void);
void upgrade_suite(void);
void watchdog_suite(void);
void chronicle_suite(void);
void messages_suite(void);
