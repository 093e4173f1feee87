/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * recount_shares.c - the Method of Equal Shares again (docs/methods/counting.md), in GMP's fractions: who has the same money is a class, and each project is
 * paid by its supporters alike, as far as they have it. */
#include <gmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "verify/count.h"

#define OFFERS 20000000 /* supporters that are looked at in runs before the last one, at most */

typedef struct group { /* supporters with the same money and points */
    int32_t class;
    int64_t points, papers;
} group;

typedef struct sharing {
    pv_recount *r;
    bool seats, by_number;
    int64_t voters, budget, raises, looked;
    int64_t *from;       /* supporters of project c: row[from[c]] .. */
    int32_t *row;
    int64_t *points;
    int64_t *votes;
    /* one run */
    mpq_t *money;        /* by class; class 0: nothing */
    int64_t *members;    /* rows in it; 0: it is free */
    int32_t *class, classes, next_free, room; /* class: by row; next_free: none below it is */
    group *group;
    int32_t groups;
    bool *out, lot; /* lot: the last project was drawn */
    mpq_t *rate;         /* by project: at least so much for each unit of use */
    int32_t *chosen, n_chosen;
    mpq_t share, spent;
    mpq_t price, most, rest, x, y; /* of the offer that was looked at last: for each point; the most that one pays; scratch */
    int64_t supporters, paying, empty;
} sharing;

static void clean(void *user)
{
    sharing *s = user;
    for (int32_t i = 0; i < s->room; i++) {
        mpq_clear(s->money[i]);
    }
    for (int32_t c = 0; c < s->r->n && s->rate != NULL; c++) {
        mpq_clear(s->rate[c]);
    }
    mpq_clears(s->share, s->spent, s->price, s->most, s->rest, s->x, s->y, NULL);
}

static int64_t cost(const sharing *s, int32_t c)
{
    return s->seats ? 1 : s->r->papers.cost[c];
}

/* What a project's price is divided by when it is compared. */
static int64_t use(const sharing *s, int32_t c)
{
    return s->by_number ? 1 : s->seats ? s->voters : s->r->papers.cost[c];
}

/* x times a fraction. */
static void times(mpq_t out, const mpq_t a, int64_t x)
{
    mpq_t factor;
    mpq_init(factor);
    mpq_set_si(factor, x, 1);
    mpq_mul(out, a, factor);
    mpq_clear(factor);
}

static void over(mpq_t out, const mpq_t a, int64_t x)
{
    mpq_t divisor;
    mpq_init(divisor);
    mpq_set_si(divisor, x, 1);
    mpq_div(out, a, divisor);
    mpq_clear(divisor);
}

/* ---- What a project costs its supporters ------------------------------------------------------------ */

static int by_class(const void *a, const void *b)
{
    const group *x = a, *y = b;
    return x->class != y->class ? (x->class > y->class) - (x->class < y->class) : (x->points > y->points) - (x->points < y->points);
}

/* Money for each point. */
static int by_means(const void *a, const void *b, void *user)
{
    sharing *s = user;
    const group *x = a, *y = b;
    times(s->x, s->money[x->class], y->points);
    times(s->y, s->money[y->class], x->points);
    return mpq_cmp(s->x, s->y);
}

static void find_groups(sharing *s, int32_t c)
{
    int32_t n = 0;
    for (int64_t i = s->from[c]; i < s->from[c + 1]; i++) {
        s->group[n++] = (group){s->class[s->row[i]], s->points[i], s->r->papers.count[s->row[i]]};
    }
    qsort(s->group, (size_t)n, sizeof *s->group, by_class);
    s->groups = 0;
    for (int32_t i = 0; i < n; i++) {
        if (s->groups > 0 && by_class(&s->group[s->groups - 1], &s->group[i]) == 0) {
            s->group[s->groups - 1].papers += s->group[i].papers;
        } else {
            s->group[s->groups++] = s->group[i];
        }
    }
    s->looked += n + 100;
}

/* The price for each point; false when they do not have the money. */
static bool find_price(sharing *s, int32_t c)
{
    int64_t points = 0, most = 0;
    int32_t g = 0;
    find_groups(s, c);
    qsort_r(s->group, (size_t)s->groups, sizeof *s->group, by_means, s);
    s->supporters = s->paying = s->empty = 0;
    mpq_set_si(s->rest, 0, 1);
    for (int32_t i = 0; i < s->groups; i++) {
        times(s->x, s->money[s->group[i].class], s->group[i].papers);
        mpq_add(s->rest, s->rest, s->x);
        points += s->group[i].papers * s->group[i].points;
        s->supporters += s->group[i].papers;
    }
    mpq_set_si(s->y, cost(s, c), 1);
    if (mpq_cmp(s->rest, s->y) < 0 || mpq_sgn(s->rest) == 0) {
        return false;
    }
    mpq_set(s->rest, s->y);
    mpq_set_si(s->most, 0, 1);
    for (;; g++) { /* who has less than the price pays all */
        const group *x = &s->group[g];
        over(s->price, s->rest, points);
        times(s->x, s->price, x->points);
        if (mpq_cmp(s->money[x->class], s->x) >= 0) {
            break;
        }
        times(s->y, s->money[x->class], x->papers);
        mpq_sub(s->rest, s->rest, s->y);
        points -= x->papers * x->points;
        s->empty += mpq_sgn(s->money[x->class]) > 0 ? x->papers : 0;
        if (mpq_cmp(s->money[x->class], s->most) > 0) {
            mpq_set(s->most, s->money[x->class]);
        }
    }
    for (; g < s->groups; g++) {
        s->paying += s->group[g].papers;
        most = s->group[g].points > most ? s->group[g].points : most;
    }
    times(s->x, s->price, most);
    if (mpq_cmp(s->x, s->most) > 0) {
        mpq_set(s->most, s->x);
    }
    return true;
}

/* ---- Buying ----------------------------------------------------------------------------------------- */

static int32_t free_class(sharing *s)
{
    int32_t k = s->next_free;
    while (k < s->classes && s->members[k] > 0) {
        k++;
    }
    s->classes = k == s->classes ? k + 1 : s->classes;
    s->next_free = k + 1;
    return k;
}

/* Its supporters pay that price for each point, or all they have. */
static void pay(sharing *s, int32_t c)
{
    find_groups(s, c);
    s->next_free = 1;
    for (int32_t g = 0; g < s->groups; g++) { /* papers: from now on, the class where they go */
        group *x = &s->group[g];
        times(s->x, s->price, x->points);
        mpq_sub(s->y, s->money[x->class], s->x);
        x->papers = 0;
        if (mpq_sgn(s->y) > 0) {
            x->papers = free_class(s);
            s->members[x->papers] = 1; /* taken */
            mpq_set(s->money[x->papers], s->y);
        }
    }
    for (int64_t i = s->from[c]; i < s->from[c + 1]; i++) {
        int32_t row = s->row[i];
        group key = {s->class[row], s->points[i], 0};
        const group *x = bsearch(&key, s->group, (size_t)s->groups, sizeof key, by_class);
        s->members[s->class[row]]--;
        s->class[row] = (int32_t)x->papers;
        s->members[s->class[row]]++;
    }
    for (int32_t g = 0; g < s->groups; g++) {
        s->members[s->group[g].papers] -= s->group[g].papers > 0;
    }
}

/* Of two projects with the same rate, which comes first: the lower cost, then more votes; 0: the lot. */
static int prefer(const sharing *s, int32_t a, int32_t b)
{
    int64_t less = cost(s, b) - cost(s, a), more = s->votes[a] - s->votes[b];
    return less != 0 ? (less > 0 ? 1 : -1) : more != 0 ? (more > 0 ? 1 : -1) : 0;
}

/* The project with the lowest rate, or nobody; s->price and its like are those of it. */
static int32_t next_project(sharing *s, bool *tied)
{
    pv_recount *r = s->r;
    int32_t best = PV_NOBODY, n = 0;
    bool *seen = pv_alloc(r->run, (size_t)r->n, sizeof *seen);
    for (;;) {
        int32_t next = PV_NOBODY; /* the rate only rises: what was known is the least that it can be */
        for (int32_t c = 0; c < r->n; c++) {
            next = !s->out[c] && !seen[c] && (next == PV_NOBODY || mpq_cmp(s->rate[c], s->rate[next]) < 0) ? c : next;
        }
        if (next == PV_NOBODY || (best != PV_NOBODY && mpq_cmp(s->rate[next], s->rate[best]) > 0)) {
            break;
        }
        seen[next] = true;
        if (!find_price(s, next)) {
            s->out[next] = true; /* and never again */
            continue;
        }
        over(s->rate[next], s->price, use(s, next));
        int order = best == PV_NOBODY ? -1 : mpq_cmp(s->rate[next], s->rate[best]);
        int choice = order != 0 ? -order : prefer(s, next, best);
        if (choice > 0) {
            memset(tied, 0, (size_t)r->n * sizeof *tied);
            n = 0;
        }
        best = choice > 0 ? next : best;
        tied[next] = choice >= 0;
        n += choice >= 0;
    }
    pv_free(r->run, seen);
    s->lot = n > 1;
    best = s->lot ? pv_drawn(r, tied) : best;
    return best != PV_NOBODY && find_price(s, best) ? best : PV_NOBODY;
}

static void compare_purchase(sharing *s, int32_t c, const bool *tied);

/* One run with that share for each; whether it stays within the budget.  With `compare`, against the transcript. */
static bool run(sharing *s, int64_t raises, bool compare)
{
    pv_recount *r = s->r;
    bool *tied = pv_alloc(r->run, (size_t)r->n, sizeof *tied);
    int32_t c;
    mpq_set_si(s->share, s->budget, 1);
    over(s->share, s->share, s->voters);
    mpq_set_si(s->x, s->seats ? raises : 100 * raises, 1);
    over(s->x, s->x, s->seats ? s->voters : 1);
    mpq_add(s->share, s->share, s->x);
    s->classes = 2;
    memset(s->members, 0, (size_t)s->room * sizeof *s->members);
    mpq_set_si(s->money[0], 0, 1);
    mpq_set(s->money[1], s->share);
    s->members[1] = r->papers.rows;
    for (int64_t row = 0; row < r->papers.rows; row++) {
        s->class[row] = 1;
    }
    for (int32_t i = 0; i < r->n; i++) {
        s->out[i] = r->out[i] || s->votes[i] == 0;
        mpq_set_si(s->rate[i], 0, 1);
    }
    s->n_chosen = r->draws = 0;
    int64_t spent = 0;
    while (spent <= s->budget && (c = next_project(s, tied)) != PV_NOBODY) {
        if (compare) {
            compare_purchase(s, c, s->lot ? tied : NULL);
        }
        s->chosen[s->n_chosen++] = c;
        s->out[c] = true;
        spent += cost(s, c);
        pay(s, c);
    }
    mpq_set_si(s->spent, spent, 1);
    pv_free(r->run, tied);
    return spent <= s->budget;
}

/* No project that anybody supports could still be paid out of what the budget has left. */
static bool exhaustive(const sharing *s)
{
    int64_t spent = 0;
    for (int32_t i = 0; i < s->n_chosen; i++) {
        spent += cost(s, s->chosen[i]);
    }
    for (int32_t c = 0; c < s->r->n; c++) {
        bool in = s->r->out[c] || s->votes[c] == 0 || cost(s, c) > s->budget - spent;
        for (int32_t i = 0; i < s->n_chosen; i++) {
            in = in || s->chosen[i] == c;
        }
        if (!in) {
            return false;
        }
    }
    return true;
}

/* ---- Against the transcript ------------------------------------------------------------------------- */

static void compare_fraction(sharing *s, const char *what, const pv_json *v, const mpq_t x)
{
    pv_recount *r = s->r;
    if (r->said == NULL) {
        return;
    }
    char *text = pv_alloc(r->run, mpz_sizeinbase(mpq_numref(x), 10) + mpz_sizeinbase(mpq_denref(x), 10) + 4, 1);
    mpz_get_str(text, 10, mpq_numref(x));
    size_t n = strlen(text);
    text[n] = '/';
    mpz_get_str(text + n + 1, 10, mpq_denref(x));
    pv_check_text(r, what, v, text);
    pv_free(r->run, text);
}

static void compare_purchase(sharing *s, int32_t c, const bool *tied)
{
    pv_recount *r = s->r;
    int32_t i = s->n_chosen;
    char what[60];
    snprintf(what, sizeof what, "the project that is chosen as number %d", i + 1);
    pv_check_whole(r, PV_NO_STAGE, what, pv_said_by(r, "chosen[%d].project", i), c + 1);
    pv_check_whole(r, PV_NO_STAGE, "the number of supporters", pv_said_by(r, "chosen[%d].supporters", i), s->supporters);
    pv_check_whole(r, PV_NO_STAGE, "how many pay alike", pv_said_by(r, "chosen[%d].paying_alike", i), s->paying);
    pv_check_whole(r, PV_NO_STAGE, "how many pay all they have", pv_said_by(r, "chosen[%d].paying_all_they_have", i), s->empty);
    compare_fraction(s, "the most that one pays", pv_said_by(r, "chosen[%d].most_paid", i), s->most);
    compare_fraction(s, "the rate", pv_said_by(r, "chosen[%d].rate", i), s->rate[c]);
    snprintf(what, sizeof what, "chosen[%d].tie", i);
    pv_check_tie(r, what, tied, 0);
    r->winner[r->elected++] = c;
}

/* All that is left, blank papers included. */
static void compare_left(sharing *s)
{
    pv_recount *r = s->r;
    times(s->rest, s->share, r->papers.blank);
    for (int64_t row = 0; row < r->papers.rows; row++) {
        times(s->x, s->money[s->class[row]], r->papers.count[row]);
        mpq_add(s->rest, s->rest, s->x);
    }
    compare_fraction(s, "what is left", pv_said_by(r, "left"), s->rest);
    mpz_set(mpq_numref(s->x), mpq_numref(s->spent));
    pv_check_whole(r, PV_NO_STAGE, "what is spent", pv_said_by(r, "spent"), mpz_get_si(mpq_numref(s->x)));
}

/* ---- What there is ---------------------------------------------------------------------------------- */

static bool says(pv_recount *r, const char *key, const char *text)
{
    const pv_json *v = pv_said_by(r, "%s", key);
    return v != NULL && strcmp(v->text, text) == 0;
}

static void read_setting(sharing *s)
{
    pv_recount *r = s->r;
    const pv_papers *p = &r->papers;
    s->seats = says(r, "unit", "seat");
    s->by_number = says(r, "use", "number");
    s->budget = p->budget;
    if (r->said != NULL) {
        s->budget = pv_said_whole(r, pv_said_by(r, "budget"), "the budget", (int64_t)1 << 50);
        s->raises = pv_said_whole(r, pv_said_by(r, "raises"), "the number of raises", (int64_t)1 << 40);
    }
    s->voters = p->papers + p->blank;
    if (s->voters == 0 || (!s->seats && !p->projects)) {
        pv_stop(r->run, PV_REFUTED, r->file, 0, 0, "there is nothing to share: no voters, or projects without costs");
    }
    for (int32_t c = 0; c < r->n && !s->seats; c++) {
        char text[40];
        snprintf(text, sizeof text, "%lld.%02lld", (long long)(p->cost[c] / 100), (long long)(p->cost[c] % 100));
        pv_check_text(r, "the cost of a project", pv_said_by(r, "candidates[%d].cost", c), text);
        if (p->cost[c] < 1 && !r->out[c]) {
            pv_stop(r->run, PV_REFUTED, r->file, 0, 0, "project %d costs nothing", c + 1);
        }
    }
    pv_check_whole(r, PV_NO_STAGE, "the number of voters", pv_said_by(r, "voters"), s->voters);
}

static void find_supporters(sharing *s)
{
    pv_recount *r = s->r;
    const pv_papers *p = &r->papers;
    int64_t total = p->start[p->rows];
    s->from = pv_alloc(r->run, (size_t)r->n + 2, sizeof *s->from);
    s->row = pv_alloc(r->run, (size_t)total + 1, sizeof *s->row);
    s->points = pv_alloc(r->run, (size_t)total + 1, sizeof *s->points);
    s->votes = pv_alloc(r->run, (size_t)r->n, sizeof *s->votes);
    for (int64_t i = 0; i < total; i++) {
        s->from[p->choice[i] + 1]++;
    }
    for (int32_t c = 0; c < r->n; c++) {
        s->from[c + 1] += s->from[c];
    }
    int64_t *at = pv_alloc(r->run, (size_t)r->n, sizeof *at);
    memcpy(at, s->from, (size_t)r->n * sizeof *at);
    for (int64_t row = 0; row < p->rows; row++) {
        for (int64_t i = p->start[row]; i < p->start[row + 1]; i++) {
            int32_t c = p->choice[i];
            s->row[at[c]] = (int32_t)row;
            s->points[at[c]++] = p->points != NULL ? p->points[i] : 1;
            s->votes[c] += p->count[row];
        }
    }
    for (int32_t c = 0; c < r->n; c++) {
        pv_check_whole(r, PV_NO_STAGE, "the number of votes", pv_said_by(r, "votes[%d]", c), s->votes[c]);
    }
}

static void make_room(sharing *s)
{
    pv_recount *r = s->r;
    size_t rows = (size_t)r->papers.rows, n = (size_t)r->n;
    mpq_inits(s->share, s->spent, s->price, s->most, s->rest, s->x, s->y, NULL);
    r->run->clean = clean;
    r->run->to_clean = s;
    s->group = pv_alloc(r->run, rows + 1, sizeof *s->group);
    s->class = pv_alloc(r->run, rows + 1, sizeof *s->class);
    s->members = pv_alloc(r->run, 2 * rows + 2, sizeof *s->members);
    s->money = pv_alloc(r->run, 2 * rows + 2, sizeof *s->money);
    s->out = pv_alloc(r->run, n, sizeof *s->out);
    s->chosen = pv_alloc(r->run, n, sizeof *s->chosen);
    r->winner = pv_alloc(r->run, n, sizeof *r->winner);
    mpq_t *rate = pv_alloc(r->run, n, sizeof *rate);
    for (size_t i = 0; i < 2 * rows + 2; i++) {
        mpq_init(s->money[i]);
    }
    s->room = (int32_t)(2 * rows + 2);
    for (size_t c = 0; c < n; c++) {
        mpq_init(rate[c]);
    }
    s->rate = rate;
}

/* Whether the shares were raised as often as the rule says: as long as it helps, and stays within the budget.  How many of the raises were made again. */
static int64_t check_completion(sharing *s)
{
    pv_recount *r = s->r;
    const pv_json *v = pv_said_by(r, "one_more_raise_would_cost_too_much");
    bool stopped = v != NULL && v->type == 't', done = exhaustive(s);
    int64_t again = 0;
    if (stopped ? done || run(s, s->raises + 1, false) : !done && s->raises > 0) {
        pv_refute(r->run, r->file, 0, "the shares were not raised as often as they could be");
    }
    for (int64_t k = s->raises - 1; k >= 0 && s->looked < OFFERS; k--, again++) {
        if (!run(s, k, false) || exhaustive(s)) {
            pv_refute(r->run, r->file, 0, "with %lld raises it was complete, the transcript has %lld", (long long)k, (long long)s->raises);
            break;
        }
    }
    return again;
}

/* How often they are raised where nobody says: until nothing more can be paid, or once less than would cost too much. */
static void find_raises(sharing *s)
{
    bool within;
    while ((within = run(s, s->raises, false)) && !exhaustive(s)) {
        s->raises++;
    }
    s->raises -= !within;
}

void pv_recount_shares(pv_recount *r)
{
    sharing *s = pv_alloc(r->run, 1, sizeof *s);
    s->r = r;
    read_setting(s);
    find_supporters(s);
    make_room(s);
    if (r->said == NULL) {
        find_raises(s);
    }
    if (!run(s, s->raises, true)) {
        pv_refute(r->run, r->file, 0, "what is chosen costs more than there is");
    }
    if (r->said != NULL) {
        compare_left(s);
        if (pv_said_by(r, "chosen[%d].project", r->elected) != NULL) {
            pv_refute(r->run, r->file, 0, "the transcript chooses more than the rule");
        }
        int64_t again = check_completion(s);
        snprintf(r->found, sizeof r->found, "%lld voters, %d projects chosen, %lld raises of which %lld were made again", (long long)s->voters, r->elected, (long long)s->raises,
                 (long long)again);
    }
    clean(s);
    r->run->clean = NULL;
}
