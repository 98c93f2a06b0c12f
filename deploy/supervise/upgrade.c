// SPDX-License-Identifier: Apache-2.0
// Requests of naru-ctl. upgrade: each program is replaced by what its file holds now. First the new one is asked
// whether it can read what is there; what cannot be taken over is refused while the old one still runs.
#include "account.h"
#include "monotonic_time.h"
#include "notice.h"
#include "request.h"
#include "supervisor_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define ASKER "asker" // of an upgrade of this program itself: handed over, and not kept beyond that

__attribute__((format(printf, 2, 3))) static void answer(int client, const char *format, ...)
{
    char text[ANSWER_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    notice_write("upgrade: %s", text);
    if (client >= 0)
        (void)send(client, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT);
}

static int bind_to(const char *directory, int fd)
{
    struct sockaddr_un own = {.sun_family = AF_UNIX};
    if (snprintf(own.sun_path, sizeof(own.sun_path), "%s/%s", directory, CONFIG_REQUEST_SOCKET) >=
        (int)sizeof(own.sun_path))
        return -ENAMETOOLONG;
    (void)unlink(own.sun_path); // a predecessor's; the directory is locked
    mode_t before = umask(0177);
    int error = bind(fd, (struct sockaddr *)&own, sizeof(own)) || listen(fd, REQUEST_CLIENTS) ? -errno : 0;
    umask(before);
    return error;
}

int upgrade_listen(struct supervisor *supervisor)
{
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int error = fd < 0 ? -errno : bind_to(supervisor->directory.path, fd);
    if (error && fd >= 0)
        close(fd);
    supervisor->listener = error ? -1 : fd;
    return error;
}

void upgrade_close(struct supervisor *supervisor)
{
    if (trial_is_on(&supervisor->trial)) {
        trial_abandon(&supervisor->trial);
        answer(supervisor->trial_asker, "refused: the gateway ends");
        close(supervisor->trial_asker);
    }
    if (supervisor->listener >= 0)
        close(supervisor->listener);
    (void)unlinkat(supervisor->directory.fd, CONFIG_REQUEST_SOCKET, 0);
}

void upgrade_accept(struct supervisor *supervisor)
{
    int client = accept4(supervisor->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    for (unsigned i = 0; i < REQUEST_CLIENTS && client >= 0; i++)
        if (supervisor->clients[i] < 0) {
            supervisor->clients[i] = client;
            return;
        }
    if (client >= 0)
        close(client);
}

static const char *name_of(const struct supervisor *supervisor, unsigned i)
{
    return i == MYSELF ? "naru-supervise" : supervisor->programs[i].name;
}

// Whoever asks is answered when the verdict is there; meanwhile the supervisor goes on.
static void begin_trial(struct supervisor *supervisor, unsigned i, int client)
{
    const struct program *program = &supervisor->programs[i];
    int error = 0;
    if (i < PROGRAMS && program->is_absent)
        answer(client, "done: %s: there is none here", program->name);
    else if (trial_is_on(&supervisor->trial))
        answer(client, "refused: %s is on trial; ask again", name_of(supervisor, supervisor->on_trial));
    else if (i < PROGRAMS && (supervisor->askers[i] >= 0 || program->phase == PROGRAM_KILLED))
        answer(client, "refused: %s is about to be replaced already", program->name);
    else if ((error = trial_begin(i == MYSELF ? supervisor->options->own_path : program->path,
                                  supervisor->options->config_path, &supervisor->memory,
                                  i == MYSELF ? TABLES_SUPERVISE : program->role, &supervisor->trial)))
        answer(client, "refused: %s goes on as it is; the new one cannot be tried: %s", name_of(supervisor, i),
               strerror(-error));
    else {
        supervisor->on_trial = i;
        supervisor->trial_asker = client;
        return;
    }
    close(client);
}

// It may have ended meanwhile, or be about to: it is started from the new file then, and maybe was already.
static void replace_program(struct supervisor *supervisor, unsigned i, int client)
{
    struct program *program = &supervisor->programs[i];
    supervisor->askers[i] = client;
    if (program->phase == PROGRAM_RUNNING || program->phase == PROGRAM_KILLED)
        program_replace(program);
    else
        program->start_at = monotonic_time();
}

// This process becomes the new release; pid, children and all that is kept stay.
static void replace_myself(struct supervisor *supervisor, int client)
{
    const struct supervisor_options *options = supervisor->options;
    struct descriptor_store *store = supervisor->store;
    if (store->count < STORE_MAX) {
        struct stored_descriptor *asker = &store->items[store->count++];
        snprintf(asker->name, sizeof(asker->name), ASKER);
        asker->fd = client;
    }
    notice_write("upgrade: naru-supervise becomes %s", options->own_path);
    if (!store_hand_over(store))
        (void)execv(options->own_path, options->arguments);
    notice_write("cannot run %s: %s; the keeper tries again", options->own_path, strerror(errno));
    _exit(127); // descriptors are not where they were
}

void upgrade_judge(struct supervisor *supervisor)
{
    char why[TRIAL_WHY_SIZE];
    unsigned i = supervisor->on_trial;
    int client = supervisor->trial_asker;
    if (trial_end(&supervisor->trial, why)) {
        answer(client, "refused: %s goes on as it is; the new one says: %s", name_of(supervisor, i), why);
        close(client);
    } else if (i == MYSELF)
        replace_myself(supervisor, client);
    else
        replace_program(supervisor, i, client);
}

void upgrade_resume(struct supervisor *supervisor)
{
    struct descriptor_store *store = supervisor->store;
    int client = store_find(store, ASKER);
    if (client < 0)
        return;
    answer(client, "done: naru-supervise: pid %d, %s", (int)getpid(), NARU_VERSION);
    store_forget(store, ASKER);
}

static void tell_status(const struct supervisor *supervisor, int client)
{
    char line[ACCOUNT_SIZE];
    for (unsigned i = 0; i < PROGRAMS; i++) {
        if (supervisor->programs[i].is_absent)
            continue;
        account_of(&supervisor->programs[i], line);
        (void)send(client, line, strlen(line), MSG_NOSIGNAL | MSG_DONTWAIT);
    }
    int size = snprintf(line, sizeof(line), "done: naru-supervise: pid %d, %s", (int)getpid(), NARU_VERSION);
    (void)send(client, line, (size_t)size, MSG_NOSIGNAL | MSG_DONTWAIT);
    close(client);
}

static unsigned subject_of(enum request request)
{
    if (request == REQUEST_UPGRADE_SUPERVISE)
        return MYSELF;
    if (request == REQUEST_UPGRADE_SCTP)
        return SCTP;
    return request == REQUEST_UPGRADE_CONTROL ? CONTROL : DATAPLANE;
}

void upgrade_serve(struct supervisor *supervisor, unsigned i)
{
    char text[REQUEST_SIZE];
    enum request request;
    int client = supervisor->clients[i];
    ssize_t size = recv(client, text, sizeof(text), 0);
    supervisor->clients[i] = -1;
    if (size <= 0 || request_parse(text, (size_t)size, &request)) {
        if (size > 0)
            answer(client, "refused: there is no such request");
        close(client);
    } else if (request == REQUEST_STATUS)
        tell_status(supervisor, client);
    else
        begin_trial(supervisor, subject_of(request), client);
}

void upgrade_finish(struct supervisor *supervisor, unsigned i)
{
    const struct program *program = &supervisor->programs[i];
    const struct supervised_program *entry = &supervisor->chronicle.now.programs[program->id];
    int client = supervisor->askers[i];
    if (client < 0)
        return;
    if (program->phase == PROGRAM_RUNNING)
        answer(client, "done: %s: pid %u, epoch %llu", program->name, entry->pid, (unsigned long long)entry->epoch);
    else
        answer(client, "refused: the new %s ended before it was ready; it is started again and again", program->name);
    supervisor->askers[i] = -1;
    close(client);
}
