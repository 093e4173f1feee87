/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Orders and reports of what was not there: what each rule refuses, what ends by the clock. */
#include "council/wants.h"

#include "council/members.h"
#include "test/commons_help.h"
#include "test/test.h"

static int64_t today(const test_commons *c)
{
    return (int64_t)c->now / PL_DAY;
}

static pl_rule order(test_commons *c, size_t who, const char *good, int64_t from, int64_t until)
{
    return test_act(c, who, &PL_KIND_ORDER_PLACED,
                    (test_field[]){F_TEXT("good", good), F_INT("amount", 2500000), F_INT("from", from), F_INT("until", until), {0}});
}

static pl_rule missing(test_commons *c, size_t who, const char *place, int64_t day)
{
    return test_act(c, who, &PL_KIND_MISSING_REPORTED,
                    (test_field[]){F_TEXT("good", "bread"), F_TEXT("place", place), F_INT("day", day), F_INT("amount", 1000000), {0}});
}

static pl_rule withdraw(test_commons *c, size_t who, const uint8_t id[PL_HASH])
{
    return test_act(c, who, &PL_KIND_ORDER_WITHDRAWN, (test_field[]){F_ID("order", id), {0}});
}

static pl_order order_of(test_commons *c, const uint8_t id[PL_HASH])
{
    pl_order o;
    CHECK(test_row(c, &PL_ORDERS, pl_key_id1(id), &o));
    return o;
}

TEST(r_170_orders_are_for_days_to_come)
{
    test_commons c = test_commons_begin(1);
    int64_t now = today(&c);
    CHECK_INT(order(&c, 0, "bread", now + 2, now + 1), PL_RULE_ORDER_DAYS);
    CHECK_STR(c.why, "it ends before it begins");
    CHECK_INT(order(&c, 0, "bread", now - 5, now - 1), PL_RULE_ORDER_DAYS);
    CHECK_INT(order(&c, 0, "bread", now, now + PL_WANT_DAYS + 1), PL_RULE_ORDER_DAYS);
    CHECK_INT(order(&c, 0, "bread", now, now + PL_WANT_DAYS), PL_RULE_NONE);
    CHECK_INT(order(&c, 0, "bread", now - 5, now), PL_RULE_NONE); /* some of its days are left */
    CHECK_INT(order_of(&c, c.id).amount, 2500000);
    test_commons_end(&c);
}

TEST(r_171_not_too_many_open_orders)
{
    test_commons c = test_commons_begin(2);
    int64_t now = today(&c);
    test_constitution(&c, "need.open_orders = 10\n");
    uint8_t last[PL_HASH];
    for (int k = 0; k < 10; k++) {
        CHECK_INT(order(&c, 0, "bread", now, now + 1), PL_RULE_NONE);
    }
    memcpy(last, c.id, PL_HASH);
    CHECK_INT(order(&c, 0, "bread", now, now + 1), PL_RULE_ORDERS_OPEN);
    CHECK_INT(order(&c, 1, "bread", now, now + 1), PL_RULE_NONE); /* each for himself */
    CHECK_INT(withdraw(&c, 0, last), PL_RULE_NONE);
    CHECK_INT(order(&c, 0, "bread", now, now + 1), PL_RULE_NONE);
    CHECK_INT(order(&c, 0, "bread", now, now + 1), PL_RULE_ORDERS_OPEN);
    test_later(&c, 2 * PL_DAY); /* their days are over, by the clock */
    for (int k = 0; k < 10; k++) {
        CHECK_INT(order(&c, 0, "bread", now + 2, now + 3), PL_RULE_NONE);
    }
    CHECK_INT(order(&c, 0, "bread", now + 2, now + 3), PL_RULE_ORDERS_OPEN);
    test_commons_end(&c);
}

TEST(r_172_ones_own_open_orders_are_withdrawn)
{
    test_commons c = test_commons_begin(2);
    int64_t now = today(&c);
    uint8_t id[PL_HASH], none[PL_HASH] = {1};
    CHECK_INT(order(&c, 0, "bread", now, now + 1), PL_RULE_NONE);
    memcpy(id, c.id, PL_HASH);
    CHECK_INT(withdraw(&c, 0, none), PL_RULE_ORDER_OWN);
    CHECK_INT(withdraw(&c, 1, id), PL_RULE_ORDER_OWN);
    CHECK_INT(withdraw(&c, 0, id), PL_RULE_NONE);
    CHECK(order_of(&c, id).withdrawn == 1 && order_of(&c, id).ended == (int64_t)c.now);
    CHECK_INT(withdraw(&c, 0, id), PL_RULE_ORDER_OWN);
    CHECK_INT(order(&c, 0, "bread", now, now), PL_RULE_NONE);
    memcpy(id, c.id, PL_HASH);
    CHECK_INT(order_of(&c, id).ended, -1);
    c.now = (uint64_t)((now + 1) * PL_DAY - 1);
    CHECK_INT(order_of(&c, id).ended, -1);
    test_later(&c, 1);
    CHECK(order_of(&c, id).ended == (now + 1) * PL_DAY && order_of(&c, id).withdrawn == 0);
    CHECK_INT(withdraw(&c, 0, id), PL_RULE_ORDER_OWN);
    test_commons_end(&c);
}

TEST(r_173_what_was_not_there_is_reported_soon)
{
    test_commons c = test_commons_begin(1);
    int64_t now = today(&c);
    CHECK_INT(missing(&c, 0, "Mill Street", now + 1), PL_RULE_MISSING_DAY);
    CHECK_INT(missing(&c, 0, "Mill Street", now - 15), PL_RULE_MISSING_DAY);
    CHECK_STR(c.why, "that was more than 14 days ago");
    CHECK_INT(missing(&c, 0, "Mill Street", now - 14), PL_RULE_NONE);
    CHECK_INT(missing(&c, 0, "Mill Street", now), PL_RULE_NONE);
    test_commons_end(&c);
}

TEST(r_174_reported_once_by_each)
{
    test_commons c = test_commons_begin(2);
    int64_t now = today(&c);
    CHECK_INT(missing(&c, 0, "Mill Street", now), PL_RULE_NONE);
    CHECK_INT(missing(&c, 0, "Mill Street", now), PL_RULE_MISSING_ONCE);
    CHECK_INT(missing(&c, 0, "Old Market", now), PL_RULE_NONE);
    CHECK_INT(missing(&c, 0, "Mill Street", now - 1), PL_RULE_NONE);
    CHECK_INT(missing(&c, 1, "Mill Street", now), PL_RULE_NONE);
    test_commons_end(&c);
}

TEST(r_023_staff_work_there)
{
    test_commons c = test_commons_begin(2);
    CHECK_INT(test_act(&c, 0, &PL_KIND_CONSTITUENCY_CREATED, (test_field[]){F_TEXT("name", "Shop"), F_TEXT("type", "workplace"), {0}}), PL_RULE_NONE);
    uint8_t shop[PL_HASH];
    memcpy(shop, c.id, PL_HASH);
    test_field report[] = {F_TEXT("good", "bread"), F_TEXT("place", "Shop"), F_INT("day", today(&c)), F_INT("amount", 1000000), F_ID("workplace", shop), {0}};
    CHECK_INT(test_act(&c, 1, &PL_KIND_MISSING_REPORTED, report), PL_RULE_ASSEMBLY);
    CHECK_INT(test_act(&c, 1, &PL_KIND_MEMBER_MOVED, (test_field[]){F_ID("constituency", shop), F_INT("joins", 1), {0}}), PL_RULE_NONE);
    test_later(&c, 8 * PL_DAY);
    CHECK_INT(test_act(&c, 1, &PL_KIND_MISSING_REPORTED, report), PL_RULE_NONE);
    test_commons_end(&c);
}

TEST(r_022_orders_are_of_members)
{
    test_commons c = test_commons_begin(1);
    size_t stranger = test_person(&c);
    CHECK(order(&c, stranger, "bread", today(&c), today(&c)) != PL_RULE_NONE);
    CHECK(missing(&c, stranger, "Shop", today(&c)) != PL_RULE_NONE);
    test_commons_end(&c);
}
