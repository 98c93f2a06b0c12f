// SPDX-License-Identifier: Apache-2.0
#pragma once

// naru's srtp/ over the fastest mode of bare ipsec-mb at bursts of 32: of the worst suite and direction.
double srtp_worst_ratio(unsigned payload);
