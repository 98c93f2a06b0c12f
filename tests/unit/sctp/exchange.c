// SPDX-License-Identifier: Apache-2.0
#include "exchange.h"

#include "link_socket.h"

#include <CUnit/CUnit.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LINK_BUFFER  (4 << 20)
#define PATIENCE     20

#define PROCESS_LINK 10 // where naru-sctp looks for it
#define FIRST_CHUNK  12 // behind the common header of SCTP

static uint64_t next_epoch = 1;

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000ULL + (uint64_t)now.tv_nsec;
}

void exchange_fill(uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i++)
        data[i] = (uint8_t)(size + i * 7 + (i >> 8));
}

static int say(void *context, const struct link_message *message)
{
    const struct exchange_end *end = context;
    return link_socket_send(end->exchange->fds[0], message);
}

static void message(struct exchange_end *end, const struct data_channel_event *event)
{
    static uint8_t expected[DATA_CHANNEL_MESSAGE_MAX];
    exchange_fill(expected, event->size);
    end->faults += event->size && memcmp(event->data, expected, event->size) != 0;
    end->messages++;
    end->bytes += event->size;
    if (end->echoes)
        end->faults +=
            data_channels_send(end->channels, event->number, event->is_text, event->data, event->size, 0) != 0;
    if (!end->stalls)
        data_channels_consume(end->channels, event->size);
}

static void tell(void *context, const struct data_channel_event *event)
{
    struct exchange_end *end = context;
    uint64_t *const counters[DATA_CHANNEL_ENDED + 1] = {
        [DATA_ASSOCIATION_UP] = &end->ups,         [DATA_ASSOCIATION_RESTARTS] = &end->restarts,
        [DATA_ASSOCIATION_LOST] = &end->downs,     [DATA_CHANNEL_ANNOUNCED] = &end->announced,
        [DATA_CHANNEL_OPENED] = &end->opened,      [DATA_CHANNEL_LOW] = &end->lows,
        [DATA_CHANNEL_MESSAGES_LOST] = &end->lost, [DATA_CHANNEL_ENDED] = &end->ended};
    if (event->reason)
        snprintf(end->reason, sizeof(end->reason), "%s", event->reason);
    if (event->kind == DATA_CHANNEL_MESSAGE) {
        message(end, event);
        return;
    }
    if (counters[event->kind])
        (*counters[event->kind])++;
    if (event->kind == DATA_CHANNEL_ANNOUNCED)
        end->last_announced = event->number;
}

// As naru-supervise starts it, but for the page of its heartbeat.
static _Noreturn void become_naru_sctp(int link)
{
    char epoch[24];
    snprintf(epoch, sizeof(epoch), "%llu", (unsigned long long)next_epoch);
    setenv("NARU_EPOCH", epoch, 1);
    if (dup2(link, PROCESS_LINK) == PROCESS_LINK) {
        close(PROCESS_LINK + 1);
        execl(getenv("NARU_SCTP"), "naru-sctp", "--config", getenv("NARU_SCTP_CONFIG"), NULL);
    }
    _exit(127);
}

static void open_service(struct exchange *exchange)
{
    exchange->is_met = false;
    if (getenv("NARU_SCTP")) {
        exchange->process = fork();
        if (!exchange->process)
            become_naru_sctp(exchange->fds[1]);
        next_epoch++;
        return;
    }
    const struct service_setup setup = {.link = exchange->fds[1], .epoch = next_epoch++, .endpoints_max = 8};
    CU_ASSERT_EQUAL_FATAL(service_open(&setup, &exchange->service), 0);
}

// The process is not asked.
static void close_service(struct exchange *exchange)
{
    if (exchange->service)
        service_close(exchange->service);
    if (exchange->process > 0) {
        kill(exchange->process, SIGKILL);
        waitpid(exchange->process, NULL, 0);
    }
}

void exchange_open(struct exchange *exchange)
{
    const int size = LINK_BUFFER;
    memset(exchange, 0, sizeof(*exchange));
    CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, exchange->fds), 0);
    for (unsigned i = 0; i < 2; i++) // without the right to it a test is slower, no more
        (void)setsockopt(exchange->fds[i], SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));
    open_service(exchange);
    for (unsigned i = 0; i < 2; i++) {
        struct exchange_end *end = &exchange->ends[i];
        const struct data_channels_setup setup = {.transport = 10 + i,
                                                  .generation = 3,
                                                  .packet_max = 1163,
                                                  .say = say,
                                                  .tell = tell,
                                                  .say_context = end,
                                                  .context = end};
        end->exchange = exchange;
        end->transport = setup.transport;
        end->channels = data_channels_new(&setup);
    }
}

void exchange_close(struct exchange *exchange)
{
    for (unsigned i = 0; i < 2; i++)
        data_channels_free(exchange->ends[i].channels);
    close_service(exchange);
    close(exchange->fds[0]);
    close(exchange->fds[1]);
}

static struct exchange_end *end_of(struct exchange *exchange, const struct link_message *message)
{
    return message->transport == exchange->ends[0].transport ? &exchange->ends[0] : &exchange->ends[1];
}

static void cross(struct exchange *exchange, struct link_message *packet)
{
    bool has_data = packet->size > FIRST_CHUNK && packet->data[FIRST_CHUNK] == 0; // RFC 4960 3.2
    if (exchange->lose_every && has_data && ++exchange->packets % exchange->lose_every == 0)
        return;
    packet->transport =
        packet->transport == exchange->ends[0].transport ? exchange->ends[1].transport : exchange->ends[0].transport;
    (void)link_socket_send(exchange->fds[0], packet); // lost, where the link is full
}

static void hear(struct exchange *exchange, struct link_message *message)
{
    const struct link_message welcome = {.kind = LINK_WELCOME, .number = message->number};
    if (message->kind == LINK_HELLO) {
        (void)link_socket_send(exchange->fds[0], &welcome);
        exchange->is_met = true;
    } else if (message->kind == LINK_PACKET)
        cross(exchange, message);
    else if (message->kind != LINK_WELCOME)
        data_channels_input(end_of(exchange, message)->channels, message, now_ns());
}

void exchange_turn(struct exchange *exchange)
{
    uint8_t buffer[LINK_MESSAGE_MAX];
    struct link_message message;
    struct pollfd link = {.fd = exchange->fds[0], .events = POLLIN};
    int error = exchange->service ? service_turn(exchange->service, 1) : 0;
    CU_ASSERT_EQUAL_FATAL(error, 0);
    if (!exchange->service)
        (void)poll(&link, 1, 1);
    while (!exchange->is_deaf && link_socket_receive(exchange->fds[0], buffer, &message) == 1)
        hear(exchange, &message);
    for (unsigned i = 0; i < 2; i++)
        data_channels_go_on(exchange->ends[i].channels, now_ns());
}

bool exchange_until(struct exchange *exchange, const uint64_t *counter, uint64_t value)
{
    uint64_t limit = now_ns() + PATIENCE * 1000000000ULL;
    while (*counter < value && now_ns() < limit)
        exchange_turn(exchange);
    return *counter >= value;
}

static void meet(struct exchange *exchange)
{
    uint64_t limit = now_ns() + PATIENCE * 1000000000ULL;
    while ((!exchange->is_met || (exchange->service && !exchange->service->is_welcome)) && now_ns() < limit)
        exchange_turn(exchange);
    CU_ASSERT_FATAL(exchange->is_met);
}

void exchange_start(struct exchange *exchange)
{
    meet(exchange);
    for (unsigned i = 0; i < 2; i++)
        data_channels_start(exchange->ends[i].channels, i == 0, now_ns());
    CU_ASSERT(exchange_until(exchange, &exchange->ends[0].ups, 1));
    CU_ASSERT(exchange_until(exchange, &exchange->ends[1].ups, 1));
}

void exchange_restart(struct exchange *exchange)
{
    uint8_t buffer[LINK_MESSAGE_MAX];
    struct link_message message;
    close_service(exchange);
    while (link_socket_receive(exchange->fds[0], buffer, &message) == 1)
        ; // what it had said is not heard
    open_service(exchange);
    meet(exchange);
}
