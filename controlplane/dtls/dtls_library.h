// SPDX-License-Identifier: Apache-2.0
// A library context of OpenSSL that has what DTLS needs and nothing else: the default provider's own algorithms, few of
// them.
//
// OpenSSL 3 searches all that it has (decoders, key types, and every method it ever fetched) each time it reads the
// public key of a certificate: a third of the instructions of a whole handshake.
#pragma once

#include <openssl/crypto.h>

// One for the process, made at the first call, never freed: keys and certificates hold parts of it. NULL when OpenSSL
// has no memory or no default provider.
OSSL_LIB_CTX *dtls_library(void);
