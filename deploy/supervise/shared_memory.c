// SPDX-License-Identifier: Apache-2.0
#include "shared_memory.h"
#include "notice.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define HUGE_PAGE             (2UL << 20)
#define RING_SLOTS            1024u // a burst of handshakes; 8 MiB a worker
#define RING_SLOTS_MANY       256u  // the same for all workers together where there are many
#define JOURNAL_PER_TRANSPORT 4096u // a DTLS session without its buffers
#define JOURNAL_MIN           (1UL << 20)
#define SCTP_LINK_BUFFER      (4 << 20)

struct tables_limits shared_memory_limits(const struct config *config)
{
    return (struct tables_limits){
        .workers = config->gateway.workers,
        .shards = config->shards.count,
        .ports_per_shard = config->shards.ports_per_shard,
        .first_port = config->shards.first_port,
        .transports = config->limits.transports,
        .streams = config->limits.streams,
        .routes = config->limits.routes,
        .ring_slots = config->gateway.workers > 4 ? RING_SLOTS_MANY : RING_SLOTS,
    };
}

unsigned shared_memory_huge_pages(const struct config *config)
{
    struct tables_limits limits = shared_memory_limits(config);
    size_t pages = (config->memory.heap_mb + 1) / 2;
    for (int kind = 0; kind < SEGMENT_KINDS; kind++)
        pages += segment_size((enum segment_kind)kind, &limits, true) / HUGE_PAGE;
    return (unsigned)pages;
}

static unsigned long huge_page_count(const char *path)
{
    unsigned long pages = 0;
    char line[128];
    FILE *file = fopen(path, "re");
    if (file && fgets(line, sizeof(line), file))
        (void)sscanf(line, "%lu", &pages);
    if (file)
        fclose(file);
    return pages;
}

// What is reserved for a mapping counts as free until it is touched.
static unsigned long free_huge_pages(void)
{
    unsigned long pages = huge_page_count("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages");
    unsigned long reserved = huge_page_count("/sys/kernel/mm/hugepages/hugepages-2048kB/resv_hugepages");
    return pages > reserved ? pages - reserved : 0;
}

// Whether segments go into huge pages. With too few for all, they are left to the packets, which gain more.
static int choose_pages(const struct config *config, bool *ret_huge)
{
    unsigned need = shared_memory_huge_pages(config);
    unsigned long have = config->memory.huge_pages == CONFIG_HUGE_OFF ? 0 : free_huge_pages();
    *ret_huge = have >= need;
    if (*ret_huge || config->memory.huge_pages == CONFIG_HUGE_OFF)
        return 0;
    if (config->memory.huge_pages == CONFIG_HUGE_REQUIRED) {
        notice_write("memory.huge-pages is required, but %lu of %u huge pages of 2 MiB are free; reserve them with "
                     "sysctl vm.nr_hugepages=%u, or set memory.huge-pages to auto",
                     have, need, need);
        return -ENOMEM;
    }
    notice_write("warning: %lu of %u huge pages of 2 MiB are free, so tables are in 4 KiB pages; reserve them with "
                 "sysctl vm.nr_hugepages=%u",
                 have, need, need);
    return 0;
}

static int create_segments(const struct tables_limits *limits, bool huge, struct shared_memory *memory)
{
    for (int kind = 0; kind < SEGMENT_KINDS; kind++) {
        int error =
            segment_create((enum segment_kind)kind, limits, huge, &memory->writable[kind], &memory->read_only[kind]);
        if (error)
            return error;
    }
    return tables_attach(TABLES_SUPERVISE, memory->writable, &memory->tables);
}

static int create_journal(const struct tables_limits *limits)
{
    size_t size = (size_t)limits->transports * JOURNAL_PER_TRANSPORT;
    int fd = memfd_create("naru-journal", MFD_CLOEXEC);
    if (fd >= 0 && (ftruncate(fd, (off_t)(size < JOURNAL_MIN ? JOURNAL_MIN : size)) || fchmod(fd, 0600))) {
        close(fd);
        return -1;
    }
    return fd;
}

static int create_wakers(unsigned workers, struct shared_memory *memory)
{
    memory->control_wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (memory->control_wake < 0)
        return -errno;
    for (unsigned worker = 0; worker < workers; worker++) {
        memory->worker_wake[worker] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (memory->worker_wake[worker] < 0)
            return -errno;
    }
    return 0;
}

// Buffers of their own size: at the system's default the link is full after some hundred packets.
static int create_link(int ret_link[2])
{
    const int size = SCTP_LINK_BUFFER;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ret_link))
        return -errno;
    for (unsigned i = 0; i < 2; i++)
        if (setsockopt(ret_link[i], SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)))
            (void)setsockopt(ret_link[i], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
    return 0;
}

static int map_sctp_life(struct shared_memory *memory)
{
    void *page = mmap(NULL, sizeof(struct segment_header), PROT_READ | PROT_WRITE, MAP_SHARED, memory->sctp_life, 0);
    if (page == MAP_FAILED)
        return -errno;
    memory->sctp_header = page;
    return 0;
}

static int create_sctp(struct shared_memory *memory)
{
    memory->sctp_life = memfd_create("naru-sctp-life", MFD_CLOEXEC);
    if (memory->sctp_life < 0 || ftruncate(memory->sctp_life, sizeof(struct segment_header)) ||
        fchmod(memory->sctp_life, 0600))
        return -errno;
    int error = create_link(memory->sctp_link);
    return error ? error : map_sctp_life(memory);
}

static int create_all(const struct config *config, bool huge, struct shared_memory *memory)
{
    struct tables_limits limits = shared_memory_limits(config);
    int error = create_segments(&limits, huge, memory);
    if (!error)
        error = supervision_create(&memory->supervision, &memory->supervision_read_only);
    if (!error)
        error = supervision_attach(memory->supervision, true, &memory->supervised);
    if (error)
        return error;
    memory->journal = create_journal(&limits);
    if (memory->journal < 0)
        return -errno;
    memory->journal_read_only = segment_reopen_read_only(memory->journal);
    error = memory->journal_read_only < 0 ? memory->journal_read_only : create_wakers(limits.workers, memory);
    return error ? error : create_sctp(memory);
}

static void forget(struct shared_memory *memory)
{
    memset(memory, 0, sizeof(*memory));
    memset(memory->writable, -1, sizeof(memory->writable));
    memset(memory->read_only, -1, sizeof(memory->read_only));
    memset(memory->worker_wake, -1, sizeof(memory->worker_wake));
    memory->journal = memory->journal_read_only = -1;
    memory->control_wake = memory->supervision = memory->supervision_read_only = -1;
    memory->sctp_link[0] = memory->sctp_link[1] = memory->sctp_life = -1;
}

int shared_memory_create(const struct config *config, struct shared_memory *ret_memory)
{
    bool huge;
    int error = choose_pages(config, &huge);
    if (error)
        return error;
    struct shared_memory memory;
    forget(&memory);
    error = create_all(config, huge, &memory);
    if (error) {
        shared_memory_destroy(&memory);
        notice_write("cannot make the tables: %s; lower limits.transports, limits.streams and limits.routes",
                     strerror(-error));
        return error;
    }
    *ret_memory = memory;
    return 0;
}

static void close_if_open(int fd)
{
    if (fd >= 0)
        close(fd);
}

void shared_memory_destroy(struct shared_memory *memory)
{
    tables_detach(&memory->tables);
    supervision_detach(memory->supervised);
    for (int kind = 0; kind < SEGMENT_KINDS; kind++) {
        close_if_open(memory->writable[kind]);
        close_if_open(memory->read_only[kind]);
    }
    close_if_open(memory->journal);
    close_if_open(memory->journal_read_only);
    close_if_open(memory->control_wake);
    close_if_open(memory->supervision);
    close_if_open(memory->supervision_read_only);
    close_if_open(memory->sctp_link[0]);
    close_if_open(memory->sctp_link[1]);
    close_if_open(memory->sctp_life);
    tcp_listeners_close(&memory->tcp);
    if (memory->sctp_header)
        munmap(memory->sctp_header, sizeof(struct segment_header));
    for (unsigned worker = 0; worker < TABLES_MAX_WORKERS; worker++)
        close_if_open(memory->worker_wake[worker]);
    forget(memory);
}

// By which names the store knows them.
static const char *const segment_names[SEGMENT_KINDS] = {"intent", "state", "rings"};
static const char *const sctp_names[] = {"sctp-link-control", "sctp-link", "sctp-life"};

static void wake_name(unsigned worker, char ret_name[NOTIFY_NAME_SIZE])
{
    snprintf(ret_name, NOTIFY_NAME_SIZE, "worker-wake-%u", worker);
}

static int keep_sctp(const struct shared_memory *memory, struct descriptor_store *store)
{
    int error = store_keep(store, sctp_names[0], memory->sctp_link[0]);
    if (!error)
        error = store_keep(store, sctp_names[1], memory->sctp_link[1]);
    return error ? error : store_keep(store, sctp_names[2], memory->sctp_life);
}

int shared_memory_keep(const struct shared_memory *memory, struct descriptor_store *store)
{
    int error = store_keep(store, "journal", memory->journal);
    for (int kind = 0; kind < SEGMENT_KINDS && !error; kind++)
        error = store_keep(store, segment_names[kind], memory->writable[kind]);
    for (unsigned worker = 0; worker < memory->tables.limits.workers && !error; worker++) {
        char name[NOTIFY_NAME_SIZE];
        wake_name(worker, name);
        error = store_keep(store, name, memory->worker_wake[worker]);
    }
    if (!error)
        error = store_keep(store, "control-wake", memory->control_wake);
    if (!error)
        error = keep_sctp(memory, store);
    return error ? error : store_keep(store, "supervision", memory->supervision);
}

// Of its own: the store keeps what it has. -ENOENT or -errno.
static int take(const struct descriptor_store *store, const char *name, int *ret_fd)
{
    int kept = store_find(store, name), fd = kept < 0 ? -1 : fcntl(kept, F_DUPFD_CLOEXEC, 3);
    if (fd < 0)
        return kept < 0 ? -ENOENT : -errno;
    *ret_fd = fd;
    return 0;
}

static int take_segments(const struct descriptor_store *store, struct shared_memory *memory)
{
    int error = 0;
    for (int kind = 0; kind < SEGMENT_KINDS && !error; kind++) {
        error = take(store, segment_names[kind], &memory->writable[kind]);
        if (!error && (memory->read_only[kind] = segment_reopen_read_only(memory->writable[kind])) < 0)
            error = memory->read_only[kind];
    }
    return error ? error : tables_attach(TABLES_SUPERVISE, memory->writable, &memory->tables);
}

static int take_supervision(const struct descriptor_store *store, struct shared_memory *memory)
{
    int error = take(store, "supervision", &memory->supervision);
    if (!error && (memory->supervision_read_only = segment_reopen_read_only(memory->supervision)) < 0)
        error = memory->supervision_read_only;
    return error ? error : supervision_attach(memory->supervision, true, &memory->supervised);
}

int shared_memory_adopt(const struct descriptor_store *store, struct shared_memory *ret_memory)
{
    struct shared_memory memory;
    forget(&memory);
    int error = take_segments(store, &memory);
    if (!error)
        error = take(store, "journal", &memory.journal);
    if (!error && (memory.journal_read_only = segment_reopen_read_only(memory.journal)) < 0)
        error = memory.journal_read_only;
    if (!error)
        error = take(store, "control-wake", &memory.control_wake);
    for (unsigned worker = 0; !error && worker < memory.tables.limits.workers; worker++) {
        char name[NOTIFY_NAME_SIZE];
        wake_name(worker, name);
        error = take(store, name, &memory.worker_wake[worker]);
    }
    if (!error)
        error = take_supervision(store, &memory);
    if (error)
        shared_memory_destroy(&memory);
    *ret_memory = memory; // empty, after an error
    return error;
}

// -ENOENT when not all of it is there.
static int take_sctp(const struct descriptor_store *store, struct shared_memory *memory)
{
    int error = take(store, sctp_names[0], &memory->sctp_link[0]);
    if (!error)
        error = take(store, sctp_names[1], &memory->sctp_link[1]);
    if (!error)
        error = take(store, sctp_names[2], &memory->sctp_life);
    return error ? error : map_sctp_life(memory);
}

int shared_memory_complete(struct shared_memory *memory, struct descriptor_store *store)
{
    int error = memory->sctp_header ? 0 : take_sctp(store, memory);
    if (error != -ENOENT)
        return error;
    for (unsigned i = 0; i < sizeof(sctp_names) / sizeof(sctp_names[0]); i++)
        if (store_find(store, sctp_names[i]) >= 0)
            store_forget(store, sctp_names[i]);
    error = create_sctp(memory);
    return error ? error : keep_sctp(memory, store);
}

int shared_memory_check(int first_fd, char *ret_why, size_t size)
{
    const int fds[SEGMENT_KINDS] = {first_fd, first_fd + 1, first_fd + 2};
    struct tables_limits limits;
    struct supervision_memory *supervised;
    int error = tables_check(TABLES_SUPERVISE, fds, ret_why, size);
    if (!error)
        error = tables_limits_read(fds[0], &limits);
    if (error)
        return error;
    error =
        supervision_attach(first_fd + (FD_WORKER_WAKE - TABLES_FIRST_FD) + (int)limits.workers + 1, false, &supervised);
    if (error)
        snprintf(ret_why, size, "what the supervisor noted cannot be read: %s; stop and start the gateway instead",
                 error == -EPROTO ? "it is another release's" : strerror(-error));
    else
        supervision_detach(supervised);
    return error;
}

unsigned shared_memory_fds(const struct shared_memory *memory, enum tables_role role,
                           int ret_fds[SHARED_MEMORY_MAX_FDS])
{
    unsigned workers = memory->tables.limits.workers, count = FD_WORKER_WAKE - TABLES_FIRST_FD;
    if (role == TABLES_SCTP) {
        ret_fds[0] = memory->sctp_link[1];
        ret_fds[1] = memory->sctp_life;
        return 2;
    }
    ret_fds[FD_INTENT - TABLES_FIRST_FD] =
        (role == TABLES_CONTROL ? memory->writable : memory->read_only)[SEGMENT_INTENT];
    ret_fds[FD_STATE - TABLES_FIRST_FD] =
        (role == TABLES_DATAPLANE ? memory->writable : memory->read_only)[SEGMENT_STATE];
    ret_fds[FD_RINGS - TABLES_FIRST_FD] =
        (role == TABLES_SUPERVISE ? memory->read_only : memory->writable)[SEGMENT_RINGS];
    ret_fds[FD_CONTROL_WAKE - TABLES_FIRST_FD] = memory->control_wake;
    for (unsigned worker = 0; worker < workers; worker++)
        ret_fds[count++] = memory->worker_wake[worker];
    if (role == TABLES_DATAPLANE)
        return count;
    ret_fds[count++] = role == TABLES_CONTROL ? memory->journal : memory->journal_read_only;
    ret_fds[count++] = memory->supervision_read_only;
    if (role == TABLES_CONTROL && memory->sctp_link[0] >= 0)
        ret_fds[count++] = memory->sctp_link[0];
    for (unsigned i = 0; role == TABLES_CONTROL && i < memory->tcp.count; i++)
        ret_fds[count++] = memory->tcp.fds[i];
    return count;
}

unsigned shared_memory_trial_fds(const struct shared_memory *memory, enum tables_role role,
                                 int ret_fds[SHARED_MEMORY_MAX_FDS])
{
    if (role == TABLES_SCTP) // it takes nothing over
        return 0;
    unsigned count = shared_memory_fds(memory, TABLES_SUPERVISE, ret_fds);
    return role == TABLES_DATAPLANE ? count - 2 : count;
}

struct segment_header *shared_memory_owned(const struct shared_memory *memory, enum tables_role role)
{
    if (role == TABLES_SCTP)
        return memory->sctp_header;
    return memory->tables.segments[role == TABLES_CONTROL ? SEGMENT_INTENT : SEGMENT_STATE];
}

struct segment_header *shared_memory_read(const struct shared_memory *memory, enum tables_role role)
{
    if (role == TABLES_SCTP)
        return memory->sctp_header;
    return memory->tables.segments[role == TABLES_CONTROL ? SEGMENT_STATE : SEGMENT_INTENT];
}
