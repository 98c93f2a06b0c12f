// SPDX-License-Identifier: Apache-2.0
#include "data_link.h"

#include "link_socket.h"

#include <errno.h>

void data_link_open(struct data_link *link, int fd, uint64_t epoch)
{
    *link = (struct data_link){.fd = fd, .epoch = epoch, .hello_is_due = fd >= 0};
    data_link_go_on(link);
}

void data_link_go_on(struct data_link *link)
{
    const struct link_message hello = {.kind = LINK_HELLO, .number = link->epoch},
                              welcome = {.kind = LINK_WELCOME, .number = link->peer_epoch};
    link->is_full = false;
    if (link->hello_is_due)
        link->is_full = link->hello_is_due = link_socket_send(link->fd, &hello) != 0;
    if (link->welcome_is_due && !link->is_full)
        link->is_full = link->welcome_is_due = link_socket_send(link->fd, &welcome) != 0;
}

int data_link_say(struct data_link *link, const struct link_message *message)
{
    if (link->fd < 0)
        return -ENOTCONN;
    if (!link->is_welcome || link->welcome_is_due)
        return -EAGAIN;
    int error = link_socket_send(link->fd, message);
    link->is_full |= error == -EAGAIN;
    if (error && message->kind == LINK_PACKET)
        link->packets_lost++;
    return error;
}

// Whoever greets may have done so before: what counts is whether it is another one.
static enum data_link_news greeted(struct data_link *link, uint64_t epoch)
{
    bool is_new = epoch != link->peer_epoch;
    link->peer_epoch = epoch;
    link->welcome_is_due = true;
    data_link_go_on(link);
    return is_new && link->is_welcome ? DATA_LINK_RESTARTED : DATA_LINK_NOTHING;
}

enum data_link_news data_link_hear(struct data_link *link, uint8_t buffer[LINK_MESSAGE_MAX],
                                   struct link_message *ret_message)
{
    int got;
    while (link->fd >= 0 && (got = link_socket_receive(link->fd, buffer, ret_message))) {
        if (got == -EBADMSG)
            continue;
        if (got < 0)
            return DATA_LINK_NOTHING;
        if (ret_message->kind == LINK_HELLO) {
            if (greeted(link, ret_message->number) == DATA_LINK_RESTARTED)
                return DATA_LINK_RESTARTED;
        } else if (ret_message->kind == LINK_WELCOME) {
            if (ret_message->number != link->epoch || link->is_welcome)
                continue;
            link->is_welcome = true;
            return DATA_LINK_OPENED;
        } else if (link->is_welcome)
            return DATA_LINK_MESSAGE;
    }
    return DATA_LINK_NOTHING;
}
