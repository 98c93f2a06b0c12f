// SPDX-License-Identifier: Apache-2.0
// naru-control over a state, rings and intents (a predecessor's) in which any word may be wrong.
#include "expect.h"
#include "gateway_view.h"
#include "test_gateway.h"
#include "word_op.h"

enum {
    TO_TRANSPORT_STATE,
    TO_STREAM_STATE,
    TO_ROUTE_STATE,
    TO_WORKER,
    TO_PORT,
    TO_RING,
    TO_HEADER,
    TO_TRANSPORT,
    TO_STREAM,
    TO_ROUTE,
    RECEIVE,
    WATCH,
    LOOK,
    TIME,
    RESTART,
    STEPS
};

#define OPS_MAX  64
#define RECORDS  2
#define RING_TOP (sizeof(struct ring) + 2 * sizeof(struct ring_message))

static void write_word(struct test_gateway *gateway, const struct word_op *op)
{
    struct tables *worker = &gateway->worker, *control = &gateway->control.tables;
    uint32_t index = op->index % RECORDS;
    switch (op->what % STEPS) {
    case TO_TRANSPORT_STATE:
        word_op_write(op, tables_transport_state(worker, index), sizeof(struct transport_state));
        break;
    case TO_STREAM_STATE:
        word_op_write(op, tables_stream_state(worker, index), sizeof(struct stream_state));
        break;
    case TO_ROUTE_STATE:
        word_op_write(op, tables_route_state(worker, index), sizeof(struct route_state));
        break;
    case TO_WORKER:
        word_op_write(op, tables_worker_state(worker, index), sizeof(struct worker_state));
        break;
    case TO_PORT:
        word_op_write(op, tables_port_state(worker, index), sizeof(struct port_state));
        break;
    case TO_RING:
        word_op_write(op, tables_ring(worker, index, op->index / RECORDS % RING_KINDS), RING_TOP);
        break;
    case TO_HEADER: // the rest of it is checked when it is attached
        word_op_write(op, &worker->segments[SEGMENT_STATE]->heartbeat, TABLES_CACHE_LINE);
        break;
    case TO_TRANSPORT:
        word_op_write(op, tables_transport(control, index), sizeof(struct transport_intent_record));
        break;
    case TO_STREAM:
        word_op_write(op, tables_stream(control, index), sizeof(struct stream_intent_record));
        break;
    case TO_ROUTE:
        word_op_write(op, tables_route(control, index), sizeof(struct route_intent_record));
        break;
    }
}

static void look(struct test_gateway *gateway)
{
    if (test_gateway_ask(gateway, GATEWAY_SNAPSHOT, "", NULL) == GATEWAY_OK) {
        gateway_snapshot_free(gateway->request.snapshot);
        gateway->request.snapshot = NULL;
    }
}

static void step(struct test_gateway *gateway, const struct word_op *op)
{
    switch (op->what % STEPS) {
    case RECEIVE:
        control_receive(&gateway->control, gateway->now);
        control_settle(&gateway->control, gateway->now);
        break;
    case WATCH:
        control_watch(&gateway->control, gateway->now);
        break;
    case LOOK:
        look(gateway);
        break;
    case TIME:
        gateway->now += op->value;
        control_tick(&gateway->control, gateway->now);
        break;
    case RESTART:
        test_gateway_restart(gateway);
        break;
    default:
        write_word(gateway, op);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct test_gateway gateway;
    static struct test_caller publisher, viewer;
    struct word_op op;
    test_gateway_open(&gateway);
    bool is_publishing = test_caller_offer(&gateway, &publisher, true, "room", true);
    if (is_publishing)
        test_caller_connect(&gateway, &publisher);
    bool is_watching = test_caller_offer(&gateway, &viewer, false, "room", true);
    for (size_t i = 0; i < OPS_MAX && word_op_read(data, size, i, &op); i++)
        step(&gateway, &op);
    step(&gateway, &(struct word_op){.what = RECEIVE});
    step(&gateway, &(struct word_op){.what = WATCH});
    if (is_publishing)
        test_caller_close(&publisher);
    if (is_watching)
        test_caller_close(&viewer);
    test_gateway_close(&gateway);
    return 0;
}
