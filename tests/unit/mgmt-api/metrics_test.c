// SPDX-License-Identifier: Apache-2.0
// GET /metrics against the grammar of the Prometheus text format 0.0.4, and against the bound on labels.
#include "http_fixture.h"
#include <CUnit/CUnit.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME   "[a-z_][a-z0-9_]*"
#define LABELS "(\\{" NAME "=\"([^\"\\\\]|\\\\.)*\"(," NAME "=\"([^\"\\\\]|\\\\.)*\")*\\})?"

static char *metrics(void)
{
    struct reply reply = fetch("GET", "/metrics", NULL, NULL);
    CU_ASSERT_EQUAL(reply.status, 200);
    CU_ASSERT_NSTRING_EQUAL(reply_header(&reply, "Content-Type"), "text/plain; version=0.0.4", 25);
    return reply.body;
}

static void every_line_is_well_formed(void)
{
    regex_t help, type, sample;
    regcomp(&help, "^# HELP (" NAME ") .+$", REG_EXTENDED);
    regcomp(&type, "^# TYPE (" NAME ") (counter|gauge)$", REG_EXTENDED);
    regcomp(&sample, "^(" NAME ")" LABELS " -?[0-9.e+]+$", REG_EXTENDED);
    char *body = metrics(), *rest = NULL, family[128] = "";
    unsigned samples = 0;
    for (char *line = strtok_r(body, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        regmatch_t match[3];
        if (regexec(&help, line, 2, match, 0) == 0) {
            snprintf(family, sizeof family, "%.*s", (int)(match[1].rm_eo - match[1].rm_so), line + match[1].rm_so);
        } else if (regexec(&type, line, 3, match, 0) == 0) {
            CU_ASSERT_NSTRING_EQUAL(line + match[1].rm_so, family, strlen(family));
            bool is_counter = strncmp(line + match[2].rm_so, "counter", 7) == 0;
            bool has_total = strlen(family) > 6 && strcmp(family + strlen(family) - 6, "_total") == 0;
            CU_ASSERT_EQUAL(is_counter, has_total);
        } else {
            CU_ASSERT_EQUAL(regexec(&sample, line, 2, match, 0), 0);
            CU_ASSERT_EQUAL((size_t)match[1].rm_eo, strlen(family)); // all samples of a family stand together
            CU_ASSERT_NSTRING_EQUAL(line, family, strlen(family));
            samples++;
        }
    }
    CU_ASSERT(samples > 60);
    regfree(&help);
    regfree(&type);
    regfree(&sample);
    free(body);
}

static void known_samples_are_there(void)
{
    static const char *const lines[] = {
        "naru_build_info{version=\"0.1.0\"} 1\n",
        "naru_sessions{role=\"publisher\",state=\"connected\"} 1\n",
        "naru_sessions{role=\"viewer\",state=\"closed\"} 0\n",
        "naru_dropped_packets_total{worker=\"1\",reason=\"srtp_unprotect_replayed\"} 7\n",
        "naru_dropped_packets_total{worker=\"0\",reason=\"rtp_route_no_viewer\"} 0\n",
        "naru_node_cycles_total{worker=\"0\",node=\"stun_reply\"} 9000\n",
        "naru_dtls_ignored_total 2\n",
        "naru_dtls_dropped_total 11\n",
        "naru_ice_checks_withheld_total 3\n",
        "naru_worker_load_ratio{worker=\"0\"} 0.25\n",
        "naru_worker_overloaded{worker=\"0\"} 1\n",
        "naru_worker_draining{worker=\"1\"} 1\n",
        "naru_sessions_refused_total{reason=\"draining\"} 4\n",
        "naru_worker_alive{worker=\"1\"} 0\n",
        "naru_port_link_up{port=\"0\",device=\"net_af_xdp0,iface=\\\"x\\\\y\\\"\"} 1\n",
        "naru_port_received_packets_total{port=\"0\"} 2000\n",
    };
    char *body = metrics();
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        CU_ASSERT_PTR_NOT_NULL(strstr(body, lines[i]));
    free(body);
}

static void nothing_of_a_session_is_a_label(void)
{
    static const char *const words[] = {"lobby", "0123456789abcdef", "fd00::1", "feedbeef"};
    char *body = metrics();
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        CU_ASSERT_PTR_NULL(strstr(body, words[i]));
    free(body);
}

void metrics_suite(void);
void metrics_suite(void)
{
    CU_pSuite suite = CU_add_suite("metrics", fixture_open, fixture_stop);
    CU_add_test(suite, "every line is well formed", every_line_is_well_formed);
    CU_add_test(suite, "known samples are there", known_samples_are_there);
    CU_add_test(suite, "nothing of a session is a label", nothing_of_a_session_is_a_label);
}
