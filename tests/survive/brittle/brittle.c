// SPDX-License-Identifier: Apache-2.0
// naru-dataplane with a defect, for tests/survive/quarantine.sh: a source whose first packet has a payload of
// $NARU_POISON_SIZE bytes (with its tag) makes it touch memory that is not there, or ($NARU_POISON_LOOPS) never go on.
#include "protect.h"

#include <stdbool.h>
#include <stdlib.h>

int __real_srtp_unprotect_candidates(struct srtp_engine *engine, struct srtp_packet *job, uint64_t highest);
int __wrap_srtp_unprotect_candidates(struct srtp_engine *engine, struct srtp_packet *job, uint64_t highest);

static uint32_t poison_size;
static bool loops;

static void __attribute__((constructor)) read_environment(void)
{
    const char *size = getenv("NARU_POISON_SIZE");
    poison_size = size ? (uint32_t)strtoul(size, NULL, 10) : 0;
    loops = getenv("NARU_POISON_LOOPS");
}

int __wrap_srtp_unprotect_candidates(struct srtp_engine *engine, struct srtp_packet *job, uint64_t highest)
{
    bool is_poison = poison_size && job->length - job->header_length == poison_size;
    for (volatile bool forever = true; is_poison && loops && forever;)
        ;
    if (is_poison)
        *(volatile int *)(uintptr_t)poison_size = 0; // the first page is never mapped
    return __real_srtp_unprotect_candidates(engine, job, highest);
}
