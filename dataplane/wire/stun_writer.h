// SPDX-License-Identifier: Apache-2.0
// Writes STUN messages into the caller's buffer. Padding is zero. Nothing is written past the capacity: what does not
// fit marks the writer, and stun_writer_finish says so once.
#pragma once

#include "stun.h"

struct stun_writer {
    uint8_t *data;
    size_t capacity;
    size_t size; // written so far; the header's length field always agrees with it
    int error;   // 0 or -ENOSPC
};

void stun_writer_begin(struct stun_writer *writer, uint8_t *data, size_t capacity, enum stun_method method,
                       enum stun_class class, const uint8_t transaction_id[12]);

void stun_write_bytes(struct stun_writer *writer, enum stun_attribute attribute, const void *value, size_t size);
void stun_write_flag(struct stun_writer *writer, enum stun_attribute attribute);
void stun_write32(struct stun_writer *writer, enum stun_attribute attribute, uint32_t value);
void stun_write64(struct stun_writer *writer, enum stun_attribute attribute, uint64_t value);
// With XOR for the XOR-... attributes.
void stun_write_address(struct stun_writer *writer, enum stun_attribute attribute,
                        const struct transport_address *address);
// Without a reason phrase: an answer to an unproven source stays small.
void stun_write_error(struct stun_writer *writer, int code);
void stun_write_unknown_attributes(struct stun_writer *writer, const uint16_t *types, size_t count);

// Appends MESSAGE-INTEGRITY with 20 zero bytes. The HMAC covers data[0 .. offset of the attribute), whose length field
// is right for it until something is written after. Returns where the 20 bytes go (writer->data + offset + 4 is the
// same place), or NULL if it did not fit. ret_covered: how many bytes the HMAC covers.
uint8_t *stun_write_integrity(struct stun_writer *writer, size_t *ret_covered);

// Appends FINGERPRINT over what is there: after the caller has filled MESSAGE-INTEGRITY.
void stun_write_fingerprint(struct stun_writer *writer);

// Returns the size of the message, or -ENOSPC if anything did not fit.
int stun_writer_finish(const struct stun_writer *writer);

// What an agent puts into a Binding request (RFC 8445 7.1).
struct stun_binding_request {
    const char *username; // "remote:local", not terminated
    size_t username_size;
    uint32_t priority;
    uint64_t tie_breaker;
    bool controlling;
    bool use_candidate;
};

// Each begins the message and writes its attributes; integrity and fingerprint are the caller's next two calls.
void stun_write_binding_request(struct stun_writer *writer, uint8_t *data, size_t capacity,
                                const uint8_t transaction_id[12], const struct stun_binding_request *request);
void stun_write_binding_success(struct stun_writer *writer, uint8_t *data, size_t capacity,
                                const uint8_t transaction_id[12], const struct transport_address *mapped);
// types and count: the UNKNOWN-ATTRIBUTES of a 420, else none.
void stun_write_binding_error(struct stun_writer *writer, uint8_t *data, size_t capacity,
                              const uint8_t transaction_id[12], int code, const uint16_t *types, size_t count);
