// SPDX-License-Identifier: Apache-2.0
#include "scenario.h"

void scenario_print(const struct scenario *scenario, const struct scenario_result *result)
{
    const bool fans_out = scenario->rooms.viewers > 0;
    printf("%s: %s, %u B, %u transports\n", scenario->name, srtp_suites[scenario->rooms.suite].name, scenario->payload,
           scenario->rooms.transports);
    printf("  crypto    unprotect %4.0f (%s), protect %4.0f (%s)\n", series_median(&result->unprotect),
           result->unprotect_mode, series_median(&result->protect), result->protect_mode);
    printf("  bare      forward %4.0f, transmit %4.0f\n", series_median(&result->forward),
           series_median(&result->transmit));
    printf("  whole     %4.0f cycles per packet sent, %.2f Mpps on one core; over %s: %.3f",
           series_median(&result->whole), result->rate / 1e6, fans_out ? "protect + transmit" : "crypto + forward",
           result->ratio);
    if (scenario->goal > 0)
        printf(" (goal %.2f: %s)", scenario->goal, result->ratio <= scenario->goal ? "met" : "missed");
    printf("\n  %d packets checked with libsrtp2, %lu dropped of %lu; %u slices, %u thrown away\n", result->verified,
           (unsigned long)result->drops, (unsigned long)result->packets, result->whole.count, result->disturbed);
    for (unsigned i = 0; i < result->node_count; i++)
        if (result->nodes[i].cycles >= 0.5)
            printf("    %-16s %6.1f cycles, %5.1f packets a call\n", result->nodes[i].name, result->nodes[i].cycles,
                   result->nodes[i].calls);
    fflush(stdout);
}

json_t *scenario_json(const struct scenario *scenario, const struct scenario_result *result)
{
    json_t *nodes = json_object();
    for (unsigned i = 0; i < result->node_count; i++)
        json_object_set_new(nodes, result->nodes[i].name, json_real(result->nodes[i].cycles));
    return json_pack(
        "{s:s, s:f, s:s, s:s, s:i, s:i, s:i, s:f, s:s, s:f, s:s, s:f, s:f, s:f, s:f, s:f, s:I, s:I, s:i, s:o}", "name",
        scenario->name, "goal", scenario->goal, "suite", srtp_suites[scenario->rooms.suite].name, "sent_suite",
        srtp_suites[rooms_sent_suite(&scenario->rooms)].name, "payload", scenario->payload, "transports",
        scenario->rooms.transports, "viewers", scenario->rooms.viewers, "unprotect", series_median(&result->unprotect),
        "unprotect_mode", result->unprotect_mode, "protect", series_median(&result->protect), "protect_mode",
        result->protect_mode, "forward", series_median(&result->forward), "transmit", series_median(&result->transmit),
        "whole", series_median(&result->whole), "ratio", result->ratio, "packets_per_second", result->rate, "packets",
        (json_int_t)result->packets, "drops", (json_int_t)result->drops, "verified", result->verified, "nodes", nodes);
}
