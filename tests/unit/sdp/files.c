// SPDX-License-Identifier: Apache-2.0
#include "files.h"

#include <CUnit/CUnit.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void corpora_path(const char *folder, char *path, size_t size)
{
    const char *corpora = getenv("NARU_CORPORA"), *root = getenv("NARU_SOURCE_ROOT");
    if (corpora)
        snprintf(path, size, "%s/%s", corpora, folder);
    else
        snprintf(path, size, "%s/../shared/corpora/%s", root ? root : ".", folder);
}

static bool read_file(const char *path, struct file_text *file)
{
    FILE *stream = fopen(path, "rb");
    if (!stream)
        return false;
    file->text = calloc(1, 1 << 20);
    file->length = fread(file->text, 1, (1 << 20) - 1, stream);
    fclose(stream);
    return true;
}

static bool has_suffix(const char *name, const char *suffix)
{
    size_t length = strlen(name), wanted = strlen(suffix);
    return length >= wanted && strcmp(name + length - wanted, suffix) == 0 && name[0] != '.';
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct file_text *)a)->name, ((const struct file_text *)b)->name);
}

static bool report_absent(const char *path)
{
    const char *required = getenv("NARU_REQUIRE_CORPORA");
    printf("skipped: no corpora at %s\n", path);
    if (required && strcmp(required, "1") == 0)
        CU_FAIL("corpora are required");
    return false;
}

bool files_load(const char *folder, const char *suffix, struct file_list *ret_list)
{
    char path[1024], file_path[1400];
    struct file_list list = {0};
    corpora_path(folder, path, sizeof(path));
    DIR *directory = opendir(path);
    if (!directory)
        return report_absent(path);
    for (struct dirent *entry; (entry = readdir(directory));) {
        struct file_text file = {0};
        if (!has_suffix(entry->d_name, suffix))
            continue;
        snprintf(file.name, sizeof(file.name), "%s", entry->d_name);
        snprintf(file_path, sizeof(file_path), "%s/%s", path, entry->d_name);
        if (!read_file(file_path, &file))
            continue;
        list.files = realloc(list.files, (list.count + 1) * sizeof(*list.files));
        list.files[list.count++] = file;
    }
    closedir(directory);
    if (list.count)
        qsort(list.files, list.count, sizeof(*list.files), by_name);
    *ret_list = list;
    return list.count ? true : report_absent(path);
}

void files_free(struct file_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->files[i].text);
    free(list->files);
    *list = (struct file_list){0};
}
