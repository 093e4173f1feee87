/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The rota: what each rule refuses, and that whole periods go by the clock. */
#include "council/rota.h"
#include "test/commons_help.h"
#include "test/test.h"

#define WEEK 7
#define NOBODY ((size_t)-1)

typedef struct world {
    test_commons c;
    uint8_t rota[PL_HASH];
} world;

static const uint8_t *everyone(const world *w)
{
    return pl_record_what(w->c.record)->commons_id;
}

/* So many founders, in the first second of period 0 of a weekly rota that has no classes yet. */
static world begin(size_t founders)
{
    world w = {.c = test_commons_begin(founders)};
    pl_rota_id(everyone(&w), WEEK, w.rota);
    return w;
}

static pl_rule set_class(world *w, const char *name, int64_t weight, int64_t slots, int64_t rung)
{
    return test_act(&w->c, 0, &PL_KIND_ROTA_CLASS,
                    (test_field[]){F_ID("assembly", everyone(w)), F_TEXT("name", name), F_INT("weight", weight), F_INT("slots", slots), F_INT("days", WEEK),
                                   F_INT("rung", rung), {0}});
}

static const uint8_t *class_id(const world *w, const char *name)
{
    static uint8_t id[4][PL_HASH];
    static int turn;
    uint8_t *out = id[turn++ % 4];
    pl_rota_class_id(w->rota, name, strlen(name), out);
    return out;
}

static pl_rota rota(world *w)
{
    pl_rota r;
    CHECK(test_row(&w->c, &PL_ROTAS, pl_key_id1(w->rota), &r));
    return r;
}

/* The clock goes to the first second of that period. */
static void go_to(world *w, int64_t period)
{
    pl_rota r = rota(w);
    test_later(&w->c, pl_rota_begin(&r, period) - (int64_t)w->c.now);
}

static bool duty(world *w, const char *name, int64_t period, int64_t slot, pl_rota_duty *d)
{
    return test_row(&w->c, &PL_ROTA_DUTIES, pl_key_then(pl_key_then(pl_key_id1(class_id(w, name)), period), slot), d);
}

static size_t person(const world *w, const uint8_t *id)
{
    for (size_t i = 0; i < w->c.n; i++) {
        if (pl_id_same(test_member(&w->c, i), id)) {
            return i;
        }
    }
    return NOBODY;
}

static size_t holder(world *w, const char *name, int64_t period, int64_t slot)
{
    pl_rota_duty d;
    return duty(w, name, period, slot, &d) ? person(w, d.holder) : NOBODY;
}

static pl_rota_account account(world *w, size_t who)
{
    pl_rota_account a;
    CHECK(test_row(&w->c, &PL_ROTA_ACCOUNTS, pl_key_id2(w->rota, test_member(&w->c, who)), &a));
    return a;
}

static pl_rule refuse(world *w, size_t who, const char *name, int64_t period, int64_t slot)
{
    return test_act(&w->c, who, &PL_KIND_ROTA_REFUSED, (test_field[]){F_ID("class", class_id(w, name)), F_INT("period", period), F_INT("slot", slot), {0}});
}

static pl_rule confirm(world *w, size_t who, const char *name, int64_t period, int64_t slot)
{
    return test_act(&w->c, who, &PL_KIND_ROTA_SERVED, (test_field[]){F_ID("class", class_id(w, name)), F_INT("period", period), F_INT("slot", slot), {0}});
}

static pl_rule absent(world *w, size_t who, int64_t percent, int64_t from, int64_t until)
{
    return test_act(&w->c, who, &PL_KIND_ROTA_ABSENT, (test_field[]){F_INT("percent", percent), F_INT("from", from), F_INT("until", until), {0}});
}

static int64_t sum_debts(world *w)
{
    int64_t sum = 0;
    for (size_t i = 0; i < w->c.n; i++) {
        sum += account(w, i).debt;
    }
    return sum;
}

TEST(a_period_begins_by_the_clock)
{
    world w = begin(6);
    CHECK_INT(set_class(&w, "cleaning", 2, 2, 0), PL_RULE_NONE);
    CHECK_INT(set_class(&w, "treasury", 5, 1, 0), PL_RULE_NONE);
    CHECK_INT(rota(&w).begins % PL_DAY, 0);
    CHECK(rota(&w).begins > (int64_t)w.c.now && rota(&w).begins <= (int64_t)w.c.now + PL_DAY);
    CHECK_INT(holder(&w, "treasury", 0, 0), NOBODY);
    go_to(&w, 0); /* nobody did anything */
    size_t treasurer = holder(&w, "treasury", 0, 0);
    CHECK(treasurer != NOBODY && holder(&w, "cleaning", 0, 0) != treasurer && holder(&w, "cleaning", 0, 1) != treasurer);
    CHECK_INT(account(&w, treasurer).debt, 1500 - 5000);
    CHECK_INT(account(&w, treasurer).weighed, 1500);
    CHECK_INT(sum_debts(&w), 0);
    go_to(&w, 1);
    CHECK_INT(rota(&w).filled, 1);
    CHECK(holder(&w, "treasury", 1, 0) != treasurer);
    CHECK_INT(sum_debts(&w), 0);
    test_commons_end(&w.c);
}

static pl_rule class_from(world *w, const char *name, int64_t begins)
{
    return test_act(&w->c, 0, &PL_KIND_ROTA_CLASS,
                    (test_field[]){F_ID("assembly", everyone(w)), F_TEXT("name", name), F_INT("weight", 1), F_INT("slots", 1), F_INT("days", WEEK), F_INT("rung", 0),
                                   F_INT("begins", begins), {0}});
}

TEST(r_090_a_rota_begins_once)
{
    world w = begin(3);
    int64_t now = (int64_t)w.c.now;
    CHECK_INT(class_from(&w, "cleaning", now - 1), PL_RULE_ROTA_CLASS);
    CHECK_INT(class_from(&w, "cleaning", now + 367 * PL_DAY), PL_RULE_ROTA_CLASS);
    CHECK_INT(class_from(&w, "cleaning", now), PL_RULE_NONE);
    CHECK(holder(&w, "cleaning", 0, 0) != NOBODY); /* at once */
    CHECK_INT(class_from(&w, "treasury", now), PL_RULE_ROTA_CLASS);
    CHECK_INT(set_class(&w, "treasury", 2, 1, 0), PL_RULE_NONE);
    go_to(&w, 1);
    CHECK(holder(&w, "treasury", 1, 0) != NOBODY);
    test_commons_end(&w.c);
}

TEST(r_090_classes_of_tasks)
{
    world w = begin(2);
    uint8_t nobody[PL_HASH] = {1};
    CHECK_INT(set_class(&w, "cleaning", 2, 0, 0), PL_RULE_ROTA_CLASS); /* ends before it began */
    CHECK_INT(test_act(&w.c, 0, &PL_KIND_ROTA_CLASS,
                       (test_field[]){F_ID("assembly", nobody), F_TEXT("name", "x"), F_INT("weight", 1), F_INT("slots", 1), F_INT("days", 7), F_INT("rung", 0), {0}}),
              PL_RULE_ASSEMBLY);
    for (int i = 0; i < PL_ROTA_CLASSES; i++) {
        char name[16];
        snprintf(name, sizeof name, "Task %d", i);
        CHECK_INT(set_class(&w, name, 1, 1, 0), PL_RULE_NONE);
    }
    CHECK_INT(set_class(&w, "one more", 1, 1, 0), PL_RULE_ROTA_CLASS);
    CHECK_INT(set_class(&w, "Task 3", 9, 0, 0), PL_RULE_NONE); /* changed: ended */
    go_to(&w, 0);
    CHECK_INT(holder(&w, "Task 3", 0, 0), NOBODY);
    test_constitution(&w.c, "");
    CHECK_INT(set_class(&w, "Task 3", 9, 1, 0), PL_RULE_GRANT);
    test_commons_end(&w.c);
}

TEST(r_091_absence_is_dated)
{
    world w = begin(4);
    int64_t now = (int64_t)w.c.now;
    CHECK_INT(absent(&w, 1, 0, now, now), PL_RULE_ROTA_ABSENCE);
    CHECK_INT(absent(&w, 1, 0, now, now + 367 * PL_DAY), PL_RULE_ROTA_ABSENCE);
    size_t stranger = test_person(&w.c);
    CHECK_INT(absent(&w, stranger, 0, now, now + PL_DAY), PL_RULE_KEY);
    CHECK_INT(absent(&w, 1, 0, now, now + 10 * PL_DAY), PL_RULE_NONE);
    CHECK_INT(absent(&w, 2, 50, now, now + 10 * PL_DAY), PL_RULE_NONE);
    CHECK_INT(set_class(&w, "cleaning", 5, 1, 0), PL_RULE_NONE);
    go_to(&w, 0);
    CHECK_INT(account(&w, 1).weighed, 0); /* nothing is due from who is away */
    CHECK_INT(account(&w, 1).state, PL_TURN_ABSENT);
    CHECK_INT(account(&w, 2).weighed, 1000);
    CHECK_INT(account(&w, 3).weighed, 2000);
    CHECK(holder(&w, "cleaning", 0, 0) == 0 || holder(&w, "cleaning", 0, 0) == 3);
    go_to(&w, 2); /* back again */
    CHECK(account(&w, 1).state != PL_TURN_ABSENT);
    test_commons_end(&w.c);
}

TEST(r_092_duties_that_go_on)
{
    world w = begin(4);
    CHECK_INT(refuse(&w, 0, "cleaning", 0, 0), PL_RULE_ROTA_DUTY);
    CHECK_INT(set_class(&w, "cleaning", 5, 1, 0), PL_RULE_NONE);
    go_to(&w, 0);
    size_t who = holder(&w, "cleaning", 0, 0);
    CHECK_INT(refuse(&w, who, "cleaning", 0, 1), PL_RULE_ROTA_DUTY);
    CHECK_INT(refuse(&w, who, "cleaning", 1, 0), PL_RULE_ROTA_DUTY);
    go_to(&w, 1);
    CHECK_INT(refuse(&w, who, "cleaning", 0, 0), PL_RULE_ROTA_DUTY); /* over */
    go_to(&w, 2);
    CHECK_INT(confirm(&w, (who + 1) % 4, "cleaning", 0, 0), PL_RULE_ROTA_DUTY); /* lapsed */
    CHECK(strstr(w.c.why, "lapsed") != NULL);
    test_commons_end(&w.c);
}

TEST(r_093_only_ones_own_duty)
{
    world w = begin(4);
    CHECK_INT(set_class(&w, "cleaning", 5, 1, 0), PL_RULE_NONE);
    go_to(&w, 0);
    size_t first = holder(&w, "cleaning", 0, 0);
    CHECK_INT(refuse(&w, (first + 1) % 4, "cleaning", 0, 0), PL_RULE_ROTA_OWN);
    CHECK_INT(account(&w, first).debt, 1250 - 5000);
    CHECK_INT(refuse(&w, first, "cleaning", 0, 0), PL_RULE_NONE);
    pl_rota_account a = account(&w, first);
    CHECK(a.debt == 1250 && a.refusals == 1 && a.state == PL_TURN_REFUSED); /* the debt stays, the count is public */
    size_t second = holder(&w, "cleaning", 0, 0);
    CHECK(second != first && second != NOBODY);
    CHECK_INT(account(&w, second).debt, 1250 - 5000);
    CHECK_INT(sum_debts(&w), 0);
    CHECK_INT(refuse(&w, second, "cleaning", 0, 0), PL_RULE_NONE);
    size_t third = holder(&w, "cleaning", 0, 0);
    CHECK(third != first && third != second && third != NOBODY);
    CHECK_INT(refuse(&w, third, "cleaning", 0, 0), PL_RULE_NONE);
    CHECK_INT(refuse(&w, holder(&w, "cleaning", 0, 0), "cleaning", 0, 0), PL_RULE_NONE);
    pl_rota_duty d;
    CHECK(duty(&w, "cleaning", 0, 0, &d) && d.state == PL_DUTY_OPEN && d.refusals == 4); /* nobody is left */
    CHECK_INT(sum_debts(&w), 5000);
    CHECK_INT(rota(&w).undone, 5000);
    go_to(&w, 1); /* what was due and not done is not handed out again */
    CHECK_INT(sum_debts(&w), 0);
    CHECK_INT(rota(&w).undone, 0);
    test_commons_end(&w.c);
}

static pl_rule offer(world *w, size_t who, const char *mine, int64_t period, const char *theirs)
{
    return test_act(&w->c, who, &PL_KIND_ROTA_OFFERED,
                    (test_field[]){F_ID("class", class_id(w, mine)), F_INT("period", period), F_INT("slot", 0), F_ID("other_class", class_id(w, theirs)),
                                   F_INT("other_slot", 0), {0}});
}

static pl_rule accept(world *w, size_t who, const uint8_t *id)
{
    return test_act(&w->c, who, &PL_KIND_ROTA_SWAPPED, (test_field[]){F_ID("offer", id), {0}});
}

TEST(r_094_swaps_are_signed_by_both)
{
    world w = begin(6);
    uint8_t id[PL_HASH];
    CHECK_INT(set_class(&w, "treasury", 5, 1, 0), PL_RULE_NONE);
    CHECK_INT(set_class(&w, "cleaning", 2, 1, 0), PL_RULE_NONE);
    go_to(&w, 0);
    size_t a = holder(&w, "treasury", 0, 0), b = holder(&w, "cleaning", 0, 0);
    int64_t debt_a = account(&w, a).debt, debt_b = account(&w, b).debt;
    CHECK_INT(accept(&w, b, everyone(&w)), PL_RULE_ROTA_SWAP);
    CHECK_INT(offer(&w, b, "treasury", 0, "cleaning"), PL_RULE_ROTA_OWN);
    CHECK_INT(offer(&w, a, "treasury", 0, "treasury"), PL_RULE_ROTA_SWAP);
    CHECK_INT(offer(&w, a, "treasury", 0, "cleaning"), PL_RULE_NONE);
    memcpy(id, w.c.id, PL_HASH);
    CHECK_INT(accept(&w, a, id), PL_RULE_ROTA_OWN);
    CHECK_INT(accept(&w, b, id), PL_RULE_NONE);
    CHECK(holder(&w, "treasury", 0, 0) == b && holder(&w, "cleaning", 0, 0) == a);
    CHECK_INT(account(&w, a).debt, debt_a + 3000);
    CHECK_INT(account(&w, b).debt, debt_b - 3000);
    CHECK_INT(sum_debts(&w), 0);
    CHECK_INT(accept(&w, b, id), PL_RULE_ROTA_SWAP); /* once */
    pl_rota_busy busy;
    CHECK(test_row(&w.c, &PL_ROTA_BUSY, pl_key_id1(test_member(&w.c, b)), &busy) && pl_id_same(busy.class, class_id(&w, "treasury")));
    test_commons_end(&w.c);
}

TEST(r_094_swaps_keep_the_rules_of_turns)
{
    world w = begin(2);
    uint8_t id[PL_HASH];
    CHECK_INT(set_class(&w, "treasury", 5, 1, 0), PL_RULE_NONE);
    CHECK_INT(set_class(&w, "cleaning", 2, 1, 0), PL_RULE_NONE);
    go_to(&w, 1); /* both have changed places: swapped back they would succeed themselves */
    size_t a = holder(&w, "treasury", 1, 0), b = holder(&w, "cleaning", 1, 0);
    CHECK(a == holder(&w, "cleaning", 0, 0) && b == holder(&w, "treasury", 0, 0));
    CHECK_INT(offer(&w, a, "treasury", 1, "cleaning"), PL_RULE_NONE);
    memcpy(id, w.c.id, PL_HASH);
    CHECK_INT(accept(&w, b, id), PL_RULE_ROTA_SWAP);
    CHECK(strstr(w.c.why, "succeeds") != NULL);
    CHECK_INT(refuse(&w, a, "treasury", 1, 0), PL_RULE_NONE); /* b has a duty, and had this one: nobody is left */
    CHECK_INT(accept(&w, b, id), PL_RULE_ROTA_DUTY);
    test_commons_end(&w.c);
}

TEST(r_095_duties_are_confirmed_by_others)
{
    world w = begin(6);
    CHECK_INT(set_class(&w, "treasury", 5, 1, 0), PL_RULE_NONE);
    go_to(&w, 0);
    size_t first = holder(&w, "treasury", 0, 0);
    CHECK_INT(confirm(&w, first, "treasury", 0, 0), PL_RULE_ROTA_SERVED);
    CHECK_INT(confirm(&w, (first + 1) % 6, "treasury", 0, 0), PL_RULE_ROTA_SERVED); /* not over */
    go_to(&w, 1);
    size_t next = holder(&w, "treasury", 1, 0);
    CHECK_INT(confirm(&w, first, "treasury", 0, 0), PL_RULE_ROTA_SERVED);
    for (size_t i = 0; i < 6; i++) {
        if (i != next) {
            CHECK_INT(confirm(&w, i, "treasury", 0, 0), PL_RULE_ROTA_SERVED);
        }
    }
    CHECK_INT(confirm(&w, next, "treasury", 0, 0), PL_RULE_NONE);
    CHECK(account(&w, first).turns == 1 && account(&w, first).last == 0);
    CHECK_INT(confirm(&w, next, "treasury", 0, 0), PL_RULE_ROTA_DUTY); /* once */
    go_to(&w, 3); /* the duty of period 1 lapses */
    CHECK_INT(account(&w, next).turns, 0);
    CHECK_INT(sum_debts(&w), rota(&w).undone);
    test_commons_end(&w.c);
}

static pl_turn_skill skill(world *w, const char *name, size_t who)
{
    pl_turn_skill s = {0, -1};
    (void)test_row(&w->c, &PL_ROTA_SKILLS, pl_key_id2(class_id(w, name), test_member(&w->c, who)), &s);
    return s;
}

TEST(who_stands_by_learns)
{
    world w = begin(9);
    pl_rota_class c;
    pl_rota_duty d;
    CHECK_INT(set_class(&w, "accounts", 5, 1, 1), PL_RULE_NONE);
    go_to(&w, 0);
    CHECK(duty(&w, "accounts", 0, 0, &d));
    CHECK_INT(d.rung, 0); /* nobody knows it yet */
    CHECK(test_row(&w.c, &PL_ROTA_CLASSES_OF, pl_key_id1(class_id(&w, "accounts")), &c) && c.training == 1);
    size_t first = person(&w, d.holder), second = person(&w, d.second), trainee = person(&w, d.trainee);
    CHECK(first != second && second != trainee && first != trainee && second != NOBODY && trainee != NOBODY);
    go_to(&w, 1);
    CHECK_INT(confirm(&w, second, "accounts", 0, 0), PL_RULE_NONE);
    CHECK(skill(&w, "accounts", first).rung == 1 && skill(&w, "accounts", second).rung == 1 && skill(&w, "accounts", trainee).rung == 1);
    CHECK_INT(account(&w, second).turns, 0);
    go_to(&w, 2);
    CHECK(duty(&w, "accounts", 2, 0, &d));
    CHECK_INT(d.rung, 1); /* now one of the three */
    CHECK(skill(&w, "accounts", person(&w, d.holder)).rung == 1 && skill(&w, "accounts", person(&w, d.second)).rung == 0);
    CHECK(test_row(&w.c, &PL_ROTA_CLASSES_OF, pl_key_id1(class_id(&w, "accounts")), &c) && c.training == 0); /* three for one slot */
    CHECK(pl_id_none(d.trainee));
    test_commons_end(&w.c);
}

TEST(a_rota_that_nobody_serves_sleeps)
{
    world w = begin(3);
    CHECK_INT(set_class(&w, "cleaning", 5, 1, 0), PL_RULE_NONE);
    go_to(&w, 100);
    CHECK_INT(rota(&w).running, 0);
    CHECK_INT(rota(&w).filled, PL_ROTA_IDLE);
    CHECK_INT(set_class(&w, "cleaning", 4, 1, 0), PL_RULE_NONE); /* wakes it */
    go_to(&w, 101);
    CHECK_INT(rota(&w).filled, 101);
    CHECK(holder(&w, "cleaning", 101, 0) != NOBODY);
    test_commons_end(&w.c);
}
