// SPDX-License-Identifier: Apache-2.0
// Runs every regular file below the given paths through one fuzz target, so that seeds are tests in any build.
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

extern int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned long files_run;

static int run_file(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)walk;
    if (type != FTW_F)
        return 0;
    size_t size = (size_t)status->st_size;
    // Exactly as large as the input, so that a sanitiser sees the first byte read past it.
    uint8_t *data = malloc(size ? size : 1);
    FILE *file = fopen(path, "rb");
    if (!data || !file || fread(data, 1, size, file) != size) {
        fprintf(stderr, "%s: cannot read\n", path);
        exit(1);
    }
    fclose(file);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
    files_run++;
    return 0;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (nftw(argv[i], run_file, 16, FTW_PHYS)) {
            fprintf(stderr, "%s: cannot walk\n", argv[i]);
            return 1;
        }
    }
    printf("%lu files run\n", files_run);
    return files_run ? 0 : 1;
}
