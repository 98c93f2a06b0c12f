// SPDX-License-Identifier: Apache-2.0
// Text that is written into a buffer of fixed size; inside sdp/ only.
#pragma once

#include "sdp.h"

struct printer {
    char *at;
    size_t left;
    bool is_full;
};

void sdp_emit(struct printer *printer, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sdp_emit_level(struct printer *printer, const struct sdp_level *level);
void sdp_emit_kept(struct printer *printer, const struct sdp_level *level);
void sdp_emit_candidate(struct printer *printer, const struct sdp_candidate *candidate);
void sdp_emit_media(struct printer *printer, const struct sdp_media *media);
