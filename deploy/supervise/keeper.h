// SPDX-License-Identifier: Apache-2.0
// Where systemd does not: keeps the supervisor's descriptors, takes in its orphans, and starts it again. Speaks
// systemd's protocol toward it (NOTIFY_SOCKET with FDSTORE and WATCHDOG, LISTEN_FDS), and knows nothing of what it
// keeps.
#pragma once

// arguments: of the supervisor, NULL-terminated. SIGTERM, SIGINT and SIGHUP are handed on as SIGTERM; the supervisor's
// exit codes 0, 1 and 2 end the keeper too, once nothing is kept any more. Returns the exit code.
int keeper_run(const char *path, char *const *arguments);
