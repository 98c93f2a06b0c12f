// SPDX-License-Identifier: Apache-2.0
#include "ice_candidates.h"

#include <arpa/inet.h>

#define HOST_PREFERENCE 126u // RFC 8445 5.1.2.2
#define RTP_COMPONENT   1u

static void add(struct ice_candidates *candidates, const struct config_address *address, uint16_t udp_port)
{
    if (candidates->count == ICE_CANDIDATES_MAX)
        return;
    char *text = candidates->texts[candidates->count];
    if (!inet_ntop(address->family, &address->v4, text, INET6_ADDRSTRLEN))
        return;
    uint32_t local_preference = 65535 - candidates->count;
    candidates->list[candidates->count++] = (struct sdp_local_candidate){
        .address = text,
        .port = udp_port,
        .priority = HOST_PREFERENCE << 24 | local_preference << 8 | (256 - RTP_COMPONENT),
    };
}

void ice_candidates_gather(const struct config *config, uint16_t udp_port, struct ice_candidates *ret_candidates)
{
    ret_candidates->count = 0;
    for (unsigned port = 0; port < config->port_count; port++) {
        const struct config_addresses *known =
            config->ports[port].advertise.count ? &config->ports[port].advertise : &config->ports[port].addresses;
        for (unsigned i = 0; i < known->count; i++)
            add(ret_candidates, &known->item[i], udp_port);
    }
}
