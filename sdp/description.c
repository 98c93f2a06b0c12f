// SPDX-License-Identifier: Apache-2.0
#include "arena.h"
#include "parser.h"

#include <string.h>

static void clear_level(struct sdp_level *level)
{
    level->connection = level->ice_ufrag = level->ice_pwd = level->ice_options = "";
}

struct sdp *sdp_create(struct sdp_arena *arena)
{
    struct sdp *sdp = sdp_arena_alloc(arena, sizeof(*sdp));
    if (!sdp)
        return NULL;
    sdp->arena = arena;
    sdp->origin = (struct sdp_origin){"-", "0", "0", "IP4", "0.0.0.0"};
    sdp->name = "";
    clear_level(&sdp->level);
    return sdp;
}

struct sdp_media *sdp_append_media(struct sdp *sdp)
{
    struct sdp_media *media = SDP_APPEND(sdp->arena, sdp->media, sdp->media_count);
    if (!media)
        return NULL;
    media->type = media->protocol = media->formats_text = "";
    media->mid = media->simulcast_send = media->simulcast_receive = "";
    media->port_count = 1;
    clear_level(&media->level);
    return media;
}

void sdp_free(struct sdp *sdp)
{
    if (sdp)
        sdp_arena_destroy(sdp->arena);
}

const char *sdp_ice_ufrag(const struct sdp *sdp, const struct sdp_media *media)
{
    return *media->level.ice_ufrag ? media->level.ice_ufrag : sdp->level.ice_ufrag;
}

const char *sdp_ice_pwd(const struct sdp *sdp, const struct sdp_media *media)
{
    return *media->level.ice_pwd ? media->level.ice_pwd : sdp->level.ice_pwd;
}

enum sdp_setup sdp_setup_of(const struct sdp *sdp, const struct sdp_media *media)
{
    return media->level.setup ? media->level.setup : sdp->level.setup;
}

enum sdp_direction sdp_direction_of(const struct sdp *sdp, const struct sdp_media *media)
{
    if (media->level.direction)
        return media->level.direction;
    return sdp->level.direction ? sdp->level.direction : SDP_SENDRECV;
}

static const char *tls_id_of(const struct sdp_level *level)
{
    for (unsigned i = 0; i < level->attribute_count; i++)
        if (level->attributes[i].value && strcmp(level->attributes[i].name, "tls-id") == 0)
            return level->attributes[i].value;
    return "";
}

const char *sdp_tls_id(const struct sdp *sdp, const struct sdp_media *media)
{
    const char *own = tls_id_of(&media->level);
    return *own ? own : tls_id_of(&sdp->level);
}

const struct sdp_fingerprint *sdp_fingerprints(const struct sdp *sdp, const struct sdp_media *media,
                                               unsigned *ret_count)
{
    const struct sdp_level *level = media->level.fingerprint_count ? &media->level : &sdp->level;
    *ret_count = level->fingerprint_count;
    return level->fingerprints;
}
