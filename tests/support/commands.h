// SPDX-License-Identifier: Apache-2.0
// The subcommands of naru-client. argv[0] is the subcommand's name; they return the process's exit status.
#pragma once

int command_session(int argc, char **argv);
int command_loop(int argc, char **argv);
int command_stun_ping(int argc, char **argv);
int command_junk(int argc, char **argv);
int command_load(int argc, char **argv);
int command_observe(int argc, char **argv);
