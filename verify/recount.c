/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * recount.c - counts an election again by the rule of its transcript, and compares every figure.
 *
 * Nothing is taken from the transcript but what was to be counted (docs/formats/ballots.md). */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "verify/count.h"

/* ---- The transcript --------------------------------------------------------------------------------------------------------- */

static const struct rule {
    const char *name;
    void (*count)(pv_recount *r);
    int kinds;   /* of papers that it counts: the first so many */
    bool shared; /* it knows shared ranks */
} RULES[] = {{"scottish", pv_recount_scottish, 1, false}, {"countback", pv_recount_countback, 1, false}, {"meek", pv_recount_meek, 1, false},
             {"schulze", pv_recount_schulze, 1, true},    {"approval", pv_recount_approval, 2, true},    {"majority", pv_recount_majority, 2, false},
             {"equal-shares", pv_recount_shares, 3, true}};

static const struct rule *find_rule(pv_recount *r)
{
    const pv_json *v = pv_said_by(r, "rule");
    for (size_t i = 0; v != NULL && i < sizeof RULES / sizeof RULES[0]; i++) {
        if (strcmp(v->text, RULES[i].name) == 0) {
            return &RULES[i];
        }
    }
    pv_stop(r->run, PV_UNREADABLE, r->file, 0, 0, "there is no rule \"%.40s\"", v != NULL ? v->text : "");
}

static void read_candidates(pv_recount *r)
{
    while (pv_said_by(r, "candidates[%d].number", r->n) != NULL && r->n <= PV_CANDIDATES) {
        r->n++;
    }
    if (r->n < 1 || r->n > PV_CANDIDATES) {
        pv_stop(r->run, PV_UNREADABLE, r->file, 0, 0, "the candidates are missing, or too many");
    }
    r->name = pv_alloc(r->run, (size_t)r->n, sizeof *r->name);
    r->out = pv_alloc(r->run, (size_t)r->n, sizeof *r->out);
    for (int32_t c = 0; c < r->n; c++) {
        const pv_json *name = pv_said_by(r, "candidates[%d].name", c), *out = pv_said_by(r, "candidates[%d].withdrawn", c);
        if (name == NULL || name->type != 's' || out == NULL || (out->type != 't' && out->type != 'f')) {
            pv_stop(r->run, PV_UNREADABLE, r->file, 0, 0, "candidates[%d]: name and withdrawn are needed", c);
        }
        pv_check_whole(r, PV_NO_STAGE, "the number of a candidate", pv_said_by(r, "candidates[%d].number", c), c + 1);
        r->name[c] = name->text;
        r->out[c] = out->type == 't';
    }
}

/* The number of a candidate at that path, from 0. */
static int32_t read_candidate(pv_recount *r, const pv_json *v, const char *what)
{
    int64_t c = pv_said_whole(r, v, what, r->n);
    if (c < 1) {
        pv_stop(r->run, PV_UNREADABLE, r->file, 0, 0, "%s must be the number of a candidate", what);
    }
    return (int32_t)c - 1;
}

static void read_vacancy(pv_recount *r)
{
    if (r->seats != 1) {
        pv_stop(r->run, PV_UNREADABLE, r->file, 0, 0, "a countback fills one seat");
    }
    r->left = read_candidate(r, pv_said_by(r, "left"), "left");
    r->of_seats = (int32_t)pv_said_whole(r, pv_said_by(r, "of_seats"), "of_seats", r->n);
    r->stands = pv_alloc(r->run, (size_t)r->n, sizeof *r->stands);
    for (int32_t i = 0; pv_said_by(r, "stands[%d]", i) != NULL; i++) {
        r->stands[read_candidate(r, pv_said_by(r, "stands[%d]", i), "stands")] = true;
    }
}

static const struct rule *read_transcript(pv_recount *r)
{
    const pv_json *v = pv_said_by(r, "format");
    if (v == NULL || strcmp(v->text, "plenty-count-1") != 0) {
        pv_stop(r->run, PV_UNREADABLE, r->file, 0, 0, "this is no transcript of a count (\"format\": \"plenty-count-1\")");
    }
    const struct rule *rule = find_rule(r);
    read_candidates(r);
    r->papers.shared = rule->shared;
    r->seats = rule->count == pv_recount_shares ? 0 : (int32_t)pv_said_whole(r, pv_said_by(r, "seats"), "seats", r->n);
    v = pv_said_by(r, "seed");
    r->seed = v != NULL && v->type == 's' ? v->text : NULL;
    if (rule->count == pv_recount_countback) {
        read_vacancy(r);
    }
    return rule;
}

/* The ballots are those of the transcript, candidates included. */
static void check_ballots(pv_recount *r)
{
    const pv_json *hash = pv_said_by(r, "ballots.sha256");
    const pv_papers *p = &r->papers;
    if (hash == NULL || strcmp(hash->text, p->sha256) != 0) {
        pv_refute(r->run, r->file, 0, "the transcript was made from other ballots (%.64s; these are %s)",
                  hash != NULL && hash->type == 's' ? hash->text : "no hash", p->sha256);
    }
    pv_check_whole(r, PV_NO_STAGE, "the number of papers", pv_said_by(r, "ballots.papers"), p->papers);
    pv_check_whole(r, PV_NO_STAGE, "the number of blank papers", pv_said_by(r, "ballots.blank"), p->blank);
    if (p->highest > r->n || ((p->blt || p->projects) && p->candidates != r->n)) {
        pv_stop(r->run, PV_REFUTED, r->file, 0, 0, "the ballots have other candidates (%d, the transcript %d)",
                p->blt || p->projects ? p->candidates : p->highest, r->n);
    }
    for (int32_t c = 0; c < r->n && p->name != NULL; c++) {
        if (p->name[c] != NULL && p->name[c][0] != '\0' && strcmp(p->name[c], r->name[c]) != 0) {
            pv_refute(r->run, r->file, 0, "candidate %d is \"%.80s\" in the ballots, \"%.80s\" in the transcript", c + 1, p->name[c],
                      r->name[c]);
        }
    }
}

/* ---- The whole ---------------------------------------------------------------------------------------------------------------------------- */

/* A transcript of a file, and the count that it is compared with. */
typedef struct checked {
    pv_run run;
    pv_document said;
    const struct rule *rule;
    pv_recount r;
} checked;

static void check_all(checked *k, const char *transcript, const char *ballots)
{
    char dir[4096];
    pv_recount *r = &k->r;
    const char *slash = strrchr(transcript, '/');
    size_t n = slash != NULL ? (size_t)(slash - transcript) : 1;
    if (sodium_init() < 0) {
        pv_stop(r->run, PV_IO, NULL, 0, 0, "libsodium cannot be started");
    }
    r->run->c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (r->run->c_locale == (locale_t)0 || n >= sizeof dir) {
        pv_stop(r->run, PV_MEMORY, NULL, 0, 0, "out of memory, or the path is too long");
    }
    memcpy(dir, slash != NULL ? transcript : ".", n);
    dir[n] = '\0';
    r->file = slash != NULL ? slash + 1 : transcript;
    pv_file file;
    if (!pv_file_read(r->run, n == 0 ? "/" : dir, r->file, &file)) {
        pv_stop(r->run, PV_IO, transcript, 0, 0, "there is no such file");
    }
    pv_json_read(r->run, &file, &k->said);
    r->said = &k->said;
    k->rule = read_transcript(r);
    pv_papers_read(r->run, ballots, &r->papers);
    check_ballots(r);
    if (r->papers.kind >= k->rule->kinds) {
        pv_stop(r->run, PV_REFUTED, r->file, 0, 0, "the rule %s does not count such papers: %s", k->rule->name, r->papers.kind == PV_SCORED ? "points" : "approvals");
    }
    k->rule->count(r);
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

static void report_json(const checked *k, bool verified, FILE *out)
{
    const pv_recount *r = &k->r;
    const char *between = "";
    fprintf(out, "{\"verified\": %s, \"rule\": \"%s\", \"papers\": %lld, \"stages\": %d, \"figures\": %lld, \"failures\": [",
            verified ? "true" : "false", k->rule != NULL ? k->rule->name : "", (long long)r->valid, r->stages, (long long)r->figures);
    for (const pv_failure *f = r->run->failures; f != NULL; f = f->next) {
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
    for (const pv_failure *f = r->run->failures; f != NULL; f = f->next) {
        fputs("REFUTED: ", out);
        put(out, f->file, false);
        fputs(": ", out);
        put(out, f->text, false);
        fputc('\n', out);
    }
    if (r->run->n_failures > 100) {
        fprintf(out, "... and %lld more\n", (long long)r->run->n_failures - 100);
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
    checked *k = pv_malloc(sizeof *k);
    if (k == NULL) {
        fputs("out of memory\n", err);
        return PV_MEMORY;
    }
    memset(k, 0, sizeof *k);
    k->run.last_failure = &k->run.failures;
    k->r.run = &k->run;
    if (setjmp(k->run.stop) == 0) {
        check_all(k, transcript, ballots);
    }
    int code = k->run.code == 0 && k->run.n_failures > 0 ? PV_REFUTED : k->run.code;
    if (code > PV_REFUTED) {
        fputs("plenty-verify: ", err);
        put(err, k->run.why, false);
        fputc('\n', err);
    } else if (json) {
        report_json(k, code == 0, out);
    } else {
        report_text(&k->r, code == 0, out);
    }
    pv_run_end(&k->run);
    free(k);
    return code;
}
