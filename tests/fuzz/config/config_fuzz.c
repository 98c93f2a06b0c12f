// SPDX-License-Identifier: Apache-2.0
// The configuration file: either it is good, or a message in one line names the file and a line.
#include "config.h"
#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct config config;
    struct config_error error;
    if (config_parse("fuzz", data, size, &config, &error)) {
        assert(!strncmp(error.text, "fuzz:", 5));
        assert(!strchr(error.text, '\n'));
        assert(strlen(error.text) < sizeof error.text);
    } else {
        assert(config.gateway.workers >= 1 && config.gateway.workers <= CONFIG_WORKERS_MAX);
        assert(config.port_count <= CONFIG_PORTS_MAX);
        assert(config.shards.first_port + config.shards.count * config.shards.ports_per_shard <= 65536);
    }
    return 0;
}
