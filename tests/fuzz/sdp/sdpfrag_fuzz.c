// SPDX-License-Identifier: Apache-2.0
// Parse a trickle fragment, print it, parse it again.
#include "fragment.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_printed(const struct sdp_fragment *fragment)
{
    char *text = malloc(SDP_PRINT_SIZE);
    struct sdp_fragment *again = NULL;
    struct sdp_error error;
    if (!text)
        abort();
    int length = sdp_fragment_print(fragment, text, SDP_PRINT_SIZE);
    if (length > 0 && sdp_fragment_parse(text, (size_t)length, &again, &error) != 0 && error.code == SDP_ERROR_SYNTAX)
        abort();
    if (again && again->section_count != fragment->section_count)
        abort();
    sdp_fragment_free(again);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sdp_fragment *fragment = NULL;
    struct sdp_error error;
    if (sdp_fragment_parse((const char *)data, size, &fragment, &error) != 0)
        return 0;
    check_printed(fragment);
    sdp_fragment_free(fragment);
    return 0;
}
