// SPDX-License-Identifier: Apache-2.0
#include "link_socket.h"

#include <errno.h>
#include <sys/socket.h>

int link_socket_send(int fd, const struct link_message *message)
{
    uint8_t bytes[LINK_MESSAGE_MAX];
    int size = link_message_write(message, bytes, sizeof(bytes));
    if (size < 0)
        return size;
    ssize_t sent = send(fd, bytes, (size_t)size, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent >= 0)
        return 0;
    return errno == EWOULDBLOCK || errno == ENOBUFS || errno == ENOMEM ? -EAGAIN : -errno;
}

int link_socket_receive(int fd, uint8_t buffer[LINK_MESSAGE_MAX], struct link_message *ret_message)
{
    ssize_t size = recv(fd, buffer, LINK_MESSAGE_MAX, MSG_DONTWAIT | MSG_TRUNC);
    if (size < 0)
        return errno == EWOULDBLOCK || errno == EINTR ? 0 : -errno;
    if (size == 0)
        return -EPIPE;
    if (size > LINK_MESSAGE_MAX)
        return -EBADMSG;
    int error = link_message_parse(buffer, (size_t)size, ret_message);
    return error ? error : 1;
}
