// SPDX-License-Identifier: Apache-2.0
// The measure of a session's set-up: a DTLS 1.2 handshake of OpenSSL with itself, in memory, both sides with an ECDSA
// P-256 certificate, and the CPU time of the server's half. OpenSSL as it comes, in its default library context;
// naru-control has a quicker one (dtls_library.h).
#pragma once

// 0, or -1 after a line on stderr.
int handshake_start(void);
void handshake_stop(void);

// Mean microseconds of the server (SSL_new, its flights, SSL_free) over count handshakes in a row on this CPU.
double handshake_server_us(unsigned count);
// Cipher, key exchange, signature of the last one.
const char *handshake_describe(void);
