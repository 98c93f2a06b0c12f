// SPDX-License-Identifier: Apache-2.0
// The commands' mains: 0, 1 when a goal is missed or the run failed, 2 for wrong arguments.
#pragma once

int srtp_command(int argc, char **argv);
int pipeline_command(int argc, char **argv);
int memif_command(int argc, char **argv);
int setup_command(int argc, char **argv);
int accept_command(int argc, char **argv);
