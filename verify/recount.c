/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * recount.c - counts an election by Scottish STV again, paper by paper, and compares every figure of a transcript.
 *
 * Nothing is taken from the transcript but what was to be counted: seats, names, who withdrew, the seed.  Each kind of paper
 * has a holder and a value; each stage goes over all of them. */
#include <sodium.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "verify/count.h"

#define ONE 100000 /* a vote, in units of the count */

enum { PV_NOBODY = -1 };
enum { PV_STANDING, PV_ELECTED, PV_OUT };

typedef struct pv_recount {
    pv_run run;
    pv_papers papers;
    pv_document t;
    const char *file; /* the transcript's name */
    int32_t n, seats;
    const char **name;
    const char *seed;
    char *state;      /* by candidate */
    int64_t *votes;
    int64_t valid, quota;
    int32_t stages, elected, draws;
    int64_t **history; /* by stage: votes */
    int16_t *holder;  /* by row */
    int64_t *value;
    int64_t *position; /* of the holder among the row's choices */
    int64_t figures;
    int32_t *winner;
} pv_recount;

/* ---- The transcript --------------------------------------------------------------------------------------------------------- */

static const pv_json *get(pv_recount *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static const pv_json *get(pv_recount *r, const char *fmt, ...)
{
    char path[200];
    va_list args;
    va_start(args, fmt);
    vsnprintf(path, sizeof path, fmt, args);
    va_end(args);
    return pv_json_get(&r->t, path);
}

static int64_t whole(pv_recount *r, const pv_json *v, const char *what, int64_t most)
{
    if (v == NULL || v->type != '0' || v->number < 0 || v->number > (double)most || v->number != (double)(int64_t)v->number) {
        pv_stop(&r->run, PV_UNREADABLE, r->file, 0, 0, "%s must be a whole number of at most %lld", what, (long long)most);
    }
    return (int64_t)v->number;
}

/* A figure of votes, "574.33162", exactly as its text is. */
static bool votes_are(pv_recount *r, const pv_json *v, int64_t votes)
{
    char text[64];
    snprintf(text, sizeof text, "%lld.%05lld", (long long)(votes / ONE), (long long)(votes % ONE));
    r->figures++;
    return v != NULL && v->type == '0' && strcmp(v->text, text) == 0;
}

static void check_votes(pv_recount *r, int32_t stage, const char *what, const pv_json *v, int64_t votes)
{
    if (!votes_are(r, v, votes)) {
        pv_refute(&r->run, r->file, 0, "stage %d: %s is %lld.%05lld, the transcript says %.40s", stage + 1, what,
                  (long long)(votes / ONE), (long long)(votes % ONE), v != NULL ? v->text : "nothing");
    }
}

static void check_whole(pv_recount *r, int32_t stage, const char *what, const pv_json *v, int64_t x)
{
    r->figures++;
    if (v == NULL || v->type != '0' || v->number != (double)x) {
        pv_refute(&r->run, r->file, 0, "stage %d: %s is %lld, the transcript says %.40s", stage + 1, what, (long long)x,
                  v != NULL ? v->text : "nothing");
    }
}

static void read_transcript(pv_recount *r)
{
    const pv_json *v = get(r, "format");
    if (v == NULL || strcmp(v->text, "plenty-count-1") != 0) {
        pv_stop(&r->run, PV_UNREADABLE, r->file, 0, 0, "this is no transcript of a count (\"format\": \"plenty-count-1\")");
    }
    v = get(r, "rule");
    if (v == NULL || strcmp(v->text, "scottish") != 0) {
        pv_stop(&r->run, PV_UNREADABLE, r->file, 0, 0, "only counts by the rule scottish are recounted here, this one is \"%.40s\"",
                v != NULL ? v->text : "");
    }
    while (get(r, "candidates[%d].number", r->n) != NULL && r->n <= PV_CANDIDATES) {
        r->n++;
    }
    if (r->n < 1 || r->n > PV_CANDIDATES) {
        pv_stop(&r->run, PV_UNREADABLE, r->file, 0, 0, "the candidates are missing, or too many");
    }
    r->seats = (int32_t)whole(r, get(r, "seats"), "seats", r->n);
    v = get(r, "seed");
    r->seed = v != NULL && v->type == 's' ? v->text : NULL;
    r->name = pv_alloc(&r->run, (size_t)r->n, sizeof *r->name);
    r->state = pv_alloc(&r->run, (size_t)r->n, 1);
    r->votes = pv_alloc(&r->run, (size_t)r->n, sizeof *r->votes);
    r->winner = pv_alloc(&r->run, (size_t)r->n, sizeof *r->winner);
    r->history = pv_alloc(&r->run, 2 * (size_t)r->n + 4, sizeof *r->history);
    for (int32_t c = 0; c < r->n; c++) {
        const pv_json *name = get(r, "candidates[%d].name", c), *out = get(r, "candidates[%d].withdrawn", c);
        if (name == NULL || name->type != 's' || out == NULL || (out->type != 't' && out->type != 'f')) {
            pv_stop(&r->run, PV_UNREADABLE, r->file, 0, 0, "candidates[%d]: name and withdrawn are needed", c);
        }
        r->name[c] = name->text;
        r->state[c] = out->type == 't' ? PV_OUT : PV_STANDING;
    }
}

/* The ballots are those of the transcript, candidates included. */
static void check_ballots(pv_recount *r)
{
    const pv_json *hash = get(r, "ballots.sha256");
    const pv_papers *p = &r->papers;
    if (hash == NULL || strcmp(hash->text, p->sha256) != 0) {
        pv_refute(&r->run, r->file, 0, "the transcript was made from other ballots (%.64s; these are %s)",
                  hash != NULL && hash->type == 's' ? hash->text : "no hash", p->sha256);
    }
    if (p->highest > r->n || (p->blt && p->candidates != r->n)) {
        pv_stop(&r->run, PV_REFUTED, r->file, 0, 0, "the ballots have other candidates (%d, the transcript %d)",
                p->blt ? p->candidates : p->highest, r->n);
    }
    for (int32_t c = 0; c < r->n && p->blt; c++) {
        if (p->name[c] != NULL && p->name[c][0] != '\0' && strcmp(p->name[c], r->name[c]) != 0) {
            pv_refute(&r->run, r->file, 0, "candidate %d is \"%.80s\" in the ballots, \"%.80s\" in the transcript", c + 1, p->name[c],
                      r->name[c]);
        }
    }
}

/* ---- Papers --------------------------------------------------------------------------------------------------------------------- */

/* Gives row `row` to the next standing candidate from `position` on; false when there is none. */
static bool give(pv_recount *r, int64_t row, int64_t position)
{
    const pv_papers *p = &r->papers;
    for (int64_t i = p->start[row] + position; i < p->start[row + 1]; i++) {
        if (r->state[p->choice[i]] == PV_STANDING) {
            r->holder[row] = p->choice[i];
            r->position[row] = i - p->start[row];
            r->votes[p->choice[i]] += p->count[row] * r->value[row];
            return true;
        }
    }
    r->holder[row] = PV_NOBODY;
    return false;
}

/* All papers of candidate c go on; of a surplus, at value * surplus / votes, cut to 5 decimals. */
static void pass_on(pv_recount *r, int32_t c, bool surplus, int64_t *moved, int64_t *stuck)
{
    int64_t votes = r->votes[c], extra = votes - r->quota;
    r->votes[c] = surplus ? r->quota : 0;
    for (int64_t row = 0; row < r->papers.rows; row++) {
        if (r->holder[row] == c) {
            if (surplus) {
                r->value[row] = (int64_t)((__int128)r->value[row] * extra / votes);
            }
            *(give(r, row, r->position[row] + 1) ? moved : stuck) += r->papers.count[row];
        }
    }
}

/* ---- Who is next ------------------------------------------------------------------------------------------------------------------ */

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

/* Of those marked in `in`, the one with most (fewest) votes now; then at the stage before, and so on; then by lot. */
static int32_t pick(pv_recount *r, bool *in, bool most)
{
    for (int32_t s = r->stages; s >= 0; s--) {
        const int64_t *votes = s == r->stages ? r->votes : r->history[s];
        int64_t best = most ? -1 : INT64_MAX;
        int32_t left = 0, last = PV_NOBODY;
        for (int32_t c = 0; c < r->n; c++) {
            if (in[c] && (most ? votes[c] > best : votes[c] < best)) {
                best = votes[c];
            }
        }
        for (int32_t c = 0; c < r->n; c++) {
            in[c] = in[c] && votes[c] == best;
            left += in[c];
            last = in[c] ? c : last;
        }
        if (left <= 1) {
            return last;
        }
    }
    if (r->seed == NULL) {
        pv_stop(&r->run, PV_REFUTED, r->file, 0, 0, "stage %d needs a lot, but there is no seed", r->stages + 1);
    }
    r->draws++;
    int32_t drawn = PV_NOBODY;
    for (int32_t c = 0; c < r->n; c++) {
        if (in[c] && (drawn == PV_NOBODY || smaller_key(r->seed, r->draws, r->name[c], r->name[drawn]))) {
            drawn = c;
        }
    }
    return drawn;
}

/* ---- Stages -------------------------------------------------------------------------------------------------------------------------- */

/* Who is elected now, most votes first; compared with the transcript. */
static void elect(pv_recount *r)
{
    int32_t s = r->stages - 1, before = r->elected, standing = 0;
    for (int32_t c = 0; c < r->n; c++) {
        standing += r->state[c] == PV_STANDING;
    }
    for (int last = 0; last < 2; last++) {
        bool all = last == 1 && standing <= r->seats - r->elected;
        for (;;) {
            int32_t next = PV_NOBODY;
            for (int32_t c = 0; c < r->n; c++) {
                bool may = r->state[c] == PV_STANDING && (last == 1 ? all : r->votes[c] >= r->quota);
                next = may && (next == PV_NOBODY || r->votes[c] > r->votes[next]) ? c : next;
            }
            if (next == PV_NOBODY || r->elected == r->seats) {
                break;
            }
            r->state[next] = PV_ELECTED;
            standing--;
            char what[100];
            snprintf(what, sizeof what, "number %d of those elected then", r->elected - before + 1);
            check_whole(r, s, what, get(r, "stages[%d].elected[%d]", s, r->elected - before), next + 1);
            r->winner[r->elected++] = next;
        }
    }
    if (get(r, "stages[%d].elected[%d]", s, r->elected - before) != NULL) {
        pv_refute(&r->run, r->file, 0, "stage %d: the transcript elects more than the rule", s + 1);
    }
}

/* Keeps the votes of the stage just done, and compares them. */
static void compare_stage(pv_recount *r, const char *action, int32_t who, int64_t moved, int64_t stuck)
{
    int32_t s = r->stages++;
    int64_t left = r->valid * ONE;
    const pv_json *v = get(r, "stages[%d].action", s);
    if (v == NULL || strcmp(v->text, action) != 0) {
        pv_stop(&r->run, PV_REFUTED, r->file, 0, 0, "stage %d must be \"%s\"%s%.80s, the transcript says \"%.40s\"", s + 1, action,
                who >= 0 ? " of " : "", who >= 0 ? r->name[who] : "", v != NULL ? v->text : "nothing");
    }
    if (who >= 0) {
        int64_t named = whole(r, get(r, "stages[%d].candidate", s), "the candidate of a stage", r->n);
        if (named != who + 1) {
            pv_stop(&r->run, PV_REFUTED, r->file, 0, 0, "stage %d must be \"%s\" of %.80s, the transcript says %.80s", s + 1, action,
                    r->name[who], named > 0 ? r->name[named - 1] : "nobody");
        }
    }
    r->history[s] = pv_alloc(&r->run, (size_t)r->n, sizeof **r->history);
    for (int32_t c = 0; c < r->n; c++) {
        char what[140];
        snprintf(what, sizeof what, "what %.100s has", r->name[c]);
        check_votes(r, s, what, get(r, "stages[%d].votes[%d]", s, c), r->votes[c]);
        r->history[s][c] = r->votes[c];
        left -= r->votes[c];
    }
    check_votes(r, s, "what is lost", get(r, "stages[%d].lost", s), left);
    check_votes(r, s, "the quota", get(r, "stages[%d].quota", s), r->quota);
    check_whole(r, s, "the number of papers moved", get(r, "stages[%d].papers_moved", s), moved);
    check_whole(r, s, "the number of papers stuck", get(r, "stages[%d].papers_stuck", s), stuck);
    elect(r);
}

static void first_stage(pv_recount *r)
{
    size_t rows = (size_t)r->papers.rows;
    int64_t moved = 0;
    r->holder = pv_alloc(&r->run, rows, sizeof *r->holder);
    r->value = pv_alloc(&r->run, rows, sizeof *r->value);
    r->position = pv_alloc(&r->run, rows, sizeof *r->position);
    for (int64_t row = 0; row < r->papers.rows; row++) {
        r->value[row] = ONE;
        moved += give(r, row, 0) ? r->papers.count[row] : 0;
    }
    r->valid = moved;
    if (r->seats < 1 || moved == 0) {
        pv_stop(&r->run, PV_REFUTED, r->file, 0, 0, "there is nothing to count: no seats, or no valid papers");
    }
    r->quota = (r->valid / (r->seats + 1) + 1) * ONE;
    check_whole(r, 0, "the number of valid papers", get(r, "ballots.valid"), r->valid);
    compare_stage(r, "first", PV_NOBODY, moved, 0);
}

static void next_stage(pv_recount *r, bool *in)
{
    int64_t moved = 0, stuck = 0;
    bool surplus = false;
    for (int32_t c = 0; c < r->n; c++) {
        in[c] = r->state[c] == PV_ELECTED && r->votes[c] > r->quota;
        surplus |= in[c];
    }
    for (int32_t c = 0; c < r->n && !surplus; c++) {
        in[c] = r->state[c] == PV_STANDING;
    }
    int32_t who = pick(r, in, surplus);
    if (who == PV_NOBODY) {
        pv_stop(&r->run, PV_REFUTED, r->file, 0, 0, "nobody is left for the last seats");
    }
    if (!surplus) {
        r->state[who] = PV_OUT;
    }
    pass_on(r, who, surplus, &moved, &stuck);
    compare_stage(r, surplus ? "surplus" : "exclude", who, moved, stuck);
}

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
    first_stage(r);
    bool *in = pv_alloc(&r->run, (size_t)r->n, sizeof *in);
    while (r->elected < r->seats) {
        next_stage(r, in);
    }
    if (get(r, "stages[%d].stage", r->stages) != NULL) {
        pv_refute(&r->run, r->file, 0, "the transcript has more stages than the count (%d)", r->stages);
    }
    for (int32_t i = 0; i <= r->elected; i++) {
        const pv_json *v = get(r, "winners[%d]", i);
        if (i == r->elected ? v != NULL : v == NULL || v->number != r->winner[i] + 1) {
            pv_refute(&r->run, r->file, 0, "winners[%d] is not as counted", i);
        }
    }
    check_votes(r, 0, "the quota", get(r, "quota"), r->quota);
    check_whole(r, 0, "the number of draws", get(r, "draws"), r->draws);
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
    fprintf(out, "{\"verified\": %s, \"rule\": \"scottish\", \"papers\": %lld, \"stages\": %d, \"figures\": %lld, \"failures\": [",
            verified ? "true" : "false", (long long)r->valid, r->stages, (long long)r->figures);
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
    if (r->stages > 0) {
        fprintf(out, "recounted: %lld valid papers, paper by paper, %d stages, quota %lld\n", (long long)r->valid, r->stages,
                (long long)(r->quota / ONE));
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
