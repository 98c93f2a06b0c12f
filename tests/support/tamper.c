// SPDX-License-Identifier: Apache-2.0
#include "tamper.h"

#include "byte_order.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int tamper_init(struct tamper_state *state, const struct client_options *options)
{
    *state = (struct tamper_state){0};
    if (options->tamper != TAMPER_BAD_TAG && options->tamper != TAMPER_REPLAY)
        return 0;
    state->left = options->tamper_count;
    state->kept = calloc(TAMPER_KEPT, sizeof(*state->kept));
    return state->kept ? 0 : -ENOMEM;
}

void tamper_free(struct tamper_state *state)
{
    free(state->kept);
    state->kept = NULL;
}

void tamper_keep(struct tamper_state *state, const uint8_t *packet, size_t size)
{
    if (!state->kept || size > RTP_PACKET_MAX)
        return;
    struct tamper_packet *slot = &state->kept[state->stored++ % TAMPER_KEPT];
    slot->size = (uint16_t)size;
    memcpy(slot->data, packet, size);
}

// A damaged packet claims a sequence number that is still to come: it must not use that number up.
static const struct tamper_packet *damage(const struct tamper_packet *packet, uint64_t step,
                                          struct tamper_packet *scratch)
{
    *scratch = *packet;
    scratch->data[scratch->size - 1] ^= 0x55;
    write16(scratch->data + 2, (uint16_t)(read16(scratch->data + 2) + 300 + step % 200));
    return scratch;
}

const struct tamper_packet *tamper_next(struct tamper_state *state, enum client_tamper kind, uint64_t now,
                                        struct tamper_packet *scratch)
{
    if (!state->left)
        return NULL;
    if (!state->due_ns)
        state->due_ns = now + NS_PER_S;
    if (now < state->due_ns || state->stored < TAMPER_KEPT)
        return NULL;
    state->due_ns = now + NS_PER_MS;
    state->left--;
    const struct tamper_packet *packet = &state->kept[state->sent++ % TAMPER_KEPT];
    return kind == TAMPER_BAD_TAG ? damage(packet, state->sent, scratch) : packet;
}
