// SPDX-License-Identifier: Apache-2.0
// The addresses of a transport: learned from authenticated checks, proven by an answer or by DTLS, selected by
// nomination.
#pragma once

#include "worker.h"

#define FLOW_KEY_SIZE       40
#define PATH_PROOF_ATTEMPTS 7 // RFC 8489 6.2.1: Rc

// Five-tuple -> transport and path. Keys are zero padded.
struct flow_key {
    struct transport_address remote, local;
    uint8_t padding[FLOW_KEY_SIZE - 2 * sizeof(struct transport_address)];
};
_Static_assert(sizeof(struct flow_key) == FLOW_KEY_SIZE, "hashed as bytes");

#define FLOW_VALUE(transport, path) ((void *)(uintptr_t)((uint64_t)(transport) << 4 | (path)))
#define FLOW_TRANSPORT(value)       ((uint32_t)((uintptr_t)(value) >> 4))
#define FLOW_PATH(value)            ((uint8_t)((uintptr_t)(value)&15))

static inline struct flow_key flow_key_of(const struct packet *packet)
{
    return (struct flow_key){.remote = packet->remote, .local = packet->local};
}

// After an authenticated check: the path of this packet's five-tuple, new or known. -ENOSPC: all slots are live;
// -EADDRINUSE: another session's media verified on this five-tuple a moment ago; -ENOMEM: the worker's table is full.
int path_learn(struct worker *worker, struct transport_entry *transport, const struct packet *packet);

// USE-CANDIDATE came on it: the latest wins, once it is proven.
void path_nominate(struct worker *worker, struct transport_entry *transport, unsigned path);

// It answered this gateway's own check, or DTLS completed on it.
void path_prove(struct worker *worker, struct transport_entry *transport, unsigned path);

// Whether `bytes` more may go there: always when proven, else up to three times what came from it. Counts them.
bool path_may_send(struct path_entry *path, uint32_t bytes);

// Sets the packet's addresses from a path.
void path_address(const struct path_entry *path, struct packet *packet);

// ICE was restarted: what was learned before gives way to what is learned from now on.
void path_begin_anew(struct transport_entry *transport);

// After a restart: what the state segment kept. Before a reuse: nothing of the old transport stays.
void path_restore(struct worker *worker, struct transport_entry *transport);
void path_forget_all(struct worker *worker, struct transport_entry *transport);

// Another worker gets the transport: its five-tuples leave this worker's tables, and enter that one's.
void path_withdraw(struct worker *worker, const struct transport_entry *transport);
void path_adopt(struct worker *worker, struct transport_entry *transport);

// Its TCP connection was closed: another proven one is sent to, if there is any.
void path_close(struct worker *worker, struct transport_entry *transport, unsigned path);

// Consent is lost: nothing is selected until a new check.
void path_unselect(struct worker *worker, struct transport_entry *transport);
