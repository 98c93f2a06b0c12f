// SPDX-License-Identifier: Apache-2.0
// Aligned tables for people. Cells are text; numbers stand to the right.
#pragma once

#include <stdbool.h>
#include <stdio.h>

#define TABLE_COLUMNS_MAX 16

struct table_column {
    const char *title;
    bool is_number;
};

struct table;

// Columns are read until a title of NULL, and must outlive the table. NULL without memory; all below then do nothing.
struct table *table_new(const struct table_column *columns);
void table_cell(struct table *table, const char *format, ...) __attribute__((format(printf, 2, 3)));

// Prints and frees; `empty` is printed in place of a table without rows.
void table_print(struct table *table, FILE *out, const char *empty);
