// SPDX-License-Identifier: Apache-2.0
// DTLS of sessions that are connected, whether this process saw their handshake or adopted them: the peer's farewell,
// this side's, and the last flight once more when the peer did not get it.
#include "control_parts.h"

// The journal first: a successor that finds an old reservation would use a number twice.
void records_reserve(struct control *control, struct session *session)
{
    if (record_layer_reserve(&session->record.records))
        session_save(control, session);
}

bool records_close(struct control *control, struct session *session)
{
    uint8_t record[RECORD_LAYER_OVERHEAD + 2];
    records_reserve(control, session);
    int size = record_layer_close_notify(&session->record.records, record, sizeof(record));
    return size > 0 && session_say(control, session, true, record, (size_t)size);
}

static void repeat_last_flight(struct control *control, struct session *session)
{
    uint8_t flight[RECORD_LAYER_FLIGHT];
    records_reserve(control, session);
    int size = record_layer_last_flight(&session->record.records, flight, sizeof(flight));
    if (size > 0)
        session_say(control, session, true, flight, (size_t)size);
}

void records_input(struct control *control, struct session *session, const struct ring_message *message, uint64_t now)
{
    const struct record_sink sink = {session_channels_application, session};
    unsigned news =
        record_layer_input(&session->record.records, message->data, message->length, session->channels ? &sink : NULL);
    if (news & (RECORD_NEWS_CLOSED | RECORD_NEWS_ALERT | RECORD_NEWS_REPEATED)) // authentic: so is where it came from
        session->reply_to = (struct reply_address){message->remote, message->local, message->port};
    control->records_ignored += !!(news & RECORD_NEWS_IGNORED);
    control->records_dropped += !!(news & RECORD_NEWS_DROPPED);
    if (news & RECORD_NEWS_CLOSED) // session_end answers with one: RFC 5246 7.2.1
        session_end(control, session, SESSION_CLOSED, "closed by the peer", now);
    else if (news & RECORD_NEWS_ALERT)
        session_end(control, session, SESSION_CLOSED, "ended by a DTLS alert", now);
    else if (news & RECORD_NEWS_REPEATED && !session->held_version) // what is held comes as soon as it may
        repeat_last_flight(control, session);
}
