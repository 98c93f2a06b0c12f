// SPDX-License-Identifier: Apache-2.0
// Pieces from which tests write offers.
#pragma once

#define SHA256       "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF"
#define HEAD         "v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n"
#define BUNDLE(mids) "a=group:BUNDLE " mids "\r\n"
#define ICE          "a=ice-ufrag:user\r\na=ice-pwd:passwordpasswordpassword\r\n"
#define DTLS         "a=setup:actpass\r\na=fingerprint:sha-256 " SHA256 "\r\n"
#define MUX          "a=rtcp-mux\r\n"
#define TRANSPORT    ICE DTLS MUX
#define AUDIO        "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\n"
#define VIDEO        "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 VP8/90000\r\n"
#define DATA         "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=sctp-port:5000\r\n"
#define MID(mid)     "a=mid:" mid "\r\n"
#define SENDONLY     "a=sendonly\r\n"
#define RECVONLY     "a=recvonly\r\n"
#define AUDIO_0      AUDIO MID("0") TRANSPORT
#define VIDEO_1      VIDEO MID("1") TRANSPORT
#define VIDEO_ONLY   HEAD BUNDLE("1") VIDEO_1
#define AUDIO_VIDEO  HEAD BUNDLE("0 1") AUDIO_0
