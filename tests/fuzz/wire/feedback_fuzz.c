// SPDX-License-Identifier: Apache-2.0
// The input as a compound, as bare FCI, and as arrivals to write; what is read is written and reads the same.
#include "feedback.h"

#include "expect.h"

static struct feedback_arrival arrivals[FEEDBACK_STATUSES_MAX];

// Returns how many statuses there are, or -EBADMSG.
static int read_all(const struct rtcp_feedback *feedback)
{
    struct feedback_header header;
    struct feedback_iterator iterator;
    int count = 0;
    int error = feedback_parse(feedback, &header, &iterator);
    if (error)
        return error;
    while (count < FEEDBACK_STATUSES_MAX && feedback_next(&iterator, &arrivals[count]))
        count++;
    EXPECT(count == header.status_count && iterator.delta <= feedback->fci + feedback->fci_size);
    return count;
}

static void write_all(const struct feedback_arrival *from, size_t count, size_t capacity)
{
    uint8_t *data = malloc(capacity);
    while (count) {
        size_t consumed = 0;
        struct rtcp_packet packet;
        int size = feedback_write(data, capacity, 1, 2, 3, from, count, &consumed);
        if (size < 0)
            break;
        EXPECT(consumed > 0 && consumed <= count && (size_t)size <= capacity);
        struct rtcp_iterator compound = rtcp_begin(data, (size_t)size);
        struct rtcp_feedback feedback;
        struct feedback_header header;
        struct feedback_iterator iterator;
        EXPECT(rtcp_next(&compound, &packet) && compound.next == compound.end);
        EXPECT(rtcp_parse_feedback(&packet, &feedback) == 0 && feedback_parse(&feedback, &header, &iterator) == 0);
        EXPECT(header.base_sequence == from->sequence);
        from += consumed;
        count -= consumed;
    }
    free(data);
}

static void write_input(const uint8_t *data, size_t size)
{
    static struct feedback_arrival made[512];
    size_t count = size / 6 < 512 ? size / 6 : 512;
    for (size_t i = 0; i < count; i++, data += 6) {
        made[i].sequence = bytes_get16(data);
        made[i].time = data[2] == 0 ? FEEDBACK_NOT_RECEIVED : (int64_t)bytes_get32(data + 2) << (data[0] & 15);
    }
    write_all(made, count, 24 + size % 1200);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rtcp_iterator iterator = rtcp_begin(data, size);
    struct rtcp_packet packet;
    struct rtcp_feedback feedback;
    while (rtcp_next(&iterator, &packet)) {
        if (rtcp_parse_feedback(&packet, &feedback) == 0)
            read_all(&feedback);
    }
    feedback = (struct rtcp_feedback){.fci = data, .type = RTCP_RTPFB, .format = RTCP_TRANSPORT_FEEDBACK};
    feedback.fci_size = (uint16_t)(size < UINT16_MAX ? size : UINT16_MAX);
    int count = read_all(&feedback);
    if (count > 0)
        write_all(arrivals, (size_t)count, 1200);
    write_input(data, size);
    return 0;
}
