// SPDX-License-Identifier: Apache-2.0
#include "whip_request.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static size_t take_body(char *data, size_t one, size_t size, void *user)
{
    struct whip_request *request = user;
    if (size > WHIP_BODY_MAX - request->body_size)
        return 0;
    char *grown = realloc(request->body, request->body_size + size + 1);
    if (!grown)
        return 0;
    memcpy(grown + request->body_size, data, size);
    request->body = grown;
    request->body_size += size;
    grown[request->body_size] = 0;
    return size;
}

static void copy_value(char *into, size_t room, const char *line, size_t size, size_t skip)
{
    while (skip < size && line[skip] == ' ')
        skip++;
    while (size > skip && (line[size - 1] == '\r' || line[size - 1] == '\n'))
        size--;
    snprintf(into, room, "%.*s", (int)(size - skip), line + skip);
}

static size_t take_header(char *line, size_t one, size_t size, void *user)
{
    struct whip_request *request = user;
    if (size > 9 && !strncasecmp(line, "location:", 9))
        copy_value(request->location, sizeof(request->location), line, size, 9);
    else if (size > 5 && !strncasecmp(line, "etag:", 5))
        copy_value(request->etag, sizeof(request->etag), line, size, 5);
    return size;
}

static void set_method(struct whip_request *request, const char *sdp)
{
    if (!sdp) {
        curl_easy_setopt(request->easy, CURLOPT_CUSTOMREQUEST, "DELETE");
        return;
    }
    request->headers = curl_slist_append(request->headers, "Content-Type: application/sdp");
    request->headers = curl_slist_append(request->headers, "Expect:");
    curl_easy_setopt(request->easy, CURLOPT_POSTFIELDSIZE, (long)strlen(sdp));
    curl_easy_setopt(request->easy, CURLOPT_POSTFIELDS, sdp);
}

static void set_token(struct whip_request *request, const char *token)
{
    char header[1100];
    if (!token)
        return;
    snprintf(header, sizeof(header), "Authorization: Bearer %.1000s", token);
    request->headers = curl_slist_append(request->headers, header);
}

static int start(struct whip_request *request, CURLM *multi, const char *url, const char *token)
{
    set_token(request, token);
    curl_easy_setopt(request->easy, CURLOPT_URL, url);
    curl_easy_setopt(request->easy, CURLOPT_PRIVATE, request);
    curl_easy_setopt(request->easy, CURLOPT_HTTPHEADER, request->headers);
    curl_easy_setopt(request->easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(request->easy, CURLOPT_WRITEDATA, request);
    curl_easy_setopt(request->easy, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(request->easy, CURLOPT_HEADERDATA, request);
    curl_easy_setopt(request->easy, CURLOPT_ERRORBUFFER, request->error);
    curl_easy_setopt(request->easy, CURLOPT_TIMEOUT, 10L);
    curl_easy_setopt(request->easy, CURLOPT_NOSIGNAL, 1L);
    // Test gateways have self-signed certificates.
    curl_easy_setopt(request->easy, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(request->easy, CURLOPT_SSL_VERIFYHOST, 0L);
    return curl_multi_add_handle(multi, request->easy) == CURLM_OK ? 0 : -EINVAL;
}

int whip_start(struct whip_request *request, CURLM *multi, const char *url, const char *token, const char *sdp)
{
    *request = (struct whip_request){.easy = curl_easy_init(), .running = true};
    if (!request->easy)
        return -ENOMEM;
    set_method(request, sdp);
    return start(request, multi, url, token);
}

int whip_start_patch(struct whip_request *request, CURLM *multi, const char *url, const char *token, const char *etag,
                     const char *fragment)
{
    char header[300];
    *request = (struct whip_request){.easy = curl_easy_init(), .running = true};
    if (!request->easy)
        return -ENOMEM;
    snprintf(header, sizeof(header), "If-Match: %s", etag);
    request->headers = curl_slist_append(request->headers, header);
    request->headers = curl_slist_append(request->headers, "Content-Type: application/trickle-ice-sdpfrag");
    curl_easy_setopt(request->easy, CURLOPT_CUSTOMREQUEST, "PATCH");
    curl_easy_setopt(request->easy, CURLOPT_POSTFIELDS, fragment);
    return start(request, multi, url, token);
}

int whip_start_json(struct whip_request *request, CURLM *multi, const char *method, const char *url, const char *token,
                    const char *json)
{
    *request = (struct whip_request){.easy = curl_easy_init(), .running = true};
    if (!request->easy)
        return -ENOMEM;
    request->headers = curl_slist_append(request->headers, "Content-Type: application/json");
    request->headers = curl_slist_append(request->headers, "Expect:");
    curl_easy_setopt(request->easy, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(request->easy, CURLOPT_COPYPOSTFIELDS, json);
    return start(request, multi, url, token);
}

void whip_poll(CURLM *multi)
{
    int running, left;
    curl_multi_perform(multi, &running);
    for (CURLMsg *message; (message = curl_multi_info_read(multi, &left));) {
        struct whip_request *request;
        CURL *easy = message->easy_handle;
        CURLcode result = message->data.result;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, &request);
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &request->status);
        if (result != CURLE_OK) {
            request->status = 0;
            if (!request->error[0])
                snprintf(request->error, sizeof(request->error), "%s", curl_easy_strerror(result));
        }
        curl_multi_remove_handle(multi, easy);
        request->running = false;
    }
}

void whip_free(struct whip_request *request, CURLM *multi)
{
    if (request->running)
        curl_multi_remove_handle(multi, request->easy);
    curl_easy_cleanup(request->easy);
    curl_slist_free_all(request->headers);
    free(request->body);
    *request = (struct whip_request){0};
}

int whip_resource(const struct whip_request *request, const char *url, char *ret_url, size_t size)
{
    char *text = NULL;
    CURLU *resolved = curl_url();
    int result = -EINVAL;
    if (resolved && request->location[0] && !curl_url_set(resolved, CURLUPART_URL, url, 0) &&
        !curl_url_set(resolved, CURLUPART_URL, request->location, 0) &&
        !curl_url_get(resolved, CURLUPART_URL, &text, 0) && strlen(text) < size) {
        strcpy(ret_url, text);
        result = 0;
    }
    curl_free(text);
    curl_url_cleanup(resolved);
    return result;
}
