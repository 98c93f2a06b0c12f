// SPDX-License-Identifier: Apache-2.0
#include "peer_session.h"

#include "byte_order.h"
#include "tcp_link.h"
#include <errno.h>
#include <openssl/rand.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MID_EXTENSION  1
#define TWCC_EXTENSION 3
#define DATAGRAM_MAX   2048

static const char *const mids[MEDIA_KINDS] = {"0", "1"};

const char *session_state_text(enum session_state state)
{
    static const char *const names[] = {"idle",      "signalling", "checking", "handshaking",
                                        "connected", "closed",     "failed"};
    return names[state];
}

void session_fail(struct session *session, const char *format, ...)
{
    va_list arguments;
    if (session->state == SESSION_FAILED)
        return;
    session->state = SESSION_FAILED;
    va_start(arguments, format);
    vsnprintf(session->error, sizeof(session->error), format, arguments);
    va_end(arguments);
}

static void ice_out(void *context, const struct socket_address *to, const uint8_t *data, size_t size)
{
    session_send(context, to, data, size);
}

static void dtls_out(void *context, const uint8_t *data, size_t size)
{
    struct session *session = context;
    // Once selected a path stays so through an ICE restart.
    const struct socket_address *to = session->ice.selected.size ? &session->ice.selected : &session->dtls_remote;
    if (to->size)
        session_send(session, to, data, size);
}

static void add_streams(struct session *session, enum media_kind kind, enum media_codec codec)
{
    const struct client_options *options = session->options;
    bool audio = kind == MEDIA_AUDIO;
    if (session->direction & SESSION_SENDS) {
        struct media_source *source = &session->sources[session->source_count++];
        media_source_init(source, codec, audio ? options->audio_size : options->video_size,
                          audio ? options->audio_rate : options->video_rate);
        source->room = session->room;
        source->sender = session->own_ssrc;
        if (options->ssrc)
            source->ssrc = options->ssrc + session->source_count - 1;
    }
    if (session->direction & SESSION_RECEIVES)
        session->sinks[session->sink_count++] =
            (struct media_sink){.kind = kind, .room = session->room, .payload_type = -1};
}

int session_init(struct session *session, const struct client_options *options, SSL_CTX *dtls, bool lite,
                 unsigned direction)
{
    session->options = options;
    session->direction = direction;
    session->repair = repair_create(options->lose_percent);
    RAND_bytes((uint8_t *)&session->own_ssrc, sizeof(session->own_ssrc));
    snprintf(session->cname, sizeof(session->cname), "client-%08x", session->own_ssrc);
    int result = socket_open(options->family, options->bind, &session->fd, &session->local);
    if (result) {
        session->fd = -1;
        return result;
    }
    ice_init(&session->ice, lite, ice_out, session);
    session->ice.controlling = !options->controlled;
    session->ice.tie_breaker = options->low_tie_breaker ? 1 : UINT64_MAX - 1;
    if (options->audio)
        add_streams(session, MEDIA_AUDIO, CODEC_OPUS);
    if (options->video)
        add_streams(session, MEDIA_VIDEO, options->video_codec);
    result = dtls_init(&session->dtls, dtls, dtls_out, session);
    if (result)
        return result;
    dtls_own_fingerprint(&session->dtls, session->fingerprint);
    if (options->tamper == TAMPER_WRONG_FINGERPRINT)
        session->fingerprint[0] = session->fingerprint[0] == '0' ? '1' : '0';
    return direction & SESSION_SENDS ? tamper_init(&session->tamper, options) : 0;
}

void session_free(struct session *session)
{
    if (session->fd >= 0)
        close(session->fd);
    session->fd = -1;
    tcp_link_close(session->tcp);
    session->tcp = NULL;
    dtls_free(&session->dtls);
    srtp_pair_close(&session->srtp);
    tamper_free(&session->tamper);
    free(session->repair);
    session->repair = NULL;
    free(session->offer);
    free(session->fragment);
    session->offer = session->fragment = NULL;
}

static const char *codec_name(const struct client_options *options, enum media_kind kind)
{
    return kind == MEDIA_AUDIO ? "opus" : options->video_codec == CODEC_H264 ? "H264" : "VP8";
}

static uint8_t own_payload_type(const struct client_options *options, enum media_kind kind)
{
    return kind == MEDIA_AUDIO ? 111 : options->video_codec == CODEC_H264 ? 102 : 96;
}

static uint32_t source_ssrc(const struct session *session, enum media_kind kind)
{
    for (unsigned i = 0; i < session->source_count; i++)
        if (session->sources[i].kind == kind)
            return session->sources[i].ssrc;
    return 0;
}

// The offer's names and numbers, if it is known already.
static void follow_offer(const struct session *session, struct sdp_local_section *section, struct sdp_local *local)
{
    const struct sdp_section *offered = sdp_section_of(&session->remote, section->kind);
    int payload_type = offered ? sdp_payload_type(offered, section->codec) : -1;
    if (payload_type < 0)
        return;
    section->mid = offered->mid;
    section->payload_type = (uint8_t)payload_type;
    local->mid_extension = offered->mid_extension;
    local->twcc_extension = offered->twcc_extension;
}

char *session_describe(struct session *session, enum sdp_setup setup, bool answer)
{
    static const char *const directions[] = {"inactive", "sendonly", "recvonly", "sendrecv"};
    const struct client_options *options = session->options;
    struct sdp_local local = {
        .ufrag = session->ice.local_ufrag,
        .password = session->ice.local_password,
        .fingerprint = session->fingerprint,
        .direction = directions[session->direction],
        .cname = session->cname,
        .setup = setup,
        .lite = session->ice.lite,
        .tcp = options->tcp,
        .address = session->local,
        .mid_extension = MID_EXTENSION,
        .twcc_extension = TWCC_EXTENSION,
    };
    for (enum media_kind kind = MEDIA_AUDIO; kind < MEDIA_KINDS; kind++) {
        if (kind == MEDIA_AUDIO ? !options->audio : !options->video)
            continue;
        struct sdp_local_section *section = &local.sections[local.section_count++];
        *section = (struct sdp_local_section){.kind = kind,
                                              .mid = mids[kind],
                                              .codec = codec_name(options, kind),
                                              .payload_type = own_payload_type(options, kind),
                                              .ssrc = source_ssrc(session, kind)};
        if (answer)
            follow_offer(session, section, &local);
        if (!session->repair || kind != MEDIA_VIDEO)
            continue;
        section->rtx_payload_type = (uint8_t)(section->payload_type + RTX_ABOVE);
        section->rtx_ssrc = session->repair->rtx_ssrc;
    }
    return sdp_write(&local);
}

static int negotiate_source(struct session *session, struct media_source *source)
{
    const struct sdp_section *section = sdp_section_of(&session->remote, source->kind);
    int payload_type = section ? sdp_payload_type(section, codec_name(session->options, source->kind)) : -1;
    if (!section || section->rejected || !section->receives || payload_type < 0) {
        session_fail(session, "the answer does not take our %s", source->kind == MEDIA_AUDIO ? "audio" : "video");
        return -EPROTO;
    }
    source->payload_type = (uint8_t)payload_type;
    // RFC 8285 8: what the answer left out must not be sent.
    source->mid_extension = section->mid_extension < 15 ? section->mid_extension : 0;
    source->twcc_extension = section->twcc_extension < 15 ? section->twcc_extension : 0;
    snprintf(source->mid, sizeof(source->mid), "%.16s", section->mid);
    return 0;
}

static int negotiate_sink(struct session *session, struct media_sink *sink)
{
    const struct sdp_section *section = sdp_section_of(&session->remote, sink->kind);
    if (!section || section->rejected || !section->sends) {
        session_fail(session, "the answer sends no %s", sink->kind == MEDIA_AUDIO ? "audio" : "video");
        return -EPROTO;
    }
    sink->payload_type = sdp_payload_type(section, codec_name(session->options, sink->kind));
    sink->mid_extension = section->mid_extension;
    sink->section = section;
    snprintf(sink->mid, sizeof(sink->mid), "%s", section->mid);
    return 0;
}

static int negotiate_streams(struct session *session)
{
    for (unsigned i = 0; i < session->source_count; i++)
        if (negotiate_source(session, &session->sources[i]))
            return -EPROTO;
    for (unsigned i = 0; i < session->sink_count; i++)
        if (negotiate_sink(session, &session->sinks[i]))
            return -EPROTO;
    return 0;
}

// A session has one connection: of TCP's candidates the first one.
static bool is_tried(const struct session *session, const struct sdp_candidate *candidate)
{
    return candidate->tcp == session->options->tcp && candidate->address.any.sa_family == session->options->family &&
           !(candidate->tcp && session->ice.pair_count);
}

static int take_transport(struct session *session)
{
    const struct sdp_description *remote = &session->remote;
    strcpy(session->ice.remote_ufrag, remote->ufrag);
    strcpy(session->ice.remote_password, remote->password);
    strcpy(session->dtls.hash_name, remote->hash_name);
    memcpy(session->dtls.expected, remote->fingerprint, remote->fingerprint_size);
    session->dtls.expected_size = remote->fingerprint_size;
    for (unsigned i = 0; i < remote->candidate_count; i++)
        if (is_tried(session, &remote->candidates[i]))
            ice_add_remote(&session->ice, &remote->candidates[i].address, remote->candidates[i].priority);
    if (session->options->tcp && session->ice.pair_count)
        session->tcp = tcp_link_open(&session->ice.pairs[0].remote, session->options->bind);
    if ((session->ice.pair_count && (session->tcp || !session->options->tcp)) || session->ice.lite)
        return 0;
    session_fail(session, "the answer has no candidate of IPv%d and %s", session->options->family == AF_INET ? 4 : 6,
                 session->options->tcp ? "TCP" : "UDP");
    return -EPROTO;
}

static int apply(struct session *session, const char *text, size_t size, uint64_t now)
{
    int result = sdp_read(text, size, &session->remote);
    if (result < 0) {
        session_fail(session, "the description cannot be read");
        return result;
    }
    result = take_transport(session);
    if (result || (result = negotiate_streams(session)))
        return result;
    session->answered_ns = now;
    session->state = SESSION_CHECKING;
    return 0;
}

// For tests that speak in the session's name.
static void hand_out_credentials(const struct session *session)
{
    char local[SOCKET_TEXT_SIZE], remote[SOCKET_TEXT_SIZE];
    const struct ice_agent *ice = &session->ice;
    FILE *file = session->options->credentials ? fopen(session->options->credentials, "a") : NULL;
    if (!file)
        return;
    fprintf(file,
            "{\"role\": \"%s\", \"room\": %u, \"local\": \"%s\", \"remote\": \"%s\", \"local_ufrag\": \"%s\", "
            "\"remote_ufrag\": \"%s\", \"remote_password\": \"%s\"}\n",
            session->viewer < 0 ? "publisher" : "viewer", session->room, socket_address_text(&session->local, local),
            socket_address_text(&ice->pairs[0].remote, remote), ice->local_ufrag, ice->remote_ufrag,
            ice->remote_password);
    fclose(file);
}

int session_apply(struct session *session, const char *text, size_t size, uint64_t now)
{
    int result = apply(session, text, size, now);
    if (result)
        return result;
    enum sdp_setup setup = session->remote.setup;
    hand_out_credentials(session);
    if (setup == SDP_SETUP_NONE || setup == SDP_SETUP_ACTPASS || setup == session->options->setup) {
        session_fail(session, "the answer's a=setup does not fit the offer");
        return -EPROTO;
    }
    session->dtls.server = setup == SDP_SETUP_ACTIVE;
    if (session->dtls.server)
        dtls_start(&session->dtls, true);
    return 0;
}

int session_apply_offer(struct session *session, const char *text, size_t size, enum sdp_setup own_setup, uint64_t now)
{
    int result = apply(session, text, size, now);
    if (result)
        return result;
    session->dtls.server = own_setup == SDP_SETUP_PASSIVE;
    if (session->dtls.server)
        dtls_start(&session->dtls, true);
    return 0;
}

static void install_keys(struct session *session, uint64_t now)
{
    uint8_t material[DTLS_MATERIAL_MAX];
    session->suite = srtp_pair_suite_of(dtls_profile(&session->dtls));
    if (!session->suite) {
        session_fail(session, "the handshake chose no SRTP suite");
        return;
    }
    size_t size = 2 * (session->suite->key_size + session->suite->salt_size);
    if (dtls_export(&session->dtls, size, material) ||
        srtp_pair_open(&session->srtp, session->suite, material, !session->dtls.server)) {
        session_fail(session, "keys could not be installed");
        return;
    }
    OPENSSL_cleanse(material, sizeof(material));
    session->state = SESSION_CONNECTED;
    session->connected_ns = now;
    session_media_start(session, now);
}

// Moves the session along by what ICE and DTLS have reached.
static void advance(struct session *session, uint64_t now)
{
    if (session->state == SESSION_CHECKING && session->ice.failed)
        session_fail(session, "no ICE check succeeded (last error code %u)", session->ice.counters.last_error_code);
    if (session->state == SESSION_CHECKING && session->ice.nominated) {
        session->state = SESSION_HANDSHAKING;
        session->nominated_ns = now;
        if (!session->dtls.server)
            dtls_start(&session->dtls, false);
    }
    if (session->dtls.state == DTLS_FAILED)
        session_fail(session, "%s (alert received %d, sent %d)", session->dtls.error, session->dtls.alert_received,
                     session->dtls.alert_sent);
    if (session->state == SESSION_HANDSHAKING && session->dtls.state >= DTLS_ESTABLISHED)
        install_keys(session, now);
    if (session->state == SESSION_CONNECTED && session->dtls.state == DTLS_CLOSED) {
        session->state = SESSION_CLOSED;
        session->closed_by_peer = true;
        session_stop_sending(session, now);
    }
    if (session->ice.consent_expired && session->sending)
        session_stop_sending(session, now);
}

// RFC 7983
static void demultiplex(struct session *session, const struct socket_address *from, uint8_t *data, size_t size,
                        uint64_t now)
{
    session->counters.datagrams_in++;
    if (size && data[0] < 4) {
        ice_input(&session->ice, from, data, size, now);
        return;
    }
    if (!ice_knows(&session->ice, from)) {
        session->counters.unexpected_source++;
        return;
    }
    if (size && data[0] >= 20 && data[0] < 64) {
        session->dtls_remote = *from;
        if (session->dtls.state != DTLS_NEW)
            dtls_input(&session->dtls, data, size);
    } else if (size && data[0] >= 128 && data[0] < 192) {
        session_take_media(session, data, size, now);
    } else {
        session->counters.unknown++;
    }
}

void session_readable(struct session *session, uint64_t now)
{
    uint8_t data[DATAGRAM_MAX + SRTP_PAIR_TAIL] __attribute__((aligned(8)));
    for (int i = 0; i < 64; i++) {
        struct socket_address from = {.size = sizeof(from.v6)};
        ssize_t size = recvfrom(session->fd, data, DATAGRAM_MAX, 0, &from.any, &from.size);
        if (size < 0)
            return;
        if (session->options->tcp) // no UDP gets through
            continue;
        if (session->state != SESSION_FAILED && session->state != SESSION_CLOSED)
            demultiplex(session, &from, data, (size_t)size, now);
        advance(session, now);
    }
}

struct arrival {
    struct session *session;
    uint64_t now;
};

static void take_packet(void *context, uint8_t *packet, size_t size)
{
    const struct arrival *arrival = context;
    struct session *session = arrival->session;
    if (session->state != SESSION_FAILED && session->state != SESSION_CLOSED)
        demultiplex(session, &session->tcp->to, packet, size, arrival->now);
    advance(session, arrival->now);
}

static void tick_tcp(struct session *session, uint64_t now)
{
    struct arrival arrival = {session, now};
    double drop_s = session->options->tcp_drop_s;
    if (drop_s > 0 && session->connected_ns && !session->tcp->was_dropped &&
        now > session->connected_ns + (uint64_t)(drop_s * (double)NS_PER_S)) {
        session->tcp->was_dropped = true;
        tcp_link_drop(session->tcp);
    }
    if (tcp_link_tick(session->tcp, now, take_packet, &arrival) && session->tcp->connects > 1)
        ice_check_again(&session->ice);
}

void session_tick(struct session *session, uint64_t now)
{
    if (session->state < SESSION_CHECKING || session->state >= SESSION_CLOSED)
        return;
    if (session->tcp)
        tick_tcp(session, now);
    if (!session->connected_ns &&
        now > session->answered_ns + (uint64_t)(session->options->connect_timeout_s * (double)NS_PER_S))
        session_fail(session, "%s timed out", session->ice.nominated ? "the DTLS handshake" : "ICE");
    ice_tick(&session->ice, now);
    dtls_tick(&session->dtls);
    advance(session, now);
    if (session->state == SESSION_CONNECTED)
        session_media_tick(session, now);
}

void session_stop_sending(struct session *session, uint64_t now)
{
    if (!session->stopped_ns)
        session->stopped_ns = now;
    session->sending = false;
}

void session_close(struct session *session)
{
    if (session->state != SESSION_CONNECTED)
        return;
    dtls_close(&session->dtls);
    session->state = SESSION_CLOSED;
}
