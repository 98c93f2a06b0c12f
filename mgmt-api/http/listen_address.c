// SPDX-License-Identifier: Apache-2.0
#include "listen_address.h"
#include "config.h"
#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

static socklen_t fill(const struct config *config, struct sockaddr_storage *storage)
{
    const struct config_address *listen = &config->http.listen;
    *storage = (struct sockaddr_storage){.ss_family = (sa_family_t)listen->family};
    if (listen->family == AF_INET6) {
        struct sockaddr_in6 *address = (struct sockaddr_in6 *)storage;
        address->sin6_addr = listen->v6;
        address->sin6_port = htons((uint16_t)config->http.port);
        return sizeof *address;
    }
    struct sockaddr_in *address = (struct sockaddr_in *)storage;
    address->sin_addr = listen->v4;
    address->sin_port = htons((uint16_t)config->http.port);
    return sizeof *address;
}

static int try_bind(const struct sockaddr_storage *address, socklen_t size)
{
    int probe = socket(address->ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    if (probe < 0)
        return -errno;
    setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    int result = bind(probe, (const struct sockaddr *)address, size) ? -errno : 0;
    close(probe);
    return result;
}

// libwebsockets would say less, and not give back what it took when a file is unusable.
static int try_identity(const char *certificate, const char *key)
{
    if (access(certificate, R_OK) || access(key, R_OK))
        return -errno;
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (!context)
        return -ENOMEM;
    bool fits = SSL_CTX_use_certificate_chain_file(context, certificate) == 1 &&
                SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) == 1 &&
                SSL_CTX_check_private_key(context) == 1;
    SSL_CTX_free(context);
    ERR_clear_error();
    return fits ? 0 : -EINVAL;
}

int listen_address_check(const struct config *config, char ret_address[INET6_ADDRSTRLEN])
{
    struct sockaddr_storage address;
    socklen_t size = fill(config, &address);
    if (!inet_ntop(address.ss_family, &config->http.listen.v4, ret_address, INET6_ADDRSTRLEN))
        return -errno;
    int result = try_bind(&address, size);
    if (result || config->http.tls.certificate[0] == '\0')
        return result;
    return try_identity(config->http.tls.certificate, config->http.tls.key);
}
