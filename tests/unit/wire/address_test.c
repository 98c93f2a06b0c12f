// SPDX-License-Identifier: Apache-2.0
// Proves: addresses print as they parse, one address has one representation, and nonsense is refused.
#include "address.h"

#include <CUnit/CUnit.h>
#include <errno.h>

#include "limits.h"
#include "wire_suites.h"

struct row {
    const char *text;
    const char *printed; // NULL: refused
};

static const struct row rows[] = {
    {"192.0.2.1:5000", "192.0.2.1:5000"},
    {"192.0.2.1", "192.0.2.1:0"},
    {"[2001:db8::1]:65535", "[2001:db8::1]:65535"},
    {"[2001:db8::1]", "[2001:db8::1]:0"},
    {"2001:db8:0:0::1", "[2001:db8::1]:0"},
    {"[::ffff:192.0.2.1]:9", "192.0.2.1:9"},
    {"::", "[::]:0"},
    {"", NULL},
    {"192.0.2.1:", NULL},
    {"192.0.2.1:65536", NULL},
    {"192.0.2.1:000005", NULL},
    {"192.0.2.1:+5", NULL},
    {"192.0.2.1:5 ", NULL},
    {"192.0.2", NULL},
    {"[2001:db8::1", NULL},
    {"[2001:db8::1]5000", NULL},
    {"example.org:5", NULL},
    {"[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000]:5", NULL},
};

static void parses_and_prints(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct transport_address address;
        char text[TRANSPORT_ADDRESS_TEXT_MAX];
        int error = transport_address_parse(rows[i].text, &address);
        CU_ASSERT_EQUAL(error, rows[i].printed ? 0 : -EINVAL);
        if (error)
            continue;
        CU_ASSERT_EQUAL(transport_address_format(&address, text, sizeof(text)), (int)strlen(rows[i].printed));
        CU_ASSERT_STRING_EQUAL(text, rows[i].printed);
    }
}

static void survives_sockaddr(void)
{
    const char *texts[] = {"192.0.2.1:5000", "[2001:db8::1]:443"};
    const int families[] = {AF_INET, AF_INET6};
    for (size_t i = 0; i < 2; i++) {
        struct transport_address before, after;
        struct sockaddr_storage socket_address;
        transport_address_parse(texts[i], &before);
        transport_address_to_sockaddr(&before, &socket_address);
        CU_ASSERT_EQUAL(socket_address.ss_family, families[i]);
        CU_ASSERT_EQUAL(transport_address_from_sockaddr((struct sockaddr *)&socket_address, &after), 0);
        CU_ASSERT(transport_address_equal(&before, &after));
        CU_ASSERT_EQUAL(transport_address_is_ipv4(&after), i == 0);
    }
    struct sockaddr other = {.sa_family = AF_UNIX};
    struct transport_address none = {0};
    CU_ASSERT_EQUAL(transport_address_from_sockaddr(&other, &none), -EAFNOSUPPORT);
    CU_ASSERT(transport_address_is_none(&none));
}

static void refuses_small_buffers(void)
{
    struct transport_address address;
    char text[16];
    transport_address_parse("192.0.2.1:5000", &address);
    CU_ASSERT_EQUAL(transport_address_format(&address, text, 14), -ENOSPC);
    CU_ASSERT_EQUAL(transport_address_format(&address, text, 15), 14);
    CU_ASSERT_EQUAL(transport_address_format_ip(&address, text, 9), -ENOSPC);
    CU_ASSERT_EQUAL(transport_address_format_ip(&address, text, 10), 9);
}

void address_suite(void)
{
    CU_pSuite suite = CU_add_suite("wire/address", NULL, NULL);
    CU_add_test(suite, "parses and prints", parses_and_prints);
    CU_add_test(suite, "survives a socket address", survives_sockaddr);
    CU_add_test(suite, "refuses small buffers", refuses_small_buffers);
}
