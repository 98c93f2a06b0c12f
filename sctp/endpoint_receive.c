// SPDX-License-Identifier: Apache-2.0
// From the peer: data and what usrsctp notes, in the order in which they came, as long as naru-control takes them.
// What it does not take stays with usrsctp, whose window then closes: the peer waits.
#include "endpoint_parts.h"
#include "service.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#define READS_A_TURN 64

// RFC 4960 3.3.10
static const char *cause_text(uint16_t cause)
{
    static const char *const texts[] = {[1] = "invalid stream identifier",
                                        [2] = "missing mandatory parameter",
                                        [3] = "stale cookie",
                                        [4] = "out of resource",
                                        [5] = "unresolvable address",
                                        [6] = "unrecognized chunk type",
                                        [7] = "invalid mandatory parameter",
                                        [8] = "unrecognized parameters",
                                        [9] = "no user data",
                                        [10] = "cookie received while shutting down",
                                        [11] = "restart with new addresses",
                                        [12] = "closed by its user",
                                        [13] = "protocol violation"};
    return cause < sizeof(texts) / sizeof(texts[0]) && texts[cause] ? texts[cause] : "no cause given";
}

static void association_changed(struct endpoint *endpoint, const struct sctp_assoc_change *change)
{
    uint16_t streams = change->sac_outbound_streams < change->sac_inbound_streams ? change->sac_outbound_streams
                                                                                  : change->sac_inbound_streams;
    struct link_message up = {.kind = LINK_UP, .number = streams};
    switch (change->sac_state) {
    case SCTP_RESTART:
        up.flags = LINK_RESTARTED; // fallthrough
    case SCTP_COMM_UP:
        endpoint->is_up = true;
        endpoint->is_inside = false;
        (void)service_say(endpoint, &up);
        break;
    case SCTP_COMM_LOST:
        endpoint_down(endpoint, "the SCTP association was aborted: %s", cause_text(change->sac_error));
        break;
    case SCTP_SHUTDOWN_COMP:
        endpoint_down(endpoint, "the peer shut the SCTP association down");
        break;
    case SCTP_CANT_STR_ASSOC:
        endpoint_down(endpoint, "the peer does not answer SCTP");
        break;
    default:
        break;
    }
}

static void streams_reset(struct endpoint *endpoint, const struct sctp_stream_reset_event *event)
{
    uint8_t bytes[2 * ENDPOINT_STREAMS], *at = bytes;
    size_t count = (event->strreset_length - sizeof(*event)) / sizeof(uint16_t);
    for (size_t i = 0; i < count && i < ENDPOINT_STREAMS; i++) {
        *at++ = (uint8_t)(event->strreset_stream_list[i] >> 8);
        *at++ = (uint8_t)event->strreset_stream_list[i];
    }
    struct link_message reset = {.kind = LINK_RESET, .data = bytes, .size = (size_t)(at - bytes)};
    if (event->strreset_flags & SCTP_STREAM_RESET_OUTGOING_SSN)
        reset.flags = LINK_OUTGOING;
    if (event->strreset_flags & (SCTP_STREAM_RESET_DENIED | SCTP_STREAM_RESET_FAILED))
        reset.flags |= LINK_FAILED;
    if (reset.size)
        (void)service_say(endpoint, &reset);
}

static void notification(struct endpoint *endpoint, const union sctp_notification *notification, size_t size)
{
    if (size < sizeof(notification->sn_header) || notification->sn_header.sn_length != size)
        return;
    switch (notification->sn_header.sn_type) {
    case SCTP_ASSOC_CHANGE:
        if (size >= sizeof(notification->sn_assoc_change))
            association_changed(endpoint, &notification->sn_assoc_change);
        break;
    case SCTP_STREAM_RESET_EVENT:
        if (size >= sizeof(notification->sn_strreset_event))
            streams_reset(endpoint, &notification->sn_strreset_event);
        break;
    case SCTP_SENDER_DRY_EVENT:
        endpoint->is_dry = TAILQ_EMPTY(&endpoint->queue) && !endpoint->coming;
        break;
    case SCTP_PARTIAL_DELIVERY_EVENT: // the rest of what was begun does not come
        endpoint->is_inside = false;
        break;
    default:
        break;
    }
}

static void deliver(struct endpoint *endpoint, const struct sctp_rcvinfo *information, const uint8_t *data, size_t size,
                    bool is_last)
{
    struct link_message piece = {.kind = LINK_DELIVERED,
                                 .stream = information->rcv_sid,
                                 .ppid = ntohl(information->rcv_ppid),
                                 .data = data,
                                 .size = size};
    piece.flags = (uint8_t)((endpoint->is_inside ? 0 : LINK_FIRST) | (is_last ? LINK_LAST : 0));
    endpoint->is_inside = !is_last;
    endpoint->credit -= (int64_t)size + LINK_PIECE_COST;
    (void)service_say(endpoint, &piece); // kept by the service if the link is full
}

// 1: something was read.
static int read_one(struct endpoint *endpoint)
{
    static _Alignas(8) uint8_t data[LINK_PIECE_MAX];
    struct sctp_rcvinfo information = {0};
    struct sockaddr_conn from;
    socklen_t from_size = sizeof(from), information_size = sizeof(information);
    unsigned kind = 0;
    int flags = 0;
    ssize_t size = usrsctp_recvv(endpoint->socket, data, sizeof(data), (struct sockaddr *)&from, &from_size,
                                 &information, &information_size, &kind, &flags);
    if (size > 0 && flags & MSG_NOTIFICATION)
        notification(endpoint, (const union sctp_notification *)data, (size_t)size);
    else if (size > 0)
        deliver(endpoint, &information, data, (size_t)size, flags & MSG_EOR);
    else if (size < 0 && errno != EWOULDBLOCK)
        endpoint_down(endpoint, "the SCTP association ended: %s", strerror(errno));
    else if (size == 0)
        endpoint_down(endpoint, "the peer shut the SCTP association down");
    return size > 0;
}

bool endpoint_read(struct endpoint *endpoint)
{
    for (unsigned i = 0; i < READS_A_TURN; i++) {
        if (!endpoint->socket || service_is_blocked(endpoint->service) || (endpoint->is_up && endpoint->credit <= 0))
            return false;
        if (!read_one(endpoint))
            return false;
    }
    return true;
}
