// SPDX-License-Identifier: Apache-2.0
#include "http_fixture.h"
#include "http_server.h"
#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static struct gateway gateway;
static struct config config;
static struct http_server *server;
static char url[64];

struct config fixture_config(const char *token)
{
    struct config result;
    config_defaults(&result);
    result.http.listen = (struct config_address){.family = AF_INET, .prefix = 32};
    result.http.listen.v4.s_addr = htonl(INADDR_LOOPBACK);
    result.http.port = 0;
    if (token) {
        result.http.tokens.count = 1;
        strcpy(result.http.tokens.item[0], token);
    }
    return result;
}

int fixture_start_config(const struct config *wanted)
{
    config = *wanted;
    double_start();
    int result = http_server_open(&gateway, &config, &server);
    if (!result)
        http_server_serve(server);
    if (result)
        double_stop();
    else
        snprintf(url, sizeof url, "%s://127.0.0.1:%u", config.http.tls.certificate[0] ? "https" : "http",
                 http_server_port(server));
    return result;
}

int fixture_start(const char *token)
{
    struct config wanted = fixture_config(token);
    return fixture_start_config(&wanted);
}

int fixture_open(void)
{
    return fixture_start(NULL);
}

void fixture_stop_server(void)
{
    http_server_stop(server);
    server = NULL;
}

int fixture_stop(void)
{
    if (server)
        fixture_stop_server();
    double_stop();
    return 0;
}

unsigned fixture_port(void)
{
    return http_server_port(server);
}

const char *fixture_url(void)
{
    return url;
}

static size_t collect_body(char *data, size_t one, size_t length, void *context)
{
    struct reply *reply = context;
    reply->body = realloc(reply->body, reply->length + length + 1);
    memcpy(reply->body + reply->length, data, length);
    reply->length += length;
    reply->body[reply->length] = '\0';
    return length;
}

static size_t collect_header(char *data, size_t one, size_t length, void *context)
{
    struct reply *reply = context;
    size_t used = strlen(reply->headers);
    if (used + length < sizeof reply->headers)
        strncat(reply->headers, data, length);
    return length;
}

static struct curl_slist *split(const char *lines)
{
    struct curl_slist *list = curl_slist_append(NULL, "Expect:");
    while (lines && *lines) {
        size_t length = strcspn(lines, "\n");
        char *line = strndup(lines, length);
        list = curl_slist_append(list, line);
        free(line);
        lines += length + (lines[length] == '\n');
    }
    return list;
}

struct reply fetch(const char *method, const char *path, const char *headers, const char *body)
{
    struct reply reply = {.body = calloc(1, 1)};
    char full[1024];
    snprintf(full, sizeof full, "%s%s", url, path);
    CURL *curl = curl_easy_init();
    struct curl_slist *lines = split(headers);
    curl_easy_setopt(curl, CURLOPT_URL, full);
    curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(curl, CURLOPT_NOBODY, (long)(strcmp(method, "HEAD") == 0));
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, lines);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 20L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, collect_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &reply);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, collect_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &reply);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L); // the certificate is the test's own
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
    if (body)
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    curl_easy_perform(curl); // an error shows as status 0
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply.status);
    curl_slist_free_all(lines);
    curl_easy_cleanup(curl);
    return reply;
}

void reply_free(struct reply *reply)
{
    free(reply->body);
}

const char *reply_header(const struct reply *reply, const char *name)
{
    static char value[1024];
    size_t length = strlen(name);
    for (const char *line = reply->headers; *line; line += strcspn(line, "\n") + 1) {
        if (strncasecmp(line, name, length) == 0 && line[length] == ':') {
            const char *start = line + length + 1 + strspn(line + length + 1, " ");
            snprintf(value, sizeof value, "%.*s", (int)strcspn(start, "\r\n"), start);
            return value;
        }
        if (!strchr(line, '\n'))
            break;
    }
    return "";
}

json_t *reply_json(const struct reply *reply)
{
    return json_loads(reply->body, 0, NULL);
}
