// SPDX-License-Identifier: Apache-2.0
// Asks naru-supervise, by its socket in the run directory.
#pragma once

// program: "supervise", "dataplane", "control", "sctp", or "all" of them in the order in which a later release reads
// what the former wrote. Prints what is answered. 0, or -1 when something was refused: then what followed was not asked
// for.
int supervise_upgrade(const char *run_directory, const char *program);

// Prints what it does with its programs: for when naru-control does not answer. 0, or -1: silently, if there is nobody.
int supervise_status(const char *run_directory);
