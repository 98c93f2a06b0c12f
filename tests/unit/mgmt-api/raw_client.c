// SPDX-License-Identifier: Apache-2.0
#include "raw_client.h"
#include "http_fixture.h"
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

int raw_connect(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)fixture_port())};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    close(fd);
    return -1;
}

void raw_send(int fd, const char *text)
{
    for (size_t left = strlen(text); left;) {
        ssize_t sent = send(fd, text, left, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        text += sent;
        left -= (size_t)sent;
    }
}

size_t raw_read(int fd, char *buffer, size_t size, unsigned seconds, int *ret_closed)
{
    size_t length = 0;
    time_t end = time(NULL) + seconds + 1;
    *ret_closed = 0;
    while (!*ret_closed && length + 1 < size && time(NULL) < end) {
        struct pollfd poll_fd = {fd, POLLIN, 0};
        if (poll(&poll_fd, 1, 100) <= 0)
            continue;
        ssize_t got = recv(fd, buffer + length, size - 1 - length, 0);
        *ret_closed = got <= 0;
        length += got > 0 ? (size_t)got : 0;
    }
    buffer[length] = '\0';
    return length;
}

unsigned raw_status(const char *text)
{
    char buffer[8192];
    unsigned status = 0;
    int closed, fd = raw_connect();
    raw_send(fd, text);
    raw_read(fd, buffer, sizeof buffer, 1, &closed);
    sscanf(buffer, "HTTP/1.%*u %u", &status);
    close(fd);
    return status;
}
