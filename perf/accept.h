// SPDX-License-Identifier: Apache-2.0
// What naru-perf accept asks: one row per question in accept.c, each answered in a process of its own, so that DPDK can
// start anew in each and one that fails takes no other with it.
#pragma once

// Answers with values of ids that goals[] in accept.c names. 0, else -1 after a line on stderr.
struct accept_question {
    const char *name;
    int (*answer)(void);
};

// A value beside the goal of its id; it counts from then on, whatever becomes of the process. Of several for one id the
// one nearest to its goal, or farthest beyond, stands.
void accept_add(const char *id, double value);
// The same, where one id stands for several lines with a goal each.
void accept_add_with_goal(const char *id, double value, double goal);

int accept_srtp(void);
int accept_pipeline(void);
int accept_memif(void);
int accept_setup(void);
