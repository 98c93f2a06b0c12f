// SPDX-License-Identifier: Apache-2.0
// naru's srtp/ with all that its caller must do: a struct srtp_packet filled in per packet, results looked at.
#include "crypto.h"
#include "protect.h"

#include <stdlib.h>

static bool open_load(struct crypto_load *load)
{
    (void)load;
    return true;
}

static void close_load(struct crypto_load *load)
{
    (void)load;
}

static void run(struct crypto_load *load, unsigned first, bool protect)
{
    struct srtp_packet packets[CRYPTO_PACKETS];
    for (unsigned i = 0; i < load->burst; i++)
        packets[i] = (struct srtp_packet){.keys = &load->keys[i],
                                          .src = load->plain[first + i] + load->header,
                                          .dst = load->work[first + i],
                                          .index = load->index + first / load->burst,
                                          .length = load->header + load->payload + (protect ? 0 : load->tag),
                                          .header_length = load->header,
                                          .capacity = CRYPTO_ROOM,
                                          .ssrc = crypto_ssrc(i, load->burst)};
    unsigned done = protect ? srtp_protect_burst(crypto_srtp_engine(), packets, load->burst)
                            : srtp_unprotect_burst(crypto_srtp_engine(), packets, load->burst);
    if (done != load->burst)
        abort(); // a good packet was refused
}

static void protect(struct crypto_load *load, unsigned first)
{
    run(load, first, true);
}

static void unprotect(struct crypto_load *load, unsigned first)
{
    run(load, first, false);
}

const struct crypto_engine crypto_naru = {.name = "naru srtp/",
                                          .every = 1,
                                          .open = open_load,
                                          .close = close_load,
                                          .protect = protect,
                                          .unprotect = unprotect};
