// SPDX-License-Identifier: Apache-2.0
#include "table.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct table {
    const struct table_column *columns;
    unsigned column_count;
    char **cells; // row by row
    size_t count, room;
};

struct table *table_new(const struct table_column *columns)
{
    struct table *table = calloc(1, sizeof *table);
    if (table)
        table->columns = columns;
    while (table && columns[table->column_count].title)
        table->column_count++;
    return table;
}

void table_cell(struct table *table, const char *format, ...)
{
    if (!table)
        return;
    if (table->count == table->room) {
        size_t room = table->room ? table->room * 2 : 64;
        char **cells = realloc(table->cells, room * sizeof *cells);
        if (!cells)
            return;
        table->cells = cells;
        table->room = room;
    }
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&table->cells[table->count], format, arguments) >= 0)
        table->count++;
    va_end(arguments);
}

static void measure(const struct table *table, int widths[TABLE_COLUMNS_MAX])
{
    for (unsigned column = 0; column < table->column_count; column++)
        widths[column] = (int)strlen(table->columns[column].title);
    for (size_t i = 0; i < table->count; i++) {
        int *width = &widths[i % table->column_count], length = (int)strlen(table->cells[i]);
        if (length > *width)
            *width = length;
    }
}

static void print_cell(const struct table *table, FILE *out, unsigned column, int width, const char *text)
{
    bool is_last = column + 1 == table->column_count;
    if (table->columns[column].is_number)
        fprintf(out, "%*s", width, text);
    else if (is_last)
        fputs(text, out);
    else
        fprintf(out, "%-*s", width, text);
    fputs(is_last ? "\n" : "  ", out);
}

void table_print(struct table *table, FILE *out, const char *empty)
{
    if (!table)
        return;
    int widths[TABLE_COLUMNS_MAX];
    measure(table, widths);
    for (unsigned column = 0; table->count && column < table->column_count; column++)
        print_cell(table, out, column, widths[column], table->columns[column].title);
    for (size_t i = 0; i < table->count; i++) {
        unsigned column = (unsigned)(i % table->column_count);
        print_cell(table, out, column, widths[column], table->cells[i]);
        free(table->cells[i]);
    }
    if (!table->count)
        fprintf(out, "%s\n", empty);
    free(table->cells);
    free(table);
}
