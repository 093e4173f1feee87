/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "ballot/ballots.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"

#define FILE_CEILING ((size_t)1 << 33)
#define CHOICES_MAX ((size_t)1 << 33)

/* ---- Making ---------------------------------------------------------------------------------------------------- */

pl_status pl_ballots_new(pl_ballot_kind kind, pl_ballots **out, pl_error *err)
{
    pl_ballots *b = PL_NEW0(pl_ballots, 1);
    pl_ballot_store *store = PL_NEW0(pl_ballot_store, 1);
    int64_t *start = PL_NEW(int64_t, 16);
    if (b == NULL || store == NULL || start == NULL) {
        pl_free(b);
        pl_free(store);
        pl_free(start);
        return pl_fail_nomem(err, "the ballots");
    }
    pl_arena_init(&store->texts, 0);
    pl_map_init(&store->ids);
    store->cap_start = 16;
    start[0] = 0;
    *b = (pl_ballots){.title = "", .file = "", .format = "", .kind = kind, .budget = -1, .start = start, .store = store};
    *out = b;
    return PL_OK;
}

void pl_ballots_free(pl_ballots *b)
{
    if (b == NULL) {
        return;
    }
    pl_arena_clear(&b->store->texts);
    pl_map_clear(&b->store->ids);
    pl_free(b->store->seen);
    pl_free(b->store);
    pl_free(b->candidate);
    pl_free(b->count);
    pl_free(b->start);
    pl_free(b->choice);
    pl_free(b->score);
    pl_free(b);
}

const char *pl_ballots_text(pl_ballots *b, const char *text, size_t n)
{
    return n == 0 ? "" : pl_arena_text(&b->store->texts, text, n);
}

pl_status pl_ballots_candidate(pl_ballots *b, const char *id, const char *name, const char *group, int64_t cost,
                               pl_error *err)
{
    char number[32];
    pl_ballot_store *store = b->store;
    int32_t old = -1;
    if (id == NULL) {
        snprintf(number, sizeof number, "%d", b->n_candidates + 1);
        id = number;
    }
    if (b->n_candidates == PL_CANDIDATES_MAX) {
        return pl_fail(err, PL_TOOBIG, NULL, NULL, "more than %d candidates", PL_CANDIDATES_MAX);
    }
    if (cost < -1 || cost > PL_MONEY_MAX) {
        return pl_fail(err, PL_DATA, NULL, NULL, "the cost of '%.60s' is out of range", id);
    }
    size_t need = (size_t)b->n_candidates + 1;
    if (!pl_grow(&b->candidate, &store->cap_candidates, need, sizeof *b->candidate, PL_CANDIDATES_MAX) ||
        !pl_grow(&store->seen, &store->cap_seen, need, sizeof *store->seen, PL_CANDIDATES_MAX)) {
        return pl_fail_nomem(err, "the candidates");
    }
    pl_candidate c = {.id = pl_ballots_text(b, id, strlen(id)),
                      .name = name != NULL ? pl_ballots_text(b, name, strlen(name)) : "",
                      .group = group != NULL ? pl_ballots_text(b, group, strlen(group)) : "",
                      .cost = cost};
    if (c.id == NULL || c.name == NULL || c.group == NULL ||
        pl_map_put(&store->ids, c.id, strlen(c.id), b->n_candidates, &old) != PL_OK) {
        return pl_fail_nomem(err, "the candidates");
    }
    if (old >= 0) {
        return pl_fail(err, PL_DATA, NULL, "give each one an identifier of its own", "'%.60s' is there twice", id);
    }
    store->seen[b->n_candidates] = 0;
    b->candidate[b->n_candidates++] = c;
    return PL_OK;
}

bool pl_ballots_room(pl_ballots *b, size_t more)
{
    pl_ballot_store *s = b->store;
    return pl_grow(&b->choice, &s->cap_choices, s->n_choices + more, sizeof *b->choice, CHOICES_MAX) &&
           (b->kind != PL_SCORED ||
            pl_grow(&b->score, &s->cap_scores, s->n_choices + more, sizeof *b->score, CHOICES_MAX));
}

pl_status pl_ballots_end_row(pl_ballots *b, int64_t count, int32_t n, pl_error *err)
{
    pl_ballot_store *s = b->store;
    s->row++; /* whatever comes now: the marks made for this row are used up */
    if (count < 1 || count > PL_PAPERS_MAX - b->papers - b->blank) {
        return pl_fail(err, count < 1 ? PL_DATA : PL_TOOBIG, NULL, NULL,
                       count < 1 ? "there must be at least one paper" : "more than %d papers", PL_PAPERS_MAX);
    }
    if (n == 0) {
        b->blank += count;
        return PL_OK;
    }
    size_t need = (size_t)b->n_rows + 2;
    if (!pl_grow(&b->count, &s->cap_rows, need, sizeof *b->count, CHOICES_MAX) ||
        !pl_grow(&b->start, &s->cap_start, need, sizeof *b->start, CHOICES_MAX)) {
        return pl_fail_nomem(err, "the ballots");
    }
    s->n_choices += (size_t)n;
    b->count[b->n_rows++] = count;
    b->start[b->n_rows] = (int64_t)s->n_choices;
    b->papers += count;
    return PL_OK;
}

pl_status pl_ballots_add(pl_ballots *b, int64_t count, const uint16_t *choice, const int64_t *score, int32_t n,
                         pl_error *err)
{
    pl_ballot_store *s = b->store;
    if (n < 0 || n > b->n_candidates || (n > 0 && (choice[0] & PL_EQUAL_RANK) != 0) ||
        (n > 0 && (b->kind == PL_SCORED) != (score != NULL))) {
        return pl_fail(err, PL_DATA, NULL, NULL, "this is no ballot paper of these candidates");
    }
    if (!pl_ballots_room(b, (size_t)n)) {
        return pl_fail_nomem(err, "the ballots");
    }
    for (int32_t i = 0; i < n; i++) {
        uint16_t c = choice[i] & (uint16_t)~PL_EQUAL_RANK;
        if (c >= b->n_candidates || s->seen[c] == s->row + 1) {
            s->row++; /* so that the marks made here mean nothing */
            return pl_fail(err, PL_DATA, NULL, NULL, "a candidate is unknown, or twice on one paper");
        }
        if (score != NULL && (score[i] < 1 || score[i] > PL_SCORE_MAX)) {
            s->row++;
            return pl_fail(err, PL_DATA, NULL, NULL, "points must be 1 to %d", PL_SCORE_MAX);
        }
        s->seen[c] = s->row + 1;
        b->choice[s->n_choices + (size_t)i] = choice[i];
        if (choice[i] != c && b->equal_line == 0) {
            b->equal_line = b->n_rows + 1;
            b->equal_column = i + 1;
        }
        if (score != NULL) {
            b->score[s->n_choices + (size_t)i] = score[i];
        }
    }
    return pl_ballots_end_row(b, count, n, err);
}

/* ---- Finding ------------------------------------------------------------------------------------------------------ */

const char *pl_candidate_name(const pl_ballots *b, int32_t candidate)
{
    const pl_candidate *c = &b->candidate[candidate];
    return c->name[0] != '\0' ? c->name : c->id;
}

int32_t pl_ballots_find(const pl_ballots *b, const char *what)
{
    int32_t found = pl_map_get(&b->store->ids, what, strlen(what)), n = 0;
    if (found >= 0) {
        return found;
    }
    for (int32_t c = 0; c < b->n_candidates; c++) {
        if (strcmp(b->candidate[c].name, what) == 0) {
            found = c;
            n++;
        }
    }
    return n == 1 ? found : -1;
}

/* ---- Reading ------------------------------------------------------------------------------------------------------ */

void pl_place(const char *name, const char *line_start, const char *at, int64_t line, char *out, size_t size)
{
    int64_t column = 1;
    for (const char *p = line_start; p < at; p++) {
        column += ((unsigned char)*p & 0xC0) != 0x80;
    }
    snprintf(out, size, "%.120s:%lld:%lld", name, (long long)line, (long long)column);
}

pl_status pl_read_ballots(const char *name, const char *path, pl_file *file, pl_ballots **out, pl_error *err)
{
    const char *p = file->bytes, *end = file->bytes + file->n;
    if (file->n >= 2 && (memcmp(p, "\xff\xfe", 2) == 0 || memcmp(p, "\xfe\xff", 2) == 0)) {
        return pl_fail(err, PL_PARSE, name, "save it as UTF-8", "this text is UTF-16, not UTF-8");
    }
    if (file->n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) {
        p += 3;
    }
    while (p < end && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n')) {
        p++;
    }
    size_t n = (size_t)(end - p);
    if (n == 0) {
        return pl_fail(err, PL_PARSE, name, "a BLT file begins with the numbers of candidates and seats",
                       "this file is empty");
    }
    if (n >= 4 && memcmp(p, "META", 4) == 0) {
        return pl_read_pb(name, file, out, err);
    }
    if ((*p >= '0' && *p <= '9') || *p == '#' || *p == '/') {
        return pl_read_blt(name, file, out, err);
    }
    if ((n >= 5 && memcmp(p, "count", 5) == 0) || (n >= 11 && memcmp(p, "preferences", 11) == 0)) {
        return pl_read_ballot_csv(name, path, file, out, err);
    }
    return pl_fail(err, PL_PARSE, name,
                   "BLT begins with two numbers, Pabulib (.pb) with META, a table of ballots with count,preferences",
                   "this is no file of ballots");
}

pl_status pl_ballots_load(const char *path, pl_ballots **out, pl_error *err)
{
    pl_file file = {0};
    const char *slash = strrchr(path, '/');
    char hex[65] = "";
    unsigned char digest[crypto_hash_sha256_BYTES];
    *out = NULL;
    pl_status status = pl_file_read(path, FILE_CEILING, &file, err);
    if (status != PL_OK) {
        return status;
    }
    crypto_hash_sha256(digest, (const unsigned char *)file.bytes, file.n);
    sodium_bin2hex(hex, sizeof hex, digest, sizeof digest);
    const char *name = slash != NULL ? slash + 1 : path;
    status = pl_read_ballots(name, path, &file, out, err);
    if (status == PL_OK) {
        memcpy((*out)->sha256, hex, sizeof hex);
        (*out)->file = pl_ballots_text(*out, name, strlen(name));
        if ((*out)->file == NULL) {
            pl_ballots_free(*out);
            *out = NULL;
            status = pl_fail_nomem(err, path);
        }
    }
    pl_file_clear(&file);
    return status;
}
