// SPDX-License-Identifier: Apache-2.0
#include "ufrags.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NONE UINT32_MAX

int ufrags_open(struct ufrags *ufrags, uint32_t transports)
{
    uint32_t buckets = 16;
    while (buckets < transports)
        buckets *= 2;
    *ufrags = (struct ufrags){.entries = calloc(transports, sizeof(*ufrags->entries)),
                              .buckets = malloc(buckets * sizeof(*ufrags->buckets)),
                              .count = transports,
                              .mask = buckets - 1};
    if (!ufrags->entries || !ufrags->buckets) {
        ufrags_close(ufrags);
        return -ENOMEM;
    }
    memset(ufrags->buckets, 0xff, buckets * sizeof(*ufrags->buckets));
    return 0;
}

void ufrags_close(struct ufrags *ufrags)
{
    free(ufrags->entries);
    free(ufrags->buckets);
    *ufrags = (struct ufrags){0};
}

static uint32_t *bucket(const struct ufrags *ufrags, const char *ufrag)
{
    uint64_t hash = 0;
    for (; *ufrag; ufrag++) {
        hash = (hash ^ (uint8_t)*ufrag) * 0x9e3779b97f4a7c15ULL;
        hash ^= hash >> 29;
    }
    return &ufrags->buckets[(hash ^ hash >> 32) & ufrags->mask];
}

static void leave(struct ufrags *ufrags, uint32_t transport)
{
    struct ufrag_entry *entry = &ufrags->entries[transport];
    uint32_t *at = bucket(ufrags, entry->ufrag);
    while (*at != transport)
        at = &ufrags->entries[*at].next;
    *at = entry->next;
    entry->ufrag[0] = 0;
}

void ufrags_set(struct ufrags *ufrags, uint32_t transport, const char ufrag[LOCAL_UFRAG_SIZE])
{
    struct ufrag_entry *entry = &ufrags->entries[transport];
    if (!strncmp(entry->ufrag, ufrag, sizeof(entry->ufrag) - 1))
        return;
    if (entry->ufrag[0])
        leave(ufrags, transport);
    strncpy(entry->ufrag, ufrag, sizeof(entry->ufrag) - 1);
    if (!entry->ufrag[0])
        return;
    uint32_t *head = bucket(ufrags, entry->ufrag);
    entry->next = *head;
    *head = transport;
}

uint32_t ufrags_find(const struct ufrags *ufrags, const void *ufrag, size_t size)
{
    char text[LOCAL_UFRAG_SIZE] = {0};
    if (!size || size >= sizeof(text))
        return NONE;
    memcpy(text, ufrag, size);
    uint32_t at = *bucket(ufrags, text);
    while (at != NONE && strcmp(ufrags->entries[at].ufrag, text))
        at = ufrags->entries[at].next;
    return at;
}
