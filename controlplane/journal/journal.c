// SPDX-License-Identifier: Apache-2.0
#include "journal.h"

#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC   0x6e6172752d6a726eULL // "naru-jrn"
#define VERSION 2u

struct header {
    uint64_t magic;
    uint32_t version, count;
    uint64_t session_size;
    struct record_head identity;
    _Alignas(64) struct dtls_identity_der identities[2];
};
_Static_assert(sizeof(struct dtls_identity_der) % 8 == 0, "published word by word");

struct session_record {
    struct record_head head;
    _Alignas(64) struct journal_session slots[2];
};

struct peer_record {
    struct record_head head;
    _Alignas(64) struct journal_peer slots[2];
};

struct channels_record {
    struct record_head head;
    _Alignas(64) struct journal_channels slots[2];
};

static size_t sessions_size(uint32_t transports)
{
    return sizeof(struct header) + (size_t)transports * sizeof(struct session_record);
}

static struct header *header(const struct journal *journal)
{
    return (struct header *)journal->memory;
}

static struct session_record *record(const struct journal *journal, uint32_t transport)
{
    assert(transport < journal->count);
    return (struct session_record *)(journal->memory + sizeof(struct header)) + transport;
}

static struct peer_record *peer_record(const struct journal *journal, uint32_t transport)
{
    assert(transport < journal->count);
    return (struct peer_record *)(journal->memory + sessions_size(journal->count)) + transport;
}

static size_t peers_size(uint32_t transports)
{
    return sessions_size(transports) + (size_t)transports * sizeof(struct peer_record);
}

static struct channels_record *channels_record(const struct journal *journal, uint32_t transport)
{
    assert(transport < journal->count);
    return (struct channels_record *)(journal->memory + peers_size(journal->count)) + transport;
}

static bool is_ours(const struct header *found, uint32_t count)
{
    return found->magic == MAGIC && found->version == VERSION && found->count == count &&
           found->session_size == sizeof(struct journal_session);
}

static int map(int fd, size_t size, struct journal *journal)
{
    journal->memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (journal->memory == MAP_FAILED)
        return -errno;
    journal->size = size;
    (void)madvise(journal->memory, size, MADV_DONTDUMP); // keys stay out of core dumps
    // And out of swap, where the limit allows it. What is agreed on with peers is no secret.
    (void)mlock2(journal->memory, sessions_size(journal->count), MLOCK_ONFAULT);
    return 0;
}

int journal_open(int fd, uint32_t transports, struct journal *ret_journal)
{
    size_t size = peers_size(transports) + (size_t)transports * sizeof(struct channels_record);
    struct stat status;
    if (fstat(fd, &status))
        return -errno;
    // A release before peers were kept, or their channels, left the same without them.
    bool is_shorter =
        (size_t)status.st_size == sessions_size(transports) || (size_t)status.st_size == peers_size(transports);
    if (is_shorter && !ftruncate(fd, (off_t)size))
        status.st_size = (off_t)size;
    bool fits = (size_t)status.st_size == size;
    if (!fits && (ftruncate(fd, 0) || ftruncate(fd, (off_t)size)))
        return -errno;
    struct journal journal = {.count = transports};
    int error = map(fd, size, &journal);
    if (error)
        return error;
    if (!is_ours(header(&journal), transports)) {
        memset(journal.memory, 0, fits ? size : sizeof(struct header));
        header(&journal)->version = VERSION;
        header(&journal)->count = transports;
        header(&journal)->session_size = sizeof(struct journal_session);
        header(&journal)->magic = MAGIC;
    }
    *ret_journal = journal;
    return 0;
}

int journal_check(int fd, uint32_t transports, char *ret_why, size_t size)
{
    struct header found;
    memset(&found, 0, sizeof(found));
    ssize_t got = pread(fd, &found, sizeof(found), 0);
    bool fits = got >= 0 && (found.magic == 0 || is_ours(&found, transports)); // 0: nobody has written there
    explicit_bzero(&found, sizeof(found));
    if (fits)
        return 0;
    snprintf(ret_why, size,
             "the journal of sessions is another release's: they would end; stop and start the gateway "
             "when that does not matter");
    return got < 0 ? -errno : -EPROTO;
}

void journal_close(struct journal *journal)
{
    if (journal->memory)
        munmap(journal->memory, journal->size);
    *journal = (struct journal){0};
}

int journal_read_identity(const struct journal *journal, struct dtls_identity_der *ret_der)
{
    return record_read(&header(journal)->identity, ret_der, sizeof(*ret_der)) ? 0 : -ENOENT;
}

void journal_write_identity(struct journal *journal, const struct dtls_identity_der *der)
{
    record_publish(&header(journal)->identity, der, sizeof(*der));
}

void journal_write_session(struct journal *journal, const struct journal_session *session)
{
    size_t sections = session->section_count < JOURNAL_SECTIONS ? session->section_count : JOURNAL_SECTIONS;
    size_t used = offsetof(struct journal_session, sections) + sections * sizeof(session->sections[0]);
    record_publish_part(&record(journal, session->transport.index)->head, session, used, sizeof(*session));
}

void journal_erase_session(struct journal *journal, uint32_t transport)
{
    record_wipe(&record(journal, transport)->head, sizeof(struct journal_session));
}

void journal_write_peer(struct journal *journal, uint32_t transport, const struct journal_peer *peer)
{
    size_t used = offsetof(struct journal_peer, transceivers) + peer->transceiver_count * sizeof(peer->transceivers[0]);
    assert(peer->transceiver_count <= JOURNAL_TRANSCEIVERS);
    record_publish_part(&peer_record(journal, transport)->head, peer, used, sizeof(*peer));
}

void journal_erase_peer(struct journal *journal, uint32_t transport)
{
    static const struct journal_peer nothing;
    struct record_head *head = &peer_record(journal, transport)->head;
    if (atomic_load_explicit(&head->version, memory_order_relaxed)) // else its pages stay untouched
        record_publish_part(head, &nothing, offsetof(struct journal_peer, lines), sizeof(nothing));
}

void journal_write_channels(struct journal *journal, uint32_t transport, const struct journal_channels *channels)
{
    size_t used = offsetof(struct journal_channels, list) + channels->count * sizeof(channels->list[0]);
    assert(channels->count <= JOURNAL_CHANNELS);
    record_publish_part(&channels_record(journal, transport)->head, channels, used, sizeof(*channels));
}

bool journal_read_channels(const struct journal *journal, struct record_link transport,
                           struct journal_channels *ret_channels)
{
    const struct channels_record *record = channels_record(journal, transport.index);
    if (!record_read(&record->head, ret_channels, sizeof(*ret_channels)) || !transport.generation ||
        ret_channels->generation != transport.generation || ret_channels->count > JOURNAL_CHANNELS)
        return false;
    for (unsigned i = 0; i < ret_channels->count; i++) {
        ret_channels->list[i].label[JOURNAL_CHANNEL_LABEL - 1] = 0;
        ret_channels->list[i].protocol[JOURNAL_CHANNEL_PROTOCOL - 1] = 0;
    }
    return true;
}

static bool is_inside(const struct journal_peer *peer)
{
    bool is_good = peer->line_count <= JOURNAL_TRANSCEIVERS && peer->transceiver_count <= JOURNAL_TRANSCEIVERS;
    for (unsigned i = 0; is_good && i < peer->line_count; i++)
        is_good =
            peer->lines[i].transceiver == JOURNAL_NO_TRANSCEIVER || peer->lines[i].transceiver < JOURNAL_TRANSCEIVERS;
    return is_good;
}

static void terminate_peer(struct journal_peer *peer)
{
    peer->cname[sizeof(peer->cname) - 1] = 0;
    for (unsigned i = 0; i < JOURNAL_TRANSCEIVERS; i++)
        peer->lines[i].mid[RTP_ID_SIZE - 1] = 0;
    for (unsigned i = 0; i < JOURNAL_FORMATS; i++)
        peer->formats[i].fmtp[sizeof(peer->formats[i].fmtp) - 1] = 0;
    for (unsigned i = 0; i < JOURNAL_TRANSCEIVERS; i++) {
        struct journal_transceiver *transceiver = &peer->transceivers[i];
        if (i >= peer->transceiver_count) // what stands there is of a time before
            memset(transceiver, 0, sizeof(*transceiver));
        transceiver->mid[RTP_ID_SIZE - 1] = transceiver->rid[RTP_ID_SIZE - 1] = 0;
        transceiver->source_mid[RTP_ID_SIZE - 1] = 0;
        transceiver->stream_id[JOURNAL_TRACK_SIZE - 1] = transceiver->track_id[JOURNAL_TRACK_SIZE - 1] = 0;
        transceiver->source_session[JOURNAL_SESSION_ID_SIZE - 1] = 0;
        transceiver->fmtp[sizeof(transceiver->fmtp) - 1] = 0;
        transceiver->source_fmtp[sizeof(transceiver->source_fmtp) - 1] = 0;
    }
}

bool journal_read_peer(const struct journal *journal, struct record_link transport, struct journal_peer *ret_peer)
{
    const struct peer_record *record = peer_record(journal, transport.index);
    if (!record_read(&record->head, ret_peer, sizeof(*ret_peer)) || !transport.generation ||
        ret_peer->generation != transport.generation || !is_inside(ret_peer))
        return false;
    terminate_peer(ret_peer);
    return true;
}

static void terminate(struct journal_session *session)
{
    session->id[sizeof(session->id) - 1] = session->etag[sizeof(session->etag) - 1] = 0;
    session->room_name[sizeof(session->room_name) - 1] = 0;
    session->fingerprint[sizeof(session->fingerprint) - 1] = 0;
    for (uint32_t i = 0; i < JOURNAL_SECTIONS; i++) {
        struct journal_section *section = &session->sections[i];
        section->mid[sizeof(section->mid) - 1] = 0;
        section->stream_id[sizeof(section->stream_id) - 1] = section->track_id[sizeof(section->track_id) - 1] = 0;
        section->fmtp[sizeof(section->fmtp) - 1] = 0;
    }
}

bool journal_read_session(const struct journal *journal, uint32_t transport, struct journal_session *ret_session)
{
    if (!record_read(&record(journal, transport)->head, ret_session, sizeof(*ret_session)) ||
        !ret_session->transport.generation || ret_session->transport.index != transport ||
        ret_session->section_count > JOURNAL_SECTIONS)
        return false;
    terminate(ret_session);
    return true;
}
