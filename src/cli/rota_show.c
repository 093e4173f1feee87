/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * rota_show.c - `plenty rota show` and `plenty rota fill`: whose turn it is, and why hers. */
#include <string.h>

#include "cli/rota.h"
#include "io/json.h"

#define DUTIES_SHOWN 40
#define LIST_MOST 20 /* candidates, unless --most says otherwise */

typedef struct view {
    const cli_args *args;
    pl_json *json; /* or NULL: text */
    uint64_t most;
} view;

static const char *points(int64_t units, char out[32])
{
    int64_t size = units < 0 ? -units : units;
    snprintf(out, 32, "%s%lld.%03lld", units < 0 ? "-" : "", (long long)(size / PL_TURN_UNIT), (long long)(size % PL_TURN_UNIT));
    return out;
}

static void put_id(pl_json *j, const char *key, const uint8_t id[PL_HASH])
{
    char hex[2 * PL_HASH + 1];
    pl_hex_write(id, PL_HASH, hex);
    pl_json_put_text(j, key, pl_id_none(id) ? NULL : hex);
}

/* Prints an object of JSON that `fill` writes, or lets it print text. */
static int print_view(const cli_args *args, pl_look_fn look, view *v)
{
    pl_str out;
    pl_json j;
    pl_str_init(&out, (size_t)1 << 30);
    pl_json_init(&j, &out, true);
    v->args = args;
    v->json = cli_flag(args, "json") ? &j : NULL;
    if (v->json != NULL) {
        pl_json_object(&j);
    }
    int code = cli_look(args, look, v);
    if (v->json != NULL && code == 0) {
        pl_json_end(&j);
        if (out.failed) {
            pl_error err;
            pl_fail_nomem(&err, "writing JSON");
            code = cli_fail(&err);
        } else {
            printf("%s\n", out.text);
        }
    }
    pl_str_clear(&out);
    return code;
}

/* ---- plenty rota show ----------------------------------------------------------------------------- */

static void show_duty(const view *v, int64_t slot, const pl_rota_duty *d)
{
    static const char *const states[] = {"open: nobody could be found", "on duty", "served", "not confirmed, so not served"};
    char holder[13], second[13], trainee[13];
    if (v->json != NULL) {
        pl_json_object(v->json);
        pl_json_put_int(v->json, "slot", slot);
        put_id(v->json, "holder", d->holder);
        put_id(v->json, "second", d->second);
        put_id(v->json, "trainee", d->trainee);
        pl_json_put_int(v->json, "refusals", d->refusals);
        pl_json_put_int(v->json, "state", d->state);
        pl_json_end(v->json);
        return;
    }
    printf("    slot %lld  %s  %s", (long long)slot, d->state == PL_DUTY_OPEN ? "-" : cli_short_id(d->holder, holder), states[d->state]);
    if (!pl_id_none(d->second)) {
        printf(", beside %s", cli_short_id(d->second, second));
    }
    if (!pl_id_none(d->trainee)) {
        printf(" and %s", cli_short_id(d->trainee, trainee));
    }
    if (d->refusals > 0) {
        printf(", refused %lld time%s", (long long)d->refusals, d->refusals == 1 ? "" : "s");
    }
    printf("\n");
}

static pl_status show_class(const view *v, pl_step *s, const uint8_t id[PL_HASH], const pl_rota *rota)
{
    pl_rota_class c;
    pl_rota_duty d;
    bool there;
    pl_row_key prefix = pl_key_then(pl_key_id1(id), rota->filled >= 0 ? rota->filled : 0);
    pl_cursor at = pl_rows(&PL_ROTA_DUTIES, &prefix);
    pl_status status = pl_get(s, &PL_ROTA_CLASSES_OF, pl_key_id1(id), &c, &there);
    if (v->json != NULL) {
        pl_json_object(v->json);
        put_id(v->json, "id", id);
        pl_json_put_text(v->json, "name", c.name);
        pl_json_put_int(v->json, "weight", c.weight);
        pl_json_put_int(v->json, "slots", c.slots);
        pl_json_put_int(v->json, "rung", c.rung);
        pl_json_put_bool(v->json, "training", c.training != 0);
        pl_json_key(v->json, "duties");
        pl_json_array(v->json);
    } else {
        char hex[13];
        printf("  ");
        cli_print_safely(c.name, stdout);
        printf("  weight %lld, %lld slot%s, rung %lld%s%s  %s\n", (long long)c.weight, (long long)c.slots, c.slots == 1 ? "" : "s", (long long)c.rung,
               c.training ? ", training is open" : "", c.slots == 0 ? ", ended" : "", cli_short_id(id, hex));
    }
    for (int n = 0; status == PL_OK && (status = pl_next(s, &PL_ROTA_DUTIES, &at, &d, &there)) == PL_OK && there; n++) {
        if (v->json != NULL || n < DUTIES_SHOWN) {
            show_duty(v, pl_key_number(at.key + PL_HASH + 8), &d);
        }
    }
    if (v->json != NULL) {
        pl_json_end(v->json);
        pl_json_end(v->json);
    }
    return status;
}

static void show_spread(const view *v, const pl_rota *rota, const pl_rota_spread *p)
{
    char least[32], most[32], undone[32];
    if (v->json != NULL) {
        pl_json_put_int(v->json, "people", p->people);
        pl_json_put_int(v->json, "turns", p->turns);
        pl_json_put_int(v->json, "fewest_turns", p->fewest);
        pl_json_put_int(v->json, "most_turns", p->most);
        pl_json_put_int(v->json, "gini_thousandths", p->gini);
        pl_json_put_int(v->json, "longest_wait_periods", p->longest_wait);
        pl_json_put_int(v->json, "least_debt", p->least_debt);
        pl_json_put_int(v->json, "most_debt", p->most_debt);
        pl_json_put_int(v->json, "sum_of_debts", p->sum_debts);
        pl_json_put_int(v->json, "undone", rota->undone);
        pl_json_put_int(v->json, "refusals", p->refusals);
        return;
    }
    printf("  %lld people, %lld confirmed turns: %lld to %lld each, Gini 0.%03lld, longest wait %lld period%s, %lld refusal%s\n", (long long)p->people,
           (long long)p->turns, (long long)p->fewest, (long long)p->most, (long long)p->gini, (long long)p->longest_wait, p->longest_wait == 1 ? "" : "s",
           (long long)p->refusals, p->refusals == 1 ? "" : "s");
    printf("  debts from %s to %s points, %s left undone\n", points(p->least_debt, least), points(p->most_debt, most), points(rota->undone, undone));
}

static pl_status show_rota(const view *v, pl_step *s, const uint8_t id[PL_HASH], const pl_rota *rota)
{
    pl_assembly a;
    pl_link link;
    pl_rota_spread spread;
    bool there;
    char from[32], to[32];
    pl_row_key prefix = pl_key_id1(id);
    pl_cursor at = pl_rows(&PL_ROTA_HAS, &prefix);
    pl_status status = pl_assembly_get(s, rota->assembly, &a, &there);
    status = status == PL_OK ? pl_rota_spread_of(s, id, rota, &spread) : status;
    if (v->json != NULL) {
        pl_json_object(v->json);
        put_id(v->json, "id", id);
        pl_json_put_text(v->json, "assembly", a.name);
        pl_json_put_int(v->json, "days", rota->days);
        pl_json_put_int(v->json, "period", rota->filled);
        pl_json_put_bool(v->json, "running", rota->running != 0);
        show_spread(v, rota, &spread);
        pl_json_key(v->json, "classes");
        pl_json_array(v->json);
    } else {
        cli_print_safely(a.name, stdout);
        if (rota->filled < 0) {
            printf(", every %lld days: begins %s\n", (long long)rota->days, cli_time((uint64_t)rota->begins, from));
        } else {
            printf(", every %lld days: period %lld, %s to %s%s\n", (long long)rota->days, (long long)rota->filled,
                   cli_time((uint64_t)pl_rota_begin(rota, rota->filled), from), cli_time((uint64_t)pl_rota_begin(rota, rota->filled + 1), to),
                   rota->running ? "" : " (asleep: nobody confirmed a duty for a long time)");
            show_spread(v, rota, &spread);
        }
    }
    while (status == PL_OK && (status = pl_next(s, &PL_ROTA_HAS, &at, &link, &there)) == PL_OK && there) {
        status = show_class(v, s, at.key + PL_HASH, rota);
    }
    if (v->json != NULL) {
        pl_json_end(v->json);
        pl_json_end(v->json);
    }
    return status;
}

static pl_status show(void *user, pl_step *s)
{
    const view *v = user;
    pl_row_key all = pl_key_none();
    pl_cursor at = pl_rows(&PL_ROTAS, &all);
    pl_rota rota;
    bool there;
    int n = 0;
    pl_status status = PL_OK;
    if (v->json != NULL) {
        pl_json_key(v->json, "rotas");
        pl_json_array(v->json);
    }
    while (status == PL_OK && (status = pl_next(s, &PL_ROTAS, &at, &rota, &there)) == PL_OK && there) {
        status = show_rota(v, s, at.key, &rota);
        n++;
    }
    if (v->json != NULL) {
        pl_json_end(v->json);
    } else if (n == 0) {
        printf("there is no rota yet: 'plenty rota class' makes one\n");
    }
    return status;
}

int cli_rota_show(const cli_args *args)
{
    view v = {.most = DUTIES_SHOWN};
    return print_view(args, show, &v);
}

/* ---- plenty rota fill: why her? ------------------------------------------------------------------- */

/* Everybody as they were weighed at the filling, largest debt first, equal ones by lot. */
typedef struct weighed {
    pl_rota_crew crew;
    pl_rota rota;
    pl_rota_class about;
    pl_rota_filling filling;
    uint8_t class[PL_HASH];
    size_t k; /* the class in the crew */
} weighed;

static pl_status weigh(pl_step *s, const char *name, weighed *w)
{
    bool there = false;
    pl_status status = cli_find_class(s, name, w->class, &w->about, &w->rota);
    status = status == PL_OK ? pl_get(s, &PL_ROTA_FILLINGS, pl_key_then(pl_key_id1(w->about.rota), w->rota.filled >= 0 ? w->rota.filled : 0), &w->filling, &there) : status;
    if (status == PL_OK && !there) {
        char time[32];
        return pl_fail(s->err, PL_NOTFOUND, name, "it is filled then, by the clock", "its first period begins %s", cli_time((uint64_t)w->rota.begins, time));
    }
    status = status == PL_OK ? pl_rota_load(s, w->about.rota, &w->rota, w->rota.filled, w->filling.seed, &w->crew) : status;
    for (size_t i = 0; status == PL_OK && i < w->crew.n; i++) {
        pl_turn_person *p = &w->crew.people[i];
        bool seen = w->crew.account[i].seen == w->rota.filled; /* who came later was not weighed */
        p->debt = seen ? w->crew.account[i].weighed : INT64_MIN;
        p->state = seen ? (pl_turn_state)w->crew.account[i].state : PL_TURN_ABSENT;
    }
    while (w->k < w->crew.classes && !pl_id_same(w->crew.class_id[w->k], w->class)) {
        w->k++;
    }
    if (status == PL_OK && w->k == w->crew.classes) {
        return pl_fail(s->err, PL_NOTFOUND, name, NULL, "this class of tasks has ended");
    }
    if (status == PL_OK) {
        pl_turns_order(w->crew.people, w->crew.n, w->crew.order);
    }
    return status;
}

static const char *reason(const weighed *w, int32_t who)
{
    static const char *const states[] = {"could", "away", "has a duty of another rota", "refused", "took a task", "learns beside another"};
    const pl_turn_skill *skill = &w->crew.class[w->k].skill[who];
    if (skill->last >= 0 && skill->last + 1 == w->rota.filled) {
        return "had it in the period before";
    }
    if (skill->last == w->rota.filled) {
        return "takes it";
    }
    return states[w->crew.people[who].state];
}

static void explain_choice(const weighed *w, int64_t slot, const pl_rota_duty *d)
{
    char hex[13], debt[32];
    if (d->state == PL_DUTY_OPEN) {
        printf("slot %lld: open. Nobody was free, knew the task, and did not have it in the period before.\n", (long long)slot);
        return;
    }
    printf("slot %lld: %s, who owed %s points, the most of %lld who could.", (long long)slot, cli_short_id(d->holder, hex), points(d->debt, debt), (long long)d->candidates);
    if (d->rung < w->about.rung) {
        printf(" Nobody free had rung %lld, so rung %lld was enough.", (long long)w->about.rung, (long long)d->rung);
    }
    if (d->tied > 1) {
        printf(" %lld owed as much: of those %sthe smallest lot decided.", (long long)d->tied, d->rested ? "who did not have this task of late " : "");
    }
    printf("%s%s\n", d->refusals > 0 ? " Others had refused." : "", d->swapped > 0 ? " Swapped since, signed by both." : "");
}

static void explain_choice_json(pl_json *j, int64_t slot, const pl_rota_duty *d)
{
    pl_json_object(j);
    pl_json_put_int(j, "slot", slot);
    put_id(j, "holder", d->holder);
    pl_json_put_int(j, "debt", d->debt);
    pl_json_put_int(j, "candidates", d->candidates);
    pl_json_put_int(j, "tied", d->tied);
    pl_json_put_bool(j, "rested", d->rested != 0);
    pl_json_put_int(j, "rung", d->rung);
    pl_json_put_int(j, "refusals", d->refusals);
    pl_json_put_int(j, "swapped", d->swapped);
    pl_json_end(j);
}

static void list_people(const view *v, const weighed *w)
{
    if (v->json == NULL) {
        printf("\n  %-14s%10s  rung  %-14s\n", "member", "debt", "lot");
    }
    for (size_t i = 0; i < w->crew.n && (v->json != NULL || i < v->most); i++) {
        int32_t who = w->crew.order[i];
        const pl_turn_person *p = &w->crew.people[who];
        char hex[13], lot[13], debt[32];
        if (p->debt == INT64_MIN) {
            continue;
        }
        if (v->json != NULL) {
            pl_json_object(v->json);
            put_id(v->json, "member", p->id);
            pl_json_put_int(v->json, "debt", p->debt);
            pl_json_put_int(v->json, "rung", w->crew.class[w->k].skill[who].rung);
            put_id(v->json, "lot", p->lot);
            pl_json_put_text(v->json, "says", reason(w, who));
            pl_json_end(v->json);
        } else {
            printf("  %-14s%10s  %4lld  %-14s%s\n", cli_short_id(p->id, hex), points(p->debt, debt), (long long)w->crew.class[w->k].skill[who].rung,
                   cli_short_id(p->lot, lot), reason(w, who));
        }
    }
    if (v->json == NULL && w->crew.n > v->most) {
        printf("  and %zu more: --most\n", w->crew.n - (size_t)v->most);
    }
}

static pl_status explain_duties(const view *v, pl_step *s, const weighed *w)
{
    pl_row_key prefix = pl_key_then(pl_key_id1(w->class), w->rota.filled);
    pl_cursor at = pl_rows(&PL_ROTA_DUTIES, &prefix);
    pl_rota_duty d;
    bool there;
    pl_status status;
    while ((status = pl_next(s, &PL_ROTA_DUTIES, &at, &d, &there)) == PL_OK && there) {
        int64_t slot = pl_key_number(at.key + PL_HASH + 8);
        if (v->json != NULL) {
            explain_choice_json(v->json, slot, &d);
        } else {
            explain_choice(w, slot, &d);
        }
    }
    return status;
}

static pl_status explain(void *user, pl_step *s)
{
    const view *v = user;
    weighed w = {.k = 0};
    char seed[2 * PL_HASH + 1], time[32];
    pl_status status = weigh(s, v->args->argument[1], &w);
    if (status == PL_OK && v->json != NULL) {
        pl_json_put_text(v->json, "class", w.about.name);
        pl_json_put_int(v->json, "period", w.rota.filled);
        pl_json_put_int(v->json, "time", w.filling.time);
        put_id(v->json, "seed", w.filling.seed);
        pl_json_key(v->json, "choices");
        pl_json_array(v->json);
        status = explain_duties(v, s, &w);
        pl_json_end(v->json);
        pl_json_key(v->json, "people");
        pl_json_array(v->json);
        list_people(v, &w);
        pl_json_end(v->json);
    } else if (status == PL_OK) {
        pl_hex_write(w.filling.seed, PL_HASH, seed);
        cli_print_safely(w.about.name, stdout);
        printf(", period %lld, filled by the clock %s: %lld people, %lld there\n", (long long)w.rota.filled, cli_time((uint64_t)w.filling.time, time),
               (long long)w.filling.people, (long long)w.filling.present);
        status = explain_duties(v, s, &w);
        printf("Heavier tasks were filled first. A lot is SHA-256(seed, \"rota\", member); the seed is\n  %s\n", seed);
        list_people(v, &w);
    }
    pl_rota_unload(&w.crew);
    return status;
}

int cli_rota_fill(const cli_args *args)
{
    view v = {.most = LIST_MOST};
    const char *most = cli_text(args, "most");
    if (most != NULL && (!cli_whole_number(most, &v.most) || v.most < 1)) {
        return cli_usage(args, "for example --most 100", "'%.40s' is no number of people", most);
    }
    return print_view(args, explain, &v);
}
