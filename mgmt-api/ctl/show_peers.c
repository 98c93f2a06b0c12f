// SPDX-License-Identifier: Apache-2.0
// Rooms and peers.
#include "format.h"
#include "show.h"
#include "table.h"

void show_rooms(const json_t *answer, FILE *out)
{
    static const struct table_column columns[] = {{"ROOM", false},  {"PUBLISHER", false}, {"VIEWERS", true},
                                                  {"WORKER", true}, {"SHARD", true},      {"NEW VIEWERS", false},
                                                  {"AGE", true},    {.title = NULL}};
    struct table *table = table_new(columns);
    size_t i;
    json_t *room;
    json_array_foreach(json_object_get(answer, "rooms"), i, room)
    {
        char age[FORMAT_SIZE];
        table_cell(table, "%s", text_of(room, "name"));
        table_cell(table, "%s", json_is_true(json_object_get(room, "has_publisher")) ? "live" : "none");
        table_cell(table, "%lld", number_of(room, "viewers"));
        table_cell(table, "%lld", number_of(room, "worker"));
        table_cell(table, "%lld", number_of(room, "shard"));
        table_cell(table, "%s", json_is_true(json_object_get(room, "draining")) ? "draining" : "yes");
        table_cell(table, "%s", duration_of(number_of(room, "age_ms"), age));
    }
    table_print(table, out, "no rooms");
}

// A line for each stream; what belongs to the peer stands on its first.
static void add_peer(struct table *table, const json_t *peer, const json_t *stream, bool is_first)
{
    char age[FORMAT_SIZE];
    table_cell(table, "%.8s", is_first ? text_of(peer, "id") : "");
    table_cell(table, "%s", is_first ? text_of(peer, "room") : "");
    table_cell(table, "%s", is_first ? text_of(peer, "role") : "");
    table_cell(table, "%s", is_first ? text_of(peer, "state") : "");
    table_cell(table, "%s", is_first ? text_of(peer, "remote_address") : "");
    table_cell(table, "%s", is_first ? text_of(peer, "srtp_suite") : "");
    table_cell(table, "%s", is_first ? duration_of(number_of(peer, "age_ms"), age) : "");
    table_cell(table, "%s", text_of(stream, "kind"));
    table_cell(table, "%s", text_of(stream, "codec"));
    static const char *const numbers[] = {"kbps", "packets", "lost", "jitter_ms", "rtt_ms"};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        if (stream)
            table_cell(table, "%lld", number_of(stream, numbers[i]));
        else
            table_cell(table, "-");
    }
    table_cell(table, "%s", is_first ? text_of(peer, "reason") : "");
}

void show_peers(const json_t *answer, FILE *out)
{
    static const struct table_column columns[] = {
        {"ID", false},    {"ROOM", false},   {"ROLE", false},   {"STATE", false}, {"REMOTE", false}, {"SUITE", false},
        {"AGE", true},    {"STREAM", false}, {"CODEC", false},  {"KBIT/S", true}, {"PACKETS", true}, {"LOST", true},
        {"JITTER", true}, {"RTT", true},     {"REASON", false}, {.title = NULL}};
    struct table *table = table_new(columns);
    size_t i, s;
    json_t *peer, *stream;
    json_array_foreach(json_object_get(answer, "peers"), i, peer)
    {
        const json_t *streams = json_object_get(peer, "streams");
        json_array_foreach(streams, s, stream)
        {
            add_peer(table, peer, stream, s == 0);
        }
        if (json_array_size(streams) == 0)
            add_peer(table, peer, NULL, true);
    }
    table_print(table, out, "no peers");
}
