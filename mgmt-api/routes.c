// SPDX-License-Identifier: Apache-2.0
// All that is served. openapi.yaml describes the same, and a test compares the two.
#include "handlers.h"

#define SDP     "application/sdp"
#define SDPFRAG "application/trickle-ice-sdpfrag"
#define PATCH   "application/merge-patch+json"

// clang-format off: a table reads by columns
const struct route routes[] = {
    // method     path                     token  body     asks                   shows
    {HTTP_POST, "/whip/{room}", true, SDP, whip_publish, whip_created},
    {HTTP_PATCH, "/whip/{room}/{id}", true, SDPFRAG, whip_patch_publisher, whip_patched},
    {HTTP_DELETE, "/whip/{room}/{id}", true, NULL, whip_delete_publisher, whip_deleted},
    {HTTP_POST, "/whep/{room}", true, SDP, whip_subscribe, whip_created},
    {HTTP_PATCH, "/whep/{room}/{id}", true, SDPFRAG, whip_patch_viewer, whip_patched},
    {HTTP_DELETE, "/whep/{room}/{id}", true, NULL, whip_delete_viewer, whip_deleted},

    {HTTP_GET, "/v1/status", true, NULL, snapshot_begin, status_show},
    {HTTP_PATCH, "/v1/status", true, PATCH, order_gateway, status_show},
    {HTTP_GET, "/v1/rooms", true, NULL, snapshot_begin, rooms_show},
    {HTTP_GET, "/v1/rooms/{room}", true, NULL, snapshot_begin, room_show},
    {HTTP_PATCH, "/v1/rooms/{room}", true, PATCH, order_room, room_show},
    {HTTP_GET, "/v1/peers", true, NULL, snapshot_begin, peers_show},
    {HTTP_GET, "/v1/peers/{id}", true, NULL, snapshot_begin, peer_show},
    {HTTP_GET, "/v1/workers", true, NULL, snapshot_begin, workers_show},
    {HTTP_GET, "/v1/workers/{worker}", true, NULL, snapshot_begin, worker_show},
    {HTTP_PATCH, "/v1/workers/{worker}", true, PATCH, order_worker, worker_show},
    {HTTP_GET, "/v1/shards", true, NULL, snapshot_begin, shards_show},
    {HTTP_GET, "/v1/shards/{shard}", true, NULL, snapshot_begin, shard_show},
    {HTTP_PATCH, "/v1/shards/{shard}", true, PATCH, order_shard, shard_show},
    {HTTP_GET, "/v1/drops", true, NULL, snapshot_begin, drops_show},
    {HTTP_GET, "/metrics", true, NULL, snapshot_begin, metrics_show},

    {HTTP_GET, "/healthz", false, NULL, health_alive, NULL},
    {HTTP_GET, "/readyz", false, NULL, health_ready, NULL},

    // Pages hold no secret: they read the token from their own URL and send it with each request.
    {HTTP_GET, "/", false, NULL, page_console, NULL},
    {HTTP_GET, "/console/{file}", false, NULL, page_console_file, NULL},
    {HTTP_GET, "/demo", false, NULL, page_demo, NULL},
    {HTTP_GET, "/demo/", false, NULL, page_demo, NULL},
    {HTTP_GET, "/demo/{file}", false, NULL, page_demo_file, NULL},
    {HTTP_GET, "/openapi.yaml", false, NULL, page_openapi, NULL},
    {.pattern = NULL},
};
// clang-format on
