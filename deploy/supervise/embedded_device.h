// SPDX-License-Identifier: Apache-2.0
// Network interfaces that exist for naru alone: a veth pair, or a tap, whose kernel side is the port's gateway.
// The work is done by the script embedded-device.sh; this decides which interfaces, and hands them over.
#pragma once

#include "config.h"
#include <net/if.h>

enum device_kind {
    DEVICE_OTHER,     // a PCI device, or one that needs no interface
    DEVICE_AF_XDP,    // on one side of a veth pair, or on a NIC of the host
    DEVICE_AF_PACKET, // the same
    DEVICE_TAP        // the interface is the kernel side
};

// What a port's device string stands on. interface is empty when it names none.
enum device_kind embedded_device_parse(const char *device, char ret_interface[IF_NAMESIZE]);

// The kernel's side of a veth pair: naru1 -> naru0. -ENAMETOOLONG when there is no room for a name.
int embedded_device_peer(const char *interface, char ret_peer[IF_NAMESIZE]);

// Makes the interfaces of all ports that are not there; an older one of the same owner is made anew. 0, else -errno
// after one line. owner: the run directory, which stands on the interface as its alias.
int embedded_devices_up(const struct config *config, const char *script, const char *owner);

// A killed dataplane leaves its XDP program on the interface, and the next one could not attach its own.
void embedded_devices_detach_xdp(const struct config *config, const char *script);

// Removes what carries the owner's alias, and nothing else.
void embedded_devices_down(const struct config *config, const char *script, const char *owner);
