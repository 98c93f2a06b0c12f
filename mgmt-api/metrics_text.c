// SPDX-License-Identifier: Apache-2.0
#include "metrics_text.h"
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>

void metrics_begin(struct metrics_text *text)
{
    text->body = NULL;
    text->file = open_memstream(&text->body, &text->length);
}

char *metrics_end(struct metrics_text *text, size_t *ret_length)
{
    if (!text->file)
        return NULL;
    if (fclose(text->file) != 0) {
        free(text->body);
        return NULL;
    }
    *ret_length = text->length;
    return text->body;
}

void metrics_family(struct metrics_text *text, const char *name, const char *type, const char *help)
{
    if (text->file)
        fprintf(text->file, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void put_label(FILE *file, const char *label, const char *value)
{
    fprintf(file, "%s=\"", label);
    for (const char *c = value; *c; c++) {
        if (*c == '\\' || *c == '"')
            fputc('\\', file);
        fputc(*c == '\n' ? ' ' : *c, file);
    }
    fputc('"', file);
}

void metrics_sample(struct metrics_text *text, const char *name, double value, ...)
{
    if (!text->file)
        return;
    fputs(name, text->file);
    va_list pairs;
    va_start(pairs, value);
    unsigned count = 0;
    for (const char *label; (label = va_arg(pairs, const char *)); count++) {
        fputc(count ? ',' : '{', text->file);
        put_label(text->file, label, va_arg(pairs, const char *));
    }
    va_end(pairs);
    const char *close = count ? "}" : "";
    if (value == floor(value) && fabs(value) < 0x1p53)
        fprintf(text->file, "%s %.0f\n", close, value);
    else
        fprintf(text->file, "%s %.9g\n", close, value);
}
