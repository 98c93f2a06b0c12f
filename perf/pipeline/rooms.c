// SPDX-License-Identifier: Apache-2.0
#include "rooms.h"

#include <stdio.h>
#include <string.h>

#define GENERATION 1
#define CLOCK_RATE 90000

void rooms_peer(uint32_t transport, uint8_t ret_ip[4])
{
    ret_ip[0] = 10;
    ret_ip[1] = (uint8_t)(transport >> 16);
    ret_ip[2] = (uint8_t)(transport >> 8);
    ret_ip[3] = (uint8_t)transport;
}

// splitmix64: each transport's own, and the same whenever it is asked for.
static void fill(uint64_t seed, uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        uint64_t value = seed += 0x9e3779b97f4a7c15ULL;
        value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9ULL;
        value = (value ^ value >> 27) * 0x94d049bb133111ebULL;
        data[i] = (uint8_t)(value >> 56);
    }
}

static bool is_publisher(const struct rooms *rooms, uint32_t transport)
{
    return !rooms->viewers || transport % (rooms->viewers + 1) == 0;
}

void rooms_keys(const struct rooms *rooms, uint32_t transport, struct transport_keys *ret_keys)
{
    *ret_keys = (struct transport_keys){
        .epoch = 1, .suite = is_publisher(rooms, transport) ? rooms->suite : rooms_sent_suite(rooms)};
    uint64_t seed = (uint64_t)transport << 32;
    fill(seed, ret_keys->send_key, sizeof(ret_keys->send_key));
    fill(seed + 1, ret_keys->send_salt, sizeof(ret_keys->send_salt));
    fill(seed + 2, ret_keys->receive_key, sizeof(ret_keys->receive_key));
    fill(seed + 3, ret_keys->receive_salt, sizeof(ret_keys->receive_salt));
}

static bool is_viewer(const struct rooms *rooms, uint32_t transport)
{
    return !rooms->viewers || !is_publisher(rooms, transport);
}

static uint32_t publisher_of(const struct rooms *rooms, uint32_t transport)
{
    return rooms->viewers ? transport - transport % (rooms->viewers + 1) : transport ^ 1;
}

static void write_stream(const struct rooms *rooms, struct tables *control, uint32_t index)
{
    struct stream_intent intent = {
        .generation = GENERATION,
        .kind = MEDIA_VIDEO,
        .payload_count = 1,
        .nack = rooms->rtx,
        .transport = {index, GENERATION},
        .ssrc = rooms_ssrc(index),
        .mid = "0",
        .payloads = {{ROOMS_PAYLOAD_TYPE, rooms->rtx ? ROOMS_RTX_PAYLOAD_TYPE : 0xff, 0, CLOCK_RATE}}};
    intent.extension_ids[EXTENSION_MID] = ROOMS_EXTENSION_MID;
    intent.extension_ids[EXTENSION_ABS_SEND_TIME] = ROOMS_EXTENSION_SEND_TIME;
    intent.extension_ids[EXTENSION_TRANSPORT_CC] = ROOMS_EXTENSION_SEQUENCE;
    record_publish(&tables_stream(control, index)->head, &intent, sizeof(intent));
}

static void write_route(const struct rooms *rooms, struct tables *control, uint32_t index)
{
    struct route_intent intent = {.generation = GENERATION,
                                  .kind = MEDIA_VIDEO,
                                  .payload_count = 1,
                                  .from_stream = {publisher_of(rooms, index), GENERATION},
                                  .to_transport = {index, GENERATION},
                                  .ssrc = tables_issue_ssrc(control),
                                  .clock_rate = CLOCK_RATE,
                                  .payloads = {{ROOMS_PAYLOAD_TYPE, ROOMS_PAYLOAD_TYPE}},
                                  .mid = "0"};
    if (rooms->rtx) {
        intent.rtx_ssrc = tables_issue_ssrc(control);
        intent.rtx_payload_types[0] = ROOMS_RTX_PAYLOAD_TYPE;
    }
    intent.extension_ids[EXTENSION_MID] = ROOMS_EXTENSION_MID;
    intent.extension_ids[EXTENSION_ABS_SEND_TIME] = ROOMS_EXTENSION_SEND_TIME;
    record_publish(&tables_route(control, index)->head, &intent, sizeof(intent));
}

static void write_transport(const struct rooms *rooms, struct tables *control, uint32_t index)
{
    struct transport_intent intent = {.generation = GENERATION,
                                      .mode = TRANSPORT_ICE_LITE,
                                      .feedback = is_publisher(rooms, index) ? FEEDBACK_TRANSPORT_CC : FEEDBACK_NONE,
                                      .reduced_rtcp = 1,
                                      .consent_seconds = 86400,
                                      .local_pwd = ROOMS_LOCAL_PWD,
                                      .remote_ufrag = ROOMS_REMOTE_UFRAG,
                                      .remote_pwd = ROOMS_REMOTE_PWD,
                                      .cname = "naru-perf",
                                      .rtcp_ssrc = tables_issue_ssrc(control)};
    snprintf(intent.local_ufrag, sizeof(intent.local_ufrag), ROOMS_LOCAL_UFRAG, index);
    if (is_publisher(rooms, index))
        intent.first_stream = (struct record_link){index, GENERATION};
    if (is_viewer(rooms, index))
        intent.first_route = (struct record_link){index, GENERATION};
    rooms_keys(rooms, index, &intent.keys[0]);
    record_publish(&tables_transport(control, index)->head, &intent, sizeof(intent));
}

// As a restarted worker finds it: one address, nominated and proven.
static void write_path(struct tables *tables, uint32_t index)
{
    struct transport_state *state = tables_transport_state(tables, index);
    const uint8_t local[] = TESTBED_IP;
    uint8_t remote[4];
    rooms_peer(index, remote);
    struct transport_path path = {.generation = GENERATION};
    path.candidates[0] = (struct transport_candidate){
        .remote = transport_address_ipv4(remote, ROOMS_PEER_PORT),
        .local = transport_address_ipv4(local, TESTBED_PORT),
        .flags = CANDIDATE_CHECKED | CANDIDATE_NOMINATED | CANDIDATE_PROVEN,
    };
    record_publish(&state->path.head, &path, sizeof(path));
    atomic_store(&state->applied_generation, GENERATION);
}

void rooms_write(const struct rooms *rooms, struct tables *control, struct tables *state)
{
    const struct shard_intent shard = {.generation = GENERATION};
    record_publish(&tables_shard(control, 0)->head, &shard, sizeof(shard));
    for (uint32_t index = 0; index < rooms->transports; index++) {
        if (is_publisher(rooms, index))
            write_stream(rooms, control, index);
        if (is_viewer(rooms, index))
            write_route(rooms, control, index);
        if (!rooms->unproven)
            write_path(state, index);
        write_transport(rooms, control, index);
    }
}
