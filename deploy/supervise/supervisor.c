// SPDX-License-Identifier: Apache-2.0
#include "configuration.h"
#include "embedded_device.h"
#include "monotonic_time.h"
#include "notice.h"
#include "supervisor_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

// Beside each other when installed, in their own folders in a build.
static int look_for_file(const char *directory, const char *name, char ret_path[CONFIG_PATH_SIZE])
{
    static const char *const places[] = {"",      "dataplane/", "controlplane/", "mgmt-api/",       "deploy/supervise/",
                                         "sctp/", "../sbin/",   "../bin/",       "../libexec/naru/"};
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        int length = snprintf(ret_path, CONFIG_PATH_SIZE, "%s/%s%s", directory, places[i], name);
        if (length < CONFIG_PATH_SIZE && !access(ret_path, X_OK))
            return 0;
    }
    return -ENOENT;
}

static int find_file(const char *directory, const char *name, char ret_path[CONFIG_PATH_SIZE])
{
    int error = look_for_file(directory, name, ret_path);
    if (error)
        notice_write("%s is not in %s; build it, or name its place with --bin-dir", name, directory);
    return error;
}

// Calls go on without it.
static void find_sctp(struct supervisor *supervisor)
{
    struct program *sctp = &supervisor->programs[SCTP];
    if (!look_for_file(supervisor->options->bin_directory, sctp->name, sctp->path))
        return;
    sctp->is_absent = true;
    sctp->phase = PROGRAM_STOPPED;
    notice_write("warning: %s is not in %s: there are no data channels", sctp->name,
                 supervisor->options->bin_directory);
}

static int find_files(struct supervisor *supervisor)
{
    const char *directory = supervisor->options->bin_directory;
    int error = find_file(directory, "embedded-device.sh", supervisor->device_script);
    for (unsigned i = 0; i < VITAL_PROGRAMS && !error; i++)
        error = find_file(directory, supervisor->programs[i].name, supervisor->programs[i].path);
    if (!error)
        find_sctp(supervisor);
    return error;
}

static void init(struct supervisor *supervisor)
{
    supervisor->exit_code = supervisor->directory.fd = supervisor->listener = supervisor->lifeline[0] =
        supervisor->lifeline[1] = supervisor->trial.process.pidfd = -1;
    memset(supervisor->clients, -1, sizeof(supervisor->clients));
    memset(supervisor->askers, -1, sizeof(supervisor->askers));
    supervisor->programs[CONTROL] = (struct program){
        .name = "naru-control", .pid_file = "control", .id = SUPERVISED_CONTROL, .role = TABLES_CONTROL};
    supervisor->programs[DATAPLANE] = (struct program){
        .name = "naru-dataplane", .pid_file = "dataplane", .id = SUPERVISED_DATAPLANE, .role = TABLES_DATAPLANE};
    supervisor->programs[SCTP] =
        (struct program){.name = "naru-sctp", .pid_file = "sctp", .id = SUPERVISED_SCTP, .role = TABLES_SCTP};
    for (unsigned i = 0; i < PROGRAMS; i++) {
        supervisor->programs[i].config_path = supervisor->options->config_path;
        supervisor->programs[i].memory = &supervisor->memory;
        supervisor->programs[i].directory = &supervisor->directory;
        supervisor->programs[i].chronicle = &supervisor->chronicle;
        supervisor->programs[i].process = (struct process){.pidfd = -1, .go = -1};
    }
}

static int take_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    (void)signal(SIGPIPE, SIG_IGN); // a closed log ends nothing
    (void)signal(SIGHUP, SIG_IGN);  // nor a closed terminal: the keeper decides
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

// All of it, before the first program is started: what a successor does not find, nobody uses.
static int keep_all(struct supervisor *supervisor)
{
    struct descriptor_store *store = supervisor->store;
    store_forget_all(store); // of one that died before it had kept all
    configuration_keep(supervisor->options->config_path, store);
    int error = pipe2(supervisor->lifeline, O_CLOEXEC) ? -errno : 0;
    if (!error)
        error = store_keep(store, "lifeline", supervisor->lifeline[0]);
    if (!error)
        error = store_keep(store, "lifeline-writer", supervisor->lifeline[1]);
    if (!error)
        error = store_keep(store, "run-directory", supervisor->directory.fd);
    if (!error)
        error = shared_memory_keep(&supervisor->memory, store);
    if (error)
        notice_write("the service manager keeps no descriptors (%s): set FileDescriptorStoreMax=64", strerror(-error));
    return error;
}

static int begin(struct supervisor *supervisor)
{
    const struct config *config = supervisor->config;
    // Of a predecessor that died before it had made everything; its lock goes on.
    int kept = store_find(supervisor->store, "run-directory");
    if (kept >= 0 ? run_directory_adopt(config->gateway.run_directory, kept, false, &supervisor->directory)
                  : run_directory_open(config->gateway.run_directory, &supervisor->directory))
        return -EIO;
    prepare_environment(supervisor->directory.path);
    int error = shared_memory_create(config, &supervisor->memory);
    if (!error)
        error = keep_all(supervisor);
    if (error)
        return error;
    (void)chronicle_open(&supervisor->chronicle, supervisor->memory.supervised);
    supervisor->chronicle.now.made_run_directory = supervisor->directory.made;
    return embedded_devices_up(config, supervisor->device_script, supervisor->directory.path);
}

static void warn_of_other_limits(const struct supervisor *supervisor)
{
    struct tables_limits limits = shared_memory_limits(supervisor->config);
    if (memcmp(&limits, &supervisor->memory.tables.limits, sizeof(limits)))
        notice_write("warning: workers, shards or limits of the configuration are not those that run; they count after "
                     "the gateway was stopped and started");
}

static int take_over(struct supervisor *supervisor)
{
    struct descriptor_store *store = supervisor->store;
    int directory = store_find(store, "run-directory");
    supervisor->lifeline[0] = store_find(store, "lifeline");
    supervisor->lifeline[1] = store_find(store, "lifeline-writer");
    if (directory < 0 || supervisor->lifeline[0] < 0 || supervisor->lifeline[1] < 0)
        return -EPROTO;
    (void)chronicle_open(&supervisor->chronicle, supervisor->memory.supervised);
    int error = run_directory_adopt(supervisor->config->gateway.run_directory, directory,
                                    supervisor->chronicle.now.made_run_directory, &supervisor->directory);
    if (error)
        return error;
    error = shared_memory_complete(&supervisor->memory, store);
    if (error)
        return error;
    prepare_environment(supervisor->directory.path);
    warn_of_other_limits(supervisor);
    configuration_keep(supervisor->options->config_path, store);
    return 0;
}

// How this one came to be: a predecessor of another pid died, one of the same pid has become this release.
static void note_myself(struct supervisor *supervisor, bool is_successor)
{
    struct supervised_program *self = &supervisor->chronicle.now.programs[SUPERVISED_SUPERVISE];
    const char *keeper = getenv("NARU_KEEPER");
    supervisor->chronicle.now.keeper_pid = keeper ? (uint32_t)strtoul(keeper, NULL, 10) : 0;
    if (is_successor)
        chronicle_note(&supervisor->chronicle, SUPERVISED_SUPERVISE,
                       self->pid == (uint32_t)getpid() ? SUPERVISION_REPLACED : SUPERVISION_VANISHED, 0);
    self->pid = (uint32_t)getpid();
    self->begin_time = process_begin_time(getpid());
    self->started_at = monotonic_time();
    self->starts++;
    chronicle_note(&supervisor->chronicle, SUPERVISED_SUPERVISE, SUPERVISION_STARTED, 0);
    (void)run_directory_set_pid(&supervisor->directory, "supervise", getpid());
    (void)run_directory_set_pid(&supervisor->directory, "keeper", (pid_t)supervisor->chronicle.now.keeper_pid);
}

static void adopt_programs(struct supervisor *supervisor)
{
    for (unsigned i = 0; i < PROGRAMS; i++) {
        enum restart_verdict verdict = program_adopt(&supervisor->programs[i]);
        if (verdict != RESTART_AFTER_DELAY && i < VITAL_PROGRAMS)
            supervisor->exit_code = verdict == RESTART_BAD_CONFIG ? EXIT_CODE_BAD_CONFIG : EXIT_REFUSED;
    }
}

static void tell_hindrance(int error)
{
    notice_write("cannot take over what runs: %s",
                 error == -EPROTO ? "its memory is another release's: put back the files of the release that runs, or "
                                    "stop and start the gateway, which ends its calls"
                                  : strerror(-error));
}

int supervisor_refuse(const struct descriptor_store *store, int code)
{
    if (store_find(store, "supervision") < 0)
        return code;
    notice_write("calls go on, but nobody watches over naru-control and naru-dataplane until a supervisor can");
    if (!getenv("NARU_KEEPER")) // systemd does not slow down by itself
        (void)sleep(1);
    return EXIT_CODE_TRY_AGAIN;
}

static int run(struct supervisor *supervisor, bool is_successor)
{
    int error = is_successor ? take_over(supervisor) : begin(supervisor);
    if (error && is_successor)
        tell_hindrance(error);
    else if (error)
        store_forget_all(supervisor->store); // of one that died before it started anything
    if (error)
        return supervisor_refuse(supervisor->store, EXIT_REFUSED);
    tcp_listeners_open(supervisor->config, supervisor->store, &supervisor->memory.tcp);
    for (unsigned i = 0; i < PROGRAMS; i++)
        supervisor->programs[i].lifeline = supervisor->lifeline[0];
    note_myself(supervisor, is_successor);
    if (is_successor)
        adopt_programs(supervisor);
    if (upgrade_listen(supervisor))
        notice_write("warning: naru-ctl upgrade will not work: no socket in %s", supervisor->directory.path);
    upgrade_resume(supervisor);
    supervise(supervisor);
    upgrade_close(supervisor);
    embedded_devices_detach_xdp(supervisor->config, supervisor->device_script);
    return supervisor->exit_code;
}

static void take_down(struct supervisor *supervisor)
{
    if (supervisor->directory.fd < 0)
        return;
    embedded_devices_down(supervisor->config, supervisor->device_script, supervisor->directory.path);
    (void)run_directory_set_pid(&supervisor->directory, "supervise", 0);
    (void)run_directory_set_pid(&supervisor->directory, "keeper", 0);
    shared_memory_destroy(&supervisor->memory);
    run_directory_close(&supervisor->directory);
    store_forget_all(supervisor->store);
}

int supervisor_run(const struct config *config, const struct supervisor_options *options,
                   struct descriptor_store *store)
{
    static struct supervisor supervisor;
    supervisor = (struct supervisor){.config = config, .options = options, .store = store};
    init(&supervisor);
    if (find_files(&supervisor) || (supervisor.signals = take_signals()) < 0)
        return supervisor_refuse(store, EXIT_REFUSED);
    int error = shared_memory_adopt(store, &supervisor.memory);
    if (error && error != -ENOENT) {
        tell_hindrance(error);
        return supervisor_refuse(store, EXIT_REFUSED);
    }
    struct supervision supervision;
    bool is_successor = !error && !supervision_read(supervisor.memory.supervised, &supervision);
    if (!is_successor) // nothing was started yet: all of it is made anew
        shared_memory_destroy(&supervisor.memory);
    int code = run(&supervisor, is_successor);
    take_down(&supervisor);
    close(supervisor.signals);
    return code;
}
