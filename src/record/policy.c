/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * policy.c - C2SP tlog-policy: which logs and witnesses count, and how many of them are enough. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/mem.h"
#include "record/note.h"

#define WORDS_MAX 256
#define POLICY_MAX ((size_t)1 << 20)
#define ROWS_MAX 1024 /* logs; and witnesses with groups */

typedef struct member { /* a witness, or a group of members defined before it */
    bool group, used;   /* used: is in a group */
    pl_note_key key;
    int need, n;
    const int *part; /* n members */
} member;

struct pl_policy {
    pl_arena arena;
    pl_map names; /* of members */
    member *members;
    pl_note_key *logs;
    size_t n_members, cap_members, n_logs, cap_logs;
    int quorum; /* a member; -1 = none is needed; -2 = not said yet */
};

typedef struct reader {
    pl_policy *policy;
    const char *file;
    int line, n;
    const char *word[WORDS_MAX];
    size_t size[WORDS_MAX];
    pl_error *err;
} reader;

void pl_policy_free(pl_policy *policy)
{
    if (policy != NULL) {
        pl_map_clear(&policy->names);
        pl_arena_clear(&policy->arena);
        pl_free(policy->members);
        pl_free(policy->logs);
        pl_free(policy);
    }
}

static pl_status wrong(const reader *r, const char *hint, const char *what, int word)
{
    char place[300];
    snprintf(place, sizeof place, "%.250s:%d", r->file, r->line);
    return pl_fail(r->err, PL_PARSE, place, hint, word < 0 ? "%s" : "%s: '%.*s'", what, word < 0 ? 0 : (int)(r->size[word] < 80 ? r->size[word] : 80),
                   word < 0 ? "" : r->word[word]);
}

static bool is(const reader *r, int word, const char *text)
{
    return r->size[word] == strlen(text) && memcmp(r->word[word], text, r->size[word]) == 0;
}

static pl_status read_key(const reader *r, int word, uint8_t type, pl_note_key *key)
{
    pl_error why;
    if (pl_note_key_read(r->word[word], r->size[word], key, &why) != PL_OK) {
        return wrong(r, why.message, "no key", word);
    }
    return key->type == type ? PL_OK : wrong(r, "logs have keys of type 01, witnesses of type 04", "a key of another type", word);
}

static pl_status read_log(const reader *r)
{
    pl_policy *p = r->policy;
    pl_note_key key;
    if (r->n < 2 || r->n > 3) {
        return wrong(r, "log KEY [ADDRESS]", "not understood", 0);
    }
    pl_status status = read_key(r, 1, PL_NOTE_ED25519, &key);
    for (size_t i = 0; status == PL_OK && i < p->n_logs; i++) {
        if (memcmp(p->logs[i].public_key, key.public_key, 32) == 0) {
            status = wrong(r, NULL, "this log is there twice", -1);
        }
    }
    if (status == PL_OK && !pl_grow(&p->logs, &p->cap_logs, p->n_logs + 1, sizeof key, ROWS_MAX)) {
        return pl_fail_nomem(r->err, "reading a policy");
    }
    if (status == PL_OK) {
        p->logs[p->n_logs++] = key;
    }
    return status;
}

/* Adds a member called word 1. */
static pl_status add(const reader *r, const member *m)
{
    pl_policy *p = r->policy;
    int32_t old = -1;
    if (is(r, 1, "none")) {
        return wrong(r, "choose another name", "'none' has a meaning of its own", -1);
    }
    char *name = pl_arena_text(&p->arena, r->word[1], r->size[1]);
    if (name == NULL || !pl_grow(&p->members, &p->cap_members, p->n_members + 1, sizeof *m, ROWS_MAX) ||
        pl_map_put(&p->names, name, r->size[1], (int32_t)p->n_members, &old) != PL_OK) {
        return pl_fail_nomem(r->err, "reading a policy");
    }
    if (old >= 0) {
        return wrong(r, "every name is given once", "this name is there already", 1);
    }
    p->members[p->n_members++] = *m;
    return PL_OK;
}

static pl_status read_witness(const reader *r)
{
    member m = {.group = false};
    if (r->n < 3 || r->n > 4) {
        return wrong(r, "witness NAME KEY [ADDRESS]", "not understood", 0);
    }
    pl_status status = read_key(r, 2, PL_NOTE_COSIGNATURE, &m.key);
    for (size_t i = 0; status == PL_OK && i < r->policy->n_members; i++) {
        const member *other = &r->policy->members[i];
        if (!other->group && memcmp(other->key.public_key, m.key.public_key, 32) == 0) {
            status = wrong(r, "one key is one witness", "this witness is there twice", -1);
        }
    }
    return status == PL_OK ? add(r, &m) : status;
}

static pl_status read_group(const reader *r)
{
    uint64_t need = 0;
    if (r->n < 4) {
        return wrong(r, "group NAME all|any|NUMBER MEMBER...", "not understood", 0);
    }
    int n = r->n - 3;
    if (is(r, 2, "all") || is(r, 2, "any")) {
        need = is(r, 2, "all") ? (uint64_t)n : 1;
    } else if (!pl_decimal_get(r->word[2], r->size[2], &need) || need < 1 || need > (uint64_t)n) {
        return wrong(r, "all, any, or a number from 1 to the number of members", "so many of them are no group", 2);
    }
    int *part = PL_ARENA_NEW(&r->policy->arena, int, n);
    if (part == NULL) {
        return pl_fail_nomem(r->err, "reading a policy");
    }
    for (int i = 0; i < n; i++) {
        part[i] = pl_map_get(&r->policy->names, r->word[3 + i], r->size[3 + i]);
        if (part[i] < 0) {
            return wrong(r, "witnesses and groups are defined above the lines that name them", "nothing has this name", 3 + i);
        }
        if (r->policy->members[part[i]].used) {
            return wrong(r, "each counts in one group only", "this one is in a group already", 3 + i);
        }
        r->policy->members[part[i]].used = true;
    }
    member m = {.group = true, .need = (int)need, .n = n, .part = part};
    return add(r, &m);
}

static pl_status read_quorum(const reader *r)
{
    pl_policy *p = r->policy;
    if (r->n != 2) {
        return wrong(r, "quorum NAME, or quorum none", "not understood", 0);
    }
    if (p->quorum != -2) {
        return wrong(r, NULL, "there are two quorums", -1);
    }
    p->quorum = is(r, 1, "none") ? -1 : pl_map_get(&p->names, r->word[1], r->size[1]);
    return p->quorum >= 0 || is(r, 1, "none")
               ? PL_OK
               : wrong(r, "witnesses and groups are defined above the lines that name them", "nothing has this name", 1);
}

/* Splits a line at blanks. */
static pl_status split(reader *r, const char *line, size_t n)
{
    r->n = 0;
    for (size_t i = 0; i < n;) {
        if (line[i] == ' ' || line[i] == '\t') {
            i++;
            continue;
        }
        if (r->n == WORDS_MAX) {
            return wrong(r, "make groups of groups", "too many words in one line", -1);
        }
        size_t k = i;
        while (k < n && line[k] != ' ' && line[k] != '\t') {
            if ((unsigned char)line[k] < ' ' || line[k] == 0x7F) {
                return wrong(r, NULL, "there is a control character in it", -1);
            }
            k++;
        }
        r->word[r->n] = line + i;
        r->size[r->n++] = k - i;
        i = k;
    }
    return PL_OK;
}

static pl_status read_line(reader *r, const char *line, size_t n)
{
    static const struct {
        const char *word;
        pl_status (*read)(const reader *r);
    } lines[] = {{"log", read_log}, {"witness", read_witness}, {"group", read_group}, {"quorum", read_quorum}};
    pl_status status = split(r, line, n);
    if (status != PL_OK || r->n == 0 || r->word[0][0] == '#') {
        return status;
    }
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        if (is(r, 0, lines[i].word)) {
            return lines[i].read(r);
        }
    }
    return wrong(r, "lines begin with log, witness, group, quorum, or #", "not understood", 0);
}

pl_status pl_policy_read(const char *text, size_t n, const char *file, pl_policy **out, pl_error *err)
{
    pl_policy *p = PL_NEW0(pl_policy, 1);
    if (p == NULL) {
        return pl_fail_nomem(err, "reading a policy");
    }
    pl_arena_init(&p->arena, 4 * POLICY_MAX);
    pl_map_init(&p->names);
    p->quorum = -2;
    reader r = {.policy = p, .file = file, .err = err};
    pl_status status = n > POLICY_MAX ? pl_fail(err, PL_TOOBIG, file, NULL, "a policy of more than 1 MiB") : PL_OK;
    const char *at = text, *end = text + n, *line;
    size_t k;
    while (status == PL_OK && at < end) {
        r.line++;
        if (!pl_line_get(&at, end, &line, &k)) {
            status = wrong(&r, NULL, "the last line has no end", -1);
        } else {
            status = read_line(&r, line, k);
        }
    }
    if (status == PL_OK && p->quorum == -2) {
        status = pl_fail(err, PL_PARSE, file, "quorum NAME, or quorum none", "there is no quorum");
    }
    if (status != PL_OK) {
        pl_policy_free(p);
        return status;
    }
    *out = p;
    return PL_OK;
}

pl_status pl_policy_judge(const pl_policy *p, const char *note, size_t n, pl_verdict *out, pl_error *err)
{
    pl_checkpoint c;
    pl_verdict v = {.log = p->n_logs == 0};
    pl_status status = pl_checkpoint_read(note, n, &c, err);
    if (status != PL_OK) {
        return status;
    }
    bool *witnessed = PL_NEW0(bool, p->n_members);
    if (witnessed == NULL) {
        return pl_fail_nomem(err, "judging a checkpoint");
    }
    for (size_t i = 0; i < p->n_logs; i++) {
        pl_signed s = strcmp(p->logs[i].name, c.origin) == 0 ? pl_note_signed_by(note, n, &p->logs[i], NULL) : PL_SIGNED_NOT;
        v.log = v.log || s == PL_SIGNED;
        v.wrong = v.wrong || s == PL_SIGNED_WRONGLY;
    }
    for (size_t i = 0; i < p->n_members; i++) { /* groups come after their members */
        const member *m = &p->members[i];
        if (m->group) {
            int have = 0;
            for (int k = 0; k < m->n; k++) {
                have += witnessed[m->part[k]];
            }
            witnessed[i] = have >= m->need;
        } else {
            pl_signed s = pl_note_signed_by(note, n, &m->key, NULL);
            witnessed[i] = s == PL_SIGNED;
            v.wrong = v.wrong || s == PL_SIGNED_WRONGLY;
            v.witnesses += s == PL_SIGNED;
            v.of++;
        }
    }
    v.quorum = p->quorum < 0 || witnessed[p->quorum];
    pl_free(witnessed);
    *out = v;
    return PL_OK;
}

/* The witness of the policy that rightly signs the text by this line, or NULL. */
static const member *witness_of(const pl_policy *p, const char *text, size_t text_n, const pl_note_line_parts *line)
{
    const member *found = NULL;
    pl_str s;
    pl_str_init(&s, 2 * POLICY_MAX);
    pl_str_add_n(&s, text, text_n);
    pl_str_add(&s, "\n");
    pl_str_add_n(&s, line->line, line->line_n);
    for (size_t i = 0; i < p->n_members && found == NULL && !s.failed; i++) {
        const member *m = &p->members[i];
        found = !m->group && pl_note_signed_by(s.text, s.len, &m->key, NULL) == PL_SIGNED ? m : NULL;
    }
    pl_str_clear(&s);
    return found;
}

pl_status pl_policy_merge(const pl_policy *policy, const char *note, size_t n, const char *lines, size_t n_lines, pl_owned *out,
                          int *added, pl_error *err)
{
    size_t text_n;
    pl_status status = pl_note_read(note, n, &text_n, err);
    if (status != PL_OK) {
        return status;
    }
    pl_str s;
    pl_str_init(&s, 2 * POLICY_MAX);
    pl_str_add_n(&s, note, n);
    const char *at = lines, *end = lines + n_lines;
    pl_note_line_parts line;
    *added = 0;
    while (at < end && !s.failed) {
        const char *before = at;
        if (!pl_note_line(&at, end, &line)) { /* the text of a note, when a whole one was given */
            const char *other;
            size_t k;
            at = before;
            if (!pl_line_get(&at, end, &other, &k)) {
                break;
            }
            continue;
        }
        const member *m = witness_of(policy, note, text_n, &line);
        if (m != NULL && pl_note_signed_by(s.text, s.len, &m->key, NULL) == PL_SIGNED_NOT) {
            pl_str_add_n(&s, line.line, line.line_n);
            ++*added;
        }
    }
    return pl_owned_from(&s, "adding cosignatures", out, err);
}
