/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Markets of points: they clear, nobody would rather have what another has, nothing with a price is left; whole sharings by all rules, which
 * the independent checker shares again, and finds out when somebody is favoured. */
#include "test/test.h"

#include <stdlib.h>
#include <unistd.h>

#include <plenty/share.h>

#include "base/rng.h"
#include "verify/verify.h"

#define PEOPLE 12
#define GOODS 6

typedef struct sample {
    int64_t start[PEOPLE + 1];
    int32_t want[PEOPLE * GOODS];
    double taste[PEOPLE * GOODS], cap[PEOPLE * GOODS], floor[PEOPLE * GOODS], points[PEOPLE], supply[GOODS], price[GOODS], got[PEOPLE * GOODS];
    double each[GOODS]; /* the floor of each good */
    pl_market m;
} sample;

/* kind: bit 0 caps, bit 1 floors, bit 2 unequal points */
static void draw(sample *s, pl_rng *rng, int kind)
{
    static const double substitution[] = {0.3, 0.5, 0.9, 1.1, 1.5, 2, 3, 5};
    int64_t n = 0;
    memset(s, 0, sizeof *s);
    int32_t people = 2 + (int32_t)pl_rng_below(rng, PEOPLE - 1), goods = 2 + (int32_t)pl_rng_below(rng, GOODS - 1);
    for (int32_t g = 0; g < goods; g++) {
        s->each[g] = (kind & 2) != 0 && pl_rng_below(rng, 2) == 0 ? pl_rng_range(rng, 0, 1) : 0;
    }
    for (int32_t i = 0; i < people; i++) {
        s->points[i] = (kind & 4) != 0 ? pl_rng_range(rng, 0.5, 4) : 1;
        for (int32_t g = 0; g < goods; g++) {
            if (pl_rng_below(rng, 4) == 0) {
                continue;
            }
            s->want[n] = g;
            s->taste[n] = exp(pl_rng_range(rng, -2, 2));
            s->cap[n] = pl_rng_below(rng, 5) == 0 ? INFINITY : pl_rng_range(rng, 0.1, 8);
            s->floor[n] = s->each[g];
            s->supply[g] += 1;
            n++;
        }
        s->start[i + 1] = n;
    }
    for (int32_t g = 0; g < goods; g++) {
        s->supply[g] = (s->supply[g] + 1) * pl_rng_range(rng, 1.01, 3);
    }
    s->m = (pl_market){people, goods, s->start, s->want, s->taste, (kind & 1) != 0 ? s->cap : NULL, (kind & 2) != 0 ? s->floor : NULL, s->points, s->supply,
                       substitution[pl_rng_below(rng, 8)], 0, 0};
}

/* The basket of k as person i could use it: no more than i's caps, nothing of what i does not want. */
static double use_of(const sample *s, int32_t i, int32_t k)
{
    double x[GOODS] = {0};
    for (int64_t j = s->start[i]; j < s->start[i + 1]; j++) {
        double y = s->m.floor != NULL ? s->floor[j] : 0; /* everybody has the floor */
        for (int64_t l = s->start[k]; l < s->start[k + 1]; l++) {
            y = s->want[l] == s->want[j] && s->got[l] > y ? s->got[l] : y;
        }
        x[j - s->start[i]] = s->m.cap != NULL && y > s->cap[j] ? s->cap[j] : y;
    }
    return pl_market_utility(&s->m, i, x);
}

static void check_market(const sample *s, uint64_t seed, double *worst)
{
    double taken[GOODS] = {0}, claims[GOODS] = {0};
    for (int64_t k = 0; k < s->start[s->m.n_people]; k++) {
        taken[s->want[k]] += s->got[k];
        claims[s->want[k]] += s->m.cap != NULL ? s->cap[k] : INFINITY;
        CHECK(s->m.cap == NULL || s->got[k] <= s->cap[k]);
        CHECK(s->m.floor == NULL || s->got[k] >= fmin(s->floor[k], s->m.cap != NULL ? s->cap[k] : INFINITY) * (1 - 1e-9));
    }
    for (int32_t g = 0; g < s->m.n_goods; g++) {
        CHECK(taken[g] <= s->supply[g] * (1 + 1e-12) || isnan(s->price[g]));
        if (claims[g] > s->supply[g] && s->price[g] > 0) {
            CHECK_NEAR(taken[g] / s->supply[g], 1, 1e-9);
        } else if (claims[g] <= s->supply[g]) {
            CHECK(s->price[g] == 0);
            CHECK_NEAR(taken[g], claims[g], 1e-12);
        }
    }
    for (int32_t i = 0; i < s->m.n_people; i++) {
        double own = pl_market_utility(&s->m, i, s->got + s->start[i]), paid = 0;
        for (int64_t k = s->start[i]; k < s->start[i + 1]; k++) {
            double base = s->m.floor == NULL ? 0 : fmin(s->floor[k], s->m.cap != NULL ? s->cap[k] : INFINITY);
            paid += s->price[s->want[k]] > 0 ? s->price[s->want[k]] * (s->got[k] - base) : 0;
        }
        if (paid > s->points[i] * (1 + 1e-9)) {
            FAIL("seed %llu: person %d pays %.12g with %.12g points", (unsigned long long)seed, i, paid, s->points[i]);
        }
        for (int32_t k = 0; k < s->m.n_people && s->start[i + 1] > s->start[i]; k++) {
            double other = s->points[k] <= s->points[i] ? use_of(s, i, k) : 0;
            *worst = fmax(*worst, other / own - 1);
            if (other > own * (1 + 1e-9)) {
                FAIL("seed %llu: person %d would have %.12g with the basket of %d, not %.12g", (unsigned long long)seed, i, other, k, own);
            }
        }
    }
}

TEST(markets_clear_and_nobody_envies)
{
    double worst = -1;
    int32_t most = 0, free = 0;
    for (uint64_t seed = 1; seed <= 4000; seed++) {
        pl_rng rng;
        sample s;
        pl_clearing c;
        pl_error err;
        double envy;
        pl_rng_seed(&rng, seed);
        draw(&s, &rng, (int)(seed % 8));
        if (pl_market_clear(&s.m, 1, NULL, s.price, s.got, &c, &err) != PL_OK || pl_market_envy(&s.m, 1, s.price, s.got, &envy, &err) != PL_OK) {
            FAIL("seed %llu (substitution %g): %s", (unsigned long long)seed, s.m.substitution, err.message);
        }
        CHECK(envy <= 1e-9);
        check_market(&s, seed, &worst);
        most = c.sweeps > most ? c.sweeps : most;
        free += s.m.n_goods - c.open;
    }
    printf("# largest envy %.1e, at most %d sweeps, %d goods without a price\n", worst, most, free);
    CHECK(free > 500);
}

TEST(the_number_of_threads_plays_no_part)
{
    for (uint64_t seed = 1; seed <= 40; seed++) {
        pl_rng rng;
        sample s, t;
        pl_clearing c, d;
        pl_error err;
        pl_rng_seed(&rng, seed);
        draw(&s, &rng, (int)(seed % 8));
        t = s;
        t.m = s.m;
        CHECK_INT(pl_market_clear(&s.m, 1, NULL, s.price, s.got, &c, &err), PL_OK);
        CHECK_INT(pl_market_clear(&s.m, 4, NULL, t.price, t.got, &d, &err), PL_OK);
        CHECK(memcmp(s.price, t.price, sizeof s.price) == 0 && memcmp(s.got, t.got, sizeof s.got) == 0 && c.sweeps == d.sweeps);
    }
}

/* ---- Whole sharings ----------------------------------------------------------------------------------------------------------------------- */

static FILE *open_table(const char *folder, const char *name)
{
    char path[600];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    CHECK(f != NULL);
    return f;
}

static void write_case(pl_rng *rng, const char *folder)
{
    static const char *const rule[] = {"uniform", "points", "points", "uniform", "lottery", "urgency"};
    int people = 1 + (int)pl_rng_below(rng, 20), goods = 1 + (int)pl_rng_below(rng, 7), kind[8];
    FILE *f = open_table(folder, "supply.csv"), *r = open_table(folder, "rules.csv");
    fprintf(f, "good,quantity,unit,whole\n");
    fprintf(r, "good,rule,floor,substitution,lot\n");
    for (int g = 0; g < goods; g++) {
        kind[g] = (int)pl_rng_below(rng, 6);
        bool whole = kind[g] > 3 || pl_rng_below(rng, 4) == 0;
        fprintf(f, whole ? "good-%d,%.0f,piece,yes\n" : "good-%d,%.6f,kg,no\n", g, pl_rng_range(rng, 0, whole ? 12 : 40));
        fprintf(r, "good-%d,%s,%s,%s,%s\n", g, rule[kind[g]], kind[g] < 4 && pl_rng_below(rng, 3) == 0 ? "1" : "", kind[g] == 1 || kind[g] == 2 ? "1.5" : "",
                pl_rng_below(rng, 2) == 0 ? "first" : "");
    }
    fclose(f);
    fclose(r);
    f = open_table(folder, "people.csv");
    fprintf(f, "points,years,person,children\n");
    for (int i = people; i-- > 0;) {
        fprintf(f, "%.3f,%d,\"person, %d\",%d\n", pl_rng_range(rng, 0.5, 4), (int)pl_rng_below(rng, 4), i, (int)pl_rng_below(rng, 3));
    }
    fclose(f);
    f = open_table(folder, "urgency.csv");
    fprintf(f, "criterion,weight\nyears,1\nchildren,2.5\n");
    fclose(f);
    f = open_table(folder, "wants.csv");
    fprintf(f, "good,person,amount,taste,floor\n");
    for (int k = people * goods; k-- > 0;) {
        int g = k % goods;
        if (k == 0 || pl_rng_below(rng, 3) != 0) {
            fprintf(f, "good-%d,\"person, %d\",", g, k / goods);
            if (pl_rng_below(rng, 8) != 0) {
                fprintf(f, "%d", (int)pl_rng_below(rng, 9));
            }
            fprintf(f, ",%s,%s\n", pl_rng_below(rng, 2) == 0 ? "0.7" : "", pl_rng_below(rng, 9) == 0 ? "2" : "");
        }
    }
    fclose(f);
}

static int verify(const char *folder, char *said, size_t size)
{
    FILE *out = fmemopen(said, size, "w");
    CHECK(out != NULL);
    int code = pv_verify_share(folder, false, out, out);
    fclose(out);
    return code;
}

/* Moves an amount from one row of allotments to another of the same good; false: there are no such rows. */
static bool favour(const char *folder, pl_rng *rng)
{
    char path[600], line[400][120];
    int n = 0;
    snprintf(path, sizeof path, "%s/allotments.csv", folder);
    FILE *f = fopen(path, "r");
    while (n < 400 && fgets(line[n], sizeof line[n], f) != NULL) {
        n++;
    }
    fclose(f);
    for (int k = 0; k < 200; k++) {
        int a = 1 + (int)pl_rng_below(rng, (uint64_t)n - 1), b = 1 + (int)pl_rng_below(rng, (uint64_t)n - 1);
        char *ga = strstr(line[a], "good-"), *gb = strstr(line[b], "good-");
        double x = strtod(ga + 7, NULL), y = strtod(gb + 7, NULL);
        if (a != b && ga[5] == gb[5] && x >= 1) {
            snprintf(ga + 7, 60, "%.6f\n", x - 1);
            snprintf(gb + 7, 60, "%.6f\n", y + 1);
            f = fopen(path, "w");
            for (int i = 0; i < n; i++) {
                fputs(line[i], f);
            }
            fclose(f);
            return true;
        }
    }
    return false;
}

TEST(sharings_are_shared_again_and_favours_are_found)
{
    char from[300], to[300], said[20000];
    int verified = 0, favoured = 0;
    snprintf(from, sizeof from, "%s/case", test_tmp());
    snprintf(to, sizeof to, "%s/shared", test_tmp());
    char command[400];
    snprintf(command, sizeof command, "mkdir -p '%s'", from);
    CHECK_INT(system(command), 0);
    for (uint64_t seed = 1; seed <= 400; seed++) {
        pl_rng rng;
        pl_sharing *s = NULL;
        pl_shared *shared = NULL;
        pl_error err;
        pl_rng_seed(&rng, seed);
        write_case(&rng, from);
        if (pl_sharing_load(from, PL_RULE_UNIFORM, &s, &err) != PL_OK ||
            pl_share(s, &(pl_share_settings){.seed = "416"}, &shared, &err) != PL_OK || pl_shared_save(s, shared, from, to, true, &err) != PL_OK) {
            FAIL("seed %llu: %s: %s", (unsigned long long)seed, err.subject, err.message);
        }
        if (verify(to, said, sizeof said) != 0) {
            FAIL("seed %llu: %s", (unsigned long long)seed, said);
        }
        verified++;
        if (favour(to, &rng)) {
            favoured++;
            if (verify(to, said, sizeof said) != 1) {
                FAIL("seed %llu: a favour was not found: %s", (unsigned long long)seed, said);
            }
        }
        pl_shared_free(shared);
        pl_sharing_free(s);
    }
    printf("# %d sharings verified, %d favours found\n", verified, favoured);
    CHECK(favoured > 200);
}
