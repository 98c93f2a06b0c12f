// SPDX-License-Identifier: Apache-2.0
// One line on stderr for each event. Not limited: what it tells happens at most a few times a second.
#pragma once

void notice_write(const char *format, ...) __attribute__((format(printf, 1, 2)));
