/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * share_round.c - `plenty share announce`, seal, open, show, case, enter, report: sharing in a commons. */
#include "cli/share_round.h"

#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include <plenty/share.h>

#include "cli/rows.h"
#include "council/motions.h"
#include "io/file.h"

#define TABLE_MAX 100000

static const char *const STATES[PL_ROUND_STATES] = {"wants are sealed", "wants are opened", "the seed is drawn", "can be shared"};

/* ---- plenty share announce ------------------------------------------------------------------------------ */

/* A table of the case as a field; one that is not there is left out, unless it is needed. */
static pl_status put_table(cli_act *a, pl_body *body, const char *field, bool needed)
{
    char path[4400], name[32];
    const char *folder = a->args->argument[1];
    pl_file file;
    snprintf(name, sizeof name, "%s.csv", field);
    if (!pl_path_join(path, sizeof path, folder, name)) {
        return pl_fail(a->err, PL_IO, folder, NULL, "the path is too long");
    }
    if (!needed && !pl_path_exists(path)) {
        return PL_OK;
    }
    pl_status status = pl_file_read(path, TABLE_MAX, &file, a->err);
    if (status == PL_OK) {
        pl_body_text(body, field, file.bytes, file.n);
        pl_file_clear(&file);
    }
    return status;
}

static pl_status body_announce(cli_act *a, pl_body *body)
{
    const char *name = cli_text(a->args, "assembly");
    uint8_t assembly[PL_HASH], motion[PL_HASH];
    pl_status status = cli_act_find(a, &PL_ASSEMBLIES, "assembly", name != NULL ? name : "everyone", assembly);
    status = status == PL_OK ? cli_act_find(a, &PL_MOTIONS, "motion", cli_text(a->args, "motion"), motion) : status;
    pl_body_bytes(body, "assembly", assembly, PL_HASH);
    pl_body_bytes(body, "motion", motion, PL_HASH);
    status = status == PL_OK ? cli_put_text(a, body, "title", "title", "what is shared, in a line") : status;
    status = status == PL_OK ? put_table(a, body, "rules", true) : status;
    status = status == PL_OK ? put_table(a, body, "supply", true) : status;
    status = status == PL_OK ? put_table(a, body, "people", false) : status;
    return status == PL_OK ? put_table(a, body, "urgency", false) : status;
}

int cli_share_announce(const cli_args *args)
{
    return cli_do(args, &PL_KIND_SHARE_ANNOUNCED, body_announce);
}

/* ---- plenty share seal, plenty share open ----------------------------------------------------------------- */

static pl_status put_round(cli_act *a, pl_body *body)
{
    uint8_t id[PL_HASH];
    pl_status status = cli_act_find(a, &PL_SHARE_ROUNDS, "round", a->args->argument[1], id);
    pl_body_bytes(body, "round", id, PL_HASH);
    if (status == PL_OK && cli_text(a->args, "sealed") == NULL) {
        return pl_fail(a->err, PL_USAGE, "--sealed", "'plenty share seal' makes this file; 'plenty share open' reads it", "say in which file the sealed wants are kept");
    }
    return status;
}

static bool written; /* the file of the sealed wants */

/* The file: 64 digits of salt, a line feed, the wants. */
static pl_status body_seal(cli_act *a, pl_body *body)
{
    const char *path = cli_text(a->args, "sealed"), *wants = cli_text(a->args, "wants");
    uint8_t salt[PL_HASH], seal[PL_HASH];
    char digits[2 * PL_HASH + 1];
    pl_file file;
    pl_status status = put_round(a, body);
    if (status == PL_OK && wants == NULL) {
        return pl_fail(a->err, PL_USAGE, "--wants", "a table good,amount,taste: docs/formats/share.md", "say what you want");
    }
    if (status == PL_OK && pl_path_exists(path)) {
        return pl_fail(a->err, PL_IO, path, "choose another name; without that file its wants can never be opened", "there is something of that name already");
    }
    status = status == PL_OK ? pl_file_read(wants, TABLE_MAX, &file, a->err) : status;
    if (status != PL_OK) {
        return status;
    }
    if (strncmp(file.bytes, "good,amount", 11) != 0) {
        pl_file_clear(&file);
        return pl_fail(a->err, PL_DATA, wants, "the first line is: good,amount,taste", "this is no table of wants");
    }
    randombytes_buf(salt, sizeof salt);
    pl_hex_write(salt, PL_HASH, digits);
    pl_share_seal(salt, file.bytes, file.n, seal);
    pl_body_bytes(body, "seal", seal, PL_HASH);
    pl_str text;
    pl_str_init(&text, 2 * TABLE_MAX);
    pl_str_addf(&text, "%s\n", digits);
    pl_str_add_n(&text, file.bytes, file.n);
    status = text.failed ? pl_fail_nomem(a->err, path) : pl_file_write(path, text.text, text.len, a->err);
    written = status == PL_OK;
    pl_str_clear(&text);
    pl_file_clear(&file);
    return status;
}

int cli_share_seal(const cli_args *args)
{
    int code = cli_do(args, &PL_KIND_SHARE_SEALED, body_seal);
    if (code != 0 && written) {
        (void)remove(cli_text(args, "sealed"));
    }
    return code;
}

static pl_status body_open(cli_act *a, pl_body *body)
{
    const char *path = cli_text(a->args, "sealed");
    uint8_t salt[PL_HASH];
    char digits[2 * PL_HASH + 1] = "";
    pl_file file;
    pl_status status = put_round(a, body);
    status = status == PL_OK ? pl_file_read(path, 2 * TABLE_MAX, &file, a->err) : status;
    if (status != PL_OK) {
        return status;
    }
    bool right = file.n > 2 * PL_HASH + 1 && file.bytes[2 * PL_HASH] == '\n';
    snprintf(digits, sizeof digits, "%.64s", right ? file.bytes : "");
    if (!right || !pl_hex_read(digits, PL_HASH, salt)) {
        status = pl_fail(a->err, PL_DATA, path, "'plenty share seal' made one", "these are no sealed wants");
    } else {
        pl_body_bytes(body, "salt", salt, PL_HASH);
        pl_body_text(body, "wants", file.bytes + 2 * PL_HASH + 1, file.n - 2 * PL_HASH - 1);
    }
    pl_file_clear(&file);
    return status;
}

int cli_share_open(const cli_args *args)
{
    return cli_do(args, &PL_KIND_SHARE_OPENED, body_open);
}

/* ---- A round that is looked at --------------------------------------------------------------------------------- */

typedef struct view {
    const char *text; /* which round, or NULL: all */
    uint8_t id[PL_HASH];
    pl_share_round round;
    cli_rows all;
} view;

static pl_status look(void *user, pl_step *s)
{
    view *v = user;
    bool there;
    if (v->text == NULL) {
        return cli_rows_take(s, &PL_SHARE_ROUNDS, NULL, &v->all);
    }
    pl_status status = cli_find_id(s, &PL_SHARE_ROUNDS, "round", v->text, v->id);
    return status == PL_OK ? pl_get(s, &PL_SHARE_ROUNDS, pl_key_id1(v->id), &v->round, &there) : status;
}

static pl_status print_round(pl_record *record, const uint8_t id[PL_HASH], const pl_share_round *r, bool whole, pl_error *err)
{
    char hex[2 * PL_HASH + 1], time[32];
    pl_owned title;
    pl_status status = cli_event_text(record, r->position, "title", &title, err);
    if (status != PL_OK) {
        return status;
    }
    printf("%s  ", cli_short_id(id, hex));
    cli_print_safely(title.bytes != NULL ? title.bytes : "", stdout);
    printf(": %s", STATES[r->state]);
    if (r->state < PL_ROUND_DRAWING) {
        printf(" until %s", cli_time((uint64_t)(r->state == PL_ROUND_SEALING ? r->seals : r->opens), time));
    }
    printf("; %lld sealed, %lld opened, %lld outcomes\n", (long long)r->sealed, (long long)r->opened, (long long)r->outcomes);
    pl_owned_free(&title);
    if (whole) {
        pl_hex_write(id, PL_HASH, hex);
        printf("  round    %s (its lot has the same id)\n", hex);
        pl_hex_write(r->motion, PL_HASH, hex);
        printf("  motion   %s\n", hex);
        if (r->state == PL_ROUND_READY) {
            pl_hex_write(r->seed, PL_HASH, hex);
            printf("  seed     %s\n", hex);
        }
        if (r->outcomes > 0) {
            pl_hex_write(r->outcome, PL_HASH, hex);
            printf("  outcome  %s, the first that was entered (SHA-256 of allotments.csv)\n", hex);
        }
    }
    return PL_OK;
}

static pl_status open_view(const cli_args *args, pl_record **record, view *v, pl_error *err)
{
    *v = (view){.text = args->n_arguments > 1 ? args->argument[1] : NULL};
    pl_status status = pl_record_open(args->argument[0], pl_council_rules(), PL_RECORD_READ, record, err);
    return status == PL_OK ? pl_record_look(*record, cli_now(), look, v, err) : status;
}

int cli_share_show(const cli_args *args)
{
    pl_error err;
    pl_record *record = NULL;
    view v;
    pl_status status = open_view(args, &record, &v, &err);
    if (status == PL_OK && v.text != NULL) {
        status = print_round(record, v.id, &v.round, true, &err);
    }
    for (size_t i = 0; i < v.all.n && status == PL_OK; i++) {
        status = print_round(record, v.all.keys[i].at, cli_row(&v.all, i), false, &err);
    }
    if (status == PL_OK && v.text == NULL && v.all.n == 0) {
        printf("nothing is or was shared\n");
    }
    cli_rows_clear(&v.all);
    pl_record_close(record);
    return status != PL_OK ? cli_fail(&err) : 0;
}

int cli_share_case(const cli_args *args)
{
    pl_error err;
    pl_record *record = NULL;
    view v;
    pl_round_read read = {.members = 0};
    char seed[2 * PL_HASH + 1];
    const char *folder = cli_text(args, "output");
    if (folder == NULL) {
        return cli_usage(args, "plenty share case COMMONS ROUND -o CASE", "where should the tables be written?");
    }
    pl_status status = open_view(args, &record, &v, &err);
    if (status == PL_OK && pl_path_exists(folder) && !cli_flag(args, "replace")) {
        status = pl_fail(&err, PL_IO, folder, "choose another name, or add --replace", "this is there already");
    }
    status = status == PL_OK ? cli_round_case(record, cli_now(), v.id, &v.round, folder, &read, &err) : status;
    if (status == PL_OK) {
        printf("wants of %lld members", (long long)read.members);
        if (read.left_out > 0) {
            printf("; those of %lld cannot be read and are left out", (long long)read.left_out);
        }
        printf("\nwritten: %s\n", folder);
        pl_hex_write(v.round.seed, PL_HASH, seed);
        if (v.round.state == PL_ROUND_READY) {
            printf("now: plenty share allot %s -o SHARED --seed %s\n", folder, seed);
        }
    }
    pl_record_close(record);
    return status != PL_OK ? cli_fail(&err) : 0;
}

/* ---- plenty share enter ------------------------------------------------------------------------------------------- */

/* Only an outcome that the record gives is entered. */
static pl_status body_enter(cli_act *a, pl_body *body)
{
    char work[CLI_TEMPORARY];
    uint8_t entered[PL_HASH], hash[PL_HASH] = {0};
    bool there = false;
    view v = {.text = a->args->argument[1]};
    pl_status status = pl_record_look(a->record, cli_now(), look, &v, a->err);
    status = status == PL_OK ? pl_round_hash(a->args->argument[2], entered, a->err) : status;
    if (status == PL_OK && v.round.state != PL_ROUND_READY) {
        return pl_fail(a->err, PL_DATA, v.text, "wait until wants are opened and the seed is drawn", "this round cannot be shared yet: %s", STATES[v.round.state]);
    }
    status = status == PL_OK ? cli_temporary(work, a->err) : status;
    if (status != PL_OK) {
        return status;
    }
    status = cli_round_share(a->record, cli_now(), v.id, &v.round, work, hash, &there, a->err);
    cli_temporary_remove(work);
    if (status == PL_OK && (!there || !pl_id_same(hash, entered))) {
        return pl_fail(a->err, PL_REFUTED, a->args->argument[2], "plenty share case, then plenty share allot with the seed of the round", "this is not what the record gives");
    }
    pl_body_bytes(body, "round", v.id, PL_HASH);
    pl_body_bytes(body, "outcome", entered, PL_HASH);
    return status;
}

int cli_share_enter(const cli_args *args)
{
    return cli_do(args, &PL_KIND_SHARE_ENTERED, body_enter);
}

/* ---- plenty share report -------------------------------------------------------------------------------------------- */

static void put_part(pl_body *body, const char *field, double part)
{
    if (!isnan(part)) {
        pl_body_int(body, field, (int64_t)(1000 * fmin(part, 1) + 1e-9));
    }
}

static pl_status body_report(cli_act *a, pl_body *body)
{
    const char *name = cli_text(a->args, "assembly");
    uint8_t assembly[PL_HASH];
    pl_queues *q = NULL;
    pl_status status = cli_act_find(a, &PL_ASSEMBLIES, "assembly", name != NULL ? name : "everyone", assembly);
    pl_body_bytes(body, "assembly", assembly, PL_HASH);
    status = status == PL_OK ? cli_put_text(a, body, "source", "source", "where the figures come from: a shop, a register") : status;
    status = status == PL_OK ? pl_queues_load(a->args->argument[1], &q, a->err) : status;
    if (status == PL_OK) {
        put_part(body, "shelf", pl_queue_availability(&q->all));
        put_part(body, "fill", pl_queue_fill(&q->all));
        put_part(body, "instead", pl_queue_instead(&q->all));
        if (q->all.waiting > 0) {
            pl_body_int(body, "days", (int64_t)fmin(q->all.median, 36600));
        }
        if (q->all.hours > 0) {
            pl_body_int(body, "hours", (int64_t)fmin(q->all.hours, PL_BODY_NUMBER_MAX));
        }
        if (q->all.waiting > 0) {
            pl_body_int(body, "waiting", q->all.waiting);
        }
    }
    pl_queues_free(q);
    return status;
}

int cli_share_report(const cli_args *args)
{
    return cli_do(args, &PL_KIND_QUEUE_REPORTED, body_report);
}
