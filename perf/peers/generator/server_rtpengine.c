// SPDX-License-Identifier: Apache-2.0
// rtpengine over its NG protocol: one call per flow, an offer and an answer with SDES keys of different suites. With
// equal suites it hands out the other side's keys and passes packets through untouched.
#include "bencode.h"
#include "sdes.h"
#include "server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MESSAGE_MAX 8192
#define SDP_MAX     2048
#define ANSWER_MS   2000
#define CALLER_PORT 20000 // two ports each: RTP, and RTCP above it
#define CALLEE_PORT 40000
#define FIRST_SSRC  0x20000000u

struct exchange {
    char reply[MESSAGE_MAX];
    const char *sdp; // in reply, NULL: none
    size_t sdp_size;
};

static unsigned generation; // how often all calls were made anew

static int open_control(const char *control)
{
    char host[64];
    unsigned port = 0;
    struct sockaddr_in address = {.sin_family = AF_INET};
    if (sscanf(control, "%63[^:]:%u", host, &port) != 2 || inet_pton(AF_INET, host, &address.sin_addr) != 1)
        return -EINVAL;
    address.sin_port = htons((uint16_t)port);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)))
        return -errno;
    return fd;
}

static int write_request(const char *cookie, const char *command, unsigned call, const char *sdp, char *ret_text)
{
    static const char *const demux[] = {"demux"};
    struct bencode_writer writer;
    char id[32];
    int used = snprintf(ret_text, MESSAGE_MAX, "%s ", cookie);
    snprintf(id, sizeof(id), "naru-%u", call);
    bencode_begin(&writer, ret_text + used, MESSAGE_MAX - (size_t)used);
    bencode_pair(&writer, "command", command);
    bencode_pair(&writer, "call-id", id);
    bencode_pair(&writer, "from-tag", "caller");
    if (strcmp(command, "answer") == 0)
        bencode_pair(&writer, "to-tag", "callee");
    if (sdp) {
        bencode_pair(&writer, "ICE", "remove");
        bencode_pair(&writer, "DTLS", "off");
        bencode_pair(&writer, "transport-protocol", "RTP/SAVP");
        bencode_list(&writer, "rtcp-mux", demux, 1);
        bencode_pair(&writer, "sdp", sdp);
    }
    int size = bencode_end(&writer);
    return size < 0 ? size : used + size;
}

static int judge(struct exchange *exchange, const char *cookie, size_t size)
{
    size_t skip = strlen(cookie) + 1, result_size;
    const char *result;
    if (size <= skip || bencode_find(exchange->reply + skip, size - skip, "result", &result, &result_size))
        return -EBADMSG;
    if (result_size == 2 && memcmp(result, "ok", 2) == 0) {
        int error = bencode_find(exchange->reply + skip, size - skip, "sdp", &exchange->sdp, &exchange->sdp_size);
        return error == -ENOENT ? 0 : error; // "delete" is answered without
    }
    fprintf(stderr, "naru-peers: rtpengine: %.*s\n", (int)(size - skip), exchange->reply + skip);
    return -EPROTO;
}

static int ask(int fd, const char *command, unsigned call, const char *sdp, struct exchange *ret_exchange)
{
    static unsigned asked;
    char request[MESSAGE_MAX], cookie[32];
    snprintf(cookie, sizeof(cookie), "%u", asked++); // a known cookie gets the old answer again
    ret_exchange->sdp = NULL;
    int size = write_request(cookie, command, call, sdp, request);
    if (size < 0)
        return size;
    if (send(fd, request, (size_t)size, 0) != size)
        return -errno;
    for (;;) {
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        if (poll(&ready, 1, ANSWER_MS) != 1)
            return -ETIMEDOUT;
        ssize_t length = recv(fd, ret_exchange->reply, sizeof(ret_exchange->reply) - 1, 0);
        if (length < 0)
            return -errno;
        ret_exchange->reply[length] = '\0';
        size_t digits = strlen(cookie);
        if (strncmp(ret_exchange->reply, cookie, digits) == 0 && ret_exchange->reply[digits] == ' ')
            return judge(ret_exchange, cookie, (size_t)length);
    }
}

// What rtpengine says to one side about the other: where to send, and under which key it sends itself.
static int converse(int fd, const char *command, unsigned call, const struct sdes_leg *own,
                    const struct leg_suite *suite, struct sdes_leg *ret_other)
{
    struct exchange exchange;
    char sdp[SDP_MAX];
    int error = sdes_write(own, sdp, sizeof(sdp));
    if (error >= 0)
        error = ask(fd, command, call, sdp, &exchange);
    if (error >= 0 && !exchange.sdp)
        error = -EBADMSG;
    return error < 0 ? error : sdes_read(exchange.sdp, exchange.sdp_size, suite, ret_other);
}

static int open_call(int fd, struct load *load, unsigned index, const struct server_options *options)
{
    struct flow *flow = &load->flows[index];
    struct receiver *receiver = &load->receivers[index];
    struct sdes_leg caller = {options->own, (uint16_t)(CALLER_PORT + 2 * index), options->in, 1, {0}};
    struct sdes_leg callee = {options->own, (uint16_t)(CALLEE_PORT + 2 * index), options->out, 1, {0}};
    struct sdes_leg to_callee, to_caller;
    leg_random_master(options->in, caller.master);
    leg_random_master(options->out, callee.master);
    unsigned call = generation * load->flow_count + index; // a deleted one's name would bring it back
    int error = converse(fd, "offer", call, &caller, options->out, &to_callee);
    if (error)
        return error;
    callee.tag = to_callee.tag;
    error = converse(fd, "answer", call, &callee, options->in, &to_caller);
    if (error)
        return error;
    flow->from = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(caller.port)};
    flow->to = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(to_caller.port)};
    inet_pton(AF_INET, options->own, &flow->from.sin_addr);
    inet_pton(AF_INET, options->address, &flow->to.sin_addr);
    flow->ssrc = FIRST_SSRC + index;
    flow->payload_type = 96;
    error = leg_open(options->in, caller.master, true, &flow->seal);
    if (!error)
        error = leg_open(options->out, to_callee.master, false, &receiver->open);
    return error ? error : load_socket(ntohl(flow->from.sin_addr.s_addr), callee.port, &receiver->fd);
}

static int close_call(int fd, struct load *load, unsigned index)
{
    struct exchange exchange;
    struct flow *flow = &load->flows[index];
    struct receiver *receiver = &load->receivers[index];
    int error = ask(fd, "delete", generation * load->flow_count + index, NULL, &exchange);
    close(receiver->fd);
    srtp_dealloc(receiver->open);
    srtp_dealloc(flow->seal);
    *receiver = (struct receiver){.fd = -1, .flow = index};
    *flow = (struct flow){0};
    return error;
}

static int rtpengine_open(struct load *load, const struct server_options *options)
{
    int fd = open_control(options->control), error = fd < 0 ? fd : 0;
    if (load->copies != 1 || options->in == options->out)
        error = -EINVAL;
    for (unsigned i = 0; i < load->flow_count && !error; i++)
        error = open_call(fd, load, i, options);
    if (error)
        fprintf(stderr, "naru-peers: rtpengine at %s: %s\n", options->control, strerror(-error));
    if (fd >= 0)
        close(fd);
    return error;
}

// It closes a port for good after a few bursts of more packets than it reads in one go.
static int rtpengine_renew(struct load *load, const struct server_options *options)
{
    int fd = open_control(options->control), error = fd < 0 ? fd : 0;
    for (unsigned i = 0; i < load->flow_count && !error; i++)
        error = close_call(fd, load, i);
    if (fd >= 0)
        close(fd);
    generation++;
    return error ? error : rtpengine_open(load, options);
}

const struct server server_rtpengine = {.name = "rtpengine", .open = rtpengine_open, .renew = rtpengine_renew};
