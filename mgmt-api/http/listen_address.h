// SPDX-License-Identifier: Apache-2.0
// What would keep the server from starting, found out beforehand: libwebsockets only says that it failed.
#pragma once

#include <netinet/in.h>

struct config;

// Writes http.listen as text. -EADDRINUSE, -EADDRNOTAVAIL, -EACCES and so on as the kernel says of address and port,
// and of the files of http.tls.
int listen_address_check(const struct config *config, char ret_address[INET6_ADDRSTRLEN]);
