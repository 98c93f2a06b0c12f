// SPDX-License-Identifier: Apache-2.0
// The value types of the configuration.
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

#define CONFIG_NAME_SIZE     64
#define CONFIG_STRING_SIZE   128
#define CONFIG_PATH_SIZE     256
#define CONFIG_STRINGS_MAX   16
#define CONFIG_WORKERS_MAX   16
#define CONFIG_PORTS_MAX     8
#define CONFIG_ADDRESSES_MAX 4

// The order of the enumerators is the order of the names in rows.c.
enum config_idle { CONFIG_IDLE_SPIN, CONFIG_IDLE_ADAPTIVE };
enum config_log_level { CONFIG_LOG_ERROR, CONFIG_LOG_WARNING, CONFIG_LOG_INFO, CONFIG_LOG_DEBUG };
enum config_huge_pages { CONFIG_HUGE_AUTO, CONFIG_HUGE_REQUIRED, CONFIG_HUGE_OFF };
enum config_checksum { CONFIG_CHECKSUM_AUTO, CONFIG_CHECKSUM_SOFTWARE };
enum config_dtls_role { CONFIG_DTLS_AUTO, CONFIG_DTLS_ACTIVE, CONFIG_DTLS_PASSIVE };
enum config_feedback { CONFIG_FEEDBACK_AUTO, CONFIG_FEEDBACK_TRANSPORT_CC, CONFIG_FEEDBACK_REMB };

struct config_strings {
    unsigned count;
    char item[CONFIG_STRINGS_MAX][CONFIG_STRING_SIZE];
};

struct config_numbers {
    unsigned count;
    unsigned item[CONFIG_WORKERS_MAX];
};

struct config_address {
    int family; // AF_INET, AF_INET6, or AF_UNSPEC: not given
    unsigned prefix;
    union {
        struct in_addr v4;
        struct in6_addr v6;
    };
};

struct config_addresses {
    unsigned count;
    struct config_address item[CONFIG_ADDRESSES_MAX];
};

struct config_port {
    char device[CONFIG_STRING_SIZE]; // a DPDK vdev with its arguments, or a PCI address
    struct config_addresses addresses;
    struct config_address gateway;     // AF_INET or AF_UNSPEC
    struct config_address gateway6;    // AF_INET6 or AF_UNSPEC
    struct config_addresses advertise; // if any: stand in candidates instead of addresses
    unsigned vlan;                     // 0: untagged
    unsigned mtu;
    unsigned queues;
    enum config_checksum checksum;
    bool trust_receive_checksum;
    bool reply_to_sender_mac; // shared AF_XDP: answer to the MAC that the packet came from, without ARP
};
