/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "test/test.h"

#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/lsan_interface.h>
#endif

#define MAX_TESTS 512
#define WORK_LIMIT_S 240 /* of processor time, of all threads: the same on a busy machine */
#define HANG_LIMIT_S 600 /* by the clock: it waits for what never comes */
#define EXIT_SKIPPED 77

static struct {
    const char *name;
    test_fn fn;
} tests[MAX_TESTS];
static int test_count;

#ifdef PLENTY_COVERAGE
void __gcov_dump(void);
#endif

/* Ends the process of a test, without what its parent had for its own end; with BUILD=cov, what was run is written
 * down first. */
_Noreturn static void leave(int code)
{
    fflush(stdout);
#ifdef PLENTY_COVERAGE
    __gcov_dump();
#endif
    _exit(code);
}

void test_register(const char *name, test_fn fn)
{
    if (test_count == MAX_TESTS) {
        fputs("too many tests in one program\n", stderr);
        abort();
    }
    tests[test_count].name = name;
    tests[test_count++].fn = fn;
}

void test_fail(const char *file, int line, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    printf("# %s:%d: ", file, line);
    vprintf(fmt, args);
    putchar('\n');
    va_end(args);
    leave(1);
}

void test_skip(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    printf("# skipped: ");
    vprintf(fmt, args);
    putchar('\n');
    va_end(args);
    leave(EXIT_SKIPPED);
}

const char *test_source(const char *relative)
{
    static char path[8][4096];
    static int turn;
    char *p = path[turn++ % 8];
    const char *top = getenv("PLENTY_SOURCE");
    snprintf(p, sizeof path[0], "%s/%s", top != NULL ? top : ".", relative);
    return p;
}

const char *test_data(const char *relative)
{
    static char path[8][4096];
    static int turn;
    char *p = path[turn++ % 8];
    const char *top = getenv("PLENTY_DATA");
    snprintf(p, sizeof path[0], "%s/%s", top != NULL ? top : test_source("../shared/data"), relative);
    struct stat st;
    if (stat(p, &st) != 0) {
        SKIP("no %s here (set PLENTY_DATA to the folder of the data sets)", relative);
    }
    return p;
}

const char *test_tmp(void)
{
    static char path[4096];
    if (path[0] == '\0') {
        mkdir("build", 0777);
        mkdir("build/tmp", 0777);
        snprintf(path, sizeof path, "build/tmp/test-XXXXXX");
        if (mkdtemp(path) == NULL) {
            FAIL("cannot make a folder for temporary files");
        }
    }
    return path;
}

/* A test's process ends by _exit, where BUILD=asan would not look for what was not given back: it looks here. */
static bool leaks(void)
{
#if defined(__SANITIZE_ADDRESS__)
    return __lsan_do_recoverable_leak_check() != 0;
#else
    return false;
#endif
}

static int run_apart(test_fn fn)
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        setitimer(ITIMER_PROF, &(struct itimerval){.it_value.tv_sec = WORK_LIMIT_S}, NULL);
        alarm(HANG_LIMIT_S);
        fn();
        leave(leaks() ? 1 : 0);
    }
    int status = 0;
    if (pid < 0 || waitpid(pid, &status, 0) != pid) {
        return 1;
    }
    if (WIFSIGNALED(status)) {
        printf("# ended by signal %d (%s)\n", WTERMSIG(status), strsignal(WTERMSIG(status)));
        return 1;
    }
    return WEXITSTATUS(status);
}

/* Weak, so that a program of bench/ can use the helpers and bring its own. */
__attribute__((weak)) int main(int argc, char **argv)
{
    bool list = argc > 1 && strcmp(argv[1], "-l") == 0, here = argc > 1 && strcmp(argv[1], "-n") == 0;
    const char *only = argc > 1 + (list || here) ? argv[1 + (list || here)] : "";
    int failed = 0, number = 0;
    for (int i = 0; i < test_count; i++) {
        if (strstr(tests[i].name, only) == NULL) {
            continue;
        }
        if (list || here) {
            printf("%s\n", tests[i].name);
            fflush(stdout);
            if (here) {
                tests[i].fn();
            }
            continue;
        }
        int status = run_apart(tests[i].fn);
        bool ok = status == 0 || status == EXIT_SKIPPED;
        printf("%s %d - %s%s\n", ok ? "ok" : "not ok", ++number, tests[i].name,
               status == EXIT_SKIPPED ? " # SKIP" : "");
        failed += !ok;
    }
    if (!list && !here) {
        printf("1..%d\n", number);
    }
    return failed != 0;
}
