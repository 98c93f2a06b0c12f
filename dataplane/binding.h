// SPDX-License-Identifier: Apache-2.0
// Which stream of a bundle an SSRC belongs to (RFC 8843 9.2): bound SSRCs first, then signalled ones, then MID and RID
// through an id on which all sections agree; for packets without one, a payload type that only one section has.
#pragma once

#include "worker.h"

// NULL: not bound.
static inline struct ssrc_entry *binding_find(struct transport_entry *transport, uint32_t ssrc)
{
    for (unsigned i = 0; i < transport->ssrc_count; i++)
        if (transport_ssrc(transport, i)->ssrc == ssrc)
            return transport_ssrc(transport, i);
    return NULL;
}

// The stream that an unbound SSRC seems to belong to, PACKET_NONE: none. The packet is not authenticated yet.
uint32_t binding_guess(struct worker *worker, const struct transport_entry *transport, const uint8_t *data,
                       const struct rtp_header *header);

// After its tag verified. NULL: the stream has no place left for another SSRC.
struct ssrc_entry *binding_add(struct worker *worker, struct transport_entry *transport, uint32_t stream,
                               uint32_t ssrc);
