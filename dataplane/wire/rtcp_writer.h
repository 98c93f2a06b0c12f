// SPDX-License-Identifier: Apache-2.0
// Writes one RTCP packet each; a compound is one behind the other. All return its size or -ENOSPC.
#pragma once

#include "rtcp.h"
#include "rtcp_feedback.h"

// At most RTCP_REPORTS_MAX reports (-EINVAL).
int rtcp_write_sr(uint8_t *data, size_t capacity, const struct rtcp_sender_info *info,
                  const struct rtcp_report *reports, unsigned count);
int rtcp_write_rr(uint8_t *data, size_t capacity, uint32_t ssrc, const struct rtcp_report *reports, unsigned count);

int rtcp_write_sdes_cname(uint8_t *data, size_t capacity, uint32_t ssrc, const char *cname, size_t cname_size);
int rtcp_write_bye(uint8_t *data, size_t capacity, const uint32_t *ssrcs, unsigned count);
int rtcp_write_pli(uint8_t *data, size_t capacity, uint32_t sender_ssrc, uint32_t media_ssrc);
int rtcp_write_fir(uint8_t *data, size_t capacity, uint32_t sender_ssrc, const struct rtcp_fir *entries,
                   unsigned count);

// The sequence numbers ascend (modulo 2^16); neighbours share an entry. -ENOSPC if they do not all fit.
int rtcp_write_nack(uint8_t *data, size_t capacity, uint32_t sender_ssrc, uint32_t media_ssrc,
                    const uint16_t *sequences, unsigned count);

int rtcp_write_remb(uint8_t *data, size_t capacity, uint32_t sender_ssrc, uint64_t bitrate, const uint32_t *ssrcs,
                    unsigned count);
