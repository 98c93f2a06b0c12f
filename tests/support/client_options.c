// SPDX-License-Identifier: Apache-2.0
#include "client_options.h"

#include "hostile.h"
#include "srtp_pair.h"
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct choice {
    const char *name;
    int value;
};

static const struct choice roles[] = {{"publish", ROLE_PUBLISH}, {"watch", ROLE_WATCH}, {"pair", ROLE_PAIR}, {0}};
static const struct choice setups[] = {
    {"actpass", SDP_SETUP_ACTPASS}, {"active", SDP_SETUP_ACTIVE}, {"passive", SDP_SETUP_PASSIVE}, {0}};
static const struct choice codecs[] = {{"vp8", CODEC_VP8}, {"h264", CODEC_H264}, {0}};
static const struct choice families[] = {{"4", AF_INET}, {"6", AF_INET6}, {0}};
enum { ICE_FULL, ICE_LITE, ICE_CONTROLLED };
static const struct choice agents[] = {{"full", ICE_FULL}, {"lite", ICE_LITE}, {"controlled", ICE_CONTROLLED}, {0}};
static const struct choice tampers[] = {
    {"bad-tag", TAMPER_BAD_TAG}, {"replay", TAMPER_REPLAY}, {"wrong-fingerprint", TAMPER_WRONG_FINGERPRINT}, {0}};

static const struct option longs[] = {{"role", 1, 0, 'r'},
                                      {"sessions", 1, 0, 'n'},
                                      {"viewers", 1, 0, 'v'},
                                      {"first-room", 1, 0, '0'},
                                      {"whip", 1, 0, 'w'},
                                      {"whep", 1, 0, 'e'},
                                      {"token", 1, 0, 't'},
                                      {"bind", 1, 0, 'b'},
                                      {"suite", 1, 0, 's'},
                                      {"setup", 1, 0, 'S'},
                                      {"audio", 0, 0, 'a'},
                                      {"video", 0, 0, 'V'},
                                      {"codec", 1, 0, 'c'},
                                      {"audio-size", 1, 0, '1'},
                                      {"audio-rate", 1, 0, '2'},
                                      {"video-size", 1, 0, '3'},
                                      {"video-rate", 1, 0, '4'},
                                      {"family", 1, 0, 'f'},
                                      {"duration", 1, 0, 'd'},
                                      {"connect-timeout", 1, 0, 'o'},
                                      {"viewer-delay", 1, 0, 'y'},
                                      {"retry", 1, 0, 'R'},
                                      {"keep-going", 0, 0, 'k'},
                                      {"report-interval", 1, 0, 'i'},
                                      {"json", 0, 0, 'j'},
                                      {"summary", 0, 0, 'u'},
                                      {"max-loss", 1, 0, 'l'},
                                      {"max-gap", 1, 0, 'g'},
                                      {"tamper", 1, 0, 'T'},
                                      {"split-clienthello", 0, 0, 'C'},
                                      {"pli-interval", 1, 0, 'p'},
                                      {"all", 0, 0, 'A'},
                                      {"answer-setup", 1, 0, 'W'},
                                      {"cycles", 1, 0, '5'},
                                      {"lose", 1, 0, '6'},
                                      {"timeline", 0, 0, '7'},
                                      {"ice-restart", 1, 0, '8'},
                                      {"credentials", 1, 0, 'K'},
                                      {"hostile", 1, 0, 'H'},
                                      {"ssrc", 1, 0, 'X'},
                                      {"ice", 1, 0, 'I'},
                                      {"low-tie-breaker", 0, 0, 'L'},
                                      {"tcp", 0, 0, 'P'},
                                      {"tcp-drop", 1, 0, '9'},
                                      {"peers", 1, 0, 'Q'},
                                      {"room", 1, 0, 'O'},
                                      {"gateway-offers", 0, 0, 'G'},
                                      {"gateway-restarts", 0, 0, 'J'},
                                      {"help", 0, 0, 'h'},
                                      {0}};

static const char help[] =
    "  --role publish|watch|pair   pair: for each room a publisher and --viewers viewers (default pair)\n"
    "  --sessions N                rooms (default 1), numbered from --first-room F (default 0)\n"
    "  --viewers V                 viewers per room (default 1)\n"
    "  --whip URL, --whep URL      {n} stands for the room's number\n"
    "  --peers URL                 /v1/peers instead of both, with --room NAME; --gateway-offers: and it does;\n"
    "                              --gateway-restarts: so it does with --ice-restart\n"
    "  --token T                   sent as a bearer token\n"
    "  --audio, --video            the streams (default both)\n"
    "  --audio-size B, --audio-rate R   payload bytes (160), packets/s (50)\n"
    "  --video-size B, --video-rate R   payload bytes (1000), packets/s (60)\n"
    "  --codec vp8|h264            what the video looks like (vp8)\n"
    "  --suite NAME                AES_CM_128_HMAC_SHA1_80, AEAD_AES_128_GCM or AEAD_AES_256_GCM (all are offered)\n"
    "  --setup actpass|active|passive   a=setup of the offer (actpass)\n"
    "  --split-clienthello         a ClientHello larger than the MTU, in two datagrams\n"
    "  --family 4|6                which of the answer's candidates are tried (4)\n"
    "  --ice full|lite|controlled  the agent; controlled: a full one that claims this role (full)\n"
    "  --low-tie-breaker           it gives way when roles conflict (it does not)\n"
    "  --tcp                       over TCP alone (RFC 6544); what is closed is connected again\n"
    "  --tcp-drop S                each session closes its connection once, that long after its keys (never)\n"
    "  --bind ADDRESS              local address (any)\n"
    "  --duration S                of media, once all sessions are up or failed (5)\n"
    "  --connect-timeout S         from the POST to the first key (10)\n"
    "  --cycles N                  come up, run and leave N times; one report each (1)\n"
    "  --viewer-delay S            viewers start that long after their publisher's keys (0)\n"
    "  --retry S                   repeat a POST that got 404, 409, 429, 503 or no answer, for so long (0)\n"
    "  --pli-interval S            viewers ask for a keyframe that often (never)\n"
    "  --tamper bad-tag:N|replay:N|wrong-fingerprint\n"
    "                              publishers send N such packets after a second of media, or announce another\n"
    "                              certificate's fingerprint; success then means that each handshake was refused\n"
    "  --hostile KIND[,KIND...]:RATE   each session sends so many such packets a second, authentic ones: pli, fir, "
    "nack\n"
    "                              (of everything), feedback, compound (both malformed), ssrcs, padding, extensions;\n"
    "                              or srtcp: replayed and forged\n"
    "  --ssrc N                    every publisher's first SSRC (random)\n"
    "  --lose PERCENT              of video, thrown away by viewers and withheld by publishers, to be repaired by "
    "NACK\n"
    "                              and RTX (0: neither is negotiated)\n"
    "  --max-loss PERCENT          per stream (0.5)       --max-gap MS   longest silence of a stream (any)\n"
    "  --keep-going                server restarts are expected: no failure by consent, close or DELETE\n"
    "  --credentials FILE          gets a line of JSON for each session once it is answered: its ICE credentials, so "
    "that\n"
    "                              others can speak in its name\n"
    "  --report-interval S         progress on stderr (never)\n"
    "  --json, --summary           the result as JSON on stdout; --summary leaves the sessions out\n"
    "  --ice-restart S             each session restarts ICE that long after its keys (never)\n"
    "  --timeline                  the JSON also says what was sent and what of it arrived, per 100 ms\n"
    "  --all, --answer-setup A     \"loop\" only: the whole matrix; the answer's a=setup (active)\n";

static const char examples[] =
    "\nExamples:\n"
    "  naru-client session --whip http://127.0.0.1:8080/whip/room{n} --whep http://127.0.0.1:8080/whep/room{n} \\\n"
    "      --sessions 25 --viewers 1 --duration 10 --suite AEAD_AES_128_GCM --json\n"
    "  naru-client session --role watch --whep http://127.0.0.1:8080/whep/demo --family 6 --duration 5\n"
    "  naru-client loop --all\n";

void client_options_help(const char *command)
{
    printf("naru-client %s [options]\n%s%s", command, help, examples);
}

static int choose(const struct choice *choices, const char *option, const char *text, int *ret_value)
{
    for (const struct choice *choice = choices; choice->name; choice++) {
        if (strcmp(choice->name, text))
            continue;
        *ret_value = choice->value;
        return 0;
    }
    fprintf(stderr, "naru-client: --%s %s: not a choice, see --help\n", option, text);
    return -EINVAL;
}

static int read_count(const char *option, const char *text, unsigned least, unsigned most, unsigned *ret_value)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);
    if (end == text || *end || value < least || value > most) {
        fprintf(stderr, "naru-client: --%s %s: a number from %u to %u is needed\n", option, text, least, most);
        return -EINVAL;
    }
    *ret_value = (unsigned)value;
    return 0;
}

static int read_real(const char *option, const char *text, double *ret_value)
{
    char *end;
    double value = strtod(text, &end);
    if (end == text || *end || !(value >= 0 && value < 1e9)) {
        fprintf(stderr, "naru-client: --%s %s: a positive number is needed\n", option, text);
        return -EINVAL;
    }
    *ret_value = value;
    return 0;
}

static int read_tamper(const char *text, struct client_options *options)
{
    char kind[32];
    int value = TAMPER_NONE;
    options->tamper_count = 100;
    const char *colon = strchr(text, ':');
    snprintf(kind, sizeof(kind), "%.*s", (int)(colon ? colon - text : (long)strlen(text)), text);
    if (choose(tampers, "tamper", kind, &value))
        return -EINVAL;
    options->tamper = (enum client_tamper)value;
    return colon ? read_count("tamper", colon + 1, 1, 1000000, &options->tamper_count) : 0;
}

static int read_hostile(const char *text, struct client_options *options)
{
    char names[128];
    const char *colon = strchr(text, ':');
    if (!colon || (size_t)(colon - text) >= sizeof(names))
        return -EINVAL;
    snprintf(names, sizeof(names), "%.*s", (int)(colon - text), text);
    for (char *rest = names, *name; (name = strsep(&rest, ","));) {
        unsigned kind = hostile_kind(name);
        if (!kind) {
            fprintf(stderr, "naru-client: --hostile %s: not a choice, see --help\n", name);
            return -EINVAL;
        }
        options->hostile_kinds |= kind;
    }
    return read_count("hostile", colon + 1, 1, 100000, &options->hostile_rate);
}

static int read_suite(const char *text, struct client_options *options)
{
    options->suite = text;
    if (srtp_pair_suite_named(text))
        return 0;
    fprintf(stderr, "naru-client: --suite %s: not a choice, see --help\n", text);
    return -EINVAL;
}

static int read_choice(int option, struct client_options *options)
{
    int value = 0, result = 0;
    if (option == 'r' && !(result = choose(roles, "role", optarg, &value)))
        options->role = (enum client_role)value;
    else if (option == 'S' && !(result = choose(setups, "setup", optarg, &value)))
        options->setup = (enum sdp_setup)value;
    else if (option == 'W' && !(result = choose(setups, "answer-setup", optarg, &value)))
        options->answer_setup = (enum sdp_setup)value;
    else if (option == 'c' && !(result = choose(codecs, "codec", optarg, &value)))
        options->video_codec = (enum media_codec)value;
    else if (option == 'f' && !(result = choose(families, "family", optarg, &value)))
        options->family = value;
    else if (option == 'I' && !(result = choose(agents, "ice", optarg, &value))) {
        options->ice_lite = value == ICE_LITE;
        options->controlled = value == ICE_CONTROLLED;
    }
    return result;
}

static int read_number(int option, struct client_options *options)
{
    switch (option) {
    case 'n':
        return read_count("sessions", optarg, 1, 2000, &options->sessions);
    case 'v':
        return read_count("viewers", optarg, 0, 2000, &options->viewers);
    case '0':
        return read_count("first-room", optarg, 0, 1000000, &options->first_room);
    case '1':
        return read_count("audio-size", optarg, 64, 1100, &options->audio_size);
    case '2':
        return read_count("audio-rate", optarg, 1, 10000, &options->audio_rate);
    case '3':
        return read_count("video-size", optarg, 64, 1200, &options->video_size);
    case '4':
        return read_count("video-rate", optarg, 1, 10000, &options->video_rate);
    case '5':
        return read_count("cycles", optarg, 1, 100000, &options->cycles);
    case 'X':
        return read_count("ssrc", optarg, 1, 0xfffffffe, &options->ssrc);
    case 'd':
        return read_real("duration", optarg, &options->duration_s);
    case 'o':
        return read_real("connect-timeout", optarg, &options->connect_timeout_s);
    case 'y':
        return read_real("viewer-delay", optarg, &options->viewer_delay_s);
    case 'R':
        return read_real("retry", optarg, &options->retry_s);
    case '8':
        return read_real("ice-restart", optarg, &options->ice_restart_s);
    case '9':
        return read_real("tcp-drop", optarg, &options->tcp_drop_s);
    case 'i':
        return read_real("report-interval", optarg, &options->report_interval_s);
    case 'p':
        return read_real("pli-interval", optarg, &options->pli_interval_s);
    case '6':
        return read_real("lose", optarg, &options->lose_percent);
    case 'l':
        return read_real("max-loss", optarg, &options->max_loss_percent);
    case 'g':
        return read_real("max-gap", optarg, &options->max_gap_ms);
    default:
        return -EINVAL;
    }
}

static bool read_flag(int option, struct client_options *options)
{
    options->audio |= option == 'a';
    options->video |= option == 'V';
    options->split_hello |= option == 'C';
    options->keep_going |= option == 'k';
    options->json |= option == 'j' || option == 'u';
    options->summary |= option == 'u';
    options->all |= option == 'A';
    options->timeline |= option == '7';
    options->low_tie_breaker |= option == 'L';
    options->tcp |= option == 'P';
    options->gateway_offers |= option == 'G';
    options->gateway_restarts |= option == 'J';
    return strchr("aVCkjuA7LPGJ", option);
}

static int read_option(int option, struct client_options *options)
{
    if (read_flag(option, options))
        return 0;
    if (strchr("rSWcfI", option))
        return read_choice(option, options);
    switch (option) {
    case 'w':
        options->whip = optarg;
        return 0;
    case 'e':
        options->whep = optarg;
        return 0;
    case 'Q':
        options->peers = optarg;
        return 0;
    case 'O':
        options->room = optarg;
        return 0;
    case 't':
        options->token = optarg;
        return 0;
    case 'b':
        options->bind = optarg;
        return 0;
    case 'H':
        return read_hostile(optarg, options);
    case 'K':
        options->credentials = optarg;
        return 0;
    case 's':
        return read_suite(optarg, options);
    case 'T':
        return read_tamper(optarg, options);
    default:
        return read_number(option, options);
    }
}

int client_options_read(int argc, char **argv, struct client_options *ret_options)
{
    struct client_options options = {
        .role = ROLE_PAIR,
        .sessions = 1,
        .cycles = 1,
        .viewers = 1,
        .setup = SDP_SETUP_ACTPASS,
        .answer_setup = SDP_SETUP_ACTIVE,
        .video_codec = CODEC_VP8,
        .audio_size = 160,
        .audio_rate = 50,
        .video_size = 1000,
        .video_rate = 60,
        .family = AF_INET,
        .duration_s = 5,
        .connect_timeout_s = 10,
        .max_loss_percent = 0.5,
    };
    optind = 1;
    for (int option; (option = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
        if (option == 'h') {
            client_options_help(argv[0]);
            return 1;
        }
        if (option == '?' || read_option(option, &options))
            return -EINVAL;
    }
    if (optind < argc) {
        fprintf(stderr, "naru-client: %s: unexpected argument\n", argv[optind]);
        return -EINVAL;
    }
    if (!options.audio && !options.video)
        options.audio = options.video = true;
    *ret_options = options;
    return 0;
}
