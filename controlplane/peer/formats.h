// SPDX-License-Identifier: Apache-2.0
// What the numbers of a bundle mean: payload types (RFC 8843 9.1) and ids of header extensions (RFC 8285). The peer's
// own come first, out of each of its descriptions; what it never named is given a free one.
#pragma once

#include "journal_peer.h"
#include "sdp.h"

#include <stdbool.h>

// uris: by enum extension_kind, NULL where there is none.
void formats_learn(struct journal_peer *peer, const struct sdp *remote, const char *const uris[EXTENSION_KINDS]);

// Whether the peer may take such a stream: it named a format for it, or none of its kind yet.
bool formats_suit(const struct journal_peer *peer, enum sdp_codec codec, const char *fmtp);

// The format under which it is sent or asked for; a new one where it is not there. NULL when no payload type is left.
const struct journal_format *formats_take(struct journal_peer *peer, enum sdp_codec codec, const char *fmtp, bool rtx);

// 0: no id is left.
uint8_t formats_take_extension(struct journal_peer *peer, enum extension_kind kind);
