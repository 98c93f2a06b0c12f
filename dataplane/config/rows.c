// SPDX-License-Identifier: Apache-2.0
// Every key there is: the file's parser, its checks, the defaults and the printed file all follow these two tables.
#include "row.h"
#include <string.h>

#define AT(member)      offsetof(struct config, member)
#define PORT_AT(member) offsetof(struct config_port, member)
#define WORDS(...)      ((const char *const[]){__VA_ARGS__, NULL})

// clang-format off: a table reads by columns
const struct config_row config_rows[] = {
    {"gateway", CONFIG_SECTION, .help = "The gateway as a whole."},
    {"gateway.name", CONFIG_TEXT, AT(gateway.name), 1, CONFIG_NAME_SIZE, .fallback = "naru",
     .help = "Its name in logs and metrics."},
    {"gateway.run-directory", CONFIG_PATHNAME, AT(gateway.run_directory), 1, CONFIG_PATH_SIZE, .fallback = "/run/naru",
     .help = "Where the programs meet: sockets and the supervisor's state. Nothing secret is written there."},
    {"gateway.workers", CONFIG_NUMBER, AT(gateway.workers), 1, CONFIG_WORKERS_MAX, .fallback = "1",
     .help = "Packet workers, one CPU each."},
    {"gateway.idle", CONFIG_WORD, AT(gateway.idle), .words = WORDS("spin", "adaptive"), .fallback = "adaptive",
     .help = "What a worker without packets does. spin polls on and needs a CPU of its own; adaptive sleeps after some "
             "empty polls and wakes up within about 0.2 ms."},
    {"gateway.log-level", CONFIG_WORD, AT(gateway.log_level), .words = WORDS("error", "warning", "info", "debug"),
     .fallback = "info", .help = "How much is logged."},

    {"processes", CONFIG_SECTION,
     .help = "Who the programs are once they are set up. Started as root, each becomes a user of its own without any "
             "capability, and makes few system calls; root stays with naru-supervise alone."},
    {"processes.control-user", CONFIG_TEXT, AT(gateway.control_user), 1, CONFIG_NAME_SIZE, .fallback = "naru-control",
     .help = "Of naru-control: a user, or a number. A name that this machine does not have stands for a number between "
             "61184 and 65519, the same at each start. root: it stays root."},
    {"processes.dataplane-user", CONFIG_TEXT, AT(gateway.dataplane_user), 1, CONFIG_NAME_SIZE,
     .fallback = "naru-dataplane", .help = "The same of naru-dataplane."},
    {"processes.sctp-user", CONFIG_TEXT, AT(gateway.sctp_user), 1, CONFIG_NAME_SIZE, .fallback = "naru-sctp",
     .help = "The same of naru-sctp."},

    {"memory", CONFIG_SECTION, .help = "Memory of the dataplane."},
    {"memory.huge-pages", CONFIG_WORD, AT(memory.huge_pages), .words = WORDS("auto", "required", "off"),
     .fallback = "auto",
     .help = "auto takes huge pages where the machine has some, and warns if it has none; required "
             "refuses to start without; off never takes them."},
    {"memory.heap-mb", CONFIG_NUMBER, AT(memory.heap_mb), 64, 1048576, .fallback = "256",
     .help = "Memory for packets, hash tables and keys, in MiB."},
    {"memory.packet-buffers", CONFIG_NUMBER, AT(memory.packet_buffers), 2048, 8388608, .fallback = "32768",
     .help = "Packets that may be held at once, about 2.3 KB each, out of heap-mb."},
    {"memory.history-mb", CONFIG_NUMBER, AT(memory.history_mb), 0, 65536, .fallback = "16",
     .help = "Video that each worker keeps so that it can be sent again (RTX), in MiB, out of heap-mb: at 2 Mbit/s a "
             "stream takes 1 MiB in 4 s. 0: retransmission is not offered."},

    {"limits", CONFIG_SECTION,
     .help = "What is refused beyond, so that a flood of sessions cannot exhaust the gateway."},
    {"limits.transports", CONFIG_NUMBER, AT(limits.transports), 2, 262144, .fallback = "4096",
     .help = "Sessions at once: each publisher and each viewer is one transport."},
    {"limits.streams", CONFIG_NUMBER, AT(limits.streams), 2, 1048576, .fallback = "8192",
     .help = "Incoming RTP streams at once."},
    {"limits.routes", CONFIG_NUMBER, AT(limits.routes), 2, 4194304, .fallback = "16384",
     .help = "Outgoing RTP streams at once: a viewer of audio and video needs two."},
    {"limits.rooms", CONFIG_NUMBER, AT(limits.rooms), 1, 262144, .fallback = "1024", .help = "Rooms at once."},
    {"limits.data-channel-peers", CONFIG_NUMBER, AT(limits.data_channel_peers), 1, 65536, .fallback = "1024",
     .help = "Peers with data channels at once, up to 1,024 channels each."},
    {"limits.data-channel-buffer-kb", CONFIG_NUMBER, AT(limits.data_channel_buffer_kb), 256, 65536, .fallback = "1024",
     .help = "What may wait to be sent to one such peer, in KiB, and what of its messages may wait for who reads them: "
             "beyond, sending is refused, and the peer has to wait."},
    {"limits.half-open-handshakes", CONFIG_NUMBER, AT(limits.half_open_handshakes), 1, 65536, .fallback = "256",
     .help = "DTLS handshakes under way at once."},
    {"limits.half-open-handshakes-per-source", CONFIG_NUMBER, AT(limits.half_open_per_source), 1, 65536,
     .fallback = "128",
     .help = "Of them, asked for over HTTP from one IPv4 address or one /64 of IPv6. A reverse proxy counts as one."},
    {"limits.setups-per-second", CONFIG_NUMBER, AT(limits.setups_per_second), 1, 100000, .fallback = "500",
     .help = "New sessions a second, on average; as many again may come at once."},
    {"limits.worker-load", CONFIG_NUMBER, AT(limits.worker_load), 1, 100, .fallback = "85",
     .help =
         "A worker that was busy for more than this share of the last second, in percent, gets no new sessions until "
         "the share is an eighth lower, so that the calls on it do not suffer: they go to another worker, or get 503. "
         "100: it always gets them."},
    {"limits.http-connections", CONFIG_NUMBER, AT(limits.http_connections), 1, 65536, .fallback = "256",
     .help = "HTTP connections at once."},
    {"limits.http-connections-per-source", CONFIG_NUMBER, AT(limits.http_connections_per_source), 1, 65536,
     .fallback = "128", .help = "Of them, from one IPv4 address or one /64 of IPv6. A reverse proxy counts as one."},
    {"limits.http-header-seconds", CONFIG_NUMBER, AT(limits.http_header_seconds), 1, 120, .fallback = "5",
     .help = "A connection whose request has not come by then, up to the end of its header, is closed."},
    {"limits.http-body-seconds", CONFIG_NUMBER, AT(limits.http_body_seconds), 1, 120, .fallback = "5",
     .help = "A request whose body has not come by then gets 408."},
    {"limits.tcp-connections", CONFIG_NUMBER, AT(limits.tcp_connections), 1, 65535, .fallback = "512",
     .help = "TCP connections of peers (ice.tcp-listen) at once, up to 80 KB each."},
    {"limits.tcp-connections-per-source", CONFIG_NUMBER, AT(limits.tcp_connections_per_source), 1, 65535,
     .fallback = "64", .help = "Of them, from one IPv4 address or one /64 of IPv6."},
    {"limits.tcp-check-seconds", CONFIG_NUMBER, AT(limits.tcp_check_seconds), 1, 120, .fallback = "10",
     .help = "A TCP connection on which no authenticated ICE check has come by then is closed."},
    {"limits.setup-seconds", CONFIG_NUMBER, AT(limits.setup_seconds), 5, 600, .fallback = "30",
     .help = "A session that has no media path by then is removed."},

    {"rooms", CONFIG_SECTION, .help = "Rooms."},
    {"rooms.viewers-per-shard", CONFIG_NUMBER, AT(rooms.viewers_per_shard), 1, 262144, .fallback = "1000",
     .help = "Viewers of a room on its publisher's worker. Those that come after them go to the worker with the least "
             "load, so that a room may be larger than one worker."},
    {"rooms.bridge-data-channels", CONFIG_BOOL, AT(rooms.bridge_data_channels), .fallback = "true",
     .help =
         "What a member of a room sends on a data channel goes to the channels of the same label of all others; who "
         "has none gets one. false: to nobody but those who read the member's events."},

    {"shards", CONFIG_SECTION,
     .help = "UDP ports. A room lives on one shard, unless it is large, and a shard owns a block of ports; workers "
             "share "
             "the shards. Open these ports in the firewall."},
    {"shards.count", CONFIG_POWER, AT(shards.count), 1, 256, .fallback = "64", .help = "Number of shards."},
    {"shards.ports-per-shard", CONFIG_POWER, AT(shards.ports_per_shard), 2, 16384, .fallback = "256",
     .help = "Ports in the block of one shard; the first is the one that browsers talk to."},
    {"shards.first-port", CONFIG_NUMBER, AT(shards.first_port), 1024, 65534, .fallback = "16384",
     .help =
         "First port of the first shard: a multiple of count times ports-per-shard, so that a NIC can match blocks by "
         "value and mask. The default ends below the kernel's ephemeral range (32768)."},

    {"ports", CONFIG_PORTS, .help = "Network devices that carry media, at most 8."},

    {"eal", CONFIG_SECTION, .help = "DPDK's environment layer."},
    {"eal.extra", CONFIG_TEXTS, AT(eal.extra), 0, CONFIG_STRINGS_MAX, .fallback = "",
     .help = "Further EAL arguments, after those that naru derives from this file."},
    {"lcores", CONFIG_NUMBERS, AT(lcores), 0, 1023, .fallback = "",
     .help = "CPUs of the workers, one for each, in order; empty: chosen at start."},

    {"http", CONFIG_SECTION, .help = "The HTTP server: WHIP, WHEP, REST, metrics, console."},
    {"http.listen", CONFIG_IP, AT(http.listen), .fallback = "127.0.0.1",
     .help = "Address to listen on. Other than a loopback address needs tokens or jwt-keys."},
    {"http.port", CONFIG_NUMBER, AT(http.port), 1, 65535, .fallback = "8080", .help = "TCP port to listen on."},
    {"http.tls", CONFIG_SECTION,
     .help = "HTTPS, if both files are named. Browsers give no camera to a page on plain "
             "HTTP, but for localhost."},
    {"http.tls.certificate", CONFIG_PATHNAME, AT(http.tls.certificate), 0, CONFIG_PATH_SIZE, .fallback = "",
     .help = "Certificate chain, PEM."},
    {"http.tls.key", CONFIG_PATHNAME, AT(http.tls.key), 0, CONFIG_PATH_SIZE, .fallback = "", .help = "Its key, PEM."},
    {"http.tokens", CONFIG_TEXTS, AT(http.tokens), 0, CONFIG_STRINGS_MAX, .fallback = "",
     .help = "Bearer tokens (RFC 6750), each of which opens everything. Without one every request is served."},
    {"http.jwt-keys", CONFIG_TEXTS, AT(http.jwt_keys), 0, CONFIG_STRINGS_MAX, .fallback = "",
     .help =
         "Keys of those who sign JSON Web Tokens (RFC 7519) for their users, each as ALGORITHM:FILE: HS256 and a "
         "secret of 32 bytes or more; ES256 or RS256 and a public key, PEM. A token has exp, permissions (a list of "
         "publish, subscribe, data, admin), and room, unless it is for all rooms."},
    {"http.names", CONFIG_TEXTS, AT(http.names), 0, CONFIG_STRINGS_MAX, .fallback = "",
     .help = "Names of this host by which it may be called, beside localhost and addresses; others get 421. Without "
             "tokens that keeps out pages of sites that lead their own name here; with tokens an empty list lets any "
             "name pass."},
    {"http.cors-origin", CONFIG_TEXT, AT(http.cors_origin), 0, CONFIG_STRING_SIZE, .fallback = "*",
     .help = "Origin of the pages that may publish, watch and open peer connections from a browser (WHIP, WHEP, what "
             "/v1/peers has for its callers); * is any, '' is none but naru's own. All else, as what operators look "
             "at, is open to naru's own pages alone."},

    {"webhooks", CONFIG_SECTION,
     .help = "Servers that are told the events of all peers by HTTP POST, those of /v1/events."},
    {"webhooks.urls", CONFIG_TEXTS, AT(webhooks.urls), 0, CONFIG_STRINGS_MAX, .fallback = "",
     .help =
         "http:// or https:// URLs. Each gets all events in order; what is not answered with 2xx is sent again after "
         "0.5 s, 1 s, 2 s and so on, up to 12 times within 15 minutes; up to 1000 events wait for that."},
    {"webhooks.secret-file", CONFIG_PATHNAME, AT(webhooks.secret_file), 0, CONFIG_PATH_SIZE, .fallback = "",
     .help = "File with a secret of 16 characters or more, which signs: naru-signature is t=SECONDS,v1=HEX, the "
             "HMAC-SHA256 of SECONDS, a dot and the body."},
    {"webhooks.events", CONFIG_TEXTS, AT(webhooks.events), 0, CONFIG_STRINGS_MAX, .fallback = "",
     .help = "Names of the events that are told, as connectionstatechange; empty: all."},
    {"webhooks.ca-file", CONFIG_PATHNAME, AT(webhooks.ca_file), 0, CONFIG_PATH_SIZE, .fallback = "",
     .help = "Certificates, PEM, that those of https servers must lead to; empty: the system's."},

    {"dtls", CONFIG_SECTION, .help = "DTLS-SRTP."},
    {"dtls.role", CONFIG_WORD, AT(dtls.role), .words = WORDS("auto", "active", "passive"), .fallback = "auto",
     .help =
         "Who sends the ClientHello where the offer leaves the choice (actpass): active is naru, passive is the peer; "
         "auto is passive."},
    {"dtls.srtp-suites", CONFIG_TEXTS, AT(dtls.srtp_suites), 1, CONFIG_STRINGS_MAX,
     .words = WORDS("AEAD_AES_128_GCM", "AEAD_AES_256_GCM", "AES_CM_128_HMAC_SHA1_80"),
     .fallback = "AEAD_AES_128_GCM AEAD_AES_256_GCM AES_CM_128_HMAC_SHA1_80",
     .help = "SRTP suites, the preferred first."},
    {"dtls.certificate", CONFIG_PATHNAME, AT(dtls.certificate), 0, CONFIG_PATH_SIZE, .fallback = "",
     .help = "Certificate, PEM; empty: one is made and kept in memory."},
    {"dtls.key", CONFIG_PATHNAME, AT(dtls.key), 0, CONFIG_PATH_SIZE, .fallback = "", .help = "Its key, PEM."},
    {"dtls.mtu", CONFIG_NUMBER, AT(dtls.mtu), 576, 1500, .fallback = "1200",
     .help = "Largest DTLS datagram, in bytes of UDP payload."},
    {"dtls.handshake-seconds", CONFIG_NUMBER, AT(dtls.handshake_seconds), 1, 120, .fallback = "10",
     .help = "A handshake that has not ended by then is given up."},

    {"ice", CONFIG_SECTION, .help = "ICE."},
    {"ice.lite", CONFIG_BOOL, AT(ice.lite), .fallback = "true",
     .help =
         "Answer connectivity checks only (RFC 8445 2.5): right for a gateway that its peers can reach. Otherwise naru "
         "sends checks of its own, as a full agent; to peers that are lite themselves it always does."},
    {"ice.consent-seconds", CONFIG_NUMBER, AT(ice.consent_seconds), 5, 600, .fallback = "30",
     .help = "A path on which the peer has shown no consent for that long gets no more media (RFC 7675)."},

    {"ice.tcp-listen", CONFIG_IPS, AT(ice.tcp_listen), 0, CONFIG_ADDRESSES_MAX, .fallback = "",
     .help = "Addresses of this host's kernel on which peers may connect by TCP (RFC 6544) where a network lets no UDP "
             "through; 0.0.0.0 and :: are all of a family. Empty: none. What comes by TCP passes through naru-control, "
             "and such peers reconnect when that was restarted."},
    {"ice.tcp-port", CONFIG_NUMBER, AT(ice.tcp_port), 1, 65535, .fallback = "443",
     .help = "TCP port of these addresses."},
    {"ice.tcp-advertise", CONFIG_IPS, AT(ice.tcp_advertise), 0, CONFIG_ADDRESSES_MAX, .fallback = "",
     .help = "Public addresses that stand in TCP candidates instead of those of tcp-listen."},

    {"whip", CONFIG_SECTION, .help = "Rooms over WHIP and WHEP."},
    {"whip.takeover", CONFIG_BOOL, AT(whip.takeover), .fallback = "false",
     .help = "Whether a second publisher of a room replaces the first; otherwise it gets 409."},
    {"whip.video-codecs", CONFIG_TEXTS, AT(whip.video_codecs), 0, CONFIG_STRINGS_MAX,
     .words = WORDS("VP8", "VP9", "H264", "AV1"), .fallback = "VP8 VP9 H264 AV1",
     .help = "Video codecs that a publisher may use, the preferred first."},
    {"whip.audio-codecs", CONFIG_TEXTS, AT(whip.audio_codecs), 0, CONFIG_STRINGS_MAX,
     .words = WORDS("opus", "PCMU", "PCMA"), .fallback = "opus PCMU PCMA",
     .help = "Audio codecs that a publisher may use, the preferred first."},

    {"bandwidth", CONFIG_SECTION,
     .help = "What a publisher may send, as naru's feedback tells it; video and audio together."},
    {"bandwidth.min-kbps", CONFIG_NUMBER, AT(bandwidth.min_kbps), 10, 1000000, .fallback = "100",
     .help = "Never asked for less, in kbit/s."},
    {"bandwidth.start-kbps", CONFIG_NUMBER, AT(bandwidth.start_kbps), 10, 1000000, .fallback = "1000",
     .help = "The estimate before anything was measured."},
    {"bandwidth.max-kbps", CONFIG_NUMBER, AT(bandwidth.max_kbps), 10, 1000000, .fallback = "4000",
     .help = "Never asked for more."},
    {"bandwidth.feedback", CONFIG_WORD, AT(bandwidth.feedback), .words = WORDS("auto", "transport-cc", "remb"),
     .fallback = "auto", .help = "Kind of feedback to offer; auto: transport-cc if the peer has it, else REMB."},
    {.path = NULL},
};

const struct config_row config_port_rows[] = {
    {"device", CONFIG_TEXT, PORT_AT(device), 1, CONFIG_STRING_SIZE, .fallback = "",
     .example = "net_af_xdp0,iface=naru1,busy_budget=0",
     .help = "DPDK device: a virtual one with its arguments, or a PCI address such as 0000:03:00.0."},
    {"addresses", CONFIG_PREFIXES, PORT_AT(addresses), 1, CONFIG_ADDRESSES_MAX, .fallback = "",
     .example = "10.7.0.2/24 fd07::2/64", .help = "The port's own addresses, each with its prefix length."},
    {"gateway", CONFIG_IP4, PORT_AT(gateway), .fallback = "", .example = "10.7.0.1", .help = "Next hop for IPv4."},
    {"gateway6", CONFIG_IP6, PORT_AT(gateway6), .fallback = "", .example = "fd07::1", .help = "Next hop for IPv6."},
    {"advertise", CONFIG_IPS, PORT_AT(advertise), 0, CONFIG_ADDRESSES_MAX, .fallback = "", .example = "203.0.113.7",
     .help = "Public addresses behind 1:1 NAT: stand in candidates instead of the port's own."},
    {"vlan", CONFIG_NUMBER, PORT_AT(vlan), 0, 4094, .fallback = "0", .help = "VLAN id; 0: untagged."},
    {"mtu", CONFIG_NUMBER, PORT_AT(mtu), 576, 9000, .fallback = "1500",
     .help = "Largest IP packet; at least 1280 with an IPv6 address."},
    {"queues", CONFIG_NUMBER, PORT_AT(queues), 1, CONFIG_WORKERS_MAX, .fallback = "1",
     .help = "Receive queues to use."},
    {"checksum", CONFIG_WORD, PORT_AT(checksum), .words = WORDS("auto", "software"), .fallback = "auto",
     .help = "auto leaves checksums to the device where it can; software never does."},
    {"trust-receive-checksum", CONFIG_BOOL, PORT_AT(trust_receive_checksum), .fallback = "false",
     .help =
         "Take UDP checksums of received packets as good. Needed where local senders leave them to the device (veth)."},
    {"reply-to-sender-mac", CONFIG_BOOL, PORT_AT(reply_to_sender_mac), .fallback = "false",
     .help = "Answer to the MAC address that the packet came from, without ARP: for an AF_XDP device shared with the "
             "kernel."},
    {.path = NULL},
};
// clang-format on

_Static_assert(sizeof config_rows / sizeof *config_rows <= CONFIG_ROWS_MAX, "struct config_lines holds every row");

const struct config_row *config_row_find(const struct config_row *rows, const char *path)
{
    for (; rows->path; rows++)
        if (!strcmp(rows->path, path))
            return rows;
    return NULL;
}
