// SPDX-License-Identifier: Apache-2.0
// Every limit of the wire formats. Sizes are bytes of UDP payload unless they say otherwise.
#pragma once

#define WIRE_MTU                    1500 // IP packet
#define WIRE_DATAGRAM_MAX           1472 // UDP payload of an IPv4 packet of WIRE_MTU

#define STUN_HEADER_SIZE            20
#define STUN_MESSAGE_MAX            65532 // what 16-bit offsets reach; over UDP the datagram is the limit
#define STUN_ATTRIBUTES_MAX         64    // a message with more is refused
#define STUN_UNKNOWN_ATTRIBUTES_MAX 8     // reported in a 420
#define STUN_USERNAME_MAX           508   // RFC 8489 14.3: less than 509 bytes
#define STUN_INTEGRITY_SIZE         20    // HMAC-SHA1

#define RTP_HEADER_SIZE             12
#define RTP_CSRC_MAX                15
#define RTP_EXTENSION_MAX           256 // a header extension block that naru writes, with its 4 byte header

#define RTCP_HEADER_SIZE            4
#define RTCP_COMPOUND_MAX           64 // packets; what follows them is not read
#define RTCP_REPORTS_MAX            31 // blocks in one SR or RR
#define RTCP_BYE_MAX                31 // SSRCs in one BYE
#define RTCP_CNAME_MAX              255
#define RTCP_REMB_SSRCS_MAX         255
#define RTCP_NACK_BATCH_MAX         17 // sequence numbers that one NACK entry can name

#define FEEDBACK_HEADER_SIZE        20   // transport-wide feedback before its chunks
#define FEEDBACK_STATUSES_MAX       8192 // read: some bytes of run lengths could name 65535
#define FEEDBACK_WRITE_STATUSES_MAX 1024 // in one packet of naru's

#define CHANNEL_DATA_HEADER_SIZE    4
#define CHANNEL_NUMBER_FIRST        0x4000
#define CHANNEL_NUMBER_LAST         0x4fff // RFC 8656 12

#define DTLS_RECORD_HEADER_SIZE     13
#define DTLS_HANDSHAKE_HEADER_SIZE  12
#define DTLS_RECORDS_MAX            32 // records in one datagram; what follows them is not read

#define TRANSPORT_ADDRESS_TEXT_MAX  56 // "[...]:65535" with its terminator
