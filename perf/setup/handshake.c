// SPDX-License-Identifier: Apache-2.0
#include "handshake.h"

#include <math.h>
#include <openssl/err.h>
#include <openssl/srtp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define MTU       1200
#define CIPHERS   "ECDHE-ECDSA-AES128-GCM-SHA256"
#define PROFILES  "SRTP_AEAD_AES_128_GCM"
#define QUEUE     16
#define DATAGRAM  1500
#define TURNS_MAX 8

struct datagram {
    int size;
    char data[DATAGRAM];
};

// One direction.
struct wire {
    struct datagram queue[QUEUE];
    unsigned first, count;
};

struct end {
    SSL_CTX *context;
    X509 *certificate;
    EVP_PKEY *key;
    SSL *ssl;
    struct wire *in, *out;
};

static struct wire wires[2];
static struct end server = {.in = &wires[0], .out = &wires[1]}, client = {.in = &wires[1], .out = &wires[0]};
static BIO_METHOD *method;
static char description[128];

static int write_datagram(BIO *bio, const char *data, int size)
{
    struct wire *wire = ((struct end *)BIO_get_data(bio))->out;
    if (wire->count < QUEUE && size <= DATAGRAM) {
        struct datagram *to = &wire->queue[(wire->first + wire->count++) % QUEUE];
        to->size = size;
        memcpy(to->data, data, (size_t)size);
    }
    return size;
}

static int read_datagram(BIO *bio, char *buffer, int room)
{
    struct wire *wire = ((struct end *)BIO_get_data(bio))->in;
    BIO_clear_retry_flags(bio);
    if (!wire->count) {
        BIO_set_retry_read(bio);
        return -1;
    }
    const struct datagram *from = &wire->queue[wire->first];
    int size = from->size < room ? from->size : room;
    memcpy(buffer, from->data, (size_t)size);
    wire->first = (wire->first + 1) % QUEUE;
    wire->count--;
    return size;
}

static long control(BIO *bio, int command, long number, void *pointer)
{
    return command == BIO_CTRL_FLUSH ? 1 : command == BIO_CTRL_DGRAM_QUERY_MTU ? MTU : 0;
}

static int accept_any(X509_STORE_CTX *store, void *unused)
{
    return 1;
}

static bool make_identity(struct end *end)
{
    end->key = EVP_EC_gen("P-256");
    end->certificate = X509_new();
    return end->key && end->certificate && X509_set_version(end->certificate, X509_VERSION_3) &&
           ASN1_INTEGER_set(X509_get_serialNumber(end->certificate), 1) &&
           X509_gmtime_adj(X509_getm_notBefore(end->certificate), -86400) &&
           X509_gmtime_adj(X509_getm_notAfter(end->certificate), 86400) &&
           X509_NAME_add_entry_by_txt(X509_get_subject_name(end->certificate), "CN", MBSTRING_ASC,
                                      (const unsigned char *)"WebRTC", -1, -1, 0) &&
           X509_set_issuer_name(end->certificate, X509_get_subject_name(end->certificate)) &&
           X509_set_pubkey(end->certificate, end->key) && X509_sign(end->certificate, end->key, EVP_sha256());
}

static bool make_context(struct end *end)
{
    end->context = SSL_CTX_new(DTLS_method());
    if (!end->context || !make_identity(end))
        return false;
    SSL_CTX_set_options(end->context, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_TICKET);
    SSL_CTX_set_session_cache_mode(end->context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_verify(end->context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL_CTX_set_cert_verify_callback(end->context, accept_any, NULL);
    return SSL_CTX_set_cipher_list(end->context, CIPHERS) &&
           SSL_CTX_use_certificate(end->context, end->certificate) == 1 &&
           SSL_CTX_use_PrivateKey(end->context, end->key) == 1 &&
           SSL_CTX_set_tlsext_use_srtp(end->context, PROFILES) == 0; // 0 is success here
}

int handshake_start(void)
{
    method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "wire");
    if (method && BIO_meth_set_write(method, write_datagram) && BIO_meth_set_read(method, read_datagram) &&
        BIO_meth_set_ctrl(method, control) && make_context(&server) && make_context(&client))
        return 0;
    fprintf(stderr, "naru-perf: OpenSSL cannot be set up\n");
    handshake_stop();
    return -1;
}

static void forget(struct end *end)
{
    SSL_CTX_free(end->context);
    X509_free(end->certificate);
    EVP_PKEY_free(end->key);
    end->context = NULL;
    end->certificate = NULL;
    end->key = NULL;
}

void handshake_stop(void)
{
    forget(&server);
    forget(&client);
    BIO_meth_free(method);
    method = NULL;
}

static bool begin(struct end *end, bool is_server)
{
    end->ssl = SSL_new(end->context);
    BIO *bio = end->ssl ? BIO_new(method) : NULL;
    if (!bio)
        return false;
    BIO_set_data(bio, end);
    BIO_set_init(bio, 1);
    SSL_set_bio(end->ssl, bio, bio);
    SSL_set_mtu(end->ssl, MTU);
    if (is_server)
        SSL_set_accept_state(end->ssl);
    else
        SSL_set_connect_state(end->ssl);
    return true;
}

static void describe(void)
{
    int group = SSL_get_negotiated_group(server.ssl);
    snprintf(description, sizeof(description), "%s, key exchange %s, signatures ECDSA P-256",
             SSL_CIPHER_get_name(SSL_get_current_cipher(server.ssl)), SSL_group_to_name(server.ssl, group));
}

static double thread_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

// Microseconds of the server's half; NAN when it failed.
static double shake_hands(void)
{
    wires[0].count = wires[1].count = 0;
    int client_done = 0, server_done = 0;
    if (!begin(&client, false))
        return NAN;
    double spent = 0, from = thread_us();
    bool begun = begin(&server, true);
    spent += thread_us() - from;
    for (unsigned turn = 0; begun && turn < TURNS_MAX && !(client_done == 1 && server_done == 1); turn++) {
        client_done = SSL_do_handshake(client.ssl);
        from = thread_us();
        server_done = SSL_do_handshake(server.ssl);
        spent += thread_us() - from;
    }
    if (server_done == 1)
        describe();
    from = thread_us();
    SSL_free(server.ssl);
    spent += thread_us() - from;
    SSL_free(client.ssl);
    ERR_clear_error();
    return client_done == 1 && server_done == 1 ? spent : NAN;
}

double handshake_server_us(unsigned count)
{
    double sum = 0;
    for (unsigned i = 0; i < count; i++)
        sum += shake_hands();
    return sum / count;
}

const char *handshake_describe(void)
{
    return description;
}
