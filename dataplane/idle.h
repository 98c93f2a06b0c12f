// SPDX-License-Identifier: Apache-2.0
// `--idle adaptive`: a worker that finds nothing to do sleeps on its devices and its eventfd.
#pragma once

struct worker;

// Publishes that it sleeps, looks once more, and blocks until a packet, a message or the next timer.
void idle_sleep(struct worker *worker);
