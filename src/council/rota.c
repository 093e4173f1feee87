/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * rota.c - the tables of rotas, their classes of tasks, who is there how much, and how evenly turns fall. */
#include "council/rota.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "record/bytes.h"

#define SLOTS_MAX 999
#define YEAR_DAYS 366

const pl_table PL_ROTAS = {"rotas",
                           sizeof(pl_rota),
                           7,
                           {PL_ID(pl_rota, assembly), PL_INT(pl_rota, days), PL_INT(pl_rota, begins), PL_MAYBE(pl_rota, filled),
                            PL_INT(pl_rota, running), PL_INT(pl_rota, idle), PL_INT(pl_rota, undone)}};
const pl_table PL_ROTA_CLASSES_OF = {"rota.classes",
                                     sizeof(pl_rota_class),
                                     6,
                                     {PL_ID(pl_rota_class, rota), PL_TEXT(pl_rota_class, name), PL_INT(pl_rota_class, weight),
                                      PL_INT(pl_rota_class, slots), PL_INT(pl_rota_class, rung), PL_INT(pl_rota_class, training)}};
const pl_table PL_ROTA_HAS = {"rota.has", sizeof(pl_link), 1, {PL_INT(pl_link, since)}};
const pl_table PL_ROTA_ACCOUNTS = {
    "rota.accounts",
    sizeof(pl_rota_account),
    8,
    {PL_INT(pl_rota_account, debt), PL_INT(pl_rota_account, turns), PL_INT(pl_rota_account, refusals), PL_INT(pl_rota_account, since),
     PL_MAYBE(pl_rota_account, last), PL_INT(pl_rota_account, weighed), PL_INT(pl_rota_account, state), PL_INT(pl_rota_account, seen)}};
const pl_table PL_ROTA_SKILLS = {"rota.skills", sizeof(pl_turn_skill), 2, {PL_INT(pl_turn_skill, rung), PL_MAYBE(pl_turn_skill, last)}};
const pl_table PL_ROTA_PRESENCE = {"rota.presence",
                                   sizeof(pl_rota_presence),
                                   4,
                                   {PL_INT(pl_rota_presence, percent), PL_INT(pl_rota_presence, from), PL_INT(pl_rota_presence, until),
                                    PL_ID(pl_rota_presence, reason)}};
const pl_table PL_ROTA_DUTIES = {
    "rota.duties",
    sizeof(pl_rota_duty),
    15,
    {PL_ID(pl_rota_duty, holder), PL_ID(pl_rota_duty, second), PL_ID(pl_rota_duty, trainee), PL_INT(pl_rota_duty, state),
     PL_INT(pl_rota_duty, weight), PL_INT(pl_rota_duty, debt), PL_INT(pl_rota_duty, tied), PL_INT(pl_rota_duty, candidates),
     PL_INT(pl_rota_duty, rung), PL_INT(pl_rota_duty, rested), PL_MAYBE(pl_rota_duty, was), PL_INT(pl_rota_duty, refusals),
     PL_INT(pl_rota_duty, swapped), PL_MAYBE(pl_rota_duty, confirmed), PL_ID(pl_rota_duty, by)}};
const pl_table PL_ROTA_BUSY = {"rota.busy",
                               sizeof(pl_rota_busy),
                               5,
                               {PL_ID(pl_rota_busy, class), PL_INT(pl_rota_busy, period), PL_INT(pl_rota_busy, slot), PL_INT(pl_rota_busy, until),
                                PL_INT(pl_rota_busy, learns)}};
const pl_table PL_ROTA_FILLINGS = {"rota.fillings",
                                   sizeof(pl_rota_filling),
                                   6,
                                   {PL_ID(pl_rota_filling, seed), PL_INT(pl_rota_filling, time), PL_INT(pl_rota_filling, people),
                                    PL_INT(pl_rota_filling, present), PL_INT(pl_rota_filling, due), PL_INT(pl_rota_filling, undone)}};
const pl_table PL_ROTA_OFFERS = {"rota.offers",
                                 sizeof(pl_rota_offer),
                                 7,
                                 {PL_ID(pl_rota_offer, by), PL_ID(pl_rota_offer, class[0]), PL_ID(pl_rota_offer, class[1]), PL_INT(pl_rota_offer, period),
                                  PL_INT(pl_rota_offer, slot[0]), PL_INT(pl_rota_offer, slot[1]), PL_INT(pl_rota_offer, accepted)}};

void pl_rota_id(const uint8_t assembly[PL_HASH], int64_t days, uint8_t id[PL_HASH])
{
    static const char DOMAIN[] = "plenty rota v1\n";
    uint8_t text[sizeof DOMAIN - 1 + PL_HASH + 8];
    pl_row_key number = pl_key_then(pl_key_none(), days);
    memcpy(text, DOMAIN, sizeof DOMAIN - 1);
    memcpy(text + sizeof DOMAIN - 1, assembly, PL_HASH);
    memcpy(text + sizeof DOMAIN - 1 + PL_HASH, number.at, 8);
    pl_hash(text, sizeof text, id);
}

void pl_rota_class_id(const uint8_t rota[PL_HASH], const char *name, size_t n, uint8_t id[PL_HASH])
{
    static const char DOMAIN[] = "plenty rota class v1\n";
    uint8_t text[sizeof DOMAIN - 1 + PL_HASH + 100];
    n = n < 100 ? n : 100;
    memcpy(text, DOMAIN, sizeof DOMAIN - 1);
    memcpy(text + sizeof DOMAIN - 1, rota, PL_HASH);
    memcpy(text + sizeof DOMAIN - 1 + PL_HASH, name, n);
    pl_hash(text, sizeof DOMAIN - 1 + PL_HASH + n, id);
}

int64_t pl_rota_begin(const pl_rota *rota, int64_t period)
{
    return rota->begins + period * rota->days * PL_DAY;
}

pl_status pl_on_duty(pl_step *s, const uint8_t member[PL_HASH], const char *class, bool *yes)
{
    pl_rota_busy busy;
    pl_rota_class c;
    bool there;
    pl_status status = pl_get(s, &PL_ROTA_BUSY, pl_key_id1(member), &busy, yes);
    *yes = *yes && busy.until > s->time && busy.learns == 0;
    if (status == PL_OK && *yes) {
        status = pl_get(s, &PL_ROTA_CLASSES_OF, pl_key_id1(busy.class), &c, &there);
        *yes = there && strcmp(c.name, class) == 0;
    }
    return status;
}

/* ---- Classes of tasks ----------------------------------------------------------------------------- */

pl_status pl_rota_wake(pl_step *s, const uint8_t id[PL_HASH], pl_rota *rota)
{
    int64_t length = rota->days * PL_DAY, period = s->time <= rota->begins ? 0 : (s->time - rota->begins) / length + 1;
    rota->idle = 0;
    if (rota->running) {
        return PL_OK;
    }
    rota->running = 1;
    return pl_due_at(s, pl_rota_begin(rota, period), "rota.fills", id, period);
}

/* no more classes than there can be; none ends before it began; a rota begins once, within a year. */
static pl_status check_class(pl_step *s, const uint8_t rota[PL_HASH], bool new)
{
    const pl_value *begins = &s->value[6];
    pl_row_key prefix = pl_key_id1(rota);
    pl_cursor at = pl_rows(&PL_ROTA_HAS, &prefix);
    pl_link link;
    bool there;
    int n = 0;
    pl_status status;
    while ((status = pl_next(s, &PL_ROTA_HAS, &at, &link, &there)) == PL_OK && there) {
        n++;
    }
    if (status == PL_OK && new && n == PL_ROTA_CLASSES) {
        return pl_broken(s, PL_RULE_ROTA_CLASS, "there are %d classes of tasks with this period already", n);
    }
    if (status == PL_OK && new && s->value[3].x == 0) {
        return pl_broken(s, PL_RULE_ROTA_CLASS, "there is no such class of tasks that could end");
    }
    if (status == PL_OK && begins->given && (n > 0 || begins->x < s->time || begins->x > s->time + YEAR_DAYS * PL_DAY)) {
        return pl_broken(s, PL_RULE_ROTA_CLASS, n > 0 ? "when its periods begin was said before" : "its first period begins now or within %d days", YEAR_DAYS);
    }
    return status;
}

static pl_status put_class(pl_step *s, const uint8_t id[PL_HASH], const uint8_t rota_id[PL_HASH], pl_rota_class *c)
{
    pl_rota rota;
    bool there;
    memcpy(c->rota, rota_id, PL_HASH);
    memcpy(c->name, s->value[1].at, s->value[1].n);
    c->weight = s->value[2].x;
    c->slots = s->value[3].x;
    c->rung = s->value[5].x;
    pl_status status = pl_put(s, &PL_ROTA_CLASSES_OF, pl_key_id1(id), c);
    status = status == PL_OK ? pl_put(s, &PL_ROTA_HAS, pl_key_id2(rota_id, id), &(pl_link){s->time}) : status;
    status = status == PL_OK ? pl_get(s, &PL_ROTAS, pl_key_id1(rota_id), &rota, &there) : status;
    if (status == PL_OK && !there) {
        rota = (pl_rota){.days = s->value[4].x, .begins = s->value[6].given ? s->value[6].x : (s->time / PL_DAY + 1) * PL_DAY, .filled = -1};
        memcpy(rota.assembly, s->value[0].at, PL_HASH);
    }
    status = status == PL_OK ? pl_rota_wake(s, rota_id, &rota) : status;
    return status == PL_OK ? pl_put(s, &PL_ROTAS, pl_key_id1(rota_id), &rota) : status;
}

static pl_status apply_class(pl_step *s)
{
    uint8_t rota[PL_HASH], id[PL_HASH];
    pl_assembly a;
    pl_rota_class c;
    bool there, known;
    char hex[13];
    pl_status status = pl_assembly_get(s, s->value[0].at, &a, &there);
    if (status == PL_OK && !there) {
        return pl_broken(s, PL_RULE_ASSEMBLY, "there is no assembly %s", pl_short_id(s->value[0].at, hex));
    }
    pl_rota_id(s->value[0].at, s->value[4].x, rota);
    pl_rota_class_id(rota, (const char *)s->value[1].at, s->value[1].n, id);
    status = status == PL_OK ? pl_get(s, &PL_ROTA_CLASSES_OF, pl_key_id1(id), &c, &known) : status;
    status = status == PL_OK ? check_class(s, rota, !known) : status;
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        status = pl_privileged(s, &s->value[7]);
    }
    return status == PL_OK && s->broken == PL_RULE_NONE ? put_class(s, id, rota, &c) : status;
}

const pl_event_kind PL_KIND_ROTA_CLASS = {
    "rota.class",
    {{"assembly", PL_FIELD_BYTES, PL_HASH, PL_HASH, false},
     {"name", PL_FIELD_TEXT, 1, 100, false},
     {"weight", PL_FIELD_INT, 1, 1000, false},
     {"slots", PL_FIELD_INT, 0, SLOTS_MAX, false},
     {"days", PL_FIELD_INT, 1, 366, false},
     {"rung", PL_FIELD_INT, 0, PL_ROTA_RUNG_MAX, false},
     {"begins", PL_FIELD_INT, 0, PL_BODY_NUMBER_MAX, true},
     {"grant", PL_FIELD_BYTES, PL_HASH, PL_HASH, true},
     {0}},
    apply_class,
};

/* ---- Absence -------------------------------------------------------------------------------------- */

static pl_status apply_absent(pl_step *s)
{
    pl_rota_presence p = {.percent = s->value[0].x, .from = s->value[1].x, .until = s->value[2].x};
    bool member;
    pl_status status = pl_member_is(s, s->author, &member);
    if (status == PL_OK && !member) {
        return pl_broken(s, PL_RULE_MEMBER, "the signer is none");
    }
    if (status == PL_OK && (p.until <= p.from || p.until > s->time + YEAR_DAYS * PL_DAY)) {
        return pl_broken(s, PL_RULE_ROTA_ABSENCE, p.until <= p.from ? "it ends before it begins" : "it ends more than %d days from now", YEAR_DAYS);
    }
    if (s->value[3].given) {
        memcpy(p.reason, s->value[3].at, PL_HASH);
    }
    return status == PL_OK ? pl_put(s, &PL_ROTA_PRESENCE, pl_key_id1(s->author), &p) : status;
}

const pl_event_kind PL_KIND_ROTA_ABSENT = {
    "rota.absent",
    {{"percent", PL_FIELD_INT, 0, 99, false},
     {"from", PL_FIELD_INT, 0, PL_BODY_NUMBER_MAX, false},
     {"until", PL_FIELD_INT, 0, PL_BODY_NUMBER_MAX, false},
     {"reason", PL_FIELD_BYTES, PL_HASH, PL_HASH, true},
     {0}},
    apply_absent,
};

/* ---- How evenly turns fall ------------------------------------------------------------------------ */

static int by_number(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Gini coefficient of n turns, in thousandths, rounded down: sum over i of (2 i - n - 1) x_i / (n sum x), x ascending, i from 1. */
static int64_t gini(int64_t *turns, size_t n)
{
    int64_t above = 0, all = 0;
    if (n > 0) {
        qsort(turns, n, sizeof *turns, by_number);
    }
    for (size_t i = 0; i < n; i++) {
        above += (2 * (int64_t)i + 1 - (int64_t)n) * turns[i];
        all += turns[i];
    }
    return all == 0 ? 0 : 1000 * above / ((int64_t)n * all);
}

static void add_account(pl_rota_spread *out, const pl_rota_account *a, int64_t filled)
{
    int64_t wait = a->last >= 0 ? filled - a->last : filled - a->since + 1;
    bool first = out->people++ == 0;
    out->turns += a->turns;
    out->refusals += a->refusals;
    out->sum_debts += a->debt;
    out->fewest = first || a->turns < out->fewest ? a->turns : out->fewest;
    out->most = first || a->turns > out->most ? a->turns : out->most;
    out->least_debt = first || a->debt < out->least_debt ? a->debt : out->least_debt;
    out->most_debt = first || a->debt > out->most_debt ? a->debt : out->most_debt;
    out->longest_wait = wait > out->longest_wait ? wait : out->longest_wait;
}

static pl_status find_heaviest(pl_step *s, const uint8_t id[PL_HASH], int64_t *heaviest)
{
    pl_row_key prefix = pl_key_id1(id);
    pl_cursor at = pl_rows(&PL_ROTA_HAS, &prefix);
    pl_link link;
    pl_rota_class c;
    bool there;
    pl_status status = PL_OK;
    while (status == PL_OK && (status = pl_next(s, &PL_ROTA_HAS, &at, &link, &there)) == PL_OK && there) {
        status = pl_get(s, &PL_ROTA_CLASSES_OF, pl_key_id1(at.key + PL_HASH), &c, &there);
        *heaviest = c.slots > 0 && c.weight * PL_TURN_UNIT > *heaviest ? c.weight * PL_TURN_UNIT : *heaviest;
    }
    return status;
}

pl_status pl_rota_spread_of(pl_step *s, const uint8_t id[PL_HASH], const pl_rota *rota, pl_rota_spread *out)
{
    pl_row_key prefix = pl_key_id1(id);
    pl_cursor at = pl_rows(&PL_ROTA_ACCOUNTS, &prefix);
    pl_rota_account a;
    int64_t *turns = NULL;
    size_t n = 0, cap = 0;
    bool there;
    memset(out, 0, sizeof *out);
    pl_status status = find_heaviest(s, id, &out->heaviest);
    while (status == PL_OK && (status = pl_next(s, &PL_ROTA_ACCOUNTS, &at, &a, &there)) == PL_OK && there) {
        if (!pl_grow(&turns, &cap, n + 1, sizeof *turns, (size_t)1 << 24)) {
            status = pl_fail_nomem(s->err, "adding up turns");
            break;
        }
        turns[n++] = a.turns;
        add_account(out, &a, rota->filled);
    }
    out->gini = status == PL_OK ? gini(turns, n) : 0;
    pl_free(turns);
    return status;
}
