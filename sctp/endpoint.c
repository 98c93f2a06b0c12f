// SPDX-License-Identifier: Apache-2.0
#include "endpoint_parts.h"
#include "service.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define INIT_ATTEMPTS   12 // of up to INIT_RTO_MS each
#define INIT_RTO_MS     4000
#define RTO_INITIAL_MS  500
#define RTO_MIN_MS      200
#define RTO_MAX_MS      10000
#define ASSOCIATION_RTX 12 // consent ends the session of a peer that is gone long before

// HAZARDS F23: what a peer of WebRTC needs nothing of is off. What it may hold of this process is bounded.
static void set_switches(void)
{
    usrsctp_sysctl_set_sctp_blackhole(2); // nothing is said to packets that belong to no association
    usrsctp_sysctl_set_sctp_auth_enable(0);
    usrsctp_sysctl_set_sctp_asconf_enable(0);
    usrsctp_sysctl_set_sctp_auto_asconf(0);
    usrsctp_sysctl_set_sctp_ecn_enable(0);
    usrsctp_sysctl_set_sctp_nrsack_enable(0);
    usrsctp_sysctl_set_sctp_pktdrop_enable(0);
    usrsctp_sysctl_set_sctp_pr_enable(1);
    usrsctp_sysctl_set_sctp_reconfig_enable(1);
    usrsctp_sysctl_set_sctp_mobility_base(0);
    usrsctp_sysctl_set_sctp_sendspace(ENDPOINT_BUFFER);
    usrsctp_sysctl_set_sctp_recvspace(ENDPOINT_BUFFER);
    usrsctp_sysctl_set_sctp_max_chunks_on_queue(4096);
    usrsctp_sysctl_set_sctp_nr_outgoing_streams_default(ENDPOINT_STREAMS);
    usrsctp_sysctl_set_sctp_nr_incoming_streams_default(ENDPOINT_STREAMS);
    usrsctp_sysctl_set_sctp_add_more_threshold(0);
    usrsctp_sysctl_set_sctp_vtag_time_wait(0);
}

void endpoint_start_library(int (*output)(void *, void *, size_t, uint8_t, uint8_t))
{
    usrsctp_init_nothreads(0, output, NULL);
    set_switches();
}

static struct sockaddr_conn address_of(const struct endpoint *endpoint, uint16_t port)
{
    return (struct sockaddr_conn){
        .sconn_family = AF_CONN, .sconn_port = htons(port), .sconn_addr = service_address(endpoint->handle)};
}

static int set_events(struct socket *socket)
{
    static const uint16_t events[] = {SCTP_ASSOC_CHANGE, SCTP_STREAM_RESET_EVENT, SCTP_SENDER_DRY_EVENT,
                                      SCTP_PARTIAL_DELIVERY_EVENT};
    int error = 0;
    for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
        struct sctp_event event = {.se_assoc_id = SCTP_FUTURE_ASSOC, .se_type = events[i], .se_on = 1};
        error |= usrsctp_setsockopt(socket, IPPROTO_SCTP, SCTP_EVENT, &event, sizeof(event));
    }
    return error;
}

static int set_option(struct socket *socket, int level, int name, const void *value, size_t size)
{
    return usrsctp_setsockopt(socket, level, name, value, (socklen_t)size);
}

static int set_options(const struct endpoint *endpoint, struct socket *socket)
{
    const int on = 1, buffer = ENDPOINT_BUFFER, partial = ENDPOINT_BUFFER / 2 + LINK_PIECE_MAX;
    const struct linger abort_on_close = {.l_onoff = 1, .l_linger = 0};
    const struct sctp_initmsg init = {endpoint->setup.streams, ENDPOINT_STREAMS, INIT_ATTEMPTS, INIT_RTO_MS};
    const struct sctp_rtoinfo rto = {.srto_initial = RTO_INITIAL_MS, .srto_max = RTO_MAX_MS, .srto_min = RTO_MIN_MS};
    const struct sctp_assocparams association = {.sasoc_asocmaxrxt = ASSOCIATION_RTX};
    const struct sctp_assoc_value resets = {.assoc_value = SCTP_ENABLE_RESET_STREAM_REQ};
    int error = set_option(socket, SOL_SOCKET, SO_LINGER, &abort_on_close, sizeof(abort_on_close));
    error |= set_option(socket, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof(buffer));
    error |= set_option(socket, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer));
    error |= set_option(socket, IPPROTO_SCTP, SCTP_NODELAY, &on, sizeof(on));
    error |= set_option(socket, IPPROTO_SCTP, SCTP_RECVRCVINFO, &on, sizeof(on));
    error |= set_option(socket, IPPROTO_SCTP, SCTP_INITMSG, &init, sizeof(init));
    error |= set_option(socket, IPPROTO_SCTP, SCTP_RTOINFO, &rto, sizeof(rto));
    error |= set_option(socket, IPPROTO_SCTP, SCTP_ASSOCINFO, &association, sizeof(association));
    error |= set_option(socket, IPPROTO_SCTP, SCTP_ENABLE_STREAM_RESET, &resets, sizeof(resets));
    error |= set_option(socket, IPPROTO_SCTP, SCTP_PARTIAL_DELIVERY_POINT, &partial, sizeof(partial));
    return error | set_events(socket) ? -EINVAL : 0;
}

// RFC 8831 5: no path MTU discovery below DTLS; the packets are small enough for any path.
static int set_path(const struct endpoint *endpoint, struct socket *socket)
{
    struct sctp_paddrparams path = {.spp_flags = SPP_PMTUD_DISABLE, .spp_pathmtu = endpoint->setup.packet_max};
    struct sockaddr_conn peer = address_of(endpoint, endpoint->setup.peer_port);
    memcpy(&path.spp_address, &peer, sizeof(peer));
    return set_option(socket, IPPROTO_SCTP, SCTP_PEER_ADDR_PARAMS, &path, sizeof(path)) ? -errno : 0;
}

static void wake(struct socket *socket, void *argument, int flags)
{
    (void)socket;
    (void)flags;
    service_activate(argument);
}

static int connect_socket(struct endpoint *endpoint, struct socket *socket)
{
    struct sockaddr_conn local = address_of(endpoint, endpoint->setup.local_port),
                         peer = address_of(endpoint, endpoint->setup.peer_port);
    if (usrsctp_set_non_blocking(socket, 1) || usrsctp_bind(socket, (struct sockaddr *)&local, sizeof(local)))
        return -errno;
    int error = set_options(endpoint, socket);
    if (error)
        return error;
    usrsctp_set_upcall(socket, wake, endpoint);
    if (usrsctp_connect(socket, (struct sockaddr *)&peer, sizeof(peer)) && errno != EINPROGRESS)
        return -errno;
    return set_path(endpoint, socket);
}

int endpoint_open(struct endpoint *endpoint)
{
    TAILQ_INIT(&endpoint->queue);
    usrsctp_register_address(service_address(endpoint->handle));
    struct socket *socket = usrsctp_socket(AF_CONN, SOCK_STREAM, IPPROTO_SCTP, NULL, NULL, 0, NULL);
    int error = socket ? connect_socket(endpoint, socket) : -errno;
    if (!error) {
        endpoint->socket = socket;
        return 0;
    }
    if (socket)
        usrsctp_close(socket);
    usrsctp_deregister_address(service_address(endpoint->handle));
    return error;
}

void endpoint_close(struct endpoint *endpoint, bool abort)
{
    endpoint->is_silent = !abort;
    if (endpoint->socket) {
        usrsctp_set_upcall(endpoint->socket, NULL, NULL);
        usrsctp_close(endpoint->socket); // with ABORT: it does not linger
    }
    endpoint->socket = NULL;
    endpoint->is_silent = true;
    usrsctp_deregister_address(service_address(endpoint->handle));
    endpoint_drop_all(endpoint);
}

void endpoint_down(struct endpoint *endpoint, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(endpoint->why, sizeof(endpoint->why), format, arguments);
    va_end(arguments);
    endpoint->is_up = false;
    endpoint_close(endpoint, false);
}

void endpoint_packet(struct endpoint *endpoint, const uint8_t *packet, size_t size)
{
    if (!endpoint->socket)
        return;
    usrsctp_conninput(service_address(endpoint->handle), packet, size, 0);
    service_activate(endpoint);
}

void endpoint_reset(struct endpoint *endpoint, const struct link_message *message)
{
    for (unsigned n = 0; n < message->size / 2; n++) {
        uint16_t stream = link_reset_stream(message, n);
        if (stream >= ENDPOINT_STREAMS || endpoint->resets[stream / 64] >> stream % 64 & 1)
            continue;
        endpoint->resets[stream / 64] |= 1ULL << stream % 64;
        endpoint->reset_count++;
    }
    service_activate(endpoint);
}

// RFC 6525 5.1.2: one request at a time, of as many streams as there are.
static void reset_streams(struct endpoint *endpoint)
{
    static _Alignas(8) uint8_t memory[sizeof(struct sctp_reset_streams) + 2 * ENDPOINT_STREAMS];
    struct sctp_reset_streams *request = (struct sctp_reset_streams *)memory;
    uint16_t count = 0;
    for (unsigned stream = 0; stream < ENDPOINT_STREAMS; stream++)
        if (endpoint->resets[stream / 64] >> stream % 64 & 1)
            request->srs_stream_list[count++] = (uint16_t)stream;
    request->srs_assoc_id = 0;
    request->srs_flags = SCTP_STREAM_RESET_OUTGOING;
    request->srs_number_streams = count;
    if (set_option(endpoint->socket, IPPROTO_SCTP, SCTP_RESET_STREAMS, request,
                   sizeof(*request) + sizeof(request->srs_stream_list[0]) * count))
        return; // EALREADY: another one is under way
    memset(endpoint->resets, 0, sizeof(endpoint->resets));
    endpoint->reset_count = 0;
}

static void tell(struct endpoint *endpoint)
{
    if (endpoint->taken &&
        !service_say(endpoint, &(struct link_message){.kind = LINK_TAKEN, .number = endpoint->taken}))
        endpoint->taken = 0;
    if (endpoint->is_dry && !service_say(endpoint, &(struct link_message){.kind = LINK_DRY, .number = endpoint->said}))
        endpoint->is_dry = false;
    const struct link_message down = {
        .kind = LINK_DOWN, .data = (const uint8_t *)endpoint->why, .size = strlen(endpoint->why)};
    if (endpoint->why[0] && !service_say(endpoint, &down))
        endpoint->why[0] = 0;
}

bool endpoint_work(struct endpoint *endpoint)
{
    bool more = false;
    if (endpoint->is_up)
        endpoint_hand_over(endpoint);
    if (endpoint->is_up && endpoint->reset_count && TAILQ_EMPTY(&endpoint->queue))
        reset_streams(endpoint);
    if (endpoint->socket)
        more = endpoint_read(endpoint);
    tell(endpoint);
    return more;
}
