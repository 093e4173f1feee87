/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * motion_show.c - motions, their debates, what was decided and the plan in force, in plain words or as JSON. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/rows.h"
#include "council/motions.h"
#include "io/json.h"
#include "io/tar.h"
#include "server/shown.h"

#define SHOWN 200 /* points, versions, options of one motion */

static const char *const SORTS[] = {"text", "plans", "constitution", "instruction", "projects"};
static const char *const STATES[] = {"in debate", "voted on", "carried", "rejected", "too few votes"};

typedef struct list {
    cli_rows motions; /* oldest first */
    char (*assembly)[101];
    int64_t now;
} list;

static pl_status collect(void *user, pl_step *s)
{
    list *l = user;
    l->now = s->time;
    pl_status status = cli_rows_take(s, &PL_MOTIONS, NULL, &l->motions);
    if (status == PL_OK) {
        cli_rows_sort(&l->motions, offsetof(pl_motion, position));
        l->assembly = pl_alloc(l->motions.n + 1, sizeof *l->assembly);
        status = l->assembly != NULL ? PL_OK : pl_fail_nomem(s->err, "listing motions");
    }
    for (size_t i = 0; status == PL_OK && i < l->motions.n; i++) {
        status = cli_assembly_name(s, ((const pl_motion *)cli_row(&l->motions, i))->assembly, l->assembly[i]);
    }
    return status;
}

static pl_status list_motions(const cli_args *args, pl_record **record, list *l, pl_error *err)
{
    pl_status status = pl_record_open(args->argument[0], pl_council_rules(), PL_RECORD_READ, record, err);
    return status == PL_OK ? pl_record_look(*record, cli_now(), collect, l, err) : status;
}

static void clear_list(list *l)
{
    cli_rows_clear(&l->motions);
    pl_free(l->assembly);
}

/* What comes next for a motion: the end of the debate, of the vote, the report. */
static void next_step(const pl_motion *m, int64_t now, char out[80])
{
    char time[32];
    if (m->state == PL_MOTION_DEBATE) {
        snprintf(out, 80, "debate until %s", cli_time((uint64_t)m->freezes, time));
    } else if (m->state == PL_MOTION_CARRIED && m->reported >= 0) {
        snprintf(out, 80, "reported %s", cli_time((uint64_t)m->reported, time));
    } else if (m->state == PL_MOTION_CARRIED && m->due >= 0) {
        snprintf(out, 80, "report %s %s", m->due < now ? "OVERDUE since" : "due", cli_time((uint64_t)m->due, time));
    } else if (m->decided >= 0) {
        snprintf(out, 80, "decided %s", cli_time((uint64_t)m->decided, time));
    } else {
        snprintf(out, 80, "vote on its ballot");
    }
}

static pl_status print_list(pl_record *record, const list *l, bool decisions, pl_error *err)
{
    cli_table *t = PL_NEW(cli_table, 1);
    pl_status status = t != NULL ? PL_OK : pl_fail_nomem(err, "listing motions");
    if (t != NULL) {
        cli_table_start(t, "lllll");
        cli_table_heading(t, "motion\ttitle\tassembly\tstate\tnext");
    }
    size_t n = l->motions.n;
    for (size_t i = n > CLI_ROWS - 2 ? n - (CLI_ROWS - 2) : 0; status == PL_OK && i < n; i++) {
        const pl_motion *m = cli_row(&l->motions, i);
        pl_owned title;
        char hex[13], next[80];
        if (decisions && m->state != PL_MOTION_CARRIED) {
            continue;
        }
        next_step(m, l->now, next);
        status = cli_event_text(record, m->position, "title", &title, err);
        if (status == PL_OK) {
            cli_table_row(t, "%s\t%.200s\t%s\t%s\t%s", cli_short_id(l->motions.keys[i].at, hex), title.bytes != NULL ? title.bytes : "", l->assembly[i],
                          STATES[m->state], next);
        }
        pl_owned_free(&title);
    }
    if (status == PL_OK) {
        cli_table_print(t, stdout);
    }
    pl_free(t);
    return status;
}

static int motions(const cli_args *args, bool decisions)
{
    pl_error err;
    pl_record *record = NULL;
    list l = {.motions = {.table = &PL_MOTIONS}};
    pl_status status = list_motions(args, &record, &l, &err);
    status = status == PL_OK ? print_list(record, &l, decisions, &err) : status;
    clear_list(&l);
    pl_record_close(record);
    return status == PL_OK ? 0 : cli_fail(&err);
}

int cli_motion_list(const cli_args *args)
{
    return motions(args, false);
}

int cli_decision_list(const cli_args *args)
{
    return motions(args, true);
}

/* ---- plenty motion show ---------------------------------------------------------------------------- */

typedef struct option_view {
    pl_option option;
    int64_t first, place;
} option_view;

typedef struct view {
    const char *text;
    uint8_t id[PL_HASH];
    pl_motion motion;
    pl_ballot ballot;
    char assembly[101];
    int64_t now;
    pl_motion_text version[SHOWN], amendment[SHOWN];
    uint8_t amendment_id[SHOWN][PL_HASH];
    pl_point point[SHOWN];
    option_view option[SHOWN];
    size_t n_versions, n_amendments, n_points, n_options;
} view;

static pl_status look_texts(pl_step *s, view *v)
{
    pl_row_key prefix = pl_key_id1(v->id);
    pl_cursor at = pl_rows(&PL_AMENDMENTS, &prefix);
    bool there;
    pl_status status = PL_OK;
    while (v->n_amendments < SHOWN && (status = pl_next(s, &PL_AMENDMENTS, &at, &v->amendment[v->n_amendments], &there)) == PL_OK && there) {
        memcpy(v->amendment_id[v->n_amendments++], at.key + PL_HASH, PL_HASH);
    }
    for (int64_t i = 1; status == PL_OK && i <= v->motion.versions && i <= SHOWN; i++) {
        status = pl_get(s, &PL_MOTION_VERSIONS, pl_key_then(prefix, i), &v->version[v->n_versions++], &there);
    }
    for (int64_t i = 1; status == PL_OK && i <= v->motion.points && i <= SHOWN; i++) {
        status = pl_get(s, &PL_POINTS, pl_key_then(prefix, i), &v->point[v->n_points++], &there);
    }
    return status;
}

static pl_status look_options(pl_step *s, view *v)
{
    bool there, counted = v->ballot.state == PL_BALLOT_CLOSED;
    pl_status status = PL_OK;
    for (int64_t i = 0; status == PL_OK && i < v->motion.options && i < SHOWN; i++) {
        option_view *o = &v->option[v->n_options++];
        status = pl_get(s, &PL_OPTIONS, pl_key_then(pl_key_id1(v->id), i), &o->option, &there);
        status = status == PL_OK && counted ? pl_ballot_result(s, v->motion.ballot, i, &o->first, &o->place) : status;
    }
    for (int64_t i = 0; status == PL_OK && v->motion.options == 0 && counted && i < 2; i++) {
        option_view *o = &v->option[v->n_options++];
        snprintf(o->option.name, sizeof o->option.name, "%s", i == 0 ? "yes" : "no");
        status = pl_ballot_result(s, v->motion.ballot, i, &o->first, &o->place);
    }
    return status;
}

static pl_status look(void *user, pl_step *s)
{
    view *v = user;
    pl_assembly a;
    bool there;
    pl_status status = cli_find_id(s, &PL_MOTIONS, "motion", v->text, v->id);
    v->now = s->time;
    status = status == PL_OK ? pl_get(s, &PL_MOTIONS, pl_key_id1(v->id), &v->motion, &there) : status;
    status = status == PL_OK ? pl_assembly_get(s, v->motion.assembly, &a, &there) : status;
    status = status == PL_OK ? pl_get(s, &PL_BALLOTS, pl_key_id1(v->motion.ballot), &v->ballot, &there) : status;
    if (status != PL_OK) {
        return status;
    }
    memcpy(v->assembly, a.name, sizeof v->assembly);
    status = look_texts(s, v);
    return status == PL_OK ? look_options(s, v) : status;
}

static pl_status print_field(pl_record *record, int64_t position, const char *field, const char *heading, int indent, pl_error *err)
{
    pl_owned text;
    pl_status status = cli_event_text(record, position, field, &text, err);
    if (status == PL_OK && text.n > 0) {
        printf("%s", heading);
        cli_print_text(&text, indent);
    }
    pl_owned_free(&text);
    return status;
}

static pl_status print_points(pl_record *record, const view *v, int side, pl_error *err)
{
    pl_status status = PL_OK;
    size_t n = 0;
    for (size_t i = 0; i < v->n_points; i++) {
        n += v->point[i].side == side;
    }
    printf("\n%s (%zu)\n", side == 0 ? "For" : "Against", n);
    for (size_t i = 0; status == PL_OK && i < v->n_points; i++) {
        const pl_point *p = &v->point[i];
        char hex[13], heading[120], time[32], reply[40] = "";
        if (p->side != side) {
            continue;
        }
        if (p->reply > 0) {
            snprintf(reply, sizeof reply, ", answering %lld", (long long)p->reply);
        }
        snprintf(heading, sizeof heading, "  %zu. %s, %s%s\n", i + 1, cli_short_id(p->author, hex), cli_time((uint64_t)p->since, time), reply);
        status = print_field(record, p->position, "text", heading, 5, err);
    }
    return status;
}

static void print_projects(const view *v)
{
    printf("\nThe budget is %lld\n", (long long)v->motion.budget);
    for (size_t i = 0; i < v->n_options; i++) {
        printf("  %s costs %lld\n", v->option[i].option.name, (long long)v->option[i].option.cost);
    }
}

static void print_vote(const view *v)
{
    char time[32], hex[13];
    bool projects = v->motion.sort == PL_MOTION_PROJECTS;
    if (projects) {
        print_projects(v);
    }
    if (v->motion.state == PL_MOTION_DEBATE) {
        return;
    }
    printf("\nVote on ballot %s: %lld of %lld voted%s%s\n", cli_short_id(v->motion.ballot, hex), (long long)v->ballot.votes, (long long)v->ballot.roll,
           v->motion.decided < 0 ? "; open until " : "", v->motion.decided < 0 ? cli_time((uint64_t)v->ballot.closes, time) : "");
    for (size_t i = 0; i < v->n_options; i++) {
        const option_view *o = &v->option[i];
        printf("  %zu. %s", i, o->option.name);
        if (v->ballot.state == PL_BALLOT_CLOSED) {
            bool chosen = v->motion.options > 0 && (projects ? o->place > 0 : o->place == 1);
            printf(": %lld%s%s", (long long)o->first, v->motion.options == 0 ? "" : projects ? " want it" : " first", chosen ? ", chosen" : "");
        }
        printf("%s%s\n", pl_id_none(o->option.plan) ? "" : ", plan ", pl_id_none(o->option.plan) ? "" : cli_short_id(o->option.plan, hex));
    }
}

static pl_status print_texts(pl_record *record, const view *v, pl_error *err)
{
    char heading[160], hex[13], other[13];
    const pl_motion_text *last = &v->version[v->n_versions - 1];
    snprintf(heading, sizeof heading, "\nText (version %zu)\n", v->n_versions);
    pl_status status = print_field(record, last->position, "text", heading, 2, err);
    status = status == PL_OK ? print_field(record, v->motion.position, "explanation", "\nExplanation\n", 2, err) : status;
    for (size_t i = 0; status == PL_OK && i < v->n_amendments; i++) {
        const pl_motion_text *t = &v->amendment[i];
        snprintf(heading, sizeof heading, "\nAmendment %s by %s, supported by %lld\n", cli_short_id(v->amendment_id[i], hex), cli_short_id(t->author, other),
                 (long long)t->support);
        status = print_field(record, t->position, "text", heading, 2, err);
    }
    return status;
}

static pl_status print_motion(pl_record *record, const view *v, pl_error *err)
{
    const pl_motion *m = &v->motion;
    char hex[2 * PL_HASH + 1], next[80];
    pl_hex_write(v->id, PL_HASH, hex);
    pl_status status = print_field(record, m->position, "title", "", 0, err);
    next_step(m, v->now, next);
    printf("  motion     %s\n  assembly   %s\n  sort       %s\n  state      %s; %s\n", hex, v->assembly, SORTS[m->sort], STATES[m->state], next);
    if (!pl_id_none(m->executor)) {
        printf("  executor   %s\n", cli_short_id(m->executor, hex));
    }
    status = status == PL_OK ? print_texts(record, v, err) : status;
    for (int side = 0; side < 2; side++) {
        status = status == PL_OK ? print_points(record, v, side, err) : status;
    }
    print_vote(v);
    return status == PL_OK && m->report >= 0 ? print_field(record, m->report, "text", "\nReport\n", 2, err) : status;
}

static pl_status json_motion(pl_record *record, const view *v, pl_error *err)
{
    pl_str s;
    pl_json j;
    pl_owned title;
    pl_status status = cli_event_text(record, v->motion.position, "title", &title, err);
    if (status != PL_OK) {
        return status;
    }
    pl_str_init(&s, (size_t)1 << 24);
    pl_json_init(&j, &s, true);
    pl_json_object(&j);
    pl_view_row(&j, &PL_VIEW_MOTIONS, v->id, &v->motion);
    pl_json_put_text(&j, "title", title.bytes);
    pl_json_put_text(&j, "assembly_name", v->assembly);
    pl_json_put_int(&j, "roll", v->ballot.roll);
    pl_json_put_int(&j, "votes", v->ballot.votes);
    pl_json_key(&j, "choices");
    pl_json_array(&j);
    for (size_t i = 0; i < v->n_options; i++) {
        pl_json_object(&j);
        pl_view_row(&j, &PL_VIEW_OPTIONS, pl_key_then(pl_key_id1(v->id), (int64_t)i).at, &v->option[i].option);
        pl_json_put_int(&j, "first", v->option[i].first);
        pl_json_put_int(&j, "place", v->option[i].place);
        pl_json_end(&j);
    }
    pl_json_end(&j);
    pl_json_end(&j);
    if (s.failed) {
        status = pl_fail_nomem(err, "showing a motion");
    } else {
        puts(s.text);
    }
    pl_str_clear(&s);
    pl_owned_free(&title);
    return status;
}

int cli_motion_show(const cli_args *args)
{
    pl_error err;
    pl_record *record = NULL;
    view *v = PL_NEW0(view, 1);
    pl_status status = v != NULL ? PL_OK : pl_fail_nomem(&err, "showing a motion");
    status = status == PL_OK ? pl_record_open(args->argument[0], pl_council_rules(), PL_RECORD_READ, &record, &err) : status;
    if (status == PL_OK) {
        v->text = args->argument[1];
        status = pl_record_look(record, cli_now(), look, v, &err);
        status = status == PL_OK ? (cli_flag(args, "json") ? json_motion : print_motion)(record, v, &err) : status;
    }
    pl_free(v);
    pl_record_close(record);
    return status == PL_OK ? 0 : cli_fail(&err);
}

/* ---- plenty motion plan ---------------------------------------------------------------------------- */

typedef struct wanted {
    const char *motion;
    int64_t option; /* -1: the plan in force */
    uint8_t plan[PL_HASH], economy[PL_HASH];
} wanted;

static pl_status find_plan(void *user, pl_step *s)
{
    wanted *w = user;
    uint8_t id[PL_HASH];
    pl_plan_in_force p;
    pl_option o;
    bool there;
    if (w->motion == NULL) {
        pl_status status = pl_get(s, &PL_PLANS_IN_FORCE, pl_key_then(pl_key_none(), 0), &p, &there);
        memcpy(w->plan, p.plan, PL_HASH);
        memcpy(w->economy, p.economy, PL_HASH);
        return status != PL_OK || there ? status : pl_fail(s->err, PL_NOTFOUND, NULL, "'plenty motion plans' puts plans to the vote", "no plan is in force yet");
    }
    pl_status status = cli_find_id(s, &PL_MOTIONS, "motion", w->motion, id);
    status = status == PL_OK ? pl_get(s, &PL_OPTIONS, pl_key_then(pl_key_id1(id), w->option), &o, &there) : status;
    if (status == PL_OK && (!there || pl_id_none(o.plan))) {
        return pl_fail(s->err, PL_NOTFOUND, w->motion, "'plenty motion show' numbers them from 0", "this motion has no such plan");
    }
    memcpy(w->plan, o.plan, PL_HASH);
    memcpy(w->economy, o.economy, PL_HASH);
    return status;
}

/* Writes an archive's one file, or its files as a folder. */
static pl_status unpack(pl_record *record, const uint8_t hash[PL_HASH], const char *path, pl_error *err)
{
    pl_owned blob;
    pl_status status = pl_record_blob(record, hash, &blob, err);
    if (status == PL_OK) {
        status = pl_tar_unpack(blob.bytes, blob.n, path, err);
        pl_owned_free(&blob);
    }
    if (status == PL_OK) {
        printf("written: %s\n", path);
    }
    return status;
}

int cli_motion_plan(const cli_args *args)
{
    pl_error err;
    pl_record *record = NULL;
    wanted w = {.option = -1};
    uint64_t option = 0;
    const char *number = cli_text(args, "option"), *economy = cli_text(args, "economy");
    w.motion = cli_text(args, "motion");
    if ((w.motion == NULL) != (number == NULL) || (number != NULL && !cli_whole_number(number, &option))) {
        return cli_usage(args, "--motion MOTION --option 0; without both, the plan in force", "say which plan of which motion");
    }
    w.option = (int64_t)option;
    pl_status status = pl_record_open(args->argument[0], pl_council_rules(), PL_RECORD_READ, &record, &err);
    status = status == PL_OK ? pl_record_look(record, cli_now(), find_plan, &w, &err) : status;
    status = status == PL_OK ? unpack(record, w.plan, args->argument[1], &err) : status;
    status = status == PL_OK && economy != NULL ? unpack(record, w.economy, economy, &err) : status;
    pl_record_close(record);
    return status == PL_OK ? 0 : cli_fail(&err);
}

/* ---- plenty question list -------------------------------------------------------------------------- */

typedef struct question_view {
    pl_question question;
    uint8_t id[PL_HASH];
} question_view;

typedef struct questions {
    question_view q[SHOWN];
    size_t n, more;
    int64_t now;
} questions;

static pl_status collect_questions(void *user, pl_step *s)
{
    questions *l = user;
    pl_row_key all = pl_key_none();
    pl_cursor at = pl_rows(&PL_QUESTIONS, &all);
    pl_question q;
    bool there;
    pl_status status;
    l->now = s->time;
    while ((status = pl_next(s, &PL_QUESTIONS, &at, &q, &there)) == PL_OK && there) {
        if (l->n == SHOWN) {
            l->more++;
            continue;
        }
        l->q[l->n].question = q;
        memcpy(l->q[l->n++].id, at.key, PL_HASH);
    }
    return status;
}

int cli_question_list(const cli_args *args)
{
    pl_error err;
    pl_record *record = NULL;
    questions *l = PL_NEW0(questions, 1);
    pl_status status = l != NULL ? PL_OK : pl_fail_nomem(&err, "listing questions");
    status = status == PL_OK ? pl_record_open(args->argument[0], pl_council_rules(), PL_RECORD_READ, &record, &err) : status;
    status = status == PL_OK ? pl_record_look(record, cli_now(), collect_questions, l, &err) : status;
    for (size_t i = 0; status == PL_OK && i < l->n; i++) {
        const pl_question *q = &l->q[i].question;
        char id[13], mandate[13], time[32], heading[160];
        snprintf(heading, sizeof heading, "%s to mandate %s, %s: %s\n", cli_short_id(l->q[i].id, id), cli_short_id(q->mandate, mandate),
                 cli_time((uint64_t)q->since, time), q->answered >= 0 ? "answered" : q->due < l->now ? "UNANSWERED, overdue" : "not answered yet");
        status = print_field(record, q->position, "text", heading, 2, &err);
        status = status == PL_OK && q->answered >= 0 ? print_field(record, q->answer, "text", "  answer:\n", 4, &err) : status;
    }
    if (status == PL_OK && l->more > 0) {
        printf("and %zu more\n", l->more);
    }
    pl_free(l);
    pl_record_close(record);
    return status == PL_OK ? 0 : cli_fail(&err);
}
