/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * audit_commons.c - what `plenty audit` says of a commons: how much of everything was judged again, and whether the plans hold. */
#include <string.h>

#include "base/mem.h"
#include "cli/act.h"
#include "cli/audit.h"
#include "council/elections.h"
#include "council/grants.h"
#include "council/motions.h"
#include "council/pay.h"
#include "council/recall.h"
#include "council/rota.h"
#include "io/tar.h"
#include "verify/verify.h"

#define PLANS_MAX 100000

typedef struct plan_at {
    uint8_t motion[PL_HASH], plan[PL_HASH], economy[PL_HASH];
} plan_at;

typedef struct seen {
    int64_t rows[16]; /* by COUNTED */
    plan_at *plans;
    size_t n, cap;
} seen;

static const struct {
    const pl_table *table;
    const char *one, *many;
} COUNTED[] = {
    {&PL_MEMBERS, "member", "members"},
    {&PL_ASSEMBLIES, "assembly", "assemblies"},
    {&PL_ELECTIONS, "election", "elections"},
    {&PL_BALLOTS, "ballot", "ballots"},
    {&PL_MANDATES, "mandate", "mandates"},
    {&PL_RECALLS, "recall", "recalls"},
    {&PL_MOTIONS, "motion", "motions"},
    {&PL_LOTS, "draw", "draws"},
    {&PL_GRANTS, "grant", "grants"},
    {&PL_PAY_ENTRIES_OF, "entry of pay", "entries of pay"},
    {&PL_ROTA_DUTIES, "duty", "duties"},
};
#define N_COUNTED (sizeof COUNTED / sizeof COUNTED[0])

static pl_status count_rows(pl_step *s, const pl_table *table, int64_t *n)
{
    pl_cursor at = pl_cursor_over(table->name, (pl_bytes){NULL, 0});
    pl_bytes value;
    pl_status status;
    while ((status = pl_state_next(s->fold->state, &at, &value, s->err)) == PL_OK && value.at != NULL) {
        ++*n;
    }
    return status;
}

static pl_status take_plan(void *user, pl_step *s, const uint8_t motion[PL_HASH], const pl_option *o, bool *enough)
{
    seen *all = user;
    (void)enough;
    if (!pl_grow(&all->plans, &all->cap, all->n + 1, sizeof *all->plans, PLANS_MAX)) {
        return pl_fail_nomem(s->err, "auditing plans");
    }
    plan_at *p = &all->plans[all->n++];
    memcpy(p->motion, motion, PL_HASH);
    memcpy(p->plan, o->plan, PL_HASH);
    memcpy(p->economy, o->economy, PL_HASH);
    return PL_OK;
}

static pl_status look(void *user, pl_step *s)
{
    seen *all = user;
    pl_status status = PL_OK;
    for (size_t i = 0; status == PL_OK && i < N_COUNTED; i++) {
        status = count_rows(s, COUNTED[i].table, &all->rows[i]);
    }
    return status == PL_OK ? pl_each_plan(s, take_plan, all) : status;
}

/* Unpacks an archive into `folder`/`name`; `at` is what a command would be given: the folder, or the one file in it. */
static pl_status unpack(pl_record *record, const uint8_t hash[PL_HASH], const char *folder, const char *name, char at[4400], pl_error *err)
{
    pl_owned blob;
    char file[101];
    pl_status status = pl_record_blob(record, hash, &blob, err);
    if (status != PL_OK) {
        return status;
    }
    snprintf(at, 4400, "%s/%s", folder, name);
    status = pl_tar_unpack(blob.bytes, blob.n, at, err);
    if (status == PL_OK && pl_tar_single(blob.bytes, blob.n, file)) {
        snprintf(at, 4400, "%s/%s/%s", folder, name, file);
    }
    pl_owned_free(&blob);
    return status;
}

static pl_status audit_plan(pl_record *record, const plan_at *p, char wrong[400], pl_error *err)
{
    char folder[CLI_TEMPORARY], plan[4400], economy[4400], hex[13];
    pl_error why = {0};
    pl_status status = cli_temporary(folder, err);
    if (status != PL_OK) {
        return status;
    }
    FILE *said = fopen("/dev/null", "w");
    status = said != NULL ? PL_OK : pl_fail(err, PL_IO, "/dev/null", NULL, "cannot open it");
    if (status == PL_OK) {
        pl_status unpacked = unpack(record, p->plan, folder, "plan", plan, &why);
        unpacked = unpacked == PL_OK ? unpack(record, p->economy, folder, "economy", economy, &why) : unpacked;
        if (unpacked != PL_OK || pv_verify(plan, economy, false, said, said) != 0) {
            snprintf(wrong, 400, "motion %s: the plan %.200s", cli_short_id(p->motion, hex), unpacked != PL_OK ? why.message : "is refuted by the independent checker");
        }
        fclose(said);
    }
    cli_temporary_remove(folder);
    return status;
}

/* What was judged again by the fold; nothing of what there is none of. */
static void tell_counted(FILE *out, const seen *all)
{
    bool any = false;
    for (size_t i = 0; i < N_COUNTED; i++) {
        if (all->rows[i] > 0) {
            fprintf(out, "%s%lld %s", any ? ", " : "  judged again ", (long long)all->rows[i], all->rows[i] == 1 ? COUNTED[i].one : COUNTED[i].many);
            any = true;
        }
    }
    fputs(any ? "\n" : "", out);
}

pl_status cli_audit_commons(pl_record *record, FILE *out, char wrong[400], pl_error *err)
{
    seen all = {.n = 0};
    pl_status status = pl_record_look(record, 0, look, &all, err); /* as the record stands, whatever the time */
    size_t plans = 0;
    if (status == PL_OK) {
        tell_counted(out, &all);
        status = cli_audit_counts(record, out, wrong, err);
        status = status == PL_OK ? cli_audit_rounds(record, out, wrong, err) : status;
    }
    for (; status == PL_OK && wrong[0] == '\0' && plans < all.n; plans++) {
        status = audit_plan(record, &all.plans[plans], wrong, err);
    }
    if (status == PL_OK && all.n > 0) {
        fprintf(out, "  plans        %zu of %zu verified\n", wrong[0] == '\0' ? plans : plans - 1, all.n);
    }
    pl_free(all.plans);
    return status;
}
