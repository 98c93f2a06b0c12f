// SPDX-License-Identifier: Apache-2.0
#include "supervision.h"
#include "segment.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC   0x6e6172752d737570ULL // "naru-sup"
#define VERSION 1u

struct supervision_memory {
    uint64_t magic;
    uint32_t version;
    uint32_t size; // of a slot
    struct record_head head;
    _Alignas(64) struct supervision slots[2];
};

int supervision_create(int *ret_fd, int *ret_read_only_fd)
{
    const struct supervision_memory memory = {
        .magic = MAGIC, .version = VERSION, .size = sizeof(struct supervision), .slots = {{.last_epoch = 0}}};
    int fd = memfd_create("naru-supervision", MFD_CLOEXEC);
    if (fd < 0)
        return -errno;
    int read_only =
        ftruncate(fd, sizeof(memory)) || fchmod(fd, 0600) || pwrite(fd, &memory, sizeof(memory), 0) != sizeof(memory)
            ? -EIO
            : segment_reopen_read_only(fd);
    if (read_only < 0) {
        close(fd);
        return read_only;
    }
    *ret_fd = fd;
    *ret_read_only_fd = read_only;
    return 0;
}

int supervision_attach(int fd, bool writes, struct supervision_memory **ret_memory)
{
    struct stat status;
    if (fstat(fd, &status))
        return -errno;
    if (status.st_size != sizeof(struct supervision_memory))
        return -EPROTO;
    struct supervision_memory *memory =
        mmap(NULL, sizeof(*memory), PROT_READ | (writes ? PROT_WRITE : 0), MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED)
        return -errno;
    if (memory->magic != MAGIC || memory->version != VERSION || memory->size != sizeof(struct supervision)) {
        supervision_detach(memory);
        return -EPROTO;
    }
    *ret_memory = memory;
    return 0;
}

void supervision_detach(struct supervision_memory *memory)
{
    if (memory)
        munmap(memory, sizeof(*memory));
}

void supervision_publish(struct supervision_memory *memory, const struct supervision *supervision)
{
    record_publish(&memory->head, supervision, sizeof(*supervision));
}

int supervision_read(const struct supervision_memory *memory, struct supervision *ret_supervision)
{
    return record_read(&memory->head, ret_supervision, sizeof(*ret_supervision)) ? 0 : -ENOENT;
}

const char *supervised_name(uint32_t program)
{
    static const char *const names[SUPERVISED_PROGRAMS] = {"control", "dataplane", "supervise", "sctp"};
    return program < SUPERVISED_PROGRAMS ? names[program] : "unknown";
}

const char *supervision_event_name(uint32_t kind)
{
    static const char *const names[SUPERVISION_EVENT_KINDS] = {
        "unknown", "started", "ready", "adopted", "signalled", "exited", "hung", "vanished", "replaced", "delayed"};
    return kind < SUPERVISION_EVENT_KINDS ? names[kind] : "unknown";
}

bool supervision_event_is_end(uint32_t kind)
{
    return kind == SUPERVISION_SIGNALLED || kind == SUPERVISION_EXITED || kind == SUPERVISION_HUNG ||
           kind == SUPERVISION_VANISHED || kind == SUPERVISION_REPLACED;
}
