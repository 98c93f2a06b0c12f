// SPDX-License-Identifier: Apache-2.0
#include "embedded_device.h"
#include "notice.h"
#include "process.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define MAX_ARGUMENTS 16

static enum device_kind kind_of(const char *device)
{
    static const struct {
        const char *prefix;
        enum device_kind kind;
    } kinds[] = {{"net_af_xdp", DEVICE_AF_XDP}, {"net_af_packet", DEVICE_AF_PACKET}, {"net_tap", DEVICE_TAP}};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (!strncmp(device, kinds[i].prefix, strlen(kinds[i].prefix)))
            return kinds[i].kind;
    return DEVICE_OTHER;
}

enum device_kind embedded_device_parse(const char *device, char ret_interface[IF_NAMESIZE])
{
    enum device_kind kind = kind_of(device);
    ret_interface[0] = 0;
    const char *found = kind == DEVICE_OTHER ? NULL : strstr(device, ",iface=");
    if (!found)
        return kind;
    const char *name = found + strlen(",iface=");
    size_t length = strcspn(name, ",");
    if (length < IF_NAMESIZE) {
        memcpy(ret_interface, name, length);
        ret_interface[length] = 0;
    }
    return kind;
}

int embedded_device_peer(const char *interface, char ret_peer[IF_NAMESIZE])
{
    size_t length = strlen(interface);
    char last = length ? interface[length - 1] : 0;
    bool odd = last >= '1' && last <= '9' && (last - '0') % 2;
    if (!length || length + !odd >= IF_NAMESIZE)
        return -ENAMETOOLONG;
    memcpy(ret_peer, interface, length + 1);
    if (odd)
        ret_peer[length - 1]--;
    else
        memcpy(ret_peer + length, "k", 2);
    return 0;
}

// The gateway as the kernel side's address: with the prefix of the port's own address on that link.
static bool kernel_address(const struct config_port *port, const struct config_address *gateway, char *ret_text,
                           size_t size)
{
    char address[INET6_ADDRSTRLEN];
    if (gateway->family == AF_UNSPEC)
        return false;
    for (unsigned i = 0; i < port->addresses.count; i++)
        if (port->addresses.item[i].family == gateway->family) {
            inet_ntop(gateway->family, &gateway->v6, address, sizeof(address));
            snprintf(ret_text, size, "%s/%u", address, port->addresses.item[i].prefix);
            return true;
        }
    return false;
}

struct script_call {
    char texts[MAX_ARGUMENTS][CONFIG_PATH_SIZE];
    char *arguments[MAX_ARGUMENTS + 1];
    unsigned count;
};

static void append(struct script_call *call, const char *text)
{
    snprintf(call->texts[call->count], sizeof(call->texts[0]), "%s", text);
    call->arguments[call->count] = call->texts[call->count];
    call->arguments[++call->count] = NULL;
}

// script action kind interface owner [peer mtu address...]
static int run_up(const struct config_port *port, enum device_kind kind, const char *interface, const char *script,
                  const char *owner)
{
    char peer[IF_NAMESIZE], text[INET6_ADDRSTRLEN + 8];
    struct script_call call = {.count = 0};
    int error = embedded_device_peer(interface, peer);
    if (error)
        return error;
    append(&call, script);
    append(&call, "up");
    append(&call, kind == DEVICE_TAP ? "tap" : "veth");
    append(&call, interface);
    append(&call, owner);
    append(&call, kind == DEVICE_TAP ? interface : peer);
    snprintf(text, sizeof(text), "%u", port->mtu);
    append(&call, text);
    if (kernel_address(port, &port->gateway, text, sizeof(text)))
        append(&call, text);
    if (kernel_address(port, &port->gateway6, text, sizeof(text)))
        append(&call, text);
    return process_run(script, call.arguments);
}

int embedded_devices_up(const struct config *config, const char *script, const char *owner)
{
    char interface[IF_NAMESIZE];
    for (unsigned i = 0; i < config->port_count; i++) {
        enum device_kind kind = embedded_device_parse(config->ports[i].device, interface);
        if (kind == DEVICE_OTHER || !interface[0])
            continue;
        int code = run_up(&config->ports[i], kind, interface, script, owner);
        if (!code)
            continue;
        notice_write("cannot make the interface %s of ports[%u]: see the line above; start as root with iproute2 and "
                     "ethtool installed, or name an interface that exists",
                     interface, i);
        return code < 0 ? code : -EIO;
    }
    return 0;
}

static void run_down(const char *script, const char *action, const char *interface, const char *owner)
{
    struct script_call call = {.count = 0};
    append(&call, script);
    append(&call, action);
    append(&call, interface);
    append(&call, owner);
    int code = process_run(script, call.arguments);
    if (code)
        notice_write("warning: %s %s %s failed (%d)", script, action, interface, code);
}

static bool stands_on_interface(enum device_kind kind, const char *interface)
{
    return kind != DEVICE_OTHER && interface[0] && if_nametoindex(interface);
}

void embedded_devices_detach_xdp(const struct config *config, const char *script)
{
    char interface[IF_NAMESIZE];
    for (unsigned i = 0; i < config->port_count; i++) {
        enum device_kind kind = embedded_device_parse(config->ports[i].device, interface);
        if (kind == DEVICE_AF_XDP && stands_on_interface(kind, interface))
            run_down(script, "detach-xdp", interface, "");
    }
}

void embedded_devices_down(const struct config *config, const char *script, const char *owner)
{
    char interface[IF_NAMESIZE];
    for (unsigned i = 0; i < config->port_count; i++)
        if (stands_on_interface(embedded_device_parse(config->ports[i].device, interface), interface))
            run_down(script, "down", interface, owner);
}
