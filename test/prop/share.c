/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The uniform rule against the same rule found by trying levels one after the other; and: claiming anything but what one wants never pays. */
#include "test/test.h"

#include <stdlib.h>

#include <plenty/share.h>

#include "base/rng.h"

#define MOST 40

typedef struct sample {
    int64_t claim[MOST], floor[MOST], got[MOST];
    int32_t points[MOST];
    uint64_t ticket[MOST];
    pl_claims c;
} sample;

static uint64_t ticket(const void *user, int64_t i)
{
    return ((const sample *)user)->ticket[i];
}

static int64_t draw_amount(pl_rng *rng, uint64_t most)
{
    return pl_rng_below(rng, 12) == 0 ? PL_SHARE_ANY : (int64_t)pl_rng_below(rng, most);
}

/* kind: bit 0 floors, bit 1 points, bit 2 large numbers */
static void draw(sample *s, pl_rng *rng, int kind, int64_t n)
{
    uint64_t most = (kind & 4) != 0 ? 1u << (1 + pl_rng_below(rng, 30)) : 1 + pl_rng_below(rng, 12);
    memset(s, 0, sizeof *s);
    for (int64_t i = 0; i < n; i++) {
        s->claim[i] = draw_amount(rng, most);
        s->floor[i] = (int64_t)pl_rng_below(rng, 1 + most / (uint64_t)n);
        s->points[i] = (int32_t)(1 + pl_rng_below(rng, 4000));
        s->ticket[i] = pl_rng_next(rng);
    }
    s->c = (pl_claims){n, s->claim, (kind & 1) != 0 ? s->floor : NULL, (kind & 2) != 0 ? s->points : NULL,
                       (int64_t)pl_rng_below(rng, most * (uint64_t)n / 2 + 1), ticket, s};
}

static void share(sample *s, pl_uniform *u, uint64_t seed)
{
    pl_error err;
    if (pl_uniform_rule(&s->c, s->got, u, &err) != PL_OK) {
        FAIL("seed %llu: %s", (unsigned long long)seed, err.message);
    }
}

/* What claimant i gets at the level up / down, in long double. */
static long double at_level(const sample *s, bool only_floors, long double level, int64_t i)
{
    const pl_claims *c = &s->c;
    int64_t claim = c->claim[i], floor = c->floor != NULL ? c->floor[i] : 0;
    long double most = (long double)(only_floors && floor < claim ? floor : claim), least = only_floors ? 0 : floor < claim ? floor : claim;
    long double share = level * (c->points != NULL ? c->points[i] : PL_SHARE_POINT);
    return share > most ? most : share < least ? least : share;
}

/* The highest level at which the parts suffice, by halving an interval. */
static long double by_bisection(const sample *s, bool only_floors)
{
    long double low = 0, high = (long double)s->c.supply + 1;
    for (int step = 0; step < 200; step++) {
        long double middle = low + (high - low) / 2, sum = 0;
        for (int64_t i = 0; i < s->c.n; i++) {
            sum += at_level(s, only_floors, middle, i);
        }
        *(sum <= (long double)s->c.supply ? &low : &high) = middle;
    }
    return low;
}

/* All is given away, nobody more than claimed, and each within one part of what bisection finds (its level is a little low). */
TEST(the_level_is_the_one_at_which_all_is_given)
{
    int with_level = 0, short_floors = 0, drawn = 0;
    for (uint64_t seed = 1; seed <= 60000; seed++) {
        pl_rng rng;
        sample s;
        pl_uniform u;
        int64_t sum = 0, claims = 0;
        pl_rng_seed(&rng, seed);
        draw(&s, &rng, (int)(seed % 8), 1 + (int64_t)pl_rng_below(&rng, MOST));
        share(&s, &u, seed);
        for (int64_t i = 0; i < s.c.n; i++) {
            CHECK(s.got[i] >= 0 && s.got[i] <= s.claim[i]);
            sum += s.got[i];
            claims = s.claim[i] > (INT64_MAX >> 8) || claims > (INT64_MAX >> 8) ? INT64_MAX >> 8 : claims + s.claim[i];
        }
        CHECK_INT(sum, u.given);
        CHECK_INT(sum, claims < s.c.supply ? claims : s.c.supply);
        CHECK(u.enough == (claims <= s.c.supply));
        if (u.enough) {
            continue;
        }
        long double level = by_bisection(&s, u.floors_short);
        for (int64_t i = 0; i < s.c.n; i++) {
            long double want = at_level(&s, u.floors_short, level, i);
            if (!(fabsl((long double)s.got[i] - want) < 1 + 1e-9L * want)) {
                FAIL("seed %llu: claimant %lld gets %lld, not about %Lg", (unsigned long long)seed, (long long)i, (long long)s.got[i], want);
            }
        }
        with_level++;
        short_floors += u.floors_short;
        drawn += u.left_over > 0;
    }
    printf("# %d with a level, %d with floors above the supply, %d with lots\n", with_level, short_floors, drawn);
    CHECK(with_level > 30000 && short_floors > 1000 && drawn > 10000);
}

/* Whoever is told their claim and gets x would not rather have y from any other claim: either x is what they want, or y is no nearer (on the same side, no more). */
TEST(another_claim_never_pays)
{
    int64_t tried = 0, less = 0;
    for (uint64_t seed = 1; tried < 1000000; seed++) {
        pl_rng rng;
        sample s;
        pl_uniform u;
        pl_rng_seed(&rng, seed);
        draw(&s, &rng, (int)(seed % 8), 1 + (int64_t)pl_rng_below(&rng, 12));
        share(&s, &u, seed);
        int64_t honest[MOST];
        memcpy(honest, s.got, sizeof honest);
        for (int64_t i = 0; i < s.c.n; i++) {
            int64_t truth = s.claim[i];
            for (int k = 0; k < 8; k++) {
                int64_t near = truth < INT64_MAX - 4 ? truth + (int64_t)pl_rng_below(&rng, 7) - 3 : truth;
                s.claim[i] = k < 4 ? (near < 0 ? 0 : near) : draw_amount(&rng, 64);
                share(&s, &u, seed);
                int64_t got = s.got[i];
                if (got > honest[i] && honest[i] < truth) { /* nobody can get more of what they want */
                    FAIL("seed %llu: claiming %lld instead of %lld gives %lld instead of %lld", (unsigned long long)seed, (long long)s.claim[i],
                         (long long)truth, (long long)got, (long long)honest[i]);
                }
                less += got < honest[i];
                tried++;
            }
            s.claim[i] = truth;
        }
    }
    printf("# %lld other claims tried, %lld of them were worse\n", (long long)tried, (long long)less);
    CHECK(less > 10000);
}

/* The same claims in another order give everybody the same. */
TEST(the_order_of_claims_plays_no_part)
{
    for (uint64_t seed = 1; seed <= 5000; seed++) {
        pl_rng rng;
        sample s, t;
        pl_uniform u, v;
        int64_t at[MOST];
        pl_rng_seed(&rng, seed);
        draw(&s, &rng, (int)(seed % 8), 2 + (int64_t)pl_rng_below(&rng, MOST - 2));
        t = s;
        for (int64_t i = 0; i < s.c.n; i++) {
            at[i] = i;
        }
        for (int64_t i = s.c.n - 1; i > 0; i--) {
            int64_t j = (int64_t)pl_rng_below(&rng, (uint64_t)i + 1), k = at[i];
            at[i] = at[j];
            at[j] = k;
        }
        for (int64_t i = 0; i < s.c.n; i++) {
            t.claim[i] = s.claim[at[i]];
            t.floor[i] = s.floor[at[i]];
            t.points[i] = s.points[at[i]];
            t.ticket[i] = s.ticket[at[i]];
        }
        t.c.claim = t.claim;
        t.c.floor = s.c.floor != NULL ? t.floor : NULL;
        t.c.points = s.c.points != NULL ? t.points : NULL;
        t.c.user = &t;
        share(&s, &u, seed);
        share(&t, &v, seed);
        for (int64_t i = 0; i < s.c.n; i++) {
            CHECK_INT(t.got[i], s.got[at[i]]);
        }
    }
}

/* Three pieces among eight who claim one to three, and whole parts of a market: over 100,000 seeds everybody gets on average what they should, up to three and a half standard deviations. */
TEST(lots_are_fair_on_average)
{
    enum { N = 8, DRAWS = 100000 };
    static const int64_t claim[N] = {1, 2, 3, 1, 2, 3, 1, 1};
    static const char *const name[N] = {"Amina", "Bruno", "Chen", "Dora", "Emil", "Fatima", "Goran", "Hana"};
    int64_t sum[N] = {0};
    for (int draw_number = 0; draw_number < DRAWS; draw_number++) {
        sample s = {.c = {0}};
        pl_uniform u;
        pl_share_key key;
        char seed[32];
        snprintf(seed, sizeof seed, "dice %d", draw_number);
        pl_share_key_make(seed, "stove", &key);
        for (int i = 0; i < N; i++) {
            s.claim[i] = claim[i];
            s.ticket[i] = pl_share_ticket(&key, name[i], strlen(name[i]));
        }
        s.c = (pl_claims){N, s.claim, NULL, NULL, 3, ticket, &s};
        share(&s, &u, (uint64_t)draw_number);
        for (int i = 0; i < N; i++) {
            sum[i] += s.got[i];
        }
    }
    double p = 3.0 / N, deviation = sqrt(DRAWS * p * (1 - p)), worst = 0;
    for (int i = 0; i < N; i++) {
        worst = fmax(worst, fabs((double)sum[i] - DRAWS * p) / deviation);
    }
    printf("# %d draws: largest difference %.2f standard deviations\n", DRAWS, worst);
    CHECK(worst < 3.5);
}
