/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Amounts, tickets, and the uniform rule on cases done by hand. */
#include "test/test.h"

#include "base/mem.h"
#include "share/share.h"

static pl_share_fault read(const char *text, int64_t part, int64_t *x)
{
    return pl_share_amount(text, strlen(text), part, x);
}

TEST(amounts_are_exact)
{
    int64_t x = 0;
    CHECK(read("0.1", PL_SHARE_MILLION, &x) == PL_SHARE_FINE && x == 100000);
    CHECK(read("12", PL_SHARE_MILLION, &x) == PL_SHARE_FINE && x == 12000000);
    CHECK(read("0.0000019", PL_SHARE_MILLION, &x) == PL_SHARE_FINE && x == 1);
    CHECK(read("1e3", PL_SHARE_MILLION, &x) == PL_SHARE_FINE && x == 1000000000);
    CHECK(read("3", 1, &x) == PL_SHARE_FINE && x == 3);
    CHECK(read("3.00", 1, &x) == PL_SHARE_FINE && x == 3);
    CHECK(read("3.5", 1, &x) == PL_SHARE_TOO_FINE);
    CHECK(read("35e-1", 1, &x) == PL_SHARE_TOO_FINE);
    CHECK(read("-1", 1, &x) == PL_SHARE_NEGATIVE);
    CHECK(read("inf", 1, &x) == PL_SHARE_NO_NUMBER && read("nan", 1, &x) == PL_SHARE_NO_NUMBER && read(".", 1, &x) == PL_SHARE_NO_NUMBER);
    CHECK(read("1000000000000", PL_SHARE_MILLION, &x) == PL_SHARE_FINE && x == PL_SHARE_PARTS_MAX);
    CHECK(read("1000000000000.1", PL_SHARE_MILLION, &x) == PL_SHARE_TOO_LARGE);
    CHECK(read("1e40", 1, &x) == PL_SHARE_TOO_LARGE && read("99999999999999999999999", 1, &x) == PL_SHARE_TOO_LARGE);
    static const int64_t some[] = {0, 1, 10, 123456, 1000000, 1500000, 123456789012345};
    for (size_t k = 0; k < sizeof some / sizeof *some; k++) {
        pl_share_good good = {.part = PL_SHARE_MILLION};
        pl_str text;
        pl_str_init(&text, 100);
        pl_share_add_amount(&text, &good, some[k]);
        CHECK(read(text.text, PL_SHARE_MILLION, &x) == PL_SHARE_FINE);
        CHECK_INT(x, some[k]);
        pl_str_clear(&text);
    }
}

/* The first vectors of the reference implementation: key 00 01 .. 0f, names of 0, 1, 2 ... bytes 00 01 02 ... */
TEST(tickets_are_siphash)
{
    static const uint64_t vector[] = {0x726fdb47dd0e0e31, 0x74f839c593dc67fd, 0x0d6c8009d9a94f5a};
    pl_share_key key;
    char name[4];
    for (int i = 0; i < 16; i++) {
        key.byte[i] = (unsigned char)i;
    }
    for (size_t n = 0; n < 3; n++) {
        name[n] = (char)n;
        CHECK(pl_share_ticket(&key, name, n) == vector[n]);
    }
}

static void check_shares(int64_t n, const int64_t *claim, const int64_t *floor, const int32_t *points, int64_t supply, const int64_t *want)
{
    int64_t got[8];
    pl_uniform u;
    pl_error err;
    pl_claims c = {n, claim, floor, points, supply, NULL, NULL};
    CHECK_INT(pl_uniform_rule(&c, got, &u, &err), PL_OK);
    for (int64_t i = 0; i < n; i++) {
        CHECK_INT(got[i], want[i]);
    }
}

TEST(the_uniform_rule_by_hand)
{
    check_shares(3, (int64_t[]){2, 9, 9}, NULL, NULL, 10, (int64_t[]){2, 4, 4});
    check_shares(3, (int64_t[]){2, 3, 4}, NULL, NULL, 10, (int64_t[]){2, 3, 4});
    check_shares(3, (int64_t[]){5, 5, 5}, NULL, NULL, 10, (int64_t[]){4, 3, 3}); /* one part is left: the first number, as there are no tickets */
    check_shares(3, (int64_t[]){PL_SHARE_ANY, 1, 0}, NULL, NULL, 10, (int64_t[]){9, 1, 0});
    check_shares(1, (int64_t[]){PL_SHARE_ANY}, NULL, NULL, 10, (int64_t[]){10});
    check_shares(2, (int64_t[]){5, 5}, NULL, NULL, 0, (int64_t[]){0, 0});
    check_shares(2, (int64_t[]){9, 9}, NULL, (int32_t[]){1000, 3000}, 8, (int64_t[]){2, 6});
    check_shares(3, (int64_t[]){9, 9, 9}, (int64_t[]){5, 0, 0}, NULL, 9, (int64_t[]){5, 2, 2});
    check_shares(3, (int64_t[]){9, 9, 2}, (int64_t[]){5, 4, 4}, NULL, 10, (int64_t[]){4, 4, 2}); /* floors 5 + 4 + 2 are more than there is */
}

TEST(what_is_no_claim_is_refused)
{
    int64_t got[1];
    pl_uniform u;
    pl_error err;
    CHECK_INT(pl_uniform_rule(&(pl_claims){1, (int64_t[]){-1}, NULL, NULL, 5, NULL, NULL}, got, &u, &err), PL_DATA);
    CHECK_INT(pl_uniform_rule(&(pl_claims){1, (int64_t[]){1}, NULL, (int32_t[]){0}, 5, NULL, NULL}, got, &u, &err), PL_DATA);
    CHECK_INT(pl_uniform_rule(&(pl_claims){1, (int64_t[]){1}, NULL, NULL, -5, NULL, NULL}, got, &u, &err), PL_DATA);
}

/* ---- The market on cases done by hand --------------------------------------------------------------------------------------------- */

static void clear(int32_t people, int32_t goods, const double *points, const double *supply, const double *cap, double *price, double *got)
{
    int64_t start[9];
    int32_t want[32];
    double taste[32];
    pl_clearing c;
    pl_error err;
    for (int32_t i = 0; i < people; i++) {
        start[i] = (int64_t)i * goods;
        for (int32_t g = 0; g < goods; g++) {
            want[i * goods + g] = g;
            taste[i * goods + g] = 1;
        }
    }
    start[people] = (int64_t)people * goods;
    pl_market m = {people, goods, start, want, taste, cap, NULL, points, supply, 1.5, 0, 0};
    CHECK_INT(pl_market_clear(&m, 1, NULL, price, got, &c, &err), PL_OK);
}

TEST(markets_by_hand)
{
    double price[2], got[8];
    clear(1, 1, (double[]){1}, (double[]){10}, NULL, price, got); /* one person, one good */
    CHECK_NEAR(price[0], 0.1, 1e-9);
    CHECK_NEAR(got[0], 10, 1e-9);
    clear(4, 2, (double[]){1, 1, 1, 1}, (double[]){10, 20}, NULL, price, got); /* everybody wants the same */
    for (int k = 0; k < 8; k++) {
        CHECK_NEAR(got[k], k % 2 == 0 ? 2.5 : 5, 1e-9);
    }
    CHECK_NEAR(price[0] / price[1], pow(2, 1 / 1.5), 1e-9); /* supply half as large, tastes alike: p ~ S^(-1/s) */
    CHECK_NEAR(price[0] * 10 + price[1] * 20, 4, 1e-9);
    clear(2, 1, (double[]){1, 3}, (double[]){8}, NULL, price, got); /* unequal points */
    CHECK_NEAR(got[0], 2, 1e-9);
    CHECK_NEAR(got[1], 6, 1e-9);
    clear(2, 1, (double[]){1, 1}, (double[]){8}, (double[]){2, 9}, price, got); /* the first has all that is of use: the rest goes to the other */
    CHECK_NEAR(got[0], 2, 1e-9);
    CHECK_NEAR(got[1], 6, 1e-9);
    CHECK_NEAR(price[0], 1.0 / 6, 1e-9);
    clear(2, 1, (double[]){1, 1}, (double[]){8}, (double[]){2, 6}, price, got); /* enough for all claims */
    CHECK(price[0] == 0 && got[0] == 2 && got[1] == 6);
    clear(2, 1, (double[]){1, 1}, (double[]){0}, NULL, price, got); /* there is nothing */
    CHECK(isnan(price[0]) && got[0] == 0 && got[1] == 0);
}

/* ---- Memory ---------------------------------------------------------------------------------------------------------------------------- */

TEST(without_memory_nothing_is_left_behind)
{
    char folder[300];
    snprintf(folder, sizeof folder, "%s/shared", test_tmp());
    int failed = 0;
    pl_status status = PL_NOMEM;
    for (uint64_t k = 1; status != PL_OK; k++) {
        pl_sharing *s = NULL;
        pl_shared *shared = NULL;
        pl_error err = {0};
        pl_compared_loss loss[PL_COMPARED];
        pl_mem_fail_from(k);
        status = pl_sharing_load(test_source("examples/bread"), PL_RULE_UNIFORM, &s, &err);
        status = status == PL_OK ? pl_share(s, &(pl_share_settings){.seed = "1"}, &shared, &err) : status;
        status = status == PL_OK ? pl_share_compare(s, &(pl_compare_settings){.shock = 2, .cut = 0.5, .draws = 2}, loss, &err) : status;
        status = status == PL_OK ? pl_shared_save(s, shared, test_source("examples/bread"), folder, false, &err) : status;
        pl_mem_fail_from(0);
        CHECK(status == PL_OK || (status == PL_NOMEM && err.message[0] != '\0'));
        failed += status == PL_NOMEM;
        pl_shared_free(shared);
        pl_sharing_free(s);
    }
    CHECK(failed > 50);
}
