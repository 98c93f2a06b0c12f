// SPDX-License-Identifier: Apache-2.0
// libwebsockets' log lines go to stderr at a bounded rate: peers cause some of them.
#pragma once

void log_filter_install(void);
