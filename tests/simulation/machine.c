// SPDX-License-Identifier: Apache-2.0
#include "machine.h"

#include "chance.h"
#include "simulation.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

struct machine machine;

static const struct tables_limits limits = {.workers = WORKERS,
                                            .shards = SHARDS,
                                            .ports_per_shard = 16,
                                            .first_port = 16384,
                                            .transports = 128,
                                            .streams = 128,
                                            .routes = 256,
                                            .ring_slots = 128};

static void configure(void)
{
    struct config *config = &machine.config;
    config_defaults(config);
    config->gateway.workers = WORKERS;
    config->memory.history_mb = 1;
    config->limits.transports = limits.transports;
    config->limits.streams = limits.streams;
    config->limits.routes = limits.routes;
    config->limits.rooms = 32;
    config->rooms.viewers_per_shard = (unsigned)chance_between(CHANCE_PEERS, 1, 6);
    config->whip.takeover = chance_of(CHANCE_PEERS, 500);
    config->port_count = 1;
    struct config_port *port = &config->ports[0];
    memset(config->ports, 0, sizeof(config->ports));
    snprintf(port->device, sizeof(port->device), "net_ring_port");
    port->addresses.count = 1;
    port->addresses.item[0] = (struct config_address){.family = AF_INET, .prefix = 24};
    inet_pton(AF_INET, "192.0.2.1", &port->addresses.item[0].v4);
    port->gateway.family = AF_INET;
    inet_pton(AF_INET, "192.0.2.254", &port->gateway.v4);
    port->mtu = 1500;
}

int machine_open(void)
{
    configure();
    for (int kind = 0; kind < SEGMENT_KINDS; kind++) {
        int error =
            segment_create((enum segment_kind)kind, &limits, false, &machine.writable[kind], &machine.read_only[kind]);
        if (error)
            return error;
    }
    machine.journal = memfd_create("journal", MFD_CLOEXEC);
    return machine.journal < 0 ? -errno : tables_attach(TABLES_SUPERVISE, machine.writable, &machine.supervise);
}

void machine_close(void)
{
    tables_detach(&machine.supervise);
    for (int kind = 0; kind < SEGMENT_KINDS; kind++) {
        close(machine.writable[kind]);
        close(machine.read_only[kind]);
    }
    close(machine.journal);
}

void machine_fds(enum tables_role role, int ret_fds[SEGMENT_KINDS])
{
    memcpy(ret_fds, machine.writable, sizeof(machine.writable));
    enum segment_kind foreign = role == TABLES_CONTROL ? SEGMENT_STATE : SEGMENT_INTENT;
    ret_fds[foreign] = machine.read_only[foreign];
}

uint64_t machine_next_epoch(enum tables_role role)
{
    enum segment_kind told = role == TABLES_CONTROL ? SEGMENT_STATE : SEGMENT_INTENT;
    atomic_store(&machine.supervise.segments[told]->reader_epoch, ++machine.epoch);
    return machine.epoch;
}
