// SPDX-License-Identifier: Apache-2.0
// The HTTP of WHIP (RFC 9725) and WHEP by libcurl, without blocking.
#pragma once
#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

#define WHIP_BODY_MAX 65536

struct whip_request {
    CURL *easy;
    struct curl_slist *headers;
    char *body; // of the response, NUL-terminated
    size_t body_size;
    char location[1024], etag[256];
    long status; // 0: no response
    bool running;
    char error[CURL_ERROR_SIZE];
};

// sdp NULL: DELETE, else POST. Both strings must live until the request ends.
int whip_start(struct whip_request *request, CURLM *multi, const char *url, const char *token, const char *sdp);
// PATCH with a fragment (RFC 8840), of the ICE session that etag names.
int whip_start_patch(struct whip_request *request, CURLM *multi, const char *url, const char *token, const char *etag,
                     const char *fragment);
// method with a JSON text, which is copied.
int whip_start_json(struct whip_request *request, CURLM *multi, const char *method, const char *url, const char *token,
                    const char *json);
// Performs what can be done now; marks the finished requests.
void whip_poll(CURLM *multi);
void whip_free(struct whip_request *request, CURLM *multi);
// Location resolved against the URL of the request. -EINVAL: there is none, or it is no URL.
int whip_resource(const struct whip_request *request, const char *url, char *ret_url, size_t size);
