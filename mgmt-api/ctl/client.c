// SPDX-License-Identifier: Apache-2.0
#include "client.h"
#include "options.h"
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#define ANSWER_MAX (64 * 1024 * 1024)

struct answer {
    char *text;
    size_t length;
};

static size_t collect(char *data, size_t one, size_t length, void *context)
{
    struct answer *answer = context;
    char *longer = answer->length + length > ANSWER_MAX ? NULL : realloc(answer->text, answer->length + length + 1);
    if (!longer)
        return 0;
    memcpy(longer + answer->length, data, length);
    answer->text = longer;
    answer->length += length;
    answer->text[answer->length] = '\0';
    return length;
}

static void configure(CURL *curl, const struct options *options, const char *path, struct answer *answer)
{
    char url[600];
    snprintf(url, sizeof url, "%s%s", options->url, path);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "localhost,127.0.0.1,::1");
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 5L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 15L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, collect);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
    if (options->certificate[0])
        curl_easy_setopt(curl, CURLOPT_CAINFO, options->certificate);
    if (options->token[0]) {
        curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
        curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, options->token);
    }
}

static void explain_unreachable(const struct options *options, CURLcode code, const char *text)
{
    fprintf(stderr, "naru-ctl: %s: %s\n", options->url, text[0] ? text : curl_easy_strerror(code));
    if (code == CURLE_COULDNT_CONNECT || code == CURLE_OPERATION_TIMEDOUT)
        fprintf(stderr, "Is naru-control running there? Name another address with --url, or its file with --config.\n");
    else if (code == CURLE_PEER_FAILED_VERIFICATION)
        fprintf(stderr, "Name the gateway's configuration with --config, so that its certificate is trusted.\n");
}

static void explain_refusal(const struct options *options, long status, const struct answer *answer)
{
    json_t *problem = answer->text ? json_loads(answer->text, 0, NULL) : NULL;
    const char *detail = json_string_value(json_object_get(problem, "detail"));
    fprintf(stderr, "naru-ctl: %s answered %ld: %s\n", options->url, status, detail ? detail : "no reason given");
    if (status == 401)
        fprintf(stderr, "Give the token with NARU_TOKEN, --token or --config.\n");
    json_decref(problem);
}

static json_t *read_answer(const struct options *options, CURL *curl, const struct answer *answer)
{
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200) {
        explain_refusal(options, status, answer);
        return NULL;
    }
    json_error_t error;
    json_t *json = json_loads(answer->text ? answer->text : "", 0, &error);
    if (!json)
        fprintf(stderr, "naru-ctl: %s does not answer like a naru gateway (%s)\n", options->url, error.text);
    return json;
}

static json_t *perform(const struct options *options, CURL *curl, const char *path)
{
    struct answer answer = {0};
    char text[CURL_ERROR_SIZE] = "";
    configure(curl, options, path, &answer);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, text);
    CURLcode code = curl_easy_perform(curl);
    json_t *json = NULL;
    if (code == CURLE_OK)
        json = read_answer(options, curl, &answer);
    else
        explain_unreachable(options, code, text);
    free(answer.text);
    curl_easy_cleanup(curl);
    return json;
}

json_t *client_get(const struct options *options, const char *path)
{
    CURL *curl = curl_easy_init();
    return curl ? perform(options, curl, path) : NULL;
}

json_t *client_patch(const struct options *options, const char *path, const char *patch)
{
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/merge-patch+json");
    if (!curl || !headers) {
        curl_slist_free_all(headers);
        curl_easy_cleanup(curl);
        return NULL;
    }
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, "PATCH");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, patch);
    json_t *json = perform(options, curl, path);
    curl_slist_free_all(headers);
    return json;
}
