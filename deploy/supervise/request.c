// SPDX-License-Identifier: Apache-2.0
#include "request.h"

#include <errno.h>
#include <string.h>

int request_parse(const char *text, size_t size, enum request *ret_request)
{
    static const char *const texts[] = {
        [REQUEST_STATUS] = "status",
        [REQUEST_UPGRADE_CONTROL] = "upgrade control",
        [REQUEST_UPGRADE_DATAPLANE] = "upgrade dataplane",
        [REQUEST_UPGRADE_SUPERVISE] = "upgrade supervise",
        [REQUEST_UPGRADE_SCTP] = "upgrade sctp",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (size == strlen(texts[i]) && !memcmp(text, texts[i], size)) {
            *ret_request = (enum request)i;
            return 0;
        }
    return -EBADMSG;
}
