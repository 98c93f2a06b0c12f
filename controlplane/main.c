// SPDX-License-Identifier: Apache-2.0
// naru-control: the control plane's process.
#include "control_options.h"
#include "gateway_process.h"
#include "http_server.h"
#include "isolation.h"
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define EXIT_BAD_CONFIG 2

static int load_config(const char *path, struct config *config)
{
    struct config_error error;
    if (config_load(path, config, &error)) {
        fprintf(stderr, "naru-control: %s\n", error.text);
        return EXIT_BAD_CONFIG;
    }
    config_warn(config, stderr);
    if (!config->port_count) {
        fprintf(stderr, "naru-control: %s: ports: none is configured; name at least one (see --print-config)\n", path);
        return EXIT_BAD_CONFIG;
    }
    return 0;
}

// Each handshake takes and gives back some 80 KB: given to the kernel every time, it costs as much as a signature.
static void keep_freed_memory(void)
{
    mallopt(M_TRIM_THRESHOLD, 8 << 20);
    mallopt(M_TOP_PAD, 1 << 20);
}

static uint64_t boot_epoch(void)
{
    const char *text = getenv("NARU_EPOCH");
    return text ? strtoull(text, NULL, 10) : 0;
}

static int open_gateway(const struct control_options *options, const struct config *config,
                        struct gateway **ret_gateway)
{
    const int *fds = options->fds;
    for (int i = 0; i < FD_WORKER_WAKE - FD_INTENT; i++)
        if (fcntl(fds[i], F_SETFD, FD_CLOEXEC)) {
            log_error("descriptor %d is not open: start naru-supervise, which starts this (or see --fds)", fds[i]);
            return -EBADF;
        }
    struct control_setup setup = {.config = config,
                                  .fds = {fds[0], fds[1], fds[2]},
                                  .journal_fd = -1, // behind the workers' eventfds
                                  .worker_wakes = fds + (FD_WORKER_WAKE - FD_INTENT),
                                  .epoch = boot_epoch(),
                                  .system = &system_kernel,
                                  .dtls = &dtls_openssl};
    int error = gateway_open(&setup, fds[FD_CONTROL_WAKE - FD_INTENT], ret_gateway);
    if (error == -EPROTO)
        log_error("the shared memory is another release's: restart naru-supervise");
    else if (error == -ENOENT || error == -EACCES || error == -EINVAL)
        log_error("dtls.certificate or dtls.key: %s: name a PEM certificate and its key, or neither", strerror(-error));
    else if (error)
        log_error("start failed: %s", strerror(-error));
    return error;
}

static int serve(struct gateway *gateway, const struct config *config, const int fds[CONTROL_FDS_MAX])
{
    struct http_server *http;
    int refused =
        gateway_listen(gateway, fds + (FD_WORKER_WAKE - FD_INTENT), CONTROL_FDS_MAX - (FD_WORKER_WAKE - FD_INTENT));
    if (refused) {
        log_error("ice.tcp-listen, port %u: %s: name addresses of this host, and a port that is free",
                  config->ice.tcp_port, strerror(-refused));
        return EXIT_FAILURE;
    }
    // Keys are read and the port is bound; nobody was served yet.
    int error = http_server_open(gateway, config, &http);
    enum filter_kind filter = config->webhooks.urls.count ? FILTER_CONTROL_CALLING : FILTER_CONTROL;
    if (!error && isolation_enter("naru-control", config->gateway.control_user, filter)) {
        http_server_stop(http);
        return EXIT_FAILURE;
    }
    if (error) {
        if (error == -ENOKEY)
            log_error("http.jwt-keys: a file has no such key: HS256 is a secret of 32 bytes or more, ES256 a P-256 and "
                      "RS256 an RSA public key (PEM)");
        else if (error == -EKEYREJECTED)
            log_error("webhooks.secret-file: cannot be read, or has fewer than 16 characters");
        else
            log_error(
                "HTTP on port %u: %s: choose another http.port or http.listen, and see that the files of http can "
                "be read",
                config->http.port, strerror(-error));
        return EXIT_FAILURE;
    }
    http_server_serve(http);
    error = gateway_run(gateway);
    http_server_stop(http);
    if (error == -ESTALE)
        log_error("the supervisor has taken the epoch of this process back: another one owns the sessions");
    return error ? EXIT_FAILURE : EXIT_SUCCESS;
}

// Before its predecessor is stopped: could this release go on with what that leaves?
static int check_memory(const struct control_options *options)
{
    char why[256];
    struct tables tables;
    if (!tables_check(TABLES_CONTROL, options->fds, why, sizeof(why)) &&
        !tables_limits_read(options->fds[0], &tables.limits) &&
        !journal_check(options->fds[FD_WORKER_WAKE - FD_INTENT + (int)tables.limits.workers], tables.limits.transports,
                       why, sizeof(why)))
        return EXIT_SUCCESS;
    fprintf(stderr, "naru-control: %s\n", why);
    return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    static struct config config;
    struct control_options options;
    int verdict = control_options_parse(argc, argv, &options);
    if (verdict)
        return verdict > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    verdict = load_config(options.config_path, &config);
    if (!verdict && options.check_config)
        printf("%s: good\n", options.config_path);
    if (!verdict && options.check_memory)
        return check_memory(&options);
    if (verdict || options.check_config)
        return verdict;
    log_set_level((enum log_level)config.gateway.log_level);
    isolation_begin();
    signal(SIGPIPE, SIG_IGN);
    keep_freed_memory();
    struct gateway *gateway;
    if (open_gateway(&options, &config, &gateway))
        return EXIT_FAILURE;
    verdict = serve(gateway, &config, options.fds);
    gateway_close(gateway);
    return verdict;
}
