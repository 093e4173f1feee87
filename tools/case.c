/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * case.c - runs end-to-end cases: case FOLDER-OF-PROGRAM SOURCE-TREE FILE...   Prints TAP, one test a file.
 *
 * A case is a text file, read line by line (test/case/README.md):
 *   # comment                      what the case shows; the first one is its name
 *   file PATH <<END ... END        writes a file in the case's own empty folder
 *   do COMMAND                     prepares; must succeed
 *   run COMMAND                    what is tested; its output and exit code are kept
 *   exit N                         the exit code (default: 0, checked before the next run and at the end)
 *   stdout has TEXT                and: stdout lacks, stderr has, stderr lacks; empty: stdout empty
 *   exists PATH   absent PATH      after the run
 *   clean                          nothing was left behind: no *.plenty-* in the folder
 *   needs PROGRAM or PATH          the rest is skipped where that is not there
 *   broken PATH                    this record is meant to be broken in the end
 * Whatever records (*.commons) a case leaves behind must pass `plenty replay` and `plenty audit`; one that is meant to be broken must not.
 * Commands run under sh, with the program's folder first in PATH, $SOURCE the source tree and $PLENTY_DATA the folder
 * of data sets ($SOURCE/../shared/data unless it is set). */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define OUTPUT_MAX (1 << 20)
#define SECONDS_MAX "300" /* by the clock: only what hangs takes so long, on a busy machine too */

typedef struct run {
    char out[OUTPUT_MAX], err[OUTPUT_MAX];
    char command[4096];
    int code;
    bool ran, judged;
} run;

static run last;
static char failure[8192];
static char broken[1024]; /* the record that is meant to be broken, or "" */
static bool skipped;

#define FAIL(...)                                                                                 \
    do {                                                                                          \
        snprintf(failure, sizeof failure, __VA_ARGS__);                                           \
        return false;                                                                             \
    } while (0)

static void read_all(const char *path, char *out)
{
    FILE *in = fopen(path, "r");
    size_t n = in != NULL ? fread(out, 1, OUTPUT_MAX - 1, in) : 0;
    out[n] = '\0';
    if (in != NULL) {
        fclose(in);
    }
}

static int shell(const char *command, const char *out, const char *err)
{
    pid_t pid = fork();
    if (pid == 0) {
        if (freopen("/dev/null", "r", stdin) == NULL || freopen(out, "w", stdout) == NULL ||
            freopen(err, "w", stderr) == NULL) {
            _exit(126);
        }
        execlp("timeout", "timeout", SECONDS_MAX, "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static bool judge_exit(void)
{
    if (last.ran && !last.judged && last.code != 0) {
        FAIL("'%s' ended with %d, not 0; stderr: %.2000s", last.command, last.code, last.err);
    }
    return true;
}

static bool has(const char *stream, const char *name, const char *how, const char *text)
{
    bool found = strstr(stream, text) != NULL;
    if (strcmp(how, "empty") == 0 && stream[0] != '\0') {
        FAIL("%s is not empty: %.2000s", name, stream);
    }
    if (strcmp(how, "has") == 0 && !found) {
        FAIL("%s has no '%s': %.4000s", name, text, stream);
    }
    if (strcmp(how, "lacks") == 0 && found) {
        FAIL("%s has '%s'", name, text);
    }
    return true;
}

static void make_parents(const char *path)
{
    char part[4096];
    for (size_t i = 0; path[i] != '\0' && i + 1 < sizeof part; i++) {
        part[i] = path[i];
        part[i + 1] = '\0';
        if (path[i + 1] == '/') {
            mkdir(part, 0777);
        }
    }
}

static bool write_file(const char *spec, FILE *in)
{
    char path[1024], end[64], line[65536];
    if (sscanf(spec, "%1000s <<%60s", path, end) != 2) {
        FAIL("not understood: file %.1000s", spec);
    }
    make_parents(path);
    FILE *out = fopen(path, "w");
    if (out == NULL) {
        FAIL("cannot write %s", path);
    }
    bool ended = false;
    while (fgets(line, sizeof line, in) != NULL && !ended) {
        size_t n = strcspn(line, "\n");
        ended = n == strlen(end) && memcmp(line, end, n) == 0;
        if (ended) {
            break;
        }
        fputs(line, out);
    }
    fclose(out);
    if (!ended) {
        FAIL("%s has no end", path);
    }
    return true;
}

static bool step_run(const char *command)
{
    if (!judge_exit()) {
        return false;
    }
    snprintf(last.command, sizeof last.command, "%s", command);
    last.code = shell(command, "../stdout", "../stderr");
    last.ran = true;
    last.judged = false;
    read_all("../stdout", last.out);
    read_all("../stderr", last.err);
    return true;
}

static bool step_do(const char *command)
{
    if (shell(command, "../do", "../do-err") != 0) {
        char said[OUTPUT_MAX];
        read_all("../do-err", said);
        FAIL("'%.2000s' failed: %.2000s", command, said);
    }
    return true;
}

static bool step(const char *verb, const char *rest, FILE *in)
{
    char how[16] = "";
    sscanf(rest, "%15s", how);
    const char *text = rest + strlen(how) + (rest[strlen(how)] == ' ');
    if (strcmp(verb, "file") == 0) {
        return write_file(rest, in);
    } else if (strcmp(verb, "do") == 0) {
        return step_do(rest);
    } else if (strcmp(verb, "run") == 0) {
        return step_run(rest);
    } else if (strcmp(verb, "exit") == 0) {
        last.judged = true;
        if (last.code != (int)strtol(rest, NULL, 10)) {
            FAIL("'%s' ended with %d, not %.8s; stderr: %.2000s", last.command, last.code, rest, last.err);
        }
    } else if (strcmp(verb, "stdout") == 0) {
        return has(last.out, "stdout", how, text);
    } else if (strcmp(verb, "stderr") == 0) {
        return has(last.err, "stderr", how, text);
    } else if (strcmp(verb, "exists") == 0 || strcmp(verb, "absent") == 0) {
        if ((access(rest, F_OK) == 0) != (verb[0] == 'e')) {
            FAIL("%.1000s is %s there", rest, verb[0] == 'e' ? "not" : "still");
        }
    } else if (strcmp(verb, "clean") == 0) {
        if (shell("test -z \"$(find . -name '*.plenty-*')\"", "../do", "../do-err") != 0) {
            FAIL("temporary files were left behind");
        }
    } else if (strcmp(verb, "broken") == 0) {
        snprintf(broken, sizeof broken, "%s", rest);
    } else if (strcmp(verb, "needs") == 0) {
        char command[2200];
        snprintf(command, sizeof command, "test -e \"%.1000s\" || command -v \"%.1000s\"", rest, rest);
        skipped |= shell(command, "../do", "../do-err") != 0;
    } else {
        FAIL("not understood: %.1000s", verb);
    }
    return true;
}

/* The tables of a record are what its events give, and everything in it is verified; or not, where it is meant to be broken. */
static bool judge_record(const char *path)
{
    char command[2200], said[OUTPUT_MAX];
    bool sound = strcmp(path, broken) != 0;
    snprintf(command, sizeof command, "plenty replay '%s' && plenty audit '%s'", path, path);
    if ((shell(command, "../do", "../do-err") == 0) != sound) {
        read_all("../do", said);
        FAIL("%s: the record that is left %s: %.4000s", path, sound ? "is broken" : "should be broken, and is sound", said);
    }
    return true;
}

static bool judge_records(void)
{
    char path[1024];
    bool good = true, was_broken = broken[0] == '\0';
    shell("find . -name '*.commons' -type f -printf '%P\\n' | sort", "../records", "../do-err");
    FILE *list = fopen("../records", "r");
    while (good && list != NULL && fgets(path, sizeof path, list) != NULL) {
        path[strcspn(path, "\n")] = '\0';
        was_broken |= strcmp(path, broken) == 0;
        good = judge_record(path);
    }
    if (list == NULL || (good && !was_broken)) {
        snprintf(failure, sizeof failure, "there is no record %s", broken);
        good = false;
    }
    if (list != NULL) {
        fclose(list);
    }
    return good;
}

static bool run_case(const char *path, char *name, size_t size)
{
    FILE *in = fopen(path, "r");
    char line[65536];
    bool good = in != NULL;
    memset(&last, 0, sizeof last);
    skipped = false;
    broken[0] = '\0';
    snprintf(failure, sizeof failure, "cannot read it");
    while (good && !skipped && fgets(line, sizeof line, in) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '#' && name[0] == '\0' && strstr(line, "SPDX") == NULL) {
            snprintf(name, size, "%s", line + 1 + strspn(line + 1, " "));
        }
        if (line[0] == '#' || line[0] == '\0') {
            continue;
        }
        size_t n = strcspn(line, " ");
        const char *rest = line[n] == ' ' ? line + n + 1 : "";
        line[n] = '\0';
        good = step(line, rest, in);
    }
    if (in != NULL) {
        fclose(in);
    }
    return good && judge_exit() && (skipped || judge_records());
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fputs("usage: case FOLDER-OF-PROGRAM SOURCE-TREE FILE...\n", stderr);
        return 2;
    }
    char *program = realpath(argv[1], NULL), *source = realpath(argv[2], NULL), way[8192];
    char *top = getcwd(NULL, 0);
    if (program == NULL || source == NULL || top == NULL) {
        perror(argv[1]);
        return 2;
    }
    const char *before = getenv("PATH");
    snprintf(way, sizeof way, "%s:%s", program, before != NULL ? before : "/usr/bin:/bin");
    setenv("PATH", way, 1);
    setenv("SOURCE", source, 1);
    char data[4200];
    snprintf(data, sizeof data, "%.4000s/../shared/data", source);
    setenv("PLENTY_DATA", data, 0);
    setenv("LC_ALL", "C.UTF-8", 1);
    unsetenv("NO_COLOR");
    int failed = 0;
    for (int i = 3; i < argc; i++) {
        char name[256] = "", folder[4096], here[4200], file[8400], tidy[8400];
        snprintf(folder, sizeof folder, "%s/build/tmp/case-XXXXXX", top);
        make_parents(folder);
        snprintf(file, sizeof file, "%s%s%s", argv[i][0] == '/' ? "" : top, argv[i][0] == '/' ? "" : "/",
                 argv[i]);
        bool good = mkdtemp(folder) != NULL;
        snprintf(here, sizeof here, "%s/here", folder);
        good = good && mkdir(here, 0777) == 0 && chdir(here) == 0 && run_case(file, name, sizeof name);
        const char *base = strrchr(file, '/') + 1;
        if (!good) {
            printf("# %s: ", argv[i]);
            for (const char *p = failure; *p != '\0'; p++) {
                printf(*p == '\n' && p[1] != '\0' ? "\n#   " : "%c", *p);
            }
            putchar('\n');
        } else if (skipped) {
            puts("# skipped: a program or a data set that it needs is not here");
        }
        printf("%s %d - case %s: %s%s\n", good ? "ok" : "not ok", i - 2, base, name, skipped ? " # SKIP" : "");
        fflush(stdout);
        failed += !good;
        if (chdir(top) != 0) {
            return 2;
        }
        snprintf(tidy, sizeof tidy, "rm -rf '%s'", folder);
        shell(tidy, "/dev/null", "/dev/null");
    }
    printf("1..%d\n", argc - 3);
    free(program);
    free(source);
    free(top);
    return failed != 0;
}
