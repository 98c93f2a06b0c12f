// SPDX-License-Identifier: Apache-2.0
// Rules that join several keys of a port, or several ports.
#include "row.h"
#include <arpa/inet.h>
#include <stdint.h>
#include <string.h>

static unsigned port_line(const struct config_check *check, unsigned port, const char *path)
{
    unsigned line = check->lines->port_row[port][config_row_find(config_port_rows, path) - config_port_rows];
    return line ? line : check->lines->port[port];
}

#define FAIL_PORT(check, port, path, format, ...)                                                                      \
    config_fail((check)->error, (check)->lines->file, port_line(check, port, path), "ports[%u]." path ": " format,     \
                port, ##__VA_ARGS__)

bool config_is_loopback(const struct config_address *address)
{
    return address->family == AF_INET ? ntohl(address->v4.s_addr) >> 24 == 127 : IN6_IS_ADDR_LOOPBACK(&address->v6);
}

static bool same_host(const struct config_address *a, const struct config_address *b)
{
    return a->family == b->family && !memcmp(&a->v6, &b->v6, a->family == AF_INET ? sizeof a->v4 : sizeof a->v6);
}

static bool in_prefix(const struct config_address *network, const struct config_address *host)
{
    const uint8_t *a = network->v6.s6_addr, *b = host->v6.s6_addr;
    unsigned bytes = network->prefix / 8, bits = network->prefix % 8;
    if (network->family != host->family || memcmp(a, b, bytes))
        return false;
    return !bits || !((a[bytes] ^ b[bytes]) >> (8 - bits));
}

// What no host can have as its own address on a link.
static bool is_host(const struct config_address *address)
{
    if (config_is_loopback(address))
        return false;
    if (address->family == AF_INET6)
        return !IN6_IS_ADDR_UNSPECIFIED(&address->v6) && !IN6_IS_ADDR_MULTICAST(&address->v6) &&
               !IN6_IS_ADDR_V4MAPPED(&address->v6);
    uint32_t host = ntohl(address->v4.s_addr), mask = address->prefix >= 31 ? 0 : UINT32_MAX >> address->prefix;
    return host >> 24 != 0 && host >> 28 < 14 && (!mask || ((host & mask) && (host & mask) != mask));
}

static const char *print_address(const struct config_address *address, char *text)
{
    return inet_ntop(address->family, &address->v6, text, INET6_ADDRSTRLEN);
}

static bool has_family(const struct config_addresses *list, int family)
{
    for (unsigned i = 0; i < list->count; i++)
        if (list->item[i].family == family)
            return true;
    return false;
}

static bool is_on_link(const struct config_addresses *own, const struct config_address *gateway)
{
    // A link-local next hop is on every link (RFC 4861 8.1).
    bool reached = gateway->family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&gateway->v6) && has_family(own, AF_INET6);
    for (unsigned i = 0; i < own->count; i++) {
        if (same_host(&own->item[i], gateway))
            return false;
        reached = reached || in_prefix(&own->item[i], gateway);
    }
    return reached;
}

static int check_gateway(const struct config_check *check, unsigned index, const struct config_address *gateway)
{
    char text[INET6_ADDRSTRLEN];
    if (gateway->family == AF_UNSPEC || is_on_link(&check->config->ports[index].addresses, gateway))
        return 0;
    print_address(gateway, text);
    if (gateway->family == AF_INET)
        return FAIL_PORT(check, index, "gateway",
                         "%s is not on this link; allowed: another host in a prefix of addresses", text);
    return FAIL_PORT(check, index, "gateway6",
                     "%s is not on this link; allowed: another host in a prefix of addresses, or fe80::", text);
}

static int check_advertise(const struct config_check *check, unsigned index)
{
    char text[INET6_ADDRSTRLEN];
    const struct config_port *port = &check->config->ports[index];
    for (unsigned i = 0; i < port->advertise.count; i++) {
        const struct config_address *address = &port->advertise.item[i];
        print_address(address, text);
        if (!is_host(address))
            return FAIL_PORT(check, index, "advertise", "%s is no host's address; allowed: unicast addresses", text);
        if (!has_family(&port->addresses, address->family))
            return FAIL_PORT(check, index, "advertise",
                             "%s stands for no address; allowed: the families that addresses has", text);
    }
    return 0;
}

static size_t device_name(const struct config_port *port)
{
    return strcspn(port->device, ",");
}

static int check_twins(const struct config_check *check, unsigned index)
{
    char text[INET6_ADDRSTRLEN];
    const struct config_port *port = &check->config->ports[index];
    for (unsigned other = 0; other < index; other++) {
        const struct config_port *twin = &check->config->ports[other];
        if (device_name(port) == device_name(twin) && !strncmp(port->device, twin->device, device_name(port)))
            return FAIL_PORT(check, index, "device", "%.*s is the device of ports[%u] too; allowed: each once",
                             (int)device_name(port), port->device, other);
        for (unsigned i = 0; i < port->addresses.count; i++)
            for (unsigned k = 0; k < twin->addresses.count; k++)
                if (same_host(&port->addresses.item[i], &twin->addresses.item[k]))
                    return FAIL_PORT(check, index, "addresses", "%s is an address of ports[%u] too; allowed: each once",
                                     print_address(&port->addresses.item[i], text), other);
    }
    return 0;
}

static int check_device(const struct config_check *check, unsigned index)
{
    const struct config_port *port = &check->config->ports[index];
    if (!port->device[0])
        return FAIL_PORT(check, index, "device", "is missing; allowed: a virtual device or a PCI address");
    if (strpbrk(port->device, " \"'\\"))
        return FAIL_PORT(check, index, "device", "\"%.64s\" holds a space or a quote; allowed: one EAL argument",
                         port->device);
    if (port->reply_to_sender_mac && strncmp(port->device, "net_af_xdp", strlen("net_af_xdp")))
        return FAIL_PORT(check, index, "reply-to-sender-mac",
                         "the device is not shared with the kernel; allowed: false, or a net_af_xdp device");
    if (port->mtu < 1280 && has_family(&port->addresses, AF_INET6))
        return FAIL_PORT(check, index, "mtu", "%u is too small for IPv6 (RFC 8200 5); allowed: 1280 to 9000",
                         port->mtu);
    return 0;
}

static int check_addresses(const struct config_check *check, unsigned index)
{
    char text[INET6_ADDRSTRLEN];
    const struct config_addresses *addresses = &check->config->ports[index].addresses;
    if (!addresses->count)
        return FAIL_PORT(check, index, "addresses",
                         "is missing; allowed: a list of 1 to 4 addresses with prefix length, such as 10.7.0.2/24");
    for (unsigned i = 0; i < addresses->count; i++)
        if (!is_host(&addresses->item[i]))
            return FAIL_PORT(check, index, "addresses", "%s/%u is no host's address; allowed: unicast addresses",
                             print_address(&addresses->item[i], text), addresses->item[i].prefix);
    return 0;
}

int config_check_port(const struct config_check *check, unsigned index)
{
    const struct config_port *port = &check->config->ports[index];
    int result = check_device(check, index);
    if (!result)
        result = check_addresses(check, index);
    if (!result)
        result = check_gateway(check, index, &port->gateway);
    if (!result)
        result = check_gateway(check, index, &port->gateway6);
    if (!result)
        result = check_advertise(check, index);
    return result ? result : check_twins(check, index);
}
