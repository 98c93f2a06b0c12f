// SPDX-License-Identifier: Apache-2.0
// With which formats sections are offered, the preferred first.
#pragma once

#include "peer_parts.h"

#define PEER_FORMATS 12 // of a section
struct peer_formats {
    unsigned count;
    struct sdp_alternative list[PEER_FORMATS];
};
// What is asked for of the transceiver, in choices of the caller's; returns their number, 0: the policy's.
unsigned peer_preferences(const struct journal_transceiver *transceiver,
                          struct sdp_codec_choice ret_choices[2 * JOURNAL_PREFERENCES]);
// Gives all that can be asked for a number, so that one has the same in each offer.
void peer_number_formats(const struct peer_policy *policy, struct journal_peer *scratch);
// False when there is no payload type left.
bool peer_list_formats(const struct peer_policy *policy, struct journal_peer *scratch,
                       const struct journal_transceiver *transceiver, struct peer_formats *ret_formats);
// setCodecPreferences. -EPROTO: the request is refused.
int peer_prefer(struct journal_transceiver *transceiver, struct gateway_request *request);
