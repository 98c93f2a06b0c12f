// SPDX-License-Identifier: Apache-2.0
// How many file descriptors the process may have, and how many connections that makes.
#pragma once

// Sets the limit of the process for so many HTTP connections, and returns how many of them fit: all, or fewer where the
// hard limit (ulimit -n) is low, which is said on stderr.
unsigned descriptors_prepare(unsigned connections);
