/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * election.c - elections: made from a template, opened from their texts. */
#include <string.h>

#include "secret/credential.h"

#define ELECTION_MOST ((size_t)1 << 22)
#define SLOW 5 /* windows of the tables */
#define QUICK 8

static pl_status wrong(pl_error *err, const char *what)
{
    return pl_fail(err, PL_DATA, "election", "docs/formats/secret-ballots.md shows one", "%s", what);
}

/* ---- Questions -------------------------------------------------------------------------------------------------- */

static pl_status read_answers(json_t *from, pl_arena *arena, pl_secret_question *q, pl_error *err)
{
    json_t *list = json_object_get(from, "answers"), *text = json_object_get(from, "question");
    size_t n = json_array_size(list);
    if (!json_is_string(text) || n < 1 || n > PL_SECRET_ANSWERS_MAX) {
        return wrong(err, "a question needs a text and between 1 and 250 answers");
    }
    const char **answer = PL_ARENA_NEW(arena, const char *, n);
    q->text = pl_arena_text(arena, json_string_value(text), json_string_length(text));
    for (size_t i = 0; answer != NULL && i < n; i++) {
        json_t *one = json_array_get(list, i);
        if (!json_is_string(one)) {
            return wrong(err, "an answer is a text");
        }
        answer[i] = pl_arena_text(arena, json_string_value(one), json_string_length(one));
        if (answer[i] == NULL) {
            return pl_fail_nomem(err, "an election");
        }
    }
    q->answer = answer;
    q->answers = (int)n;
    return answer != NULL && q->text != NULL ? PL_OK : pl_fail_nomem(err, "an election");
}

static pl_status read_question(pl_secret_election *e, json_t *from, pl_secret_question *q, pl_error *err)
{
    json_t *type = json_object_get(from, "type"), *blank = json_object_get(from, "blank");
    json_t *least = json_object_get(from, "min"), *most = json_object_get(from, "max");
    *q = (pl_secret_question){.ranked = type != NULL};
    if (q->ranked) {
        if (!json_is_string(type) || strcmp(json_string_value(type), "NonHomomorphic") != 0) {
            return pl_fail(err, PL_UNSUPPORTED, "election", NULL, "a question of an unknown type");
        }
        pl_status status = read_answers(json_object_get(from, "value"), &e->arena, q, err);
        if (status == PL_OK && (!e->g.answers || q->answers > e->g.ints_most)) {
            return pl_fail(err, PL_DATA, "election", "RFC-3526-2048 takes 254 answers to be ranked, Ed25519 takes 30",
                           "%s cannot hold a ranking of %d answers", e->g.name, q->answers);
        }
        return status;
    }
    pl_status status = read_answers(from, &e->arena, q, err);
    if (status == PL_OK && (!json_is_integer(least) || !json_is_integer(most) || json_integer_value(least) < 0 ||
                            json_integer_value(most) < json_integer_value(least) || json_integer_value(most) > q->answers)) {
        return wrong(err, "a question needs 0 <= min <= max <= number of answers");
    }
    if (status == PL_OK) {
        q->least = (int)json_integer_value(least);
        q->most = (int)json_integer_value(most);
        q->blank = json_is_true(blank);
    }
    return status;
}

static pl_status read_questions(pl_secret_election *e, json_t *from, pl_error *err)
{
    json_t *list = json_object_get(from, "questions");
    size_t n = json_array_size(list);
    if (n < 1 || n > PL_SECRET_QUESTIONS_MAX) {
        return wrong(err, "between 1 and 100 questions");
    }
    e->question = PL_ARENA_NEW(&e->arena, pl_secret_question, n);
    if (e->question == NULL) {
        return pl_fail_nomem(err, "an election");
    }
    for (size_t i = 0; i < n; i++) {
        pl_status status = read_question(e, json_array_get(list, i), &e->question[i], err);
        if (status != PL_OK) {
            return status;
        }
        e->n_questions++;
        e->n_ranked += e->question[i].ranked;
    }
    return PL_OK;
}

/* ---- Credentials -------------------------------------------------------------------------------------------------------- */

/* "KEY" or "KEY,WEIGHT"; the list is scanned, so that a long one costs little. */
static pl_status read_credential(pl_secret_election *e, pl_scan *s, int64_t i, pl_error *err)
{
    const char *begin = s->at + 1;
    pl_element x;
    pl_scan_literal(s, "\"");
    const char *quote = s->failed ? NULL : memchr(s->at, '"', (size_t)(s->end - s->at));
    const char *comma = quote == NULL ? NULL : memchr(s->at, ',', (size_t)(quote - s->at));
    size_t n = quote == NULL ? 0 : (size_t)((comma != NULL ? comma : quote) - begin);
    int64_t weight = 1;
    if (quote == NULL || n >= PL_ELEMENT_TEXT || !e->g.read(&e->g, begin, n, &x) || !pl_member(&e->g, &x) ||
        e->g.equal(&e->g, &x, &e->g.one)) {
        return pl_fail(err, PL_DATA, "credentials", NULL, "credential %lld is no element of %s", (long long)i + 1, e->g.name);
    }
    s->at = quote;
    if (comma != NULL) {
        s->at = comma + 1;
        weight = pl_scan_int(s, PL_SECRET_WEIGHT_MAX);
        e->weighted = true;
    }
    pl_scan_literal(s, "\"");
    if (s->failed || weight < 1 || (e->total_weight += weight) > PL_SECRET_WEIGHT_MAX) {
        return pl_fail(err, PL_DATA, "credentials", NULL, "the weight of credential %lld is wrong", (long long)i + 1);
    }
    int32_t old;
    char *text = pl_arena_text(&e->arena, begin, n);
    if (text == NULL || pl_map_put(&e->credentials, text, n, (int32_t)i, &old) != PL_OK) {
        return pl_fail_nomem(err, "credentials");
    }
    if (old >= 0) {
        return pl_fail(err, PL_DATA, "credentials", NULL, "credentials %d and %lld are the same", old + 1, (long long)i + 1);
    }
    e->credential[i] = text;
    e->weight[i] = weight;
    return PL_OK;
}

static pl_status read_credentials(pl_secret_election *e, const char *text, size_t n, pl_error *err)
{
    pl_scan s;
    int64_t count = 0;
    for (size_t i = 0; i < n; i++) {
        count += text[i] == '"';
    }
    count /= 2;
    if (count < 1 || count > PL_SECRET_CREDENTIALS_MAX) {
        return pl_fail(err, PL_TOOBIG, "credentials", NULL, "between 1 and %d credentials", PL_SECRET_CREDENTIALS_MAX);
    }
    e->credential = PL_ARENA_NEW(&e->arena, const char *, count);
    e->weight = PL_ARENA_NEW(&e->arena, int64_t, count);
    if (e->credential == NULL || e->weight == NULL) {
        return pl_fail_nomem(err, "credentials");
    }
    pl_scan_start(&s, &e->g, text, n);
    pl_scan_literal(&s, "[");
    do {
        if (e->n_credentials == count) {
            s.failed = true;
            break;
        }
        pl_status status = read_credential(e, &s, e->n_credentials, err);
        if (status != PL_OK) {
            return status;
        }
        e->n_credentials++;
    } while (pl_scan_next(&s));
    return pl_scan_end(&s, "list of credentials", err);
}

/* ---- Opening -------------------------------------------------------------------------------------------------------------- */

static pl_status read_names(pl_secret_election *e, json_t *from, pl_error *err)
{
    json_t *version = json_object_get(from, "version"), *group = json_object_get(from, "group");
    json_t *uuid = json_object_get(from, "uuid"), *name = json_object_get(from, "name");
    if (!json_is_integer(version) || !json_is_string(group) || !json_is_string(uuid) || !json_is_string(name) ||
        !json_is_string(json_object_get(from, "description"))) {
        return wrong(err, "an election needs version, description, name, group and uuid");
    }
    if (json_integer_value(version) != 1) {
        return pl_fail(err, PL_UNSUPPORTED, "election", "Plenty reads version 1", "version %lld of the protocol",
                       (long long)json_integer_value(version));
    }
    pl_status status = pl_secret_group(json_string_value(group), &e->g, err);
    if (status == PL_OK && !pl_uuid_valid(json_string_value(uuid))) {
        return wrong(err, "the uuid is not made of 14 to 64 letters and digits (without 0, I, O, l)");
    }
    e->uuid = pl_arena_text(&e->arena, json_string_value(uuid), json_string_length(uuid));
    e->name = pl_arena_text(&e->arena, json_string_value(name), json_string_length(name));
    return status != PL_OK || (e->uuid != NULL && e->name != NULL) ? status : pl_fail_nomem(err, "an election");
}

static pl_status read_election(pl_secret_election *e, const char *text, size_t n, pl_error *err)
{
    json_t *from = NULL;
    pl_status status = pl_secret_json(text, n, ELECTION_MOST, "election", &from, err);
    status = status == PL_OK ? read_names(e, from, err) : status;
    status = status == PL_OK ? read_questions(e, from, err) : status;
    if (status == PL_OK && !pl_json_element(&e->g, json_object_get(from, "public_key"), &e->y)) {
        status = pl_fail(err, PL_DATA, "election", NULL, "the public key is no element of %s", e->g.name);
    }
    json_decref(from);
    pl_sha256_base64(text, n, e->fingerprint);
    return status;
}

static pl_status read_rest(pl_secret_election *e, const char *trustees, size_t trustees_n, const char *credentials, size_t credentials_n,
                           pl_error *err)
{
    pl_trustees t;
    pl_status status = pl_trustees_read(&e->g, trustees, trustees_n, &e->arena, &t, err);
    if (status == PL_OK && !e->g.equal(&e->g, &t.joint, &e->y)) {
        status = pl_fail(err, PL_REFUTED, "election", NULL, "the key of the election is not that of its trustees");
    }
    if (status != PL_OK) {
        return status;
    }
    e->set = t.set;
    e->n_sets = t.n_sets;
    e->key = t.key;
    e->n_trustees = t.n_trustees;
    e->complete = true;
    return read_credentials(e, credentials, credentials_n, err);
}

pl_status pl_secret_open(const char *election, size_t election_n, const char *trustees, size_t trustees_n, const char *credentials,
                         size_t credentials_n, pl_secret_election **out, pl_error *err)
{
    *out = NULL;
    pl_secret_election *e = PL_NEW0(pl_secret_election, 1);
    if (e == NULL) {
        return pl_fail_nomem(err, "an election");
    }
    pl_arena_init(&e->arena, 0);
    pl_map_init(&e->credentials);
    pl_status status = read_election(e, election, election_n, err);
    status = status == PL_OK && trustees != NULL && credentials != NULL
                 ? read_rest(e, trustees, trustees_n, credentials, credentials_n, err)
                 : status;
    status = status == PL_OK ? pl_tables_new(&e->slow, &e->g, &e->y, SLOW, err) : status;
    if (status != PL_OK) {
        pl_secret_close(e);
        return status;
    }
    e->slow.g = &e->g;
    *out = e;
    return PL_OK;
}

void pl_secret_close(pl_secret_election *e)
{
    if (e != NULL) {
        pl_tables_free(&e->slow);
        pl_tables_free(&e->quick);
        pl_map_clear(&e->credentials);
        pl_arena_clear(&e->arena);
        pl_free(e);
    }
}

pl_status pl_secret_quicken(pl_secret_election *e, pl_error *err)
{
    return e->quick.g != NULL ? PL_OK : pl_tables_new(&e->quick, &e->g, &e->y, QUICK, err);
}

pl_secret_facts pl_secret_what(const pl_secret_election *e)
{
    pl_secret_facts f = {.name = e->name, .uuid = e->uuid, .group = e->g.name, .fingerprint = e->fingerprint,
                         .n_questions = e->n_questions, .n_trustees = e->n_trustees, .question = e->question,
                         .n_credentials = e->n_credentials, .total_weight = e->total_weight};
    for (int i = 0; i < e->n_sets; i++) {
        f.n_needed += e->set[i].threshold;
    }
    return f;
}

/* ---- Making ------------------------------------------------------------------------------------------------------------------ */

static void put_field(pl_str *out, json_t *from, const char *name, const char *comma)
{
    json_t *value = json_object_get(from, name);
    if (value != NULL && !json_is_null(value)) {
        pl_str_addf(out, "%s\"%s\":", comma, name);
        pl_put_json(out, value);
    }
}

/* The questions with their fields in the order of the protocol, and `blank` only where it is true. */
static void put_question(pl_str *out, json_t *q)
{
    json_t *value = json_object_get(q, "value");
    if (value != NULL) {
        pl_str_add(out, "{");
        put_field(out, q, "type", "");
        pl_str_add(out, ",\"value\":{");
        put_field(out, value, "answers", "");
        put_field(out, value, "question", ",");
        pl_str_add(out, "}}");
        return;
    }
    pl_str_add(out, "{");
    put_field(out, q, "answers", "");
    put_field(out, q, "blank", ",");
    put_field(out, q, "min", ",");
    put_field(out, q, "max", ",");
    put_field(out, q, "question", ",");
    pl_str_add(out, "}");
}

static void put_election(pl_str *out, const pl_group *g, const char *uuid, json_t *from, const pl_element *key)
{
    json_t *list = json_object_get(from, "questions");
    pl_str_add(out, "{\"version\":1");
    put_field(out, from, "description", ",");
    put_field(out, from, "name", ",");
    pl_str_addf(out, ",\"group\":\"%s\",\"public_key\":", g->name);
    pl_put_element(out, g, key);
    pl_str_add(out, ",\"questions\":[");
    for (size_t i = 0; i < json_array_size(list); i++) {
        pl_str_add(out, i > 0 ? "," : "");
        put_question(out, json_array_get(list, i));
    }
    pl_str_addf(out, "],\"uuid\":\"%s\"", uuid);
    put_field(out, from, "administrator", ",");
    put_field(out, from, "credential_authority", ",");
    pl_str_add(out, "}");
}

pl_status pl_secret_election_new(const char *group, const char *uuid, const char *questions, size_t questions_n, const char *trustees,
                                 size_t trustees_n, pl_secret_text *out, pl_error *err)
{
    pl_group g;
    pl_arena arena;
    pl_trustees t;
    pl_str text;
    json_t *from = NULL;
    pl_status status = pl_secret_group(group, &g, err);
    if (status != PL_OK) {
        return status;
    }
    pl_arena_init(&arena, 0);
    pl_str_init(&text, ELECTION_MOST);
    status = pl_trustees_read(&g, trustees, trustees_n, &arena, &t, err);
    status = status == PL_OK ? pl_secret_json(questions, questions_n, ELECTION_MOST, "questions", &from, err) : status;
    if (status == PL_OK && !pl_uuid_valid(uuid)) {
        status = pl_fail(err, PL_DATA, "uuid", "leave it out, and one is drawn", "an election's name has 14 letters and digits");
    }
    if (status == PL_OK) {
        put_election(&text, &g, uuid, from, &t.joint);
        pl_secret_election *check; /* what was written must be what can be read */
        status = text.failed ? pl_fail_nomem(err, "an election") : pl_secret_open(text.text, text.len, NULL, 0, NULL, 0, &check, err);
        if (status == PL_OK) {
            pl_secret_close(check);
        }
    }
    json_decref(from);
    pl_arena_clear(&arena);
    if (status == PL_OK) {
        return pl_put_done(&text, out, "an election", err);
    }
    pl_str_clear(&text);
    return status;
}
