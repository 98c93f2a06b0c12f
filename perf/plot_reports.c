// SPDX-License-Identifier: Apache-2.0
// From a report's JSON to its picture.
#include "plot.h"

#include <errno.h>
#include <string.h>

#define BARS     64
#define SMALLEST 0.01 // of a bar: parts below are added up as the rest
#define MEGA     1e6

static double number(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

static const char *name_of(const json_t *row)
{
    const char *name = json_string_value(json_object_get(row, "name"));
    return name ? name : "";
}

static struct plot_bar *add_bar(struct plot_panel *panel, const json_t *row, const char *suffix)
{
    if (panel->bar_count == BARS)
        return NULL;
    struct plot_bar *bar = &panel->bars[panel->bar_count++];
    memset(bar, 0, sizeof(*bar));
    snprintf(bar->label, sizeof(bar->label), "%.36s%s", name_of(row), suffix);
    return bar;
}

static void add_part(struct plot_bar *bar, const char *name, double value)
{
    if (bar && bar->part_count < PLOT_PARTS && value > 0)
        bar->parts[bar->part_count++] = (struct plot_part){name, value};
}

static void add_nodes(struct plot_bar *bar, const json_t *row)
{
    json_t *nodes = json_object_get(row, "nodes"), *cycles;
    const char *name;
    double rest = 0, least = SMALLEST * number(row, "whole");
    json_object_foreach(nodes, name, cycles)
    {
        if (json_number_value(cycles) >= least)
            add_part(bar, name, json_number_value(cycles));
        else
            rest += json_number_value(cycles);
    }
    add_part(bar, "others", rest);
}

static int write_file(const char *path, const char *title, const struct plot_panel *panels, unsigned count)
{
    FILE *file = fopen(path, "w");
    int error = file ? plot_write(file, title, panels, count) : -errno;
    if (file && fclose(file) && !error)
        error = -errno;
    if (error)
        fprintf(stderr, "naru-perf: %s: %s\n", path, strerror(-error));
    return error ? -1 : 0;
}

int plot_pipeline(const char *path, const json_t *results)
{
    static struct plot_bar ratios[BARS], nodes[BARS], rates[BARS];
    struct plot_panel panels[] = {
        {"Over the floor", "whole graph / (crypto + bare forwarding); red: the goal", 0, ratios},
        {"By node", "cycles per packet sent", 0, nodes},
        {"Rate of one core", "million packets sent a second", 0, rates},
    };
    size_t i;
    json_t *row;
    json_array_foreach(results, i, row)
    {
        struct plot_bar *ratio = add_bar(&panels[0], row, "");
        add_part(ratio, "ratio", number(row, "ratio"));
        if (ratio)
            ratio->mark = number(row, "goal");
        add_nodes(add_bar(&panels[1], row, ""), row);
        add_part(add_bar(&panels[2], row, ""), "rate", number(row, "packets_per_second") / MEGA);
    }
    return write_file(path, "naru-perf pipeline", panels, sizeof(panels) / sizeof(*panels));
}

static void add_latency(struct plot_panel *panel, const json_t *row, const char *which, const char *suffix)
{
    const json_t *latency = json_object_get(json_object_get(row, "at_half"), which);
    if (!json_is_object(latency))
        return;
    struct plot_bar *bar = add_bar(panel, row, suffix);
    add_part(bar, "to p50", number(latency, "p50_us"));
    add_part(bar, "to p90", number(latency, "p90_us") - number(latency, "p50_us"));
    add_part(bar, "to p99", number(latency, "p99_us") - number(latency, "p90_us"));
}

static void add_flood(struct plot_panel *panel, const json_t *row)
{
    size_t i;
    json_t *step;
    json_array_foreach(json_object_get(row, "steps"), i, step)
    {
        char suffix[16];
        snprintf(suffix, sizeof(suffix), " %.1f M", number(step, "flood_per_second") / MEGA);
        struct plot_bar *bar = add_bar(panel, row, suffix);
        add_part(bar, "lost", 100 * number(step, "media_lost") / (number(step, "media") + 1));
    }
}

int plot_memif(const char *path, const json_t *results)
{
    static struct plot_bar rates[BARS], clean[BARS], all[BARS], floods[BARS];
    struct plot_panel panels[] = {
        {"Highest rate without loss", "million packets a second toward the receivers", 0, rates},
        {"Time in the gateway at half of that rate, slices without a gap", "us, from making to return", 0, clean},
        {"The same, all slices", "us; what the machine takes away included", 0, all},
        {"Floods beside live media", "per cent of media lost, by packets of flood a second", 0, floods},
    };
    size_t i;
    json_t *row;
    json_array_foreach(results, i, row)
    {
        if (json_object_get(row, "steps"))
            add_flood(&panels[3], row);
        if (!json_object_get(row, "packets_per_second_out"))
            continue;
        add_part(add_bar(&panels[0], row, ""), "rate", number(row, "packets_per_second_out") / MEGA);
        add_latency(&panels[1], row, "latency_without_gaps", "");
        add_latency(&panels[2], row, "latency", "");
    }
    return write_file(path, "naru-perf memif", panels, sizeof(panels) / sizeof(*panels));
}
