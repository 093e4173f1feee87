/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Long random histories of rotas: how far debts can part, what adds up always, and the same draw made again by another way from the rows alone. */
#include "council/rota.h"

#include "base/mem.h"
#include "base/rng.h"
#include "test/commons_help.h"
#include "test/test.h"

#define PEOPLE 128
#define CLASSES 4

typedef struct setting {
    int people, classes;
    int64_t weight[CLASSES], slots[CLASSES];
} setting;

static const setting SETTINGS[] = {
    {10, 1, {1}, {1}},
    {30, 2, {5, 1}, {2, 3}},
    {50, 3, {10, 3, 1}, {1, 4, 10}},
    {100, 3, {20, 5, 1}, {2, 10, 20}},
    {41, 4, {8, 4, 2, 1}, {5, 5, 5, 5}},
};
enum { N_SETTINGS = sizeof SETTINGS / sizeof *SETTINGS, SEEDS = 10, PERIODS = 400 };

typedef struct history {
    const setting *set;
    pl_rng rng;
    pl_turn_person person[PEOPLE];
    pl_turn_skill skill[CLASSES][PEOPLE];
    int64_t undone;
} history;

static void begin(history *h, const setting *set, uint64_t seed)
{
    memset(h, 0, sizeof *h);
    h->set = set;
    pl_rng_seed(&h->rng, seed);
    for (int i = 0; i < set->people; i++) {
        h->person[i].id[0] = (uint8_t)i;
        h->person[i].percent = 100;
        for (int k = 0; k < set->classes; k++) {
            h->skill[k][i].last = -1;
        }
    }
}

static void draw_lots(history *h)
{
    for (int i = 0; i < h->set->people; i++) {
        uint64_t x = pl_rng_next(&h->rng);
        memcpy(h->person[i].lot, &x, sizeof x);
        h->person[i].state = h->person[i].percent == 0 ? PL_TURN_ABSENT : PL_TURN_FREE;
    }
}

/* One period: dues, then the slots, heaviest first. */
static void go_on(history *h, int64_t period)
{
    const setting *set = h->set;
    size_t n = (size_t)set->people;
    int32_t order[PEOPLE];
    int64_t work = 0, due;
    draw_lots(h);
    for (int k = 0; k < set->classes; k++) {
        work += set->weight[k] * set->slots[k] * PL_TURN_UNIT;
    }
    CHECK_INT(pl_turns_accrue(h->person, n, work - h->undone, &due, NULL), PL_OK);
    h->undone += due;
    pl_turns_order(h->person, n, order);
    for (int k = 0; k < set->classes; k++) {
        pl_turn_class class = {.weight = set->weight[k], .slots = set->slots[k], .skill = h->skill[k]};
        for (int64_t slot = 0; slot < set->slots[k]; slot++) {
            pl_turn_choice c = pl_turn_pick(h->person, order, n, &class, period);
            if (c.person >= 0) {
                CHECK(h->person[c.person].state == PL_TURN_FREE); /* nobody twice at once */
                CHECK(h->skill[k][c.person].last < 0 || h->skill[k][c.person].last != period - 1);
                h->person[c.person].state = PL_TURN_TAKEN;
                h->person[c.person].debt -= class.weight * PL_TURN_UNIT;
                h->skill[k][c.person].last = period;
                h->undone -= class.weight * PL_TURN_UNIT;
            }
        }
    }
}

static int64_t spread(const history *h, int64_t *sum)
{
    int64_t least = INT64_MAX, most = INT64_MIN;
    *sum = 0;
    for (int i = 0; i < h->set->people; i++) {
        least = h->person[i].debt < least ? h->person[i].debt : least;
        most = h->person[i].debt > most ? h->person[i].debt : most;
        *sum += h->person[i].debt;
    }
    return most - least;
}

/* docs/methods/rota.md: when all are there alike, no two debts are further apart than the heaviest task weighs, and the rounding of dues. */
TEST(debts_stay_within_the_heaviest_task)
{
    for (int i = 0; i < N_SETTINGS; i++) {
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
            history h;
            begin(&h, &SETTINGS[i], seed);
            for (int64_t period = 0; period < PERIODS; period++) {
                int64_t sum, apart;
                go_on(&h, period);
                apart = spread(&h, &sum);
                CHECK_INT(sum, 0);
                if (apart > SETTINGS[i].weight[0] * PL_TURN_UNIT + 1) {
                    FAIL("setting %d, seed %d, period %d: debts are %lld apart", i, (int)seed, (int)period, (long long)apart);
                }
            }
        }
    }
}

/* With absences nothing is promised about how far debts part, but they add up, and those who were away owe nothing for that time. */
TEST(debts_add_up_with_absences)
{
    for (int i = 0; i < N_SETTINGS; i++) {
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
            history h;
            int64_t sum;
            begin(&h, &SETTINGS[i], seed);
            for (int64_t period = 0; period < PERIODS; period++) {
                int who = (int)pl_rng_below(&h.rng, (uint64_t)h.set->people);
                h.person[who].percent = (int64_t)pl_rng_below(&h.rng, 5) * 25;
                int64_t before = h.person[0].debt;
                go_on(&h, period);
                (void)spread(&h, &sum);
                CHECK_INT(sum, h.undone);
                CHECK(h.person[0].percent > 0 || h.person[0].debt == before);
            }
        }
    }
}

TEST(dues_follow_exposure_exactly)
{
    pl_rng rng;
    pl_rng_seed(&rng, 11);
    for (int run = 0; run < 500; run++) {
        pl_turn_person p[PEOPLE];
        size_t n = 1 + (size_t)pl_rng_below(&rng, PEOPLE);
        int64_t amount = (int64_t)pl_rng_below(&rng, 100000000), all = 0, sum = 0, due;
        memset(p, 0, sizeof p);
        for (size_t i = 0; i < n; i++) {
            p[i].lot[0] = (uint8_t)i;
            all += p[i].percent = (int64_t)pl_rng_below(&rng, 101);
        }
        CHECK_INT(pl_turns_accrue(p, n, amount, &due, NULL), PL_OK);
        CHECK_INT(due, all > 0 ? amount : 0);
        for (size_t i = 0; i < n; i++) {
            int64_t exact = all > 0 ? amount * p[i].percent / all : 0;
            CHECK(p[i].debt == exact || p[i].debt == exact + 1);
            sum += p[i].debt;
        }
        CHECK_INT(sum, due);
    }
}

/* ---- A commons over many periods ------------------------------------------------------------------ */

#define MEMBERS 16
#define WEEK 7

typedef struct redraw {
    const uint8_t *rota;
    int64_t period;
    const char *const *name; /* of the classes, heaviest first */
    const int64_t *slots;
    int classes, checked;
} redraw;

/* Of all who could: the largest weighed debt, then the smallest lot of those; written anew, over the rows alone. */
static void draw_again(redraw *r, pl_step *s, const uint8_t *class, int64_t slot, const pl_rota_filling *f, bool *taken)
{
    uint8_t (*ids)[PL_HASH];
    uint8_t best_lot[PL_HASH];
    size_t n;
    int best = -1;
    int64_t best_debt = 0;
    pl_rota_duty d;
    bool there;
    CHECK_INT(pl_assembly_list(s, s->fold->commons_id, &ids, &n), PL_OK);
    for (size_t i = 0; i < n; i++) {
        pl_rota_account a;
        pl_turn_skill skill;
        uint8_t text[2 * PL_HASH + 4], lot[PL_HASH];
        CHECK_INT(pl_get(s, &PL_ROTA_ACCOUNTS, pl_key_id2(r->rota, ids[i]), &a, &there), PL_OK);
        CHECK(there && a.seen == r->period);
        CHECK_INT(pl_get(s, &PL_ROTA_SKILLS, pl_key_id2(class, ids[i]), &skill, &there), PL_OK);
        /* Who was taken for this class now: what they had before stands in the duty. */
        bool before = there && skill.last == r->period - 1;
        memcpy(text, f->seed, PL_HASH);
        memcpy(text + PL_HASH, "rota", 4);
        memcpy(text + PL_HASH + 4, ids[i], PL_HASH);
        pl_hash(text, sizeof text, lot);
        if (taken[i] || before || a.state == PL_TURN_ABSENT) {
            continue;
        }
        if (best < 0 || a.weighed > best_debt || (a.weighed == best_debt && memcmp(lot, best_lot, PL_HASH) < 0)) {
            best = (int)i;
            best_debt = a.weighed;
            memcpy(best_lot, lot, PL_HASH);
        }
    }
    CHECK_INT(pl_get(s, &PL_ROTA_DUTIES, pl_key_then(pl_key_then(pl_key_id1(class), r->period), slot), &d, &there), PL_OK);
    CHECK(there && best >= 0);
    CHECK_INT(d.debt, best_debt);
    for (size_t i = 0; i < n; i++) {
        if (pl_id_same(ids[i], d.holder)) {
            taken[i] = true;
            CHECK(d.tied > 1 || (int)i == best);
            r->checked += (int)i == best;
        }
    }
    pl_free(ids);
}

static pl_status look_again(void *user, pl_step *s)
{
    redraw *r = user;
    pl_rota_filling f;
    bool taken[MEMBERS] = {false}, there;
    CHECK_INT(pl_get(s, &PL_ROTA_FILLINGS, pl_key_then(pl_key_id1(r->rota), r->period), &f, &there), PL_OK);
    CHECK(there && f.people == MEMBERS && f.undone >= 0);
    for (int k = 0; k < r->classes; k++) {
        for (int64_t slot = 0; slot < r->slots[k]; slot++) {
            uint8_t class[PL_HASH];
            pl_rota_class_id(r->rota, r->name[k], strlen(r->name[k]), class);
            draw_again(r, s, class, slot, &f, taken);
        }
    }
    return PL_OK;
}

static void confirm_all(test_commons *c, const redraw *r)
{
    for (int k = 0; r->period > 0 && k < r->classes; k++) {
        uint8_t class[PL_HASH];
        pl_rota_class_id(r->rota, r->name[k], strlen(r->name[k]), class);
        for (int64_t slot = 0; slot < r->slots[k]; slot++) {
            pl_rota_duty next;
            CHECK(test_row(c, &PL_ROTA_DUTIES, pl_key_then(pl_key_then(pl_key_id1(class), r->period), 0), &next));
            for (size_t i = 0; i < c->n; i++) {
                if (pl_id_same(test_member(c, i), next.holder)) {
                    CHECK_INT(test_act(c, i, &PL_KIND_ROTA_SERVED,
                                       (test_field[]){F_ID("class", class), F_INT("period", r->period - 1), F_INT("slot", slot), {0}}),
                              PL_RULE_NONE);
                }
            }
        }
    }
}

TEST(third_parties_draw_the_same)
{
    static const char *const name[] = {"treasury", "cleaning"};
    static const int64_t slots[] = {1, 4}, weight[] = {7, 2};
    test_commons c = test_commons_begin(MEMBERS);
    const uint8_t *all = pl_record_what(c.record)->commons_id;
    uint8_t rota_id[PL_HASH];
    pl_rota rota;
    pl_rng rng;
    pl_rota_id(all, WEEK, rota_id);
    pl_rng_seed(&rng, 3);
    for (int k = 0; k < 2; k++) {
        CHECK_INT(test_act(&c, 0, &PL_KIND_ROTA_CLASS,
                           (test_field[]){F_ID("assembly", all), F_TEXT("name", name[k]), F_INT("weight", weight[k]), F_INT("slots", slots[k]), F_INT("days", WEEK),
                                          F_INT("rung", 0), {0}}),
                  PL_RULE_NONE);
    }
    redraw r = {.rota = rota_id, .name = name, .slots = slots, .classes = 2};
    CHECK(test_row(&c, &PL_ROTAS, pl_key_id1(rota_id), &rota));
    for (r.period = 0; r.period < 30; r.period++) {
        test_later(&c, pl_rota_begin(&rota, r.period) - (int64_t)c.now);
        test_look(&c, look_again, &r);
        confirm_all(&c, &r);
        size_t who = (size_t)pl_rng_below(&rng, MEMBERS);
        int64_t now = (int64_t)c.now;
        CHECK_INT(test_act(&c, who, &PL_KIND_ROTA_ABSENT, (test_field[]){F_INT("percent", 0), F_INT("from", now), F_INT("until", now + 10 * PL_DAY), {0}}), PL_RULE_NONE);
    }
    CHECK(r.checked > 100); /* the rest: of equal debts somebody who had this task longer ago came before the smallest lot */
    CHECK(test_row(&c, &PL_ROTAS, pl_key_id1(rota_id), &rota) && rota.undone == 0 && rota.filled == 29);
    test_commons_end(&c);
}
