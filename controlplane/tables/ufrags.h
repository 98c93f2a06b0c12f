// SPDX-License-Identifier: Apache-2.0
// Local ufrag -> transport, for checks that come to naru-control itself (RFC 6544). Whoever finds an index here reads
// the transport's intent: that says whether it is still so. Ufrags are random, so no bucket is long.
#pragma once

#include "transport.h"

struct ufrag_entry {
    char ufrag[LOCAL_UFRAG_SIZE]; // "": in no bucket
    uint32_t next;                // of the same bucket; UINT32_MAX: none
};

struct ufrags {
    struct ufrag_entry *entries; // by transport index
    uint32_t *buckets;
    uint32_t count, mask;
};

// 0 or -ENOMEM.
int ufrags_open(struct ufrags *ufrags, uint32_t transports);
void ufrags_close(struct ufrags *ufrags);

// The transport's, in the place of what it had.
void ufrags_set(struct ufrags *ufrags, uint32_t transport, const char ufrag[LOCAL_UFRAG_SIZE]);

// UINT32_MAX: nobody's.
uint32_t ufrags_find(const struct ufrags *ufrags, const void *ufrag, size_t size);
