// SPDX-License-Identifier: Apache-2.0
// naru-dataplane over intents, rings and a state of its own in which any word may be wrong.
#include "expect.h"
#include "media.h"
#include "word_op.h"

enum {
    TO_TRANSPORT,
    TO_STREAM,
    TO_ROUTE,
    TO_SHARD,
    TO_RING,
    TO_TRANSPORT_STATE,
    TO_STREAM_STATE,
    TO_ROUTE_STATE,
    TO_DIRTY,
    NOTICE,
    MEDIA,
    RESTART,
    TIME,
    STEPS
};

#define OPS_MAX  64
#define RECORDS  2 // of each kind are in use
#define RING_TOP (sizeof(struct ring) + 2 * sizeof(struct ring_message))

static struct peer publisher, viewer;

static void write_word(const struct word_op *op)
{
    struct tables *control = &gateway.control, *dataplane = &gateway.dataplane;
    uint32_t index = op->index % RECORDS;
    switch (op->what % STEPS) {
    case TO_TRANSPORT:
        word_op_write(op, tables_transport(control, index), sizeof(struct transport_intent_record));
        break;
    case TO_STREAM:
        word_op_write(op, tables_stream(control, index), sizeof(struct stream_intent_record));
        break;
    case TO_ROUTE:
        word_op_write(op, tables_route(control, index), sizeof(struct route_intent_record));
        break;
    case TO_SHARD:
        word_op_write(op, tables_shard(control, index), sizeof(struct shard_intent_record));
        break;
    case TO_RING:
        word_op_write(op, tables_ring(control, 0, op->index % RING_KINDS), RING_TOP);
        break;
    case TO_TRANSPORT_STATE:
        word_op_write(op, tables_transport_state(dataplane, index), sizeof(struct transport_state));
        break;
    case TO_STREAM_STATE:
        word_op_write(op, tables_stream_state(dataplane, index), sizeof(struct stream_state));
        break;
    case TO_ROUTE_STATE:
        word_op_write(op, tables_route_state(dataplane, index), sizeof(struct route_state));
        break;
    case TO_DIRTY:
        word_op_write(op, tables_dirty(control, 0), sizeof(struct dirty_bitmap));
        break;
    }
}

static void step(const struct word_op *op)
{
    static uint16_t sequence = 1;
    switch (op->what % STEPS) {
    case NOTICE:
        dirty_set(tables_dirty(&gateway.control, 0), op->index % RECORDS);
        gateway_walk();
        break;
    case MEDIA:
        media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = sequence++});
        break;
    case RESTART:
        gateway_restart();
        gateway_walk();
        break;
    case TIME:
        gateway_fire(op->index % RECORDS);
        gateway_advance(op->place % 1000);
        gateway_walk();
        break;
    default:
        write_word(op);
    }
}

static void start_once(void)
{
    static bool is_started;
    if (!is_started)
        EXPECT(srtp_init() == srtp_err_status_ok && !gateway_start());
    is_started = true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct word_op op;
    start_once();
    gateway_open(1);
    media_pair(&publisher, &viewer, media_suites[0]);
    for (size_t i = 0; i < OPS_MAX && word_op_read(data, size, i, &op); i++)
        step(&op);
    step(&(struct word_op){.what = MEDIA});
    media_close(&publisher, &viewer);
    return 0;
}
