// SPDX-License-Identifier: Apache-2.0
// ICE: credentials in form, candidates of every port.
#include "controlplane_suites.h"
#include "ice_candidates.h"
#include "ice_credentials.h"
#include "system.h"

#include <arpa/inet.h>
#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

static void credentials_are_in_form(void)
{
    struct ice_credentials one, two;
    ice_credentials_make(system_kernel.random, &one);
    ice_credentials_make(system_kernel.random, &two);
    CU_ASSERT_EQUAL(strlen(one.ufrag), 8);
    CU_ASSERT_TRUE(strlen(one.pwd) >= 22);
    CU_ASSERT_TRUE(ice_credentials_are_valid(one.ufrag, one.pwd));
    CU_ASSERT_STRING_NOT_EQUAL(one.ufrag, two.ufrag);
    CU_ASSERT_STRING_NOT_EQUAL(one.pwd, two.pwd);
}

static void peers_credentials_are_checked(void)
{
    char longest[258];
    memset(longest, 'a', 257);
    longest[257] = 0;
    CU_ASSERT_TRUE(ice_credentials_are_valid("abcd", "0123456789012345678901"));
    CU_ASSERT_FALSE(ice_credentials_are_valid("abc", "0123456789012345678901"));
    CU_ASSERT_FALSE(ice_credentials_are_valid("abcd", "012345678901234567890"));
    CU_ASSERT_FALSE(ice_credentials_are_valid("ab:d", "0123456789012345678901"));
    CU_ASSERT_TRUE(ice_credentials_are_valid(longest + 1, longest + 1));
    CU_ASSERT_FALSE(ice_credentials_are_valid(longest, longest + 1));
}

static void set(struct config_address *address, int family, const char *text)
{
    address->family = family;
    inet_pton(family, text, &address->v4);
}

static void every_port_is_named(void)
{
    struct config *config = calloc(1, sizeof(*config));
    config->port_count = 2;
    config->ports[0].addresses.count = 2;
    set(&config->ports[0].addresses.item[0], AF_INET, "10.7.0.2");
    set(&config->ports[0].addresses.item[1], AF_INET6, "fd07::2");
    config->ports[1].addresses.count = config->ports[1].advertise.count = 1;
    set(&config->ports[1].addresses.item[0], AF_INET, "192.168.0.9");
    set(&config->ports[1].advertise.item[0], AF_INET, "203.0.113.7");
    struct ice_candidates candidates;
    ice_candidates_gather(config, 16640, &candidates);
    CU_ASSERT_EQUAL_FATAL(candidates.count, 3);
    CU_ASSERT_STRING_EQUAL(candidates.list[0].address, "10.7.0.2");
    CU_ASSERT_STRING_EQUAL(candidates.list[1].address, "fd07::2");
    CU_ASSERT_STRING_EQUAL(candidates.list[2].address, "203.0.113.7"); // in place of its own
    CU_ASSERT_EQUAL(candidates.list[2].port, 16640);
    CU_ASSERT_EQUAL(candidates.list[0].priority, 2130706431); // RFC 8445 5.1.2.1 for a first host candidate
    CU_ASSERT_TRUE(candidates.list[0].priority > candidates.list[1].priority);
    free(config);
}

static void tcp_stands_behind_udp(void)
{
    struct config *config = calloc(1, sizeof(*config));
    config->port_count = 1;
    config->ports[0].addresses.count = 1;
    set(&config->ports[0].addresses.item[0], AF_INET, "10.7.0.2");
    config->ice.tcp_port = 443;
    config->ice.tcp_listen.count = 2;
    set(&config->ice.tcp_listen.item[0], AF_INET, "192.0.2.1");
    set(&config->ice.tcp_listen.item[1], AF_INET6, "2001:db8::1");
    struct ice_candidates candidates;
    ice_candidates_gather(config, 16640, &candidates);
    CU_ASSERT_EQUAL_FATAL(candidates.count, 3);
    CU_ASSERT(!candidates.list[0].is_tcp && candidates.list[1].is_tcp && candidates.list[2].is_tcp);
    CU_ASSERT_STRING_EQUAL(candidates.list[2].address, "2001:db8::1");
    CU_ASSERT_EQUAL(candidates.list[1].port, 443);
    CU_ASSERT(candidates.list[0].priority > candidates.list[1].priority);
    CU_ASSERT(candidates.list[1].priority > candidates.list[2].priority);
    CU_ASSERT_EQUAL(candidates.list[1].priority >> 21 & 7, 4); // RFC 6544 4.2: passive
    config->ice.tcp_advertise.count = 1;
    set(&config->ice.tcp_advertise.item[0], AF_INET, "203.0.113.7");
    ice_candidates_gather(config, 16640, &candidates);
    CU_ASSERT_EQUAL_FATAL(candidates.count, 2);
    CU_ASSERT(candidates.list[1].is_tcp && !strcmp(candidates.list[1].address, "203.0.113.7"));
    free(config);
}

void ice_suite(void)
{
    CU_pSuite suite = CU_add_suite("ice", NULL, NULL);
    CU_add_test(suite, "credentials are in form and never twice the same", credentials_are_in_form);
    CU_add_test(suite, "a peer's credentials are checked", peers_credentials_are_checked);
    CU_add_test(suite, "every port is named, advertised addresses replace", every_port_is_named);
    CU_add_test(suite, "candidates of TCP stand behind those of UDP", tcp_stands_behind_udp);
}
