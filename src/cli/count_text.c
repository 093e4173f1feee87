/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * count_text.c - a count by stages as people read it: who is elected, what happened at each stage and why, the table. */
#include <string.h>

#include "ballot/transcript.h"
#include "cli/count.h"

#define STAGES_BESIDE 6 /* in one table */
#define WIDTH 100       /* of a line of text */
#define NAME 34         /* characters of a name in tables */

const char *count_whole(int64_t x, char out[COUNT_TEXT])
{
    char digits[32];
    int n = snprintf(digits, sizeof digits, "%lld", (long long)(x < 0 ? -x : x)), k = 0;
    if (x < 0) {
        out[k++] = '-';
    }
    for (int i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0) {
            out[k++] = ',';
        }
        out[k++] = digits[i];
    }
    out[k] = '\0';
    return out;
}

const char *count_votes(int64_t votes, int decimals, char out[COUNT_TEXT])
{
    char text[PL_VOTES_MAX], whole[COUNT_TEXT];
    int64_t one = 1;
    for (int i = 0; i < decimals; i++) {
        one *= 10;
    }
    count_whole(votes / one, whole);
    if (votes % one == 0) {
        memcpy(out, whole, sizeof whole);
    } else {
        snprintf(out, COUNT_TEXT, "%s%s", whole, strchr(pl_votes_text(votes % one, decimals, text), '.'));
    }
    return out;
}

static void add_names(pl_str *text, const pl_ballots *b, const int32_t *who, int32_t n)
{
    for (int32_t i = 0; i < n; i++) {
        pl_str_addf(text, "%s%s", i == 0 ? "" : i + 1 == n ? " and " : ", ", pl_candidate_name(b, who[i]));
    }
}

void count_say(pl_str *text, int first, int indent)
{
    int at = 0;
    printf("%*s", first, "");
    for (const char *p = text->failed ? "(no memory)" : text->text; *p != '\0';) {
        char word[512];
        size_t n = strcspn(p, " "), k = n < sizeof word - 1 ? n : sizeof word - 1;
        int width = 0;
        memcpy(word, p, k);
        word[k] = '\0';
        for (size_t i = 0; i < k; i++) {
            width += ((unsigned char)word[i] & 0xC0) != 0x80;
        }
        if (at > 0 && at + 1 + width > WIDTH - indent) {
            printf("\n%*s", indent, "");
            at = 0;
        }
        printf("%s", at > 0 ? " " : "");
        cli_print_safely(word, stdout);
        at += width + (at > 0);
        p += k;
        p += strspn(p, " ");
    }
    printf("\n");
    pl_str_clear(text);
}

void count_print_head(const pl_ballots *b, int64_t valid, const char *rule)
{
    char x[COUNT_TEXT];
    int32_t standing = 0;
    pl_str text;
    pl_str_init(&text, 1 << 20);
    for (int32_t c = 0; c < b->n_candidates; c++) {
        standing += !b->candidate[c].withdrawn;
    }
    printf("%s", cli_bold());
    pl_str_addf(&text, "%s%s%s %s, %d %s", b->title, b->title[0] != '\0' ? ": " : "", count_whole(valid, x),
                valid == 1 ? "valid paper" : "valid papers", standing, standing == 1 ? "candidate" : "candidates");
    if (standing < b->n_candidates) {
        pl_str_addf(&text, " (%d withdrawn)", b->n_candidates - standing);
    }
    count_say(&text, 0, 0);
    printf("%s", cli_plain());
    if (b->papers + b->blank > valid) {
        bool one = b->papers + b->blank - valid == 1;
        printf("%s %s and %s left out\n", count_whole(b->papers + b->blank - valid, x),
               one ? "paper names nobody who is standing" : "papers name nobody who is standing", one ? "is" : "are");
    }
    pl_str_addf(&text, "Rule: %s", rule);
    count_say(&text, 0, 0);
}

void count_add_tie(pl_str *text, const pl_ballots *b, const pl_tie *tie, const char *seed)
{
    if (tie->how == PL_TIE_NONE) {
        return;
    }
    pl_str_add(text, " Equal were ");
    add_names(text, b, tie->tied, tie->n_tied);
    if (tie->how == PL_TIE_EARLIER) {
        pl_str_addf(text, "; stage %d, where they last differed, decides.", tie->stage);
    } else {
        pl_str_addf(text, "; draw %d from the seed \"%.200s\" decides.", tie->draw, seed);
    }
}

/* ---- Who is elected ------------------------------------------------------------------------------------------------------- */

/* The stage at whose end c was elected. */
static int32_t stage_of(const pl_count *count, int32_t c)
{
    for (int32_t s = 0; s < count->n_stages; s++) {
        for (int32_t i = 0; i < count->stage[s].n_elected; i++) {
            if (count->stage[s].elected[i] == c) {
                return s;
            }
        }
    }
    return 0;
}

static void print_elected(const pl_ballots *b, const pl_count *count)
{
    cli_table t;
    char votes[COUNT_TEXT];
    printf("\nElected\n");
    cli_table_start(&t, "rllrl");
    for (int32_t i = 0; i < count->n_winners; i++) {
        int32_t c = count->winner[i], s = stage_of(count, c);
        const pl_count_stage *stage = &count->stage[s];
        bool short_of = stage->votes[c] < stage->quota;
        cli_table_row(&t, "%d\t%.*s\t%s\t%s votes\tstage %d%s", i + 1, NAME * 4, pl_candidate_name(b, c), b->candidate[c].group,
                      count_votes(stage->votes[c], count->decimals, votes), s + 1,
                      short_of ? ", last seat, without a quota" : "");
        if (t.rows == CLI_ROWS) {
            cli_table_print(&t, stdout);
            cli_table_start(&t, "rllrl");
        }
    }
    cli_table_print(&t, stdout);
}

/* ---- What happened ----------------------------------------------------------------------------------------------------------- */

static void add_moved(pl_str *text, const pl_count_stage *stage)
{
    char x[COUNT_TEXT], y[COUNT_TEXT];
    pl_str_addf(text, "%s %s on", count_whole(stage->moved, x), stage->moved == 1 ? "paper goes" : "papers go");
    if (stage->stuck > 0) {
        pl_str_addf(text, ", %s %s nobody else", count_whole(stage->stuck, y), stage->stuck == 1 ? "names" : "name");
    }
    pl_str_addf(text, ".");
}

static void add_elections(pl_str *text, const pl_ballots *b, const pl_count *count, const pl_count_stage *stage)
{
    int32_t n = 0;
    char x[COUNT_TEXT];
    while (n < stage->n_elected && stage->votes[stage->elected[n]] >= stage->quota) {
        n++;
    }
    if (n > 0) {
        pl_str_addf(text, " Elected: ");
        add_names(text, b, stage->elected, n);
        if (count->rule == PL_COUNTBACK) {
            pl_str_addf(text, ", more than half of what is not lost (%s or more).", count_votes(stage->quota, count->decimals, x));
        } else {
            pl_str_addf(text, " (quota %s).", count_votes(stage->quota, count->decimals, x));
        }
    }
    if (n < stage->n_elected) {
        pl_str_addf(text, " As many are left as seats; elected: ");
        add_names(text, b, stage->elected + n, stage->n_elected - n);
        pl_str_addf(text, ".");
    }
}

/* What candidate c had before stage s. */
static int64_t had(const pl_count *count, int32_t s, int32_t c)
{
    return count->stage[s > 0 ? s - 1 : 0].votes[c];
}

static void print_stage(const pl_ballots *b, const pl_count *count, int32_t s)
{
    const pl_count_stage *stage = &count->stage[s];
    const char *name = stage->candidate >= 0 ? pl_candidate_name(b, stage->candidate) : "";
    char x[COUNT_TEXT], y[COUNT_TEXT];
    pl_str whole, *text = &whole;
    pl_str_init(text, 1 << 20);
    printf("  %2d  ", s + 1);
    switch (stage->kind) {
    case PL_STEP_FIRST:
        if (count->rule == PL_COUNTBACK) {
            pl_str_addf(text, "The papers that elected %s go to whom each ranks highest of those who stand. ", pl_candidate_name(b, count->left));
            add_moved(text, stage);
        } else {
            pl_str_addf(text, "First preferences.");
        }
        break;
    case PL_STEP_SURPLUS:
        pl_str_addf(text, "%s has %s, %s more than the quota: the papers go on, each at %s/%s of its value.", name,
               count_votes(had(count, s, stage->candidate), count->decimals, x), count_votes(stage->surplus, count->decimals, y),
               y, x);
        count_add_tie(text, b, &stage->tie, count->seed);
        pl_str_addf(text, " ");
        add_moved(text, stage);
        break;
    case PL_STEP_EXCLUDE:
        pl_str_addf(text, "%s has the fewest votes (%s): excluded.", name, count_votes(had(count, s, stage->candidate), count->decimals, x));
        count_add_tie(text, b, &stage->tie, count->seed);
        pl_str_addf(text, " ");
        add_moved(text, stage);
        break;
    case PL_STEP_ROUND:
        pl_str_addf(text, "%d iteration%s.", stage->iterations, stage->iterations == 1 ? "" : "s");
        if (stage->candidate >= 0) {
            pl_str_addf(text, " %s has the fewest votes (%s): excluded.", name,
                   count_votes(stage->votes[stage->candidate], count->decimals, x));
            count_add_tie(text, b, &stage->tie, count->seed);
        }
        break;
    }
    add_elections(text, b, count, stage);
    count_say(text, 0, 6);
}

/* ---- The table ------------------------------------------------------------------------------------------------------------------ */

/* 0 still in, 1 elected at stage s, 2 elected before, 3 excluded. */
static int state_at(const pl_count *count, int32_t c, int32_t s)
{
    int state = 0;
    for (int32_t k = 0; k <= s; k++) {
        const pl_count_stage *stage = &count->stage[k];
        for (int32_t i = 0; i < stage->n_elected; i++) {
            state = stage->elected[i] == c ? (k == s ? 1 : 2) : state;
        }
        bool out = stage->candidate == c && (stage->kind == PL_STEP_EXCLUDE || (stage->kind == PL_STEP_ROUND && k < s));
        state = out ? 3 : state;
    }
    return state;
}

/* Votes to 5 decimals at most. */
static void figure(const pl_count *count, int64_t votes, const char *mark, char *out, size_t size)
{
    char text[PL_VOTES_MAX];
    pl_votes_text(count->decimals > 5 ? votes / 10000 : votes, 5, text);
    snprintf(out, size, "%s%s", text, mark);
}

/* A row of stages from .. to - 1; c: a candidate, or n = lost, n + 1 = quota. */
static void table_row(cli_table *t, const pl_ballots *b, const pl_count *count, int32_t c, int32_t from, int32_t to)
{
    char line[1024], cell[64];
    int32_t n = count->n_candidates;
    int at = snprintf(line, sizeof line, "%.*s", NAME * 4, c == n ? "lost" : c > n ? "quota" : pl_candidate_name(b, c));
    for (int32_t s = from; s < to; s++) {
        const pl_count_stage *stage = &count->stage[s];
        if (c >= n) {
            figure(count, c == n ? stage->lost : stage->quota, " ", cell, sizeof cell);
        } else {
            int state = state_at(count, c, s);
            figure(count, stage->votes[c], state == 1 ? "*" : " ", cell, sizeof cell);
            if (state == 3) {
                snprintf(cell, sizeof cell, "- ");
            }
        }
        at += snprintf(line + at, sizeof line - (size_t)at, "\t%s", cell);
    }
    cli_table_row(t, "%s", line);
}

static void print_table(const pl_ballots *b, const pl_count *count)
{
    int32_t n = count->n_candidates, rows = n + 1 + (count->rule != PL_SCOTTISH);
    printf("\nVotes at the end of each stage (* elected then, - excluded; \"lost\": no further choice, or cut off in rounding)\n");
    for (int32_t from = 0; from < count->n_stages; from += STAGES_BESIDE) {
        int32_t to = from + STAGES_BESIDE < count->n_stages ? from + STAGES_BESIDE : count->n_stages;
        cli_table t;
        char head[256];
        int at = snprintf(head, sizeof head, "stage");
        for (int32_t s = from; s < to; s++) {
            at += snprintf(head + at, sizeof head - (size_t)at, "\t%d ", s + 1);
        }
        cli_table_start(&t, "lrrrrrr");
        cli_table_heading(&t, head);
        for (int32_t c = 0; c < rows; c++) {
            if (c < n && b->candidate[c].withdrawn) {
                continue;
            }
            if (t.rows == CLI_ROWS) {
                cli_table_print(&t, stdout);
                cli_table_start(&t, "lrrrrrr");
            }
            table_row(&t, b, count, c, from, to);
        }
        cli_table_print(&t, stdout);
        printf(to < count->n_stages ? "\n" : "");
    }
}

void count_print_stages(const pl_ballots *b, const pl_count *count)
{
    char x[COUNT_TEXT], rule[200];
    if (count->rule == PL_COUNTBACK) {
        snprintf(rule, sizeof rule, "countback for the seat of %.100s, from the %s papers that elected that member",
                 pl_candidate_name(b, count->left), count_whole(count->valid, x));
    } else if (count->rule == PL_MEEK) {
        snprintf(rule, sizeof rule, "Meek STV (reference rule, 9 decimals), %d seat%s", count->seats, count->seats == 1 ? "" : "s");
    } else {
        snprintf(rule, sizeof rule, "%s, %d seat%s, quota %s", count->seats == 1 ? "instant run-off (Scottish STV)" : "Scottish STV", count->seats,
                 count->seats == 1 ? "" : "s", count_votes(count->quota, count->decimals, x));
    }
    count_print_head(b, count->left >= 0 ? b->papers + b->blank : count->valid, rule);
    print_elected(b, count);
    printf("\nWhat happened\n");
    for (int32_t s = 0; s < count->n_stages; s++) {
        print_stage(b, count, s);
    }
    print_table(b, count);
}
