// SPDX-License-Identifier: Apache-2.0
// SRTP by several libraries over the same packets: what each costs, and that all of them say the same.
#pragma once

#include "keys.h"
#include "suite.h"

#include <stdbool.h>
#include <stdint.h>

#define CRYPTO_PACKETS  64 // of one timed section: 64 / burst calls
#define CRYPTO_ROOM     1536
#define CRYPTO_HEADER   12 // without extensions
#define CRYPTO_TAG_ROOM 20

// One size, suite and burst. Packet i of a section has key i % burst.
struct crypto_load {
    uint16_t suite;
    unsigned header, payload, burst, tag;
    uint64_t index; // ROC || SEQ of the section's first packets; call c has index + c
    struct srtp_keys *keys;
    uint8_t master[CRYPTO_PACKETS][SRTP_KEY_LENGTH_MAX + SRTP_SALT_LENGTH_MAX]; // as libsrtp wants them
    uint8_t session_key[CRYPTO_PACKETS][SRTP_KEY_LENGTH_MAX];
    uint8_t session_auth[CRYPTO_PACKETS][SRTP_AUTH_KEY_LENGTH];
    uint8_t ivs[CRYPTO_PACKETS][16];
    uint8_t (*plain)[CRYPTO_ROOM]; // header and payload
    uint8_t (*wire)[CRYPTO_ROOM];  // the same, protected
    uint8_t (*work)[CRYPTO_ROOM];  // what an engine works on; unprotect: in place
    uint8_t tags[CRYPTO_PACKETS][CRYPTO_TAG_ROOM];
};

static inline bool crypto_is_aead(const struct crypto_load *load)
{
    return load->suite >= SRTP_SUITE_AEAD_AES_128_GCM;
}

static inline uint32_t crypto_ssrc(unsigned packet, unsigned burst)
{
    return 0x10000u + packet % burst;
}

// A library in one of its modes. protect: plain -> work; unprotect: work in place. false from open: not for this load.
struct crypto_engine {
    const char *name;
    bool bare;      // a mode of ipsec-mb itself: the best of these is the floor
    unsigned every; // measured in each nth section only: slow ones would take all the time
    bool (*open)(struct crypto_load *load);
    void (*close)(struct crypto_load *load);
    bool in_place; // protect works on a copy of plain in work
    void (*protect)(struct crypto_load *load, unsigned first);
    void (*unprotect)(struct crypto_load *load, unsigned first);
};

extern const struct crypto_engine crypto_ipsec_mb_jobs;   // one job burst: cipher and hash chained
extern const struct crypto_engine crypto_ipsec_mb_split;  // a cipher burst and a hash burst
extern const struct crypto_engine crypto_ipsec_mb_single; // one job at a time
extern const struct crypto_engine crypto_ipsec_mb_direct; // GCM without jobs
extern const struct crypto_engine crypto_naru;            // srtp/, with what its caller must fill in
extern const struct crypto_engine crypto_openssl;         // EVP, contexts kept per key
#ifdef NARU_PERF_LIBSRTP
extern const struct crypto_engine crypto_libsrtp;

// It refuses to be started twice; all who use it start it here.
bool crypto_start_libsrtp(void);
#endif

// Once for the program. 0 or -errno; -ENOTSUP: ipsec-mb has no build for this processor.
int crypto_start(void);
struct srtp_engine *crypto_srtp_engine(void);
const char *crypto_describe(void);

int crypto_load_open(uint16_t suite, unsigned header, unsigned payload, unsigned burst, struct crypto_load *ret_load);
void crypto_load_close(struct crypto_load *load);

// The next section: new indexes, headers, and what the wire carries (by the fastest bare mode, outside measured time).
void crypto_load_next(struct crypto_load *load);

// One section through one engine: cycles per packet. The buffers are set before and the output is compared after, both
// outside the measured time; wrong bytes end the program.
double crypto_section(struct crypto_load *load, const struct crypto_engine *engine, bool protect);
