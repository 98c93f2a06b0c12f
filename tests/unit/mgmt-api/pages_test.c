// SPDX-License-Identifier: Apache-2.0
// The pages that are compiled in: types, caching, and that all that they name is served by this server.
#include "http_fixture.h"
#include "static_files.h"
#include <CUnit/CUnit.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void pages_come_with_type_and_policy(void)
{
    static const struct {
        const char *path, *type;
    } rows[] = {
        {"/", "text/html; charset=utf-8"},
        {"/demo", "text/html; charset=utf-8"},
        {"/demo/", "text/html; charset=utf-8"},
        {"/demo/?room=x", "text/html; charset=utf-8"},
        {"/demo/watch.html?room=x&token=y", "text/html; charset=utf-8"},
        {"/demo/whip.js", "text/javascript; charset=utf-8"},
        {"/console/console.css", "text/css; charset=utf-8"},
        {"/openapi.yaml", "application/yaml"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct reply reply = fetch("GET", rows[i].path, NULL, NULL);
        CU_ASSERT_EQUAL(reply.status, 200);
        CU_ASSERT_STRING_EQUAL(reply_header(&reply, "Content-Type"), rows[i].type);
        CU_ASSERT_STRING_EQUAL(reply_header(&reply, "X-Content-Type-Options"), "nosniff");
        CU_ASSERT_STRING_EQUAL(reply_header(&reply, "Referrer-Policy"), "no-referrer");
        CU_ASSERT_PTR_NOT_NULL(strstr(reply_header(&reply, "Content-Security-Policy"), "default-src 'self'"));
        CU_ASSERT(reply.length > 100);
        reply_free(&reply);
    }
}

static void unchanged_pages_are_not_sent_again(void)
{
    struct reply reply = fetch("GET", "/demo/whip.js", NULL, NULL);
    char header[128];
    snprintf(header, sizeof header, "If-None-Match: %s", reply_header(&reply, "ETag"));
    reply_free(&reply);
    reply = fetch("GET", "/demo/whip.js", header, NULL);
    CU_ASSERT_EQUAL(reply.status, 304);
    CU_ASSERT_EQUAL(reply.length, 0);
    CU_ASSERT_STRING_EQUAL(reply_header(&reply, "Content-Length"), "");
    reply_free(&reply);
}

static void check_link(const char *folder, const char *link)
{
    CU_ASSERT_PTR_NULL(strstr(link, "//")); // nothing from elsewhere
    char path[256];
    if (strncmp(link, "./", 2) == 0)
        snprintf(path, sizeof path, "/%s/%s", folder, link + 2);
    else
        snprintf(path, sizeof path, "%s", link);
    struct reply reply = fetch("GET", path, NULL, NULL);
    CU_ASSERT_EQUAL(reply.status, 200);
    reply_free(&reply);
}

static void all_links_are_served(void)
{
    regex_t link;
    regcomp(&link, "(src=\"|href=\"|from ')([./][^\"']*)[\"']", REG_EXTENDED);
    unsigned links = 0;
    for (const struct static_file *file = static_files; file->path; file++) {
        char *text = strndup((const char *)file->data, file->size), *at = text, folder[64] = "";
        snprintf(folder, sizeof folder, "%.*s", (int)strcspn(file->path, "/"), file->path);
        for (regmatch_t match[3]; regexec(&link, at, 3, match, 0) == 0; at += match[0].rm_eo, links++) {
            char target[128];
            snprintf(target, sizeof target, "%.*s", (int)(match[2].rm_eo - match[2].rm_so), at + match[2].rm_so);
            check_link(folder, target);
        }
        free(text);
    }
    CU_ASSERT(links > 20);
    regfree(&link);
}

void pages_suite(void);
void pages_suite(void)
{
    CU_pSuite suite = CU_add_suite("pages", fixture_open, fixture_stop);
    CU_add_test(suite, "pages come with type and policy", pages_come_with_type_and_policy);
    CU_add_test(suite, "unchanged pages are not sent again", unchanged_pages_are_not_sent_again);
    CU_add_test(suite, "all links are served", all_links_are_served);
}
