// SPDX-License-Identifier: Apache-2.0
#include "session.h"

#include "arguments.h"
#include "crypto.h"
#include "huge_pages.h"
#include "oracle.h"
#include "peer.h"
#include "search.h"

#include <sched.h>
#include <signal.h>
#include <unistd.h>

#define READY_MS   10000
#define LINK_MS    5000
#define LET_GO_US  20000
#define PROVE_MS   20000
#define BURST      64
#define WARM_RATE  50000.0
#define TRIES      6
#define AWAY_US    300 // a gap that may have lost packets
#define KEPT_UP    0.97
#define RESOLUTION 0.03

int session_start_all(void)
{
    char server[GATEWAY_DEVICE_SIZE], client[GATEWAY_DEVICE_SIZE];
    cpu_set_t allowed;
    sched_getaffinity(0, sizeof(allowed), &allowed);
    if (CPU_COUNT(&allowed) < 2 || sysconf(_SC_NPROCESSORS_ONLN) < 2) {
        fprintf(stderr, "naru-perf: two processes need two CPUs\n");
        return -1;
    }
    if (crypto_start()) {
        fprintf(stderr, "naru-perf: ipsec-mb has no build for this processor\n");
        return -1;
    }
    (void)huge_pages_reserve(); // too few: slower, and the gateway says so
    gateway_devices(server, client);
    return peer_start(server);
}

void session_stop_all(void)
{
    peer_stop();
    huge_pages_release();
}

static int start_program(const struct session *session)
{
    int error = session->bare ? gateway_start_bare(session->bare) : gateway_start();
    if (!error)
        error = gateway_wait_ready(READY_MS);
    if (!error)
        error = peer_wait_link(true, LINK_MS);
    if (error)
        fprintf(stderr, "naru-perf: the process under test did not come up: %s\n", strerror(-error));
    return error;
}

static int open_peer(const struct session *session, struct traffic *traffic)
{
    int error = peer_open(&session->rooms, tables_port_state(gateway.tables, 0)->mac);
    if (!error && !session->bare && session->rooms.unproven) {
        error = peer_prove_paths(gateway.tables, PROVE_MS);
        if (error)
            fprintf(stderr, "naru-perf: not all checks were answered\n");
    }
    if (!error)
        error = traffic_open(&session->rooms, session->payload, session->order, BURST, traffic);
    traffic->live = true;
    traffic->audio_share = session->audio_share;
    traffic->gateway = peer.gateway;
    return error;
}

int session_open(const struct session *session, struct traffic *ret_traffic)
{
    const struct gateway_options options = {.transports = session->rooms.transports, .idle = session->idle};
    memset(ret_traffic, 0, sizeof(*ret_traffic));
    int error = gateway_open(&options);
    if (error)
        return -1;
    rooms_write(&session->rooms, gateway.tables, gateway.tables);
    error = start_program(session);
    if (!error)
        error = open_peer(session, ret_traffic);
    if (error)
        session_close(ret_traffic);
    return error ? -1 : 0;
}

void session_close(struct traffic *traffic)
{
    traffic_close(traffic);
    gateway_close();
    // DPDK's own thread takes the link apart when the other end is gone, and must not meet who stops or polls it.
    (void)peer_wait_link(false, LINK_MS);
    usleep(LET_GO_US);
    peer_close();
}

int session_warm_up(struct traffic *traffic)
{
    static struct load_result result;
    uint32_t sources = rooms_sources(traffic->rooms);
    enum traffic_order order = traffic->order;
    const struct load load = {.rate = WARM_RATE / rooms_copies(traffic->rooms),
                              .seconds = 1.5 * sources * rooms_copies(traffic->rooms) / WARM_RATE + 0.1};
    traffic->order = TRAFFIC_IN_TURN;
    oracle_look(ROOMS_PAYLOAD_TYPE);
    peer.look = true;
    int error = load_run(&load, traffic, &result);
    peer.look = false;
    traffic->order = order;
    return error ? -1 : oracle_verify(traffic);
}

struct trials {
    struct traffic *traffic;
    double seconds;
    unsigned done, repeated;
};

static bool was_away(const struct load_result *result)
{
    return result->mine.longest_us > AWAY_US || result->theirs.longest_us > AWAY_US;
}

static bool holds(void *context, double rate)
{
    static struct load_result result;
    struct trials *trials = context;
    const struct load load = {.rate = rate, .seconds = trials->seconds};
    char text[64];
    for (unsigned i = 0; i < TRIES; i++) {
        snprintf(text, sizeof(text), "%.0f packets/s", rate);
        trials->done++;
        arguments_progress(text, trials->done, trials->done);
        if (load_run(&load, trials->traffic, &result) || result.rate < KEPT_UP * rate)
            return false; // gone, or the peer cannot make so many
        if (load_lost(&result) == 0)
            return true;
        if (!was_away(&result))
            return false;
        trials->repeated++;
    }
    return false;
}

double session_highest_rate(struct traffic *traffic, double most, double seconds, unsigned *ret_repeated)
{
    struct trials trials = {.traffic = traffic, .seconds = seconds};
    const struct search search = {.high = most, .resolution = RESOLUTION, .holds = holds, .context = &trials};
    double rate = search_highest(&search);
    arguments_progress("", 0, 0);
    *ret_repeated = trials.repeated;
    return rate;
}
