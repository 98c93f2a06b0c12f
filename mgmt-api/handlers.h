// SPDX-License-Identifier: Apache-2.0
// What routes.c names: one pair of handlers for each resource (http/routes.h says how they are called).
#pragma once

#include "gateway_view.h"
#include "routes.h"

typedef bool route_begin(const struct http_service *service, struct http_request *request, struct gateway_request *ask,
                         struct http_response *response);
typedef void route_finish(const struct http_request *request, struct gateway_request *answer,
                          struct http_response *response);

route_begin snapshot_begin; // asks for a snapshot; what follows shows it
route_finish status_show, rooms_show, room_show, peers_show, peer_show, workers_show, worker_show, shards_show,
    shard_show, drops_show, metrics_show;

// operate.c: an order, then the snapshot of what became of it.
route_begin order_gateway, order_worker, order_shard, order_room;

route_begin whip_publish, whip_subscribe, whip_patch_publisher, whip_patch_viewer, whip_delete_publisher,
    whip_delete_viewer;
route_finish whip_created, whip_patched, whip_deleted;

// /v1/peers: peer_connection.c, peer_transceivers.c, peer_stats.c, events.c
route_begin connection_open, connection_close, connection_create_offer, connection_create_answer, connection_set_local,
    connection_set_remote, connection_add_candidate, connection_restart_ice, peer_look_begin, transceiver_add,
    transceiver_change, capabilities_begin, track_add, track_remove, events_of_peer, events_of_all;
route_finish connection_opened, connection_done, connection_described, configuration_show, transceivers_show,
    transceiver_added, transceiver_show, track_added, stats_show, events_show;

// peer_channels.c, peer_channel_send.c
route_begin channel_create, channel_list, channel_look, channel_change, channel_send, channel_delete;
route_finish channel_created, channels_show, channel_show, channel_sent;

route_begin health_alive, health_ready;
route_begin page_console, page_demo, page_openapi, page_console_file, page_demo_file;
