// SPDX-License-Identifier: Apache-2.0
// The configuration of all programs: one YAML file, read once at start, held in members of fixed size.
// What each key means, its bounds and its default stand in rows.c alone.
#pragma once

#include "config_http.h"
#include "config_types.h"
#include <stdio.h>

#define CONFIG_PATH "/etc/naru/naru.yaml"

// In gateway.run-directory: where naru-supervise takes requests of root, who is on this machine.
#define CONFIG_REQUEST_SOCKET "supervise.sock"

struct config {
    struct {
        char name[CONFIG_NAME_SIZE], control_user[CONFIG_NAME_SIZE], dataplane_user[CONFIG_NAME_SIZE],
            sctp_user[CONFIG_NAME_SIZE];
        char run_directory[CONFIG_PATH_SIZE];
        unsigned workers; // 1..CONFIG_WORKERS_MAX
        enum config_idle idle;
        enum config_log_level log_level;
    } gateway;
    struct {
        enum config_huge_pages huge_pages;
        unsigned heap_mb;        // EAL memory; what --no-huge passes to -m
        unsigned packet_buffers; // mbufs in the pool that receives
        unsigned history_mb;     // of each worker; 0: nothing is sent again
    } memory;
    struct {
        unsigned transports, streams, routes, rooms, data_channel_peers, data_channel_buffer_kb;
        unsigned half_open_handshakes, half_open_per_source; // DTLS handshakes under way at once
        unsigned worker_load;                                // percent; 100: no limit
        unsigned setups_per_second, http_connections, http_connections_per_source;
        unsigned http_header_seconds, http_body_seconds;
        unsigned tcp_connections, tcp_connections_per_source, tcp_check_seconds;
        unsigned setup_seconds; // a session that is not established by then is freed
    } limits;
    struct {
        unsigned viewers_per_shard; // of one room
        bool bridge_data_channels;
    } rooms;
    struct {
        unsigned count;           // a power of two
        unsigned ports_per_shard; // a power of two
        unsigned first_port;      // a multiple of ports_per_shard
    } shards;
    unsigned port_count; // may be 0: a program that needs a port says so itself
    struct config_port ports[CONFIG_PORTS_MAX];
    struct {
        struct config_strings extra; // arguments handed to rte_eal_init after naru's own
    } eal;
    struct config_numbers lcores; // CPUs of the workers, in order; empty: chosen at start
    struct config_http http;
    struct config_webhooks webhooks;
    struct {
        enum config_dtls_role role;
        struct config_strings srtp_suites;  // in order of preference, names of RFC 5764 and 7714 without "SRTP_"
        char certificate[CONFIG_PATH_SIZE]; // PEM; both empty: an ECDSA P-256 identity is made
        char key[CONFIG_PATH_SIZE];
        unsigned mtu, handshake_seconds;
    } dtls;
    struct {
        bool lite;
        unsigned consent_seconds;
        struct config_addresses tcp_listen; // none: no peer comes by TCP
        struct config_addresses tcp_advertise;
        unsigned tcp_port;
    } ice;
    struct {
        bool takeover;
        struct config_strings video_codecs; // SDP encoding names, in order of preference
        struct config_strings audio_codecs;
    } whip;
    struct {
        unsigned min_kbps, start_kbps, max_kbps;
        enum config_feedback feedback;
    } bandwidth;
};

struct config_error {
    char text[1024]; // "file:line: key: what is wrong; allowed: ...", ready to print, no newline
};

void config_defaults(struct config *config);

// Reads and checks the whole file over the defaults. 0, else -ENOENT, -EACCES... (cannot read) or -EINVAL (bad
// content): then *error is set, *config is not to be used, and the program exits 2.
int config_load(const char *path, struct config *config, struct config_error *error);

// The same from memory; name stands for the file in messages.
int config_parse(const char *name, const void *text, size_t size, struct config *config, struct config_error *error);

// Lines that a good file still deserves (each "naru: warning: ..."). Returns their number.
unsigned config_warn(const struct config *config, FILE *out);

// The default file with every key explained: what deploy/config/naru.yaml is and --print-config prints.
void config_print_commented(FILE *out);
