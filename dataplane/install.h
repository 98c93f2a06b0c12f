// SPDX-License-Identifier: Apache-2.0
// From intent to entry: a worker copies a record, checks every bound, and builds what its nodes use. A record that
// breaks a bound is not installed; what was installed before stays until it is freed.
#pragma once

#include "worker.h"

// At start every transport of this worker's shards is looked at again, walk for walk: those whose peer was heard lately
// first. Installs at most max; false: all are.
void install_everything(struct worker *worker);
bool install_takeover(struct worker *worker, unsigned max);

// Shards that naru-control moved.
void install_shards(struct worker *worker);

void install_transport(struct worker *worker, uint32_t index);
// After a notice of change: the shard may be on its way to another worker.
void install_change(struct worker *worker, uint32_t index);

// Whether the transport is this worker's.
static inline bool install_is_own(const struct worker *worker, uint32_t transport)
{
    return transport < worker->entries->transport_count && worker->installed[transport / 64] >> transport % 64 & 1;
}

// The session that was meant when this index was written down elsewhere, if it is this worker's and still there. Else
// NULL.
static inline struct transport_entry *install_own_transport(const struct worker *worker, uint32_t index,
                                                            uint32_t generation)
{
    struct transport_entry *transport = install_is_own(worker, index) ? &worker->entries->transports[index] : NULL;
    return transport && transport->generation && transport->generation == generation ? transport : NULL;
}

// install_media.c: the stream, if its publisher is this worker's: entries of others are theirs, even to look at. Else
// NULL.
struct stream_entry *install_own_stream(const struct worker *worker, uint32_t publisher, struct record_link stream);

// The route, if its viewer is this worker's. Else NULL.
struct route_entry *install_own_route(const struct worker *worker, uint32_t viewer, struct record_link route);

// By id, the enum extension_kind that it stands for, 0xff: not negotiated.
void install_extension_kinds(const struct stream_intent *intent, uint8_t ret_kinds[256]);

// The route leaves the audience that it belongs to; whoever keeps something for it is told.
void install_leave_audience(struct worker *worker, uint32_t route);

// Looks again at the transports whose publishers or pools were missing.
void install_missing(struct worker *worker);

// The streams and routes that a transport's intent names, and only those. False: another transport still has one of the
// streams, and the rest is left out.
bool install_streams(struct worker *worker, struct transport_entry *transport, struct record_link first);
void install_routes(struct worker *worker, struct transport_entry *transport, struct record_link first);

// Bytes of one expanded key.
static inline size_t transport_key_size(const struct worker *worker, uint16_t suite)
{
    return worker->key_sizes[suite >= SRTP_SUITE_AEAD_AES_128_GCM];
}

// The key at `which` of the transport's current epoch.
static inline struct srtp_keys *transport_key(const struct worker *worker, const struct transport_entry *transport,
                                              enum entry_key which)
{
    return (struct srtp_keys *)(transport->keys + which * transport_key_size(worker, transport->suite));
}
