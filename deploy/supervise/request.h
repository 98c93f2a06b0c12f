// SPDX-License-Identifier: Apache-2.0
// What naru-ctl asks of the supervisor on CONFIG_REQUEST_SOCKET (SOCK_SEQPACKET), a message each: "status", "upgrade
// control". Answered by lines for people, the last of which begins with "done: " or "refused: "; then the connection is
// closed.
#pragma once

#include <stddef.h>

#define REQUEST_SIZE 64
#define ANSWER_SIZE  1024

enum request {
    REQUEST_STATUS,
    REQUEST_UPGRADE_CONTROL,
    REQUEST_UPGRADE_DATAPLANE,
    REQUEST_UPGRADE_SUPERVISE,
    REQUEST_UPGRADE_SCTP,
    REQUESTS
};

// 0, or -EBADMSG.
int request_parse(const char *text, size_t size, enum request *ret_request);
