// SPDX-License-Identifier: Apache-2.0
// All that is served. openapi.yaml describes the same, and a test compares the two.
#include "handlers.h"

#define SDP     "application/sdp"
#define SDPFRAG "application/trickle-ice-sdpfrag"
#define PATCH   "application/merge-patch+json"
#define JSON    "application/json"
#define MESSAGE "text/plain, application/octet-stream, application/json"

// clang-format off: a table reads by columns
const struct route routes[] = {
    // method     path                     needs          origins  body     asks                   shows
    {HTTP_POST, "/whip/{room}", PERMIT_PUBLISH, true, SDP, whip_publish, whip_created},
    {HTTP_PATCH, "/whip/{room}/{id}", PERMIT_PUBLISH, true, SDPFRAG, whip_patch_publisher, whip_patched},
    {HTTP_DELETE, "/whip/{room}/{id}", PERMIT_PUBLISH, true, NULL, whip_delete_publisher, whip_deleted},
    {HTTP_POST, "/whep/{room}", PERMIT_SUBSCRIBE, true, SDP, whip_subscribe, whip_created},
    {HTTP_PATCH, "/whep/{room}/{id}", PERMIT_SUBSCRIBE, true, SDPFRAG, whip_patch_viewer, whip_patched},
    {HTTP_DELETE, "/whep/{room}/{id}", PERMIT_SUBSCRIBE, true, NULL, whip_delete_viewer, whip_deleted},

    {HTTP_GET, "/v1/status", PERMIT_ADMIN, false, NULL, snapshot_begin, status_show},
    {HTTP_PATCH, "/v1/status", PERMIT_ADMIN, false, PATCH, order_gateway, status_show},
    {HTTP_GET, "/v1/rooms", PERMIT_ADMIN, false, NULL, snapshot_begin, rooms_show},
    {HTTP_GET, "/v1/rooms/{room}", PERMIT_ADMIN, false, NULL, snapshot_begin, room_show},
    {HTTP_PATCH, "/v1/rooms/{room}", PERMIT_ADMIN, false, PATCH, order_room, room_show},
    {HTTP_GET, "/v1/peers", PERMIT_ADMIN, false, NULL, snapshot_begin, peers_show},
    {HTTP_GET, "/v1/peers/{id}", PERMIT_ADMIN, false, NULL, snapshot_begin, peer_show},
    {HTTP_POST, "/v1/peers", PERMIT_MEMBER, true, JSON, connection_open, connection_opened},
    {HTTP_DELETE, "/v1/peers/{id}", PERMIT_MEMBER, true, NULL, connection_close, connection_done},
    {HTTP_GET, "/v1/peers/{id}/configuration", PERMIT_MEMBER, true, NULL, peer_look_begin, configuration_show},
    {HTTP_POST, "/v1/peers/{id}/offer", PERMIT_MEMBER, true, NULL, connection_create_offer, connection_described},
    {HTTP_POST, "/v1/peers/{id}/answer", PERMIT_MEMBER, true, NULL, connection_create_answer, connection_described},
    {HTTP_PUT, "/v1/peers/{id}/local-description", PERMIT_MEMBER, true, JSON, connection_set_local,
     connection_described},
    {HTTP_PUT, "/v1/peers/{id}/remote-description", PERMIT_MEMBER, true, JSON, connection_set_remote, connection_done},
    {HTTP_POST, "/v1/peers/{id}/candidates", PERMIT_MEMBER, true, JSON, connection_add_candidate, connection_done},
    {HTTP_POST, "/v1/peers/{id}/restart-ice", PERMIT_MEMBER, true, NULL, connection_restart_ice, connection_done},
    {HTTP_GET, "/v1/peers/{id}/transceivers", PERMIT_MEMBER, true, NULL, peer_look_begin, transceivers_show},
    {HTTP_POST, "/v1/peers/{id}/transceivers", PERMIT_MEMBER, true, JSON, transceiver_add, transceiver_added},
    {HTTP_PATCH, "/v1/peers/{id}/transceivers/{mid}", PERMIT_MEMBER, true, PATCH, transceiver_change, transceiver_show},
    {HTTP_GET, "/v1/capabilities", PERMIT_MEMBER, true, NULL, capabilities_begin, NULL},
    {HTTP_POST, "/v1/peers/{id}/tracks", PERMIT_MEMBER, true, JSON, track_add, track_added},
    {HTTP_DELETE, "/v1/peers/{id}/tracks/{track}", PERMIT_MEMBER, true, NULL, track_remove, connection_done},
    {HTTP_GET, "/v1/peers/{id}/datachannels", PERMIT_MEMBER, true, NULL, channel_list, channels_show},
    {HTTP_POST, "/v1/peers/{id}/datachannels", PERMIT_MEMBER, true, JSON, channel_create, channel_created},
    {HTTP_GET, "/v1/peers/{id}/datachannels/{number}", PERMIT_MEMBER, true, NULL, channel_look, channel_show},
    {HTTP_PATCH, "/v1/peers/{id}/datachannels/{number}", PERMIT_MEMBER, true, PATCH, channel_change, channel_show},
    {HTTP_DELETE, "/v1/peers/{id}/datachannels/{number}", PERMIT_MEMBER, true, NULL, channel_delete, connection_done},
    {HTTP_POST, "/v1/peers/{id}/datachannels/{number}/send", PERMIT_MEMBER, true, MESSAGE, channel_send, channel_sent},
    {HTTP_POST, "/v1/peers/{id}/datachannels/{number}/close", PERMIT_MEMBER, true, NULL, channel_delete,
     connection_done},
    {HTTP_GET, "/v1/peers/{id}/stats", PERMIT_MEMBER, true, NULL, peer_look_begin, stats_show},
    {HTTP_GET, "/v1/peers/{id}/events", PERMIT_MEMBER, true, NULL, events_of_peer, events_show},
    {HTTP_GET, "/v1/events", PERMIT_ADMIN, false, NULL, events_of_all, events_show},
    {HTTP_GET, "/v1/workers", PERMIT_ADMIN, false, NULL, snapshot_begin, workers_show},
    {HTTP_GET, "/v1/workers/{worker}", PERMIT_ADMIN, false, NULL, snapshot_begin, worker_show},
    {HTTP_PATCH, "/v1/workers/{worker}", PERMIT_ADMIN, false, PATCH, order_worker, worker_show},
    {HTTP_GET, "/v1/shards", PERMIT_ADMIN, false, NULL, snapshot_begin, shards_show},
    {HTTP_GET, "/v1/shards/{shard}", PERMIT_ADMIN, false, NULL, snapshot_begin, shard_show},
    {HTTP_PATCH, "/v1/shards/{shard}", PERMIT_ADMIN, false, PATCH, order_shard, shard_show},
    {HTTP_GET, "/v1/drops", PERMIT_ADMIN, false, NULL, snapshot_begin, drops_show},
    {HTTP_GET, "/metrics", PERMIT_ADMIN, false, NULL, snapshot_begin, metrics_show},

    {HTTP_GET, "/healthz", PERMIT_NONE, false, NULL, health_alive, NULL},
    {HTTP_GET, "/readyz", PERMIT_NONE, false, NULL, health_ready, NULL},

    // Pages hold no secret: they read the token from their own URL and send it with each request.
    {HTTP_GET, "/", PERMIT_NONE, false, NULL, page_console, NULL},
    {HTTP_GET, "/console/{file}", PERMIT_NONE, false, NULL, page_console_file, NULL},
    {HTTP_GET, "/demo", PERMIT_NONE, false, NULL, page_demo, NULL},
    {HTTP_GET, "/demo/", PERMIT_NONE, false, NULL, page_demo, NULL},
    {HTTP_GET, "/demo/{file}", PERMIT_NONE, false, NULL, page_demo_file, NULL},
    {HTTP_GET, "/openapi.yaml", PERMIT_NONE, false, NULL, page_openapi, NULL},
    {.pattern = NULL},
};
// clang-format on
