/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Whoever changes a plan or its economy is noticed.  Random plans are saved; one thing is changed in one of their files: a
 * figure, a letter, a row taken out, doubled or swapped with another, the end cut off.  The checker must refuse it, except
 *
 *   - where a price of the certificate is changed and the prices still prove the same bound (then nothing is wrong);
 *   - where a file is changed in its order of rows or in the spelling of a figure only: the same meaning;
 *   - where a figure changes by less than the rounding of the largest one in its row;
 *   - columns that are advice, not proven: alone and together in clashes.csv; in plan.json what follows "solver" (how it was
 *     made), and texts about the economy (title, path). */
#include "test/test.h"

#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>

#include "base/rng.h"
#include "test/plan_help.h"
#include "test/random_economy.h"
#include "verify/verify.h"

#define ECONOMIES 60
#define GOODS 12
#define CHANGES 60 /* of each plan */

static char economy[300], folder[300];
static char text[1 << 20], made[1 << 21];
static pl_rng rng;

static int below(size_t n)
{
    return n > 0 ? (int)pl_rng_below(&rng, n) : 0;
}

static size_t get(const char *path)
{
    FILE *f = fopen(path, "r");
    CHECK(f != NULL);
    size_t n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    text[n] = '\0';
    return n;
}

static void put(const char *path, const char *what, size_t n)
{
    FILE *f = fopen(path, "w");
    CHECK(f != NULL && fwrite(what, 1, n, f) == n && fclose(f) == 0);
}

/* One of the files of plan or economy. */
static void choose_file(char path[300])
{
    char names[64][300];
    int n = 0;
    for (int i = 0; i < 2; i++) {
        const char *in = i == 0 ? economy : folder;
        DIR *dir = opendir(in);
        CHECK(dir != NULL);
        for (struct dirent *d; (d = readdir(dir)) != NULL && n < 64;) {
            if (strstr(d->d_name, ".csv") != NULL || strcmp(d->d_name, "plan.json") == 0) {
                snprintf(names[n++], sizeof names[0], "%.200s/%.90s", in, d->d_name);
            }
        }
        closedir(dir);
    }
    for (int i = 1; i < n; i++) { /* the order of a folder is chance, but not ours */
        for (int k = i; k > 0 && strcmp(names[k - 1], names[k]) > 0; k--) {
            char swap[300];
            memcpy(swap, names[k], sizeof swap);
            memcpy(names[k], names[k - 1], sizeof swap);
            memcpy(names[k - 1], swap, sizeof swap);
        }
    }
    memcpy(path, names[below((size_t)n)], sizeof names[0]);
}

/* Begin of row number k (0 = the heading); its length with the line's end. */
static char *row(int k, size_t *n)
{
    char *p = text;
    while (k-- > 0) {
        p = strchr(p, '\n') + 1;
    }
    *n = (size_t)(strchr(p, '\n') + 1 - p);
    return p;
}

static int rows(void)
{
    int n = 0;
    for (const char *p = text; (p = strchr(p, '\n')) != NULL; p++) {
        n++;
    }
    return n;
}

/* The largest figure of a row. */
static double largest_of(const char *line, size_t length)
{
    double most = 0;
    for (const char *p = line; p < line + length; p += strcspn(p, ",\n") + 1) {
        double x = fabs(strtod(p, NULL));
        most = isfinite(x) ? fmax(most, x) : most;
    }
    return most;
}

/* The figure (or text) of a random cell is changed; returns a few words about it. */
static const char *change_cell(void)
{
    static char words[200];
    size_t length, width;
    if (rows() < 2) {
        return NULL;
    }
    char *line = row(1 + below((size_t)rows() - 1), &length), *cell = line;
    int columns = 1;
    for (size_t i = 0; i < length; i++) {
        columns += line[i] == ',';
    }
    for (int skip = below((size_t)columns); skip > 0; skip--) {
        cell = strchr(cell, ',') + 1;
    }
    width = strcspn(cell, ",\n");
    char old[64] = "", other[80], *end;
    memcpy(old, cell, width < 63 ? width : 63);
    double x = strtod(old, &end);
    if (width == 0 || *end != '\0') { /* a text, or nothing */
        snprintf(other, sizeof other, "%s%s", old, width == 0 ? "7" : "x");
    } else {
        static const double factors[] = {-1, 0, 1.0001, 0.99, 2, 1e6};
        double y = x == 0 ? 0.01 : x * factors[below(6)];
        snprintf(other, sizeof other, "%.17g", y);
    }
    bool number = width > 0 && *end == '\0';
    if (number && fabs(x - strtod(other, NULL)) <= 1e-12 * largest_of(line, length)) {
        return NULL; /* the same, or what is left of a balance when all of it is used: rounding */
    }
    snprintf(made, sizeof made, "%.*s%s%s", (int)(cell - text), text, other, cell + width);
    snprintf(words, sizeof words, "'%s' for '%s'", other, old);
    return words;
}

static const char *change_rows(void)
{
    if (rows() < 3) {
        return NULL;
    }
    size_t a;
    char *first = row(1 + below((size_t)rows() - 1), &a);
    switch (below(3)) {
    case 0:
        snprintf(made, sizeof made, "%.*s%s", (int)(first - text), text, first + a);
        return "a row taken out";
    case 1:
        snprintf(made, sizeof made, "%.*s%.*s%s", (int)(first - text), text, (int)a, first, first);
        return "a row doubled";
    default:
        snprintf(made, sizeof made, "%.*s", (int)(first - text) + below(a - 2), text); /* not the line's end alone */
        return "the end cut off";
    }
}

static bool may_pass(const char *path)
{
    return strstr(path, "/certificate.csv") != NULL || strstr(path, "/clashes.csv") != NULL;
}

static int noticed, passed;

static void tamper(uint64_t seed)
{
    char path[300];
    choose_file(path);
    size_t n = get(path);
    bool json = strstr(path, "plan.json") != NULL;
    const char *what = NULL;
    if (json) { /* a digit of a figure before "solver" */
        char *end = strstr(text, "\"solver\"");
        char *p = text + below((size_t)(end - text));
        while (p < end && !(isdigit((unsigned char)*p) && strchr(" .-0123456789", p[-1]) != NULL)) {
            p++;
        }
        if (p >= end || strstr(text, "\"stages\"") > p) {
            return;
        }
        snprintf(made, sizeof made, "%s", text);
        made[p - text] = *p == '9' ? '1' : (char)(*p + 1);
        char *from = p; /* the last digits of a figure lie within its rounding */
        while (strchr("0123456789.e+-", from[-1]) != NULL) {
            from--;
        }
        double x = strtod(from, NULL), y = strtod(made + (from - text), NULL);
        if (fabs(x - y) <= 1e-6 * fabs(x) || fmax(fabs(x), fabs(y)) < 1e-8) { /* shares of needs: a bound that is 0 but for rounding */
            return;
        }
        static char digit[80];
        snprintf(digit, sizeof digit, "a digit of %.30s", from);
        digit[strcspn(digit, ",\n}")] = '\0';
        what = digit;
    } else {
        what = below(3) == 0 ? change_rows() : change_cell();
    }
    if (what == NULL || strcmp(made, text) == 0) {
        return;
    }
    put(path, made, strlen(made));
    FILE *sink = tmpfile();
    CHECK(sink != NULL);
    int code = pv_verify(folder, economy, false, sink, sink);
    fclose(sink);
    put(path, text, n);
    noticed += code != 0;
    passed += code == 0;
    if (code == 0 && !may_pass(path)) {
        FAIL("seed %llu: %s: %s is not noticed", (unsigned long long)seed, path, what);
    }
}

TEST(changes_are_noticed)
{
    for (uint64_t seed = 1; seed <= ECONOMIES; seed++) {
        pl_economy *e = test_random_economy(seed, GOODS, seed);
        pl_plan *plan = plan_made(e, "satisfy", 1, seed);
        pl_error err = {0};
        char command[700];
        pl_rng_seed(&rng, seed);
        snprintf(economy, sizeof economy, "%.200s/economy", test_tmp());
        snprintf(folder, sizeof folder, "%.200s/plan", test_tmp());
        CHECK_INT(pl_economy_save(e, economy, true, NULL, &err), PL_OK);
        CHECK_INT(pl_plan_save(plan, e, folder, true, &err), PL_OK);
        for (int k = 0; k < CHANGES; k++) {
            tamper(seed);
        }
        FILE *sink = tmpfile();
        CHECK_INT(pv_verify(folder, economy, false, sink, sink), 0); /* all is as it was */
        fclose(sink);
        snprintf(command, sizeof command, "rm -r '%s' '%s'", economy, folder);
        CHECK_INT(system(command), 0);
        pl_plan_free(plan);
        pl_economy_free(e);
    }
    printf("# %d changes noticed, %d prices or pieces of advice that make no difference\n", noticed, passed);
    CHECK(noticed > 20 * passed && noticed > ECONOMIES * CHANGES / 4);
}
