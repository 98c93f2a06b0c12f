// SPDX-License-Identifier: Apache-2.0
#include "forwarder.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>

#define BATCH  64
#define ROOM   2048
#define BUFFER (4 << 20)

static struct {
    uint8_t bytes[ROOM];
    struct sockaddr_in peer;
} packets[BATCH];
static struct mmsghdr messages[BATCH];
static struct iovec vectors[BATCH];

static void prepare(unsigned i)
{
    vectors[i] = (struct iovec){packets[i].bytes, ROOM};
    messages[i].msg_hdr = (struct msghdr){
        .msg_name = &packets[i].peer, .msg_namelen = sizeof(packets[i].peer), .msg_iov = &vectors[i], .msg_iovlen = 1};
}

static void turn_round(unsigned i)
{
    vectors[i].iov_len = messages[i].msg_len;
    packets[i].peer.sin_port = htons((uint16_t)(ntohs(packets[i].peer.sin_port) + FORWARDER_STEP));
}

static void forward(int fd)
{
    for (unsigned i = 0; i < BATCH; i++)
        prepare(i);
    int count = recvmmsg(fd, messages, BATCH, MSG_WAITFORONE, NULL);
    for (int i = 0; i < count; i++)
        turn_round((unsigned)i);
    for (int sent = 0; sent < count;) {
        int taken = sendmmsg(fd, messages + sent, (unsigned)(count - sent), 0);
        sent += taken > 0 ? taken : 1; // one that cannot be sent is lost, and counted by the generator
    }
}

int forwarder_run(const char *address, uint16_t port)
{
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(port)};
    int fd = socket(AF_INET, SOCK_DGRAM, 0), size = BUFFER;
    if (inet_pton(AF_INET, address, &own.sin_addr) != 1 || bind(fd, (struct sockaddr *)&own, sizeof(own)) ||
        setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size))) {
        perror("naru-peers: forwarder");
        return 1;
    }
    for (;;)
        forward(fd);
}
