// SPDX-License-Identifier: Apache-2.0
#include "sdes.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BASE64_MAX  ((LEG_MASTER_MAX + 2) / 3 * 4)
#define LINE_SIZE   512
#define PAYLOAD     96
#define VALUE_AFTER "a=crypto:"

int sdes_write(const struct sdes_leg *leg, char *ret_text, size_t size)
{
    unsigned char key[BASE64_MAX + 1];
    EVP_EncodeBlock(key, leg->master, (int)leg_master_size(leg->suite));
    int length = snprintf(ret_text, size,
                          "v=0\r\no=- 1 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\nm=video %u RTP/SAVP %u\r\n"
                          "a=rtpmap:%u VP8/90000\r\na=sendrecv\r\na=crypto:%u %s inline:%s\r\n",
                          leg->address, leg->address, leg->port, PAYLOAD, PAYLOAD, leg->tag, leg->suite->sdes, key);
    return length >= 0 && (size_t)length < size ? length : -ENOSPC;
}

static int read_key(const char *text, struct sdes_leg *leg)
{
    unsigned char key[BASE64_MAX + 4];
    size_t length = strcspn(text, "| \r\n");
    unsigned padded = (leg_master_size(leg->suite) + 2) / 3 * 4;
    char full[BASE64_MAX + 4];
    // Some leave out the padding.
    if (length > padded || length + 2 < padded)
        return -EBADMSG;
    memcpy(full, text, length);
    memset(full + length, '=', padded - length);
    int size = EVP_DecodeBlock(key, (const unsigned char *)full, (int)padded);
    if (size < (int)leg_master_size(leg->suite))
        return -EBADMSG;
    memcpy(leg->master, key, leg_master_size(leg->suite));
    return 0;
}

static int read_crypto(const char *line, struct sdes_leg *leg)
{
    char name[64] = "";
    int used = 0;
    if (sscanf(line, VALUE_AFTER "%u %63s inline:%n", &leg->tag, name, &used) != 2 || !used ||
        strcmp(name, leg->suite->sdes) != 0)
        return -EBADMSG;
    return read_key(line + used, leg);
}

int sdes_read(const char *text, size_t size, const struct leg_suite *suite, struct sdes_leg *ret_leg)
{
    struct sdes_leg leg = {.suite = suite};
    bool has_key = false;
    for (const char *at = text, *end = text + size; at < end;) {
        char line[LINE_SIZE];
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t length = (size_t)((stop ? stop : end) - at);
        snprintf(line, sizeof(line), "%.*s", (int)length, at);
        if (strncmp(line, "m=", 2) == 0) {
            if (leg.port) // the next section
                break;
            leg.port = (uint16_t)strtoul(line + strcspn(line, " "), NULL, 10);
        }
        has_key |= !has_key && read_crypto(line, &leg) == 0;
        at += length + 1;
    }
    if (!leg.port || !has_key)
        return -EBADMSG;
    *ret_leg = leg;
    return 0;
}
