#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Stands in for systemd where that is not process 1: runs one service of Type=notify with a descriptor store, as
sd_notify(3) and sd_listen_fds(3) say, and starts it again as the unit's RestartPreventExitStatus= says.

usage: service_manager.py STATE-FILE UNIT COMMAND...

STATE-FILE tells, a line each: pid of the service, number of starts, number of kept descriptors, whether it said READY=1.
SIGTERM stops the service as KillMode=process does; SIGUSR1 ends without it: the store is emptied, nobody is killed."""
import array
import os
import re
import select
import signal
import socket
import sys
import time

LISTEN_FDS_START = 3
state_file, unit, command = sys.argv[1], dict(re.findall(r'^(\w+)=(.*)$', open(sys.argv[2]).read(), re.M)), sys.argv[3:]
final = [int(code) for code in unit['RestartPreventExitStatus'].split()] + [0] * (unit['Restart'] == 'on-failure')
address = state_file + '.socket'
if os.path.exists(address):
    os.unlink(address)
notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
notify.bind(address)
notify.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
store, starts, service, ready, stopping = [], 0, 0, False, False


def tell():
    with open(state_file + '.new', 'w') as file:
        file.write(f'{service}\n{starts}\n{len(store)}\n{"ready" if ready else "starting"}\n')
    os.rename(state_file + '.new', state_file)


def start():
    global service, starts, ready
    starts, ready = starts + 1, False
    service = os.fork()
    if service:
        return
    environment = dict(os.environ, NOTIFY_SOCKET=address, WATCHDOG_USEC='3000000', WATCHDOG_PID=str(os.getpid()))
    if store:
        high = [os.dup(fd) if fd > 500 else os.dup2(fd, 600 + number) for number, (_, fd) in enumerate(store)]
        for number, fd in enumerate(high):
            os.dup2(fd, LISTEN_FDS_START + number, inheritable=True)
        environment.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(store)),
                           LISTEN_FDNAMES=':'.join(name for name, _ in store))
    os.closerange(LISTEN_FDS_START + len(store), 1000)
    os.execve(command[0], command, environment)


def receive():
    """As systemd's manager_dispatch_notify_fd: only the main process counts (NotifyAccess=main)."""
    global store, ready
    data, ancillary, flags, _ = notify.recvmsg(4096, socket.CMSG_SPACE(4 * 16) + socket.CMSG_SPACE(12))
    fds, sender = array.array('i'), 0
    for level, kind, content in ancillary:
        if kind == socket.SCM_RIGHTS:
            fds.frombytes(content)
        elif kind == socket.SCM_CREDENTIALS:
            sender = int.from_bytes(content[:4], 'little')
    lines = data.decode().split('\n')
    name = next((line[7:] for line in lines if line.startswith('FDNAME=')), 'stored')
    if sender != service:
        lines = []
    if 'READY=1' in lines:
        ready = True
    if 'FDSTOREREMOVE=1' in lines:
        for _, fd in [item for item in store if item[0] == name]:
            os.close(fd)
        store = [item for item in store if item[0] != name]
    for fd in fds:
        if 'FDSTORE=1' in lines:
            store.insert(0, (name, fd))  # systemd puts the latest first
        else:
            os.close(fd)
    tell()


def on_signal(number, _):
    global stopping
    stopping = True
    if number == signal.SIGUSR1:
        os._exit(0)
    os.kill(service, signal.SIGTERM)


for number in (signal.SIGTERM, signal.SIGUSR1):
    signal.signal(number, on_signal)
start()
while True:
    tell()
    if select.select([notify], [], [], 0.02)[0]:
        receive()
        continue  # what was said last comes before the end
    pid, status = os.waitpid(service, os.WNOHANG)
    if not pid:
        continue
    code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else None
    if stopping or code in final:
        sys.exit(1 if code is None else code)
    time.sleep(0.1)  # RestartSec
    start()
