// SPDX-License-Identifier: Apache-2.0
#include "plot.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define WIDTH      960
#define LEFT       230 // of the bars: labels
#define RIGHT      70
#define ROW        20
#define BAR        13
#define HEAD       56 // of a panel
#define FOOT       34
#define TOP        60
#define LEGEND_ROW 18
#define LEGEND     6 // entries beside each other

static const char *const colours[] = {"#2f6db3", "#e08a2e", "#4c9f5b", "#b8484d", "#7f65ad", "#8c6d52",
                                      "#d57fb1", "#7a7a7a", "#a6a52f", "#2fa6b5", "#9db8d9", "#f2c591"};
#define COLOURS (sizeof(colours) / sizeof(*colours))

double plot_step(double most)
{
    double power = pow(10, floor(log10(most / 5)));
    static const double steps[] = {1, 2, 5, 10};
    for (unsigned i = 0; i < sizeof(steps) / sizeof(*steps); i++)
        if (steps[i] * power * 5 >= most * (1 - 1e-9))
            return steps[i] * power;
    return 10 * power;
}

static double total(const struct plot_bar *bar)
{
    double sum = 0;
    for (unsigned i = 0; i < bar->part_count; i++)
        sum += bar->parts[i].value;
    return sum;
}

static double most_of(const struct plot_panel *panel)
{
    double most = 0;
    for (unsigned i = 0; i < panel->bar_count; i++)
        most = fmax(most, fmax(total(&panel->bars[i]), panel->bars[i].mark));
    return most > 0 ? most * 1.02 : 1;
}

// Names in the order in which they first appear; a name keeps its colour within a panel.
static unsigned collect_names(const struct plot_panel *panel, const char *names[PLOT_PARTS])
{
    unsigned count = 0;
    for (unsigned b = 0; b < panel->bar_count; b++)
        for (unsigned p = 0; p < panel->bars[b].part_count; p++) {
            const char *name = panel->bars[b].parts[p].name;
            unsigned i = 0;
            while (i < count && strcmp(names[i], name) != 0)
                i++;
            if (i == count && count < PLOT_PARTS)
                names[count++] = name;
        }
    return count;
}

static const char *colour_of(const char *name, const char *const *names, unsigned count)
{
    unsigned i = 0;
    while (i < count && strcmp(names[i], name) != 0)
        i++;
    return colours[i % COLOURS];
}

static void write_text(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '<' || *text == '&')
            fprintf(out, "&#%d;", *text);
        else
            fputc(*text, out);
    }
}

static void write_label(FILE *out, double x, double y, const char *anchor, const char *class, const char *text)
{
    fprintf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" class=\"%s\">", x, y, anchor, class);
    write_text(out, text);
    fprintf(out, "</text>\n");
}

static void write_grid(FILE *out, double top, double bottom, double most, double scale)
{
    char number[32];
    double step = plot_step(most);
    for (double value = 0; value <= most; value += step) {
        double x = LEFT + value * scale;
        fprintf(out, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"grid\"/>\n", x, top, x, bottom);
        snprintf(number, sizeof(number), "%g", value);
        write_label(out, x, bottom + 14, "middle", "axis", number);
    }
}

static void write_bar(FILE *out, const struct plot_bar *bar, double y, double scale, const char *const *names,
                      unsigned name_count)
{
    char number[32];
    double x = LEFT;
    write_label(out, LEFT - 8, y + BAR - 2, "end", "label", bar->label);
    for (unsigned i = 0; i < bar->part_count; i++) {
        double width = bar->parts[i].value * scale;
        fprintf(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\" fill=\"%s\"><title>", x, y, width, BAR,
                colour_of(bar->parts[i].name, names, name_count));
        write_text(out, bar->parts[i].name);
        fprintf(out, ": %.4g</title></rect>\n", bar->parts[i].value);
        x += width;
    }
    snprintf(number, sizeof(number), total(bar) < 10 ? "%.2f" : "%.0f", total(bar));
    write_label(out, x + 5, y + BAR - 2, "start", "value", number);
    if (bar->mark > 0)
        fprintf(out, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"mark\"/>\n",
                LEFT + bar->mark * scale, y - 3, LEFT + bar->mark * scale, y + BAR + 3);
}

static void write_legend(FILE *out, const char *const *names, unsigned count, double y)
{
    for (unsigned i = 0; i < count; i++) {
        double x = LEFT + (i % LEGEND) * (WIDTH - LEFT) / (double)LEGEND, line = y + (i / LEGEND) * LEGEND_ROW;
        fprintf(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"10\" height=\"10\" fill=\"%s\"/>\n", x, line - 9,
                colour_of(names[i], names, count));
        write_label(out, x + 14, line, "start", "axis", names[i]);
    }
}

static unsigned legend_rows(const struct plot_panel *panel)
{
    const char *names[PLOT_PARTS];
    unsigned count = collect_names(panel, names);
    return count > 1 ? (count + LEGEND - 1) / LEGEND : 0;
}

static double height_of(const struct plot_panel *panel)
{
    return HEAD + legend_rows(panel) * LEGEND_ROW + panel->bar_count * ROW + FOOT;
}

static void write_panel(FILE *out, const struct plot_panel *panel, double y)
{
    const char *names[PLOT_PARTS];
    unsigned count = collect_names(panel, names), rows = legend_rows(panel);
    double most = most_of(panel), scale = (WIDTH - LEFT - RIGHT) / most, top = y + HEAD + rows * LEGEND_ROW - 16;
    write_label(out, 16, y + 16, "start", "panel", panel->title);
    write_label(out, 16, y + 34, "start", "axis", panel->unit);
    if (rows)
        write_legend(out, names, count, y + 52);
    write_grid(out, top - 4, top + panel->bar_count * ROW, most, scale);
    for (unsigned i = 0; i < panel->bar_count; i++)
        write_bar(out, &panel->bars[i], top + i * ROW, scale, names, count);
}

int plot_write(FILE *out, const char *title, const struct plot_panel *panels, unsigned count)
{
    double height = TOP, y = TOP;
    for (unsigned i = 0; i < count; i++)
        height += height_of(&panels[i]);
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%.0f\" viewBox=\"0 0 %d %.0f\" "
            "font-family=\"Helvetica, Arial, sans-serif\">\n"
            "<style>text{fill:#222}.title{font-size:18px;font-weight:bold}.panel{font-size:14px;font-weight:bold}"
            ".axis,.value{font-size:11px;fill:#555}.label{font-size:11.5px}.grid{stroke:#ddd}"
            ".mark{stroke:#c00;stroke-width:2}</style>\n<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n",
            WIDTH, height, WIDTH, height);
    write_label(out, 16, 32, "start", "title", title);
    for (unsigned i = 0; i < count; i++) {
        write_panel(out, &panels[i], y);
        y += height_of(&panels[i]);
    }
    fprintf(out, "</svg>\n");
    return ferror(out) ? -EIO : 0;
}
