/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * motion.c - `plenty motion`, `plenty decision`, `plenty question`: what members write; motion_show.c shows it. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/act.h"
#include "council/motions.h"
#include "io/file.h"
#include "server/verified.h"

#define TEXT_CEILING 100000
#define PLANS_MAX 20

/* Puts the text that --text or --text-file gives. */
static pl_status put_text(cli_act *a, pl_body *body, const char *field)
{
    const char *text = cli_text(a->args, "text"), *path = cli_text(a->args, "text-file");
    pl_file file;
    if ((text == NULL) == (path == NULL)) {
        return pl_fail(a->err, PL_USAGE, "--text", "--text TEXT, or --text-file FILE for a longer one", "say what the text is, in one way");
    }
    if (text != NULL) {
        pl_body_text(body, field, text, strlen(text));
        return PL_OK;
    }
    pl_status status = pl_file_read(path, TEXT_CEILING, &file, a->err);
    if (status == PL_OK) {
        pl_body_text(body, field, file.bytes, file.n);
        pl_file_clear(&file);
    }
    return status;
}

/* Puts an id that an option names, when it is given. */
static pl_status put_id(cli_act *a, pl_body *body, const char *field, const char *option, const pl_table *table, const char *what)
{
    const char *text = cli_text(a->args, option);
    uint8_t id[PL_HASH];
    if (text == NULL) {
        return PL_OK;
    }
    pl_status status = cli_act_find(a, table, what, text, id);
    pl_body_bytes(body, field, id, PL_HASH);
    return status;
}

static pl_status put_due(cli_act *a, pl_body *body)
{
    const char *given = cli_text(a->args, "due-days");
    uint64_t days;
    if (given == NULL) {
        return PL_OK;
    }
    if (!cli_whole_number(given, &days) || days < 1 || days > 3660) {
        return pl_fail(a->err, PL_USAGE, "--due-days", "a whole number from 1 to 3660", "'%.40s' is no number of days", given);
    }
    pl_body_int(body, "due_days", (int64_t)days);
    return PL_OK;
}

/* ---- plenty motion table, plans, projects ------------------------------------------------------ */

/* Who decides, of which sort, and the title. */
static pl_status put_head(cli_act *a, pl_body *body, pl_motion_sort sort)
{
    uint8_t assembly[PL_HASH];
    const char *name = cli_text(a->args, "assembly");
    pl_status status = cli_act_find(a, &PL_ASSEMBLIES, "assembly", name != NULL ? name : "everyone", assembly);
    pl_body_bytes(body, "assembly", assembly, PL_HASH);
    pl_body_int(body, "sort", sort);
    return status == PL_OK ? cli_put_text(a, body, "title", "title", "what the motion is called, in a line") : status;
}

static pl_status put_tail(cli_act *a, pl_body *body)
{
    pl_status status = put_id(a, body, "mandate", "mandate", &PL_MANDATES, "mandate");
    status = status == PL_OK ? put_id(a, body, "executor", "executor", &PL_MEMBERS, "member") : status;
    return status == PL_OK ? put_due(a, body) : status;
}

static void put_explanation(cli_act *a, pl_body *body)
{
    const char *text = cli_text(a->args, "explanation");
    if (text != NULL) {
        pl_body_text(body, "explanation", text, strlen(text));
    }
}

static pl_status body_table(cli_act *a, pl_body *body)
{
    const char *sort = cli_text(a->args, "sort");
    pl_motion_sort s = cli_text(a->args, "mandate") != NULL ? PL_MOTION_INSTRUCTION : PL_MOTION_TEXT;
    if (sort != NULL && strcmp(sort, "constitution") == 0) {
        s = PL_MOTION_CONSTITUTION;
    } else if (sort != NULL && strcmp(sort, "text") != 0) {
        return pl_fail(a->err, PL_USAGE, "--sort", "text or constitution; --mandate makes an instruction, 'plenty motion plans' a choice between plans",
                       "there is no sort of motion called '%.40s'", sort);
    }
    pl_status status = put_head(a, body, s);
    status = status == PL_OK ? put_text(a, body, "text") : status;
    put_explanation(a, body);
    return status == PL_OK ? put_tail(a, body) : status;
}

int cli_motion_table(const cli_args *args)
{
    return cli_do(args, &PL_KIND_MOTION_TABLED, body_table);
}

typedef struct packed {
    uint8_t hash[PL_HASH];
    const char *name;
} packed;

static int by_hash(const void *a, const void *b)
{
    return memcmp(((const packed *)a)->hash, ((const packed *)b)->hash, PL_HASH);
}

static pl_status keep(cli_act *a, const char *path, packed *out)
{
    out->name = strrchr(path, '/') != NULL && strrchr(path, '/')[1] != '\0' ? strrchr(path, '/') + 1 : path;
    return pl_archive_keep(a->record, path, out->hash, a->err);
}

static pl_status check_plan(cli_act *a, const char *plan, const char *economy)
{
    pl_status status = pl_plan_verified(plan, economy, a->err);
    if (status == PL_OK) {
        printf("%s: verified\n", plan);
    }
    return status;
}

static pl_status body_plans(cli_act *a, pl_body *body)
{
    const char *economy = cli_text(a->args, "economy"), *names[PLANS_MAX];
    size_t n = (size_t)a->args->n_arguments - 1;
    packed plan[PLANS_MAX], of;
    uint8_t hashes[PLANS_MAX][PL_HASH];
    if (economy == NULL) {
        return pl_fail(a->err, PL_USAGE, "--economy", "the folder or file that the plans were made of", "say which economy these are plans of");
    }
    pl_status status = keep(a, economy, &of);
    for (size_t i = 0; status == PL_OK && i < n; i++) {
        status = check_plan(a, a->args->argument[i + 1], economy);
        status = status == PL_OK ? keep(a, a->args->argument[i + 1], &plan[i]) : status;
    }
    status = status == PL_OK ? put_head(a, body, PL_MOTION_PLANS) : status;
    status = status == PL_OK ? put_text(a, body, "text") : status;
    if (status != PL_OK) {
        return status;
    }
    qsort(plan, n, sizeof *plan, by_hash);
    for (size_t i = 0; i < n; i++) {
        names[i] = plan[i].name;
        memcpy(hashes[i], plan[i].hash, PL_HASH);
    }
    put_explanation(a, body);
    pl_body_texts(body, "options", names, n);
    pl_body_ids(body, "plans", (const uint8_t(*)[PL_HASH])hashes, n);
    pl_body_ids(body, "economy", (const uint8_t(*)[PL_HASH])of.hash, 1);
    return put_tail(a, body);
}

int cli_motion_plans(const cli_args *args)
{
    return cli_do(args, &PL_KIND_MOTION_TABLED, body_plans);
}

/* NAME=COST; the name may have "=" in it. */
static pl_status read_project(cli_act *a, const char *text, char name[101], int64_t *cost)
{
    const char *equals = strrchr(text, '=');
    uint64_t x;
    if (equals == NULL || equals == text || (size_t)(equals - text) > 100 || !cli_whole_number(equals + 1, &x) || x < 1 || x > PL_BUDGET_MAX) {
        return pl_fail(a->err, PL_USAGE, text, "NAME=COST, for example 'Evening school=1200'; costs are whole numbers from 1 to 100000, so say in the text what one is",
                       "this is no project with its cost");
    }
    memcpy(name, text, (size_t)(equals - text));
    name[equals - text] = '\0';
    *cost = (int64_t)x;
    return PL_OK;
}

static pl_status body_projects(cli_act *a, pl_body *body)
{
    const char *budget = cli_text(a->args, "budget"), *names[PLANS_MAX];
    char name[PLANS_MAX][101];
    int64_t cost[PLANS_MAX];
    uint64_t spend;
    size_t n = (size_t)a->args->n_arguments - 1;
    if (budget == NULL || !cli_whole_number(budget, &spend) || spend < 1 || spend > PL_BUDGET_MAX) {
        return pl_fail(a->err, PL_USAGE, "--budget", "a whole number from 1 to 100000, in the same units as the costs", "say how much there is to spend");
    }
    pl_status status = PL_OK;
    for (size_t i = 0; status == PL_OK && i < n; i++) {
        status = read_project(a, a->args->argument[i + 1], name[i], &cost[i]);
        names[i] = name[i];
    }
    status = status == PL_OK ? put_head(a, body, PL_MOTION_PROJECTS) : status;
    status = status == PL_OK ? put_text(a, body, "text") : status;
    if (status != PL_OK) {
        return status;
    }
    put_explanation(a, body);
    pl_body_texts(body, "options", names, n);
    status = put_tail(a, body);
    pl_body_ints(body, "costs", cost, n);
    pl_body_int(body, "budget", (int64_t)spend);
    return status;
}

int cli_motion_projects(const cli_args *args)
{
    return cli_do(args, &PL_KIND_MOTION_TABLED, body_projects);
}

/* ---- Debate ---------------------------------------------------------------------------------------- */

static pl_status put_motion(cli_act *a, pl_body *body)
{
    uint8_t id[PL_HASH];
    pl_status status = cli_act_find(a, &PL_MOTIONS, "motion", a->args->argument[1], id);
    pl_body_bytes(body, "motion", id, PL_HASH);
    return status;
}

static pl_status body_motion_text(cli_act *a, pl_body *body)
{
    pl_status status = put_motion(a, body);
    return status == PL_OK ? put_text(a, body, "text") : status;
}

int cli_motion_amend(const cli_args *args)
{
    return cli_do(args, &PL_KIND_MOTION_AMENDED, body_motion_text);
}

int cli_motion_propose(const cli_args *args)
{
    return cli_do(args, &PL_KIND_AMENDMENT_PROPOSED, body_motion_text);
}

static pl_status body_point(cli_act *a, pl_body *body)
{
    const char *text[2] = {cli_text(a->args, "for"), cli_text(a->args, "against")}, *reply = cli_text(a->args, "reply");
    uint64_t number = 0;
    if ((text[0] == NULL) == (text[1] == NULL)) {
        return pl_fail(a->err, PL_USAGE, "--for", "--for TEXT or --against TEXT", "say what speaks for the motion, or against it");
    }
    if (reply != NULL && (!cli_whole_number(reply, &number) || number < 1)) {
        return pl_fail(a->err, PL_USAGE, "--reply", "'plenty motion show' numbers the points", "'%.40s' is no number of a point", reply);
    }
    int side = text[0] != NULL ? 0 : 1;
    pl_status status = put_motion(a, body);
    pl_body_int(body, "side", side);
    pl_body_text(body, "text", text[side], strlen(text[side]));
    if (reply != NULL) {
        pl_body_int(body, "reply", (int64_t)number);
    }
    return status;
}

int cli_motion_point(const cli_args *args)
{
    return cli_do(args, &PL_KIND_MOTION_POINT, body_point);
}

typedef struct amendment_search {
    const char *motion, *text;
    uint8_t id[PL_HASH];
} amendment_search;

/* Amendments are rows under their motion. */
static pl_status find_amendment(void *user, pl_step *s)
{
    amendment_search *f = user;
    uint8_t motion[PL_HASH];
    pl_motion_text row;
    bool there = true;
    char hex[2 * PL_HASH + 1];
    int found = 0;
    pl_status status = cli_find_id(s, &PL_MOTIONS, "motion", f->motion, motion);
    pl_row_key prefix = pl_key_id1(motion);
    pl_cursor at = pl_rows(&PL_AMENDMENTS, &prefix);
    while (status == PL_OK && (status = pl_next(s, &PL_AMENDMENTS, &at, &row, &there)) == PL_OK && there) {
        pl_hex_write(at.key + PL_HASH, PL_HASH, hex);
        if (strncmp(hex, f->text, strlen(f->text)) == 0) {
            memcpy(f->id, at.key + PL_HASH, PL_HASH);
            found++;
        }
    }
    return status != PL_OK || found == 1
               ? status
               : pl_fail(s->err, PL_NOTFOUND, f->text, "'plenty motion show' lists them", "this names %s amendment of the motion", found == 0 ? "no" : "more than one");
}

static pl_status body_support(cli_act *a, pl_body *body)
{
    amendment_search f = {.motion = a->args->argument[1], .text = a->args->argument[2]};
    pl_status status = put_motion(a, body);
    status = status == PL_OK ? pl_record_look(a->record, cli_now(), find_amendment, &f, a->err) : status;
    pl_body_bytes(body, "amendment", f.id, PL_HASH);
    return status;
}

int cli_motion_support(const cli_args *args)
{
    return cli_do(args, &PL_KIND_AMENDMENT_SUPPORTED, body_support);
}

static pl_status body_urgent(cli_act *a, pl_body *body)
{
    const char *grant = cli_text(a->args, "grant");
    uint8_t id[PL_HASH];
    pl_status status = put_motion(a, body);
    if (status == PL_OK && grant != NULL) {
        if (!pl_hex_read(grant, PL_HASH, id)) {
            return pl_fail(a->err, PL_USAGE, "--grant", "64 digits; 'plenty grant list' prints them", "this is no id of a grant");
        }
        pl_body_bytes(body, "grant", id, PL_HASH);
    }
    return status;
}

int cli_motion_urgent(const cli_args *args)
{
    return cli_do(args, &PL_KIND_MOTION_URGENT, body_urgent);
}

/* ---- Decisions, questions -------------------------------------------------------------------------- */

static pl_status body_take(cli_act *a, pl_body *body)
{
    if (cli_text(a->args, "due-days") == NULL) {
        return pl_fail(a->err, PL_USAGE, "--due-days", NULL, "say in how many days you will report");
    }
    pl_status status = put_motion(a, body);
    return status == PL_OK ? put_due(a, body) : status;
}

int cli_decision_take(const cli_args *args)
{
    return cli_do(args, &PL_KIND_DECISION_TAKEN, body_take);
}

int cli_decision_report(const cli_args *args)
{
    return cli_do(args, &PL_KIND_DECISION_REPORTED, body_motion_text);
}

static pl_status body_ask(cli_act *a, pl_body *body)
{
    uint8_t id[PL_HASH];
    pl_status status = cli_act_find(a, &PL_MANDATES, "mandate", a->args->argument[1], id);
    pl_body_bytes(body, "mandate", id, PL_HASH);
    return status == PL_OK ? put_text(a, body, "text") : status;
}

int cli_question_ask(const cli_args *args)
{
    return cli_do(args, &PL_KIND_QUESTION_ASKED, body_ask);
}

static pl_status body_answer(cli_act *a, pl_body *body)
{
    uint8_t id[PL_HASH];
    pl_status status = cli_act_find(a, &PL_QUESTIONS, "question", a->args->argument[1], id);
    pl_body_bytes(body, "question", id, PL_HASH);
    return status == PL_OK ? put_text(a, body, "text") : status;
}

int cli_question_answer(const cli_args *args)
{
    return cli_do(args, &PL_KIND_QUESTION_ANSWERED, body_answer);
}
