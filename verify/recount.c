/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * recount.c - counts an election again, and compares every figure of a transcript.
 *
 * Nothing is taken from the transcript but what was to be counted: seats, names, who withdrew, the seed; of Equal Shares also what there was to spend. */
#include <sodium.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "verify/count.h"

/* ---- The transcript --------------------------------------------------------------------------------------------------------- */

const pv_json *pv_said_by(pv_recount *r, const char *fmt, ...)
{
    char path[200];
    va_list args;
    va_start(args, fmt);
    vsnprintf(path, sizeof path, fmt, args);
    va_end(args);
    return pv_json_get(&r->t, path);
}

int64_t pv_said_whole(pv_recount *r, const pv_json *v, const char *what, int64_t most)
{
    if (v == NULL || v->type != '0' || v->number < 0 || v->number > (double)most || v->number != (double)(int64_t)v->number) {
        pv_stop(&r->run, PV_UNREADABLE, r->file, 0, 0, "%s must be a whole number of at most %lld", what, (long long)most);
    }
    return (int64_t)v->number;
}

/* A figure of votes, "574.33162", exactly as its text is. */
static void votes_text(const pv_recount *r, int64_t votes, char text[64])
{
    char digits[24];
    size_t decimals = 0;
    for (int64_t x = r->one; x > 1; x /= 10) {
        decimals++;
    }
    snprintf(digits, sizeof digits, "%018lld", (long long)(votes % r->one));
    snprintf(text, 64, "%lld.%s", (long long)(votes / r->one), digits + 18 - decimals);
}

void pv_check_votes(pv_recount *r, int32_t stage, const char *what, const pv_json *v, int64_t votes)
{
    char text[64];
    votes_text(r, votes, text);
    r->figures++;
    if (v == NULL || v->type != '0' || strcmp(v->text, text) != 0) {
        pv_refute(&r->run, r->file, 0, "stage %d: %s is %s, the transcript says %.40s", stage + 1, what, text, v != NULL ? v->text : "nothing");
    }
}

void pv_check_text(pv_recount *r, const char *what, const pv_json *v, const char *text)
{
    r->figures++;
    if (v == NULL || strcmp(v->text, text) != 0) {
        pv_refute(&r->run, r->file, 0, "%s is %.100s, the transcript says %.100s", what, text, v != NULL ? v->text : "nothing");
    }
}

void pv_check_whole(pv_recount *r, int32_t stage, const char *what, const pv_json *v, int64_t x)
{
    r->figures++;
    if (v == NULL || v->type != '0' || v->number != (double)x) {
        pv_refute(&r->run, r->file, 0, "stage %d: %s is %lld, the transcript says %.40s", stage + 1, what, (long long)x,
                  v != NULL ? v->text : "nothing");
    }
}

static const struct {
    const char *name;
    void (*count)(pv_recount *r);
} RULES[] = {{"scottish", pv_recount_scottish}, {"meek", pv_recount_meek}, {"equal-shares", pv_recount_shares}};

static void read_transcript(pv_recount *r)
{
    const pv_json *v = pv_said_by(r, "format");
    if (v == NULL || strcmp(v->text, "plenty-count-1") != 0) {
        pv_stop(&r->run, PV_UNREADABLE, r->file, 0, 0, "this is no transcript of a count (\"format\": \"plenty-count-1\")");
    }
    v = pv_said_by(r, "rule");
    for (size_t i = 0; v != NULL && i < sizeof RULES / sizeof RULES[0]; i++) {
        r->rule = strcmp(v->text, RULES[i].name) == 0 ? RULES[i].name : r->rule;
    }
    if (r->rule == NULL) {
        pv_stop(&r->run, PV_UNREADABLE, r->file, 0, 0, "only counts by the rules scottish, meek and equal-shares are recounted here, this one is \"%.40s\"", v != NULL ? v->text : "");
    }
    while (pv_said_by(r, "candidates[%d].number", r->n) != NULL && r->n <= PV_CANDIDATES) {
        r->n++;
    }
    if (r->n < 1 || r->n > PV_CANDIDATES) {
        pv_stop(&r->run, PV_UNREADABLE, r->file, 0, 0, "the candidates are missing, or too many");
    }
    r->papers.equal = strcmp(r->rule, "equal-shares") == 0;
    r->seats = r->papers.equal ? 0 : (int32_t)pv_said_whole(r, pv_said_by(r, "seats"), "seats", r->n);
    v = pv_said_by(r, "seed");
    r->seed = v != NULL && v->type == 's' ? v->text : NULL;
    r->name = pv_alloc(&r->run, (size_t)r->n, sizeof *r->name);
    r->state = pv_alloc(&r->run, (size_t)r->n, 1);
    r->votes = pv_alloc(&r->run, (size_t)r->n, sizeof *r->votes);
    r->winner = pv_alloc(&r->run, (size_t)r->n, sizeof *r->winner);
    r->history = pv_alloc(&r->run, 2 * (size_t)r->n + 4, sizeof *r->history);
    for (int32_t c = 0; c < r->n; c++) {
        const pv_json *name = pv_said_by(r, "candidates[%d].name", c), *out = pv_said_by(r, "candidates[%d].withdrawn", c);
        if (name == NULL || name->type != 's' || out == NULL || (out->type != 't' && out->type != 'f')) {
            pv_stop(&r->run, PV_UNREADABLE, r->file, 0, 0, "candidates[%d]: name and withdrawn are needed", c);
        }
        r->name[c] = name->text;
        r->state[c] = out->type == 't' ? 2 : 0;
    }
}

/* The ballots are those of the transcript, candidates included. */
static void check_ballots(pv_recount *r)
{
    const pv_json *hash = pv_said_by(r, "ballots.sha256");
    const pv_papers *p = &r->papers;
    if (hash == NULL || strcmp(hash->text, p->sha256) != 0) {
        pv_refute(&r->run, r->file, 0, "the transcript was made from other ballots (%.64s; these are %s)",
                  hash != NULL && hash->type == 's' ? hash->text : "no hash", p->sha256);
    }
    if (p->highest > r->n || ((p->blt || p->projects) && p->candidates != r->n)) {
        pv_stop(&r->run, PV_REFUTED, r->file, 0, 0, "the ballots have other candidates (%d, the transcript %d)",
                p->blt || p->projects ? p->candidates : p->highest, r->n);
    }
    for (int32_t c = 0; c < r->n && p->name != NULL; c++) {
        if (p->name[c] != NULL && p->name[c][0] != '\0' && strcmp(p->name[c], r->name[c]) != 0) {
            pv_refute(&r->run, r->file, 0, "candidate %d is \"%.80s\" in the ballots, \"%.80s\" in the transcript", c + 1, p->name[c],
                      r->name[c]);
        }
    }
}

/* ---- Lots --------------------------------------------------------------------------------------------------------------------------------- */

static bool smaller_key(const char *seed, int32_t draw, const char *a, const char *b)
{
    unsigned char key[2][crypto_hash_sha256_BYTES];
    for (int i = 0; i < 2; i++) {
        char number[24];
        crypto_hash_sha256_state s;
        snprintf(number, sizeof number, ",%d,", draw);
        crypto_hash_sha256_init(&s);
        crypto_hash_sha256_update(&s, (const unsigned char *)seed, strlen(seed));
        crypto_hash_sha256_update(&s, (const unsigned char *)number, strlen(number));
        crypto_hash_sha256_update(&s, (const unsigned char *)(i == 0 ? a : b), strlen(i == 0 ? a : b));
        crypto_hash_sha256_final(&s, key[i]);
    }
    return memcmp(key[0], key[1], sizeof key[0]) < 0;
}

int32_t pv_drawn(pv_recount *r, const bool *in)
{
    int32_t drawn = PV_NOBODY;
    if (r->seed == NULL) {
        pv_stop(&r->run, PV_REFUTED, r->file, 0, 0, "stage %d needs a lot, but there is no seed", r->stages + 1);
    }
    r->draws++;
    for (int32_t c = 0; c < r->n; c++) {
        if (in[c] && (drawn == PV_NOBODY || smaller_key(r->seed, r->draws, r->name[c], r->name[drawn]))) {
            drawn = c;
        }
    }
    return drawn;
}

void pv_recount_end(pv_recount *r)
{
    if (pv_said_by(r, "stages[%d].stage", r->stages) != NULL) {
        pv_refute(&r->run, r->file, 0, "the transcript has more stages than the count (%d)", r->stages);
    }
    for (int32_t i = 0; i <= r->elected; i++) {
        const pv_json *v = pv_said_by(r, "winners[%d]", i);
        if (i == r->elected ? v != NULL : v == NULL || v->number != r->winner[i] + 1) {
            pv_refute(&r->run, r->file, 0, "winners[%d] is not as counted", i);
        }
    }
    pv_check_whole(r, 0, "the number of draws", pv_said_by(r, "draws"), r->draws);
}

/* ---- The whole ---------------------------------------------------------------------------------------------------------------------------- */

static void check_all(pv_recount *r, const char *transcript, const char *ballots)
{
    char dir[4096];
    const char *slash = strrchr(transcript, '/');
    size_t n = slash != NULL ? (size_t)(slash - transcript) : 1;
    if (sodium_init() < 0) {
        pv_stop(&r->run, PV_IO, NULL, 0, 0, "libsodium cannot be started");
    }
    r->run.c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (r->run.c_locale == (locale_t)0 || n >= sizeof dir) {
        pv_stop(&r->run, PV_MEMORY, NULL, 0, 0, "out of memory, or the path is too long");
    }
    memcpy(dir, slash != NULL ? transcript : ".", n);
    dir[n] = '\0';
    r->file = slash != NULL ? slash + 1 : transcript;
    pv_file file;
    if (!pv_file_read(&r->run, n == 0 ? "/" : dir, r->file, &file)) {
        pv_stop(&r->run, PV_IO, transcript, 0, 0, "there is no such file");
    }
    pv_json_read(&r->run, &file, &r->t);
    read_transcript(r);
    pv_papers_read(&r->run, ballots, &r->papers);
    check_ballots(r);
    for (size_t i = 0; i < sizeof RULES / sizeof RULES[0]; i++) {
        if (strcmp(RULES[i].name, r->rule) == 0) {
            RULES[i].count(r);
        }
    }
}

/* ---- The report ------------------------------------------------------------------------------------------------------------------------- */

/* Control characters become '?', quotes and backslashes are escaped for JSON. */
static void put(FILE *out, const char *text, bool json)
{
    for (const char *c = text; *c != '\0'; c++) {
        if (json && (*c == '"' || *c == '\\')) {
            fputc('\\', out);
        }
        fputc((unsigned char)*c < 0x20 || *c == 0x7F ? '?' : *c, out);
    }
}

static void report_json(const pv_recount *r, bool verified, FILE *out)
{
    const char *between = "";
    fprintf(out, "{\"verified\": %s, \"rule\": \"%s\", \"papers\": %lld, \"stages\": %d, \"figures\": %lld, \"failures\": [",
            verified ? "true" : "false", r->rule, (long long)r->valid, r->stages, (long long)r->figures);
    for (const pv_failure *f = r->run.failures; f != NULL; f = f->next) {
        fprintf(out, "%s\"", between);
        put(out, f->text, true);
        fputc('"', out);
        between = ", ";
    }
    fputs("]}\n", out);
}

static void report_text(const pv_recount *r, bool verified, FILE *out)
{
    if (r->found[0] != '\0') {
        fprintf(out, "recounted: %s\n", r->found);
    }
    for (const pv_failure *f = r->run.failures; f != NULL; f = f->next) {
        fputs("REFUTED: ", out);
        put(out, f->file, false);
        fputs(": ", out);
        put(out, f->text, false);
        fputc('\n', out);
    }
    if (r->run.n_failures > 100) {
        fprintf(out, "... and %lld more\n", (long long)r->run.n_failures - 100);
    }
    if (verified) {
        fprintf(out, "ballots: hash agrees\n%lld figures of the transcript: all as recounted\nelected:", (long long)r->figures);
        for (int32_t i = 0; i < r->elected; i++) {
            fputs(i == 0 ? " " : ", ", out);
            put(out, r->name[r->winner[i]], false);
        }
        fputc('\n', out);
    }
    fputs(verified ? "verified\n" : "not verified\n", out);
}

bool pv_is_count(const char *path)
{
    char head[512];
    FILE *f = fopen(path, "rb");
    size_t n = f != NULL ? fread(head, 1, sizeof head - 1, f) : 0;
    if (f != NULL) {
        fclose(f);
    }
    head[n] = '\0';
    return head[0] == '{' && strstr(head, "\"plenty-count-") != NULL;
}

int pv_verify_count(const char *transcript, const char *ballots, bool json, FILE *out, FILE *err)
{
    pv_recount *r = pv_malloc(sizeof *r);
    if (r == NULL) {
        fputs("out of memory\n", err);
        return PV_MEMORY;
    }
    memset(r, 0, sizeof *r);
    r->run.last_failure = &r->run.failures;
    if (setjmp(r->run.stop) == 0) {
        check_all(r, transcript, ballots);
    }
    if (r->clean != NULL) {
        r->clean(r->to_clean);
    }
    int code = r->run.code == 0 && r->run.n_failures > 0 ? PV_REFUTED : r->run.code;
    if (code > PV_REFUTED) {
        fputs("plenty-verify: ", err);
        put(err, r->run.why, false);
        fputc('\n', err);
    } else if (json) {
        report_json(r, code == 0, out);
    } else {
        report_text(r, code == 0, out);
    }
    pv_run_end(&r->run);
    free(r);
    return code;
}
