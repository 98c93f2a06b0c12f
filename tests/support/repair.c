// SPDX-License-Identifier: Apache-2.0
#include "repair.h"

#include "byte_order.h"
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_NS  (20 * NS_PER_MS)
#define RETRY_NS  (110 * NS_PER_MS) // a gateway may answer once in 100 ms
#define TRIES_MAX 20
#define NACK_HEAD 12

struct repair *repair_create(double lose_percent)
{
    struct repair *repair = lose_percent > 0 ? calloc(1, sizeof(*repair)) : NULL;
    if (!repair)
        return NULL;
    repair->lose_percent = lose_percent;
    RAND_bytes((uint8_t *)&repair->random, sizeof(repair->random));
    RAND_bytes((uint8_t *)&repair->rtx_ssrc, sizeof(repair->rtx_ssrc));
    repair->rtx_ssrc |= 1;
    return repair;
}

bool repair_loses(struct repair *repair)
{
    repair->random = repair->random * 1664525 + 1013904223;
    return (repair->random >> 8) % 10000 < repair->lose_percent * 100;
}

static bool forget(struct repair *repair, uint16_t sequence)
{
    for (unsigned i = 0; i < repair->missing_count; i++) {
        if (repair->missing[i].sequence != sequence)
            continue;
        repair->missing[i] = repair->missing[--repair->missing_count];
        return true;
    }
    return false;
}

bool repair_received(struct repair *repair, uint16_t sequence, bool again, uint64_t now)
{
    int16_t ahead = (int16_t)(sequence - repair->highest);
    bool was_missing = forget(repair, sequence);
    repair->repaired += again && was_missing;
    repair->repairs_unasked += again && !was_missing;
    if (repair->started && ahead <= 0)
        return was_missing || !again;
    for (uint16_t gap = (uint16_t)(repair->highest + 1);
         repair->started && gap != sequence && repair->missing_count < REPAIR_MISSING_MAX; gap++)
        repair->missing[repair->missing_count++] = (struct repair_missing){.sequence = gap, .ask_at = now + FIRST_NS};
    repair->started = true;
    repair->highest = sequence;
    return true;
}

size_t repair_write_nack(struct repair *repair, uint32_t own_ssrc, uint32_t media_ssrc, uint64_t now, uint8_t *packet,
                         size_t capacity)
{
    size_t size = NACK_HEAD;
    for (unsigned i = 0; i < repair->missing_count && size + 4 <= capacity; i++) {
        struct repair_missing *missing = &repair->missing[i];
        if (now < missing->ask_at)
            continue;
        if (missing->tries++ == TRIES_MAX) {
            *missing = repair->missing[--repair->missing_count];
            i--;
            continue;
        }
        missing->ask_at = now + RETRY_NS;
        write16(packet + size, missing->sequence);
        write16(packet + size + 2, 0);
        size += 4;
    }
    if (size == NACK_HEAD)
        return 0;
    packet[0] = 0x81;
    packet[1] = 205;
    write16(packet + 2, (uint16_t)(size / 4 - 1));
    write32(packet + 4, own_ssrc);
    write32(packet + 8, media_ssrc);
    repair->nacks_sent++;
    return size;
}

void repair_keep(struct repair *repair, const uint8_t *data, size_t size)
{
    struct rtp_packet packet;
    if (size > RTP_PACKET_MAX - REPAIR_OSN || rtp_packet_read(data, size, &packet) < 0)
        return;
    struct repair_kept *kept = &repair->kept[packet.sequence % REPAIR_KEPT];
    memcpy(kept->data, data, size);
    kept->size = (uint16_t)size;
    kept->payload_offset = (uint16_t)(packet.payload - data);
}

size_t repair_write_rtx(struct repair *repair, uint16_t sequence, uint8_t payload_type, uint8_t packet[RTP_PACKET_MAX])
{
    const struct repair_kept *kept = &repair->kept[sequence % REPAIR_KEPT];
    if (!kept->size || read16(kept->data + 2) != sequence) {
        repair->resend_unknown++;
        return 0;
    }
    size_t head = kept->payload_offset;
    memcpy(packet, kept->data, head);
    packet[1] = (uint8_t)((packet[1] & 0x80) | payload_type);
    write16(packet + 2, repair->rtx_sequence++);
    write32(packet + 8, repair->rtx_ssrc);
    write16(packet + head, sequence);
    memcpy(packet + head + REPAIR_OSN, kept->data + head, kept->size - head);
    repair->resent++;
    return kept->size + REPAIR_OSN;
}
