// SPDX-License-Identifier: Apache-2.0
// librte_graph, hidden: one graph of all nodes per worker.
#pragma once

#include "worker.h"

#include <stdio.h>

// 0 or -errno. The nodes are those that the program was linked with.
int graph_create(struct worker *worker);
void graph_destroy(struct worker *worker);

// The worker's own walk statistics into its state record.
void graph_publish(struct worker *worker);

// The picture of the nodes and edges, in dot's language.
int graph_print(FILE *out);
