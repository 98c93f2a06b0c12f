// SPDX-License-Identifier: Apache-2.0
// HMAC-SHA1 over intel-ipsec-mb for any number of messages. Private to this folder. The library hashes as many messages
// side by side as a register has lanes, and takes as long for one: what does not fill the lanes goes one by one through
// the processor's own SHA instructions where that is quicker.
#pragma once
#include "engine.h"
#include "hmac_sha1.h"
#include <intel-ipsec-mb.h>

enum { HMAC_OUTER_STATE = 20 }; // in struct hmac_sha1_key, behind the inner state

struct ipsec_mb_hmac {
    IMB_MGR *many;                // the engine's
    IMB_MGR *few;                 // NULL: the processor has no SHA instructions
    unsigned lanes;               // of `many`
    unsigned few_most;            // so many are quicker one by one; measured at the start
    IMB_JOB jobs[SRTP_BURST_MAX]; // what is the same in every job is set once
};

// 0 or -ENOMEM.
int ipsec_mb_hmac_start(struct ipsec_mb_hmac *hmac, IMB_MGR *many, IMB_ARCH arch);
void ipsec_mb_hmac_stop(struct ipsec_mb_hmac *hmac);

// count: 1 to SRTP_BURST_MAX.
void ipsec_mb_hmac(struct ipsec_mb_hmac *hmac, const struct hmac_sha1_job *jobs, unsigned count);
