// SPDX-License-Identifier: Apache-2.0
#include "binding.h"

#include "rtp_extension.h"
#include "tick.h"

#define REUSE_NS 5000000000ULL // an SSRC that was silent for so long gives its place to a new one

static bool equals(const char *text, const struct rtp_extension_element *element)
{
    return strlen(text) == element->size && memcmp(text, element->value, element->size) == 0;
}

static uint32_t by_signalled_ssrc(struct worker *worker, const struct transport_entry *transport, uint32_t ssrc)
{
    for (unsigned i = 0; i < transport->stream_count; i++) {
        const struct stream_entry *stream = entry_stream(worker->entries, transport->upkeep->streams[i]);
        if (stream->ssrc == ssrc || stream->rtx_ssrc == ssrc)
            return transport->upkeep->streams[i];
    }
    return PACKET_NONE;
}

static bool has_rid(const struct stream_entry *stream, const uint8_t *data, const struct rtp_header *header)
{
    struct rtp_extension_element element;
    if (!stream->rid[0])
        return true;
    for (unsigned id = 1; id < 256; id++) {
        uint8_t kind = stream->extension_kinds[id];
        if ((kind == EXTENSION_RID || kind == EXTENSION_REPAIRED_RID) && // RFC 8852 3.2: repairs have the second alone
            rtp_extension_find(data, header, (uint8_t)id, &element))
            return equals(stream->rid, &element);
    }
    return false;
}

static uint32_t by_mid(struct worker *worker, const struct transport_entry *transport, const uint8_t *data,
                       const struct rtp_header *header, bool *ret_is_named)
{
    struct rtp_extension_element element;
    *ret_is_named = transport->upkeep->mid_extension &&
                    rtp_extension_find(data, header, transport->upkeep->mid_extension, &element);
    if (!*ret_is_named)
        return PACKET_NONE;
    for (unsigned i = 0; i < transport->stream_count; i++) {
        const struct stream_entry *stream = entry_stream(worker->entries, transport->upkeep->streams[i]);
        if (equals(stream->mid, &element) && has_rid(stream, data, header))
            return transport->upkeep->streams[i];
    }
    return PACKET_NONE;
}

uint32_t binding_guess(struct worker *worker, const struct transport_entry *transport, const uint8_t *data,
                       const struct rtp_header *header)
{
    bool is_named = false;
    uint32_t stream = header->ssrc ? by_signalled_ssrc(worker, transport, header->ssrc) : PACKET_NONE;
    if (stream == PACKET_NONE)
        stream = by_mid(worker, transport, data, header, &is_named);
    // One that names a section which is not there yet, as browsers send before the answer, is of no other.
    if (stream == PACKET_NONE && !is_named)
        stream = transport->upkeep->payload_stream[header->payload_type];
    return entry_stream(worker->entries, stream) ? stream : PACKET_NONE;
}

static int free_place(const struct worker *worker, const struct stream_state *state)
{
    int oldest = -1;
    uint64_t oldest_at = UINT64_MAX;
    for (int i = 0; i < STREAM_MAX_BINDINGS; i++) {
        if (atomic_load_explicit(&((struct stream_state *)state)->bindings[i].ssrc, memory_order_relaxed) == 0)
            return i;
        uint64_t last = counter_get(&state->bindings[i].last_received);
        if (worker->now - last > REUSE_NS && last < oldest_at) {
            oldest = i;
            oldest_at = last;
        }
    }
    return oldest;
}

static void forget(struct transport_entry *transport, uint32_t stream, int place)
{
    for (unsigned i = 0; i < transport->ssrc_count; i++) {
        struct ssrc_entry *entry = transport_ssrc(transport, i);
        if (entry->stream == stream && entry->binding == place) {
            *entry = *transport_ssrc(transport, --transport->ssrc_count);
            return;
        }
    }
}

struct ssrc_entry *binding_add(struct worker *worker, struct transport_entry *transport, uint32_t stream, uint32_t ssrc)
{
    struct stream_state *state = tables_stream_state(worker->tables, stream);
    int place = free_place(worker, state);
    if (place < 0)
        return NULL;
    forget(transport, stream, place);
    if (transport->ssrc_count == ENTRY_MAX_SSRCS)
        return NULL;
    struct stream_binding *binding = &state->bindings[place];
    rates_sum_stream(worker, stream); // what the old one counted
    memset(binding, 0, sizeof(*binding));
    struct stream_entry *summed = entry_stream(worker->entries, stream);
    summed->binding_packets[place] = summed->binding_bytes[place] = 0;
    atomic_store_explicit(&binding->ssrc, ssrc, memory_order_relaxed);
    struct ssrc_entry *entry = transport_ssrc(transport, transport->ssrc_count++);
    *entry = (struct ssrc_entry){.state = binding, .ssrc = ssrc, .stream = stream, .binding = (uint8_t)place};
    worker_note(worker, transport, EVENT_MEDIA_STARTED, stream);
    return entry;
}
