// SPDX-License-Identifier: Apache-2.0
#include "machine.h"

#include "crypto.h"
#include "measure.h"

#include <stdio.h>
#include <string.h>

static void read_processor(char *name, size_t size)
{
    char line[256], *colon;
    FILE *file = fopen("/proc/cpuinfo", "r");
    snprintf(name, size, "unknown processor");
    while (file && fgets(line, sizeof(line), file)) {
        if (strncmp(line, "model name", 10) == 0 && (colon = strchr(line, ':'))) {
            colon[strcspn(colon, "\n")] = '\0';
            snprintf(name, size, "%s", colon + 2);
            break;
        }
    }
    if (file)
        fclose(file);
}

const char *machine_describe(void)
{
    static char text[256];
    char processor[128];
    read_processor(processor, sizeof(processor));
    snprintf(text, sizeof(text), "%s, TSC %.2f GHz, %s", processor, measure_cycles_per_second() / 1e9,
             crypto_describe());
    return text;
}

void machine_print_json(const char *name, json_t *value)
{
    json_t *report = json_pack("{s:s, s:O}", "machine", machine_describe(), name, value);
    json_dumpf(report, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(5));
    printf("\n");
    json_decref(report);
}
