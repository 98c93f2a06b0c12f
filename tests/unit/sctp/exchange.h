// SPDX-License-Identifier: Apache-2.0
// Two peers with data channels, both through one naru-sctp, in this process or (NARU_SCTP) as the real one: what it
// sends for the one is given to the other, so that SCTP talks to itself over a network that a test can make lossy.
#pragma once

#include "data_channels.h"
#include "service.h"

#include <sys/types.h>

struct exchange;

struct exchange_end {
    struct exchange *exchange;
    struct data_channels *channels;
    uint32_t transport;
    uint64_t messages, bytes, opened, announced, ended, lost, ups, restarts, downs, lows;
    uint64_t faults; // messages whose content is not what exchange_fill made of their size
    uint32_t last_announced;
    char reason[128];
    bool stalls; // consumes nothing
    bool echoes;
};

struct exchange {
    int fds[2];              // control's, the service's
    struct service *service; // NULL: a process has it
    pid_t process;
    bool is_met; // it has greeted
    struct exchange_end ends[2];
    uint32_t lose_every; // every n-th packet of data; 0: none
    uint32_t packets;
    bool is_deaf; // control reads nothing
};

void exchange_open(struct exchange *exchange);
void exchange_close(struct exchange *exchange);
void exchange_start(struct exchange *exchange);
// A new service in place of one that died: what it had is gone.
void exchange_restart(struct exchange *exchange);
// Until *counter has reached the value, at most 20 s. Whether it did.
bool exchange_until(struct exchange *exchange, const uint64_t *counter, uint64_t value);
void exchange_turn(struct exchange *exchange);
void exchange_fill(uint8_t *data, size_t size);
