// SPDX-License-Identifier: Apache-2.0
// HTTPS with a certificate from files.
#include "http_fixture.h"
#include "http_server.h"
#include "raw_client.h"
#include <CUnit/CUnit.h>
#include <errno.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/naru-unit-tls-XXXXXX";
static struct config config;

static void write_identity(void)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_sign(certificate, key, EVP_sha256());
    FILE *file = fopen(config.http.tls.certificate, "w");
    PEM_write_X509(file, certificate);
    fclose(file);
    file = fopen(config.http.tls.key, "w");
    PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL);
    fclose(file);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

static int start(void)
{
    if (!mkdtemp(folder))
        return 1;
    config = fixture_config("secret");
    snprintf(config.http.tls.certificate, sizeof config.http.tls.certificate, "%s/certificate.pem", folder);
    snprintf(config.http.tls.key, sizeof config.http.tls.key, "%s/key.pem", folder);
    write_identity();
    return fixture_start_config(&config);
}

static int stop(void)
{
    fixture_stop();
    unlink(config.http.tls.certificate);
    unlink(config.http.tls.key);
    return rmdir(folder);
}

static void requests_are_served_over_tls(void)
{
    double_set(&(struct double_script){.sdp = "v=0 answer"});
    struct reply reply =
        fetch("POST", "/whip/lobby", "Content-Type: application/sdp\nAuthorization: Bearer secret", "v=0");
    CU_ASSERT_EQUAL(reply.status, 201);
    CU_ASSERT_STRING_EQUAL(reply.body, "v=0 answer");
    CU_ASSERT_NSTRING_EQUAL(reply.headers, "HTTP/1.1", 8);
    reply_free(&reply);
    double_set(&(struct double_script){0});
    for (unsigned i = 0; i < 20; i++) {
        reply = fetch("GET", "/openapi.yaml", NULL, NULL);
        CU_ASSERT_EQUAL(reply.status, 200);
        CU_ASSERT(reply.length > 10000); // more than one TLS record
        reply_free(&reply);
    }
}

static void plain_http_is_not_served(void)
{
    CU_ASSERT_EQUAL(raw_status("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"), 0);
    struct reply reply = fetch("GET", "/healthz", NULL, NULL);
    CU_ASSERT_EQUAL(reply.status, 200);
    reply_free(&reply);
}

static void unusable_files_are_reported(void)
{
    struct gateway gateway;
    struct http_server *second;
    struct config other = config;
    strcat(other.http.tls.key, ".none");
    CU_ASSERT_EQUAL(http_server_open(&gateway, &other, &second), -ENOENT);
    other = config;
    strcpy(other.http.tls.key, config.http.tls.certificate);
    CU_ASSERT_EQUAL(http_server_open(&gateway, &other, &second), -EINVAL);
}

void tls_suite(void);
void tls_suite(void)
{
    CU_pSuite suite = CU_add_suite("tls", start, stop);
    CU_add_test(suite, "requests are served over TLS", requests_are_served_over_tls);
    CU_add_test(suite, "plain HTTP is not served", plain_http_is_not_served);
    CU_add_test(suite, "unusable files are reported", unusable_files_are_reported);
}
