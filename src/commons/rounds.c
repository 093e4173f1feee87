/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * rounds.c - from the record of a commons to what is shared, and to whom. */
#include "commons/rounds.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "council/acts.h"
#include "io/file.h"

#define TEXT_CEILING ((size_t)1 << 32)
#define WANTS_MAX ((size_t)1 << 24)
#define ALLOTMENTS_MAX ((size_t)1 << 36)
static const char HEAD[] = "person,good,amount,taste\n", FULL[] = "good,amount,taste\n", SHORT[] = "good,amount\n";
static const char *const TABLE[PL_ROUND_TABLES] = {"rules", "supply", "people", "urgency"};

/* ---- Out of the record ----------------------------------------------------------------------------------- */

/* A field of the event at that position; empty when it was hidden. */
static pl_status take_field(pl_step *s, int64_t position, const char *field, pl_owned *out)
{
    pl_act_mark mark;
    bool hidden = false;
    *out = (pl_owned){NULL, 0};
    pl_status status = pl_get(s, &PL_HIDDEN, pl_key_then(pl_key_none(), position), &mark, &hidden);
    return status == PL_OK && !hidden ? pl_look_field(s, (uint64_t)position, field, out) : status;
}

static pl_status take_wants(pl_step *s, const uint8_t id[PL_HASH], pl_round_texts *out)
{
    pl_row_key prefix = pl_key_id1(id);
    pl_cursor at = pl_rows(&PL_SHARE_WANTS, &prefix);
    pl_share_want want;
    bool there = false;
    pl_status status;
    while ((status = pl_next(s, &PL_SHARE_WANTS, &at, &want, &there)) == PL_OK && there) {
        if (want.position < 0) {
            continue;
        }
        if (!pl_grow(&out->want, &out->cap, out->n + 1, sizeof *out->want, WANTS_MAX)) {
            return pl_fail_nomem(s->err, "the wants of a round");
        }
        memcpy(out->want[out->n].member, at.key + PL_HASH, PL_HASH);
        status = take_field(s, want.position, "wants", &out->want[out->n].text);
        if (status != PL_OK) {
            return status;
        }
        out->n++;
    }
    return status;
}

pl_status pl_round_take(pl_step *s, const uint8_t id[PL_HASH], const pl_share_round *round, pl_round_texts *out)
{
    pl_status status = PL_OK;
    *out = (pl_round_texts){.n = 0};
    for (int k = 0; k < PL_ROUND_TABLES && status == PL_OK; k++) {
        status = take_field(s, round->position, TABLE[k], &out->table[k]);
    }
    status = status == PL_OK ? take_wants(s, id, out) : status;
    if (status != PL_OK) {
        pl_round_clear(out);
    }
    return status;
}

void pl_round_clear(pl_round_texts *t)
{
    for (int k = 0; k < PL_ROUND_TABLES; k++) {
        pl_owned_free(&t->table[k]);
    }
    for (size_t i = 0; i < t->n; i++) {
        pl_owned_free(&t->want[i].text);
    }
    pl_free(t->want);
    *t = (pl_round_texts){.n = 0};
}

/* ---- As a folder ------------------------------------------------------------------------------------------ */

/* The rows of a member's wants, the member before each. */
static void add_wants(pl_str *out, const struct pl_round_want *w)
{
    char hex[2 * PL_HASH + 1];
    const char *at = w->text.bytes != NULL ? w->text.bytes : "";
    bool full = strncmp(at, FULL, sizeof FULL - 1) == 0, brief = strncmp(at, SHORT, sizeof SHORT - 1) == 0;
    pl_hex_write(w->member, PL_HASH, hex);
    at += full ? sizeof FULL - 1 : brief ? sizeof SHORT - 1 : 0;
    while (*at != '\0') {
        size_t n = strcspn(at, "\n");
        if (n > 0) {
            pl_str_addf(out, "%s,%.*s%s\n", hex, (int)n, at, brief ? "," : "");
        }
        at += n + (at[n] == '\n');
    }
}

/* The folder with these wants. */
static pl_status write_folder(const pl_round_texts *t, const char *path, const pl_str *wants, pl_error *err)
{
    pl_folder folder;
    pl_status status = wants->failed ? pl_fail_nomem(err, "the wants of a round") : pl_folder_begin(&folder, path, "wants.csv", true, err);
    if (status != PL_OK) {
        return status;
    }
    for (int k = 0; k < PL_ROUND_TABLES && status == PL_OK; k++) {
        char name[32];
        snprintf(name, sizeof name, "%s.csv", TABLE[k]);
        status = t->table[k].n > 0 ? pl_folder_add(&folder, name, t->table[k].bytes, t->table[k].n, err) : PL_OK;
    }
    status = status == PL_OK ? pl_folder_add(&folder, "wants.csv", wants->text, wants->len, err) : status;
    if (status == PL_OK) {
        return pl_folder_commit(&folder, err);
    }
    pl_folder_abort(&folder);
    return status;
}

static bool can_be_read(const char *folder)
{
    pl_sharing *s = NULL;
    pl_error why;
    bool fine = pl_sharing_load(folder, PL_RULE_UNIFORM, &s, &why) == PL_OK;
    pl_sharing_free(s);
    return fine;
}

/* All wants; `alone`: those that cannot be read by themselves are left out. */
static pl_status collect(const pl_round_texts *t, const char *folder, bool alone, pl_str *all, pl_round_read *read, pl_error *err)
{
    pl_status status = PL_OK;
    *read = (pl_round_read){.members = 0};
    pl_str_add(all, HEAD);
    for (size_t i = 0; i < t->n && status == PL_OK; i++) {
        pl_str one;
        bool fine = t->want[i].text.n > 0;
        pl_str_init(&one, TEXT_CEILING);
        pl_str_add(&one, HEAD);
        add_wants(&one, &t->want[i]);
        if (fine && alone) {
            status = write_folder(t, folder, &one, err);
            fine = status == PL_OK && can_be_read(folder);
        }
        if (fine) {
            pl_str_add_n(all, one.text + sizeof HEAD - 1, one.len - (sizeof HEAD - 1));
        }
        read->members += fine;
        read->left_out += !fine;
        pl_str_clear(&one);
    }
    return status == PL_OK && all->failed ? pl_fail_nomem(err, "the wants of a round") : status;
}

pl_status pl_round_write(const pl_round_texts *t, const char *folder, pl_round_read *read, pl_error *err)
{
    pl_str all;
    pl_str_init(&all, TEXT_CEILING);
    pl_status status = collect(t, folder, false, &all, read, err);
    status = status == PL_OK ? write_folder(t, folder, &all, err) : status;
    if (status == PL_OK && read->members > 0 && !can_be_read(folder)) { /* somebody's wants: whose? */
        all.len = 0;
        status = collect(t, folder, true, &all, read, err);
        status = status == PL_OK ? write_folder(t, folder, &all, err) : status;
    }
    pl_str_clear(&all);
    return status;
}

/* ---- Who gets what ---------------------------------------------------------------------------------------- */

pl_status pl_round_hash(const char *outcome, uint8_t hash[PL_HASH], pl_error *err)
{
    char path[4400];
    pl_file file;
    if (!pl_path_join(path, sizeof path, outcome, "allotments.csv")) {
        return pl_fail(err, PL_IO, outcome, NULL, "the path is too long");
    }
    pl_status status = pl_file_read(path, ALLOTMENTS_MAX, &file, err);
    if (status == PL_OK) {
        pl_hash(file.bytes, file.n, hash);
        pl_file_clear(&file);
    }
    return status;
}

pl_status pl_round_share(const pl_round_texts *t, const uint8_t *seed, const char *work, pl_round_read *read, pl_sharing **sharing, pl_shared **shared, pl_error *err)
{
    char from[4400], to[4400], digits[2 * PL_HASH + 1];
    *sharing = NULL;
    *shared = NULL;
    snprintf(from, sizeof from, "%.4300s/case", work);
    snprintf(to, sizeof to, "%.4300s/shared", work);
    pl_status status = pl_round_write(t, from, read, err);
    if (status != PL_OK || read->members == 0) {
        return status;
    }
    status = pl_sharing_load(from, PL_RULE_UNIFORM, sharing, err);
    if (status == PL_OK && seed != NULL) {
        pl_hex_write(seed, PL_HASH, digits);
        status = pl_share(*sharing, &(pl_share_settings){.seed = digits, .threads = 1}, shared, err);
        status = status == PL_OK ? pl_shared_save(*sharing, *shared, from, to, true, err) : status;
    }
    if (status != PL_OK) {
        pl_shared_free(*shared);
        pl_sharing_free(*sharing);
        *shared = NULL;
        *sharing = NULL;
    }
    return status;
}
