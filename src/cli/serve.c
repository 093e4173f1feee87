/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * serve.c - `plenty serve`: a commons and its plans in the browser. */
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cli/commons.h"
#include "io/file.h"
#include "record/bytes.h"
#include "server/server.h"

#define PEM_MAX ((size_t)1 << 20)

/* A connection takes a descriptor: as many as are allowed. */
static void allow_files(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static pl_status whole(const cli_args *args, const char *name, double lo, double hi, double otherwise, int *out, pl_error *err)
{
    double x;
    pl_status status = cli_number(args, name, lo, hi, otherwise, &x, err);
    *out = (int)x;
    return status;
}

static pl_status read_limits(const cli_args *args, pl_server_settings *s, pl_error *err)
{
    int port = 0, connections = 0, each = 0, rate = 0;
    pl_status status = whole(args, "port", 0, 65535, 8080, &port, err);
    status = status == PL_OK ? whole(args, "connections", 8, 100000, 2000, &connections, err) : status;
    status = status == PL_OK ? whole(args, "per-address", 0, 100000, 256, &each, err) : status;
    status = status == PL_OK ? whole(args, "rate", 0, 1e6, 200, &rate, err) : status;
    status = status == PL_OK ? cli_number(args, "patience", 1, 3600, 20, &s->http.patience, err) : status;
    s->http.port = (uint16_t)port;
    s->http.connections = (unsigned)connections;
    s->http.per_address = (unsigned)each;
    s->http.rate = rate;
    s->http.burst = 4.0 * rate;
    return status;
}

static pl_status read_tls(const cli_args *args, pl_server_settings *s, pl_file *certificate, pl_file *key, pl_error *err)
{
    const char *c = cli_text(args, "certificate"), *k = cli_text(args, "tls-key");
    if ((c == NULL) != (k == NULL)) {
        return pl_fail(err, PL_USAGE, c == NULL ? "--certificate" : "--tls-key", "both are PEM files", "TLS takes a certificate and its key");
    }
    if (c == NULL) {
        return PL_OK;
    }
    pl_status status = pl_file_read_raw(c, PEM_MAX, certificate, err);
    status = status == PL_OK ? pl_file_read_raw(k, PEM_MAX, key, err) : status;
    s->http.certificate = certificate->bytes;
    s->http.key = key->bytes;
    return status;
}

/* Until SIGINT or SIGTERM. */
static void wait_for_end(const sigset_t *ends)
{
    int signal;
    while (sigwait(ends, &signal) != 0) {
    }
}

static pl_status serve(const cli_args *args, pl_server_settings *s, pl_error *err)
{
    sigset_t ends;
    pl_server *server = NULL;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &ends, NULL); /* in all threads that are started from here on */
    pl_status status = pl_server_start(s, &server, err);
    if (status == PL_OK) {
        printf("%s%s%s\n", pl_server_origin(server), s->found ? "/start?code=" : "", pl_server_code(server));
        if (!cli_flag(args, "quiet")) {
            char hex[2 * PL_HASH + 1];
            pl_hex_write(pl_server_pages(server), PL_HASH, hex);
            if (s->origin != NULL) {
                printf("It listens at %s, port %u.\n", s->http.address, (unsigned)pl_server_port(server));
            }
            printf("Open this address in a browser%s; end with Ctrl-C.\n", s->found ? " to found a commons, and give it to those who found it with you" : "");
            printf("pages %s\n", hex);
        }
        fflush(stdout);
        wait_for_end(&ends);
        pl_server_stop(server);
    }
    return status;
}

#define COMMONS_FILE "plenty.commons"

/* The commons: a file or a database; or a folder (this one, when nothing is said), in which it is founded when it has none. */
static pl_status find_commons(const cli_args *args, pl_server_settings *s, char path[4096], pl_error *err)
{
    const char *said = args->n_arguments > 0 ? args->argument[0] : s->plan == NULL ? "." : NULL;
    if (said == NULL || strstr(said, "://") != NULL || !pl_path_exists(said) || pl_path_is_file(said)) {
        s->commons = said;
        return PL_OK;
    }
    if (!pl_path_join(path, 4096, said, COMMONS_FILE)) {
        return pl_fail(err, PL_USAGE, said, NULL, "the name of this folder is too long");
    }
    s->commons = path;
    s->found = !pl_path_exists(path);
    return PL_OK;
}

static pl_status prepare(const cli_args *args, pl_server_settings *s, cli_plan_set *set, pl_error *err)
{
    const char *address = cli_text(args, "address");
    s->plan = cli_text(args, "plan");
    s->economy = cli_text(args, "economy");
    s->needs = cli_text(args, "needs");
    s->sharing = cli_text(args, "sharing");
    s->watch = cli_text(args, "watch");
    s->ledger = cli_text(args, "ledger");
    s->origin = cli_text(args, "origin");
    s->members_only = cli_flag(args, "members-only");
    s->now = cli_now;
    s->http.address = address != NULL ? address : "127.0.0.1";
    s->http.threads = 4;
    s->http.workers = 4;
    s->http.proxy = cli_flag(args, "behind-proxy");
    pl_status status = read_limits(args, s, err);
    status = status == PL_OK ? cli_threads(args, true, &s->plan_threads, err) : status;
    if (status == PL_OK && s->plan != NULL) {
        status = cli_load_plan(s->plan, s->economy, set, err);
        s->given_plan = set->plan;
        s->given_variant = set->variant;
    }
    return status;
}

/* What the program itself can say of its server, without one. */
static int describe(const cli_args *args)
{
    pl_str out;
    pl_str_init(&out, (size_t)16 << 20);
    (cli_flag(args, "openapi") ? pl_server_openapi : pl_server_reference)(&out);
    fputs(out.text, stdout);
    pl_str_clear(&out);
    return 0;
}

int cli_serve(const cli_args *args)
{
    pl_error err;
    pl_server_settings s = {0};
    cli_plan_set set = {0};
    pl_file certificate = {NULL, 0}, key = {NULL, 0};
    char scratch[CLI_TEMPORARY], commons[4096];
    if (cli_flag(args, "openapi") || cli_flag(args, "reference")) {
        return describe(args);
    }
    allow_files();
    pl_status status = prepare(args, &s, &set, &err);
    status = status == PL_OK ? find_commons(args, &s, commons, &err) : status;
    status = status == PL_OK ? read_tls(args, &s, &certificate, &key, &err) : status;
    if (status == PL_OK && (status = cli_temporary(scratch, &err)) == PL_OK) {
        s.scratch = scratch;
        status = serve(args, &s, &err);
        cli_temporary_remove(scratch);
    }
    pl_file_clear(&certificate);
    pl_file_clear(&key);
    cli_plan_set_free(&set);
    return status == PL_OK ? 0 : cli_fail(&err);
}
