// SPDX-License-Identifier: Apache-2.0
// Inside of the control shard: what its files call of each other.
#pragma once

#include "control.h"
#include "peer_sessions.h"

// recover.c
int recover(struct control *control, uint64_t now);

// admission.c: 0, or -EBUSY with the request's status, detail and retry_after set.
int admit(struct control *control, struct gateway_request *request, uint64_t now);
// The same for a room and for what stands on a shard.
int admit_to_room(const struct room *room, struct gateway_request *request);
int admit_to_shard(struct control *control, struct gateway_request *request, uint32_t shard);
// limits.setups-per-second, of which it takes one: the last question, for what is refused anyway is to take none.
int admit_at_this_rate(struct control *control, struct gateway_request *request, uint64_t now);
bool gateway_is_draining(const struct control *control);
bool worker_is_draining(const struct control *control, uint32_t worker);
void refuse(struct gateway_request *request, enum gateway_status status, unsigned retry_after, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
// 429 or 503, by what is short.
void refuse_for_now(struct gateway_request *request, enum gateway_refusal why, unsigned retry_after, const char *format,
                    ...) __attribute__((format(printf, 4, 5)));

// operate.c: an operator's order.
void operate(struct control *control, struct gateway_request *request, uint64_t now);

// publish.c, subscribe.c, trickle.c
void publish(struct control *control, struct gateway_request *request, uint64_t now);
void subscribe(struct control *control, struct gateway_request *request, uint64_t now);
uint32_t subscribe_place(struct control *control, const struct room *room); // where one more receiver goes
void trickle(struct control *control, struct gateway_request *request, uint64_t now);

// sessions.c
struct session *session_find(const struct control *control, const char *id);
struct session *session_of_transport(const struct control *control, uint32_t index, uint32_t generation);
void session_list_in(struct control *control, struct session *session);
void session_save(struct control *control, struct session *session);
void session_begin_setup(struct control *control, struct session *session);  // enters the setup list
void session_resume_setup(struct control *control, struct session *session); // enters it again
void session_set_up(struct control *control, struct session *session);       // leaves the setup list
void session_doubt(struct control *control, struct session *session); // it takes long: no media is expected of it
// The one way in which a session ends: close_notify, tables, room, viewers. CLOSED sessions are freed: the pointer is
// gone; FAILED ones stay for a while to be looked at.
void session_end(struct control *control, struct session *session, enum gateway_session_state state, const char *reason,
                 uint64_t now);
void session_forget_failed(struct control *control, uint64_t now);

// handshake.c
void handshake_input(struct control *control, struct session *session, const struct ring_message *message,
                     uint64_t now);
// The one before is forgotten: another one, which an active side begins at once. Ends no session.
void handshake_begin(struct control *control, struct session *session, uint64_t now);
void handshake_tick(struct control *control, struct session *session, uint64_t now);
// The peer may be reached: an active side begins.
void handshake_reachable(struct control *control, struct session *session, uint64_t now);
// Whether the worker took the keys: then the last flight leaves.
void handshake_settle(struct control *control, struct session *session, uint64_t now);
bool session_say(struct control *control, const struct session *session, bool established, const void *data,
                 size_t size);

// records.c: DTLS of sessions that are connected.
void records_reserve(struct control *control, struct session *session);
void records_input(struct control *control, struct session *session, const struct ring_message *message, uint64_t now);
// Says close_notify. False when it could not be sent.
bool records_close(struct control *control, struct session *session);

// Sends what the association has to say; true if there was anything.
bool handshake_flush(struct control *control, struct session *session, bool established);

// watch.c
void watch_session(struct control *control, struct session *session, uint64_t now);

// snapshot.c: NULL when there is no memory.
struct gateway_snapshot *snapshot_make(struct control *control, uint64_t now);

// control.c: puts one into the request.
void answer_snapshot(struct control *control, struct gateway_request *request, uint64_t now);
