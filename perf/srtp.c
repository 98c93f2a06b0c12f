// SPDX-License-Identifier: Apache-2.0
// naru-perf srtp: cycles per packet of protect and unprotect in every library and mode, over the same packets, section
// by section in turn. Each result is checked against what ipsec-mb's fastest mode made.
#include "srtp.h"
#include "arguments.h"
#include "commands.h"
#include "crypto.h"
#include "machine.h"
#include "measure.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct crypto_engine *const engines[] = {
    &crypto_ipsec_mb_jobs,   &crypto_ipsec_mb_split, &crypto_ipsec_mb_single,
    &crypto_ipsec_mb_direct, &crypto_naru,           &crypto_openssl,
#ifdef NARU_PERF_LIBSRTP
    &crypto_libsrtp,
#endif
};
#define ENGINES (sizeof(engines) / sizeof(*engines))

enum { SECTIONS = 160, SECTIONS_QUICK = 40 };

// One line of the table.
struct row {
    uint16_t suite;
    unsigned payload, burst;
    bool protect;
    struct series cycles[ENGINES];
    int floor;    // engine
    double ratio; // naru over the floor, paired
};

static void choose_floor(struct row *row)
{
    row->floor = -1;
    for (unsigned e = 0; e < ENGINES; e++)
        if (engines[e]->bare && row->cycles[e].count &&
            (row->floor < 0 || series_median(&row->cycles[e]) < series_median(&row->cycles[row->floor])))
            row->floor = (int)e;
    for (unsigned e = 0; e < ENGINES; e++)
        if (engines[e] == &crypto_naru)
            row->ratio = series_ratio(&row->cycles[e], &row->cycles[row->floor]);
}

static int measure_rows(uint16_t suite, unsigned payload, unsigned burst, unsigned sections, struct row rows[2])
{
    static struct crypto_load load;
    bool opened[ENGINES];
    if (crypto_load_open(suite, CRYPTO_HEADER, payload, burst, &load))
        return -1;
    for (unsigned i = 0; i < 2; i++)
        rows[i] = (struct row){.suite = suite, .payload = payload, .burst = burst, .protect = i == 0};
    for (unsigned e = 0; e < ENGINES; e++)
        opened[e] = engines[e]->open(&load);
    for (unsigned s = 0; s < sections; s++) {
        crypto_load_next(&load);
        for (unsigned e = 0; e < ENGINES; e++)
            for (unsigned i = 0; opened[e] && i < 2; i++)
                series_add(&rows[i].cycles[e],
                           s % engines[e]->every == 0 ? crypto_section(&load, engines[e], rows[i].protect) : NAN);
    }
    for (unsigned e = 0; e < ENGINES; e++)
        if (opened[e])
            engines[e]->close(&load);
    for (unsigned i = 0; i < 2; i++)
        choose_floor(&rows[i]);
    crypto_load_close(&load);
    return 0;
}

static const uint16_t suites[] = {SRTP_SUITE_AES_CM_128_HMAC_SHA1_80, SRTP_SUITE_AEAD_AES_128_GCM,
                                  SRTP_SUITE_AEAD_AES_256_GCM};

double srtp_worst_ratio(unsigned payload)
{
    static struct row rows[2];
    double worst = 0;
    for (unsigned i = 0; i < sizeof(suites) / sizeof(*suites); i++) {
        if (measure_rows(suites[i], payload, 32, SECTIONS, rows))
            return NAN;
        for (unsigned d = 0; d < 2; d++)
            worst = rows[d].ratio > worst ? rows[d].ratio : worst;
    }
    return worst;
}

static void print_row(const struct row *row)
{
    printf("%-24s %-9s %5u %5u ", srtp_suite_find(row->suite)->name, row->protect ? "protect" : "unprotect",
           row->payload, row->burst);
    for (unsigned e = 0; e < ENGINES; e++) {
        if (row->cycles[e].count)
            printf(" %7.0f%c", series_median(&row->cycles[e]), (int)e == row->floor ? '*' : ' ');
        else
            printf(" %7s ", "-");
    }
    printf("  %5.2f\n", row->ratio);
}

static void print_heading(void)
{
    static const char *const short_names[] = {"jobs", "split", "single", "direct", "naru", "EVP", "libsrtp2"};
    printf("%s; ipsec-mb as bare modes, * the fastest\n\n", machine_describe());
    printf("cycles per packet                   payload burst ");
    for (unsigned e = 0; e < ENGINES; e++)
        printf(" %7s ", short_names[e]);
    printf("  naru/best\n");
}

static json_t *row_json(const struct row *row)
{
    json_t *cycles = json_object();
    for (unsigned e = 0; e < ENGINES; e++)
        if (row->cycles[e].count)
            json_object_set_new(cycles, engines[e]->name, json_real(series_median(&row->cycles[e])));
    return json_pack("{s:s, s:s, s:i, s:i, s:o, s:s, s:f}", "suite", srtp_suite_find(row->suite)->name, "direction",
                     row->protect ? "protect" : "unprotect", "payload", row->payload, "burst", row->burst, "cycles",
                     cycles, "best_bare", engines[row->floor]->name, "naru_over_best", row->ratio);
}

static const struct perf_help help = {
    .usage = "usage: naru-perf srtp [options]",
    .text = "Cycles per packet of SRTP protect and unprotect: ipsec-mb in every mode that fits, naru's srtp/ with what "
            "its\n"
            "caller must do, OpenSSL EVP and libsrtp2, over the same packets, 64 per timed section, in turn. Medians;\n"
            "naru/best is the median of the ratios of sections that ran beside each other. Each output is compared.\n\n"
            "  naru-perf srtp --quick              bursts of 32, 160 and 1100 bytes\n"
            "  naru-perf srtp --json > srtp.json   everything: about 30 s"};

int srtp_command(int argc, char **argv)
{
    static const unsigned payloads[] = {160, 1100, 60, 500, 1400}, bursts[] = {32, 1, 4, 16, 64};
    static struct row rows[2];
    struct perf_options options;
    int done = arguments_read(argc, argv, &help, &options);
    if (done)
        return done < 0 ? 2 : 0;
    if (crypto_start()) {
        fprintf(stderr, "naru-perf: ipsec-mb has no build for this processor\n");
        return 1;
    }
    unsigned sizes = options.quick ? 2 : 5, widths = options.quick ? 1 : 5, total = 3 * sizes * widths;
    json_t *results = json_array();
    if (!options.json)
        print_heading();
    for (unsigned i = 0; i < total; i++) {
        uint16_t suite = suites[i / (sizes * widths)];
        unsigned payload = payloads[i / widths % sizes], burst = bursts[i % widths];
        arguments_progress(srtp_suite_find(suite)->name, i, total);
        if (measure_rows(suite, payload, burst, options.quick ? SECTIONS_QUICK : SECTIONS, rows))
            return 1;
        arguments_progress("", 0, 0);
        for (unsigned d = 0; d < 2; d++) {
            json_array_append_new(results, row_json(&rows[d]));
            if (!options.json)
                print_row(&rows[d]);
        }
    }
    if (options.json)
        machine_print_json("srtp", results);
    json_decref(results);
    return 0;
}
