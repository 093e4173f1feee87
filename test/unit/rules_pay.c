/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Pay: the median of skilled work, the cap on officials, who enters it; what each rule refuses. */
#include "council/pay.h"

#include <stdlib.h>

#include "base/rng.h"
#include "council/rota.h"
#include "test/commons_help.h"
#include "test/test.h"

#define QUARTER (2026 * 4 + 2) /* July to September; TEST_NOW is in it, on its 83rd day of 92 */
#define CLOSE (31 * PL_DAY)    /* after its end */

static const uint8_t *everyone(const test_commons *c)
{
    return pl_record_what(c->record)->commons_id;
}

static pl_rule skilled(test_commons *c, size_t who, int64_t quarter, const char *grade, const int64_t *amounts, size_t n)
{
    return test_act(c, who, &PL_KIND_PAY_SKILLED,
                    (test_field[]){F_INT("quarter", quarter), F_TEXT("source", "Mill"), F_TEXT("grade", grade), F_INTS("amounts", amounts, n), {0}});
}

static pl_rule paid(test_commons *c, size_t who, const uint8_t *holder, int64_t quarter, int64_t amount)
{
    return test_act(c, who, &PL_KIND_PAY_ENTERED,
                    (test_field[]){F_ID("holder", holder), F_INT("quarter", quarter), F_INT("amount", amount), F_TEXT("source", "Council"), F_INT("sort", 0), {0}});
}

static pl_pay_quarter quarter(test_commons *c, int64_t number)
{
    pl_pay_quarter q;
    CHECK(test_row(c, &PL_PAY_QUARTERS, pl_key_then(pl_key_none(), number), &q));
    return q;
}

/* The clock goes to so many seconds after the end of a quarter. */
static void after(test_commons *c, int64_t number, int64_t seconds)
{
    test_later(c, pl_quarter_begin(number + 1) + seconds - (int64_t)c->now);
}

TEST(quarters_follow_one_another)
{
    CHECK_INT(pl_quarter_begin(1970 * 4), 0);
    CHECK_INT(pl_quarter_begin(2000 * 4 + 1), 954547200);   /* 2000-04-01: a leap year of 400 */
    CHECK_INT(pl_quarter_begin(QUARTER), 1782864000);       /* 2026-07-01 */
    CHECK_INT(pl_quarter_begin(2100 * 4 + 1), 4110220800);  /* 2100-04-01: no leap year */
    for (int64_t q = PL_QUARTER_FIRST; q < PL_QUARTER_LAST; q++) {
        int64_t begin = pl_quarter_begin(q), days = (pl_quarter_begin(q + 1) - begin) / PL_DAY;
        CHECK(days >= 90 && days <= 92);
        CHECK(pl_quarter_of(begin) == q && pl_quarter_of(pl_quarter_begin(q + 1) - 1) == q);
    }
}

/* ---- Pay of skilled work -------------------------------------------------------------------------- */

static int64_t median_of(const int64_t *amounts, size_t n)
{
    test_commons c = test_commons_begin(1);
    CHECK_INT(skilled(&c, 0, QUARTER, "Baker", amounts, n), PL_RULE_NONE);
    CHECK_INT(quarter(&c, QUARTER).median, -1);
    after(&c, QUARTER, CLOSE);
    int64_t median = quarter(&c, QUARTER).median;
    test_commons_end(&c);
    return median;
}

TEST(the_median_is_exact)
{
    CHECK_INT(median_of((const int64_t[]){300}, 1), 300);
    CHECK_INT(median_of((const int64_t[]){300, 100}, 2), 200);
    CHECK_INT(median_of((const int64_t[]){301, 100}, 2), 200); /* halfway, rounded down */
    CHECK_INT(median_of((const int64_t[]){9, 1, 5}, 3), 5);
    CHECK_INT(median_of((const int64_t[]){7, 7, 1, 9}, 4), 7);
    CHECK_INT(median_of((const int64_t[]){PL_BODY_NUMBER_MAX, PL_BODY_NUMBER_MAX - 1}, 2), PL_BODY_NUMBER_MAX - 1);
}

static int by_number(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

TEST(the_median_of_many_entries)
{
    enum { EVENTS = 25, EACH = PL_PAY_ENTRIES, ALL = EVENTS * EACH };
    static int64_t amounts[ALL];
    test_commons c = test_commons_begin(1);
    pl_rng rng;
    pl_rng_seed(&rng, 4);
    for (size_t i = 0; i < ALL; i++) {
        amounts[i] = 1 + (int64_t)pl_rng_below(&rng, i % 2 == 0 ? 1000000 : 500);
    }
    for (int i = 0; i < EVENTS; i++) {
        char grade[16];
        snprintf(grade, sizeof grade, "Grade %d", i);
        CHECK_INT(skilled(&c, 0, QUARTER, grade, amounts + i * EACH, EACH), PL_RULE_NONE);
    }
    after(&c, QUARTER, CLOSE);
    qsort(amounts, ALL, sizeof *amounts, by_number);
    CHECK_INT(quarter(&c, QUARTER).entries, ALL);
    CHECK_INT(quarter(&c, QUARTER).median, amounts[ALL / 2 - 1] + (amounts[ALL / 2] - amounts[ALL / 2 - 1]) / 2);
    test_commons_end(&c);
}

/* A commons with a constitution, and a treasury whose turn is that of the person returned. */
static size_t with_treasury(test_commons *c)
{
    pl_rota_busy busy;
    CHECK_INT(test_act(c, 0, &PL_KIND_ROTA_CLASS,
                       (test_field[]){F_ID("assembly", everyone(c)), F_TEXT("name", "treasury"), F_INT("weight", 3), F_INT("slots", 1), F_INT("days", 30),
                                      F_INT("rung", 0), {0}}),
              PL_RULE_NONE);
    test_constitution(c, "");
    test_later(c, PL_DAY);
    for (size_t i = 0; i < c->n; i++) {
        if (test_row(c, &PL_ROTA_BUSY, pl_key_id1(test_member(c, i)), &busy)) {
            return i;
        }
    }
    FAIL("nobody is on duty");
}

TEST(r_080_the_treasury_or_a_grant)
{
    test_commons c = test_commons_begin(3);
    size_t treasurer = with_treasury(&c), other = (treasurer + 1) % 3;
    CHECK_INT(skilled(&c, other, QUARTER, "Baker", (const int64_t[]){100}, 1), PL_RULE_PAY_ENTERS);
    CHECK_INT(test_act(&c, other, &PL_KIND_PAY_SKILLED,
                       (test_field[]){F_INT("quarter", QUARTER), F_TEXT("source", "Mill"), F_TEXT("grade", "Baker"), F_INTS("amounts", ((const int64_t[]){100}), 1),
                                      F_ID("grant", everyone(&c)), {0}}),
              PL_RULE_GRANT);
    CHECK_INT(skilled(&c, treasurer, QUARTER, "Baker", (const int64_t[]){100}, 1), PL_RULE_NONE);
    test_later(&c, 30 * PL_DAY); /* nobody succeeds themselves */
    CHECK_INT(skilled(&c, treasurer, QUARTER, "Miller", (const int64_t[]){100}, 1), PL_RULE_PAY_ENTERS);
    test_commons_end(&c);
}

TEST(r_081_quarters_begin_and_close)
{
    test_commons c = test_commons_begin(1);
    CHECK_INT(skilled(&c, 0, QUARTER + 1, "Baker", (const int64_t[]){100}, 1), PL_RULE_PAY_QUARTER);
    CHECK_INT(paid(&c, 0, test_member(&c, 0), QUARTER + 1, 1), PL_RULE_PAY_QUARTER);
    CHECK_INT(skilled(&c, 0, QUARTER - 1, "Baker", (const int64_t[]){100}, 1), PL_RULE_NONE); /* from before the commons began; closes in 30 days */
    CHECK_INT(skilled(&c, 0, QUARTER, "Baker", (const int64_t[]){300}, 1), PL_RULE_NONE);
    test_later(&c, 30 * PL_DAY);
    CHECK_INT(quarter(&c, QUARTER - 1).median, 100);
    CHECK_INT(skilled(&c, 0, QUARTER - 1, "Miller", (const int64_t[]){100}, 1), PL_RULE_PAY_QUARTER);
    CHECK_INT(skilled(&c, 0, QUARTER - 2, "Miller", (const int64_t[]){100}, 1), PL_RULE_PAY_QUARTER);
    CHECK_INT(skilled(&c, 0, QUARTER, "Miller", (const int64_t[]){300}, 1), PL_RULE_NONE);
    after(&c, QUARTER, CLOSE);
    CHECK(quarter(&c, QUARTER).median == 300 && quarter(&c, QUARTER).before == QUARTER - 1);
    CHECK_INT(skilled(&c, 0, QUARTER, "Cook", (const int64_t[]){300}, 1), PL_RULE_PAY_QUARTER);
    test_commons_end(&c);
}

TEST(r_082_pay_is_above_zero)
{
    test_commons c = test_commons_begin(1);
    CHECK_INT(skilled(&c, 0, QUARTER, "Baker", (const int64_t[]){100, 0}, 2), PL_RULE_PAY_AMOUNT);
    CHECK(strstr(c.why, "entry 2 is 0") != NULL);
    CHECK_INT(skilled(&c, 0, QUARTER, "Baker", (const int64_t[]){-100}, 1), PL_RULE_PAY_AMOUNT);
    test_commons_end(&c);
}

TEST(r_083_no_grade_twice)
{
    test_commons c = test_commons_begin(1);
    CHECK_INT(skilled(&c, 0, QUARTER, "Baker", (const int64_t[]){100}, 1), PL_RULE_NONE);
    CHECK_INT(skilled(&c, 0, QUARTER, "Baker", (const int64_t[]){900}, 1), PL_RULE_PAY_TWICE);
    CHECK_INT(skilled(&c, 0, QUARTER, "Miller", (const int64_t[]){300}, 1), PL_RULE_NONE);
    CHECK_INT(quarter(&c, QUARTER).entries, 2);
    test_commons_end(&c);
}

/* ---- Pay of officials ----------------------------------------------------------------------------- */

TEST(r_084_officials_hold_mandates)
{
    test_commons c = test_commons_begin(1);
    CHECK_INT(skilled(&c, 0, QUARTER - 1, "Baker", (const int64_t[]){100}, 1), PL_RULE_NONE);
    test_later(&c, 30 * PL_DAY);
    CHECK_INT(paid(&c, 0, test_member(&c, 0), QUARTER, 1), PL_RULE_PAY_HOLDER);
    test_commons_end(&c);
}

typedef struct office { /* for looks: what they change is taken back */
    const uint8_t *holder;
    int64_t reference;
    void (*then)(struct office *o, pl_step *s);
    char why[200];
} office;

static void good(pl_status status)
{
    CHECK_INT(status, PL_OK);
}

/* An event of pay, applied as the fold would. */
static pl_rule enter(office *o, pl_step *s, int64_t quarter_number, int64_t amount, const char *source)
{
    pl_body b;
    pl_owned body;
    pl_error err;
    char why[200];
    pl_body_begin(&b, &PL_KIND_PAY_ENTERED);
    pl_body_bytes(&b, "holder", o->holder, PL_HASH);
    pl_body_int(&b, "quarter", quarter_number);
    pl_body_int(&b, "amount", amount);
    pl_body_text(&b, "source", source, strlen(source));
    pl_body_int(&b, "sort", PL_PAY_ALLOWANCE);
    good(pl_body_end(&b, &body, &err));
    CHECK(pl_body_read(&PL_KIND_PAY_ENTERED, test_bytes(&body), s->value, why));
    s->broken = PL_RULE_NONE;
    s->why = o->why;
    s->id[0]++;
    memcpy(s->author, o->holder, PL_HASH);
    good(PL_KIND_PAY_ENTERED.apply(s));
    pl_owned_free(&body);
    return s->broken;
}

static void mandate(office *o, pl_step *s, int64_t seat, int64_t from, int64_t days, uint8_t id[PL_HASH])
{
    pl_mandate m = {.seat = seat, .from = from, .until = from + days * PL_DAY, .ended = -1};
    memcpy(m.holder, o->holder, PL_HASH);
    good(pl_mandate_begin(s, &m, id));
}

static pl_status in_office(void *user, pl_step *s)
{
    office *o = user;
    o->then(o, s);
    return PL_OK;
}

/* A founder in the middle of the next quarter but one; the pay of skilled work of QUARTER is known, with that median. */
static void run(int64_t median, void (*then)(office *, pl_step *))
{
    test_commons c = test_commons_begin(1);
    office o = {.holder = test_member(&c, 0), .then = then};
    if (median > 0) {
        CHECK_INT(skilled(&c, 0, QUARTER, "Baker", &median, 1), PL_RULE_NONE);
    }
    after(&c, QUARTER + 1, 45 * PL_DAY - 1);
    test_look(&c, in_office, &o);
    test_commons_end(&c);
}

#define NOW_QUARTER (QUARTER + 2) /* 90 days, 45 of them begun */

static void no_reference(office *o, pl_step *s)
{
    uint8_t id[PL_HASH];
    mandate(o, s, 0, pl_quarter_begin(NOW_QUARTER), 300, id);
    CHECK_INT(enter(o, s, NOW_QUARTER, 1, "Council"), PL_RULE_PAY_REFERENCE);
}

static void early_quarter(office *o, pl_step *s)
{
    uint8_t id[PL_HASH];
    mandate(o, s, 0, pl_quarter_begin(QUARTER), 300, id);
    CHECK_INT(enter(o, s, QUARTER, 1, "Council"), PL_RULE_PAY_REFERENCE); /* what closed is not before it */
    CHECK_INT(enter(o, s, QUARTER + 1, 1, "Council"), PL_RULE_NONE);
}

TEST(r_085_no_reference_yet)
{
    run(0, no_reference);
    run(1000, early_quarter);
}

/* A reference of 9,000 for 90 days: 100 a day. */
static void one_above(office *o, pl_step *s)
{
    uint8_t id[PL_HASH];
    mandate(o, s, 0, pl_quarter_begin(QUARTER), 300, id);
    CHECK_INT(enter(o, s, NOW_QUARTER, 4501, "Council"), PL_RULE_PAY_CAP);
    CHECK_STR(o->why, "0 and this 4501 are above 4500: 9000 (median of 2026-Q3: 9000) for 45 of 90 days");
    CHECK_INT(enter(o, s, NOW_QUARTER, 4500, "Council"), PL_RULE_NONE);
    CHECK_INT(enter(o, s, NOW_QUARTER, 1, "Mill"), PL_RULE_PAY_CAP);
    CHECK_INT(enter(o, s, QUARTER + 1, 9000, "Council"), PL_RULE_NONE); /* the quarter before, whole */
    CHECK_INT(enter(o, s, QUARTER + 1, 1, "Council"), PL_RULE_PAY_CAP);
}

static void several_sources(office *o, pl_step *s)
{
    uint8_t id[PL_HASH];
    pl_pay_total total;
    bool there;
    mandate(o, s, 0, pl_quarter_begin(QUARTER), 300, id);
    mandate(o, s, 1, pl_quarter_begin(QUARTER), 300, id); /* two mandates, one reference */
    CHECK_INT(enter(o, s, NOW_QUARTER, 2000, "Council"), PL_RULE_NONE);
    CHECK_INT(enter(o, s, NOW_QUARTER, 2000, "Region"), PL_RULE_NONE);
    CHECK_INT(enter(o, s, NOW_QUARTER, 501, "Mill"), PL_RULE_PAY_CAP);
    CHECK_INT(enter(o, s, NOW_QUARTER, 500, "Mill"), PL_RULE_NONE);
    good(pl_get(s, &PL_PAY_TOTALS, pl_key_then(pl_key_id1(o->holder), NOW_QUARTER), &total, &there));
    CHECK(there && total.amount == 4500 && total.entries == 3);
}

static void part_of_a_quarter(office *o, pl_step *s)
{
    uint8_t first[PL_HASH], second[PL_HASH];
    pl_pay_cap cap;
    int64_t begin = pl_quarter_begin(QUARTER + 1); /* 92 days */
    mandate(o, s, 0, begin + 10 * PL_DAY + 1, 20, first); /* days 10 to 30, 21 of them in part at least */
    mandate(o, s, 1, begin + 25 * PL_DAY, 10, second);    /* days 25 to 34 */
    good(pl_mandate_finish(s, first, PL_END_RESIGNED));   /* now, that is, later: it would have ended by its term */
    good(pl_pay_cap_of(s, o->holder, QUARTER + 1, &cap));
    CHECK_INT(cap.days, 92 - 10);
    CHECK_INT(cap.cap, 9000 * 82 / 92);
    good(pl_pay_cap_of(s, o->holder, QUARTER, &cap));
    CHECK_INT(cap.days, 0);
}

static void begun_today(office *o, pl_step *s)
{
    uint8_t id[PL_HASH];
    mandate(o, s, 0, s->time, 300, id);
    CHECK_INT(enter(o, s, NOW_QUARTER, 100, "Council"), PL_RULE_NONE);
    CHECK_INT(enter(o, s, NOW_QUARTER, 1, "Council"), PL_RULE_PAY_CAP);
    CHECK_INT(enter(o, s, QUARTER + 1, 1, "Council"), PL_RULE_PAY_HOLDER);
}

TEST(r_086_one_unit_above_is_too_much)
{
    run(9000, one_above);
}

TEST(r_086_all_sources_and_mandates_together)
{
    run(9000, several_sources);
}

TEST(r_086_pro_rata_of_the_days)
{
    run(9000, part_of_a_quarter);
    run(9000, begun_today);
}

static void huge(office *o, pl_step *s)
{
    uint8_t id[PL_HASH];
    mandate(o, s, 0, pl_quarter_begin(QUARTER), 300, id);
    CHECK_INT(enter(o, s, QUARTER + 1, PL_BODY_NUMBER_MAX, "Council"), PL_RULE_NONE);
    CHECK_INT(enter(o, s, QUARTER + 1, PL_BODY_NUMBER_MAX, "Council"), PL_RULE_PAY_CAP);
    CHECK_INT(enter(o, s, QUARTER + 1, 1, "Council"), PL_RULE_PAY_CAP);
    CHECK_INT(enter(o, s, NOW_QUARTER, PL_BODY_NUMBER_MAX / 2, "Council"), PL_RULE_NONE);
    CHECK_INT(enter(o, s, NOW_QUARTER, 1, "Council"), PL_RULE_PAY_CAP);
}

TEST(r_086_the_largest_amounts)
{
    run(PL_BODY_NUMBER_MAX, huge);
}
