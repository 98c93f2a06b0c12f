// SPDX-License-Identifier: Apache-2.0
#include "sample_snapshot.h"
#include <stdlib.h>
#include <string.h>

static const struct gateway_count dropped[] = {
    {"srtp_unprotect_replayed", "A packet that came before.", 7},
    {"udp_classify_unknown", "The datagram is of no session.", 3},
    {"rtp_route_no_viewer", "Nobody watches.", 0},
};
static const struct gateway_count created[] = {{"fan_out_copies", "A copy for a viewer.", 500}};
static const struct gateway_count consumed[] = {{"stun_request", "A connectivity check, answered.", 90}};

static const char *const refusals[REFUSALS] = {"request",  "worker_load", "table_full", "rate",       "half_open",
                                               "draining", "not_ready",   "no_memory",  "quarantined"};

static struct gateway_count *copy(const struct gateway_count *counts, unsigned count)
{
    struct gateway_count *all = calloc(count, sizeof *all);
    memcpy(all, counts, count * sizeof *all);
    return all;
}

static void fill_worker(struct gateway_worker_view *worker, unsigned index)
{
    *worker = (struct gateway_worker_view){
        .index = index,
        .cpu = index + 2,
        .alive = index == 0,
        .epoch = 4,
        .load = 0.25,
        .is_overloaded = index == 0,
        .is_draining = index == 1,
        .received = 1000,
        .sent = 1390,
        .created_count = 1,
        .consumed_count = 1,
        .dropped_count = 3,
        .node_count = 1,
        .created = copy(created, 1),
        .consumed = copy(consumed, 1),
        .dropped = copy(dropped, 3),
        .nodes = calloc(1, sizeof *worker->nodes),
        .balance = 10,
    };
    worker->nodes[0] = (struct gateway_node_view){"stun_reply", 50, 90, 9000};
}

static void fill_session(struct gateway_session_view *session, bool is_publisher)
{
    *session = (struct gateway_session_view){
        .is_publisher = is_publisher, .state = is_publisher ? SESSION_CONNECTED : SESSION_FAILED, .stream_count = 1};
    strcpy(session->id, is_publisher ? "0123456789abcdef0123456789abcdef" : "fedcba9876543210fedcba9876543210");
    strcpy(session->room, "lobby");
    strcpy(session->remote_address, "[fd00::1]:5000");
    strcpy(session->suite, "AEAD_AES_128_GCM");
    strcpy(session->reason, is_publisher ? "" : "the certificate is not the one that was signalled");
    session->streams[0] = (struct gateway_stream_view){
        .mid = "0", .kind = "video", .codec = "VP8", .ssrc = 0xfeedbeef, .packets = 12345678901ULL, .kbps = 900};
}

struct gateway_snapshot *sample_snapshot(void)
{
    struct gateway_snapshot *snapshot = calloc(1, sizeof *snapshot);
    *snapshot = (struct gateway_snapshot){.version = "0.1.0",
                                          .name = "test \"gateway\"",
                                          .ready = true,
                                          .sessions_created = 5,
                                          .dtls_ignored = 2,
                                          .dtls_dropped = 11,
                                          .checks_withheld = 3,
                                          .sessions_failed = 1,
                                          .process_count = 2,
                                          .room_count = 1,
                                          .session_count = 2,
                                          .worker_count = 2,
                                          .shard_count = 2,
                                          .port_count = 1};
    snapshot->processes[0] = (struct gateway_process_view){"control", 100, 3, 5, 60000, true, 0, 0, "", 0, {0}};
    snapshot->processes[1] = (struct gateway_process_view){"dataplane",
                                                           101,
                                                           4,
                                                           5,
                                                           50000,
                                                           true,
                                                           2,
                                                           1,
                                                           "signal 9 (Killed)",
                                                           50100,
                                                           {true, 61200, "net_raw", true, true, 4096}};
    snapshot->rooms = calloc(1, sizeof *snapshot->rooms);
    snapshot->rooms[0] = (struct gateway_room_view){.name = "lobby", .viewers = 1, .has_publisher = true};
    snapshot->sessions = calloc(2, sizeof *snapshot->sessions);
    fill_session(&snapshot->sessions[0], true);
    fill_session(&snapshot->sessions[1], false);
    snapshot->workers = calloc(2, sizeof *snapshot->workers);
    fill_worker(&snapshot->workers[0], 0);
    fill_worker(&snapshot->workers[1], 1);
    for (unsigned i = 0; i < REFUSALS; i++)
        snapshot->refused[i] = (struct gateway_count){refusals[i], "", i == REFUSED_DRAINING ? 4 : 0};
    snapshot->shards = calloc(2, sizeof *snapshot->shards);
    snapshot->shards[0] = (struct gateway_shard_view){.worker = 1, .first_port = 16384, .ports = 256};
    snapshot->shards[1] = (struct gateway_shard_view){
        .index = 1, .rooms = 1, .sessions = 2, .first_port = 16640, .ports = 256, .is_draining = true};
    snapshot->ports = calloc(1, sizeof *snapshot->ports);
    snapshot->ports[0] = (struct gateway_port_view){
        .device = "net_af_xdp0,iface=\"x\\y\"", .mac = "02:00:00:00:00:01", .link_up = true, .received = 2000};
    return snapshot;
}

void gateway_snapshot_free(struct gateway_snapshot *snapshot)
{
    for (unsigned i = 0; i < snapshot->worker_count; i++) {
        free(snapshot->workers[i].created);
        free(snapshot->workers[i].consumed);
        free(snapshot->workers[i].dropped);
        free(snapshot->workers[i].nodes);
    }
    free(snapshot->rooms);
    free(snapshot->sessions);
    free(snapshot->workers);
    free(snapshot->shards);
    free(snapshot->ports);
    free(snapshot);
}
