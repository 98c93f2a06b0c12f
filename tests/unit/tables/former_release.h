// SPDX-License-Identifier: Apache-2.0
// What stands in tests/vectors/segments-*.bin: written by write_segments.c in one release, read by
// former_release_test.c in the next one.
#pragma once

#include "segment.h"

#include <string.h>

static const struct tables_limits former_limits = {.workers = 1,
                                                   .shards = 1,
                                                   .ports_per_shard = 16,
                                                   .first_port = 16384,
                                                   .transports = 2,
                                                   .streams = 2,
                                                   .routes = 2,
                                                   .ring_slots = 4};

static inline struct transport_intent former_transport(uint32_t index)
{
    struct transport_intent intent = {.generation = 7 + index,
                                      .room = 42,
                                      .mode = TRANSPORT_ICE_LITE,
                                      .feedback = FEEDBACK_TRANSPORT_CC,
                                      .max_kbps = 3000,
                                      .consent_seconds = 30,
                                      .first_stream = {index, 9},
                                      .first_route = {index, 11},
                                      .local_ufrag = "naru",
                                      .local_pwd = "aaaabbbbccccddddeeeeffff",
                                      .remote_ufrag = "peer",
                                      .remote_pwd = "ffffeeeeddddccccbbbbaaaa",
                                      .cname = "c",
                                      .rtcp_ssrc = 0xabcdef01,
                                      .keys = {{.epoch = 1, .suite = 7}, {.epoch = 2, .suite = 8}}};
    memset(intent.keys[1].send_key, 0x5a, sizeof(intent.keys[1].send_key));
    memset(intent.keys[1].receive_salt, 0xa5, sizeof(intent.keys[1].receive_salt));
    return intent;
}

static inline struct stream_intent former_stream(uint32_t index)
{
    return (struct stream_intent){.generation = 9,
                                  .kind = MEDIA_VIDEO,
                                  .payload_count = 1,
                                  .transport = {index, 7 + index},
                                  .ssrc = 1000 + index,
                                  .mid = "video",
                                  .extension_ids = {[EXTENSION_MID] = 3},
                                  .payloads = {{.payload_type = 96, .rtx_payload_type = 97, .clock_rate = 90000}}};
}

static inline struct route_intent former_route(uint32_t index)
{
    return (struct route_intent){.generation = 11,
                                 .kind = MEDIA_VIDEO,
                                 .payload_count = 1,
                                 .from_stream = {index, 9},
                                 .to_transport = {1 - index, 8 - index},
                                 .ssrc = 2000 + index,
                                 .clock_rate = 90000,
                                 .payloads = {{96, 102}},
                                 .mid = "0",
                                 .rtx_payload_types = {103}};
}

#define FORMER_WINDOW 0x12345678U
#define FORMER_INDEX  0x700001234ULL
