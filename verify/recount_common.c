/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * recount_common.c - what the rules of count.h share: figures against a transcript, lots, stages. */
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "verify/count.h"

/* ---- Figures ---------------------------------------------------------------------------------------------------------------- */

const pv_json *pv_said_by(pv_recount *r, const char *fmt, ...)
{
    char path[200];
    va_list args;
    if (r->said == NULL) {
        return NULL;
    }
    va_start(args, fmt);
    vsnprintf(path, sizeof path, fmt, args);
    va_end(args);
    return pv_json_get(r->said, path);
}

int64_t pv_said_whole(pv_recount *r, const pv_json *v, const char *what, int64_t most)
{
    if (v == NULL || v->type != '0' || v->number < 0 || v->number > (double)most || v->number != (double)(int64_t)v->number) {
        pv_stop(r->run, PV_UNREADABLE, r->file, 0, 0, "%s must be a whole number of at most %lld", what, (long long)most);
    }
    return (int64_t)v->number;
}

/* Of a figure of votes. */
static int decimals(const pv_recount *r)
{
    int n = 0;
    for (int64_t x = r->one; x > 1; x /= 10) {
        n++;
    }
    return n;
}

/* A figure of votes, "574.33162", exactly as its text is. */
static void votes_text(const pv_recount *r, int64_t votes, char text[64])
{
    char digits[24];
    snprintf(digits, sizeof digits, "%018lld", (long long)(votes % r->one));
    snprintf(text, 64, "%lld.%s", (long long)(votes / r->one), digits + 18 - decimals(r));
}

/* One more figure is compared: refuted when the transcript says something else than `text`. */
static void compare(pv_recount *r, int32_t stage, const char *what, const pv_json *v, bool number, const char *text)
{
    char where[24] = "";
    r->figures++;
    if (r->said == NULL || (v != NULL && (!number || v->type == '0') && strcmp(v->text, text) == 0)) {
        return;
    }
    if (stage != PV_NO_STAGE) {
        snprintf(where, sizeof where, "stage %d: ", stage + 1);
    }
    pv_refute(r->run, r->file, 0, "%s%s is %.100s, the transcript says %.100s", where, what, text, v == NULL || v->text[0] == '\0' ? "nothing" : v->text);
}

void pv_check_votes(pv_recount *r, int32_t stage, const char *what, const pv_json *v, int64_t votes)
{
    char text[64];
    votes_text(r, votes, text);
    compare(r, stage, what, v, true, text);
}

void pv_check_text(pv_recount *r, const char *what, const pv_json *v, const char *text)
{
    compare(r, PV_NO_STAGE, what, v, false, text);
}

void pv_check_whole(pv_recount *r, int32_t stage, const char *what, const pv_json *v, int64_t x)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)x);
    compare(r, stage, what, v, true, text);
}

void pv_check_bool(pv_recount *r, int32_t stage, const char *what, const pv_json *v, bool yes)
{
    pv_json word = {.text = v == NULL ? "nothing" : v->type == 't' ? "true" : v->type == 'f' ? "false" : "something else"};
    compare(r, stage, what, &word, false, yes ? "true" : "false");
}

void pv_check_list(pv_recount *r, int32_t stage, const char *path, const int32_t *who, int32_t n)
{
    for (int32_t i = 0; i < n; i++) {
        char what[120];
        snprintf(what, sizeof what, "%s[%d]", path, i);
        pv_check_whole(r, stage, what, pv_said_by(r, "%s[%d]", path, i), who[i] + 1);
    }
    if (pv_said_by(r, "%s[%d]", path, n) != NULL) {
        pv_refute(r->run, r->file, 0, "%s has more than the %d that it should have", path, n);
    }
}

void pv_check_tie(pv_recount *r, const char *path, const bool *tied, int32_t stage)
{
    char list[120];
    if (tied == NULL) {
        if (pv_said_by(r, "%s", path) != NULL) {
            pv_refute(r->run, r->file, 0, "there is no %s, the transcript tells of one", path);
        }
        return;
    }
    int32_t n = 0, *who = pv_alloc(r->run, (size_t)r->n, sizeof *who);
    for (int32_t c = 0; c < r->n; c++) {
        if (tied[c]) {
            who[n++] = c;
        }
    }
    snprintf(list, sizeof list, "%s.tied", path);
    pv_check_list(r, PV_NO_STAGE, list, who, n);
    if (stage > 0) {
        pv_check_whole(r, PV_NO_STAGE, "the stage that decides a tie", pv_said_by(r, "%s.decided_by_stage", path), stage);
    } else {
        pv_check_whole(r, PV_NO_STAGE, "the number of the lot that decides a tie", pv_said_by(r, "%s.decided_by_draw", path), r->draws);
    }
    pv_free(r->run, who);
}

void pv_check_tie_told(pv_recount *r)
{
    if (r->draws == 0) {
        pv_check_tie(r, "tie", NULL, 0);
    }
}

void pv_check_winners(pv_recount *r)
{
    pv_check_list(r, PV_NO_STAGE, "winners", r->winner, r->elected);
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
        pv_stop(r->run, PV_REFUTED, r->file, 0, 0, "stage %d needs a lot, but there is no seed", r->stages + 1);
    }
    r->draws++;
    for (int32_t c = 0; c < r->n; c++) {
        if (in[c] && (drawn == PV_NOBODY || smaller_key(r->seed, r->draws, r->name[c], r->name[drawn]))) {
            drawn = c;
        }
    }
    return drawn;
}

/* ---- What counts have in common ----------------------------------------------------------------------------------------------------------- */

void pv_recount_begin(pv_recount *r)
{
    size_t n = (size_t)r->n, rows = (size_t)r->papers.rows;
    r->state = pv_alloc(r->run, n, 1);
    r->votes = pv_alloc(r->run, n, sizeof *r->votes);
    r->winner = pv_alloc(r->run, n, sizeof *r->winner);
    r->history = pv_alloc(r->run, 2 * n + 4, sizeof *r->history);
    r->holder = pv_alloc(r->run, rows, sizeof *r->holder);
    r->value = pv_alloc(r->run, rows, sizeof *r->value);
    r->position = pv_alloc(r->run, rows, sizeof *r->position);
    for (int32_t c = 0; c < r->n; c++) {
        r->state[c] = r->out[c] ? PV_OUT : PV_STANDING;
    }
}

/* The transcript elects nobody else at the stage just done. */
static void end_stage(pv_recount *r)
{
    int32_t s = r->stages - 1;
    if (pv_said_by(r, "stages[%d].elected[%d]", s, r->listed) != NULL) {
        pv_refute(r->run, r->file, 0, "stage %d: the transcript elects more than the rule", s + 1);
    }
    pv_check_bool(r, s, "whether the last seats go to all who are left", pv_said_by(r, "stages[%d].last_seats", s), r->last_seats);
    r->listed = 0;
    r->last_seats = false;
}

int32_t pv_recount_stage(pv_recount *r)
{
    int64_t lost = r->total;
    if (r->stages > 0) {
        end_stage(r);
    }
    int32_t s = r->stages++;
    int64_t *kept = r->history[s] = pv_alloc(r->run, (size_t)r->n, sizeof *kept);
    pv_check_whole(r, s, "its number", pv_said_by(r, "stages[%d].stage", s), s + 1);
    for (int32_t c = 0; c < r->n; c++) {
        char what[140];
        snprintf(what, sizeof what, "what %.100s has", r->name[c]);
        pv_check_votes(r, s, what, pv_said_by(r, "stages[%d].votes[%d]", s, c), r->votes[c]);
        kept[c] = r->votes[c];
        lost -= r->votes[c];
    }
    pv_check_votes(r, s, "what is lost", pv_said_by(r, "stages[%d].lost", s), lost);
    pv_check_votes(r, s, "the quota", pv_said_by(r, "stages[%d].quota", s), r->quota);
    if (s == 0) {
        pv_check_whole(r, PV_NO_STAGE, "the number of decimals", pv_said_by(r, "decimals"), decimals(r));
        pv_check_votes(r, PV_NO_STAGE, "the first quota", pv_said_by(r, "quota"), r->quota);
        pv_check_votes(r, PV_NO_STAGE, "the total", pv_said_by(r, "total"), r->total);
        pv_check_whole(r, PV_NO_STAGE, "the number of valid papers", pv_said_by(r, "ballots.valid"), r->valid);
    }
    return s;
}

void pv_elect(pv_recount *r, int32_t c, bool last_seats)
{
    int32_t s = r->stages - 1;
    char what[100];
    snprintf(what, sizeof what, "number %d of those elected then", r->listed + 1);
    pv_check_whole(r, s, what, pv_said_by(r, "stages[%d].elected[%d]", s, r->listed++), c + 1);
    r->state[c] = PV_ELECTED;
    r->winner[r->elected++] = c;
    r->last_seats = last_seats;
}

/* Of those marked, only who has most (fewest) remain; how many, and one of them. */
static int32_t narrow(const pv_recount *r, bool *in, const int64_t *votes, bool most, int32_t *one)
{
    int64_t best = most ? INT64_MIN : INT64_MAX;
    int32_t left = 0;
    for (int32_t c = 0; c < r->n; c++) {
        best = in[c] && (most ? votes[c] > best : votes[c] < best) ? votes[c] : best;
    }
    for (int32_t c = 0; c < r->n; c++) {
        in[c] = in[c] && votes[c] == best;
        left += in[c];
        *one = in[c] ? c : *one;
    }
    return left;
}

int32_t pv_among_equals(pv_recount *r, bool *in, int32_t before, bool most, int32_t at)
{
    int32_t n = 0, one = PV_NOBODY, decided = 0;
    bool *tied = pv_alloc(r->run, (size_t)r->n, sizeof *tied);
    char path[40];
    for (int32_t c = 0; c < r->n; c++) {
        tied[c] = in[c];
        n += in[c];
        one = in[c] ? c : one;
    }
    bool tie = n > 1;
    for (int32_t s = before - 1; s >= 0 && n > 1; s--) {
        int32_t left = narrow(r, in, r->history[s], most, &one);
        decided = left < n ? s + 1 : decided;
        n = left;
    }
    if (n > 1) {
        one = pv_drawn(r, in);
        decided = 0;
        memcpy(tied, in, (size_t)r->n * sizeof *in);
    }
    snprintf(path, sizeof path, "stages[%d].tie", at);
    pv_check_tie(r, path, tie ? tied : NULL, decided);
    pv_free(r->run, tied);
    return one;
}

void pv_draw_seats(pv_recount *r, int32_t *equal, int32_t n, int32_t wanted)
{
    bool *in = pv_alloc(r->run, (size_t)r->n, sizeof *in);
    for (int32_t i = 0; i < n; i++) {
        in[equal[i]] = true;
    }
    for (int32_t i = 0; i < wanted && wanted < n; i++) {
        int32_t drawn = pv_drawn(r, in), at = i;
        if (i == 0) {
            pv_check_tie(r, "tie", in, 0);
        }
        in[drawn] = false;
        while (equal[at] != drawn) {
            at++;
        }
        memmove(equal + i + 1, equal + i, (size_t)(at - i) * sizeof *equal);
        equal[i] = drawn;
    }
    pv_free(r->run, in);
}

void pv_recount_end(pv_recount *r)
{
    end_stage(r);
    if (pv_said_by(r, "stages[%d].stage", r->stages) != NULL) {
        pv_refute(r->run, r->file, 0, "the transcript has more stages than the count (%d)", r->stages);
    }
    pv_check_winners(r);
    pv_check_whole(r, PV_NO_STAGE, "the number of draws", pv_said_by(r, "draws"), r->draws);
}
