// SPDX-License-Identifier: Apache-2.0
#include "supervisor.h"
#include "embedded_device.h"
#include "notice.h"
#include "program.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define STOP_TIMEOUT_MS 5000
#define EXIT_REFUSED    1

enum { CONTROL, DATAPLANE, PROGRAMS };

struct supervisor {
    const struct config *config;
    struct run_directory directory;
    struct shared_memory memory;
    struct program programs[PROGRAMS];
    char device_script[CONFIG_PATH_SIZE];
    uint64_t last_epoch;
    int signals;
    int exit_code; // -1: go on
};

// Beside each other when installed, in their own folders in a build.
static int find_file(const char *directory, const char *name, char ret_path[CONFIG_PATH_SIZE])
{
    static const char *const places[] = {"",         "dataplane/", "controlplane/",   "mgmt-api/", "deploy/supervise/",
                                         "../sbin/", "../bin/",    "../libexec/naru/"};
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        int length = snprintf(ret_path, CONFIG_PATH_SIZE, "%s/%s%s", directory, places[i], name);
        if (length < CONFIG_PATH_SIZE && !access(ret_path, X_OK))
            return 0;
    }
    notice_write("%s is not in %s; build it, or name its place with --bin-dir", name, directory);
    return -ENOENT;
}

static int find_files(struct supervisor *supervisor, const struct supervisor_options *options)
{
    int error = find_file(options->bin_directory, "embedded-device.sh", supervisor->device_script);
    for (unsigned i = 0; i < PROGRAMS && !error; i++)
        error = find_file(options->bin_directory, supervisor->programs[i].name, supervisor->programs[i].path);
    return error;
}

static void init(struct supervisor *supervisor, const struct config *config, const struct supervisor_options *options)
{
    memset(supervisor, 0, sizeof(*supervisor));
    supervisor->config = config;
    supervisor->exit_code = -1;
    supervisor->programs[CONTROL] =
        (struct program){.name = "naru-control", .pid_file = "control", .role = TABLES_CONTROL};
    supervisor->programs[DATAPLANE] =
        (struct program){.name = "naru-dataplane", .pid_file = "dataplane", .role = TABLES_DATAPLANE};
    for (unsigned i = 0; i < PROGRAMS; i++) {
        supervisor->programs[i].config_path = options->config_path;
        supervisor->programs[i].memory = &supervisor->memory;
        supervisor->programs[i].directory = &supervisor->directory;
        supervisor->programs[i].pidfd = -1;
    }
}

// SIGHUP too: the terminal of a foreground run was closed.
static int take_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    (void)signal(SIGPIPE, SIG_IGN); // a closed log ends nothing
    if (sigprocmask(SIG_BLOCK, &set, NULL))
        return -errno;
    int fd = signalfd(-1, &set, SFD_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

// The programs inherit it: locked key memory and AF_XDP rings; a descriptor for each HTTP connection. DPDK's own run
// directory is in ours. And a dispatcher of libxdp would be pinned to a file, and stay when a dataplane is killed.
static void prepare_environment(const char *run_directory)
{
    (void)setenv("RUNTIME_DIRECTORY", run_directory, 1);
    (void)setenv("LIBXDP_SKIP_DISPATCHER", "1", 1);
    const struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};
    (void)setrlimit(RLIMIT_MEMLOCK, &unlimited);
    struct rlimit files;
    if (!getrlimit(RLIMIT_NOFILE, &files)) {
        files.rlim_cur = files.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
}

static void start(struct supervisor *supervisor, struct program *program)
{
    if (program->role == TABLES_DATAPLANE)
        embedded_devices_detach_xdp(supervisor->config, supervisor->device_script);
    int error = program_start(program, ++supervisor->last_epoch);
    if (!error)
        return;
    notice_write("cannot start %s: %s; it is tried again in 1 s", program->name, strerror(-error));
    program->start_at = program_now() + 1000000000ULL;
}

static void end_program(struct supervisor *supervisor, struct program *program)
{
    enum restart_verdict verdict = program_ended(program);
    if (verdict == RESTART_AFTER_DELAY)
        return;
    supervisor->exit_code = verdict == RESTART_BAD_CONFIG ? EXIT_CODE_BAD_CONFIG : EXIT_REFUSED;
    notice_write("giving up: %s %s; its last line says why", program->name,
                 verdict == RESTART_BAD_CONFIG ? "refuses the configuration" : "cannot start");
}

static void start_what_is_due(struct supervisor *supervisor)
{
    uint64_t now = program_now();
    for (unsigned i = 0; i < PROGRAMS; i++)
        if (supervisor->programs[i].phase == PROGRAM_WAITING && supervisor->programs[i].start_at <= now)
            start(supervisor, &supervisor->programs[i]);
}

static int ms_to_next(const struct supervisor *supervisor)
{
    uint64_t now = program_now(), next = now + WATCHDOG_TICK_NS;
    for (unsigned i = 0; i < PROGRAMS; i++) {
        const struct program *program = &supervisor->programs[i];
        if (program->phase == PROGRAM_WAITING && program->start_at < next)
            next = program->start_at;
    }
    return next > now ? (int)((next - now + 999999) / 1000000) : 0;
}

static void wait_for_events(struct supervisor *supervisor)
{
    struct pollfd fds[PROGRAMS + 1];
    for (unsigned i = 0; i < PROGRAMS; i++) // a negative descriptor is passed over
        fds[i] = (struct pollfd){.fd = supervisor->programs[i].pidfd, .events = POLLIN};
    fds[PROGRAMS] = (struct pollfd){.fd = supervisor->signals, .events = POLLIN};
    if (poll(fds, PROGRAMS + 1, ms_to_next(supervisor)) <= 0)
        return;
    for (unsigned i = 0; i < PROGRAMS; i++)
        if (fds[i].revents)
            end_program(supervisor, &supervisor->programs[i]);
    if (fds[PROGRAMS].revents && supervisor->exit_code < 0)
        supervisor->exit_code = 0;
}

static void supervise(struct supervisor *supervisor)
{
    while (supervisor->exit_code < 0) {
        start_what_is_due(supervisor);
        wait_for_events(supervisor);
        for (unsigned i = 0; i < PROGRAMS; i++)
            if (supervisor->programs[i].phase == PROGRAM_RUNNING)
                program_watch(&supervisor->programs[i]);
    }
    if (!supervisor->exit_code)
        notice_write("stopping");
    // Control first: it says goodbye to its peers through the dataplane.
    program_stop(&supervisor->programs[CONTROL], STOP_TIMEOUT_MS);
    program_stop(&supervisor->programs[DATAPLANE], STOP_TIMEOUT_MS);
}

static int run_over_devices(struct supervisor *supervisor)
{
    if (embedded_devices_up(supervisor->config, supervisor->device_script, supervisor->directory.path))
        return EXIT_REFUSED;
    supervise(supervisor);
    embedded_devices_detach_xdp(supervisor->config, supervisor->device_script);
    embedded_devices_down(supervisor->config, supervisor->device_script, supervisor->directory.path);
    return supervisor->exit_code;
}

static int run_in_directory(struct supervisor *supervisor)
{
    if (shared_memory_create(supervisor->config, &supervisor->memory))
        return EXIT_REFUSED;
    (void)run_directory_set_pid(&supervisor->directory, "supervise", getpid());
    int code = run_over_devices(supervisor);
    (void)run_directory_set_pid(&supervisor->directory, "supervise", 0);
    shared_memory_destroy(&supervisor->memory);
    return code;
}

int supervisor_run(const struct config *config, const struct supervisor_options *options)
{
    static struct supervisor supervisor;
    init(&supervisor, config, options);
    if (find_files(&supervisor, options))
        return EXIT_REFUSED;
    supervisor.signals = take_signals();
    if (supervisor.signals < 0 || run_directory_open(config->gateway.run_directory, &supervisor.directory))
        return EXIT_REFUSED;
    prepare_environment(supervisor.directory.path);
    int code = run_in_directory(&supervisor);
    run_directory_close(&supervisor.directory);
    close(supervisor.signals);
    return code;
}
