// SPDX-License-Identifier: Apache-2.0
#include "stage.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WORK     "/run/naru-perf" // on a tmpfs of the run's own
#define CONFIG   WORK "/naru.yaml"
#define LOG      WORK "/log"
#define READY_MS 20000
#define END_MS   10000
#define BODY_MAX (1 << 20)
#define PORT     8080

static void sleep_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

static int raise_loopback(void)
{
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    int error = fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request);
    if (fd >= 0)
        close(fd);
    return error;
}

static int furnish(void)
{
    return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) || mount("proc", "/proc", "proc", 0, NULL) ||
           mount("sysfs", "/sys", "sysfs", 0, NULL) || mount("tmpfs", "/run", "tmpfs", 0, NULL) || mkdir(WORK, 0700) ||
           raise_loopback();
}

int stage_namespaces(void)
{
    int status;
    if (unshare(CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID)) {
        fprintf(stderr, "naru-perf: no namespaces of our own: %s (root is needed)\n", strerror(errno));
        return -1;
    }
    pid_t child = fork();
    if (child < 0)
        return -1;
    if (child) {
        if (waitpid(child, &status, 0) < 0)
            return -1;
        return (WIFEXITED(status) ? WEXITSTATUS(status) : 1) + 1;
    }
    if (!furnish())
        return 0;
    fprintf(stderr, "naru-perf: cannot furnish the namespaces: %s\n", strerror(errno));
    _exit(1);
}

void stage_pin(int cpu)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    (void)sched_setaffinity(0, sizeof(set), &set);
}

static void pin_threads(pid_t process, int cpu)
{
    char path[64];
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    snprintf(path, sizeof(path), "/proc/%d/task", process);
    DIR *tasks = opendir(path);
    for (struct dirent *task; tasks && (task = readdir(tasks));)
        if (task->d_name[0] != '.')
            (void)sched_setaffinity(atoi(task->d_name), sizeof(set), &set);
    if (tasks)
        closedir(tasks);
}

// The first and the last CPU of this process.
static void choose_cpus(struct stage *stage)
{
    cpu_set_t set;
    stage->cpu_of_rest = stage->cpu_of_control = 0;
    if (sched_getaffinity(0, sizeof(set), &set))
        return;
    for (int cpu = CPU_SETSIZE; cpu-- > 0;)
        if (CPU_ISSET(cpu, &set)) {
            if (!stage->cpu_of_control)
                stage->cpu_of_control = cpu;
            stage->cpu_of_rest = cpu;
        }
}

// Exactly as large as the run needs: what the tables take is part of what a session takes.
static int write_config(unsigned sessions, const struct stage *stage)
{
    FILE *file = fopen(CONFIG, "w");
    if (!file)
        return -1;
    fprintf(file,
            "gateway: {run-directory: " WORK "/run, workers: 1, log-level: info}\n"
            "lcores: [%d]\n"
            "memory: {heap-mb: %u, packet-buffers: 16384, huge-pages: off}\n"
            "limits: {transports: %u, streams: %u, routes: 2, rooms: %u, half-open-handshakes: 16384,\n"
            "  half-open-handshakes-per-source: 16384, http-connections-per-source: 8192,\n"
            "  setups-per-second: 100000, worker-load: 100, http-connections: 8192}\n"
            "ice: {consent-seconds: 120}\n" // as long as a full run of idle sessions on one busy CPU
            "ports:\n"
            "  - device: net_af_xdp0,iface=naru1,busy_budget=0\n"
            "    addresses: [10.7.0.2/24]\n"
            "    gateway: 10.7.0.1\n",
            stage->cpu_of_rest, 128 + sessions / 40, sessions, 2 * sessions, sessions);
    return fclose(file);
}

static pid_t start_program(const struct stage *stage)
{
    char program[320];
    snprintf(program, sizeof(program), "%s/deploy/supervise/naru-supervise", stage->binaries);
    pid_t child = fork();
    if (child)
        return child;
    int log = open(LOG, O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(log, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
    execl(program, program, "--config", CONFIG, "--bin-dir", stage->binaries, NULL);
    fprintf(stderr, "%s: %s\n", program, strerror(errno));
    _exit(127);
}

static pid_t read_pid(const char *name)
{
    char path[128];
    int pid = 0;
    snprintf(path, sizeof(path), WORK "/run/%s.pid", name);
    FILE *file = fopen(path, "r");
    if (file) {
        if (fscanf(file, "%d", &pid) != 1)
            pid = 0;
        fclose(file);
    }
    return pid;
}

// The body of a small answer, malloc()ed; NULL unless its status is 200.
static char *get(const char *path)
{
    char request[128], *answer = calloc(1, BODY_MAX);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(PORT), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    size_t got = 0;
    int size =
        snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", path);
    if (answer && fd >= 0 && !connect(fd, (struct sockaddr *)&to, sizeof(to)) &&
        write(fd, request, (size_t)size) == size)
        for (ssize_t more; got < BODY_MAX - 1 && (more = read(fd, answer + got, BODY_MAX - 1 - got)) > 0;)
            got += (size_t)more;
    if (fd >= 0)
        close(fd);
    char *body = answer ? strstr(answer, "\r\n\r\n") : NULL;
    if (body && !strncmp(answer, "HTTP/1.1 200", 12))
        memmove(answer, body + 4, strlen(body + 4) + 1);
    else {
        free(answer);
        answer = NULL;
    }
    return answer;
}

static bool is_ready(void)
{
    char *body = get("/readyz");
    free(body);
    return body != NULL;
}

static void show_log(void)
{
    char line[512];
    FILE *log = fopen(LOG, "r");
    while (log && fgets(line, sizeof(line), log))
        fprintf(stderr, "| %s", line);
    if (log)
        fclose(log);
}

static void find_binaries(struct stage *stage)
{
    const char *given = getenv("NARU_BUILD");
    ssize_t size = readlink("/proc/self/exe", stage->binaries, sizeof(stage->binaries) - 1);
    stage->binaries[size > 0 ? size : 0] = 0;
    for (unsigned up = 0; up < 2; up++) { // perf/naru-perf
        char *slash = strrchr(stage->binaries, '/');
        if (slash)
            *slash = 0;
    }
    if (given)
        snprintf(stage->binaries, sizeof(stage->binaries), "%s", given);
}

int stage_start(unsigned sessions, struct stage *ret_stage)
{
    *ret_stage = (struct stage){.supervise = 0};
    find_binaries(ret_stage);
    choose_cpus(ret_stage);
    unlink(LOG);
    if (write_config(sessions, ret_stage) || (ret_stage->supervise = start_program(ret_stage)) < 0)
        return -1;
    for (unsigned waited = 0; waited < READY_MS; waited += 20) {
        if (is_ready()) {
            ret_stage->control = read_pid("control");
            ret_stage->dataplane = read_pid("dataplane");
            pin_threads(ret_stage->control, ret_stage->cpu_of_control);
            return 0;
        }
        sleep_ms(20);
    }
    fprintf(stderr, "naru-perf: the gateway does not become ready\n");
    show_log();
    stage_stop(ret_stage);
    return -1;
}

void stage_stop(struct stage *stage)
{
    if (stage->supervise <= 0)
        return;
    kill(stage->supervise, SIGTERM);
    for (unsigned waited = 0; waited < END_MS; waited += 20) {
        if (waitpid(stage->supervise, NULL, WNOHANG) != 0)
            break;
        sleep_ms(20);
    }
    stage->supervise = 0;
}

static long packets_named(json_t *list, const char *name)
{
    size_t i;
    json_t *entry;
    json_array_foreach(list, i, entry)
    {
        const char *known = json_string_value(json_object_get(entry, "name"));
        if (known && !strcmp(known, name))
            return (long)json_integer_value(json_object_get(entry, "packets"));
    }
    return 0;
}

int stage_rtp(long *ret_accepted, long *ret_refused)
{
    char *body = get("/v1/drops");
    json_t *drops = body ? json_loads(body, 0, NULL) : NULL;
    free(body);
    if (!drops)
        return -1;
    *ret_accepted = packets_named(json_object_get(drops, "consumed"), "rtp");
    *ret_refused = packets_named(json_object_get(drops, "dropped"), "srtp_unprotect_bad_tag");
    json_decref(drops);
    return 0;
}

const char *stage_describe(void)
{
    static char text[128];
    char line[512], *found;
    FILE *log = fopen(LOG, "r");
    snprintf(text, sizeof(text), "unknown device");
    while (log && fgets(line, sizeof(line), log))
        if ((found = strstr(line, "port 0: "))) {
            found[8 + strcspn(found + 8, " ")] = 0;
            snprintf(text, sizeof(text), "%s, 4 KiB pages", found + 8);
        }
    if (log)
        fclose(log);
    return text;
}
