/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * secret_json.c - JSON as the protocol hashes it: without blanks, fields in their order.  A tree of nodes that point into the text. */
#include <string.h>

#include "verify/secret.h"

#define DEPTH 12

typedef struct reader {
    pv_tree *t;
    const char *begin, *at, *end;
} reader;

static _Noreturn void bad(const reader *r)
{
    pv_stop(r->t->run, PV_REFUTED, r->t->what, 0, 0, "byte %lld is not JSON as the protocol writes it", (long long)(r->at - r->begin) + 1);
}

static void skip_text(reader *r)
{
    if (r->at == r->end || *r->at++ != '"') {
        bad(r);
    }
    while (r->at < r->end && *r->at != '"') {
        r->at += *r->at == '\\' ? 2 : 1;
    }
    if (r->at >= r->end) {
        r->at = r->end;
        bad(r);
    }
    r->at++;
}

static void skip_word(reader *r, pv_node *v)
{
    static const char *const word[] = {"true", "false", "null"};
    for (int i = 0; i < 3; i++) {
        size_t n = strlen(word[i]);
        if ((size_t)(r->end - r->at) >= n && memcmp(r->at, word[i], n) == 0) {
            v->type = word[i][0];
            r->at += n;
            return;
        }
    }
    while (r->at < r->end && *r->at >= '0' && *r->at <= '9') {
        r->at++;
    }
    if (r->at == v->at || (v->at[0] == '0' && r->at - v->at > 1)) {
        bad(r);
    }
    v->type = '0';
}

static int32_t read_value(reader *r, int depth);

static void read_children(reader *r, int32_t parent, int depth)
{
    char close = r->t->node[parent].type == '{' ? '}' : ']';
    int32_t last = -1;
    if (r->at < r->end && *r->at == close) {
        r->at++;
        return;
    }
    for (;;) {
        const char *key = NULL;
        size_t key_n = 0;
        if (close == '}') {
            key = r->at + 1;
            skip_text(r);
            key_n = (size_t)(r->at - key) - 1;
            if (r->at == r->end || *r->at++ != ':') {
                bad(r);
            }
        }
        int32_t child = read_value(r, depth);
        r->t->node[child].key = key;
        r->t->node[child].key_n = key_n;
        if (last < 0) {
            r->t->node[parent].first = child;
        } else {
            r->t->node[last].next = child;
        }
        last = child;
        r->t->node[parent].n++;
        char c = r->at < r->end ? *r->at++ : '\0';
        if (c == close) {
            return;
        }
        if (c != ',') {
            bad(r);
        }
    }
}

static int32_t read_value(reader *r, int depth)
{
    if (depth == 0 || r->at == r->end) {
        bad(r);
    }
    int32_t i = r->t->n++;
    pv_node *v = &r->t->node[i];
    *v = (pv_node){.type = *r->at, .at = r->at, .next = -1, .first = -1};
    if (*r->at == '{' || *r->at == '[') {
        r->at++;
        read_children(r, i, depth - 1);
    } else if (*r->at == '"') {
        v->type = 's';
        skip_text(r);
    } else {
        skip_word(r, v);
    }
    r->t->node[i].end = r->at;
    return i;
}

void pv_tree_read(pv_run *run, const char *what, const char *text, size_t n, pv_tree *t)
{
    size_t nodes = 2; /* as many as there are commas and brackets, at most */
    *t = (pv_tree){.run = run, .what = what};
    for (size_t i = 0; i < n; i++) {
        nodes += text[i] == ',' || text[i] == '[' || text[i] == '{';
    }
    if (nodes > INT32_MAX / 2) {
        pv_stop(run, PV_UNREADABLE, what, 0, 0, "too large");
    }
    t->node = pv_alloc(run, nodes, sizeof *t->node);
    reader r = {.t = t, .begin = text, .at = text, .end = text + n};
    (void)read_value(&r, DEPTH);
    if (r.at != r.end) {
        bad(&r);
    }
}

void pv_tree_free(pv_tree *t)
{
    pv_free(t->run, t->node);
    t->node = NULL;
}

const pv_node *pv_child(const pv_tree *t, const pv_node *parent, int32_t i)
{
    int32_t at = parent->first;
    while (i-- > 0 && at >= 0) {
        at = t->node[at].next;
    }
    if (at < 0) {
        pv_stop(t->run, PV_REFUTED, t->what, 0, 0, "something is missing");
    }
    return &t->node[at];
}

const pv_node *pv_at(const pv_tree *t, const pv_node *parent, int32_t i, const char *name)
{
    const pv_node *v = parent->type == '{' ? pv_child(t, parent, i) : NULL;
    if (v == NULL || v->key_n != strlen(name) || memcmp(v->key, name, v->key_n) != 0) {
        pv_stop(t->run, PV_REFUTED, t->what, 0, 0, "the field '%s' is not where it must be", name);
    }
    return v;
}

const pv_node *pv_named(const pv_tree *t, const pv_node *parent, const char *name)
{
    const pv_node *found = NULL;
    for (int32_t at = parent->type == '{' ? parent->first : -1; at >= 0; at = t->node[at].next) {
        if (t->node[at].key_n == strlen(name) && memcmp(t->node[at].key, name, t->node[at].key_n) == 0) {
            if (found != NULL) {
                pv_stop(t->run, PV_REFUTED, t->what, 0, 0, "the field '%s' is there twice", name);
            }
            found = &t->node[at];
        }
    }
    return found;
}

void pv_fields(const pv_tree *t, const pv_node *object, int32_t n)
{
    if (object->type != '{' || object->n != n) {
        pv_stop(t->run, PV_REFUTED, t->what, 0, 0, "there must be %d fields", n);
    }
}

void pv_list(const pv_tree *t, const pv_node *list, int32_t n)
{
    if (list->type != '[' || (n >= 0 && list->n != n)) {
        pv_stop(t->run, PV_REFUTED, t->what, 0, 0, "there must be a list of %d", n);
    }
}

int64_t pv_whole(const pv_tree *t, const pv_node *value, int64_t most)
{
    int64_t x = 0;
    for (const char *c = value->at; value->type == '0' && c < value->end && x <= most; c++) {
        x = 10 * x + (*c - '0');
    }
    if (value->type != '0' || x > most) {
        pv_stop(t->run, PV_REFUTED, t->what, 0, 0, "there must be a whole number of at most %lld", (long long)most);
    }
    return x;
}

bool pv_text_is(const pv_node *value, const char *text)
{
    size_t n = strlen(text);
    return value->type == 's' && (size_t)(value->end - value->at) == n + 2 && memcmp(value->at + 1, text, n) == 0;
}

/* Only what messages within messages need: quotes and backslashes. */
char *pv_decoded_text(const pv_tree *t, const pv_node *value, size_t *n)
{
    if (value->type != 's') {
        pv_stop(t->run, PV_REFUTED, t->what, 0, 0, "there must be a text");
    }
    char *out = pv_alloc(t->run, (size_t)(value->end - value->at), 1);
    *n = 0;
    for (const char *c = value->at + 1; c < value->end - 1; c++) {
        if (*c == '\\') {
            c++;
            if (*c != '"' && *c != '\\') {
                pv_stop(t->run, PV_REFUTED, t->what, 0, 0, "an unusual character in a signed message");
            }
        }
        out[(*n)++] = *c;
    }
    return out;
}

pv_big pv_node_element(const pv_tree *t, const pv_group *g, const pv_node *value)
{
    pv_big x;
    if (value->type != 's' || !pv_element(g, value->at + 1, (size_t)(value->end - value->at) - 2, &x)) {
        pv_stop(t->run, PV_REFUTED, t->what, 0, 0, "'%.20s...' is no element of %s", value->at, g->name);
    }
    return x;
}

pv_big pv_node_exponent(const pv_tree *t, const pv_group *g, const pv_node *value)
{
    pv_big x;
    if (value->type != 's' || !pv_exponent(g, value->at + 1, (size_t)(value->end - value->at) - 2, &x)) {
        pv_stop(t->run, PV_REFUTED, t->what, 0, 0, "'%.20s...' is no number below the order of %s", value->at, g->name);
    }
    return x;
}
