/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/plans.h"

#include <string.h>

#include "base/mem.h"

/* ---- Small letters -------------------------------------------------------------------------------- */

/* Capitals of two bytes whose small letter is so many code points further on. */
static const struct {
    unsigned from, to, by;
} CAPITALS[] = {{0xc0, 0xd6, 32}, {0xd8, 0xde, 32}, {0x391, 0x3a9, 32}, {0x410, 0x42f, 32}, {0x400, 0x40f, 80}};

static unsigned small_letter(unsigned c)
{
    for (size_t i = 0; i < sizeof CAPITALS / sizeof CAPITALS[0]; i++) {
        if (c >= CAPITALS[i].from && c <= CAPITALS[i].to) {
            return c + CAPITALS[i].by;
        }
    }
    bool odd = (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e); /* Latin with marks: pairs, of which the capital comes first */
    return c >= 0x100 && c <= 0x17e && c != 0x130 && c != 0x138 && c != 0x149 && c != 0x178 && c % 2 == (odd ? 1 : 0) ? c + 1 : c;
}

char *pl_fold_letters(const char *text, char *out)
{
    for (const unsigned char *p = (const unsigned char *)text; *p != '\0';) {
        if (*p >= 0xc3 && *p <= 0xdf && (p[1] & 0xc0) == 0x80) {
            unsigned c = small_letter((unsigned)(*p & 31) << 6 | (p[1] & 63u));
            *out++ = (char)(0xc0 | c >> 6);
            *out++ = (char)(0x80 | (c & 63));
            p += 2;
        } else {
            *out++ = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
            p++;
        }
    }
    *out = '\0';
    return out;
}

/* ---- One plan ------------------------------------------------------------------------------------- */

static bool fold_goods(pl_served *s)
{
    const pl_economy *e = s->economy;
    size_t room = 1;
    for (int32_t g = 0; g < e->n_goods; g++) {
        room += strlen(e->goods[g].id) + strlen(e->goods[g].name) + strlen(e->goods[g].group) + 3;
    }
    s->folded = PL_NEW(const char *, e->n_goods + 1);
    s->letters = PL_NEW(char, room);
    char *at = s->letters;
    for (int32_t g = 0; s->folded != NULL && at != NULL && g < e->n_goods; g++) {
        s->folded[g] = at;
        at = pl_fold_letters(e->goods[g].id, at);
        *at++ = '\n';
        at = pl_fold_letters(e->goods[g].name, at);
        *at++ = '\n';
        at = pl_fold_letters(e->goods[g].group, at) + 1;
    }
    return s->folded != NULL && s->letters != NULL;
}

pl_status pl_served_new(const pl_served *from, pl_served **out, pl_error *err)
{
    pl_served *s = PL_NEW(pl_served, 1);
    if (s == NULL) {
        return pl_fail_nomem(err, "serving a plan");
    }
    *s = *from;
    atomic_init(&s->holders, 1);
    s->balance = PL_NEW0(pl_balance, s->economy->n_goods + 1);
    s->asked = PL_NEW0(double, s->economy->n_goods + 1);
    if (s->balance == NULL || s->asked == NULL || !fold_goods(s)) {
        pl_free(s->balance);
        pl_free(s->asked);
        pl_free(s->folded);
        pl_free(s->letters);
        pl_free(s);
        return pl_fail_nomem(err, "serving a plan");
    }
    for (int32_t k = 0; k < s->economy->n_needs; k++) {
        s->asked[s->economy->needs[k].good] += s->economy->needs[k].amount;
    }
    if (s->plan->outcome == PL_PLANNED) {
        pl_plan_balances(s->plan, s->economy, s->balance);
    }
    if (s->parent != NULL) {
        pl_served_keep(s->parent);
    }
    *out = s;
    return PL_OK;
}

pl_served *pl_served_keep(pl_served *s)
{
    atomic_fetch_add(&s->holders, 1);
    return s;
}

void pl_served_drop(pl_served *s)
{
    while (s != NULL && atomic_fetch_sub(&s->holders, 1) == 1) {
        pl_served *parent = s->parent;
        pl_plan_free(s->own_plan);
        pl_variant_free(s->own_variant);
        pl_economy_free(s->own_economy);
        pl_free(s->balance);
        pl_free(s->asked);
        pl_free(s->folded);
        pl_free(s->letters);
        pl_free(s->package);
        pl_free(s);
        s = parent;
    }
}

const char *pl_served_sources(const pl_served *s)
{
    while (s->package == NULL && s->parent != NULL) {
        s = s->parent;
    }
    return s->package;
}

/* ---- All of them ---------------------------------------------------------------------------------- */

void pl_plans_init(pl_plans *p)
{
    memset(p, 0, sizeof *p);
    pthread_mutex_init(&p->lock, NULL);
}

void pl_plans_clear(pl_plans *p)
{
    for (int i = 0; i < p->n; i++) {
        pl_served_drop(p->all[i]);
    }
    pl_served_drop(p->given);
    pthread_mutex_destroy(&p->lock);
}

void pl_plans_add(pl_plans *p, pl_served *s)
{
    pthread_mutex_lock(&p->lock);
    int at = p->n;
    for (int i = 0; i < p->n && p->n == PL_PLANS_MOST; i++) {
        at = at == p->n || p->all[i]->used < p->all[at]->used ? i : at;
    }
    if (at < p->n) {
        pl_served_drop(p->all[at]);
    }
    p->n += at == p->n;
    s->used = ++p->clock;
    p->all[at] = pl_served_keep(s);
    pthread_mutex_unlock(&p->lock);
}

pl_served *pl_plans_find(pl_plans *p, const char *id)
{
    pl_served *found = NULL;
    pthread_mutex_lock(&p->lock);
    if (p->given != NULL && strcmp(p->given->id, id) == 0) {
        found = pl_served_keep(p->given);
    }
    for (int i = 0; i < p->n && found == NULL; i++) {
        if (strcmp(p->all[i]->id, id) == 0) {
            p->all[i]->used = ++p->clock;
            found = pl_served_keep(p->all[i]);
        }
    }
    pthread_mutex_unlock(&p->lock);
    return found;
}
