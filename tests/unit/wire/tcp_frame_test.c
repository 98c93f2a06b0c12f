// SPDX-License-Identifier: Apache-2.0
// Proves: packets in a TCP stream are found as RFC 4571 2 says, however the stream is cut, and none is too long; and
// that an address that stands for a connection is told from all others.
#include "tcp_frame.h"

#include "carried_address.h"
#include "wire_suites.h"

#include <CUnit/CUnit.h>
#include <errno.h>

static void whole_packets_alone_are_found(void)
{
    static const uint8_t stream[] = {0, 3, 'a', 'b', 'c', 0, 0, 0, 1, 'd'};
    static const struct {
        size_t at, size;
        int taken;
        size_t packet;
    } rows[] = {
        {0, 0, 0, 0},  {0, 1, 0, 0}, {0, 2, 0, 0}, {0, 4, 0, 0}, {0, 5, 5, 3},
        {0, 10, 5, 3}, {5, 2, 2, 0}, {5, 5, 2, 0}, {7, 2, 0, 0}, {7, 3, 3, 1},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const uint8_t *packet = NULL;
        size_t size = 0;
        CU_ASSERT_EQUAL(tcp_frame_parse(stream + rows[i].at, rows[i].size, &packet, &size), rows[i].taken);
        CU_ASSERT_EQUAL(size, rows[i].packet);
        CU_ASSERT(rows[i].taken == 0 || packet == stream + rows[i].at + TCP_FRAME_HEADER);
    }
}

static void a_length_beyond_any_media_is_refused_at_once(void)
{
    const uint8_t *packet;
    size_t size;
    CU_ASSERT_EQUAL(tcp_frame_parse((const uint8_t[]){0x06, 0x00}, 2, &packet, &size), 0);
    CU_ASSERT_EQUAL(tcp_frame_parse((const uint8_t[]){0x06, 0x01}, 2, &packet, &size), -EMSGSIZE);
    CU_ASSERT_EQUAL(tcp_frame_parse((const uint8_t[]){'G', 'E', 'T'}, 3, &packet, &size), -EMSGSIZE);
}

static void what_is_written_is_read(void)
{
    uint8_t stream[TCP_FRAME_HEADER + TCP_FRAME_MAX], data[TCP_FRAME_MAX + 1] = {1, 2, 3};
    const uint8_t *packet;
    size_t size;
    CU_ASSERT_EQUAL(tcp_frame_write(stream, sizeof(stream), data, TCP_FRAME_MAX), (int)sizeof(stream));
    CU_ASSERT_EQUAL(tcp_frame_parse(stream, sizeof(stream), &packet, &size), (int)sizeof(stream));
    CU_ASSERT(size == TCP_FRAME_MAX && !memcmp(packet, data, size));
    CU_ASSERT_EQUAL(tcp_frame_write(stream, 4, data, 3), -ENOBUFS);
    CU_ASSERT_EQUAL(tcp_frame_write(stream, 5, data, 3), 5);
    CU_ASSERT_EQUAL(tcp_frame_write(stream, sizeof(stream), data, TCP_FRAME_MAX + 1), -EMSGSIZE);
}

static void connections_have_addresses_of_their_own(void)
{
    const struct carried_address connection = {0x01020304, 0xfffffffe, 65534};
    struct transport_address address = carried_address_write(&connection);
    struct carried_address same = carried_address_read(&address);
    CU_ASSERT(transport_address_is_carried(&address));
    CU_ASSERT(same.epoch == connection.epoch && same.serial == connection.serial && same.place == connection.place);
    CU_ASSERT_EQUAL(address.port, 65535);
    const uint8_t beside[16] = {1, 0, 0, 0, 0, 0, 0, 1}, v4[4] = {1, 0, 0, 0};
    address = transport_address_ipv6(beside, 1);
    CU_ASSERT_FALSE(transport_address_is_carried(&address));
    address = transport_address_ipv4(v4, 1);
    CU_ASSERT_FALSE(transport_address_is_carried(&address));
    address = (struct transport_address){0};
    CU_ASSERT_FALSE(transport_address_is_carried(&address));
}

void tcp_frame_suite(void)
{
    CU_pSuite suite = CU_add_suite("wire/tcp_frame", NULL, NULL);
    CU_add_test(suite, "whole packets alone are found", whole_packets_alone_are_found);
    CU_add_test(suite, "a length beyond any media is refused at once", a_length_beyond_any_media_is_refused_at_once);
    CU_add_test(suite, "what is written is read", what_is_written_is_read);
    CU_add_test(suite, "connections have addresses of their own", connections_have_addresses_of_their_own);
}
