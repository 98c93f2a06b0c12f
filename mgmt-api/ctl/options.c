// SPDX-License-Identifier: Apache-2.0
#include "options.h"
#include "show.h"
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

static const struct option long_options[] = {
    {"json", no_argument, NULL, 'j'},
    {"watch", required_argument, NULL, 'w'},
    {"url", required_argument, NULL, 'u'},
    {"token", required_argument, NULL, 't'},
    {"config", required_argument, NULL, 'c'},
    {"help", no_argument, NULL, 'h'},
    {0},
};

void options_help(FILE *out)
{
    fputs("naru-ctl shows what a naru gateway does, empties parts of it, and upgrades it.\n\n"
          "usage: naru-ctl [OPTIONS] COMMAND\n\ncommands:\n",
          out);
    for (const struct show *show = shows; show->command; show++)
        fprintf(out, "  %-10s %s\n", show->command, show->help);
    fputs("\n"
          "  drain WHAT    no new sessions or rooms there; those that are there go on\n"
          "  undrain WHAT  they are taken again\n"
          "                WHAT: shard N, worker N, room NAME (until its publisher leaves), or gateway\n"
          "  move shard N worker M\n"
          "                the shard goes to another worker, with its sessions, which notice nothing; viewers of\n"
          "                a room on several workers may miss some milliseconds, which are sent again\n"
          "  upgrade WHAT  replaces programs by what their files hold now, under live calls; what cannot take over\n"
          "                refuses before anything was stopped (as root, on the gateway's machine)\n"
          "                WHAT: all, supervise, dataplane, sctp or control\n"
          "\noptions:\n"
          "  --json           print the JSON of the gateway's REST interface\n"
          "  --watch SECONDS  again and again, until interrupted\n"
          "  --url URL        of the gateway (environment: NARU_URL)\n"
          "  --token TOKEN    one of http.tokens, or a JSON Web Token (environment: NARU_TOKEN, which other users do "
          "not see)\n"
          "  --config FILE    takes address, port, token and the TLS certificate to trust from there\n"
          "                   (" CONFIG_PATH " if it exists)\n"
          "  --help           this text\n"
          "\nexamples:\n"
          "  naru-ctl status\n"
          "  naru-ctl --watch 2 peers\n"
          "  naru-ctl drops                         every packet that was not forwarded, and why\n"
          "  naru-ctl --json rooms | jq '.rooms[].name'\n"
          "  naru-ctl drain worker 1                new rooms go to the others\n"
          "  naru-ctl upgrade control               after a new release was installed\n"
          "  NARU_TOKEN=secret naru-ctl --url https://gateway.example:8443 workers\n"
          "\nexit status: 0 done, 1 the gateway cannot be reached or refuses, 2 wrong usage or configuration\n",
          out);
}

static int complain(const char *text, const char *what)
{
    fprintf(stderr, "naru-ctl: %s%s\nTry: naru-ctl --help\n", text, what);
    return -EINVAL;
}

static int set(char *field, size_t size, const char *name, const char *value)
{
    if (strlen(value) >= size)
        return complain("too long: ", name);
    strcpy(field, value);
    return 0;
}

// A server that listens on any address is asked on loopback.
static void url_of_config(const struct config *config, struct options *options)
{
    const struct config_address *listen = &config->http.listen;
    bool is_ip6 = listen->family == AF_INET6;
    bool is_any = is_ip6 ? IN6_IS_ADDR_UNSPECIFIED(&listen->v6) : listen->v4.s_addr == INADDR_ANY;
    char address[INET6_ADDRSTRLEN];
    if (is_any)
        strcpy(address, is_ip6 ? "::1" : "127.0.0.1");
    else
        inet_ntop(listen->family, &listen->v4, address, sizeof address);
    bool has_tls = config->http.tls.certificate[0] != '\0';
    snprintf(options->url, sizeof options->url, "%s://%s%s%s:%u", has_tls ? "https" : "http", is_ip6 ? "[" : "",
             address, is_ip6 ? "]" : "", config->http.port);
    strcpy(options->certificate, config->http.tls.certificate);
    if (config->http.tokens.count)
        strcpy(options->token, config->http.tokens.item[0]);
}

static int apply_config(const char *path, struct options *options)
{
    static struct config config; // large
    struct config_error error;
    config_defaults(&config);
    int result = path ? config_load(path, &config, &error) : config_load(CONFIG_PATH, &config, &error);
    if (result == -EINVAL)
        return complain(error.text, "");
    if (result && path) {
        fprintf(stderr, "naru-ctl: %s: %s\n", path, strerror(-result));
        return -EINVAL;
    }
    if (result) // no file, or not ours to read: defaults, and what the command line says
        config_defaults(&config);
    strcpy(options->run_directory, config.gateway.run_directory);
    url_of_config(&config, options);
    return 0;
}

static int apply_environment(struct options *options)
{
    const char *url = getenv("NARU_URL"), *token = getenv("NARU_TOKEN");
    int result = url ? set(options->url, sizeof options->url, "NARU_URL", url) : 0;
    if (!result && token)
        result = set(options->token, sizeof options->token, "NARU_TOKEN", token);
    return result;
}

static int set_watch(struct options *options, const char *value)
{
    char *end;
    unsigned long seconds = strtoul(value, &end, 10);
    if (*value < '0' || *value > '9' || *end != '\0' || seconds < 1 || seconds > 3600)
        return complain("--watch takes 1 to 3600 seconds, not ", value);
    options->watch_seconds = (unsigned)seconds;
    return 0;
}

static int apply_option(struct options *options, int option)
{
    switch (option) {
    case 'j':
        options->as_json = true;
        return 0;
    case 'w':
        return set_watch(options, optarg);
    case 'u':
        return set(options->url, sizeof options->url, "--url", optarg);
    case 't':
        return set(options->token, sizeof options->token, "--token", optarg);
    case 'c':
        return 0; // read before all others
    case 'h':
        options_help(stdout);
        return 1;
    default:
        return complain("wrong option", "");
    }
}

static int apply_options(int count, char **arguments, struct options *options)
{
    int option, result = 0;
    optind = 0;
    opterr = 0;
    while (!result && (option = getopt_long(count, arguments, "h", long_options, NULL)) != -1)
        result = option == '?' ? complain("wrong option: ", arguments[optind - 1]) : apply_option(options, option);
    return result;
}

// The configuration file is named by an option, and is overridden by the others.
static const char *find_config(int count, char **arguments, bool *ret_wants_help)
{
    const char *path = NULL;
    int option;
    optind = 0;
    opterr = 0;
    while ((option = getopt_long(count, arguments, "h", long_options, NULL)) != -1) {
        if (option == 'c')
            path = optarg;
        *ret_wants_help |= option == 'h';
    }
    return path;
}

static int take_upgrade(int count, char **arguments, struct options *options)
{
    static const char *const programs[] = {"all", "supervise", "dataplane", "sctp", "control"};
    for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++)
        if (optind + 2 == count && strcmp(arguments[optind + 1], programs[i]) == 0)
            options->upgrade = programs[i];
    return options->upgrade ? 0 : complain("upgrade takes one of: all, supervise, dataplane, sctp, control", "");
}

static int find_command(int count, char **arguments, struct options *options)
{
    if (optind == count)
        return complain("name a command: status, rooms, peers, drops, workers, shards, drain, undrain, move or upgrade",
                        "");
    if (strcmp(arguments[optind], "upgrade") == 0)
        return take_upgrade(count, arguments, options);
    if (order_is(arguments[optind]))
        return order_parse(count - optind, arguments + optind, &options->order);
    if (optind + 1 < count)
        return complain("one command at a time, not also ", arguments[optind + 1]);
    for (const struct show *show = shows; show->command; show++)
        if (strcmp(show->command, arguments[optind]) == 0)
            options->show = show;
    return options->show ? 0 : complain("no such command: ", arguments[optind]);
}

int options_parse(int count, char **arguments, struct options *ret_options)
{
    struct options options = {0};
    bool wants_help = false;
    const char *path = find_config(count, arguments, &wants_help);
    int result = wants_help ? 0 : apply_config(path, &options);
    if (!result)
        result = apply_environment(&options);
    if (!result)
        result = apply_options(count, arguments, &options);
    if (!result)
        result = find_command(count, arguments, &options);
    for (size_t length = strlen(options.url); length && options.url[length - 1] == '/'; length--)
        options.url[length - 1] = '\0';
    *ret_options = options;
    return result;
}
