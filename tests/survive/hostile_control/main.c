// SPDX-License-Identifier: Apache-2.0
// naru-hostile-control: takes naru-control's place in writing. For tests/survive/classes/corruption.sh.
#include "attack.h"
#include "borders.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define STEPS_AT_ONCE 32
#define PAUSE_NS      1000000L
#define SECOND_NS     1000000000ULL
#define QUIET_SECONDS 15

static const char help[] =
    "naru-hostile-control --control PID [--spare FILE] ACTION: writes in the place of naru-control, as root.\n"
    "  --list            print the records that are in use\n"
    "  --seconds N       write anything into the records that are not in FILE, and into the rings, for so long;\n"
    "  --seed N          the same again; printed, with what was done, as JSON\n"
    "  --balance         wait until every packet is accounted for, and print what is missing\n"
    "  --block           leave a fence against naru-dataplane, and records of a release that nobody knows\n"
    "  --borders PID     that neither it nor naru-dataplane (PID) can write what it may only read\n"
    "Exit status: 0 nothing is wrong; 1 naru-dataplane hung, ended, or what was asked is not so.\n";

struct arguments {
    pid_t control, dataplane;
    const char *spare;
    double seconds;
    uint64_t seed;
    bool list, balance, block;
};

static uint64_t now_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * SECOND_NS + (uint64_t)time.tv_nsec;
}

static int attach(pid_t control, struct tables *ret_tables)
{
    int fds[SEGMENT_KINDS];
    for (int kind = 0; kind < SEGMENT_KINDS; kind++) {
        char path[64];
        snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)control, FD_INTENT + kind);
        fds[kind] = open(path, kind == SEGMENT_STATE ? O_RDONLY : O_RDWR);
        if (fds[kind] < 0)
            return -errno;
    }
    return tables_attach(TABLES_CONTROL, fds, ret_tables);
}

// While packets come now and then: at some moment all are through.
static int wait_for_balance(const struct tables *tables)
{
    uint64_t deadline = now_ns() + QUIET_SECONDS * SECOND_NS;
    for (uint32_t worker = 0; worker < tables->limits.workers;) {
        int64_t packets = worker_balance(tables_worker_state(tables, worker));
        if (packets && now_ns() > deadline) {
            printf("worker %u: %lld packets are not accounted for\n", worker, (long long)packets);
            return 1;
        }
        if (packets)
            usleep(1000);
        worker += packets == 0;
    }
    return 0;
}

struct watch {
    uint64_t epoch, longest_ns; // without a sign of life
    bool ended;
};

static void look(const struct tables *tables, struct watch *watch)
{
    const struct segment_header *state = tables->segments[SEGMENT_STATE];
    uint64_t now = now_ns(), beat = atomic_load(&((struct segment_header *)state)->heartbeat);
    if (now > beat && now - beat > watch->longest_ns)
        watch->longest_ns = now - beat;
    watch->ended |= atomic_load(&((struct segment_header *)state)->owner_epoch) != watch->epoch;
}

static void print(const struct attack *attack, const struct watch *watch, uint64_t seed)
{
    uint64_t steps = 0;
    printf("{\"seed\": %llu, \"ended\": %s, \"longest_silence_ms\": %llu, \"writes\": {", (unsigned long long)seed,
           watch->ended ? "true" : "false", (unsigned long long)(watch->longest_ns / 1000000));
    for (unsigned kind = 0; kind < ATTACK_KINDS; kind++) {
        printf("%s\"%s\": %llu", kind ? ", " : "", attack_names[kind], (unsigned long long)attack->steps[kind]);
        steps += attack->steps[kind];
    }
    printf("}, \"all_writes\": %llu, \"spared\": %u, \"victims\": %u}\n", (unsigned long long)steps,
           attack->victims->spared_count, attack->original_counts[TABLE_TRANSPORT]);
}

static int run_attack(const struct tables *tables, const struct arguments *arguments)
{
    static struct attack attack;
    struct victims victims;
    struct watch watch = {.epoch = atomic_load(&tables->segments[SEGMENT_STATE]->owner_epoch)};
    int error = victims_read(tables, arguments->spare, &victims);
    if (error)
        return error;
    attack_begin(&attack, tables, &victims, arguments->seed);
    const struct timespec pause = {.tv_nsec = PAUSE_NS};
    for (uint64_t end = now_ns() + (uint64_t)(arguments->seconds * (double)SECOND_NS);
         now_ns() < end && !watch.ended;) {
        for (unsigned i = 0; i < STEPS_AT_ONCE; i++)
            attack_step(&attack);
        look(tables, &watch);
        nanosleep(&pause, NULL);
    }
    attack_end(&attack);
    print(&attack, &watch, arguments->seed);
    victims_free(&victims);
    return watch.ended;
}

static void block(const struct tables *tables)
{
    atomic_store(&tables->segments[SEGMENT_INTENT]->reader_epoch, UINT64_MAX);
    atomic_store(&tables->segments[SEGMENT_INTENT]->revision, UINT32_MAX);
    atomic_store(&tables->segments[SEGMENT_RINGS]->revision, UINT32_MAX);
}

static int check_borders(const struct arguments *arguments)
{
    puts("naru-control, state:");
    int control = borders_check(arguments->control, FD_STATE);
    puts("naru-dataplane, intent:");
    int dataplane = borders_check(arguments->dataplane, FD_INTENT);
    return control ? control : dataplane;
}

static int parse(int argc, char **argv, struct arguments *arguments)
{
    static const struct option options[] = {{"control", required_argument, NULL, 'c'},
                                            {"spare", required_argument, NULL, 's'},
                                            {"seconds", required_argument, NULL, 't'},
                                            {"seed", required_argument, NULL, 'r'},
                                            {"borders", required_argument, NULL, 'd'},
                                            {"list", no_argument, NULL, 'l'},
                                            {"balance", no_argument, NULL, 'b'},
                                            {"block", no_argument, NULL, 'k'},
                                            {0}};
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
        switch (option) {
        case 'c':
            arguments->control = atoi(optarg);
            break;
        case 's':
            arguments->spare = optarg;
            break;
        case 't':
            arguments->seconds = atof(optarg);
            break;
        case 'r':
            arguments->seed = strtoull(optarg, NULL, 10);
            break;
        case 'd':
            arguments->dataplane = atoi(optarg);
            break;
        case 'l':
            arguments->list = true;
            break;
        case 'b':
            arguments->balance = true;
            break;
        case 'k':
            arguments->block = true;
            break;
        default:
            return -EINVAL;
        }
    return optind == argc && arguments->control > 0 ? 0 : -EINVAL;
}

int main(int argc, char **argv)
{
    struct arguments arguments = {.seed = 1};
    struct tables tables;
    if (parse(argc, argv, &arguments)) {
        fputs(help, stderr);
        return 2;
    }
    int error = arguments.dataplane ? check_borders(&arguments) : attach(arguments.control, &tables);
    if (!error && arguments.list)
        victims_list(&tables, stdout);
    if (!error && arguments.seconds > 0)
        error = run_attack(&tables, &arguments);
    if (!error && arguments.balance)
        error = wait_for_balance(&tables);
    if (!error && arguments.block)
        block(&tables);
    if (error < 0)
        fprintf(stderr, "naru-hostile-control: %s\n", strerror(-error));
    return error ? 1 : 0;
}
