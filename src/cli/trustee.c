/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * trustee.c - `plenty trustee`: who keeps the key of a secret ballot, what waits for whom, and doing it; `plenty ballot export`. */
#include <string.h>

#include "cli/ballot.h"
#include "council/sealed_act.h"
#include "io/file.h"
#include "record/bytes.h"

static const char *const STAGE[] = {"being drawn", "send certificates", "send polynomials", "send their keys", "have the key", "failed; others are drawn"};
static const char *const LEFT[] = {"", "not needed", "too late", "objected", "objected to"};
static const char *const SEALED[] = {"its key is being made", "open", "being shuffled", "being opened", "opened", "too few votes to be opened (5)"};

/* Trustees by digits of their id, or of the ballot, election, recall or motion for which they are. */
static pl_status find_trust(pl_step *s, const char *text, uint8_t id[PL_HASH])
{
    pl_error none;
    pl_step quiet = *s;
    pl_sealed v;
    bool there = false;
    quiet.err = &none;
    if (cli_find_ballot(&quiet, text, id) == PL_OK) {
        pl_status status = pl_get(s, &PL_SEALED, pl_key_id1(id), &v, &there);
        memcpy(id, v.trust, PL_HASH);
        return status != PL_OK || there ? status : pl_fail(s->err, PL_NOTFOUND, text, "'plenty trustee list' shows those that are", "this ballot is not secret");
    }
    return cli_find_id(s, &PL_TRUSTS, "group of trustees (or secret ballot)", text, id);
}

/* ---- plenty trustee act ----------------------------------------------------------------------------- */

typedef struct acting {
    const char *text;
    const pl_key *key;
    pl_task task;
    uint8_t blob[PL_HASH];
} acting;

static pl_status look_task(void *user, pl_step *s)
{
    acting *t = user;
    uint8_t id[PL_HASH];
    pl_status status = find_trust(s, t->text, id);
    return status == PL_OK ? pl_task_next(s, t->key, id, &t->task) : status;
}

static bool blob_of(const pl_task *task)
{
    return task->kind == &PL_KIND_BALLOT_SHUFFLED || task->kind == &PL_KIND_BALLOT_OPENED;
}

static pl_status body_task(cli_act *a, pl_body *body)
{
    const acting *t = a->user;
    const pl_field *field = t->task.kind->field;
    pl_body_bytes(body, field[0].name, t->task.id, PL_HASH);
    if (blob_of(&t->task)) {
        pl_body_ids(body, field[1].name, &t->blob, 1);
    } else if (t->task.kind == &PL_KIND_TRUSTEE_CERTIFIED) {
        pl_body_bytes(body, field[1].name, t->task.text.text, t->task.text.n);
    } else {
        pl_body_int(body, field[1].name, t->task.round);
        if (t->task.kind == &PL_KIND_TRUSTEE_OBJECTED) {
            pl_body_bytes(body, field[2].name, t->task.against, PL_HASH);
        } else {
            pl_body_bytes(body, field[2].name, t->task.text.text, t->task.text.n);
        }
    }
    return PL_OK;
}

static pl_status act_task(cli_act *a)
{
    acting *t = a->user;
    t->key = a->key;
    pl_status status = pl_record_look(a->record, cli_now(), look_task, t, a->err);
    if (status == PL_OK && t->task.kind == NULL) {
        printf("nothing to do: %s\n", t->task.why);
    } else if (status == PL_OK) {
        if (t->task.kind == &PL_KIND_TRUSTEE_OBJECTED) {
            fprintf(stderr, "objecting: %s\n", t->task.why);
        }
        if (blob_of(&t->task)) {
            status = pl_record_put_blob(a->record, (pl_bytes){(const uint8_t *)t->task.text.text, t->task.text.n}, t->blob, a->err);
        }
        status = status == PL_OK ? cli_act_event(a, t->task.kind, body_task) : status;
    }
    pl_task_clear(&t->task);
    return status;
}

int cli_trustee_act(const cli_args *args)
{
    acting t = {.text = args->argument[1]};
    return cli_acts(args, act_task, &t);
}

/* ---- plenty trustee list ----------------------------------------------------------------------------- */

static void put_trust(pl_json *j, const uint8_t *id, const void *row)
{
    const pl_trust *t = row;
    cli_json_id(j, "trust", id);
    cli_json_id(j, "subject", t->subject);
    pl_json_put_int(j, "attempt", t->attempt);
    pl_json_put_text(j, "stage", STAGE[t->stage]);
    cli_json_time(j, "since", t->since);
    cli_json_time(j, "until", t->until);
    pl_json_put_int(j, "wanted", t->wanted);
    pl_json_put_int(j, "needed", t->needed);
    pl_json_put_int(j, "round", t->round);
    pl_json_put_int(j, "trustees", t->in);
    pl_json_put_text(j, "group", t->group);
}

int cli_trustee_list(const cli_args *args)
{
    pl_error err;
    pl_record *record = NULL;
    cli_rows rows = {.table = &PL_TRUSTS};
    pl_status status = pl_record_open(args->argument[0], pl_council_rules(), PL_RECORD_READ, &record, &err);
    status = status == PL_OK ? cli_rows_of(record, &PL_TRUSTS, offsetof(pl_trust, since), &rows, &err) : status;
    if (status == PL_OK && cli_flag(args, "json")) {
        status = cli_rows_json(&rows, NULL, NULL, put_trust, &err);
    } else if (status == PL_OK && rows.n == 0) {
        puts("no trustees yet: no ballot is secret (secret.members_least, secret.elections and others in the constitution)");
    } else if (status == PL_OK) {
        cli_table t;
        char hex[13], subject[13], until[32];
        cli_table_start(&t, "lllllr");
        cli_table_heading(&t, "trustees\tfor\tsince\tthey\tuntil\tneeded");
        for (size_t i = rows.n > CLI_ROWS - 2 ? rows.n - (CLI_ROWS - 2) : 0; i < rows.n; i++) {
            const pl_trust *one = cli_row(&rows, i);
            char since[32];
            cli_table_row(&t, "%s\t%s\t%s\t%s\t%s\t%lld of %lld", cli_short_id(rows.keys[i].at, hex), cli_short_id(one->subject, subject), cli_when(one->since, since),
                          STAGE[one->stage], cli_when(one->until, until), (long long)one->needed, (long long)(one->in > 0 ? one->in : one->wanted));
        }
        cli_table_print(&t, stdout);
    }
    cli_rows_clear(&rows);
    pl_record_close(record);
    return status == PL_OK ? 0 : cli_fail(&err);
}

/* ---- plenty trustee show ------------------------------------------------------------------------------ */

typedef struct view {
    const char *text;
    uint8_t id[PL_HASH];
    pl_trust trust;
    pl_sealed sealed;
    bool ballot;
    cli_rows seats;
    const pl_event_kind *waits[PL_TRUST_MAX]; /* for each seat */
} view;

static pl_status look_show(void *user, pl_step *s)
{
    view *v = user;
    bool there;
    pl_status status = find_trust(s, v->text, v->id);
    pl_row_key key = pl_key_id1(v->id);
    status = status == PL_OK ? pl_get(s, &PL_TRUSTS, key, &v->trust, &there) : status;
    status = status == PL_OK ? pl_get(s, &PL_SEALED, pl_key_id1(v->trust.subject), &v->sealed, &v->ballot) : status;
    status = status == PL_OK ? cli_rows_take(s, &PL_TRUSTEES, &key, &v->seats) : status;
    for (size_t i = 0; status == PL_OK && i < v->seats.n && i < PL_TRUST_MAX; i++) {
        status = pl_task_waits(s, ((const pl_trustee *)cli_row(&v->seats, i))->member, v->id, &v->waits[i]);
    }
    return status;
}

static void print_trust(const view *v)
{
    char hex[13], subject[13], until[32];
    cli_table t;
    printf("%strustees %s%s for %s, %s", cli_bold(), cli_short_id(v->id, hex), cli_plain(), cli_short_id(v->trust.subject, subject), STAGE[v->trust.stage]);
    printf(v->trust.until >= 0 ? ", until %s\n" : "\n", cli_when(v->trust.until, until));
    printf("  needed     %lld of %lld; group %s\n", (long long)v->trust.needed, (long long)(v->trust.in > 0 ? v->trust.in : v->trust.wanted), v->trust.group);
    if (v->ballot) {
        printf("  the ballot %s\n", SEALED[v->sealed.stage]);
    }
    cli_table_start(&t, "rlll");
    cli_table_heading(&t, "key\tmember\twaits for\tleft out");
    for (size_t i = 0; i < v->seats.n && i < PL_TRUST_MAX; i++) {
        const pl_trustee *who = cli_row(&v->seats, i);
        cli_table_row(&t, "%.0lld\t%s\t%s\t%s", (long long)who->number, cli_short_id(who->member, hex), v->waits[i] != NULL ? v->waits[i]->name : "", LEFT[who->left]);
    }
    if (v->seats.n > 0) {
        cli_table_print(&t, stdout);
        printf("\n  plenty trustee act COMMONS %s --key FILE\n", cli_short_id(v->id, subject));
    }
}

static pl_status json_trust(const view *v, pl_error *err)
{
    pl_str s;
    pl_json j;
    pl_str_init(&s, (size_t)1 << 20);
    pl_json_init(&j, &s, true);
    pl_json_object(&j);
    put_trust(&j, v->id, &v->trust);
    pl_json_key(&j, "members");
    pl_json_array(&j);
    for (size_t i = 0; i < v->seats.n && i < PL_TRUST_MAX; i++) {
        const pl_trustee *who = cli_row(&v->seats, i);
        pl_json_object(&j);
        cli_json_id(&j, "member", who->member);
        pl_json_put_int(&j, "number", who->number);
        pl_json_put_text(&j, "waits", v->waits[i] != NULL ? v->waits[i]->name : NULL);
        pl_json_put_text(&j, "left", who->left == PL_TRUSTEE_IN ? NULL : LEFT[who->left]);
        pl_json_end(&j);
    }
    pl_json_end(&j);
    pl_json_end(&j);
    return cli_json_print(&s, err);
}

int cli_trustee_show(const cli_args *args)
{
    pl_error err;
    view v = {.text = args->argument[1], .seats = {.table = &PL_TRUSTEES}};
    int code = cli_look(args, look_show, &v);
    if (code == 0 && cli_flag(args, "json")) {
        code = json_trust(&v, &err) == PL_OK ? 0 : cli_fail(&err);
    } else if (code == 0) {
        print_trust(&v);
    }
    cli_rows_clear(&v.seats);
    return code;
}

/* ---- Secret ballots ------------------------------------------------------------------------------------- */

pl_status cli_sealed_look(pl_step *s, const uint8_t ballot[PL_HASH], cli_sealed *out)
{
    pl_row_key key = pl_key_id1(ballot);
    bool there;
    pl_status status = pl_get(s, &PL_SEALED, key, &out->row, &there);
    key = pl_key_then(key, out->row.attempt);
    out->papers = (cli_rows){.table = &PL_SEALED_PAPERS};
    status = status == PL_OK ? pl_get(s, &PL_TRUSTS, pl_key_id1(out->row.trust), &out->trust, &there) : status;
    return status == PL_OK ? cli_rows_take(s, &PL_SEALED_PAPERS, &key, &out->papers) : status;
}

static const char *tracker(const pl_sealed_paper *p, char out[PL_SECRET_TRACKER])
{
    pl_str text;
    pl_str_init(&text, 64);
    pl_base64_put(&text, p->hash, PL_HASH);
    snprintf(out, PL_SECRET_TRACKER, "%.*s", PL_SECRET_TRACKER - 1, text.text); /* without the padding */
    pl_str_clear(&text);
    return out;
}

void cli_sealed_print(const cli_sealed *v, const char *id, bool papers)
{
    char until[32], hex[13], text[PL_SECRET_TRACKER];
    printf("  secret     %s; %lld of %lld trustees open it together (plenty trustee show COMMONS %s)\n", SEALED[v->row.stage], (long long)v->trust.needed,
           (long long)(v->trust.in > 0 ? v->trust.in : v->trust.wanted), id);
    if (v->row.until >= 0) {
        printf("             shuffled %lld times, %lld parts; opened by %s, or held again with others\n", (long long)v->row.shuffles, (long long)v->row.parts,
               cli_when(v->row.until, until));
    }
    for (size_t i = 0; papers && i < v->papers.n; i++) {
        const pl_sealed_paper *p = cli_row(&v->papers, i);
        printf("%s%s  %s\n", i == 0 ? "  trackers   " : "             ", tracker(p, text), cli_short_id(p->member, hex));
    }
}

void cli_sealed_json(pl_json *j, const cli_sealed *v)
{
    char text[PL_SECRET_TRACKER];
    pl_json_put_text(j, "stage", SEALED[v->row.stage]);
    cli_json_id(j, "trust", v->row.trust);
    pl_json_put_int(j, "attempt", v->row.attempt);
    pl_json_put_text(j, "group", v->trust.group);
    pl_json_put_int(j, "shuffles", v->row.shuffles);
    pl_json_put_int(j, "parts", v->row.parts);
    pl_json_put_int(j, "needed", v->trust.needed);
    pl_json_key(j, "papers");
    pl_json_array(j);
    for (size_t i = 0; i < v->papers.n; i++) {
        const pl_sealed_paper *p = cli_row(&v->papers, i);
        pl_json_object(j);
        pl_json_put_text(j, "tracker", tracker(p, text));
        pl_json_put_int(j, "position", p->position);
        cli_json_id(j, "member", p->member);
        pl_json_end(j);
    }
    pl_json_end(j);
}

void cli_sealed_clear(cli_sealed *v)
{
    cli_rows_clear(&v->papers);
}

/* ---- plenty ballot export ------------------------------------------------------------------------------- */

typedef struct exporting {
    const char *text;
    bool voter; /* only what a voter's device needs */
    pl_str archive;
    pl_sealed_texts texts;
} exporting;

static pl_status look_export(void *user, pl_step *s)
{
    exporting *e = user;
    uint8_t id[PL_HASH];
    pl_sealed v;
    bool there = false;
    pl_status status = cli_find_ballot(s, e->text, id);
    if (status != PL_OK || !e->voter) {
        return status == PL_OK ? pl_sealed_archive(s, id, &e->archive) : status;
    }
    status = pl_get(s, &PL_SEALED, pl_key_id1(id), &v, &there);
    if (status == PL_OK && (!there || v.stage == PL_SEALED_KEYING)) {
        return pl_fail(s->err, PL_DATA, e->text, NULL, there ? "its key is not made yet" : "this ballot is not secret");
    }
    return status == PL_OK ? pl_sealed_texts_get(s, id, &v, false, &e->texts) : status;
}

int cli_ballot_export(const cli_args *args)
{
    pl_error err;
    exporting e = {.text = args->argument[1], .voter = cli_flag(args, "election")};
    pl_str_init(&e.archive, 1);
    int code = cli_look(args, look_export, &e);
    if (code == 0 && e.voter) {
        code = cli_give(args, e.texts.election.text, e.texts.election.n, &err) == PL_OK ? 0 : cli_fail(&err);
    } else if (code == 0) {
        const char *path = cli_text(args, "output");
        pl_status status = path != NULL ? pl_file_write(path, e.archive.text, e.archive.len, &err)
                                        : pl_fail(&err, PL_USAGE, "--output", "'plenty verify' and belenios-tool read it", "say where the archive is to be written");
        code = status == PL_OK ? 0 : cli_fail(&err);
    }
    pl_str_clear(&e.archive);
    pl_sealed_texts_clear(&e.texts);
    return code;
}
