// SPDX-License-Identifier: Apache-2.0
// JSON Web Tokens open what they say, while they last, under the keys of the configuration and no others.
#include "access.h"
#include "http_fixture.h"
#include "json_web_token.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <jwt.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOW    1000000000
#define SECRET "0123456789abcdef0123456789abcdef"
#define CLAIMS "{\"exp\": 1000000060, \"room\": \"lobby\", \"permissions\": [\"publish\"]}"

enum signer { SECRET_SIGNER, EC_SIGNER, RSA_SIGNER, SIGNERS };

static char directory[] = "/tmp/naru-access.XXXXXX";
static char public_path[SIGNERS][64];
static char private_pem[SIGNERS][8192], public_pem[SIGNERS][8192];
static struct config_strings named;
static struct json_web_keys *keys;

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    fputs(text, file);
    fclose(file);
}

static void keep(BIO *bio, char text[8192])
{
    int length = BIO_read(bio, text, 8191);
    text[length > 0 ? length : 0] = '\0';
    BIO_free(bio);
}

static void make_pair(enum signer signer, EVP_PKEY *pair)
{
    BIO *private = BIO_new(BIO_s_mem()), *public = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(private, pair, NULL, NULL, 0, NULL, NULL);
    PEM_write_bio_PUBKEY(public, pair);
    keep(private, private_pem[signer]);
    keep(public, public_pem[signer]);
    EVP_PKEY_free(pair);
}

static int make_keys(void)
{
    static const char *const prefixes[SIGNERS] = {"HS256:", "ES256:", "RS256:"};
    if (!mkdtemp(directory))
        return -1;
    strcpy(private_pem[SECRET_SIGNER], SECRET);
    strcpy(public_pem[SECRET_SIGNER], SECRET "\n");
    make_pair(EC_SIGNER, EVP_EC_gen("P-256"));
    make_pair(RSA_SIGNER, EVP_RSA_gen(2048));
    for (unsigned i = 0; i < SIGNERS; i++) {
        snprintf(public_path[i], sizeof public_path[i], "%s/%u", directory, i);
        write_file(public_path[i], public_pem[i]);
        snprintf(named.item[named.count++], CONFIG_STRING_SIZE, "%s%s", prefixes[i], public_path[i]);
    }
    return json_web_keys_read(&named, &keys);
}

static int remove_keys(void)
{
    json_web_keys_free(keys);
    for (unsigned i = 0; i < SIGNERS; i++)
        unlink(public_path[i]);
    return rmdir(directory);
}

// malloc.
static char *sign(jwt_alg_t algorithm, const char *key, const char *claims)
{
    jwt_t *jwt;
    CU_ASSERT_EQUAL_FATAL(jwt_new(&jwt), 0);
    CU_ASSERT_EQUAL(jwt_add_grants_json(jwt, claims), 0);
    CU_ASSERT_EQUAL(jwt_set_alg(jwt, algorithm, (const unsigned char *)key, key ? (int)strlen(key) : 0), 0);
    char *token = jwt_encode_str(jwt);
    CU_ASSERT_PTR_NOT_NULL_FATAL(token);
    jwt_free(jwt);
    return token;
}

static const char *read_claims(const char *claims, struct access *ret_access)
{
    char *token = sign(JWT_ALG_ES256, private_pem[EC_SIGNER], claims);
    const char *why = json_web_token_read(keys, token, NOW, ret_access);
    free(token);
    return why;
}

static void the_key_decides_on_the_algorithm(void)
{
    const struct {
        jwt_alg_t algorithm;
        const char *key;
        bool opens;
    } rows[] = {
        {JWT_ALG_HS256, SECRET, true},
        {JWT_ALG_ES256, private_pem[EC_SIGNER], true},
        {JWT_ALG_RS256, private_pem[RSA_SIGNER], true},
        {JWT_ALG_HS256, "another secret of the same length", false},
        {JWT_ALG_HS256, public_pem[EC_SIGNER], false}, // public keys are no secrets (RFC 8725 2.1)
        {JWT_ALG_HS256, public_pem[RSA_SIGNER], false},
        {JWT_ALG_HS512, SECRET, false},
        {JWT_ALG_RS512, private_pem[RSA_SIGNER], false},
        {JWT_ALG_NONE, NULL, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct access access = {0};
        char *token = sign(rows[i].algorithm, rows[i].key, CLAIMS);
        CU_ASSERT_EQUAL(json_web_token_read(keys, token, NOW, &access) == NULL, rows[i].opens);
        CU_ASSERT_EQUAL(access.permissions != 0, rows[i].opens);
        free(token);
    }
}

static void a_changed_token_opens_nothing(void)
{
    char *token = sign(JWT_ALG_RS256, private_pem[RSA_SIGNER], CLAIMS);
    const size_t length = strlen(token);
    struct access access;
    for (size_t i = 0; i < length; i += 7) {
        const char whole = token[i];
        token[i] = whole == 'A' ? 'B' : 'A';
        CU_ASSERT_PTR_NOT_NULL(json_web_token_read(keys, token, NOW, &access));
        token[i] = whole;
    }
    token[length - 1] = '\0';
    CU_ASSERT_PTR_NOT_NULL(json_web_token_read(keys, token, NOW, &access));
    CU_ASSERT_PTR_NOT_NULL(json_web_token_read(keys, "", NOW, &access));
    CU_ASSERT_PTR_NOT_NULL(json_web_token_read(keys, "..", NOW, &access));
    free(token);
}

static void claims_are_judged(void)
{
    static const struct {
        const char *claims;
        bool opens;
        unsigned permissions;
        const char *room;
    } rows[] = {
        {CLAIMS, true, 1U << PERMIT_PUBLISH, "lobby"},
        {"{\"exp\": 1000000001, \"permissions\": [\"admin\", \"none\", \"fly\", 7]}", true, 1U << PERMIT_ADMIN, ""},
        {"{\"exp\": 1000000001, \"permissions\": [\"subscribe\", \"data\"], \"nbf\": 999999999}", true,
         1U << PERMIT_SUBSCRIBE | 1U << PERMIT_DATA, ""},
        {"{\"exp\": 1000000001}", true, 0, ""},
        {"{\"exp\": 1000000001, \"permissions\": \"publish\"}", true, 0, ""},
        {"{\"exp\": 999999980}", true, 0, ""}, // clocks are apart
        {"{\"exp\": 999999960}", false, 0, ""},
        {"{\"exp\": \"1000000060\"}", false, 0, ""},
        {"{\"permissions\": [\"publish\"]}", false, 0, ""},
        {"{\"exp\": 1000000060, \"nbf\": 1000000031}", false, 0, ""},
        {"{\"exp\": 1000000060, \"room\": \"\"}", false, 0, ""},
        {"{\"exp\": 1000000060, \"room\": 7}", false, 0, ""},
        {"{\"exp\": 1000000060, \"room\": \"123456789 123456789 123456789 123456789 123456789 123456789 12345\"}",
         false, 0, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct access access = {0};
        CU_ASSERT_EQUAL(read_claims(rows[i].claims, &access) == NULL, rows[i].opens);
        CU_ASSERT_EQUAL(access.permissions, rows[i].permissions);
        CU_ASSERT_STRING_EQUAL(access.room, rows[i].room);
    }
}

static void permissions_are_for_a_room(void)
{
    static const struct {
        const char *claims;
        enum permission asked;
        const char *room;
        bool permits;
    } rows[] = {
        {CLAIMS, PERMIT_PUBLISH, "lobby", true},
        {CLAIMS, PERMIT_PUBLISH, "attic", false},
        {CLAIMS, PERMIT_PUBLISH, NULL, false},
        {CLAIMS, PERMIT_SUBSCRIBE, "lobby", false},
        {CLAIMS, PERMIT_ADMIN, NULL, false},
        {"{\"exp\": 1000000060, \"permissions\": [\"admin\"]}", PERMIT_SUBSCRIBE, "attic", true},
        {"{\"exp\": 1000000060, \"permissions\": [\"admin\"]}", PERMIT_ADMIN, NULL, true},
        {"{\"exp\": 1000000060, \"permissions\": [\"admin\"], \"room\": \"lobby\"}", PERMIT_ADMIN, "lobby", true},
        {"{\"exp\": 1000000060, \"permissions\": [\"admin\"], \"room\": \"lobby\"}", PERMIT_ADMIN, NULL, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct access access = {0};
        CU_ASSERT_PTR_NULL(read_claims(rows[i].claims, &access));
        CU_ASSERT_EQUAL(access_permits(&access, rows[i].asked, rows[i].room), rows[i].permits);
    }
}

static void weak_and_wrong_keys_are_refused(void)
{
    char path[64], weak[3000];
    snprintf(path, sizeof path, "%s/wrong", directory);
    EVP_PKEY *pair = EVP_RSA_gen(1024);
    BIO *bio = BIO_new(BIO_s_mem());
    PEM_write_bio_PUBKEY(bio, pair);
    EVP_PKEY_free(pair);
    weak[BIO_read(bio, weak, sizeof weak - 1)] = '\0';
    BIO_free(bio);
    const struct {
        const char *prefix, *text;
    } rows[] = {{"HS256:", "31 bytes are less than a hash\n"},
                {"ES256:", public_pem[RSA_SIGNER]},
                {"RS256:", public_pem[EC_SIGNER]},
                {"RS256:", weak},
                {"ES256:", private_pem[EC_SIGNER]},
                {"ES256:", ""}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct config_strings wrong = {.count = 1};
        struct json_web_keys *read = NULL;
        write_file(path, rows[i].text);
        snprintf(wrong.item[0], CONFIG_STRING_SIZE, "%s%s", rows[i].prefix, path);
        CU_ASSERT_EQUAL(json_web_keys_read(&wrong, &read), -ENOKEY);
        CU_ASSERT_PTR_NULL(read);
    }
    unlink(path);
    struct config_strings absent = {.count = 1};
    struct json_web_keys *read = NULL;
    snprintf(absent.item[0], CONFIG_STRING_SIZE, "HS256:%s", path);
    CU_ASSERT_EQUAL(json_web_keys_read(&absent, &read), -ENOENT);
}

static long ask(const char *method, const char *path, const char *token, const char *body)
{
    char headers[4096];
    snprintf(headers, sizeof headers, "Authorization: Bearer %s\nContent-Type: application/sdp", token);
    struct reply reply = fetch(method, path, headers, body);
    long status = reply.status;
    reply_free(&reply);
    return status;
}

static long add_track(const char *token)
{
    char headers[4096];
    snprintf(headers, sizeof headers, "Authorization: Bearer %s\nContent-Type: application/json", token);
    struct reply reply = fetch("POST", "/v1/peers/0123/tracks", headers, "{\"source\": \"lobby/4567/0\"}");
    long status = reply.status;
    reply_free(&reply);
    return status;
}

static void the_server_asks_for_permissions(void)
{
    struct config config = fixture_config("a-token-of-the-list");
    char claims[128];
    snprintf(claims, sizeof claims, "{\"exp\": %ld, \"room\": \"lobby\", \"permissions\": [\"publish\"]}",
             (long)time(NULL) + 60);
    char *token = sign(JWT_ALG_RS256, private_pem[RSA_SIGNER], claims);
    config.http.jwt_keys = named;
    CU_ASSERT_EQUAL_FATAL(fixture_start_config(&config), 0);
    double_set(&(struct double_script){.sdp = "v=0"});
    CU_ASSERT_EQUAL(ask("POST", "/whip/lobby", token, "v=0"), 201);
    CU_ASSERT_EQUAL(ask("POST", "/whip/attic", token, "v=0"), 403);
    CU_ASSERT_EQUAL(ask("POST", "/whep/lobby", token, "v=0"), 403);
    CU_ASSERT_EQUAL(ask("GET", "/v1/status", token, NULL), 403);
    CU_ASSERT_EQUAL(add_track(token), 403);
    CU_ASSERT_EQUAL(add_track("a-token-of-the-list"), 201);
    CU_ASSERT_EQUAL(ask("POST", "/whip/lobby", "nonsense", "v=0"), 401);
    CU_ASSERT_EQUAL(ask("POST", "/whip/attic", "a-token-of-the-list", "v=0"), 201);
    CU_ASSERT_EQUAL(fixture_stop(), 0);
    free(token);
}

void access_suite(void);
void access_suite(void)
{
    CU_pSuite suite = CU_add_suite("access", make_keys, remove_keys);
    CU_add_test(suite, "the key decides on the algorithm", the_key_decides_on_the_algorithm);
    CU_add_test(suite, "a changed token opens nothing", a_changed_token_opens_nothing);
    CU_add_test(suite, "claims are judged", claims_are_judged);
    CU_add_test(suite, "permissions are for a room", permissions_are_for_a_room);
    CU_add_test(suite, "weak and wrong keys are refused", weak_and_wrong_keys_are_refused);
    CU_add_test(suite, "the server asks for permissions", the_server_asks_for_permissions);
}
