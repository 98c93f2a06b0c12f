// SPDX-License-Identifier: Apache-2.0
#include "mirror.h"

#include "install.h"
#include "worker.h"

#include <errno.h>
#include <rte_malloc.h>

int mirrors_create(uint32_t streams, struct mirrors *ret_mirrors)
{
    object_pool_open(&ret_mirrors->pool, sizeof(struct mirror));
    ret_mirrors->by_stream = rte_zmalloc("mirrors", streams * sizeof(struct mirror *), 0);
    ret_mirrors->wants = rte_zmalloc("mirror_wants", streams * sizeof(uint64_t), 64);
    return ret_mirrors->by_stream && ret_mirrors->wants ? 0 : -ENOMEM;
}

void mirrors_destroy(struct mirrors *mirrors)
{
    object_pool_close(&mirrors->pool);
    rte_free(mirrors->by_stream);
    rte_free((void *)mirrors->wants);
}

unsigned mirror_owner(const struct worker *worker, const struct mirror *mirror)
{
    return worker->shard_worker[mirror->shard];
}

static bool read_shard(const struct worker *worker, struct record_link publisher, uint32_t *ret_shard)
{
    struct transport_intent_record *record = tables_transport(worker->tables, publisher.index);
    struct transport_intent intent;
    if (!record || !record_read(&record->head, &intent, sizeof(intent)))
        return false;
    bool is_sound = intent.generation == publisher.generation && intent.shard < worker->tables->limits.shards;
    *ret_shard = intent.shard;
    explicit_bzero(&intent, sizeof(intent)); // it holds keys
    return is_sound;
}

static struct mirror *make(struct worker *worker, struct record_link stream, const struct stream_intent *intent,
                           uint32_t shard)
{
    struct mirror *mirror = worker_take(worker, &worker->spill.mirrors.pool, POOL_RECEIVERS);
    if (!mirror)
        return NULL;
    mirror->audience.is_mirror = true;
    mirror->stream = stream;
    mirror->publisher = intent->transport.index;
    mirror->shard = shard;
    mirror->kind = intent->kind;
    install_extension_kinds(intent, mirror->extension_kinds);
    LIST_INSERT_HEAD(&worker->spill.mirrors.all, mirror, all);
    worker->spill.mirrors.by_stream[stream.index] = mirror;
    return mirror;
}

struct mirror *mirror_open(struct worker *worker, struct record_link stream, const struct stream_intent *intent)
{
    struct mirror *present = mirror_find(&worker->spill.mirrors, stream);
    uint32_t shard;
    if (present)
        return mirror_owner(worker, present) == worker->index ? NULL : present;
    if (!worker->spill.mirrors.by_stream || !read_shard(worker, intent->transport, &shard) ||
        worker->shard_worker[shard] == worker->index)
        return NULL;
    mirror_close(worker, stream.index); // of the record's last use
    return make(worker, stream, intent, shard);
}

void mirror_settle(struct worker *worker, struct mirror *mirror)
{
    _Atomic uint64_t *wants = &worker->spill.mirrors.wants[mirror->stream.index];
    uint64_t wanted = 0;
    if (mirror->audience.count)
        wanted = (uint64_t)mirror->stream.generation << MIRROR_WANTS_BITS | MIRROR_WANTS_PACKETS;
    if (mirror->audience.rtx_count)
        wanted |= MIRROR_WANTS_HISTORY;
    if (atomic_load_explicit(wants, memory_order_relaxed) != wanted) {
        atomic_store_explicit(wants, wanted, memory_order_release);
        // The owner looks when it installs the publisher, now or later: neither can miss the other.
        dirty_set(tables_dirty(worker->tables, mirror_owner(worker, mirror)), mirror->publisher);
    }
    if (mirror->audience.count)
        return;
    audience_dismiss(worker, &mirror->audience);
    worker->spill.mirrors.by_stream[mirror->stream.index] = NULL;
    LIST_REMOVE(mirror, all);
    object_pool_give(&worker->spill.mirrors.pool, mirror);
}

void mirror_close(struct worker *worker, uint32_t stream)
{
    struct mirror *mirror = worker->spill.mirrors.by_stream ? worker->spill.mirrors.by_stream[stream] : NULL;
    if (!mirror)
        return;
    audience_dismiss(worker, &mirror->audience);
    mirror_settle(worker, mirror);
}

void mirror_want_keyframe(struct worker *worker, struct mirror *mirror)
{
    mirror->wants_keyframe = mirror->kind == MEDIA_VIDEO;
    worker->spill.mirrors.want_keyframes |= mirror->wants_keyframe;
}

// What finds the ring full is asked in the next walk.
void mirrors_ask_keyframes(struct worker *worker)
{
    struct mirror *mirror;
    worker->spill.mirrors.want_keyframes = false;
    LIST_FOREACH(mirror, &worker->spill.mirrors.all, all)
    {
        if (!mirror->wants_keyframe)
            continue;
        struct spill_message message = {
            .kind = SPILL_KEYFRAME, .stream = mirror->stream, .publisher = mirror->publisher};
        mirror->wants_keyframe = !spill_send(worker, mirror_owner(worker, mirror), &message);
        worker->spill.mirrors.want_keyframes |= mirror->wants_keyframe;
    }
}
