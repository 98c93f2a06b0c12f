// SPDX-License-Identifier: Apache-2.0
// Each end of a session has a name, which naru-control tells its log, and a reason, which the simulator knows.
#include "control_process.h"
#include "log.h"
#include "peers.h"
#include "rules.h"
#include "simulation.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void __wrap_log_write(struct log_site *site, enum log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool has_gone(const struct peer *peer)
{
    return peer->state == PEER_IS_GONE || peer->state == PEER_LEAVES;
}

// Whether the room has a publisher that should still be there, or had one that went.
static bool has_publisher(const struct peer *viewer, bool that_went)
{
    for (unsigned i = 0; i < peers.count; i++) {
        const struct peer *other = &peers.list[i];
        if (other->is_publisher && other->id[0] && !strcmp(other->room, viewer->room) &&
            (that_went ? other->has_ended || other->was_killed || !other->is_known_connected
                       : other->is_known_connected && !other->has_ended))
            return true;
    }
    return false;
}

// Retransmissions may all be lost, too: rules_check_luck says how often that may be.
static bool is_slow(struct peer *peer)
{
    if (has_gone(peer) || peer->was_paused)
        return true;
    peer->is_unlucky = true;
    return simulation.options.faults & (FAULT_LOSS | FAULT_KILL_DATAPLANE | FAULT_MOVE);
}

// Its close_notify, or that it is there at all.
static bool may_miss_a_word(const struct peer *peer)
{
    const unsigned lossy = FAULT_LOSS | FAULT_KILL_CONTROL | FAULT_KILL_DATAPLANE | FAULT_PAUSE | FAULT_MOVE;
    return peer->manner != MANNER_CLOSES || simulation.options.faults & lossy;
}

static bool has_reason(struct peer *peer, const char *reason)
{
    if (!strcmp(reason, "closed by request"))
        return peer->state == PEER_LEAVES;
    if (!strcmp(reason, "closed by the peer"))
        return peer->manner == MANNER_CLOSES && has_gone(peer);
    if (!strcmp(reason, "the publisher left"))
        return has_publisher(peer, true);
    if (!strcmp(reason, "its publisher is gone"))
        return !has_publisher(peer, false);
    if (!strcmp(reason, "the peer's consent ran out"))
        return peer->was_paused || (has_gone(peer) && (peer->manner == MANNER_VANISHES || may_miss_a_word(peer)));
    if (!strcmp(reason, "the certificate does not match the signalled fingerprint"))
        return peer->manner == MANNER_FORGED;
    if (!strcmp(reason, "no authenticated ICE check arrived in time"))
        return peer->manner == MANNER_SILENT || is_slow(peer);
    if (!strcmp(reason, "not set up in time"))
        return peer->manner == MANNER_MUTE || is_slow(peer);
    if (!strcmp(reason, "DTLS handshake not finished in time") ||
        !strcmp(reason, "the dataplane did not take the keys in time"))
        return peer->manner == MANNER_MUTE || is_slow(peer);
    if (!strcmp(reason, "another publisher took the room over"))
        return peer->is_publisher;
    return !strcmp(reason, "the gateway stops");
}

static void judge(const char *id, const char *rest)
{
    struct peer *peer = peers_find_id(id);
    char reason[128];
    if (sscanf(rest, " failed: %127[^\n]", reason) != 1 && sscanf(rest, " ended: %127[^\n]", reason) != 1) {
        if (peer && !strncmp(rest, " connected", 10))
            peer->is_known_connected = true;
        if (!strncmp(rest, " may not", 8))
            broken("session %s%s", id, rest);
        return;
    }
    if (!peer) // it was answered a moment before it was killed: its peer does not know it
        return;
    if (peer->has_ended)
        broken("the session of peer %u ends twice: %s", peer->number, reason);
    peer->has_ended = true;
    if (!has_reason(peer, reason))
        broken("the session of peer %u (manner %d, state %d) ends for no reason: %s", peer->number, peer->manner,
               peer->state, reason);
}

void __wrap_log_write(struct log_site *site, enum log_level level, const char *format, ...)
{
    char text[512], id[GATEWAY_ID_SIZE];
    int used = 0;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (level > LOG_INFO)
        return;
    trace("control: %s", text);
    if (sscanf(text, "session %32[0-9a-f]%n", id, &used) == 1)
        judge(id, text + used);
}
