// SPDX-License-Identifier: Apache-2.0
// A real gateway for the time of a run, in network, mount and process namespaces of its own: nothing of it outlives the
// run, and the machine's network is never touched.
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#define STAGE_HTTP "http://127.0.0.1:8080"

struct stage {
    pid_t supervise, control, dataplane;
    char binaries[256]; // the build's directory
    int cpu_of_control, cpu_of_rest;
};

// Makes the namespaces and goes on in a process of them, which is their first: when it ends, all in it ends. Returns in
// that child with 0; in the caller with the child's exit code + 1; -1 after a line on stderr.
int stage_namespaces(void);

// Starts it with room for that many sessions, naru-control on one CPU, everything else on the other. 0, or -1 after a
// line on stderr.
int stage_start(unsigned sessions, struct stage *ret_stage);
void stage_stop(struct stage *stage);

// Pins the calling process.
void stage_pin(int cpu);

// RTP packets that the dataplane took as authentic, and those that failed authentication; -1 on failure.
int stage_rtp(long *ret_accepted, long *ret_refused);
// The device's driver, and the size of pages, for people.
const char *stage_describe(void);
