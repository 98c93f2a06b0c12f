// SPDX-License-Identifier: Apache-2.0
// What the state segment says of sessions. Events are hints to look at once; the look once a second is the rule.
#include "control_parts.h"

#include "log.h"
#include "packet_index.h"
#include "srtcp.h"
#include "tcp_peers.h"

#include <stdio.h>

// Indexes that are left when a session ends: more than it can use until the next look, but for what is lost by
// restarts.
#define RTP_INDEXES_KEPT  (UINT64_C(1) << 20)
#define RTCP_INDEXES_KEPT (1u << 12)

static bool has_checked_path(const struct control *control, const struct session *session)
{
    struct transport_path path;
    const struct transport_state *state = tables_transport_state(&control->tables, session->record.transport.index);
    if (!record_read(&state->path.head, &path, sizeof(path)) || path.generation != session->record.transport.generation)
        return false;
    for (unsigned i = 0; i < TRANSPORT_MAX_CANDIDATES; i++)
        if (path.candidates[i].flags & CANDIDATE_CHECKED)
            return true;
    return false;
}

static uint64_t consent_age(const struct control *control, const struct session *session, uint64_t now)
{
    const struct transport_state *state = tables_transport_state(&control->tables, session->record.transport.index);
    uint64_t last = atomic_load_explicit(&((struct transport_state *)state)->last_consent, memory_order_relaxed);
    // Nobody can show consent to a dataplane that is away.
    if (last < session->consent_from)
        last = session->consent_from;
    if (last < control->dataplane_back_at)
        last = control->dataplane_back_at;
    return now > last ? now - last : 0;
}

// The dataplane does not serve it any more (dataplane/poison.h).
static bool is_quarantined(const struct control *control, const struct session *session)
{
    struct transport_state *state = tables_transport_state(&control->tables, session->record.transport.index);
    return atomic_load_explicit(&state->applied_generation, memory_order_acquire) ==
               session->record.transport.generation &&
           atomic_load_explicit(&state->crashes, memory_order_relaxed) >= TRANSPORT_CRASHES_MAX;
}

static void quarantine(struct control *control, struct session *session, uint64_t now)
{
    control->quarantined++;
    quarantines_add(&control->quarantines, &session->record, now);
    snprintf(control->last_quarantined, sizeof(control->last_quarantined), "%s", session->record.id);
    session_end(control, session, SESSION_FAILED, "quarantined: workers crashed twice while they worked on it", now);
}

static bool route_uses_up_its_keys(const struct control *control, struct record_link link)
{
    struct route_state *state = tables_route_state(&control->tables, link.index);
    const uint64_t most = SRTP_INDEX_MAX - RTP_INDEXES_KEPT;
    return atomic_load_explicit(&state->generation, memory_order_acquire) == link.generation &&
           (atomic_load_explicit(&state->highest_index, memory_order_relaxed) > most ||
            atomic_load_explicit(&state->rtx_next_index, memory_order_relaxed) > most);
}

// RFC 3711 9.2: a key ends before its indexes do, and there is no new handshake within a session. Beyond the last index
// workers send nothing.
static bool uses_up_its_keys(const struct control *control, const struct session *session)
{
    const struct journal_session *record = &session->record;
    struct transport_state *state = tables_transport_state(&control->tables, record->transport.index);
    bool used_up =
        atomic_load_explicit(&state->applied_generation, memory_order_acquire) == record->transport.generation &&
        atomic_load_explicit(&state->srtcp_index, memory_order_relaxed) > SRTCP_INDEX_MAX - RTCP_INDEXES_KEPT;
    for (uint32_t i = 0; !used_up && !record->is_publisher && i < record->section_count; i++)
        used_up = route_uses_up_its_keys(control, record->sections[i].link);
    for (uint32_t i = 0; !used_up && session->peer && i < session->peer->record.transceiver_count; i++)
        used_up = route_uses_up_its_keys(control, session->peer->record.transceivers[i].route);
    return used_up;
}

// RFC 7675 5.1
static void watch_consent(struct control *control, struct session *session, uint64_t now)
{
    uint64_t limit = control->config->ice.consent_seconds * CONTROL_SECOND, age = consent_age(control, session, now);
    if (age >= limit) {
        if (session->state == SESSION_CONNECTED)
            session_move(session, SESSION_DISCONNECTED);
        session_end(control, session, SESSION_CLOSED, "the peer's consent ran out", now);
    } else if (age >= limit / 2 && session->state == SESSION_CONNECTED)
        session_move(session, SESSION_DISCONNECTED);
    else if (age < limit / 2 && session->state == SESSION_DISCONNECTED)
        session_move(session, SESSION_CONNECTED);
}

void watch_session(struct control *control, struct session *session, uint64_t now)
{
    const struct record_link transport = session->record.transport;
    if (!session_is_live(session))
        return;
    if (is_quarantined(control, session)) {
        quarantine(control, session, now);
        return;
    }
    if (uses_up_its_keys(control, session)) {
        session_end(control, session, SESSION_CLOSED, "its SRTP keys are used up", now);
        return;
    }
    if (session->state == SESSION_NEW && has_checked_path(control, session))
        session_move(session, SESSION_CONNECTING);
    if (session->state == SESSION_CONNECTING && has_checked_path(control, session))
        handshake_reachable(control, session, now);
    else if ((session->state == SESSION_CONNECTED || session->state == SESSION_DISCONNECTED) &&
             control->dataplane_alive)
        watch_consent(control, session, now);
    // Who has ended has said so, and may be gone.
    session = session_of_transport(control, transport.index, transport.generation);
    if (session && session->peer)
        peer_watch(control, session, now);
}

static void watch_dataplane(struct control *control, uint64_t now)
{
    struct segment_header *state = control->tables.segments[SEGMENT_STATE];
    uint64_t heartbeat = atomic_load_explicit(&state->heartbeat, memory_order_acquire);
    bool alive = now < heartbeat + CONTROL_STALE_TIME;
    uint64_t epoch = intents_dataplane_epoch(&control->intents);
    if (epoch != control->dataplane_epoch) {
        if (control->dataplane_epoch)
            log_info("the dataplane was started again, epoch %lu", (unsigned long)epoch);
        control->dataplane_epoch = epoch;
        control->dataplane_seen_at = now;
        alive = false; // for this round: its sessions are given time from the next one
    }
    if (alive && !control->dataplane_alive)
        control->dataplane_back_at = now;
    control->dataplane_alive = alive;
}

void control_watch(struct control *control, uint64_t now)
{
    watch_dataplane(control, now);
    for (uint32_t i = 0; i < control->tables.limits.workers; i++)
        (void)placement_is_overloaded(control, i); // and whether it no longer is
    // By transport index, not by list: ending one session may end others.
    for (uint32_t i = 0; i < control->tables.limits.transports; i++)
        if (control->by_transport[i])
            watch_session(control, control->by_transport[i], now);
    session_forget_failed(control, now);
    tcp_peers_watch(control, now);
    peer_events_deliver(control, now); // and whoever has waited long enough
}
