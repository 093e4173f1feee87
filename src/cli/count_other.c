/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * count_other.c - Schulze, approval, majority and Equal Shares as people read them. */
#include <string.h>

#include "cli/count.h"

#define SIDE 7 /* candidates that fit into a table of one against one */

/* ---- Schulze ------------------------------------------------------------------------------------------------------------------ */

static int64_t cell(const pl_schulze *s, const int64_t *matrix, int32_t i, int32_t j)
{
    return matrix[(size_t)i * (size_t)s->n + (size_t)j];
}

/* "E -31- D -28- C" */
static void add_path(pl_str *text, const pl_ballots *b, const pl_schulze *s, int32_t from, int32_t to)
{
    int32_t before = s->before[(size_t)from * (size_t)s->n + (size_t)to];
    if (before >= 0 && before != from) {
        add_path(text, b, s, from, before);
    } else {
        pl_str_addf(text, "%s", pl_candidate_name(b, from));
    }
    pl_str_addf(text, " -%lld- %s", (long long)cell(s, s->prefer, before >= 0 ? before : from, to), pl_candidate_name(b, to));
}

static void print_reasons(const pl_ballots *b, const pl_schulze *s)
{
    char x[COUNT_TEXT], y[COUNT_TEXT];
    pl_str whole, *text = &whole;
    pl_str_init(text, 1 << 20);
    printf("\nWhy: the strongest paths (a link is who beats whom, with how many papers; a path is as strong as its weakest link)\n");
    for (int32_t i = 0; i + 1 < s->n_order; i++) {
        int32_t a = s->order[i], c = s->order[i + 1];
        int64_t there = cell(s, s->path, a, c), back = cell(s, s->path, c, a);
        if (s->place[a] == s->place[c]) {
            pl_str_addf(text, "%s and %s: equal, %s both ways", pl_candidate_name(b, a), pl_candidate_name(b, c), count_whole(there, x));
            count_say(text, 2, 6);
            continue;
        }
        pl_str_addf(text, "%s before %s: %s against %s; ", pl_candidate_name(b, a), pl_candidate_name(b, c), count_whole(there, x),
               back > 0 ? count_whole(back, y) : "none");
        add_path(text, b, s, a, c);
        if (back > 0) {
            pl_str_addf(text, "; back ");
            add_path(text, b, s, c, a);
        }
        count_say(text, 2, 6);
    }
}

static void print_pairs(const pl_ballots *b, const pl_schulze *s)
{
    cli_table t;
    char line[1024], x[COUNT_TEXT];
    printf("\nOne against one: how many papers rank the candidate of the row above that of the column\n");
    cli_table_start(&t, "lrrrrrrr");
    int at = snprintf(line, sizeof line, " ");
    for (int32_t j = 0; j < s->n_order; j++) {
        at += snprintf(line + at, sizeof line - (size_t)at, "\t%.40s", pl_candidate_name(b, s->order[j]));
    }
    cli_table_heading(&t, line);
    for (int32_t i = 0; i < s->n_order; i++) {
        at = snprintf(line, sizeof line, "%.80s", pl_candidate_name(b, s->order[i]));
        for (int32_t j = 0; j < s->n_order; j++) {
            at += snprintf(line + at, sizeof line - (size_t)at, "\t%s",
                           i == j ? "" : count_whole(cell(s, s->prefer, s->order[i], s->order[j]), x));
        }
        cli_table_row(&t, "%s", line);
    }
    cli_table_print(&t, stdout);
}

void count_print_schulze(const pl_ballots *b, const pl_schulze *s)
{
    cli_table t;
    count_print_head(b, s->valid, "Schulze (winning votes)");
    if (s->condorcet >= 0) {
        cli_print_safely(pl_candidate_name(b, s->condorcet), stdout);
        printf(" beats everyone, one against one.\n");
    } else {
        printf("Nobody beats everyone, one against one: paths decide.\n");
    }
    printf("\nOrder\n");
    cli_table_start(&t, "rlll");
    for (int32_t i = 0; i < s->n_order; i++) {
        if (t.rows == CLI_ROWS) {
            cli_table_print(&t, stdout);
            cli_table_start(&t, "rlll");
        }
        int32_t c = s->order[i];
        cli_table_row(&t, "%d\t%s\t%s\t%s", s->place[c], pl_candidate_name(b, c), b->candidate[c].group, i < s->n_winners ? "elected" : "");
    }
    cli_table_print(&t, stdout);
    if (s->tie.how != PL_TIE_NONE) {
        pl_str text;
        pl_str_init(&text, 1 << 20);
        count_add_tie(&text, b, &s->tie, s->seed);
        count_say(&text, 2, 2);
    }
    if (s->n_order > 1) {
        print_reasons(b, s);
    }
    if (s->n_order <= SIDE) {
        print_pairs(b, s);
    } else {
        printf("\n(--json has the whole tables of preferences and paths.)\n");
    }
}

/* ---- Approval, majority ---------------------------------------------------------------------------------------------------------- */

static void print_votes(const pl_ballots *b, const pl_tally *t, int64_t of)
{
    cli_table table;
    char x[COUNT_TEXT];
    cli_table_start(&table, "rlrrl");
    for (int32_t i = 0; i < t->n_order; i++) {
        if (table.rows == CLI_ROWS) {
            cli_table_print(&table, stdout);
            cli_table_start(&table, "rlrrl");
        }
        int32_t c = t->order[i];
        char percent[32] = "";
        if (of > 0 && c != t->abstain) {
            snprintf(percent, sizeof percent, "%.1f %%", 100.0 * (double)t->votes[c] / (double)of);
        }
        cli_table_row(&table, "%d\t%s\t%s\t%s\t%s", i + 1, pl_candidate_name(b, c), count_whole(t->votes[c], x), percent,
                      i < t->n_winners ? "elected" : "");
    }
    cli_table_print(&table, stdout);
}

static void print_majority(const pl_ballots *b, const pl_tally *t)
{
    char x[COUNT_TEXT], y[COUNT_TEXT];
    print_votes(b, t, t->base);
    printf("\nQuorum: %s papers cast, %s needed: %s\n", count_whole(t->cast, x), count_whole(t->quorum, y),
           t->has_quorum ? "there is one" : "there is none");
    printf("Majority: more than %d/%d of %s votes%s: %s\n", t->part, t->part_of, count_whole(t->base, x),
           t->abstain >= 0 ? " (abstentions left out)" : "", t->has_majority ? "there is one" : "nobody has it");
    if (t->n_winners > 0) {
        printf("%sDecided: ", cli_green());
        cli_print_safely(pl_candidate_name(b, t->order[0]), stdout);
        printf("%s\n", cli_plain());
    } else {
        printf("%sNothing is decided%s\n", cli_red(), cli_plain());
    }
}

void count_print_tally(const pl_ballots *b, const pl_tally *t, bool majority)
{
    char rule[100];
    snprintf(rule, sizeof rule, "most approvals, %d seat%s", t->seats, t->seats == 1 ? "" : "s");
    count_print_head(b, t->valid, majority ? "majority of the votes cast" : rule);
    printf("\n");
    if (majority) {
        print_majority(b, t);
        return;
    }
    print_votes(b, t, t->valid);
    if (t->tie.how != PL_TIE_NONE) {
        pl_str text;
        pl_str_init(&text, 1 << 20);
        count_add_tie(&text, b, &t->tie, t->seed);
        count_say(&text, 2, 2);
    }
}

/* ---- Equal Shares ------------------------------------------------------------------------------------------------------------------ */

/* Hundredths as money; of seats as seats. */
static const char *money(const pl_shares *s, int64_t amount, char out[COUNT_TEXT])
{
    return s->seats ? count_whole(amount / s->voters, out) : count_votes(amount, 2, out);
}

/* A fraction (cut to 5 decimals of a hundredth, or of a seat). */
static const char *fraction(const pl_shares *s, const pl_fraction *f, char out[COUNT_TEXT])
{
    if (f->cut == INT64_MAX) {
        snprintf(out, COUNT_TEXT, "more than can be shown");
        return out;
    }
    return s->seats ? count_votes(f->cut, 5, out) : count_votes(f->cut / 1000, 4, out);
}

/* The share of each voter, cut to 4 decimals (seats: 5). */
static const char *share(const pl_shares *s, int64_t whole, char out[COUNT_TEXT])
{
    __int128 x = whole;
    return s->seats ? count_votes((int64_t)(x * 100000 / s->voters / s->voters), 5, out)
                    : count_votes((int64_t)(x * 100 / s->voters), 4, out);
}

static void print_chosen(const pl_ballots *b, const pl_shares *s)
{
    cli_table t;
    char x[COUNT_TEXT], y[COUNT_TEXT], z[COUNT_TEXT];
    printf("\nChosen, in this order\n");
    cli_table_start(&t, "rlrrrr");
    cli_table_heading(&t, s->seats ? " \tcandidate\tseats\tsupporters\tmost that one pays\tpay all they have left"
                                   : " \tproject\tcost\tsupporters\tmost that one pays\tpay all they have left");
    for (int32_t i = 0; i < s->n_bought; i++) {
        if (t.rows == CLI_ROWS) {
            cli_table_print(&t, stdout);
            cli_table_start(&t, "rlrrrr");
        }
        const pl_purchase *p = &s->bought[i];
        char all[COUNT_TEXT];
        cli_table_row(&t, "%d\t%s\t%s\t%s\t%s\t%s", i + 1, pl_candidate_name(b, p->project), money(s, s->cost[p->project], x),
                      count_whole(p->supporters, y), fraction(s, &p->most, z), p->empty > 0 ? count_whole(p->empty, all) : "");
    }
    cli_table_print(&t, stdout);
    for (int32_t i = 0; i < s->n_bought; i++) {
        if (s->bought[i].tie.how != PL_TIE_NONE) {
            pl_str text;
            pl_str_init(&text, 1 << 20);
            pl_str_addf(&text, "%d:", i + 1);
            count_add_tie(&text, b, &s->bought[i].tie, s->seed);
            count_say(&text, 2, 2);
        }
    }
}

static void print_left_out(const pl_ballots *b, const pl_shares *s)
{
    cli_table t;
    char x[COUNT_TEXT], y[COUNT_TEXT], head[100];
    snprintf(head, sizeof head, " \t%s\tsupporters\twhy", s->seats ? "seats" : "cost");
    cli_table_start(&t, "lrrl");
    cli_table_heading(&t, head);
    for (int32_t c = 0; c < s->n; c++) {
        bool in = b->candidate[c].withdrawn;
        for (int32_t i = 0; i < s->n_bought; i++) {
            in |= s->bought[i].project == c;
        }
        if (in) {
            continue;
        }
        if (t.rows == CLI_ROWS) {
            cli_table_print(&t, stdout);
            cli_table_start(&t, "lrrl");
        }
        bool dear = s->cost[c] > s->budget - s->spent;
        cli_table_row(&t, "%s\t%s\t%s\t%s", pl_candidate_name(b, c), money(s, s->cost[c], x), count_whole(s->votes[c], y),
                      s->votes[c] == 0 ? "nobody supports it"
                      : dear           ? (s->seats ? "no seat is left" : "costs more than is left")
                                       : "its supporters' shares do not suffice");
    }
    if (t.rows > 1) {
        printf("\nNot chosen\n");
        cli_table_print(&t, stdout);
    }
}

void count_print_shares(const pl_ballots *b, const pl_shares *s)
{
    char x[COUNT_TEXT], y[COUNT_TEXT], z[COUNT_TEXT];
    count_print_head(b, b->papers, s->seats       ? "Method of Equal Shares, for seats"
                                   : s->by_number ? "Method of Equal Shares, every project of the same use to who wants it"
                                                : "Method of Equal Shares, a project's use being its cost");
    if (s->seats) {
        printf("%s seats, an equal part of them for each of %s voters: %s", money(s, s->budget, x), count_whole(s->voters, y),
               share(s, s->budget, z));
    } else {
        printf("Budget %s, an equal share for each of %s voters: %s", money(s, s->budget, x), count_whole(s->voters, y),
               share(s, s->budget, z));
    }
    if (s->raises > 0) {
        printf("; raised %s time%s, to %s", count_whole(s->raises, x), s->raises == 1 ? "" : "s", share(s, s->share_whole, y));
    }
    printf("%s\n", s->stopped_by_money ? " (once more would cost more than the budget)" : "");
    print_chosen(b, s);
    print_left_out(b, s);
    printf("\nSpent: %s of %s\n", money(s, s->spent, x), money(s, s->budget, y));
}
