// SPDX-License-Identifier: Apache-2.0
#include "gateway.h"

#include "process.h"

#include <errno.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define RING_BITS      11 // 2,048 packets each way
#define HEAP_MB        512
#define HEAP_MB_LARGE  3072
#define LARGE          10000
#define STOP_MS        5000
#define READY_LOOK_US  200
#define PACKET_BUFFERS 32768

struct gateway gateway = {.process = {.pidfd = -1}};

void gateway_devices(char ret_server[GATEWAY_DEVICE_SIZE], char ret_client[GATEWAY_DEVICE_SIZE])
{
    // Abstract: nothing is left behind by a process that was killed.
    const char *common = "socket-abstract=yes,rsize=%d,socket=naru-perf-%d";
    char text[GATEWAY_DEVICE_SIZE / 2];
    snprintf(text, sizeof(text), common, RING_BITS, (int)getpid());
    snprintf(ret_server, GATEWAY_DEVICE_SIZE, "net_memif0,role=server,%s", text);
    snprintf(ret_client, GATEWAY_DEVICE_SIZE, "net_memif0,role=client,zero-copy=yes,mac=02:00:00:00:00:01,%s", text);
}

static int write_config(const struct gateway_options *options)
{
    char server[GATEWAY_DEVICE_SIZE], client[GATEWAY_DEVICE_SIZE];
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    gateway_devices(server, client);
    snprintf(gateway.config_path, sizeof(gateway.config_path), "/tmp/naru-perf-%d.yaml", (int)getpid());
    FILE *file = fopen(gateway.config_path, "we");
    if (!file)
        return -errno;
    fprintf(file,
            "gateway: {workers: 1, idle: %s}\n"
            "memory: {heap-mb: %d, packet-buffers: %d}\n"
            "limits: {transports: %u, streams: %u, routes: %u}\n"
            "shards: {count: 1, ports-per-shard: 16, first-port: 16384}\n"
            "ports:\n"
            "  - device: '%s'\n"
            "    addresses: [192.0.2.1/24]\n"
            "    gateway: 192.0.2.254\n"
            "    trust-receive-checksum: true\n"
            "eal: {extra: [--single-file-segments]}\n"
            "lcores: [%ld]\n",
            options->idle == CONFIG_IDLE_SPIN ? "spin" : "adaptive",
            options->transports > LARGE ? HEAP_MB_LARGE : HEAP_MB, PACKET_BUFFERS, options->transports,
            options->transports, options->transports, client, cpus - 1);
    return fclose(file) ? -errno : 0;
}

// Beside this program when installed, in its own folder in a build.
static int find_program(void)
{
    static const char *const places[] = {"../dataplane/naru-dataplane", "naru-dataplane", "../sbin/naru-dataplane"};
    char self[CONFIG_PATH_SIZE] = "";
    if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
        return -errno;
    const char *directory = dirname(self);
    for (unsigned i = 0; i < sizeof(places) / sizeof(*places); i++) {
        snprintf(gateway.program, sizeof(gateway.program), "%.200s/%s", directory, places[i]);
        if (access(gateway.program, X_OK) == 0)
            return 0;
    }
    fprintf(stderr, "naru-perf: naru-dataplane is not beside this program: build it\n");
    return -ENOENT;
}

int gateway_open(const struct gateway_options *options)
{
    struct config_error wrong;
    int error = find_program();
    if (!error)
        error = write_config(options);
    if (error)
        return error;
    error = config_load(gateway.config_path, &gateway.config, &wrong);
    if (error) {
        fprintf(stderr, "naru-perf: %s\n", wrong.text);
        unlink(gateway.config_path);
        return error;
    }
    error = shared_memory_create(&gateway.config, &gateway.memory);
    gateway.tables = &gateway.memory.tables;
    gateway.epoch = 0;
    return error;
}

void gateway_close(void)
{
    gateway_end(SIGTERM);
    shared_memory_destroy(&gateway.memory);
    unlink(gateway.config_path);
}

static int start(const char *path, char *const *arguments)
{
    int fds[SHARED_MEMORY_MAX_FDS];
    const struct process_command command = {
        .path = path,
        .arguments = arguments,
        .fds = fds,
        .fd_count = shared_memory_fds(&gateway.memory, TABLES_DATAPLANE, fds),
        .first_fd = TABLES_FIRST_FD,
        .epoch = ++gateway.epoch,
    };
    struct segment_header *owned = shared_memory_owned(&gateway.memory, TABLES_DATAPLANE);
    atomic_store(&owned->owner_ready, 0);
    atomic_store(&owned->owner_pid, 0);
    atomic_store(&shared_memory_read(&gateway.memory, TABLES_DATAPLANE)->reader_epoch, gateway.epoch);
    int error = process_start(&command, &gateway.process);
    if (!error)
        process_go(&gateway.process);
    return error;
}

int gateway_start(void)
{
    char *const arguments[] = {"naru-dataplane", "--config", gateway.config_path, NULL};
    return start(gateway.program, arguments);
}

int gateway_start_bare(const char *argument)
{
    char server[GATEWAY_DEVICE_SIZE], client[GATEWAY_DEVICE_SIZE];
    gateway_devices(server, client);
    char *const arguments[] = {"naru-perf", "bare", (char *)argument, client, NULL};
    return start("/proc/self/exe", arguments);
}

int gateway_wait_ready(int timeout_ms)
{
    struct segment_header *owned = shared_memory_owned(&gateway.memory, TABLES_DATAPLANE);
    for (long left = timeout_ms * 1000L; left > 0; left -= READY_LOOK_US) {
        if (atomic_load(&owned->owner_ready))
            return 0;
        if (process_wait(&gateway.process, 0))
            return -ECHILD;
        usleep(READY_LOOK_US);
    }
    return -ETIMEDOUT;
}

void gateway_end(int signal)
{
    int status = 0;
    if (gateway.process.pidfd < 0)
        return;
    process_signal(&gateway.process, signal);
    if (!process_wait(&gateway.process, STOP_MS))
        process_signal(&gateway.process, SIGKILL);
    (void)process_reap(&gateway.process, &status);
    if (signal != SIGKILL && (!WIFEXITED(status) || WEXITSTATUS(status)))
        fprintf(stderr, "naru-perf: the process under test ended badly (status %d)\n", status);
}
