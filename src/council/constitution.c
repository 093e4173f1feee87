/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * constitution.c - the parameters by which a commons lives: read, written, put in force. */
#include <stdio.h>
#include <string.h>

#include "base/map.h"
#include "base/number.h"
#include "council/elections.h"
#include "council/lot.h"
#include "io/utf8.h"
#include "record/bytes.h"

#define TEXT_MAX 40000

static const pl_param_about ABOUT[PL_PARAMS] = {
#define PL_PARAM(name, key, value, least, most, unit, says) [name] = {key, unit, says, value, least, most},
#include <plenty/constitution.def>
#undef PL_PARAM
};

const pl_param_about *pl_param_what(pl_param_name name)
{
    return &ABOUT[name];
}

/* ---- The text ------------------------------------------------------------------------------------- */

typedef struct reader {
    pl_constitution *out;
    const char *file;
    int line;
    bool said[PL_PARAMS + PL_TIERS];
    pl_error *err;
} reader;

typedef struct part { /* of a line */
    const char *at;
    size_t n;
    int column;
} part;

static part trimmed(const char *line, size_t from, size_t to)
{
    while (from < to && line[from] == ' ') {
        from++;
    }
    while (to > from && line[to - 1] == ' ') {
        to--;
    }
    return (part){line + from, to - from, (int)from + 1};
}

static pl_status wrong(const reader *r, const part *p, pl_status status, const char *hint, const char *what)
{
    char place[300];
    snprintf(place, sizeof place, "%.250s:%d:%d", r->file, r->line, p->column);
    return pl_fail(r->err, status, place, hint, "'%.*s' %s", (int)(p->n < 80 ? p->n : 80), p->at, what);
}

static pl_status unknown(const reader *r, const part *key)
{
    const char *known[PL_PARAMS], *like;
    char word[81], hint[160] = "'plenty constitution new' writes all there are; tiers are tier.1 to tier.9";
    for (int i = 0; i < PL_PARAMS; i++) {
        known[i] = ABOUT[i].key;
    }
    snprintf(word, sizeof word, "%.*s", (int)(key->n < 80 ? key->n : 80), key->at);
    if ((like = pl_did_you_mean(word, known, PL_PARAMS)) != NULL) {
        snprintf(hint, sizeof hint, "did you mean '%s'?", like);
    }
    return wrong(r, key, PL_PARSE, hint, "is no parameter of a constitution");
}

static pl_status read_tier(reader *r, const part *key, const part *value)
{
    int tier = key->n == 6 ? key->at[5] - '1' : -1;
    if (tier < 0 || tier >= PL_TIERS) {
        return unknown(r, key);
    }
    if (value->n < 1 || value->n > 100 || !pl_utf8_valid(value->at, value->n)) {
        return wrong(r, value, PL_DATA, "1 to 100 bytes of UTF-8", "cannot be the name of a tier");
    }
    if (r->said[PL_PARAMS + tier]) {
        return wrong(r, key, PL_PARSE, "leave one of them out", "is said twice");
    }
    if (tier > 0 && r->out->tier[tier - 1][0] == '\0') {
        return wrong(r, key, PL_DATA, "tiers are numbered 1, 2, 3 ... in this order", "comes without the tier before it");
    }
    r->said[PL_PARAMS + tier] = true;
    memcpy(r->out->tier[tier], value->at, value->n);
    return PL_OK;
}

static pl_status read_param(reader *r, const part *key, const part *value)
{
    int p = 0;
    char hint[160];
    while (p < PL_PARAMS && (strlen(ABOUT[p].key) != key->n || memcmp(ABOUT[p].key, key->at, key->n) != 0)) {
        p++;
    }
    if (p == PL_PARAMS) {
        return unknown(r, key);
    }
    if (r->said[p]) {
        return wrong(r, key, PL_PARSE, "leave one of them out", "is said twice");
    }
    r->said[p] = true;
    snprintf(hint, sizeof hint, "%s is a whole number from %lld to %lld (%s)", ABOUT[p].key, (long long)ABOUT[p].least, (long long)ABOUT[p].most, ABOUT[p].unit);
    if (!pl_integer_parse(value->at, value->n, &r->out->value[p])) {
        return wrong(r, value, PL_PARSE, hint, "is no whole number");
    }
    if (r->out->value[p] < ABOUT[p].least || r->out->value[p] > ABOUT[p].most) {
        return wrong(r, value, PL_DATA, hint, "is out of the bounds that hold for every commons");
    }
    return PL_OK;
}

static pl_status read_line(reader *r, const char *line, size_t n)
{
    const char *comment = memchr(line, '#', n), *equals;
    size_t end = comment != NULL ? (size_t)(comment - line) : n;
    part all = trimmed(line, 0, end);
    for (size_t i = 0; i < n; i++) {
        if ((unsigned char)line[i] < ' ' || line[i] == 0x7F) {
            part at = {"", 0, (int)i + 1};
            return wrong(r, &at, PL_PARSE, "only text and line feeds", "(a control character) cannot be here");
        }
    }
    if (all.n == 0) {
        return PL_OK;
    }
    if ((equals = memchr(line, '=', end)) == NULL) {
        return wrong(r, &all, PL_PARSE, "a line is 'key = value', or a comment behind #", "has no =");
    }
    part key = trimmed(line, 0, (size_t)(equals - line)), value = trimmed(line, (size_t)(equals - line) + 1, end);
    return key.n > 5 && memcmp(key.at, "tier.", 5) == 0 ? read_tier(r, &key, &value) : read_param(r, &key, &value);
}

pl_status pl_constitution_read(const char *text, size_t n, const char *file, pl_constitution *out, pl_error *err)
{
    reader r = {.out = out, .file = file, .err = err};
    memset(out, 0, sizeof *out);
    for (int i = 0; i < PL_PARAMS; i++) {
        out->value[i] = ABOUT[i].value;
    }
    if (n > TEXT_MAX) {
        return pl_fail(err, PL_TOOBIG, file, NULL, "a constitution has %d bytes at most", TEXT_MAX);
    }
    for (size_t at = 0; at < n;) {
        const char *feed = memchr(text + at, '\n', n - at);
        size_t size = feed != NULL ? (size_t)(feed - text) - at : n - at;
        r.line++;
        pl_status status = read_line(&r, text + at, size);
        if (status != PL_OK) {
            return status;
        }
        at += size + 1;
    }
    if (out->value[PL_GRANT_NEEDED] > out->value[PL_GRANT_APPROVERS]) {
        return pl_fail(err, PL_DATA, file, NULL, "grant.needed is %lld, more than the %lld of grant.approvers", (long long)out->value[PL_GRANT_NEEDED],
                       (long long)out->value[PL_GRANT_APPROVERS]);
    }
    if (out->value[PL_SECRECY_NEEDED] > out->value[PL_SECRECY_TRUSTEES]) {
        return pl_fail(err, PL_DATA, file, NULL, "secret.needed is %lld, more than the %lld of secret.trustees", (long long)out->value[PL_SECRECY_NEEDED],
                       (long long)out->value[PL_SECRECY_TRUSTEES]);
    }
    return PL_OK;
}

pl_status pl_constitution_write(const pl_constitution *c, pl_owned *out, pl_error *err)
{
    pl_str s;
    size_t section = 0;
    pl_str_init(&s, TEXT_MAX);
    for (int i = 0; i < PL_PARAMS; i++) {
        size_t n = strcspn(ABOUT[i].key, ".");
        if (i == 0 || n != section || memcmp(ABOUT[i].key, ABOUT[i - 1].key, n) != 0) {
            pl_str_add(&s, i == 0 ? "" : "\n");
            section = n;
        }
        pl_str_addf(&s, "%s = %lld  # %s: %s (%lld to %lld)\n", ABOUT[i].key, (long long)c->value[i], ABOUT[i].unit, ABOUT[i].says,
                    (long long)ABOUT[i].least, (long long)ABOUT[i].most);
    }
    for (int i = 0; i < PL_TIERS && c->tier[i][0] != '\0'; i++) {
        pl_str_addf(&s, "%stier.%d = %s\n", i == 0 ? "\n# Needs, the most urgent ones first.\n" : "", i + 1, c->tier[i]);
    }
    return pl_owned_from(&s, "writing a constitution", out, err);
}

/* ---- In force ------------------------------------------------------------------------------------- */

typedef struct param_row {
    int64_t value;
} param_row;
static const pl_table PARAMS = {"constitution", sizeof(param_row), 1, {PL_INT(param_row, value)}};

typedef struct tier_row {
    char name[101];
} tier_row;
static const pl_table TIERS = {"tiers", sizeof(tier_row), 1, {PL_TEXT(tier_row, name)}};

/* Versions of the constitution, by number: 1, 2, ...; version 0 says which is in force. */
typedef struct version_row {
    uint8_t text[PL_HASH];
    int64_t since, number;
} version_row;
static const pl_table VERSIONS = {
    "constitution.versions", sizeof(version_row), 3, {PL_ID(version_row, text), PL_INT(version_row, since), PL_INT(version_row, number)}};

/* Which founders have adopted a text, before one is in force: (text, founder). */
static const pl_table ADOPTERS = {"constitution.adopters", sizeof(param_row), 1, {PL_INT(param_row, value)}};

pl_status pl_param(pl_step *s, pl_param_name name, int64_t *value)
{
    param_row row;
    bool there;
    pl_status status = pl_get(s, &PARAMS, pl_key_text(ABOUT[name].key), &row, &there);
    *value = there ? row.value : ABOUT[name].value;
    return status;
}

pl_status pl_in_force(pl_step *s, bool *yes)
{
    version_row row;
    return pl_get(s, &VERSIONS, pl_key_then(pl_key_none(), 0), &row, yes);
}

pl_status pl_constitution_enact(pl_step *s, const pl_constitution *c, const uint8_t text[PL_HASH])
{
    version_row last;
    bool there;
    pl_status status = pl_get(s, &VERSIONS, pl_key_then(pl_key_none(), 0), &last, &there);
    last.number++;
    last.since = s->time;
    memcpy(last.text, text, PL_HASH);
    status = status == PL_OK ? pl_put(s, &VERSIONS, pl_key_then(pl_key_none(), 0), &last) : status;
    status = status == PL_OK ? pl_put(s, &VERSIONS, pl_key_then(pl_key_none(), last.number), &last) : status;
    for (int i = 0; status == PL_OK && i < PL_PARAMS; i++) {
        status = pl_put(s, &PARAMS, pl_key_text(ABOUT[i].key), &(param_row){c->value[i]});
    }
    for (int i = 0; status == PL_OK && i < PL_TIERS; i++) {
        tier_row tier;
        memcpy(tier.name, c->tier[i], sizeof tier.name);
        status = pl_put(s, &TIERS, pl_key_then(pl_key_none(), i + 1), &tier);
    }
    status = status == PL_OK ? pl_lot_key_start(s) : status;
    return status == PL_OK && last.number == 1 ? pl_elections_of(s, NULL) : status;
}

/* Texts that motions propose, by motion. */
typedef struct text_row {
    char text[TEXT_MAX + 1];
} text_row;
static const pl_table PROPOSED = {"constitution.proposed", sizeof(text_row), 1, {PL_TEXT(text_row, text)}};

pl_status pl_constitution_keep(pl_step *s, const uint8_t motion[PL_HASH], const pl_value *text)
{
    text_row row;
    memcpy(row.text, text->at, text->n);
    row.text[text->n] = '\0';
    return pl_put(s, &PROPOSED, pl_key_id1(motion), &row);
}

pl_status pl_constitution_kept(pl_step *s, const uint8_t motion[PL_HASH], pl_constitution *out)
{
    text_row row;
    bool there;
    pl_status status = pl_get(s, &PROPOSED, pl_key_id1(motion), &row, &there);
    return status == PL_OK ? pl_constitution_read(row.text, strlen(row.text), "constitution", out, s->err) : status;
}

pl_status pl_constitution_now(pl_step *s, pl_constitution_state *out)
{
    version_row last;
    tier_row tier;
    bool there;
    pl_status status = pl_get(s, &VERSIONS, pl_key_then(pl_key_none(), 0), &last, &there);
    *out = (pl_constitution_state){.number = last.number, .since = last.since};
    memcpy(out->text, last.text, PL_HASH);
    for (int i = 0; status == PL_OK && i < PL_PARAMS; i++) {
        status = pl_param(s, (pl_param_name)i, &out->constitution.value[i]);
    }
    for (int i = 0; status == PL_OK && i < PL_TIERS; i++) {
        status = pl_get(s, &TIERS, pl_key_then(pl_key_none(), i + 1), &tier, &there);
        memcpy(out->constitution.tier[i], tier.name, sizeof tier.name);
    }
    return status;
}

static pl_status count_founders(pl_step *s, int64_t *n)
{
    pl_row_key all = pl_key_none();
    pl_cursor at = pl_rows(&PL_MEMBERS, &all);
    pl_member m;
    bool there;
    pl_status status;
    for (*n = 0; (status = pl_next(s, &PL_MEMBERS, &at, &m, &there)) == PL_OK && there;) {
        *n += m.founder != 0;
    }
    return status;
}

pl_status pl_constitution_adopters(pl_step *s, const uint8_t text[PL_HASH], int64_t *n, int64_t *founders)
{
    pl_row_key prefix = pl_key_id1(text);
    pl_cursor at = pl_rows(&ADOPTERS, &prefix);
    param_row row;
    bool there;
    pl_status status;
    for (*n = 0; (status = pl_next(s, &ADOPTERS, &at, &row, &there)) == PL_OK && there;) {
        ++*n;
    }
    return status == PL_OK ? count_founders(s, founders) : status;
}

static pl_status apply_adopted(pl_step *s)
{
    const pl_value *text = &s->value[0];
    pl_constitution c;
    pl_error why = {0};
    pl_member author;
    uint8_t hash[PL_HASH];
    int64_t adopters, founders;
    bool in_force, there;
    pl_status status = pl_in_force(s, &in_force);
    status = status == PL_OK ? pl_get(s, &PL_MEMBERS, pl_key_id1(s->author), &author, &there) : status;
    if (status != PL_OK) {
        return status;
    }
    if (in_force || !there || !author.founder) {
        return pl_broken(s, PL_RULE_FOUNDERS, in_force ? "a constitution is in force; a motion changes it" : "the signer is no founder");
    }
    status = pl_constitution_read((const char *)text->at, text->n, "constitution", &c, &why);
    if (status == PL_NOMEM) {
        return pl_fail_nomem(s->err, "reading a constitution");
    } else if (status != PL_OK) {
        return pl_broken(s, PL_RULE_CONSTITUTION, "%.60s: %.130s", why.subject, why.message);
    }
    pl_hash(text->at, text->n, hash);
    status = pl_put(s, &ADOPTERS, pl_key_id2(hash, s->author), &(param_row){s->time});
    status = status == PL_OK ? pl_constitution_adopters(s, hash, &adopters, &founders) : status;
    return status == PL_OK && adopters == founders ? pl_constitution_enact(s, &c, hash) : status;
}

const pl_event_kind PL_KIND_CONSTITUTION_ADOPTED = {"constitution.adopted", {{"text", PL_FIELD_LINES, 1, TEXT_MAX, false}, {0}}, apply_adopted};
