// SPDX-License-Identifier: Apache-2.0
// Memory BIOs lose the borders between datagrams; this one is nothing but borders.
#include "openssl_parts.h"

#include <openssl/bio.h>
#include <string.h>

static int write_datagram(BIO *bio, const char *data, int size)
{
    struct association *association = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (size <= 0)
        return size;
    openssl_note_sequences(association, (const uint8_t *)data, (size_t)size);
    association_say(association, data, (size_t)size);
    return size;
}

static int read_datagram(BIO *bio, char *buffer, int room)
{
    struct association *association = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (!association->inbox || room <= 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    size_t size = association->inbox_size < (size_t)room ? association->inbox_size : (size_t)room;
    memcpy(buffer, association->inbox, size);
    association->inbox = NULL; // what did not fit is gone, as with recv
    return (int)size;
}

static long control(BIO *bio, int command, long number, void *pointer)
{
    const struct association *association = BIO_get_data(bio);
    switch (command) {
    case BIO_CTRL_FLUSH:
        return 1;
    case BIO_CTRL_DGRAM_QUERY_MTU:
    case BIO_CTRL_DGRAM_GET_FALLBACK_MTU:
        return (long)association->mtu;
    default: // among them BIO_CTRL_DGRAM_GET_MTU_OVERHEAD: the MTU is of the payload already
        return 0;
    }
}

// Once per process.
static BIO_METHOD *method(void)
{
    static BIO_METHOD *made;
    if (made)
        return made;
    made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "naru datagram");
    if (made && BIO_meth_set_write(made, write_datagram) && BIO_meth_set_read(made, read_datagram) &&
        BIO_meth_set_ctrl(made, control))
        return made;
    BIO_meth_free(made);
    return made = NULL;
}

BIO *openssl_bio_new(struct association *association)
{
    BIO_METHOD *datagrams = method();
    BIO *bio = datagrams ? BIO_new(datagrams) : NULL;
    if (bio) {
        BIO_set_data(bio, association);
        BIO_set_init(bio, 1);
    }
    return bio;
}
