/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * terminal.c - errors, findings, colours, the progress line, and what happens on Ctrl-C. */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"

static volatile sig_atomic_t stop_asked;
static bool colour_out, colour_err, err_is_terminal;

/* The first signal asks for a clean end at the next tick, the second ends at once. */
static void on_stop(int number)
{
    if (stop_asked) {
        signal(number, SIG_DFL);
        raise(number);
    }
    stop_asked = 1;
}

static bool may_colour(int fd)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    return isatty(fd) && (no == NULL || no[0] == '\0') && term != NULL && strcmp(term, "dumb") != 0;
}

void cli_start(void)
{
    struct sigaction action = {.sa_handler = on_stop};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN); /* a reader that has seen enough is no failure: cli_finish */
    signal(SIGXFSZ, SIG_IGN); /* a full disk is an error to report, not a crash */
    err_is_terminal = isatty(STDERR_FILENO);
    colour_out = may_colour(STDOUT_FILENO);
    colour_err = may_colour(STDERR_FILENO);
}

int cli_finish(int code)
{
    cli_progress_done();
    errno = 0;
    bool failed = fflush(stdout) != 0 || ferror(stdout);
    if (failed && errno != EPIPE && code == 0) {
        pl_error err;
        pl_fail(&err, PL_IO, NULL, "is the disk full?", "cannot write the output: %s",
                errno != 0 ? strerror(errno) : "the device refused");
        return cli_fail(&err);
    }
    return code;
}

const char *cli_bold(void)
{
    return colour_out ? "\033[1m" : "";
}

const char *cli_red(void)
{
    return colour_out ? "\033[31m" : "";
}

const char *cli_green(void)
{
    return colour_out ? "\033[32m" : "";
}

const char *cli_faint(void)
{
    return colour_out ? "\033[2m" : "";
}

const char *cli_plain(void)
{
    return colour_out ? "\033[0m" : "";
}

/* What came from files may hold anything: what would steer the terminal, or turn the direction of writing, is shown
 * as what it is. */
void cli_print_safely(const char *text, FILE *out)
{
    for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++) {
        bool two = p[0] == 0xC2 && p[1] >= 0x80 && p[1] < 0xA0;
        bool three = p[0] == 0xE2 && ((p[1] == 0x80 && p[2] >= 0xAA && p[2] <= 0xAE) ||
                                      (p[1] == 0x81 && p[2] >= 0xA6 && p[2] <= 0xA9));
        if (two) {
            fprintf(out, "\\u%04x", p[1]);
        } else if (three) {
            fprintf(out, "\\u%04x", 0x2000u | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu));
        } else if (*p < ' ' || *p == 0x7F) {
            fprintf(out, *p == '\n' ? "\\n" : *p == '\t' ? "\\t" : "\\x%02x", *p);
        } else {
            putc(*p, out);
        }
        p += three ? 2 : two;
    }
}

static void print_hint(const char *hint, FILE *out)
{
    fputs(hint[0] != '\0' ? "\n  hint: " : "", out);
    cli_print_safely(hint, out);
    putc('\n', out);
}

int cli_fail(const pl_error *err)
{
    cli_progress_done();
    fflush(stdout);
    fprintf(stderr, "%splenty:%s ", colour_err ? "\033[1;31m" : "", colour_err ? "\033[0m" : "");
    cli_print_safely(err->subject, stderr);
    fputs(err->subject[0] != '\0' ? ": " : "", stderr);
    cli_print_safely(err->message[0] != '\0' ? err->message : pl_status_text(err->status), stderr);
    print_hint(err->hint, stderr);
    return pl_status_exit_code(err->status);
}

int cli_usage(const cli_args *args, const char *hint, const char *fmt, ...)
{
    char message[400];
    va_list list;
    va_start(list, fmt);
    vsnprintf(message, sizeof message, fmt, list);
    va_end(list);
    pl_error err;
    pl_fail(&err, PL_USAGE, args->command->name, hint, "%s", message);
    return cli_fail(&err);
}

static void print_finding(const pl_finding *f, const char *folder, FILE *out)
{
    if (folder[0] != '\0' && f->file[0] != '\0') {
        cli_print_safely(folder, out);
        putc('/', out);
    }
    cli_print_safely(f->file, out);
    if (f->line > 0) {
        fprintf(out, ":%lld", (long long)f->line);
        if (f->column > 0) {
            fprintf(out, ":%d", f->column);
        }
    }
    fprintf(out, "%s%s: ", f->file[0] != '\0' ? ": " : "", pl_severity_id(f->severity));
    cli_print_safely(f->message, out);
    print_hint(f->hint, out);
}

void cli_print_findings(const pl_findings *findings, pl_severity least, const char *folder, FILE *out)
{
    cli_progress_done();
    for (int s = PL_SEVERITIES - 1; s >= (int)least; s--) {
        int32_t kept = pl_findings_kept(findings, (pl_severity)s);
        for (int32_t i = 0; i < kept; i++) {
            print_finding(&findings->kept[s][i], folder, out);
        }
        if (findings->count[s] > kept) {
            fprintf(out, "... and %lld more %ss\n", (long long)(findings->count[s] - kept),
                    pl_severity_id((pl_severity)s));
        }
    }
}

/* ---- Progress ------------------------------------------------------------------------------------ */

static struct timespec last_drawn;
static bool drawn;

static bool draw_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    double passed = (double)(now.tv_sec - last_drawn.tv_sec) +
                    1e-9 * (double)(now.tv_nsec - last_drawn.tv_nsec);
    if (passed < 0.1) {
        return false;
    }
    last_drawn = now;
    return true;
}

static bool tick_quiet(void *user, const char *what, double fraction)
{
    (void)user;
    (void)what;
    (void)fraction;
    return !stop_asked;
}

static bool tick_drawn(void *user, const char *what, double fraction)
{
    (void)user;
    if (draw_now()) {
        if (fraction >= 0) {
            fprintf(stderr, "\r\033[K%s %.0f %%", what, 100 * fraction);
        } else {
            fprintf(stderr, "\r\033[K%s ...", what);
        }
        fflush(stderr);
        drawn = true;
    }
    return !stop_asked;
}

pl_progress cli_progress(bool quiet)
{
    clock_gettime(CLOCK_MONOTONIC, &last_drawn);
    return (pl_progress){.tick = quiet || !err_is_terminal ? tick_quiet : tick_drawn};
}

void cli_progress_done(void)
{
    if (drawn) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
        drawn = false;
    }
}

bool cli_interrupted(void)
{
    return stop_asked != 0;
}

pl_status cli_print_json(pl_str *json, pl_status status, const char *what, pl_error *err)
{
    status = status == PL_OK && json->failed ? pl_fail_nomem(err, what) : status;
    if (status == PL_OK) {
        puts(json->text);
    }
    pl_str_clear(json);
    return status;
}
