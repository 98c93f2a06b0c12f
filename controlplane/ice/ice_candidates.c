// SPDX-License-Identifier: Apache-2.0
#include "ice_candidates.h"

#include <arpa/inet.h>

#define HOST_PREFERENCE     126u // RFC 8445 5.1.2.2
#define TCP_HOST_PREFERENCE 90u  // below all of UDP's but relays
#define PASSIVE_PREFERENCE  4u   // RFC 6544 4.2, of three bits
#define RTP_COMPONENT       1u

static void add(struct ice_candidates *candidates, const struct config_address *address, uint16_t port, bool is_tcp)
{
    if (candidates->count == ICE_CANDIDATES_MAX)
        return;
    char *text = candidates->texts[candidates->count];
    if (!inet_ntop(address->family, &address->v4, text, INET6_ADDRSTRLEN))
        return;
    uint32_t type_preference = is_tcp ? TCP_HOST_PREFERENCE : HOST_PREFERENCE;
    uint32_t local_preference = (is_tcp ? (PASSIVE_PREFERENCE << 13) + 8191 : 65535) - candidates->count;
    candidates->list[candidates->count++] = (struct sdp_local_candidate){
        .address = text,
        .port = port,
        .is_tcp = is_tcp,
        .priority = type_preference << 24 | local_preference << 8 | (256 - RTP_COMPONENT),
    };
}

void ice_candidates_gather(const struct config *config, uint16_t udp_port, struct ice_candidates *ret_candidates)
{
    ret_candidates->count = 0;
    for (unsigned port = 0; port < config->port_count; port++) {
        const struct config_addresses *known =
            config->ports[port].advertise.count ? &config->ports[port].advertise : &config->ports[port].addresses;
        for (unsigned i = 0; i < known->count; i++)
            add(ret_candidates, &known->item[i], udp_port, false);
    }
    const struct config_addresses *known =
        config->ice.tcp_advertise.count ? &config->ice.tcp_advertise : &config->ice.tcp_listen;
    for (unsigned i = 0; i < known->count && config->ice.tcp_listen.count; i++)
        add(ret_candidates, &known->item[i], (uint16_t)config->ice.tcp_port, true);
}
