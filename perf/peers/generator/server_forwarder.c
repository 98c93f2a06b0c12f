// SPDX-License-Identifier: Apache-2.0
// Packets come back as they went: one key for both ways.
#include "forwarder.h"
#include "server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define SERVER_PORT 9000
#define FIRST_PORT  20000
#define FIRST_SSRC  0x10000000u

static int open_flow(struct load *load, unsigned index, const struct server_options *options)
{
    struct flow *flow = &load->flows[index];
    struct receiver *receiver = &load->receivers[index];
    uint8_t master[LEG_MASTER_MAX];
    uint16_t port = (uint16_t)(FIRST_PORT + index);
    flow->from = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port)};
    flow->to = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(SERVER_PORT)};
    if (inet_pton(AF_INET, options->own, &flow->from.sin_addr) != 1 ||
        inet_pton(AF_INET, options->address, &flow->to.sin_addr) != 1)
        return -EINVAL;
    flow->ssrc = FIRST_SSRC + index;
    flow->payload_type = 96;
    leg_random_master(options->in, master);
    int error = leg_open(options->in, master, true, &flow->seal);
    if (!error)
        error = leg_open(options->in, master, false, &receiver->open);
    return error ? error
                 : load_socket(ntohl(flow->from.sin_addr.s_addr), (uint16_t)(port + FORWARDER_STEP), &receiver->fd);
}

static int forwarder_open(struct load *load, const struct server_options *options)
{
    int error = load->copies == 1 && load->flow_count <= FORWARDER_STEP ? 0 : -EINVAL;
    for (unsigned i = 0; i < load->flow_count && !error; i++)
        error = open_flow(load, i, options);
    if (error)
        fprintf(stderr, "naru-peers: forwarder: %s\n", strerror(-error));
    return error;
}

const struct server server_forwarder = {.name = "forwarder", .open = forwarder_open};
