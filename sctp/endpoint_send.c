// SPDX-License-Identifier: Apache-2.0
// Towards the peer. Messages are handed over whole: in usrsctp 0.9.5 a message that is handed over by parts (explicit
// EOR) blocks the others of its stream for good when the buffer is full in its middle.
#include "endpoint_parts.h"
#include "service.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void drop(struct endpoint *endpoint, struct message *message)
{
    if (!message)
        return;
    endpoint->taken += message->size;
    free(message);
}

void endpoint_drop_all(struct endpoint *endpoint)
{
    struct message *message;
    while ((message = TAILQ_FIRST(&endpoint->queue))) {
        TAILQ_REMOVE(&endpoint->queue, message, next);
        drop(endpoint, message);
    }
    drop(endpoint, endpoint->coming);
    endpoint->coming = NULL;
    endpoint->queued = 0;
}

static struct message *begin(const struct link_message *piece)
{
    struct message *message = malloc(sizeof(*message) + piece->size);
    if (message)
        *message = (struct message){.stream = piece->stream,
                                    .flags = piece->flags,
                                    .ppid = piece->ppid,
                                    .number = piece->number < UINT32_MAX ? (uint32_t)piece->number : UINT32_MAX,
                                    .room = piece->size};
    return message;
}

static struct message *grow(struct message *message, size_t room)
{
    if (room <= message->room)
        return message;
    room = room > 2 * message->room ? room : 2 * message->room;
    struct message *larger = realloc(message, sizeof(*message) + room);
    if (larger)
        larger->room = room;
    return larger;
}

static void take_piece(struct endpoint *endpoint, const struct link_message *piece)
{
    if (piece->flags & LINK_FIRST) {
        drop(endpoint, endpoint->coming); // its channel was closed in between
        endpoint->coming = begin(piece);
    }
    struct message *message = endpoint->coming;
    size_t size = message ? message->size + piece->size : SIZE_MAX;
    struct message *larger = size <= endpoint->setup.message_max ? grow(message, size) : NULL;
    if (!larger) {
        drop(endpoint, message);
        endpoint->coming = NULL;
        endpoint->taken += piece->size;
        return;
    }
    memcpy(larger->data + larger->size, piece->data, piece->size);
    larger->size = size;
    endpoint->coming = larger;
}

void endpoint_send(struct endpoint *endpoint, const struct link_message *piece)
{
    endpoint->said += piece->size;
    service_activate(endpoint);
    if (!endpoint->socket || endpoint->queued + piece->size > ENDPOINT_QUEUE_MAX) {
        endpoint->taken += piece->size;
        drop(endpoint, endpoint->coming); // or its next pieces would close up over the hole
        endpoint->coming = NULL;
        return;
    }
    take_piece(endpoint, piece);
    if (!(piece->flags & LINK_LAST) || !endpoint->coming)
        return;
    endpoint->coming->flags = piece->flags;
    TAILQ_INSERT_TAIL(&endpoint->queue, endpoint->coming, next);
    endpoint->queued += endpoint->coming->size;
    endpoint->coming = NULL;
}

static void set_reliability(const struct message *message, struct sctp_sendv_spa *information)
{
    if (!(message->flags & (LINK_BY_COUNT | LINK_BY_TIME)))
        return;
    information->sendv_flags |= SCTP_SEND_PRINFO_VALID;
    information->sendv_prinfo.pr_policy = message->flags & LINK_BY_COUNT ? SCTP_PR_SCTP_RTX : SCTP_PR_SCTP_TTL;
    information->sendv_prinfo.pr_value = message->number;
}

// 0; -EAGAIN: there is no room now; or what ends the message.
static int hand_over(struct endpoint *endpoint, const struct message *message)
{
    struct sctp_sendv_spa information = {
        .sendv_flags = SCTP_SEND_SNDINFO_VALID,
        .sendv_sndinfo = {.snd_sid = message->stream,
                          .snd_flags = message->flags & LINK_UNORDERED ? SCTP_UNORDERED : 0,
                          .snd_ppid = htonl(message->ppid)}};
    set_reliability(message, &information);
    ssize_t sent = usrsctp_sendv(endpoint->socket, message->data, message->size, NULL, 0, &information,
                                 sizeof(information), SCTP_SENDV_SPA, 0);
    if (sent >= 0)
        return 0;
    return errno == EWOULDBLOCK || errno == ENOBUFS ? -EAGAIN : -errno;
}

void endpoint_hand_over(struct endpoint *endpoint)
{
    struct message *message;
    while (endpoint->socket && (message = TAILQ_FIRST(&endpoint->queue))) {
        if (hand_over(endpoint, message) == -EAGAIN)
            return;
        TAILQ_REMOVE(&endpoint->queue, message, next);
        endpoint->queued -= message->size;
        drop(endpoint, message);
    }
}
