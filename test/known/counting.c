/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Published examples of Schulze, Meek and Equal Shares. */
#include "test/test.h"

#include <stdlib.h>

#include <plenty/ballot.h>

/* Rows "5 ACBED" of ranked or approved letters; ends with a count of 0. */
typedef struct row {
    int64_t count;
    const char *letters;
} row;

static pl_ballots *make(pl_ballot_kind kind, int32_t n, const row *rows)
{
    pl_ballots *b = NULL;
    CHECK_INT(pl_ballots_new(kind, &b, NULL), PL_OK);
    for (int32_t c = 0; c < n; c++) {
        char name[2] = {(char)('A' + c), '\0'};
        CHECK_INT(pl_ballots_candidate(b, NULL, name, NULL, -1, NULL), PL_OK);
    }
    for (; rows->count > 0; rows++) {
        uint16_t choice[26];
        int32_t k = 0;
        for (const char *p = rows->letters; *p != '\0'; p++) {
            choice[k++] = (uint16_t)(*p - 'A');
        }
        CHECK_INT(pl_ballots_add(b, rows->count, choice, NULL, k, NULL), PL_OK);
    }
    return b;
}

/* ---- Schulze ----------------------------------------------------------------------------------------------------------- */

static void check_schulze(int32_t n, const row *rows, const int64_t *prefer, const int64_t *path, const char *order)
{
    pl_ballots *b = make(PL_RANKED, n, rows);
    pl_schulze *s = NULL;
    pl_count_settings settings = {0};
    pl_error err = {0};
    if (pl_schulze_find(b, &settings, &s, &err) != PL_OK) {
        FAIL("%s", err.message);
    }
    for (int32_t i = 0; i < n * n; i++) {
        CHECK(i % (n + 1) == 0 || prefer == NULL || s->prefer[i] == prefer[i]);
        CHECK(i % (n + 1) == 0 || path == NULL || s->path[i] == path[i]);
    }
    for (int32_t i = 0; i < n; i++) {
        CHECK_INT(s->order[i], order[i] - 'A');
    }
    pl_schulze_free(s);
    pl_ballots_free(b);
}

/* M. Schulze, "A new monotonic, clone-independent, reversal symmetric, and Condorcet-consistent single-winner election method",
 * 2011, and its author's list of examples, number 1: 45 voters, E > A > C > B > D. */
TEST(schulze_45_voters)
{
    static const row rows[] = {{5, "ACBED"}, {5, "ADECB"}, {8, "BEDAC"}, {3, "CABED"}, {7, "CAEBD"}, {2, "CBADE"}, {7, "DCEBA"}, {8, "EBADC"}, {0, ""}};
    static const int64_t d[] = {0, 20, 26, 30, 22, 25, 0, 16, 33, 18, 19, 29, 0, 17, 24, 15, 12, 28, 0, 14, 23, 27, 21, 31, 0};
    static const int64_t p[] = {0, 28, 28, 30, 24, 25, 0, 28, 33, 24, 25, 29, 0, 29, 24, 25, 28, 28, 0, 24, 25, 28, 28, 31, 0};
    check_schulze(5, rows, d, p, "EACBD");
}

/* Tennessee's capital, the usual example of a Condorcet winner: Memphis, Nashville, Chattanooga, Knoxville. */
TEST(schulze_tennessee)
{
    static const row rows[] = {{42, "ABCD"}, {26, "BCDA"}, {15, "CDBA"}, {17, "DCBA"}, {0, ""}};
    static const int64_t d[] = {0, 42, 42, 42, 58, 0, 68, 68, 58, 32, 0, 83, 58, 32, 17, 0};
    check_schulze(4, rows, d, NULL, "BCDA");
}

/* ---- Meek --------------------------------------------------------------------------------------------------------------- */

/* The reference rule's own implementation (Droop, J. Lundell 2010, rule meek-prf) publishes its results for these elections of
 * Castor, Pollux and Helen for 2 seats: votes and keep factors to nine decimals after round 2. */
static void check_meek(const row *rows, int64_t quota, int64_t castor, int64_t keep, int64_t pollux, int64_t helen, int64_t surplus)
{
    pl_ballots *b = make(PL_RANKED, 3, rows);
    pl_count *count = NULL;
    pl_count_settings settings = {.seats = 2};
    CHECK_INT(pl_count_meek(b, &settings, &count, NULL), PL_OK);
    CHECK_INT(count->n_stages, 2);
    CHECK(count->stage[0].n_elected == 1 && count->stage[0].elected[0] == 0);
    const pl_count_stage *s = &count->stage[1];
    CHECK_INT(s->quota, quota);
    CHECK_INT(s->votes[0], castor);
    CHECK_INT(s->keep[0], keep);
    CHECK_INT(s->votes[1], pollux);
    CHECK_INT(s->votes[2], helen);
    CHECK_INT(s->surplus, surplus);
    CHECK_INT(s->candidate, 1);
    CHECK(count->n_winners == 2 && count->winner[1] == 2);
    pl_count_free(count);
    pl_ballots_free(b);
}

TEST(meek_castor_pollux_helen)
{
    static const row first[] = {{5, "AB"}, {1, "B"}, {3, "C"}, {0, ""}}, second[] = {{4, "AB"}, {2, "C"}, {0, ""}};
    check_meek(first, 3000000001, 3000000005, 600000001, 2999999995, 3000000000, 4);
    check_meek(second, 2000000001, 2000000004, 500000001, 1999999996, 2000000000, 3);
}

/* ---- Equal Shares ---------------------------------------------------------------------------------------------------------- */

/* M. Lackner and P. Skowron, "Multi-Winner Voting with Approval Preferences" (2023), the running example: 12 voters, 8 candidates, 4
 * seats.  A is bought at 1/8 by each of 8 voters, who keep 5/24 of their 1/3; then nobody can be bought. */
TEST(equal_shares_running_example)
{
    static const row rows[] = {{3, "AB"}, {3, "AC"}, {2, "AD"}, {1, "BCF"}, {1, "E"}, {1, "F"}, {1, "G"}, {0, ""}};
    pl_ballots *b = make(PL_APPROVED, 8, rows);
    pl_shares *s = NULL;
    pl_shares_settings plain = {.common = {.seats = 4}, .budget = -1, .completion = PL_COMPLETE_NONE};
    CHECK_INT(pl_shares_find(b, &plain, &s, NULL), PL_OK);
    CHECK_INT(s->n_bought, 1);
    CHECK_INT(s->bought[0].project, 0);
    CHECK_INT(s->bought[0].supporters, 8);
    CHECK_STR(s->bought[0].most.numerator, "1");
    CHECK_STR(s->bought[0].most.denominator, "8");
    CHECK_STR(s->left.numerator, "3"); /* 8 x 5/24 + 4 x 1/3 */
    CHECK_STR(s->left.denominator, "1");
    pl_shares_free(s);
    pl_ballots_free(b);
}

/* Peters and Skowron, and every introduction since: 51 % want 10 red projects, 49 % want 10 blue ones, there is money for 10.  Greedy
 * counting buys 10 red ones; Equal Shares, completed, 5 and 5. */
TEST(equal_shares_red_and_blue)
{
    pl_ballots *b = NULL;
    pl_shares *s = NULL;
    uint16_t red[10], blue[10];
    CHECK_INT(pl_ballots_new(PL_APPROVED, &b, NULL), PL_OK);
    for (uint16_t c = 0; c < 20; c++) {
        char name[16];
        snprintf(name, sizeof name, "%s %d", c < 10 ? "red" : "blue", c % 10 + 1);
        CHECK_INT(pl_ballots_candidate(b, NULL, name, NULL, 100000, NULL), PL_OK);
        (c < 10 ? red : blue)[c % 10] = c;
    }
    CHECK_INT(pl_ballots_add(b, 51, red, NULL, 10, NULL), PL_OK);
    CHECK_INT(pl_ballots_add(b, 49, blue, NULL, 10, NULL), PL_OK);
    pl_shares_settings set = {.common = {.seed = "1"}, .budget = 1000000};
    CHECK_INT(pl_shares_find(b, &set, &s, NULL), PL_OK);
    int reds = 0;
    for (int32_t i = 0; i < s->n_bought; i++) {
        reds += s->bought[i].project < 10;
    }
    CHECK(s->n_bought == 10 && reds == 5 && s->spent == s->budget && s->raises > 0);
    pl_shares_free(s);
    set.completion = PL_COMPLETE_NONE; /* 49 voters have 4.9 projects' worth */
    CHECK_INT(pl_shares_find(b, &set, &s, NULL), PL_OK);
    CHECK_INT(s->n_bought, 9);
    pl_shares_free(s);
    pl_ballots_free(b);
}

/* Parties (Peters and Skowron 2020): voters of a party with n_i of n voters get at least the whole part of k n_i / n seats. */
TEST(equal_shares_parties_get_their_lower_quota)
{
    static const row rows[] = {{53, "ABCDEFG"}, {24, "HIJKLMN"}, {23, "OPQRSTU"}, {0, ""}};
    pl_ballots *b = make(PL_APPROVED, 21, rows);
    pl_shares *s = NULL;
    pl_shares_settings plain = {.common = {.seats = 7, .seed = "p"}, .budget = -1, .completion = PL_COMPLETE_NONE};
    int seats[3] = {0};
    CHECK_INT(pl_shares_find(b, &plain, &s, NULL), PL_OK);
    for (int32_t i = 0; i < s->n_bought; i++) {
        seats[s->bought[i].project / 7]++;
    }
    CHECK(seats[0] == 3 && seats[1] == 1 && seats[2] == 1);
    pl_shares_free(s);
    pl_ballots_free(b);
}
