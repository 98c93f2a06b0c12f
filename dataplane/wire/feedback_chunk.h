// SPDX-License-Identifier: Apache-2.0
// Packet status chunks (draft-holmer-rmcat-transport-wide-cc-extensions-01 3.1.3, 3.1.4), shared by reader and writer.
#pragma once

#include <stdint.h>

enum feedback_symbol { FEEDBACK_LOST, FEEDBACK_SMALL_DELTA, FEEDBACK_LARGE_DELTA, FEEDBACK_RESERVED };

#define FEEDBACK_TICK            250   // microseconds
#define FEEDBACK_REFERENCE_UNIT  64000 // microseconds
#define FEEDBACK_FCI_HEADER_SIZE 8
#define FEEDBACK_RUN_MAX         0x1fff
#define FEEDBACK_ONE_BIT_SYMBOLS 14
#define FEEDBACK_TWO_BIT_SYMBOLS 7
#define FEEDBACK_VECTOR          0x8000
#define FEEDBACK_TWO_BIT         0x4000
