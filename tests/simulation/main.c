// SPDX-License-Identifier: Apache-2.0
// naru-simulate: see --help.
#include "chance.h"
#include "control_process.h"
#include "dataplane_process.h"
#include "faults.h"
#include "machine.h"
#include "peer_openssl.h"
#include "peers.h"
#include "rules.h"
#include "simulation.h"

#include <stdio.h>

#define STEP_NS     MILLISECOND
#define LOOK_STEPS  100            // between two looks at naru-control's lists
#define ENDING_MOST (300 * SECOND) // consent, set-up and failed sessions are all over by then
#define SKIPPED     77

static void run_gateway(void)
{
    static struct datagram datagram;
    faults_supervise();
    if (dataplane_is_alive() && !dataplane_step())
        dataplane_die();
    if (control_is_alive() && !control_step())
        control_die();
    while (dataplane_is_alive() && dataplane_take(&datagram)) {
        rules_see_sent(&datagram);
        network_send(&datagram, false);
    }
}

static void step(bool with_faults)
{
    static struct datagram datagram;
    static uint64_t steps;
    simulation.now += STEP_NS;
    bool stands_still = simulation.now < simulation.paused_until;
    if (!stands_still)
        faults_step(with_faults);
    while (network_take(true, &datagram))
        dataplane_receive(&datagram);
    if (!stands_still)
        run_gateway();
    while (network_take(false, &datagram))
        peers_receive(&datagram);
    peers_step();
    if (steps++ % LOOK_STEPS == 0 && control_is_alive() && !stands_still)
        rules_check_control();
}

static bool is_over(void)
{
    const struct intents *intents = &control_shard.intents;
    return peers.gone == peers.count && control_is_alive() && dataplane_is_alive() && !control_shard.session_count &&
           !intents->departing && !intents->orphans;
}

static void run(void)
{
    uint64_t ends = simulation.now + simulation.options.seconds * SECOND;
    while (simulation.now < ends || simulation.now < simulation.paused_until)
        step(true);
    peers_send_home();
    for (uint64_t most = simulation.now + ENDING_MOST; simulation.now < most && !is_over();) {
        step(false);
        peers_send_home();
    }
    for (unsigned i = 0; i < 500; i++)
        step(false);
}

static void sum_up(void)
{
    unsigned answered = 0, connected = 0, unlucky = 0;
    uint64_t media = 0;
    for (unsigned i = 0; i < peers.count; i++) {
        answered += peers.list[i].id[0] != 0;
        connected += peers.list[i].is_known_connected;
        unlucky += peers.list[i].is_unlucky;
        media += peers.list[i].media_received;
    }
    printf("seed %lu: %u came, %u were answered, %u connected, %u too slow, %lu packets of media, faults %s: %u + %u "
           "kills, %u "
           "clock steps, %u pauses, %u moves, %.0f s, trace %016lx, %u rules broken\n",
           (unsigned long)simulation.options.seed, peers.count, answered, connected, unlucky, (unsigned long)media,
           options_faults_text(simulation.options.faults), fault_counts.control_kills, fault_counts.dataplane_kills,
           fault_counts.steps, fault_counts.pauses, fault_counts.moves, (double)simulation.now / (double)SECOND - 1000,
           (unsigned long)simulation.hash, simulation.broken);
}

int main(int argc, char **argv)
{
    int verdict = options_parse(argc, argv, &simulation.options);
    if (verdict)
        return verdict > 0 ? 0 : 2;
    chance_start(simulation.options.seed);
    if (srtp_init() != srtp_err_status_ok || machine_open() || dataplane_boot()) {
        fprintf(stderr, "skipped: DPDK or libsrtp2 does not start here\n");
        return SKIPPED;
    }
    peers_open();
    dataplane_start();
    control_start();
    faults_open();
    run();
    rules_check_empty();
    rules_check_luck();
    control_halt();
    sum_up();
    dataplane_halt();
    peers_close();
    peer_openssl_close();
    network_forget();
    rules_close();
    machine_close();
    srtp_shutdown();
    return simulation.broken ? 1 : 0;
}
