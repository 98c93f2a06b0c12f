// SPDX-License-Identifier: Apache-2.0
#include "install.h"

#include "handover.h"
#include "path.h"
#include "poison.h"
#include "tick.h"

// An index that a killed process had taken but not sent yet is skipped with these (index safety).
#define SRTCP_RESTART_MARGIN 64

#define LIVE_NS              15000000000ULL // a silent receiver reports every 5 s or so (RFC 3550 6.2)
#define LOOKS_A_WALK         1024

static bool is_terminated(const char *text, size_t size)
{
    return memchr(text, '\0', size) != NULL;
}

static bool is_sound(const struct worker *worker, const struct transport_intent *intent)
{
    return intent->shard < worker->tables->limits.shards &&
           (intent->mode == TRANSPORT_ICE_LITE || intent->mode == TRANSPORT_ICE_FULL) &&
           is_terminated(intent->local_ufrag, sizeof(intent->local_ufrag)) &&
           is_terminated(intent->local_pwd, sizeof(intent->local_pwd)) &&
           is_terminated(intent->remote_ufrag, sizeof(intent->remote_ufrag)) &&
           is_terminated(intent->remote_pwd, sizeof(intent->remote_pwd)) &&
           is_terminated(intent->cname, sizeof(intent->cname)) && intent->local_ufrag[0] && intent->local_pwd[0];
}

static struct object_pool *key_pool(struct worker *worker, uint16_t suite)
{
    return &worker->pools.keys[suite >= SRTP_SUITE_AEAD_AES_128_GCM];
}

static void wipe_keys(struct worker *worker, struct transport_entry *transport)
{
    if (!transport->keys)
        return;
    explicit_bzero(transport->keys, KEYS_PER_EPOCH * transport_key_size(worker, transport->suite));
    object_pool_give(key_pool(worker, transport->suite), transport->keys);
    transport->keys = NULL;
    transport->upkeep->key_epoch = 0;
}

static void remove_transport(struct worker *worker, struct transport_entry *transport)
{
    const struct record_link nothing = {0};
    wheel_disarm(&worker->wheel, transport->index);
    install_routes(worker, transport, nothing);
    (void)install_streams(worker, transport, nothing);
    path_forget_all(worker, transport);
    rte_hash_del_key(worker->ufrags, transport->upkeep->local_ufrag);
    wipe_keys(worker, transport);
    worker->installed[transport->index / 64] &= ~(1ULL << transport->index % 64);
    const uint32_t index = transport->index;
    entry_wipe_transport(transport);
    worker->state->transports--;
    claim_give(&worker->entries->transport_claims[index]);
}

static uint32_t consent_ms_of(const struct transport_intent *intent)
{
    return (intent->consent_seconds ? intent->consent_seconds : 30) * 1000;
}

static void add_transport(struct worker *worker, struct transport_entry *transport, uint32_t index,
                          const struct transport_intent *intent)
{
    struct transport_state *state = tables_transport_state(worker->tables, index);
    entry_wipe_transport(transport);
    transport->index = index;
    transport->generation = intent->generation;
    transport->twcc.arrivals = transport->upkeep->arrivals;
    if (atomic_load_explicit(&state->applied_generation, memory_order_relaxed) != intent->generation) {
        memset(state, 0, sizeof(*state)); // another session's; a restarted worker finds its own and keeps it
        atomic_store_explicit(&state->applied_generation, intent->generation, memory_order_relaxed);
        atomic_store_explicit(&state->last_consent, worker->now, memory_order_relaxed);
    }
    transport->upkeep->consent_ms = consent_ms_of(intent);
    path_restore(worker, transport);
    worker->installed[index / 64] |= 1ULL << index % 64;
    transport->upkeep->feedback_interval = TICK_FEEDBACK_NS;
    worker->state->transports++;
}

static void set_credentials(struct worker *worker, struct transport_entry *transport,
                            const struct transport_intent *intent)
{
    if (strcmp(transport->upkeep->local_ufrag, intent->local_ufrag) != 0) {
        if (transport->upkeep->local_ufrag[0]) {
            rte_hash_del_key(worker->ufrags, transport->upkeep->local_ufrag);
            path_begin_anew(transport);
        }
        transport->upkeep->role_conflicts = 0;
        memset(transport->upkeep->local_ufrag, 0, sizeof(transport->upkeep->local_ufrag));
        memcpy(transport->upkeep->local_ufrag, intent->local_ufrag, strlen(intent->local_ufrag));
        if (rte_hash_add_key_data(worker->ufrags, transport->upkeep->local_ufrag,
                                  (void *)(uintptr_t)transport->index)) {
            counter_add(&worker->state->ran_dry[POOL_UFRAGS], 1);
            memset(transport->upkeep->local_ufrag, 0,
                   sizeof(transport->upkeep->local_ufrag)); // the next time it is a new one again
        }
    }
    memcpy(transport->upkeep->remote_ufrag, intent->remote_ufrag, sizeof(transport->upkeep->remote_ufrag));
    hmac_sha1_key_init(worker->engine, (const uint8_t *)intent->local_pwd, strlen(intent->local_pwd),
                       &transport->upkeep->local_key);
    hmac_sha1_key_init(worker->engine, (const uint8_t *)intent->remote_pwd, strlen(intent->remote_pwd),
                       &transport->upkeep->remote_key);
}

static const struct transport_keys *newest_keys(const struct transport_intent *intent)
{
    const struct transport_keys *newest = &intent->keys[0];
    for (unsigned i = 1; i < TRANSPORT_KEY_SLOTS; i++)
        if (intent->keys[i].epoch > newest->epoch)
            newest = &intent->keys[i];
    return newest; // of epoch 0 before the first handshake
}

// The SRTCP index goes on where it was for the same keys, a margin ahead, and starts at 0 for new ones.
static void start_srtcp_index(struct transport_state *state, uint32_t epoch)
{
    uint32_t index = 0;
    if (atomic_load_explicit(&state->srtcp_epoch, memory_order_relaxed) == epoch)
        index = atomic_load_explicit(&state->srtcp_index, memory_order_relaxed) + SRTCP_RESTART_MARGIN;
    atomic_store_explicit(&state->srtcp_index, index, memory_order_relaxed);
    atomic_store_explicit(&state->srtcp_epoch, epoch, memory_order_relaxed);
}

static int expand_keys(struct worker *worker, struct transport_entry *transport, const struct transport_keys *keys)
{
    const struct {
        enum srtp_use use;
        const uint8_t *key, *salt;
    } wanted[KEYS_PER_EPOCH] = {
        [KEY_RECEIVE_RTP] = {SRTP_USE_RTP, keys->receive_key, keys->receive_salt},
        [KEY_RECEIVE_RTCP] = {SRTP_USE_RTCP, keys->receive_key, keys->receive_salt},
        [KEY_SEND_RTP] = {SRTP_USE_RTP, keys->send_key, keys->send_salt},
        [KEY_SEND_RTCP] = {SRTP_USE_RTCP, keys->send_key, keys->send_salt},
    };
    transport->suite = keys->suite;
    transport->keys = worker_take(worker, key_pool(worker, keys->suite), POOL_KEYS);
    if (!transport->keys)
        return -ENOMEM;
    for (unsigned i = 0; i < KEYS_PER_EPOCH; i++)
        if (srtp_keys_init(worker->engine, keys->suite, wanted[i].use, wanted[i].key, wanted[i].salt,
                           transport_key(worker, transport, i)))
            return -EINVAL;
    return 0;
}

static int set_keys(struct worker *worker, struct transport_entry *transport, const struct transport_intent *intent)
{
    const struct transport_keys *keys = newest_keys(intent);
    if (!keys->epoch || keys->epoch == transport->upkeep->key_epoch)
        return 0;
    wipe_keys(worker, transport);
    int error = expand_keys(worker, transport, keys);
    if (error) {
        wipe_keys(worker, transport);
        return error;
    }
    transport->upkeep->key_epoch = keys->epoch;
    start_srtcp_index(tables_transport_state(worker->tables, transport->index), keys->epoch);
    // DTLS completed there: whoever sent its last flight has read ours.
    if (transport->upkeep->dtls_path != ENTRY_NO_PATH && !transport->upkeep->dtls_roamed)
        path_prove(worker, transport, transport->upkeep->dtls_path);
    return 0;
}

static void acknowledge(struct worker *worker, struct transport_entry *transport, uint64_t version)
{
    struct transport_state *state = tables_transport_state(worker->tables, transport->index);
    transport->upkeep->version = version;
    atomic_store_explicit(&state->applied_version, version, memory_order_release);
    // Nobody waits for a transport without keys; the last flight of a handshake does for one that has them.
    (transport->keys ? worker_event : worker_note)(worker, transport, EVENT_APPLIED, version);
}

// A freed record: the state says which version said so, and control may use the record again.
static void acknowledge_removal(struct worker *worker, uint32_t index, uint64_t version)
{
    struct transport_state *state = tables_transport_state(worker->tables, index);
    struct transport_entry gone = {.index = index};
    atomic_store_explicit(&state->applied_generation, 0, memory_order_relaxed);
    atomic_store_explicit(&state->applied_version, version, memory_order_release);
    worker_event(worker, &gone, EVENT_APPLIED, version);
}

// Naru-control ends the session; until then it is as if it were not there.
static void tell_quarantine(struct worker *worker, uint32_t index, uint32_t generation)
{
    struct transport_entry named = {.index = index, .generation = generation};
    worker_event(worker, &named, EVENT_QUARANTINED, 0);
}

static bool is_mine(const struct worker *worker, const struct transport_intent *intent)
{
    return intent->shard < worker->tables->limits.shards && worker->shards.phase[intent->shard] == SHARD_OWNED;
}

// Not while another worker has it, which is told to look.
static bool claim_transport(struct worker *worker, uint32_t index)
{
    claim *held = &worker->entries->transport_claims[index];
    if (claim_take(held, worker->index))
        return true;
    uint32_t holder = atomic_load_explicit(held, memory_order_relaxed) - 1;
    if (holder < worker->worker_count) {
        dirty_set(tables_dirty(worker->tables, holder), index);
        dirty_set(tables_dirty(worker->tables, worker->index), index);
    }
    return false;
}

static void install(struct worker *worker, uint32_t index, bool is_notice)
{
    struct transport_intent_record *record = tables_transport(worker->tables, index);
    struct transport_entry *transport = entry_transport(worker->entries, index);
    struct transport_intent intent;
    if (!record || !transport)
        return;
    uint64_t version = record_read(&record->head, &intent, sizeof(intent));
    if (version == 0 || (is_notice && handover_defers(worker, intent.shard, index)))
        return;
    worker_works_on(worker, index);
    bool is_here = install_is_own(worker, index);
    bool wanted = intent.generation && is_sound(worker, &intent) && is_mine(worker, &intent);
    if (wanted && poison_is(worker, index, intent.generation)) {
        tell_quarantine(worker, index, intent.generation);
        wanted = false;
    }
    wanted = wanted && claim_transport(worker, index);
    if (is_here && (!wanted || transport->generation != intent.generation))
        remove_transport(worker, transport);
    if (!intent.generation && is_mine(worker, &intent))
        acknowledge_removal(worker, index, version);
    if (wanted && claim_transport(worker, index)) {
        if (!is_here || !transport->generation)
            add_transport(worker, transport, index, &intent);
        transport->upkeep->shard = intent.shard;
        transport->feedback = intent.feedback;
        transport->upkeep->reduced_rtcp = intent.reduced_rtcp;
        transport->upkeep->max_kbps = intent.max_kbps;
        transport->upkeep->consent_ms = consent_ms_of(&intent);
        transport->upkeep->dtls_packets = intent.dtls_packets;
        transport->upkeep->is_full = intent.mode == TRANSPORT_ICE_FULL;
        transport->upkeep->is_controlling = transport->upkeep->is_full && intent.is_controlling;
        transport->upkeep->tie_breaker = intent.tie_breaker;
        transport->upkeep->rtcp_ssrc = intent.rtcp_ssrc;
        memcpy(transport->upkeep->cname, intent.cname, sizeof(transport->upkeep->cname));
        set_credentials(worker, transport, &intent);
        int error = set_keys(worker, transport, &intent);
        bool is_whole = install_streams(worker, transport, intent.first_stream);
        install_routes(worker, transport, intent.first_route);
        transport->upkeep->routes_missing |= !is_whole || error == -ENOMEM || !transport->upkeep->local_ufrag[0];
        tick_start(worker, transport);
        if (!error) // control lets the handshake end only when the keys are here
            acknowledge(worker, transport, version);
    }
    explicit_bzero(&intent, sizeof(intent));
    worker_works_on_none(worker);
}

void install_transport(struct worker *worker, uint32_t index)
{
    install(worker, index, false);
}

void install_change(struct worker *worker, uint32_t index)
{
    install(worker, index, true);
}

void install_shards(struct worker *worker)
{
    struct dirty_bitmap *dirty = tables_dirty(worker->tables, worker->index);
    for (uint32_t word = 0; word < TABLES_MAX_SHARDS / 64; word++) {
        if (atomic_load_explicit(&dirty->shards[word], memory_order_relaxed) == 0)
            continue;
        uint64_t bits = atomic_exchange_explicit(&dirty->shards[word], 0, memory_order_acquire);
        for (; bits; bits &= bits - 1)
            handover_follow(worker, word * 64 + (uint32_t)__builtin_ctzll(bits));
    }
}

void install_everything(struct worker *worker)
{
    handover_begin(worker);
    worker->takeover = 0;
}

// Its peer was heard lately: what a killed process left silent.
static bool is_live(const struct worker *worker, uint32_t index)
{
    uint64_t last = counter_get(&tables_transport_state(worker->tables, index)->last_received);
    return last && worker->now - last < LIVE_NS;
}

static bool is_left(const struct worker *worker, uint32_t index)
{
    return atomic_load_explicit(&tables_transport(worker->tables, index)->head.version, memory_order_relaxed) &&
           !install_is_own(worker, index);
}

// Receivers that were installed before their publisher.
void install_missing(struct worker *worker)
{
    for (uint32_t index = 0; index < worker->tables->limits.transports; index++)
        if (install_is_own(worker, index) && worker->entries->transports[index].upkeep->routes_missing)
            dirty_set(tables_dirty(worker->tables, worker->index), index);
}

// Over all transports twice: those that are live, then the rest.
bool install_takeover(struct worker *worker, unsigned max)
{
    const uint32_t transports = worker->tables->limits.transports;
    if (worker->takeover == 2 * transports)
        return false;
    for (unsigned looks = 0; looks < LOOKS_A_WALK && max && worker->takeover < 2 * transports; looks++) {
        uint32_t index = worker->takeover % transports;
        if (is_left(worker, index) && (worker->takeover >= transports || is_live(worker, index))) {
            install_transport(worker, index);
            max--;
        }
        if (++worker->takeover % transports == 0)
            install_missing(worker);
    }
    return true;
}
