// SPDX-License-Identifier: Apache-2.0
#include "sctp_double.h"

#include "dcep.h"
#include "link_socket.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

void sctp_double_open(struct sctp_double *sctp, struct test_gateway *gateway)
{
    *sctp = (struct sctp_double){.gateway = gateway};
    const struct link_message hello = {.kind = LINK_HELLO, .number = 77};
    CU_ASSERT_EQUAL(link_socket_send(gateway->sctp, &hello), 0);
    sctp_double_run(sctp);
}

static void answer(struct sctp_double *sctp, const struct link_message *to, struct link_message message)
{
    message.transport = to->transport;
    message.generation = to->generation;
    CU_ASSERT_EQUAL(link_socket_send(sctp->gateway->sctp, &message), 0);
}

static void keep(struct sctp_double *sctp, const struct link_message *message)
{
    CU_ASSERT_FATAL(sctp->count < DOUBLE_MESSAGES);
    int size = message->size < 64 ? (int)message->size : 64;
    sctp->list[sctp->count].message = *message;
    snprintf(sctp->list[sctp->count++].text, 65, "%.*s", size, (const char *)message->data);
}

static void take(struct sctp_double *sctp, const struct link_message *message)
{
    switch (message->kind) {
    case LINK_HELLO:
        answer(sctp, message, (struct link_message){.kind = LINK_WELCOME, .number = message->number});
        break;
    case LINK_OPEN:
        sctp->opened++;
        answer(sctp, message, (struct link_message){.kind = LINK_UP, .number = 1024});
        break;
    case LINK_CLOSE:
        sctp->closed++;
        break;
    case LINK_CREDIT:
        sctp->credit += message->number;
        break;
    case LINK_RESET:
        sctp->resets += (unsigned)message->size / 2;
        break;
    case LINK_SEND:
        keep(sctp, message);
        if (!sctp->is_slow)
            answer(sctp, message, (struct link_message){.kind = LINK_TAKEN, .number = message->size});
        break;
    default:
        break;
    }
}

void sctp_double_run(struct sctp_double *sctp)
{
    uint8_t buffer[LINK_MESSAGE_MAX];
    struct link_message message;
    for (bool moves = true; moves;) {
        moves = false;
        control_receive(&sctp->gateway->control, sctp->gateway->now);
        session_channels_go_on(&sctp->gateway->control, sctp->gateway->now);
        while (link_socket_receive(sctp->gateway->sctp, buffer, &message) == 1) {
            take(sctp, &message);
            moves = true;
        }
    }
}

unsigned sctp_double_count(const struct sctp_double *sctp, uint32_t transport, const char *text)
{
    unsigned count = 0;
    for (unsigned i = 0; i < sctp->count; i++)
        count += sctp->list[i].message.transport == transport && sctp->list[i].message.ppid != PPID_DCEP &&
                 !strcmp(sctp->list[i].text, text);
    return count;
}

void sctp_double_say(struct sctp_double *sctp, const struct session *session, uint16_t stream, uint32_t ppid,
                     const void *data, size_t size)
{
    const struct link_message from = {.transport = session->record.transport.index,
                                      .generation = session->record.transport.generation};
    answer(sctp, &from,
           (struct link_message){.kind = LINK_DELIVERED,
                                 .flags = LINK_FIRST | LINK_LAST,
                                 .stream = stream,
                                 .ppid = ppid,
                                 .data = data,
                                 .size = size});
    sctp_double_run(sctp);
}

void sctp_double_announce(struct sctp_double *sctp, const struct session *session, uint16_t stream, const char *label)
{
    uint8_t bytes[256];
    const struct dcep_open open = {
        .priority = 256, .label = (const uint8_t *)label, .label_size = (uint16_t)strlen(label)};
    int size = dcep_write_open(&open, bytes, sizeof(bytes));
    sctp_double_say(sctp, session, stream, PPID_DCEP, bytes, (size_t)size);
}
