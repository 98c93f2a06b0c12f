// SPDX-License-Identifier: Apache-2.0
// Why requests are refused.
#pragma once

// Why a request was refused; mgmt-api maps it to an HTTP status.
enum gateway_status {
    GATEWAY_OK,
    GATEWAY_BAD_SDP,              // 400: line and detail
    GATEWAY_BAD_ROOM,             // 400: name out of form
    GATEWAY_NO_PUBLISHER,         // 404, retry_after
    GATEWAY_NO_SESSION,           // 404
    GATEWAY_NOTHING_THERE,        // 404: no such worker, shard or room
    GATEWAY_NO_PART,              // 404: no such transceiver or track of the peer
    GATEWAY_INVALID_STATE,        // 409: InvalidStateError, for what the signalling state does not allow
    GATEWAY_INVALID_MODIFICATION, // 409: InvalidModificationError
    GATEWAY_INVALID_ACCESS,       // 409: InvalidAccessError
    GATEWAY_TYPE_ERROR,           // 400: TypeError
    GATEWAY_OPERATION_ERROR,      // 409: OperationError
    GATEWAY_TOO_LARGE,            // 413: TypeError, of a message that is more than the peer takes
    GATEWAY_BUFFER_FULL,          // 429, retry_after: OperationError, of a message that cannot wait any more
    GATEWAY_BUSY,                 // 409: the shard is on its way already
    GATEWAY_NO_COMMON_CODEC,      // 406
    GATEWAY_ROOM_TAKEN,           // 409: it has a publisher
    GATEWAY_ETAG_MISMATCH,        // 412
    GATEWAY_UNPROCESSABLE,        // 422: a good SDP that asks for what is not offered (no ICE, no fingerprint ...)
    GATEWAY_TOO_MANY_REQUESTS,    // 429, retry_after
    GATEWAY_OVERLOADED,           // 503, retry_after: a pool is full, the gateway drains, or the dataplane is away
};

// Why a session was refused, as it is counted.
enum gateway_refusal {
    REFUSED_REQUEST, // what was asked for cannot be had: SDP, codecs, the room
    REFUSED_WORKER_LOAD,
    REFUSED_TABLE_FULL,
    REFUSED_RATE,
    REFUSED_HALF_OPEN,
    REFUSED_DRAINING,
    REFUSED_NOT_READY,
    REFUSED_NO_MEMORY,
    REFUSED_QUARANTINED,
    REFUSALS
};
extern const char *const gateway_refusal_names[REFUSALS], *const gateway_refusal_help[REFUSALS];
