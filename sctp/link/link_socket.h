// SPDX-License-Identifier: Apache-2.0
// The socket pair between naru-control and naru-sctp (SOCK_SEQPACKET, made by naru-supervise). It outlives either
// process, so what a dead one was sent is still there: LINK_HELLO tells it apart.
#pragma once

#include "link_message.h"

// Waits for nothing. 0; -EAGAIN: the other side does not read; -EMSGSIZE; or -errno.
int link_socket_send(int fd, const struct link_message *message);

// 1, and 0 when there is none. -EBADMSG: it was none, and is gone; or -errno, also at the end (-EPIPE). The message's
// data lie in the buffer.
int link_socket_receive(int fd, uint8_t buffer[LINK_MESSAGE_MAX], struct link_message *ret_message);
