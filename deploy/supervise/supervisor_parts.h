// SPDX-License-Identifier: Apache-2.0
// Inside of the supervisor: what its files share.
#pragma once

#include "program.h"
#include "supervisor.h"
#include "trial.h"

#define EXIT_REFUSED 1

enum { CONTROL, DATAPLANE, SCTP, PROGRAMS, MYSELF = PROGRAMS };
#define VITAL_PROGRAMS  SCTP // those before it: without them there is no gateway

#define REQUEST_CLIENTS 4

struct supervisor {
    const struct config *config;
    const struct supervisor_options *options;
    struct descriptor_store *store;
    struct run_directory directory;
    struct shared_memory memory;
    struct chronicle chronicle;
    struct program programs[PROGRAMS];
    char device_script[CONFIG_PATH_SIZE];
    int lifeline[2]; // read end, write end
    int signals;
    int listener, clients[REQUEST_CLIENTS];
    int askers[PROGRAMS]; // who waits for the end of an upgrade; -1: nobody
    struct trial trial;   // of a new program, one at a time
    unsigned on_trial;    // which, or MYSELF
    int trial_asker;
    uint64_t last_sign;
    bool told_ready;
    int exit_code; // -1: go on
};

// supervisor_loop.c: until exit_code is set; then both programs have ended.
void supervise(struct supervisor *supervisor);

// upgrade.c: requests of naru-ctl, on a socket in the run directory that root alone may use.
int upgrade_listen(struct supervisor *supervisor);
void upgrade_close(struct supervisor *supervisor);
void upgrade_accept(struct supervisor *supervisor);
void upgrade_serve(struct supervisor *supervisor, unsigned client);
// The new program that is on trial has ended: with the verdict the old one is replaced or left.
void upgrade_judge(struct supervisor *supervisor);
// A program that somebody waits for is ready, or has ended before it was.
void upgrade_finish(struct supervisor *supervisor, unsigned program);
// This process took over from one that was asked to upgrade itself.
void upgrade_resume(struct supervisor *supervisor);
