// SPDX-License-Identifier: Apache-2.0
#include "ice_credentials.h"

#include <ctype.h>
#include <string.h>

static void make(random_fn random, char *ret_text, size_t length)
{
    static const char ice_chars[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    random(ret_text, length);
    for (size_t i = 0; i < length; i++)
        ret_text[i] = ice_chars[ret_text[i] & 63];
    ret_text[length] = 0;
}

void ice_credentials_make(random_fn random, struct ice_credentials *ret_credentials)
{
    memset(ret_credentials, 0, sizeof(*ret_credentials));
    make(random, ret_credentials->ufrag, ICE_LOCAL_UFRAG_LENGTH);
    make(random, ret_credentials->pwd, ICE_LOCAL_PWD_LENGTH);
}

static bool is_text(const char *text, size_t least, size_t most)
{
    size_t length = strnlen(text, most + 1);
    for (size_t i = 0; i < length; i++)
        if (!isalnum((unsigned char)text[i]) && text[i] != '+' && text[i] != '/')
            return false;
    return length >= least && length <= most;
}

bool ice_credentials_are_valid(const char *ufrag, const char *pwd)
{
    return is_text(ufrag, 4, ICE_UFRAG_SIZE - 1) && is_text(pwd, 22, ICE_PWD_SIZE - 1);
}
