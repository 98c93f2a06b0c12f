// SPDX-License-Identifier: Apache-2.0
// Where new sessions go: by load, by number, and around what is being drained.
#include "controlplane_suites.h"
#include "test_gateway.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static void set_load(struct test_gateway *gateway, uint32_t worker, uint32_t thousandths)
{
    atomic_store(&tables_worker_state(&gateway->worker, worker)->load, thousandths);
}

static enum gateway_status drain(struct test_gateway *gateway, enum gateway_scope scope, unsigned index, bool draining)
{
    return test_gateway_order(
        gateway, (struct gateway_change){.scope = scope, .index = index, .sets_draining = true, .draining = draining},
        "");
}

// Four shards on two workers, by turns.
static void a_new_room_goes_where_there_is_most_to_spare(void)
{
    static const struct {
        uint32_t loads[2], sessions[4];
        uint32_t shard;
    } rows[] = {
        {{0, 0}, {0, 0, 0, 0}, 0},   {{0, 0}, {1, 0, 0, 0}, 1},     {{0, 0}, {1, 1, 0, 0}, 2},
        {{0, 0}, {1, 1, 1, 0}, 3},   {{400, 0}, {0, 5, 0, 4}, 3}, // worker 1, for all its sessions
        {{90, 0}, {1, 5, 0, 4}, 2},                               // alike: the number decides
        {{0, 840}, {9, 0, 8, 0}, 2}, {{849, 840}, {9, 1, 8, 0}, 3},
    };
    struct test_gateway gateway;
    enum gateway_refusal why;
    uint32_t shard;
    test_gateway_open(&gateway);
    for (unsigned row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
        for (uint32_t worker = 0; worker < 2; worker++)
            set_load(&gateway, worker, rows[row].loads[worker]);
        memcpy(gateway.control.placement.sessions, rows[row].sessions, sizeof(rows[row].sessions));
        CU_ASSERT_EQUAL_FATAL(placement_pick(&gateway.control, &shard, &why), 0);
        CU_ASSERT_EQUAL(shard, rows[row].shard);
    }
    memset(gateway.control.placement.sessions, 0, sizeof(gateway.control.placement.sessions));
    test_gateway_close(&gateway);
}

static void a_busy_worker_takes_none_until_it_is_an_eighth_below_the_limit(void)
{
    static const struct {
        uint32_t load;
        bool is_overloaded;
    } steps[] = {{0, false},  {849, false}, {850, true},  {1000, true},
                 {800, true}, {744, true},  {743, false}, {849, false}};
    struct test_gateway gateway;
    struct test_caller publisher, viewer;
    test_gateway_open(&gateway); // limits.worker-load is 85
    CU_ASSERT_TRUE_FATAL(test_caller_offer(&gateway, &publisher, true, "room", true));
    uint32_t worker = test_gateway_session(&gateway, publisher.id)->record.shard % TEST_WORKERS;
    for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        set_load(&gateway, worker, steps[i].load);
        CU_ASSERT_EQUAL(placement_is_overloaded(&gateway.control, worker), steps[i].is_overloaded);
    }
    set_load(&gateway, worker, 900);
    CU_ASSERT_TRUE(test_caller_offer(&gateway, &viewer, true, "elsewhere", true)); // the other worker has cycles
    CU_ASSERT_NOT_EQUAL(test_gateway_session(&gateway, viewer.id)->record.shard % TEST_WORKERS, worker);
    test_caller_close(&viewer);
    set_load(&gateway, 1 - worker, 900);
    CU_ASSERT_FALSE(test_caller_offer(&gateway, &viewer, false, "room", true));
    CU_ASSERT_EQUAL(gateway.request.status, GATEWAY_OVERLOADED);
    CU_ASSERT_EQUAL(gateway.request.retry_after, 5);
    CU_ASSERT_EQUAL(gateway.control.refused[REFUSED_WORKER_LOAD], 1);
    test_caller_close(&viewer);
    CU_ASSERT_FALSE(test_caller_offer(&gateway, &viewer, true, "nowhere", true));
    CU_ASSERT_EQUAL(gateway.control.refused[REFUSED_WORKER_LOAD], 2);
    test_caller_close(&viewer);
    set_load(&gateway, worker, 100);
    CU_ASSERT_TRUE(test_caller_offer(&gateway, &viewer, false, "room", true));
    test_caller_close(&viewer);
    test_caller_close(&publisher);
    test_gateway_close(&gateway);
}

static void what_is_being_set_up_counts_as_much_as_the_mean(void)
{
    struct test_gateway gateway;
    test_gateway_open(&gateway);
    gateway.control.placement.sessions[0] = 120;
    set_load(&gateway, 0, 600);
    CU_ASSERT_FALSE(placement_is_overloaded(&gateway.control, 0));
    gateway.control.placement.setups[0] = 20; // 100 take 0.6, these 0.12 more
    CU_ASSERT_FALSE(placement_is_overloaded(&gateway.control, 0));
    gateway.control.placement.setups[0] = 36;
    CU_ASSERT_TRUE(placement_is_overloaded(&gateway.control, 0));
    CU_ASSERT_EQUAL(placement_load_expected(&gateway.control, 0), 600 + 600 * 36 / 84);
    gateway.control.placement.sessions[0] = 64 + 1000; // half-open ones, of somebody who wants no media
    gateway.control.placement.setups[0] = 1000;
    set_load(&gateway, 0, 350);
    CU_ASSERT_FALSE(placement_is_overloaded(&gateway.control, 0));
    CU_ASSERT_EQUAL(placement_load_expected(&gateway.control, 0), 700);
    set_load(&gateway, 0, 600);
    CU_ASSERT_TRUE(placement_is_overloaded(&gateway.control, 0));
    gateway.control.placement.setups[0] = 36;
    gateway.control.placement.sessions[0] = 60; // too few to tell
    CU_ASSERT_FALSE(placement_is_overloaded(&gateway.control, 0));
    gateway.control.placement.sessions[0] = gateway.control.placement.setups[0] = 0;
    test_gateway_close(&gateway);
}

static void who_sets_up_many_and_completes_none_keeps_nobody_out(void)
{
    struct test_gateway gateway;
    struct test_caller callers[8];
    test_gateway_open(&gateway);
    for (unsigned i = 0; i < 8; i++)
        CU_ASSERT_TRUE_FATAL(test_caller_offer(&gateway, &callers[i], i == 0, "room", true));
    uint32_t shard = test_gateway_session(&gateway, callers[0].id)->record.shard, worker = shard % TEST_WORKERS;
    gateway.control.placement.sessions[shard] += 92;
    set_load(&gateway, worker, 800);
    CU_ASSERT_EQUAL(placement_load_expected(&gateway.control, worker), 869);
    CU_ASSERT_TRUE(placement_is_overloaded(&gateway.control, worker));
    gateway.now += PLACEMENT_EXPECTED - 1;
    control_tick(&gateway.control, gateway.now);
    CU_ASSERT_EQUAL(placement_load_expected(&gateway.control, worker), 869);
    gateway.now += 1;
    control_tick(&gateway.control, gateway.now);
    CU_ASSERT_EQUAL(placement_load_expected(&gateway.control, worker), 800); // long before they time out
    CU_ASSERT_EQUAL(gateway.control.setup_count, 8);
    CU_ASSERT_EQUAL(gateway.control.placement.setups[shard], 0);
    uint32_t failing = gateway.control.placement.failing;
    CU_ASSERT(failing > 200 && failing < 300);
    test_caller_connect(&gateway, &callers[0]); // one comes up after all
    CU_ASSERT(gateway.control.placement.failing < failing);
    CU_ASSERT_EQUAL(gateway.control.placement.setups[shard], 0);
    failing = gateway.control.placement.failing;
    test_gateway_delete(&gateway, callers[1].id, false); // of which the worst was thought
    CU_ASSERT_EQUAL(gateway.control.placement.failing, failing);
    gateway.control.placement.sessions[shard] -= 92;
    for (unsigned i = 0; i < 8; i++)
        test_caller_close(&callers[i]);
    test_gateway_close(&gateway);
}

static void set_ups_count_as_far_as_they_came_up_of_late(void)
{
    static const struct {
        unsigned failed, came_up;
        uint32_t least, most;
    } rows[] = {{0, 0, 800, 800}, {16, 0, 600, 680}, {300, 0, 400, 420}, {0, 300, 780, 800}, {4, 0, 700, 760}};
    struct test_gateway gateway;
    test_gateway_open(&gateway);
    gateway.control.placement.sessions[0] = 200;
    gateway.control.placement.setups[0] = 100;
    set_load(&gateway, 0, 400);
    for (unsigned row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
        for (unsigned i = 0; i < rows[row].failed; i++)
            placement_learn(&gateway.control, false);
        for (unsigned i = 0; i < rows[row].came_up; i++)
            placement_learn(&gateway.control, true);
        uint32_t load = placement_load_expected(&gateway.control, 0);
        CU_ASSERT(load >= rows[row].least && load <= rows[row].most);
    }
    gateway.control.placement.sessions[0] = gateway.control.placement.setups[0] = 0;
    test_gateway_close(&gateway);
}

static void viewers_of_a_busy_worker_go_to_another_one(void)
{
    struct test_gateway gateway;
    struct test_caller publisher, viewers[3];
    test_gateway_open(&gateway);
    CU_ASSERT_TRUE_FATAL(test_caller_offer(&gateway, &publisher, true, "room", true));
    uint32_t home = test_gateway_session(&gateway, publisher.id)->record.shard, worker = home % TEST_WORKERS;
    set_load(&gateway, worker, 900);
    CU_ASSERT_TRUE_FATAL(test_caller_offer(&gateway, &viewers[0], false, "room", true));
    CU_ASSERT_NOT_EQUAL(test_gateway_session(&gateway, viewers[0].id)->record.shard % TEST_WORKERS, worker);
    drain(&gateway, SCOPE_SHARD, home, true); // what is drained gets none in this way either
    CU_ASSERT_FALSE(test_caller_offer(&gateway, &viewers[1], false, "room", true));
    CU_ASSERT_EQUAL(gateway.request.refusal, REFUSED_DRAINING);
    test_caller_close(&viewers[1]);
    drain(&gateway, SCOPE_SHARD, home, false);
    drain(&gateway, SCOPE_WORKER, 1 - worker, true);
    CU_ASSERT_FALSE(test_caller_offer(&gateway, &viewers[1], false, "room", true));
    CU_ASSERT_EQUAL(gateway.request.refusal, REFUSED_WORKER_LOAD);
    test_caller_close(&viewers[1]);
    drain(&gateway, SCOPE_WORKER, 1 - worker, false);
    set_load(&gateway, worker, 100);
    CU_ASSERT_TRUE_FATAL(test_caller_offer(&gateway, &viewers[2], false, "room", true));
    CU_ASSERT_EQUAL(test_gateway_session(&gateway, viewers[2].id)->record.shard, home);
    test_caller_close(&publisher);
    test_caller_close(&viewers[0]);
    test_caller_close(&viewers[2]);
    test_gateway_close(&gateway);
}

// Of whom many ask again and again where none is taken.
static void who_is_refused_for_another_reason_takes_no_allowance(void)
{
    struct test_gateway gateway;
    struct test_caller caller, other;
    test_gateway_open(&gateway);
    CU_ASSERT_TRUE_FATAL(test_caller_offer(&gateway, &caller, true, "room", true));
    uint32_t worker = test_gateway_session(&gateway, caller.id)->record.shard % TEST_WORKERS;
    gateway.control.setup_allowance = 1;
    gateway.control.allowance_at = gateway.now;
    CU_ASSERT_FALSE(test_caller_offer(&gateway, &other, false, "nobody", true));
    CU_ASSERT_EQUAL(gateway.request.status, GATEWAY_NO_PUBLISHER);
    test_caller_close(&other);
    set_load(&gateway, worker, 900);
    set_load(&gateway, 1 - worker, 900);
    CU_ASSERT_FALSE(test_caller_offer(&gateway, &other, false, "room", true));
    CU_ASSERT_EQUAL(gateway.request.refusal, REFUSED_WORKER_LOAD);
    CU_ASSERT_PTR_NOT_NULL(strstr(gateway.request.detail, "at 90 percent"));
    test_caller_close(&other);
    CU_ASSERT_FALSE(test_caller_offer(&gateway, &other, true, "elsewhere", true));
    CU_ASSERT_EQUAL(gateway.request.refusal, REFUSED_WORKER_LOAD);
    test_caller_close(&other);
    set_load(&gateway, 0, 0);
    set_load(&gateway, 1, 0);
    test_gateway_order(&gateway, (struct gateway_change){.scope = SCOPE_ROOM, .sets_draining = true, .draining = true},
                       "room");
    CU_ASSERT_FALSE(test_caller_offer(&gateway, &other, false, "room", true));
    CU_ASSERT_EQUAL(gateway.request.refusal, REFUSED_DRAINING);
    test_caller_close(&other);
    CU_ASSERT_TRUE(test_caller_offer(&gateway, &other, true, "elsewhere", true));
    test_caller_close(&other);
    CU_ASSERT_FALSE(test_caller_offer(&gateway, &other, true, "third", true));
    CU_ASSERT_EQUAL(gateway.request.refusal, REFUSED_RATE);
    test_caller_close(&other);
    test_caller_close(&caller);
    test_gateway_close(&gateway);
}

static void a_dead_worker_shows_no_load(void)
{
    static const struct {
        uint64_t age;
        double load;
    } rows[] = {{0, 0.9}, {CONTROL_STALE_TIME, 0.9}, {CONTROL_STALE_TIME + 1000000, 0}};
    struct test_gateway gateway;
    test_gateway_open(&gateway);
    set_load(&gateway, 0, 900);
    CU_ASSERT_TRUE(placement_is_overloaded(&gateway.control, 0));
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        atomic_store(&tables_worker_state(&gateway.worker, 0)->heartbeat, gateway.now - rows[i].age);
        CU_ASSERT_EQUAL_FATAL(test_gateway_ask(&gateway, GATEWAY_SNAPSHOT, "", NULL), GATEWAY_OK);
        CU_ASSERT_DOUBLE_EQUAL(gateway.request.snapshot->workers[0].load, rows[i].load, 1e-9);
        CU_ASSERT_EQUAL(gateway.request.snapshot->workers[0].is_overloaded, rows[i].load > 0);
    }
    test_gateway_close(&gateway);
}

static void a_hundred_percent_is_no_limit(void)
{
    struct test_gateway gateway;
    test_gateway_open(&gateway);
    gateway.config->limits.worker_load = 100;
    set_load(&gateway, 0, 1000);
    CU_ASSERT_FALSE(placement_is_overloaded(&gateway.control, 0));
    test_gateway_close(&gateway);
}

// Whether a room and a viewer of room "old", which is on shard 0, are taken.
static void expect(struct test_gateway *gateway, bool room, bool viewer)
{
    struct test_caller caller;
    CU_ASSERT_EQUAL(test_caller_offer(gateway, &caller, true, "new", true), room);
    CU_ASSERT_EQUAL(gateway->request.status, room ? GATEWAY_OK : GATEWAY_OVERLOADED);
    if (room)
        test_gateway_delete(gateway, caller.id, true);
    else
        CU_ASSERT_EQUAL(gateway->request.retry_after, 10);
    test_caller_close(&caller);
    CU_ASSERT_EQUAL(test_caller_offer(gateway, &caller, false, "old", true), viewer);
    if (viewer)
        test_gateway_delete(gateway, caller.id, false);
    test_caller_close(&caller);
    test_gateway_settle(gateway);
}

static void what_is_drained_takes_nothing_new_and_keeps_what_it_has(void)
{
    struct test_gateway gateway;
    struct test_caller caller;
    test_gateway_open(&gateway);
    CU_ASSERT_TRUE_FATAL(test_caller_offer(&gateway, &caller, true, "old", true));
    test_caller_connect(&gateway, &caller);
    CU_ASSERT_EQUAL_FATAL(test_gateway_session(&gateway, caller.id)->record.shard, 0);
    expect(&gateway, true, true);
    CU_ASSERT_EQUAL(drain(&gateway, SCOPE_SHARD, 0, true), GATEWAY_OK);
    CU_ASSERT_TRUE(gateway.request.snapshot->shards[0].is_draining);
    test_gateway_restart(&gateway); // a successor keeps it
    expect(&gateway, true, false);
    drain(&gateway, SCOPE_SHARD, 0, false);
    expect(&gateway, true, true);
    CU_ASSERT_EQUAL(drain(&gateway, SCOPE_WORKER, 0, true), GATEWAY_OK);
    CU_ASSERT_TRUE(gateway.request.snapshot->workers[0].is_draining);
    test_gateway_restart(&gateway);
    expect(&gateway, true, false);
    drain(&gateway, SCOPE_WORKER, 1, true);
    expect(&gateway, false, false);
    drain(&gateway, SCOPE_WORKER, 0, false);
    expect(&gateway, true, true);
    drain(&gateway, SCOPE_WORKER, 1, false);
    CU_ASSERT_EQUAL(
        test_gateway_order(
            &gateway, (struct gateway_change){.scope = SCOPE_ROOM, .sets_draining = true, .draining = true}, "old"),
        GATEWAY_OK);
    CU_ASSERT_TRUE(gateway.request.snapshot->rooms[0].is_draining);
    test_gateway_restart(&gateway);
    expect(&gateway, true, false);
    test_gateway_order(&gateway, (struct gateway_change){.scope = SCOPE_ROOM, .sets_draining = true, .draining = false},
                       "old");
    expect(&gateway, true, true);
    CU_ASSERT_EQUAL(drain(&gateway, SCOPE_GATEWAY, 0, true), GATEWAY_OK);
    CU_ASSERT_TRUE(gateway.request.snapshot->draining);
    test_gateway_restart(&gateway);
    CU_ASSERT_EQUAL(control_readiness(&gateway.control, gateway.now), CONTROL_DRAINING);
    expect(&gateway, false, false);
    drain(&gateway, SCOPE_GATEWAY, 0, false);
    CU_ASSERT_EQUAL(control_readiness(&gateway.control, gateway.now), CONTROL_READY);
    expect(&gateway, true, true);
    CU_ASSERT_EQUAL(test_gateway_session(&gateway, caller.id)->state, SESSION_CONNECTED);
    test_caller_close(&caller);
    test_gateway_close(&gateway);
}

static enum gateway_status move(struct test_gateway *gateway, unsigned shard, unsigned worker)
{
    struct gateway_change change = {.scope = SCOPE_SHARD, .index = shard, .moves = true, .worker = worker};
    return test_gateway_order(gateway, change, "");
}

static void a_shard_moves_again_when_it_has_arrived(void)
{
    struct test_gateway gateway;
    test_gateway_open(&gateway);
    CU_ASSERT_EQUAL(move(&gateway, 0, TEST_WORKERS), GATEWAY_NOTHING_THERE);
    CU_ASSERT_EQUAL(move(&gateway, 4, 0), GATEWAY_NOTHING_THERE);
    CU_ASSERT_EQUAL(move(&gateway, 0, 0), GATEWAY_OK); // it is there
    CU_ASSERT_FALSE(gateway.request.snapshot->shards[0].is_moving);
    CU_ASSERT_EQUAL(move(&gateway, 0, 1), GATEWAY_OK);
    CU_ASSERT_EQUAL(gateway.request.snapshot->shards[0].worker, 1);
    CU_ASSERT_TRUE(gateway.request.snapshot->shards[0].is_moving);
    CU_ASSERT_EQUAL(move(&gateway, 0, 0), GATEWAY_BUSY);
    test_gateway_restart(&gateway);
    CU_ASSERT_EQUAL(move(&gateway, 0, 0), GATEWAY_BUSY);
    CU_ASSERT_EQUAL(drain(&gateway, SCOPE_SHARD, 0, true), GATEWAY_OK); // says nothing about where it is
    CU_ASSERT_TRUE(gateway.request.snapshot->shards[0].is_moving);
    atomic_store(&tables_worker_state(&gateway.worker, 1)->shards[0], 1);
    CU_ASSERT_EQUAL(move(&gateway, 0, 0), GATEWAY_OK);
    CU_ASSERT_EQUAL(gateway.control.intents.shards[0].moves, 2);
    test_gateway_close(&gateway);
}

static void what_is_not_there_cannot_be_drained(void)
{
    struct test_gateway gateway;
    test_gateway_open(&gateway);
    CU_ASSERT_EQUAL(drain(&gateway, SCOPE_SHARD, 4, true), GATEWAY_NOTHING_THERE);
    CU_ASSERT_EQUAL(drain(&gateway, SCOPE_WORKER, TEST_WORKERS, true), GATEWAY_NOTHING_THERE);
    CU_ASSERT_EQUAL(
        test_gateway_order(
            &gateway, (struct gateway_change){.scope = SCOPE_ROOM, .sets_draining = true, .draining = true}, "none"),
        GATEWAY_NOTHING_THERE);
    test_gateway_close(&gateway);
}

// The second of one room and those behind it; a room that is small stays together whatever the loads are.
static void viewers_of_a_large_room_go_to_the_other_worker(void)
{
    struct test_gateway gateway;
    struct test_caller publisher, viewers[4];
    char candidate[128];
    unsigned elsewhere = 0;
    test_gateway_open(&gateway);
    gateway.config->rooms.viewers_per_shard = 2;
    CU_ASSERT_TRUE_FATAL(test_caller_offer(&gateway, &publisher, true, "room", true));
    uint32_t home = test_gateway_session(&gateway, publisher.id)->record.shard;
    for (unsigned i = 0; i < 4; i++) {
        CU_ASSERT_TRUE_FATAL(test_caller_offer(&gateway, &viewers[i], false, "room", true));
        uint32_t shard = test_gateway_session(&gateway, viewers[i].id)->record.shard;
        test_sdp_get(gateway.request.sdp, "a=candidate:", candidate, sizeof(candidate));
        char port[32];
        snprintf(port, sizeof(port), " %u typ host", shard_ice_port(&gateway.control.tables.limits, shard));
        CU_ASSERT_PTR_NOT_NULL(strstr(candidate, port));
        CU_ASSERT(i >= 2 || shard == home);
        elsewhere += shard % TEST_WORKERS != home % TEST_WORKERS;
    }
    CU_ASSERT_EQUAL(elsewhere, 2);
    CU_ASSERT_EQUAL(rooms_find(&gateway.control.rooms, "room")->home_viewers, 2);
    CU_ASSERT_EQUAL(test_gateway_delete(&gateway, viewers[0].id, false), GATEWAY_OK);
    CU_ASSERT_EQUAL(rooms_find(&gateway.control.rooms, "room")->home_viewers, 1);
    CU_ASSERT_EQUAL(test_gateway_delete(&gateway, publisher.id, true), GATEWAY_OK);
    test_gateway_settle(&gateway);
    CU_ASSERT_EQUAL(gateway.control.session_count, 0);
    CU_ASSERT_EQUAL(gateway.control.intents.departing, 0);
    test_caller_close(&publisher);
    for (unsigned i = 0; i < 4; i++)
        test_caller_close(&viewers[i]);
    test_gateway_close(&gateway);
}

void placement_suite(void)
{
    CU_pSuite suite = CU_add_suite("placement", NULL, NULL);
    CU_add_test(suite, "a new room goes where there is most to spare", a_new_room_goes_where_there_is_most_to_spare);
    CU_add_test(suite, "a busy worker takes none until it is an eighth below the limit",
                a_busy_worker_takes_none_until_it_is_an_eighth_below_the_limit);
    CU_add_test(suite, "what is being set up counts as much as the mean",
                what_is_being_set_up_counts_as_much_as_the_mean);
    CU_add_test(suite, "who sets up many and completes none keeps nobody out",
                who_sets_up_many_and_completes_none_keeps_nobody_out);
    CU_add_test(suite, "set-ups count as far as they came up of late", set_ups_count_as_far_as_they_came_up_of_late);
    CU_add_test(suite, "viewers of a busy worker go to another one", viewers_of_a_busy_worker_go_to_another_one);
    CU_add_test(suite, "who is refused for another reason takes no allowance",
                who_is_refused_for_another_reason_takes_no_allowance);
    CU_add_test(suite, "a dead worker shows no load", a_dead_worker_shows_no_load);
    CU_add_test(suite, "a hundred percent is no limit", a_hundred_percent_is_no_limit);
    CU_add_test(suite, "what is drained takes nothing new and keeps what it has",
                what_is_drained_takes_nothing_new_and_keeps_what_it_has);
    CU_add_test(suite, "viewers of a large room go to the other worker",
                viewers_of_a_large_room_go_to_the_other_worker);
    CU_add_test(suite, "a shard moves again when it has arrived", a_shard_moves_again_when_it_has_arrived);
    CU_add_test(suite, "what is not there cannot be drained", what_is_not_there_cannot_be_drained);
}
