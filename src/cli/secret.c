/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * secret.c - a secret ballot is held: votes, tally, shuffles, decryptions, result, verification. */
#include <string.h>

#include "cli/secret.h"
#include "base/mem.h"
#include "io/json.h"

static int failed(pl_status status, const pl_error *err)
{
    return status == PL_OK ? 0 : cli_fail(err);
}

/* ---- Archives --------------------------------------------------------------------------------------------------------- */

pl_status cli_box_open(const cli_args *args, cli_ballot_box *out, pl_error *err)
{
    *out = (cli_ballot_box){.path = args->argument[0], .threads = 1};
    pl_status status = cli_threads(args, true, &out->threads, err);
    status = status == PL_OK ? pl_file_read(out->path, (size_t)1 << 34, &out->file, err) : status;
    if (status == PL_OK) {
        status = pl_secret_archive_open(out->file.bytes, out->file.n, &out->archive, err);
        status = status == PL_OK ? pl_secret_archive_election(out->archive, &out->election, err) : status;
        if (status != PL_OK) {
            char where[256];
            snprintf(where, sizeof where, "%.180s%s%.60s", out->path, err->subject[0] != '\0' ? ": " : "", err->subject);
            memcpy(err->subject, where, sizeof where);
        }
    }
    return status;
}

void cli_box_close(cli_ballot_box *box)
{
    pl_secret_close(box->election);
    pl_secret_archive_close(box->archive);
    pl_file_clear(&box->file);
}

pl_status cli_box_extend(const cli_ballot_box *box, const pl_secret_text *more, pl_error *err)
{
    char *all = PL_NEW(char, box->file.n + more->n);
    if (all == NULL) {
        return pl_fail_nomem(err, "the archive");
    }
    memcpy(all, box->file.bytes, box->file.n);
    memcpy(all + box->file.n, more->text, more->n);
    pl_status status = pl_file_write(box->path, all, box->file.n + more->n, err);
    pl_free(all);
    return status;
}

static pl_status add_event(const cli_ballot_box *box, pl_secret_event kind, const pl_secret_text *payload, int trustee, int64_t counted,
                           int64_t weight, pl_error *err)
{
    pl_secret_text more;
    pl_secret_view view = {payload != NULL ? payload->text : NULL, payload != NULL ? payload->n : 0};
    pl_status status = pl_secret_archive_add(box->archive, kind, view, trustee, counted, weight, &more, err);
    if (status == PL_OK) {
        status = cli_box_extend(box, &more, err);
        pl_secret_text_free(&more);
    }
    return status;
}

/* Verifies all there is so far; a trustee does this before it touches anything. */
static pl_status verify_so_far(const cli_args *args, const cli_ballot_box *box, pl_secret_audit *audit, pl_error *err)
{
    pl_progress progress = cli_progress(cli_flag(args, "quiet"));
    pl_status status = pl_secret_audit_run(box->archive, box->threads, &progress, audit, err);
    cli_progress_done();
    return status;
}

static pl_status least_ballots(const cli_args *args, const pl_secret_audit *audit, pl_error *err)
{
    double least;
    pl_status status = cli_number(args, "least", 1, PL_SECRET_CREDENTIALS_MAX, PL_SECRET_LEAST_BALLOTS, &least, err);
    if (status == PL_OK && (double)audit->counted < least) {
        return pl_fail(err, PL_DATA, "ballots", "vote openly or together with others; --least 1 if all agree",
                       "only %lld ballots: with fewer than %.0f the result would tell who voted how", (long long)audit->counted, least);
    }
    return status;
}

/* ---- plenty secret vote -------------------------------------------------------------------------------------------------- */

static pl_status vote_one(const pl_secret_election *e, const char *credential, const char *choices, size_t n, pl_secret_text *ballot,
                          pl_error *err)
{
    int32_t *choice;
    int k;
    pl_status status = pl_secret_choices(e, choices, n, &choice, &k, err);
    if (status == PL_OK) {
        status = pl_secret_vote(e, credential, choice, k, NULL, ballot, err);
        pl_secret_choices_free(choice);
    }
    return status;
}

/* A line "CREDENTIAL CHOICES" of a file of votes (with a number in front, as credentials are listed, too). */
static pl_status vote_line(const pl_secret_election *e, char *line, pl_secret_text *ballot, pl_error *err)
{
    char *at = line + strspn(line, "0123456789");
    char *credential = line + strspn(line, " ");
    if (at > line && *at == ' ') {
        credential = at + 1;
    }
    size_t n = strcspn(credential, " \t");
    if (credential[n] == '\0') {
        return pl_fail(err, PL_PARSE, NULL, "for example abc-def-ghj-kmn-pqr [[1,0]]", "a line needs a credential and choices");
    }
    credential[n] = '\0';
    return vote_one(e, credential, credential + n + 1, strlen(credential + n + 1), ballot, err);
}

static pl_status vote_file(const cli_ballot_box *box, const char *path, pl_secret_text **out, int64_t *n, pl_error *err)
{
    pl_file file;
    pl_status status = cli_read(path, &file, err);
    *out = NULL;
    *n = 0;
    if (status != PL_OK) {
        return status;
    }
    int64_t lines = 1;
    for (size_t i = 0; i < file.n; i++) {
        lines += file.bytes[i] == '\n';
    }
    char **line = PL_NEW(char *, lines);
    *out = PL_NEW0(pl_secret_text, lines);
    status = line != NULL && *out != NULL ? PL_OK : pl_fail_nomem(err, "votes");
    char *at = file.bytes;
    for (int64_t i = 0; i < lines && status == PL_OK; i++) {
        line[i] = at;
        at += strcspn(at, "\n");
        *at++ = '\0';
    }
    *n = status == PL_OK ? lines : 0;
#pragma omp parallel for schedule(dynamic, 4) num_threads(box->threads) if (box->threads > 1)
    for (int64_t i = 0; i < *n; i++) {
        pl_error here;
        pl_status one = vote_line(box->election, line[i], &(*out)[i], &here);
        if (one != PL_OK) {
#pragma omp critical
            if (status == PL_OK) {
                status = one;
                *err = here;
                snprintf(err->subject, sizeof err->subject, "%.200s:%lld", path, (long long)i + 1);
            }
        }
    }
    pl_free(line);
    pl_file_clear(&file);
    return status;
}

static pl_status put_ballots(const cli_ballot_box *box, const pl_secret_text *ballot, int64_t n, pl_error *err)
{
    pl_secret_text more;
    pl_secret_view *view = PL_NEW(pl_secret_view, n);
    if (view == NULL) {
        return pl_fail_nomem(err, "ballots");
    }
    for (int64_t i = 0; i < n; i++) {
        view[i] = (pl_secret_view){ballot[i].text, ballot[i].n};
    }
    pl_status status = pl_secret_archive_ballots(box->archive, view, n, &more, err);
    if (status == PL_OK) {
        status = cli_box_extend(box, &more, err);
        pl_secret_text_free(&more);
    }
    pl_free(view);
    return status;
}

int cli_secret_vote(const cli_args *args)
{
    pl_error err;
    cli_ballot_box box;
    pl_file credential = {NULL, 0};
    pl_secret_text *ballot = NULL;
    int64_t n = 0;
    const char *choices = cli_text(args, "choices"), *votes = cli_text(args, "votes");
    if ((choices == NULL) == (votes == NULL)) {
        return cli_usage(args, "for example --choices '[[1,0,0]]' --credential FILE", "say how to vote: --choices, or --votes for many");
    }
    pl_status status = cli_box_open(args, &box, &err);
    if (status == PL_OK && votes != NULL) {
        status = vote_file(&box, votes, &ballot, &n, &err);
    } else if (status == PL_OK) {
        status = cli_read_option(args, "credential", &credential, &err);
        ballot = PL_NEW0(pl_secret_text, 1);
        status = status == PL_OK && ballot == NULL ? pl_fail_nomem(&err, "a ballot") : status;
        if (status == PL_OK) { /* as it is listed, behind the voter's number, or alone */
            char *at = strrchr(credential.bytes, ' ');
            status = vote_one(box.election, at != NULL ? at + 1 : credential.bytes, choices, strlen(choices), &ballot[0], &err);
            n = 1;
        }
    }
    if (status == PL_OK && cli_flag(args, "cast")) {
        status = put_ballots(&box, ballot, n, &err);
        for (int64_t i = 0; i < n && status == PL_OK && n < 20; i++) {
            char tracker[PL_SECRET_TRACKER];
            pl_secret_tracker(ballot[i].text, ballot[i].n, tracker);
            printf("cast; your tracker, to look it up in the archive: %s\n", tracker);
        }
        if (status == PL_OK && n >= 20) {
            printf("cast: %lld ballots\n", (long long)n);
        }
    } else if (status == PL_OK && n == 1) {
        status = cli_give_line(args, &ballot[0], &err);
    } else if (status == PL_OK) {
        for (int64_t i = 0; i < n; i++) {
            fwrite(ballot[i].text, 1, ballot[i].n, stdout);
            putchar('\n');
        }
    }
    for (int64_t i = 0; ballot != NULL && i < n; i++) {
        pl_secret_text_free(&ballot[i]);
    }
    pl_free(ballot);
    pl_file_clear(&credential);
    cli_box_close(&box);
    return failed(status, &err);
}

/* ---- plenty secret cast ------------------------------------------------------------------------------------------------------ */

int cli_secret_cast(const cli_args *args)
{
    pl_error err;
    cli_ballot_box box;
    pl_file file = {NULL, 0};
    pl_secret_seen seen;
    pl_status status = cli_box_open(args, &box, &err);
    status = status == PL_OK ? cli_read(args->argument[1], &file, &err) : status;
    status = status == PL_OK ? pl_secret_ballot(box.election, file.bytes, file.n, &seen, &err) : status;
    for (int64_t i = 0; status == PL_OK && i < pl_secret_archive_events(box.archive); i++) {
        pl_secret_view old;
        if (pl_secret_archive_event(box.archive, i, &old, NULL) == PL_SECRET_BALLOT && old.n == file.n && memcmp(old.text, file.bytes, old.n) == 0) {
            status = pl_fail(&err, PL_REFUTED, args->argument[1], "it is there already", "this ballot was cast before");
        }
    }
    if (status == PL_OK) {
        pl_secret_text ballot = {file.bytes, file.n};
        status = put_ballots(&box, &ballot, 1, &err);
    }
    if (status == PL_OK) {
        printf("accepted: credential %lld, weight %lld\ntracker: %s\n", (long long)seen.credential + 1, (long long)seen.weight, seen.tracker);
    }
    pl_file_clear(&file);
    cli_box_close(&box);
    return failed(status, &err);
}

/* ---- plenty secret close ------------------------------------------------------------------------------------------------------ */

static pl_status close_voting(const cli_args *args, const cli_ballot_box *box, pl_error *err)
{
    pl_secret_audit audit;
    pl_status status = verify_so_far(args, box, &audit, err);
    if (status != PL_OK) {
        return status;
    }
    status = least_ballots(args, &audit, err);
    if (status == PL_OK && !audit.closed) {
        status = add_event(box, PL_SECRET_END_BALLOTS, NULL, 0, 0, 0, err);
    }
    pl_secret_audit_free(&audit);
    return status;
}

static pl_status add_tally(const cli_ballot_box *box, pl_error *err)
{
    int64_t n = pl_secret_archive_events(box->archive), count = 0;
    pl_secret_view *ballot = PL_NEW(pl_secret_view, n);
    pl_secret_box tally = {.counted = 0};
    pl_status status = ballot != NULL ? PL_OK : pl_fail_nomem(err, "a tally");
    for (int64_t i = 0; i < n && status == PL_OK; i++) {
        count += pl_secret_archive_event(box->archive, i, &ballot[count], NULL) == PL_SECRET_BALLOT;
    }
    status = status == PL_OK ? pl_secret_tally(box->election, ballot, count, 0, box->threads, &tally, err) : status;
    status = status == PL_OK ? add_event(box, PL_SECRET_TALLY, &tally.tally, 0, tally.counted, tally.weight, err) : status;
    if (status == PL_OK) {
        printf("closed: %lld ballots, of which %lld count\n", (long long)count, (long long)tally.counted);
    }
    pl_secret_text_free(&tally.tally);
    pl_free(ballot);
    return status;
}

int cli_secret_close(const cli_args *args)
{
    pl_error err;
    cli_ballot_box box;
    pl_status status = cli_box_open(args, &box, &err);
    status = status == PL_OK ? close_voting(args, &box, &err) : status;
    cli_box_close(&box);
    if (status == PL_OK) {
        status = cli_box_open(args, &box, &err);
        status = status == PL_OK ? add_tally(&box, &err) : status;
        cli_box_close(&box);
    }
    return failed(status, &err);
}

/* ---- plenty secret shuffle, decrypt ---------------------------------------------------------------------------------------------- */

static pl_status shuffle(const cli_args *args, const cli_ballot_box *box, const pl_secret_audit *audit, pl_error *err)
{
    double trustee;
    pl_secret_text out = {NULL, 0};
    if (cli_flag(args, "end")) {
        return add_event(box, PL_SECRET_END_SHUFFLES, NULL, 0, 0, 0, err);
    }
    pl_status status = cli_number(args, "trustee", 1, PL_SECRET_TRUSTEES_MAX, 0, &trustee, err);
    if (status == PL_OK && (trustee < 1 || trustee > pl_secret_what(box->election).n_trustees)) {
        return pl_fail(err, PL_USAGE, "--trustee", "a number from 1, in the order in which they were named", "say which trustee shuffles");
    }
    status = status == PL_OK ? pl_secret_shuffle(box->election, audit->tally.text, audit->tally.n, NULL, box->threads, &out, err) : status;
    if (status == PL_OK && cli_text(args, "output") != NULL) {
        status = cli_give_line(args, &out, err);
    } else if (status == PL_OK) {
        status = add_event(box, PL_SECRET_SHUFFLED, &out, (int)trustee, 0, 0, err);
    }
    pl_secret_text_free(&out);
    return status;
}

static pl_status decrypt(const cli_args *args, const cli_ballot_box *box, const pl_secret_audit *audit, pl_error *err)
{
    pl_file key = {NULL, 0}, part = {NULL, 0};
    pl_secret_text out = {NULL, 0};
    int trustee;
    pl_status status = least_ballots(args, audit, err);
    pl_secret_facts facts = pl_secret_what(box->election);
    for (int q = 0; q < facts.n_questions && status == PL_OK; q++) {
        if (facts.question[q].ranked && !audit->shuffled) {
            status = pl_fail(err, PL_DATA, box->path, "plenty secret shuffle, by every trustee, then --end",
                             "rankings are not decrypted before they were shuffled: it would tell who voted how");
        }
    }
    status = status == PL_OK ? cli_read_option(args, "key", &key, err) : status;
    if (status == PL_OK && cli_text(args, "part") != NULL) {
        status = cli_read_option(args, "part", &part, err);
    }
    status = status == PL_OK ? pl_secret_decrypt(box->election, audit->tally.text, audit->tally.n, key.bytes, part.bytes, part.n, NULL,
                                                 box->threads, &out, &trustee, err)
                             : status;
    if (status == PL_OK && cli_text(args, "output") != NULL) {
        status = cli_give_line(args, &out, err);
    } else if (status == PL_OK) {
        status = add_event(box, PL_SECRET_DECRYPTION, &out, trustee, 0, 0, err);
    }
    if (status == PL_OK) {
        printf("decrypted by trustee %d\n", trustee);
    }
    pl_secret_text_free(&out);
    pl_file_clear(&key);
    pl_file_clear(&part);
    return status;
}

/* A trustee's work on the tally as it is: all is verified before. */
static int work(const cli_args *args, pl_status (*what)(const cli_args *, const cli_ballot_box *, const pl_secret_audit *, pl_error *))
{
    pl_error err;
    cli_ballot_box box;
    pl_secret_audit audit;
    pl_status status = cli_box_open(args, &box, &err);
    if (status == PL_OK) {
        status = verify_so_far(args, &box, &audit, &err);
        if (status == PL_OK && !audit.tallied) {
            status = pl_fail(&err, PL_DATA, box.path, "plenty secret close ends the voting", "there is no tally yet");
        }
        status = status == PL_OK ? what(args, &box, &audit, &err) : status;
        pl_secret_audit_free(&audit);
    }
    cli_box_close(&box);
    return failed(status, &err);
}

int cli_secret_shuffle(const cli_args *args)
{
    return work(args, shuffle);
}

int cli_secret_decrypt(const cli_args *args)
{
    return work(args, decrypt);
}

/* ---- plenty secret tally ------------------------------------------------------------------------------------------------------------- */

static void print_result(const pl_secret_election *e, pl_secret_view result)
{
    pl_secret_facts f = pl_secret_what(e);
    for (int q = 0; q < f.n_questions; q++) {
        pl_error err;
        pl_ballots *b;
        cli_print_safely(f.question[q].text, stdout);
        if (pl_secret_result_ballots(e, result.text, result.n, q, &b, &err) != PL_OK) {
            printf(": %s\n", err.message);
            continue;
        }
        if (f.question[q].ranked) {
            printf(": %lld rankings, %lld of them empty\n", (long long)(b->papers + b->blank), (long long)b->blank);
        } else {
            putchar('\n');
            if (f.question[q].blank) {
                printf("  %8lld  blank\n", (long long)b->blank);
            }
            for (int i = 0; i < f.question[q].answers; i++) {
                int64_t sum = 0;
                for (int64_t row = 0; row < b->n_rows; row++) {
                    sum += b->choice[b->start[row]] == i ? b->count[row] : 0;
                }
                printf("  %8lld  ", (long long)sum);
                cli_print_safely(f.question[q].answer[i], stdout);
                putchar('\n');
            }
        }
        pl_ballots_free(b);
    }
}

static pl_status write_blt(const cli_args *args, const pl_secret_election *e, pl_secret_view result, pl_error *err)
{
    double question, seats;
    pl_ballots *b;
    const char *path = cli_text(args, "ballots");
    pl_status status = cli_number(args, "question", 1, PL_SECRET_QUESTIONS_MAX, 1, &question, err);
    status = status == PL_OK ? cli_number(args, "seats", 1, 1000, 1, &seats, err) : status;
    status = status == PL_OK ? pl_secret_result_ballots(e, result.text, result.n, (int)question - 1, &b, err) : status;
    if (status == PL_OK) {
        b->seats = (int32_t)seats;
        status = pl_ballots_save_blt(b, path, err);
        pl_ballots_free(b);
    }
    return status;
}

static pl_status add_result(const cli_ballot_box *box, const pl_secret_audit *audit, pl_secret_text *result, pl_error *err)
{
    pl_secret_part part[PL_SECRET_TRUSTEES_MAX];
    int n = 0;
    for (int64_t i = 0; i < pl_secret_archive_events(box->archive) && n < PL_SECRET_TRUSTEES_MAX; i++) {
        n += pl_secret_archive_event(box->archive, i, &part[n].decryption, &part[n].trustee) == PL_SECRET_DECRYPTION;
    }
    pl_status status = pl_secret_result(box->election, audit->tally.text, audit->tally.n, audit->weight, part, n, box->threads, result, NULL, err);
    return status == PL_OK ? add_event(box, PL_SECRET_RESULT, result, 0, 0, 0, err) : status;
}

static pl_status tally(const cli_args *args, const cli_ballot_box *box, const pl_secret_audit *audit, pl_error *err)
{
    pl_secret_text new = {NULL, 0};
    pl_secret_view result = audit->result;
    pl_status status = PL_OK;
    if (!audit->decided) {
        status = add_result(box, audit, &new, err);
        result = (pl_secret_view){new.text, new.n};
    }
    if (status == PL_OK && cli_text(args, "ballots") != NULL) {
        status = write_blt(args, box->election, result, err);
    }
    if (status == PL_OK && cli_flag(args, "json")) {
        printf("%.*s\n", (int)result.n, result.text);
    } else if (status == PL_OK) {
        print_result(box->election, result);
    }
    pl_secret_text_free(&new);
    return status;
}

int cli_secret_tally(const cli_args *args)
{
    return work(args, tally);
}

/* ---- plenty secret verify --------------------------------------------------------------------------------------------------------------- */

static pl_status check_extends(const cli_args *args, const cli_ballot_box *box, pl_error *err)
{
    pl_file file;
    pl_secret_archive *older;
    pl_status status = pl_file_read(cli_text(args, "since"), (size_t)1 << 34, &file, err);
    if (status != PL_OK) {
        return status;
    }
    status = pl_secret_archive_open(file.bytes, file.n, &older, err);
    if (status == PL_OK) {
        if (!pl_secret_archive_extends(older, box->archive)) {
            status = pl_fail(err, PL_REFUTED, box->path, "keep both: together they prove it", "this is not the older archive with something added");
        }
        pl_secret_archive_close(older);
    }
    pl_file_clear(&file);
    return status;
}

static bool has_tracker(const cli_ballot_box *box, const char *tracker)
{
    for (int64_t i = 0; i < pl_secret_archive_events(box->archive); i++) {
        pl_secret_view ballot;
        char here[PL_SECRET_TRACKER];
        if (pl_secret_archive_event(box->archive, i, &ballot, NULL) == PL_SECRET_BALLOT) {
            pl_secret_tracker(ballot.text, ballot.n, here);
            if (strcmp(here, tracker) == 0) {
                return true;
            }
        }
    }
    return false;
}

static void print_audit(const cli_ballot_box *box, const pl_secret_audit *a)
{
    pl_secret_facts f = pl_secret_what(box->election);
    cli_print_safely(f.name, stdout);
    printf(": %s, %d question%s, %lld credentials, %d trustees of whom %d are needed\n", f.group, f.n_questions, f.n_questions == 1 ? "" : "s",
           (long long)f.n_credentials, f.n_trustees, f.n_needed);
    printf("  ballots      %lld, of which %lld count, with the weight %lld\n", (long long)a->ballots, (long long)a->counted, (long long)a->weight);
    printf("  voting       %s\n", a->closed ? "closed" : "open");
    if (a->tallied) {
        printf("  shuffles     %d\n  decryptions  %d\n  result       %s\n", a->shuffles, a->decryptions, a->decided ? "as the decryptions give" : "not yet");
    }
    if (a->decided) {
        print_result(box->election, a->result);
    }
    printf("%sverified%s\n", cli_green(), cli_plain());
}

int cli_secret_verify(const cli_args *args)
{
    pl_error err;
    cli_ballot_box box;
    pl_secret_audit audit;
    const char *tracker = cli_text(args, "tracker");
    pl_status status = cli_box_open(args, &box, &err);
    if (status == PL_OK && cli_text(args, "since") != NULL) {
        status = check_extends(args, &box, &err);
    }
    if (status == PL_OK && tracker != NULL && !has_tracker(&box, tracker)) {
        status = pl_fail(&err, PL_REFUTED, box.path, "if you have cast it, tell everybody", "there is no ballot with this tracker");
    }
    if (status == PL_OK) {
        status = verify_so_far(args, &box, &audit, &err);
        if (status == PL_OK) {
            print_audit(&box, &audit);
            pl_secret_audit_free(&audit);
        }
    }
    cli_box_close(&box);
    return failed(status, &err);
}
