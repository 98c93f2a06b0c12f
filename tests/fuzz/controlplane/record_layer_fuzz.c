// SPDX-License-Identifier: Apache-2.0
// Datagrams for an established association: what is not authentic changes nothing, what is comes once.
#include "record_layer.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define EXPECT(condition)                                                                                              \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            abort();                                                                                                   \
    } while (0)

static const uint8_t text[] = "naru";

// The input's first byte says at which record sealed here, if any, it is put behind: so the window sees both.
static void seal_first(struct record_layer *layer, uint8_t choice, uint8_t *record, int *ret_size)
{
    record_layer_reserve(layer);
    *ret_size = record_layer_seal(layer, (choice & 1) ? DTLS_ALERT : DTLS_APPLICATION_DATA, text, sizeof(text), record,
                                  RECORD_LAYER_OVERHEAD + sizeof(text));
    EXPECT(*ret_size > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t record[RECORD_LAYER_OVERHEAD + sizeof(text)];
    int sealed;
    if (size == 0)
        return 0;
    for (uint8_t cipher = RECORD_AES_128_GCM; cipher < RECORD_CIPHERS; cipher++) {
        struct record_layer layer = {.cipher = cipher, .has_finished = 1}; // keys of zeros, the same both ways
        seal_first(&layer, data[0], record, &sealed);
        struct record_layer before = layer;
        unsigned news = record_layer_input(&layer, data + 1, size - 1, NULL);
        EXPECT(!(news & ~(unsigned)RECORD_NEWS_DROPPED) || memcmp(&before, &layer, sizeof(layer)));
        before = layer;
        unsigned first = record_layer_input(&layer, record, (size_t)sealed, NULL);
        EXPECT(first == RECORD_NEWS_IGNORED || first == RECORD_NEWS_DROPPED);
        EXPECT(record_layer_input(&layer, record, (size_t)sealed, NULL) == RECORD_NEWS_DROPPED);
        EXPECT(layer.receive_next >= before.receive_next && layer.next_sequence == before.next_sequence);
    }
    return 0;
}
