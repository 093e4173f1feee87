/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * ballot.c - `plenty vote`, `plenty ballot`: a paper that shows what can be marked, a vote, and the count with every step. */
#include "cli/ballot.h"

#include <string.h>

#include "base/mem.h"
#include "cli/count.h"
#include "council/motions.h"
#include "council/recall.h"
#include "council/sealed_act.h"
#include "io/file.h"
#include "server/shown.h"

#define MARKS_FILE ((size_t)1 << 20)

static const char *const ABOUT[] = {"election", "recall", "motion", "constitution", "signatures for the recall"};
static const char *const RULE[] = {"yes or no", "approval", "Scottish STV", "Meek STV", "Schulze", "Equal Shares"};
static const char *const STATE[] = {"coming", "open", "closed", "being opened"};

/* ---- Which ballot ---------------------------------------------------------------------------------- */

/* The ballot of an election, recall or motion that the text names; *there is false when it names none or has no ballot yet. */
static pl_status find_subject(pl_step *s, const char *text, uint8_t id[PL_HASH], bool *there)
{
    static const pl_table *const TABLES[] = {&PL_ELECTIONS, &PL_RECALLS, &PL_MOTIONS};
    static const size_t OFFSETS[] = {offsetof(pl_election, ballot), offsetof(pl_recall, ballot), offsetof(pl_motion, ballot)};
    union {
        pl_election election;
        pl_recall recall;
        pl_motion motion;
        uint8_t bytes[1];
    } row;
    pl_error none;
    pl_step quiet = *s;
    quiet.err = &none;
    *there = false;
    for (size_t i = 0; i < 3; i++) {
        pl_status status = cli_find_id(&quiet, TABLES[i], "", text, id);
        if (status == PL_OK) {
            status = pl_get(s, TABLES[i], pl_key_id1(id), &row, there);
            memcpy(id, row.bytes + OFFSETS[i], PL_HASH);
            if (TABLES[i] == &PL_RECALLS && pl_id_none(id)) {
                memcpy(id, row.recall.petition, PL_HASH); /* its signatures are a ballot */
            }
            *there = status == PL_OK && !pl_id_none(id);
            return status;
        }
    }
    return PL_OK;
}

pl_status cli_find_ballot(pl_step *s, const char *text, uint8_t id[PL_HASH])
{
    bool there;
    pl_status status = find_subject(s, text, id, &there);
    return status != PL_OK || there ? status : cli_find_id(s, &PL_BALLOTS, "ballot (or election, recall, motion with one)", text, id);
}

/* ---- plenty vote ----------------------------------------------------------------------------------- */

/* The option that a mark names: by name, or by digits of the id that it stands for. */
static pl_status find_mark(pl_step *s, const cli_rows *choices, const char *mark, int64_t *option)
{
    char hex[2 * PL_HASH + 1], hint[200];
    int found = 0;
    for (size_t i = 0; i < choices->n; i++) {
        const pl_choice *c = cli_row(choices, i);
        if (strcmp(c->name, mark) == 0) {
            *option = (int64_t)i;
            return PL_OK;
        }
        pl_hex_write(c->id, PL_HASH, hex);
        if (!pl_id_none(c->id) && strlen(mark) >= 4 && strncmp(hex, mark, strlen(mark)) == 0) {
            *option = (int64_t)i;
            found++;
        }
    }
    if (found == 1) {
        return PL_OK;
    }
    const pl_choice *first = choices->n > 0 ? cli_row(choices, 0) : NULL;
    snprintf(hint, sizeof hint, "a name as on the paper ('plenty ballot show'), for example '%.61s', or digits of an id", first != NULL ? first->name : "yes");
    return pl_fail(s->err, PL_NOTFOUND, mark, hint, found == 0 ? "this stands on no ballot paper here" : "this does not name one alone");
}

typedef struct vote {
    const cli_args *args;
    const pl_key *key;
    char *file; /* with one mark a line, or NULL */
    uint8_t ballot[PL_HASH];
    int64_t marks[PL_MARKS_MAX];
    size_t n;
    bool secret;
    pl_secret_text paper; /* of a secret ballot */
} vote;

static pl_status add_mark(pl_step *s, vote *v, const cli_rows *choices, const char *mark)
{
    if (v->n == PL_MARKS_MAX) {
        return pl_fail(s->err, PL_USAGE, mark, NULL, "a paper has %d marks at most", PL_MARKS_MAX);
    }
    return find_mark(s, choices, mark, &v->marks[v->n++]);
}

/* The lines of the file, but for empty ones and blanks around a name. */
static pl_status add_lines(pl_step *s, vote *v, const cli_rows *choices)
{
    pl_status status = PL_OK;
    for (char *line = v->file, *next; status == PL_OK && line != NULL; line = next) {
        next = strchr(line, '\n');
        if (next != NULL) {
            *next++ = '\0';
        }
        line += strspn(line, " \t\r");
        size_t n = strlen(line);
        while (n > 0 && strchr(" \t\r", line[n - 1]) != NULL) {
            line[--n] = '\0';
        }
        status = n > 0 ? add_mark(s, v, choices, line) : PL_OK;
    }
    return status;
}

static pl_status look_vote(void *user, pl_step *s)
{
    vote *v = user;
    cli_rows choices = {.table = &PL_CHOICES};
    pl_ballot b = {.secret = 0};
    bool there;
    pl_status status = cli_find_ballot(s, v->args->argument[1], v->ballot);
    pl_row_key prefix = pl_key_id1(v->ballot);
    status = status == PL_OK ? pl_get(s, &PL_BALLOTS, prefix, &b, &there) : status;
    status = status == PL_OK ? cli_rows_take(s, &PL_CHOICES, &prefix, &choices) : status;
    for (int i = 2; status == PL_OK && i < v->args->n_arguments; i++) {
        status = add_mark(s, v, &choices, v->args->argument[i]);
    }
    status = status == PL_OK ? add_lines(s, v, &choices) : status;
    cli_rows_clear(&choices);
    v->secret = b.secret != 0;
    return status == PL_OK && v->secret ? pl_sealed_vote_make(s, v->key, v->ballot, v->marks, v->n, &v->paper) : status;
}

static pl_status body_vote(cli_act *a, pl_body *body)
{
    const vote *v = a->user;
    pl_body_bytes(body, "ballot", v->ballot, PL_HASH);
    if (v->secret) {
        pl_body_bytes(body, "paper", v->paper.text, v->paper.n);
    } else {
        pl_body_ints(body, "marks", v->marks, v->n);
    }
    return PL_OK;
}

static pl_status cast_vote(cli_act *a)
{
    vote *v = a->user;
    char tracker[PL_SECRET_TRACKER];
    const char *path = cli_text(a->args, "marks-file");
    pl_file file = {NULL, 0};
    v->key = a->key;
    pl_status status = path != NULL ? pl_file_read(path, MARKS_FILE, &file, a->err) : PL_OK;
    if (file.bytes != NULL && memchr(file.bytes, '\0', file.n) != NULL) {
        status = pl_fail(a->err, PL_PARSE, path, "one mark a line, the best first", "this is no text");
    }
    v->file = file.bytes;
    status = status != PL_OK ? status : pl_record_look(a->record, cli_now(), look_vote, v, a->err);
    status = status == PL_OK ? cli_act_event(a, v->secret ? &PL_KIND_VOTE_SEALED : &PL_KIND_VOTE_CAST, body_vote) : status;
    if (status == PL_OK && v->secret && cli_text(a->args, "output") == NULL) {
        pl_secret_tracker(v->paper.text, v->paper.n, tracker);
        printf("tracker %s\nEverybody can see that you have voted, and nobody how. Until the close you can vote again from this key; the last vote counts.\n", tracker);
    }
    pl_secret_text_free(&v->paper);
    pl_file_clear(&file);
    return status;
}

int cli_vote(const cli_args *args)
{
    vote v = {.args = args};
    return cli_acts(args, cast_vote, &v);
}

/* ---- plenty ballot list ---------------------------------------------------------------------------- */

typedef struct listing {
    cli_rows ballots;
    char (*electors)[101];
} listing;

static pl_status look_list(void *user, pl_step *s)
{
    listing *l = user;
    pl_status status = cli_rows_take(s, &PL_BALLOTS, NULL, &l->ballots);
    if (status == PL_OK) {
        cli_rows_sort(&l->ballots, offsetof(pl_ballot, closes));
        l->electors = pl_alloc(l->ballots.n + 1, sizeof *l->electors);
        status = l->electors != NULL ? PL_OK : pl_fail_nomem(s->err, "listing ballots");
    }
    for (size_t i = 0; status == PL_OK && i < l->ballots.n; i++) {
        const pl_ballot *b = cli_row(&l->ballots, i);
        status = cli_assembly_name(s, b->electors, l->electors[i]);
    }
    return status;
}

static void print_ballots(const listing *l)
{
    cli_table t;
    char hex[13], opens[32], closes[32];
    cli_table_start(&t, "llllllr");
    cli_table_heading(&t, "ballot\tabout\twho votes\tstate\topens\tcloses\tvotes");
    for (size_t i = l->ballots.n > CLI_ROWS - 2 ? l->ballots.n - (CLI_ROWS - 2) : 0; i < l->ballots.n; i++) {
        const pl_ballot *b = cli_row(&l->ballots, i);
        cli_table_row(&t, "%s\t%s\t%s\t%s\t%s\t%s\t%lld of %lld", cli_short_id(l->ballots.keys[i].at, hex), ABOUT[b->about], l->electors[i], STATE[b->state],
                      cli_when(b->opens, opens), cli_when(b->closes, closes), (long long)b->votes, (long long)b->roll);
    }
    cli_table_print(&t, stdout);
    if (l->ballots.n == 0) {
        puts("no ballot yet");
    }
}

static void put_ballot(pl_json *j, const uint8_t *id, const void *row)
{
    pl_view_row(j, &PL_VIEW_BALLOTS, id, row);
}

int cli_ballot_list(const cli_args *args)
{
    pl_error err;
    listing l = {.ballots = {.table = &PL_BALLOTS}};
    int code = cli_look(args, look_list, &l);
    if (code == 0 && cli_flag(args, "json")) {
        code = cli_rows_json(&l.ballots, NULL, NULL, put_ballot, &err) == PL_OK ? 0 : cli_fail(&err);
    } else if (code == 0) {
        print_ballots(&l);
    }
    cli_rows_clear(&l.ballots);
    pl_free(l.electors);
    return code;
}

/* ---- plenty ballot check --------------------------------------------------------------------------- */

typedef struct checking {
    const char *code;
    pl_checked vote;
    pl_ballot ballot;
    cli_rows choices;
} checking;

static pl_status look_check(void *user, pl_step *s)
{
    checking *c = user;
    bool there;
    pl_status status = pl_sealed_recheck(s, c->code, &c->vote);
    pl_row_key key = pl_key_id1(c->vote.ballot);
    status = status == PL_OK ? pl_get(s, &PL_BALLOTS, key, &c->ballot, &there) : status;
    return status == PL_OK ? cli_rows_take(s, &PL_CHOICES, &key, &c->choices) : status;
}

static const char *marked_name(const checking *c, size_t i)
{
    return ((const pl_choice *)cli_row(&c->choices, (size_t)c->vote.marks[i]))->name;
}

static void print_checked(const checking *c)
{
    char hex[13];
    bool ranked = c->ballot.rule != PL_VOTE_YES_NO && c->ballot.rule != PL_VOTE_APPROVAL && c->ballot.rule != PL_VOTE_SHARES;
    printf("a vote in the ballot %s that was opened, and must not be cast; it is marked\n", cli_short_id(c->vote.ballot, hex));
    for (size_t i = 0; i < c->vote.n; i++) {
        printf(ranked ? "  %3zu  " : "  ", i + 1);
        cli_print_safely(marked_name(c, i), stdout);
        puts("");
    }
    printf("%stracker %s\nIf the other device showed this tracker before it opened the vote, it encrypted what is shown here, and nothing else.\n", c->vote.n == 0 ? "  (blank)\n" : "",
           c->vote.tracker);
}

static pl_status json_checked(const checking *c, pl_error *err)
{
    pl_str s;
    pl_json j;
    char hex[2 * PL_HASH + 1];
    pl_str_init(&s, (size_t)1 << 20);
    pl_json_init(&j, &s, true);
    pl_json_object(&j);
    pl_hex_write(c->vote.ballot, PL_HASH, hex);
    pl_json_key(&j, "ballot");
    pl_json_text(&j, hex);
    pl_json_key(&j, "marks");
    pl_json_array(&j);
    for (size_t i = 0; i < c->vote.n; i++) {
        pl_json_text(&j, marked_name(c, i));
    }
    pl_json_end(&j);
    pl_json_key(&j, "tracker");
    pl_json_text(&j, c->vote.tracker);
    pl_json_end(&j);
    return cli_json_print(&s, err);
}

int cli_ballot_check(const cli_args *args)
{
    pl_error err;
    checking c = {.code = args->argument[1], .choices = {.table = &PL_CHOICES}};
    int code = cli_look(args, look_check, &c);
    if (code == 0 && cli_flag(args, "json")) {
        code = json_checked(&c, &err) == PL_OK ? 0 : cli_fail(&err);
    } else if (code == 0) {
        print_checked(&c);
    }
    cli_rows_clear(&c.choices);
    return code;
}

/* ---- plenty ballot show ---------------------------------------------------------------------------- */

typedef struct view {
    const char *text;
    uint8_t id[PL_HASH];
    pl_ballot ballot;
    char electors[101];
    cli_rows choices;
    cli_sealed sealed; /* of a secret one */
    pl_ballots *papers;
    pl_ballot_count count;
} view;

static pl_status look_show(void *user, pl_step *s)
{
    view *v = user;
    bool there;
    pl_status status = cli_find_ballot(s, v->text, v->id);
    pl_row_key key = pl_key_id1(v->id);
    status = status == PL_OK ? pl_get(s, &PL_BALLOTS, key, &v->ballot, &there) : status;
    status = status == PL_OK ? cli_assembly_name(s, v->ballot.electors, v->electors) : status;
    status = status == PL_OK ? cli_rows_take(s, &PL_CHOICES, &key, &v->choices) : status;
    status = status == PL_OK && v->ballot.secret != 0 ? cli_sealed_look(s, v->id, &v->sealed) : status;
    if (status == PL_OK && v->ballot.state == PL_BALLOT_CLOSED) {
        status = pl_ballot_papers(s, v->id, &v->ballot, &v->papers);
        status = status == PL_OK ? pl_ballot_count_papers(&v->ballot, v->papers, &v->count, s->err) : status;
    }
    return status;
}

/* What is on the paper, and how it is marked. */
static void print_paper(const view *v)
{
    static const char *const HOW[] = {"Mark yes or no.", "Mark all of whom you approve.", "Mark in the order of your preference, as many as you like.",
                                      "Mark in the order of your preference, as many as you like.", "Mark in the order of your preference, as many as you like.",
                                      "Mark all that you want; in what order does not matter."};
    char hex[13];
    printf("\n%s\n\n", HOW[v->ballot.rule]);
    for (size_t i = 0; i < v->choices.n; i++) {
        const pl_choice *c = cli_row(&v->choices, i);
        printf("  [ ] ");
        cli_print_safely(c->name, stdout);
        printf(pl_id_none(c->id) ? "\n" : "  (%s)\n", cli_short_id(c->id, hex));
    }
    printf("\n  plenty vote COMMONS %s MARK... --key FILE\nThe last vote of a member counts; without a MARK it is a blank paper.\n", cli_short_id(v->id, hex));
}

static void print_result(const view *v)
{
    char seed[2 * PL_HASH + 1], hash[2 * PL_HASH + 1];
    puts("");
    if (v->count.stages != NULL) {
        count_print_stages(v->papers, v->count.stages);
    } else if (v->count.schulze != NULL) {
        count_print_schulze(v->papers, v->count.schulze);
    } else if (v->count.shares != NULL) {
        count_print_shares(v->papers, v->count.shares);
    } else if (v->count.tally != NULL) {
        count_print_tally(v->papers, v->count.tally, v->ballot.rule == PL_VOTE_YES_NO);
    } else {
        puts(v->count.n_winners > 0 ? "no more options than seats were left: all of them are elected" : "no paper marks anything: nothing is decided");
    }
    pl_hex_write(v->ballot.transcript, PL_HASH, hash);
    printf("\nseed of lots  %s, fixed when it opened, after %lld events\n", pl_seed_text(v->ballot.seed, seed), (long long)v->ballot.sealed);
    if (!pl_id_none(v->ballot.transcript)) {
        printf("transcript    SHA-256 %s\n", hash);
    }
}

static pl_status write_files(const cli_args *args, const view *v, pl_error *err)
{
    const char *blt = cli_text(args, "blt"), *transcript = cli_text(args, "transcript");
    if ((blt != NULL || transcript != NULL) && v->papers == NULL) {
        return pl_fail(err, PL_USAGE, blt != NULL ? "--blt" : "--transcript", "wait until it has closed", "the papers of a ballot that is open are not counted");
    }
    if (transcript != NULL && v->count.transcript.len == 0) {
        return pl_fail(err, PL_DATA, "--transcript", NULL, "nothing needed to be counted");
    }
    pl_status status = blt != NULL ? pl_ballots_save_blt(v->papers, blt, err) : PL_OK;
    if (status == PL_OK && transcript != NULL) {
        status = pl_file_write(transcript, v->count.transcript.text, v->count.transcript.len, err);
    }
    return status;
}

static pl_status json_ballot(const view *v, pl_error *err)
{
    pl_str s;
    pl_json j;
    pl_str_init(&s, (size_t)1 << 30);
    pl_json_init(&j, &s, true);
    pl_json_object(&j);
    put_ballot(&j, v->id, &v->ballot);
    pl_json_key(&j, "choices");
    pl_json_array(&j);
    for (size_t i = 0; i < v->choices.n; i++) {
        pl_json_object(&j);
        pl_view_row(&j, &PL_VIEW_CHOICES, v->choices.keys[i].at, cli_row(&v->choices, i));
        pl_json_end(&j);
    }
    pl_json_end(&j);
    if (v->ballot.secret != 0) {
        pl_json_key(&j, "sealed_votes");
        pl_json_object(&j);
        cli_sealed_json(&j, &v->sealed);
        pl_json_end(&j);
    }
    pl_json_end(&j);
    return cli_json_print(&s, err);
}

static void print_ballot(const view *v, bool papers)
{
    char hex[13], subject[13], opens[32], closes[32];
    printf("%sballot %s%s, about the %s %s\n", cli_bold(), cli_short_id(v->id, hex), cli_plain(), ABOUT[v->ballot.about], cli_short_id(v->ballot.subject, subject));
    printf("  who votes  %s\n  rule       %s", v->electors, RULE[v->ballot.rule]);
    printf(v->ballot.rule == PL_VOTE_YES_NO ? "\n" : ", %lld seat%s\n", (long long)v->ballot.seats, v->ballot.seats == 1 ? "" : "s");
    printf("  open       %s to %s: %s\n", cli_when(v->ballot.opens, opens), cli_when(v->ballot.closes, closes), STATE[v->ballot.state]);
    if (v->ballot.state != PL_BALLOT_COMING) {
        printf("  votes      %lld of %lld on the roll\n", (long long)v->ballot.votes, (long long)v->ballot.roll);
    }
    if (v->ballot.secret != 0) {
        cli_sealed_print(&v->sealed, cli_short_id(v->id, hex), papers);
    }
    if (v->ballot.state == PL_BALLOT_CLOSED) {
        print_result(v);
    } else if (v->ballot.state != PL_BALLOT_COUNTING) {
        print_paper(v);
    }
}

int cli_ballot_show(const cli_args *args)
{
    pl_error err;
    view *v = PL_NEW0(view, 1);
    if (v == NULL) {
        pl_fail_nomem(&err, "showing a ballot");
        return cli_fail(&err);
    }
    v->text = args->argument[1];
    int code = cli_look(args, look_show, v);
    if (code == 0) {
        pl_status status = write_files(args, v, &err);
        status = status == PL_OK && cli_flag(args, "json") ? json_ballot(v, &err) : status;
        code = status == PL_OK ? 0 : cli_fail(&err);
    }
    if (code == 0 && !cli_flag(args, "json")) {
        print_ballot(v, cli_flag(args, "trackers"));
    }
    cli_sealed_clear(&v->sealed);
    pl_ballot_count_clear(&v->count);
    pl_ballots_free(v->papers);
    cli_rows_clear(&v->choices);
    pl_free(v);
    return code;
}
