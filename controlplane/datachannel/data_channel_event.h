// SPDX-License-Identifier: Apache-2.0
// What data channels tell whoever uses them.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum data_channel_event_kind {
    DATA_ASSOCIATION_UP,        // also after a restart of naru-sctp
    DATA_ASSOCIATION_RESTARTS,  // naru-sctp died: channels stay, and go on when the association is up again
    DATA_ASSOCIATION_LOST,      // reason; all channels were closed before
    DATA_CHANNEL_ANNOUNCED,     // by the peer ("datachannel"); it is open
    DATA_CHANNEL_OPENED,        // one of this side ("open")
    DATA_CHANNEL_ANSWERED,      // by the peer: it has heard of the channel
    DATA_CHANNEL_ADOPTED,       // reason: what may have become of its messages
    DATA_CHANNEL_MESSAGE,       // is_text, data, size: data_channels_consume(size) when done with it
    DATA_CHANNEL_LOW,           // buffered_amount fell to half of what may wait, after a refusal
    DATA_CHANNEL_BUFFERED_LOW,  // it fell to the channel's own threshold ("bufferedamountlow")
    DATA_CHANNEL_MESSAGES_LOST, // size: how many
    DATA_CHANNEL_CLOSES,        // "closing"; reason as below
    DATA_CHANNEL_ENDED,         // reason; NULL: it was closed by either side in order. It is forgotten after this
};

struct data_channel_event {
    enum data_channel_event_kind kind;
    uint32_t number; // of the channel; 0 for the association
    bool is_text;
    const uint8_t *data;
    size_t size;
    const char *reason;
    uint64_t now; // of the call from within which it is told
};
