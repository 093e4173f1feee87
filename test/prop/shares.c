/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Equal Shares against the same method voter by voter in plain fractions; and the long numbers it stands on. */
#include "test/test.h"

#include <stdlib.h>

#include "ballot/ballots.h"
#include "ballot/big.h"
#include "test/ballot_help.h"

typedef __int128 wide;
typedef struct fraction {
    wide a, b;
} fraction;

static wide gcd(wide a, wide b)
{
    while (b != 0) {
        wide c = a % b;
        a = b;
        b = c;
    }
    return a;
}

static fraction make(wide a, wide b)
{
    wide g = gcd(a < 0 ? -a : a, b);
    g = g == 0 ? 1 : g;
    CHECK(b > 0 && b / g < (wide)1 << 62 && (a < 0 ? -a : a) / g < (wide)1 << 62);
    return (fraction){a / g, b / g};
}

static fraction minus(fraction x, fraction y)
{
    return make(x.a * y.b - y.a * x.b, x.b * y.b);
}

static fraction times(fraction x, wide k)
{
    return make(x.a * k, x.b);
}

static int compare(fraction x, fraction y)
{
    wide l = x.a * y.b, r = y.a * x.b;
    return (l > r) - (l < r);
}

#define VOTERS 14
#define PROJECTS 8

typedef struct plain {
    int voters, projects;
    int64_t points[VOTERS][PROJECTS];
    int64_t cost[PROJECTS], votes[PROJECTS];
    fraction money[VOTERS];
    int chosen[PROJECTS], n;
    fraction rate[PROJECTS], most[PROJECTS];
} plain;

static void fill(plain *p, const pl_ballots *b)
{
    memset(p, 0, sizeof *p);
    p->projects = b->n_candidates;
    for (int64_t r = 0; r < b->n_rows; r++) {
        for (int64_t k = 0; k < b->count[r]; k++, p->voters++) {
            for (int64_t i = b->start[r]; i < b->start[r + 1]; i++) {
                p->points[p->voters][b->choice[i]] = b->score != NULL ? b->score[i] : 1;
                p->votes[b->choice[i]]++;
            }
        }
    }
    for (int32_t c = 0; c < b->n_candidates; c++) {
        p->cost[c] = b->candidate[c].withdrawn ? 0 : b->candidate[c].cost;
    }
}

/* The smallest rho with sum of min(money, rho points) = cost; false when there is none.  By trying who pays all: those with the least
 * money for each point. */
static bool find_rho(const plain *p, int c, fraction *rho)
{
    bool all[VOTERS] = {false};
    for (;;) {
        fraction rest = make(p->cost[c], 1);
        wide points = 0;
        for (int v = 0; v < p->voters; v++) {
            if (p->points[v][c] > 0) {
                rest = all[v] ? minus(rest, p->money[v]) : rest;
                points += all[v] ? 0 : p->points[v][c];
            }
        }
        if (points == 0) {
            *rho = make(0, 1);
            return rest.a <= 0;
        }
        *rho = make(rest.a, rest.b * points);
        bool more = false;
        for (int v = 0; v < p->voters; v++) {
            if (p->points[v][c] > 0 && !all[v] && compare(p->money[v], times(*rho, p->points[v][c])) < 0) {
                all[v] = more = true;
            }
        }
        if (!more) {
            return true;
        }
    }
}

/* One run; `hint` says which one of equals was drawn. */
static int64_t run(plain *p, fraction share, bool by_number, const pl_shares *hint)
{
    bool in[PROJECTS] = {false};
    int64_t spent = 0;
    p->n = 0;
    for (int v = 0; v < p->voters; v++) {
        p->money[v] = share;
    }
    for (;;) {
        int best = -1;
        fraction best_rate = {0, 1}, best_rho = {0, 1};
        for (int c = 0; c < p->projects; c++) {
            fraction rho;
            if (in[c] || p->votes[c] == 0 || p->cost[c] == 0 || !find_rho(p, c, &rho)) {
                continue;
            }
            fraction rate = by_number ? rho : make(rho.a, rho.b * p->cost[c]);
            int order = best < 0 ? -1 : compare(rate, best_rate);
            bool better = order < 0;
            if (order == 0 && p->cost[c] != p->cost[best]) {
                better = p->cost[c] < p->cost[best];
            } else if (order == 0 && p->votes[c] != p->votes[best]) {
                better = p->votes[c] > p->votes[best];
            } else if (order == 0) {
                better = hint != NULL && p->n < hint->n_bought && hint->bought[p->n].project == c;
            }
            if (better) {
                best = c;
                best_rate = rate;
                best_rho = rho;
            }
        }
        if (best < 0) {
            return spent;
        }
        fraction most = {0, 1};
        for (int v = 0; v < p->voters; v++) {
            fraction pays = times(best_rho, p->points[v][best]);
            pays = compare(p->money[v], pays) < 0 ? p->money[v] : pays;
            if (p->points[v][best] > 0) {
                p->money[v] = minus(p->money[v], pays);
                most = compare(pays, most) > 0 ? pays : most;
                CHECK(p->money[v].a >= 0);
            }
        }
        in[best] = true;
        spent += p->cost[best];
        p->rate[p->n] = best_rate;
        p->most[p->n] = most;
        p->chosen[p->n++] = best;
    }
}

static void check_fraction(const pl_fraction *got, fraction want, const char *what, uint64_t seed)
{
    char text[2][64];
    snprintf(text[0], sizeof text[0], "%lld", (long long)want.a);
    snprintf(text[1], sizeof text[1], "%lld", (long long)want.b);
    if (strcmp(got->numerator, text[0]) != 0 || strcmp(got->denominator, text[1]) != 0) {
        FAIL("seed %llu: %s is %s/%s, not %s/%s", (unsigned long long)seed, what, got->numerator, got->denominator, text[0], text[1]);
    }
    wide cut = want.a * 100000 / want.b;
    CHECK(got->cut == (int64_t)cut);
}

static void compare_runs(const pl_ballots *b, const pl_shares *s, bool by_number, uint64_t seed)
{
    static plain p;
    fill(&p, b);
    CHECK_INT(p.voters, s->voters);
    fraction share = make(s->share_whole, s->voters);
    int64_t spent = run(&p, share, by_number, s);
    CHECK_INT(p.n, s->n_bought);
    CHECK_INT(spent, s->spent);
    CHECK(spent <= s->budget);
    fraction left = {0, 1};
    for (int i = 0; i < p.n; i++) {
        CHECK_INT(s->bought[i].project, p.chosen[i]);
        check_fraction(&s->bought[i].rate, p.rate[i], "the rate", seed);
        check_fraction(&s->bought[i].most, p.most[i], "the most paid", seed);
    }
    for (int v = 0; v < p.voters; v++) {
        left = minus(left, times(p.money[v], -1));
    }
    check_fraction(&s->left, left, "what is left", seed);
    /* Nothing is made or lost: all shares together are what was spent and what is left. */
    CHECK(compare(minus(times(share, p.voters), make(spent, 1)), left) == 0);
    if (s->stopped_by_money && s->bought[0].tie.how == PL_TIE_NONE) { /* one more raise spends too much */
        bool drawn = false;
        for (int i = 0; i < s->n_bought; i++) {
            drawn |= s->bought[i].tie.how == PL_TIE_LOT;
        }
        CHECK(drawn || run(&p, make(s->share_whole + s->unit, s->voters), by_number, NULL) > s->budget);
    }
}

TEST(voter_by_voter)
{
    int raised = 0, drawn = 0, bought = 0;
    for (uint64_t seed = 1; seed <= 1500; seed++) {
        pl_rng rng;
        pl_rng_seed(&rng, seed);
        pl_ballots *b = random_ballots(&rng, seed % 3 == 0 ? PL_SCORED : PL_APPROVED, 6, 5);
        if (b->papers > VOTERS) {
            pl_ballots_free(b);
            continue;
        }
        pl_shares_settings set = {.common = {.seed = "s"}, .budget = -1, .by_number = pl_rng_below(&rng, 2) == 0,
                                  .completion = pl_rng_below(&rng, 4) == 0 ? PL_COMPLETE_NONE : PL_COMPLETE_ADD1};
        pl_shares *s = NULL;
        pl_error err = {0};
        if (pl_shares_find(b, &set, &s, &err) != PL_OK) {
            FAIL("seed %llu: %s: %s", (unsigned long long)seed, err.subject, err.message);
        }
        compare_runs(b, s, set.by_number, seed);
        raised += s->raises > 0;
        bought += s->n_bought;
        for (int i = 0; i < s->n_bought; i++) {
            drawn += s->bought[i].tie.how == PL_TIE_LOT;
        }
        pl_shares_free(s);
        pl_ballots_free(b);
    }
    printf("# %d projects bought, %d budgets raised, %d lots\n", bought, raised, drawn);
    CHECK(raised > 50 && bought > 500);
}

/* Many voters and projects, all different: the money adds up to the last digit, whatever the length of the fractions. */
TEST(long_fractions_add_up)
{
    pl_rng rng;
    pl_ballots *b = NULL;
    pl_error err = {0};
    pl_shares *s = NULL;
    pl_rng_seed(&rng, 7);
    CHECK_INT(pl_ballots_new(PL_SCORED, &b, &err), PL_OK);
    for (int c = 0; c < 60; c++) {
        CHECK_INT(pl_ballots_candidate(b, NULL, NULL, NULL, 100000 + (int64_t)pl_rng_below(&rng, 900000), &err), PL_OK);
    }
    for (int v = 0; v < 997; v++) {
        uint16_t choice[60];
        int64_t score[60];
        int32_t n = 0;
        for (int c = 0; c < 60; c++) {
            if (pl_rng_below(&rng, 6) == 0) {
                choice[n] = (uint16_t)c;
                score[n++] = 1 + (int64_t)pl_rng_below(&rng, 100);
            }
        }
        CHECK_INT(pl_ballots_add(b, 1, choice, score, n, &err), PL_OK);
    }
    pl_shares_settings set = {.budget = 20000000, .completion = PL_COMPLETE_NONE};
    if (pl_shares_find(b, &set, &s, &err) != PL_OK) {
        FAIL("%s: %s", err.subject, err.message);
    }
    /* left = budget - spent, a whole number, though every voter's money is a fraction of hundreds of digits */
    CHECK_STR(s->left.denominator, "1");
    CHECK_INT(atoll(s->left.numerator), s->budget - s->spent);
    printf("# %d projects; the last rate is a fraction of %zu digits\n", s->n_bought,
           strlen(s->bought[s->n_bought - 1].rate.denominator));
    CHECK(s->n_bought > 20 && strlen(s->bought[s->n_bought - 1].rate.denominator) > 60);
    pl_shares_free(s);
    pl_ballots_free(b);
}

/* ---- Long numbers ------------------------------------------------------------------------------------------------------------- */

static void set(uint64_t out[4], unsigned __int128 x)
{
    out[0] = (uint64_t)x;
    out[1] = (uint64_t)(x >> 64);
    out[2] = out[3] = 0;
}

static unsigned __int128 get(const uint64_t a[4])
{
    return (unsigned __int128)a[1] << 64 | a[0];
}

TEST(long_numbers_are_numbers)
{
    pl_rng rng;
    pl_rng_seed(&rng, 3);
    for (int i = 0; i < 20000; i++) {
        unsigned __int128 x = (unsigned __int128)pl_rng_next(&rng) << 64 | pl_rng_next(&rng), y = (unsigned __int128)pl_rng_next(&rng) << 64 | pl_rng_next(&rng);
        x >>= pl_rng_below(&rng, 127);
        y >>= pl_rng_below(&rng, 127);
        x += 1;
        y += 1;
        uint64_t a[4], b[4], k = 1 + (pl_rng_next(&rng) >> pl_rng_below(&rng, 63));
        set(a, x);
        set(b, y);
        CHECK_INT(pl_big_compare(a, b, 4), x < y ? -1 : x > y);
        CHECK_INT(pl_big_mod(a, 4, k), (uint64_t)(x % k));
        CHECK(pl_big_mul(a, 4, k) == 0 && pl_big_mod(a, 4, k) == 0);
        CHECK(pl_big_add_mul(a, b, 4, 5) && pl_big_mod(a, 4, k) == (uint64_t)((unsigned __int128)(uint64_t)(y % k) * 5 % k));
        for (int j = 0; j < 5; j++) {
            pl_big_sub(a, b, 4);
        }
        CHECK(pl_big_div(a, 4, k) == 0 && get(a) == x && a[2] == 0);
        unsigned __int128 u = x, v = y;
        while (v != 0) {
            unsigned __int128 w = u % v;
            u = v;
            v = w;
        }
        pl_big_gcd(a, b, 4);
        CHECK(get(a) == u && a[2] == 0);
        set(b, x);
        pl_big_divide(b, a, 4);
        CHECK(get(b) == x / u);
        set(a, x);
        set(b, y);
        CHECK(pl_big_add(a, b, 4));
        pl_big_sub(a, b, 4);
        char text[96], want[64], *p = want + 63;
        *p = '\0';
        for (unsigned __int128 z = x; z != 0; z /= 10) {
            *--p = (char)('0' + (int)(z % 10));
        }
        CHECK_NEAR((double)pl_big_real(a, 4), (double)x, 1e-15);
        pl_big_text(a, 4, text, sizeof text);
        CHECK_STR(text, p);
    }
}
