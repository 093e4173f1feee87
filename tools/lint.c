/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * lint.c - the rules of the house that a compiler does not know.  Reads the paths given (or those on standard
 * input, one a line) relative to the top of the tree, and prints TAP: one test a rule.
 *
 *   includes   arrows between the rooms point one way only; the checker shares nothing
 *   licence    an SPDX line near the top of every source file
 *   banned     functions that are not to be used, or not outside their room
 *   files      at most 800 lines
 *   functions  at most 120 lines (more than 60 is told, not failed)
 *   blanks     no tabs in C, no trailing blanks, a newline at the end
 *   names      one type, one name: no two headers of the library and the program name two things alike
 *   words      no paths of private machines, no unfinished business */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INCLUDES, LICENCE, BANNED, FILES, FUNCTIONS, BLANKS, NAMES, WORDS, RULES };
static const char *const RULE[RULES] = {"includes", "licence",   "banned", "files",
                                        "functions", "blanks", "names", "words"};
static int broken[RULES];
static FILE *said[RULES]; /* printed before the rule's result */
static char *said_text[RULES];
static size_t said_n[RULES];
static int files_read, long_functions;

#define COMPLAIN(rule, file, line, ...)                                                           \
    do {                                                                                          \
        broken[rule]++;                                                                           \
        fprintf(said[rule], "# %s:%d: ", (file), (line));                                         \
        fprintf(said[rule], __VA_ARGS__);                                                         \
        fputc('\n', said[rule]);                                                                  \
    } while (0)

#define FILE_LINES 800
#define FUNCTION_LINES 120
#define FUNCTION_LINES_TOLD 60

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static bool ends(const char *text, const char *with)
{
    size_t n = strlen(text), k = strlen(with);
    return n >= k && strcmp(text + n - k, with) == 0;
}

/* ---- Rooms ---------------------------------------------------------------------------------------- */

static const struct {
    const char *room;
    int level;
} ROOMS[] = {
    {"base", 0},    {"sparse", 1}, {"io", 1},    {"solve", 2}, {"ballot", 2},  {"store", 2},  {"economy", 2},
    {"record", 3},  {"secret", 3},  {"council", 4}, {"needs", 4}, {"plan", 4},  {"share", 4},   {"watch", 4},  {"commons", 5},
    {"server", 6},  {"cli", 7},
};

/* Which room a public header belongs to; the rest are named like their room. */
static const struct {
    const char *header, *room;
} PUBLIC[] = {
    {"status", "base"},    {"rules", "record"},   {"findings", "base"}, {"progress", "base"}, {"import", "economy"},
    {"generate", "economy"}, {"explain", "plan"},   {"compare", "plan"},  {"report", "plan"},   {"export", "plan"},
    {"replan", "plan"},      {"device", "solve"},     {"values", "plan"},    {"memory", "plan"},   {"estimate", "needs"},  {"privacy", "needs"},
    {"reconcile", "solve"},
};

static int level_of(const char *room, size_t n)
{
    for (size_t i = 0; i < sizeof ROOMS / sizeof ROOMS[0]; i++) {
        if (strlen(ROOMS[i].room) == n && memcmp(ROOMS[i].room, room, n) == 0) {
            return ROOMS[i].level;
        }
    }
    return -1;
}

static const char *public_room(const char *header, size_t n, char *buffer, size_t size)
{
    for (size_t i = 0; i < sizeof PUBLIC / sizeof PUBLIC[0]; i++) {
        if (strlen(PUBLIC[i].header) == n && memcmp(PUBLIC[i].header, header, n) == 0) {
            return PUBLIC[i].room;
        }
    }
    snprintf(buffer, size, "%.*s", (int)n, header);
    return buffer;
}

/* One #include line of a file; `target` is what stands between the quotes or brackets. */
static void check_include(const char *file, int line, const char *target)
{
    char buffer[64];
    const char *room = target;
    size_t n = strcspn(target, "/");
    bool is_public = begins(target, "plenty/");
    if (is_public) {
        room = public_room(target + 7, strcspn(target + 7, "."), buffer, sizeof buffer);
        n = strlen(room);
    }
    int to = level_of(room, n);
    if (begins(file, "verify/")) {
        if (to >= 0 || is_public) {
            COMPLAIN(INCLUDES, file, line, "the checker shares nothing with src/ and include/: %s", target);
        }
        return;
    }
    if (begins(target, "verify/") && !begins(file, "src/cli/") && !begins(file, "src/server/") && begins(file, "src/")) {
        COMPLAIN(INCLUDES, file, line, "only the command line and the server call the checker");
    }
    if (begins(file, "include/") && !is_public && strchr(target, '/') != NULL) {
        COMPLAIN(INCLUDES, file, line, "a public header includes a private one: %s", target);
    }
    if (!begins(file, "src/") || to < 0) {
        return;
    }
    const char *own = file + 4;
    size_t own_n = strcspn(own, "/");
    int from = level_of(own, own_n);
    bool same = own_n == n && memcmp(own, room, n) == 0;
    if (from < 0) {
        COMPLAIN(INCLUDES, file, line, "the room src/%.*s is not in the list", (int)own_n, own);
    } else if (!same && to >= from) {
        COMPLAIN(INCLUDES, file, line, "%.*s may not include %s", (int)own_n, own, target);
    }
}

/* ---- Functions that are not to be used --------------------------------------------------------------- */

typedef enum where { NOWHERE, ONLY_MEM, ONLY_CLI, ONLY_TESTS } where;
static const struct {
    const char *name;
    where allowed;
} FUNCTION[] = {
    {"strcpy", NOWHERE},  {"strcat", NOWHERE},  {"sprintf", NOWHERE}, {"vsprintf", NOWHERE},
    {"strtok", NOWHERE},  {"atoi", NOWHERE},    {"atol", NOWHERE},    {"atof", NOWHERE},
    {"gets", NOWHERE},    {"alloca", NOWHERE},  {"strncpy", NOWHERE}, {"scanf", NOWHERE},
    {"malloc", ONLY_MEM}, {"calloc", ONLY_MEM}, {"realloc", ONLY_MEM}, {"free", ONLY_MEM},
    {"strdup", ONLY_MEM}, {"printf", ONLY_CLI}, {"puts", ONLY_CLI},   {"putchar", ONLY_CLI},
    {"perror", ONLY_CLI}, {"exit", ONLY_CLI},   {"_exit", ONLY_CLI},  {"abort", ONLY_CLI},
    {"getenv", ONLY_CLI}, {"setlocale", ONLY_CLI}, {"system", ONLY_TESTS}, {"rand", NOWHERE},
};

static bool may_use(const char *file, where allowed)
{
    bool cli = begins(file, "src/cli/");
    switch (allowed) {
    case ONLY_MEM: /* the checker has its own memory */
        return strcmp(file, "src/base/mem.c") == 0 || !begins(file, "src/");
    case ONLY_TESTS:
        return begins(file, "test/");
    case ONLY_CLI:
        return cli || !begins(file, "src/");
    default:
        return false;
    }
}

static bool of_word(int c)
{
    return isalnum(c) || c == '_';
}

/* What another library allocated must go back to it: such a line says so. */
static bool excused(const char *text)
{
    return strstr(text, "'s own") != NULL;
}

static void check_functions_called(const char *file, int line, const char *text, const char *code)
{
    if (excused(text)) {
        return;
    }
    for (size_t i = 0; i < sizeof FUNCTION / sizeof FUNCTION[0]; i++) {
        size_t n = strlen(FUNCTION[i].name);
        for (const char *p = strstr(code, FUNCTION[i].name); p != NULL; p = strstr(p + n, FUNCTION[i].name)) {
            bool whole = (p == code || !of_word((unsigned char)p[-1])) && p[n] == '(';
            bool member = p > code && (p[-1] == '.' || p[-1] == '>');
            if (whole && !member && !may_use(file, FUNCTION[i].allowed)) {
                COMPLAIN(BANNED, file, line, "%s is not to be used here", FUNCTION[i].name);
            }
        }
    }
}

/* ---- Files ------------------------------------------------------------------------------------------ */

/* Copies a line without comments and without what stands in quotes; *inside: within a comment. */
static void strip(const char *line, char *out, size_t size, bool *inside)
{
    size_t k = 0;
    char quote = 0;
    for (size_t i = 0; line[i] != '\0' && k + 1 < size; i++) {
        if (*inside) {
            if (line[i] == '*' && line[i + 1] == '/') {
                *inside = false;
                i++;
            }
        } else if (quote != 0) {
            if (line[i] == '\\' && line[i + 1] != '\0') {
                i++;
            } else if (line[i] == quote) {
                quote = 0;
                out[k++] = line[i];
            }
        } else if (line[i] == '/' && line[i + 1] == '*') {
            *inside = true;
            i++;
        } else if (line[i] == '/' && line[i + 1] == '/') {
            break;
        } else {
            quote = line[i] == '"' || line[i] == '\'' ? line[i] : 0;
            out[k++] = line[i];
        }
    }
    out[k] = '\0';
}

/* A type that a header of the library or the program defines: "} name;" at the end of its definition. */
static void check_name(const char *file, int line, const char *code)
{
    static struct {
        char name[64], file[128];
    } types[4096];
    static int n;
    const char *brace = strrchr(code, '}');
    bool defines = brace == code || (brace != NULL && begins(code, "typedef "));
    if (!ends(file, ".h") || !(begins(file, "src/") || begins(file, "include/")) || !defines) {
        return;
    }
    const char *name = brace + 1 + strspn(brace + 1, " ");
    size_t size = strspn(name, "abcdefghijklmnopqrstuvwxyz_0123456789");
    if (size == 0 || name[size] != ';' || size >= sizeof types[0].name || n == 4096) {
        return;
    }
    snprintf(types[n].name, sizeof types[n].name, "%.*s", (int)size, name);
    snprintf(types[n].file, sizeof types[n].file, "%.127s", file);
    for (int i = 0; i < n; i++) {
        if (strcmp(types[i].name, types[n].name) == 0) {
            COMPLAIN(NAMES, file, line, "%s is something else in %s", types[n].name, types[i].file);
        }
    }
    n++;
}

static void check_c_line(const char *file, int line, const char *text, const char *code, int *function)
{
    const char *p = code + strspn(code, " ");
    if (*p == '#' && begins(p + 1 + strspn(p + 1, " "), "include")) {
        const char *open = strpbrk(text, "\"<");
        if (open != NULL) {
            char target[256];
            snprintf(target, sizeof target, "%.*s", (int)strcspn(open + 1, "\">"), open + 1);
            check_include(file, line, target);
        }
    }
    check_functions_called(file, line, text, code);
    check_name(file, line, code);
    if (strchr(text, '\t') != NULL) {
        COMPLAIN(BLANKS, file, line, "a tab");
    }
    if (code[0] == '{') {
        *function = line;
    } else if (code[0] == '}' && *function > 0) {
        int length = line - *function - 1;
        if (length > FUNCTION_LINES) {
            COMPLAIN(FUNCTIONS, file, *function, "%d lines, more than %d", length, FUNCTION_LINES);
        } else if (length > FUNCTION_LINES_TOLD && !begins(file, "test/")) {
            printf("# note: %s:%d: a function of %d lines\n", file, *function, length);
            long_functions++;
        }
        *function = 0;
    }
}

static void check_words(const char *file, int line, const char *text)
{
    /* Written in pieces so that this file does not find itself. */
    static const char *const words[] = {"/wo" "rk/", "/ro" "ot/", "TO" "DO", "FIX" "ME", "XX" "X:"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strstr(text, words[i]) != NULL) {
            COMPLAIN(WORDS, file, line, "'%s'", words[i]);
        }
    }
}

static void check_file(const char *file)
{
    FILE *in = fopen(file, "r");
    if (in == NULL) {
        COMPLAIN(FILES, file, 0, "cannot be read");
        return;
    }
    files_read++;
    bool c = ends(file, ".c") || ends(file, ".h"), inside = false, licence = false, newline = true;
    static char text[1 << 16], code[1 << 16];
    int line = 0, function = 0;
    while (fgets(text, sizeof text, in) != NULL) {
        size_t n = strlen(text);
        newline = n > 0 && text[n - 1] == '\n';
        text[n - newline] = '\0';
        n -= newline;
        line++;
        licence |= line <= 5 && strstr(text, "SPDX-License-Identifier: ") != NULL;
        if (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\t' || text[n - 1] == '\r')) {
            COMPLAIN(BLANKS, file, line, "trailing blanks");
        }
        check_words(file, line, text);
        if (c) {
            strip(text, code, sizeof code, &inside);
            check_c_line(file, line, text, code, &function);
        }
    }
    fclose(in);
    if (!newline) {
        COMPLAIN(BLANKS, file, line, "no newline at the end");
    }
    if (!licence && !ends(file, ".md")) {
        COMPLAIN(LICENCE, file, 1, "no SPDX-License-Identifier in the first five lines");
    }
    if (line > FILE_LINES) {
        COMPLAIN(FILES, file, line, "%d lines, more than %d", line, FILE_LINES);
    }
}

int main(int argc, char **argv)
{
    char path[4096];
    for (int r = 0; r < RULES; r++) {
        said[r] = open_memstream(&said_text[r], &said_n[r]);
        if (said[r] == NULL) {
            return 2;
        }
    }
    for (int i = 1; i < argc; i++) {
        check_file(argv[i]);
    }
    while (argc == 1 && fgets(path, sizeof path, stdin) != NULL) {
        path[strcspn(path, "\n")] = '\0';
        check_file(path);
    }
    int failed = files_read == 0;
    for (int r = 0; r < RULES; r++) {
        fclose(said[r]);
        fputs(said_text[r], stdout);
        free(said_text[r]);
        printf("%s %d - lint %s\n", broken[r] == 0 && files_read > 0 ? "ok" : "not ok", r + 1, RULE[r]);
        failed += broken[r] > 0;
    }
    printf("1..%d\n# %d files, %d functions of more than %d lines\n", RULES, files_read, long_functions,
           FUNCTION_LINES_TOLD);
    return failed != 0;
}
