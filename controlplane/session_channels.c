// SPDX-License-Identifier: Apache-2.0
// Application data of DTLS are SCTP packets (RFC 8261): out of the records to naru-sctp, from it into records.
#include "session_channels.h"
#include "control_parts.h"

#include "courier.h"
#include "log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MESSAGES_A_TURN  512
#define PACKETS_A_SECOND 20000 // that a peer may send: some 180 Mbit/s

static int say(void *context, const struct link_message *message)
{
    struct session_channels *channels = context;
    return data_link_say(&channels->control->data_link, message);
}

// Along the selected path, as media goes.
static void send_packet(struct control *control, struct session *session, const struct link_message *packet)
{
    uint8_t record[RECORD_LAYER_OVERHEAD + LINK_PACKET_MAX];
    const struct ring_message address = {.transport = session->record.transport.index,
                                         .generation = session->record.transport.generation};
    records_reserve(control, session);
    int size = record_layer_seal(&session->record.records, DTLS_APPLICATION_DATA, packet->data, packet->size, record,
                                 sizeof(record));
    uint32_t worker = intents_worker_of(&control->intents, session->record.shard);
    if (size > 0) // a full ring is counted there
        (void)courier_inject(&control->tables, control->worker_wakes, worker, true, &address, record, (size_t)size);
}

void session_channels_application(void *context, const uint8_t *plain, size_t size)
{
    struct session *session = context;
    struct session_channels *channels = session->channels;
    if (!channels || session->state < SESSION_CONNECTED || size > LINK_PACKET_MAX)
        return;
    const struct link_message packet = {.kind = LINK_PACKET,
                                        .transport = session->record.transport.index,
                                        .generation = session->record.transport.generation,
                                        .data = plain,
                                        .size = size};
    (void)data_link_say(&channels->control->data_link, &packet);
}

void session_channels_start(struct control *control, struct session *session, uint64_t now)
{
    static const char no_records[] = "this DTLS association cannot carry data";
    struct session_channels *channels = session->channels;
    if (!channels || !channels->is_agreed || session->state != SESSION_CONNECTED)
        return;
    data_channels_start(channels->channels, session->record.is_dtls_client, now);
    const struct link_message down = {
        .kind = LINK_DOWN, .data = (const uint8_t *)no_records, .size = sizeof(no_records) - 1};
    if (!session->record.records.cipher)
        data_channels_input(channels->channels, &down, now);
}

void session_channels_allow(const struct session *session, struct transport_intent *intent)
{
    intent->dtls_packets = session->channels && session->channels->is_agreed ? PACKETS_A_SECOND : 0;
}

// Where the keys are in the tables already, acknowledged or not; else they bring it along.
static void publish_allowance(struct control *control, struct session *session)
{
    struct transport_intent intent;
    bool has_keys = session->record.has_keys || session->held_version;
    if (has_keys && intents_read_transport(&control->intents, session->record.transport, &intent)) {
        session_channels_allow(session, &intent);
        uint64_t version = intents_publish_transport(&control->intents, session->record.transport.index, &intent);
        if (session->held_version)
            session->held_version = version;
    }
    explicit_bzero(&intent, sizeof(intent));
}

int session_channels_open(struct control *control, struct session *session, uint32_t last_number,
                          void (*tell)(void *context, const struct data_channel_event *event), void *context)
{
    struct session_channels *channels = calloc(1, sizeof(*channels));
    size_t buffer = (size_t)control->config->limits.data_channel_buffer_kb * 1024;
    const struct data_channels_setup setup = {.transport = session->record.transport.index,
                                              .generation = session->record.transport.generation,
                                              .last_number = last_number,
                                              .packet_max = control->config->dtls.mtu - RECORD_LAYER_OVERHEAD,
                                              .buffer_max = buffer,
                                              .inbound_max = buffer,
                                              .say = say,
                                              .tell = tell,
                                              .say_context = channels,
                                              .context = context};
    int error = !channels ? -ENOMEM : session->channels ? -EEXIST : control->data_link.fd < 0 ? -ENOTSUP : 0;
    if (!error && !(channels->channels = data_channels_new(&setup)))
        error = -ENOMEM;
    if (error) {
        free(channels);
        return error;
    }
    channels->control = control;
    channels->session = session;
    session->channels = channels;
    TAILQ_INSERT_TAIL(&control->channels, channels, all);
    return 0;
}

void session_channels_agree(struct control *control, struct session *session, uint16_t peer_port,
                            uint32_t peer_max_message, uint64_t now)
{
    if (session->channels->is_agreed)
        return; // RFC 8841 9: the association stays
    session->channels->is_agreed = true;
    data_channels_peer(session->channels->channels, peer_port, peer_max_message);
    publish_allowance(control, session);
    session_channels_start(control, session, now);
}

void session_channels_close(struct control *control, struct session *session)
{
    struct session_channels *channels = session->channels;
    if (!channels)
        return;
    session->channels = NULL;
    TAILQ_REMOVE(&control->channels, channels, all);
    data_channels_free(channels->channels);
    free(channels);
}

void session_channels_retract(struct control *control, struct session *session)
{
    session_channels_close(control, session);
    publish_allowance(control, session);
}

static void all_go_on(struct control *control, bool restarted, uint64_t now)
{
    if (restarted && !TAILQ_EMPTY(&control->channels))
        log_warning("naru-sctp is another one: data channels begin their associations anew");
    // Who is told of it may close its channels.
    for (struct session_channels *channels = TAILQ_FIRST(&control->channels), *next; channels; channels = next) {
        next = TAILQ_NEXT(channels, all);
        if (restarted)
            data_channels_restart(channels->channels, now);
        else
            data_channels_go_on(channels->channels, now);
    }
}

static void hear(struct control *control, const struct link_message *message, uint64_t now)
{
    struct session *session = session_of_transport(control, message->transport, message->generation);
    if (!session)
        return;
    bool has_records = session->state >= SESSION_CONNECTED && session->record.records.cipher;
    if (message->kind == LINK_PACKET && has_records) // also of a session whose channels a predecessor had
        send_packet(control, session, message);
    else if (message->kind == LINK_PACKET)
        return; // SCTP sends it once more
    else if (session->channels)
        data_channels_input(session->channels->channels, message, now);
}

void session_channels_receive(struct control *control, uint64_t now)
{
    uint8_t buffer[LINK_MESSAGE_MAX];
    struct link_message message;
    enum data_link_news news = DATA_LINK_MESSAGE;
    if (control->data_link.fd < 0)
        return;
    for (unsigned left = MESSAGES_A_TURN; left && news != DATA_LINK_NOTHING; left--) {
        news = data_link_hear(&control->data_link, buffer, &message);
        if (news == DATA_LINK_MESSAGE)
            hear(control, &message, now);
        else if (news != DATA_LINK_NOTHING)
            all_go_on(control, news == DATA_LINK_RESTARTED, now);
    }
}

void session_channels_go_on(struct control *control, uint64_t now)
{
    data_link_go_on(&control->data_link);
    all_go_on(control, false, now);
}
