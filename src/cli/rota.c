/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * rota.c - `plenty rota class, absent, refuse, swap, served`: what members sign; rota_show.c shows whose turn it is. */
#include "cli/rota.h"

#include <string.h>

#include "io/utf8.h"

pl_status cli_find_class(pl_step *s, const char *text, uint8_t id[PL_HASH], pl_rota_class *about, pl_rota *rota)
{
    pl_row_key all = pl_key_none();
    pl_cursor at = pl_rows(&PL_ROTA_CLASSES_OF, &all);
    int found = 0;
    bool there;
    pl_status status;
    while ((status = pl_next(s, &PL_ROTA_CLASSES_OF, &at, about, &there)) == PL_OK && there) {
        if (strcmp(about->name, text) == 0) {
            memcpy(id, at.key, PL_HASH);
            found++;
        }
    }
    if (status == PL_OK && found != 1) {
        status = found == 0 ? cli_find_id(s, &PL_ROTA_CLASSES_OF, "class of tasks", text, id)
                            : pl_fail(s->err, PL_NOTFOUND, text, "give its id: 'plenty rota show'", "%d classes of tasks have this name", found);
    }
    status = status == PL_OK ? pl_get(s, &PL_ROTA_CLASSES_OF, pl_key_id1(id), about, &there) : status;
    return status == PL_OK ? pl_get(s, &PL_ROTAS, pl_key_id1(about->rota), rota, &there) : status;
}

/* A whole number that an option gives, or `otherwise` (below 0: it must be given). */
static pl_status number(cli_act *a, const char *option, int64_t least, int64_t most, int64_t otherwise, int64_t *out)
{
    const char *text = cli_text(a->args, option);
    char name[64], hint[80];
    uint64_t x;
    *out = otherwise;
    if (text == NULL && otherwise >= 0) {
        return PL_OK;
    }
    if (text == NULL || !cli_whole_number(text, &x) || x < (uint64_t)least || x > (uint64_t)most) {
        snprintf(name, sizeof name, "--%.60s", option);
        snprintf(hint, sizeof hint, "a whole number from %lld to %lld", (long long)least, (long long)most);
        return pl_fail(a->err, PL_USAGE, name, hint, text == NULL ? "this must be given" : "'%.40s' is no such number", text);
    }
    *out = (int64_t)x;
    return PL_OK;
}

/* ---- plenty rota class ---------------------------------------------------------------------------- */

static pl_status put_number(cli_act *a, pl_body *body, const char *field, int64_t least, int64_t most, int64_t otherwise)
{
    int64_t x;
    pl_status status = number(a, field, least, most, otherwise, &x);
    pl_body_int(body, field, x);
    return status;
}

static pl_status body_class(cli_act *a, pl_body *body)
{
    uint8_t assembly[PL_HASH];
    const char *name = cli_text(a->args, "assembly");
    pl_status status = cli_act_find(a, &PL_ASSEMBLIES, "assembly", name != NULL ? name : "everyone", assembly);
    pl_body_bytes(body, "assembly", assembly, PL_HASH);
    pl_body_text(body, "name", a->args->argument[1], strlen(a->args->argument[1]));
    status = status == PL_OK ? put_number(a, body, "weight", 1, 1000, 1) : status;
    status = status == PL_OK ? put_number(a, body, "slots", 0, 999, -1) : status;
    status = status == PL_OK ? put_number(a, body, "days", 1, 366, 7) : status;
    status = status == PL_OK ? put_number(a, body, "rung", 0, PL_ROTA_RUNG_MAX, 0) : status;
    if (status == PL_OK && cli_flag(a->args, "at-once")) {
        pl_body_int(body, "begins", (int64_t)a->draft.time);
    }
    return status == PL_OK ? cli_put_grant(a, body) : status;
}

int cli_rota_class(const cli_args *args)
{
    return cli_do(args, &PL_KIND_ROTA_CLASS, body_class);
}

/* ---- plenty rota absent --------------------------------------------------------------------------- */

static pl_status body_absent(cli_act *a, pl_body *body)
{
    int64_t percent, days, in;
    const char *reason = cli_text(a->args, "reason-hash");
    uint8_t hash[PL_HASH];
    pl_status status = number(a, "percent", 0, 99, 0, &percent);
    status = status == PL_OK ? number(a, "days", 1, 366, -1, &days) : status;
    status = status == PL_OK ? number(a, "in-days", 0, 365, 0, &in) : status;
    if (status == PL_OK && reason != NULL && !pl_hex_read(reason, PL_HASH, hash)) {
        return pl_fail(a->err, PL_USAGE, "--reason-hash", "64 digits: the hash of a salt and of the reason, which stays with you", "this is no hash");
    }
    if (status == PL_OK) {
        int64_t from = (int64_t)a->draft.time + in * PL_DAY;
        pl_body_int(body, "percent", percent);
        pl_body_int(body, "from", from);
        pl_body_int(body, "until", from + days * PL_DAY);
    }
    if (status == PL_OK && reason != NULL) {
        pl_body_bytes(body, "reason", hash, PL_HASH);
    }
    return status;
}

int cli_rota_absent(const cli_args *args)
{
    return cli_do(args, &PL_KIND_ROTA_ABSENT, body_absent);
}

/* ---- Duties: refuse, swap, served ----------------------------------------------------------------- */

typedef struct duty_wanted {
    const char *class;
    uint8_t id[PL_HASH], me[PL_HASH];
    int64_t back;         /* periods before the one that was filled last */
    int64_t period, slot; /* slot < 0: the one of `me`, when `mine`, or the only one */
    bool mine;
} duty_wanted;

static pl_status find_slot(pl_step *s, duty_wanted *w, const pl_rota_class *about)
{
    pl_row_key prefix = pl_key_then(pl_key_id1(w->id), w->period);
    pl_cursor at = pl_rows(&PL_ROTA_DUTIES, &prefix);
    pl_rota_duty d;
    bool there;
    int n = 0;
    pl_status status;
    while ((status = pl_next(s, &PL_ROTA_DUTIES, &at, &d, &there)) == PL_OK && there) {
        if (!w->mine || pl_id_same(d.holder, w->me)) {
            w->slot = pl_key_number(at.key + PL_HASH + 8);
            n++;
        }
    }
    if (status == PL_OK && n != 1) {
        return n == 0 ? pl_fail(s->err, PL_NOTFOUND, about->name, "'plenty rota show' shows whose turn it is", w->mine ? "it is not your turn in period %lld" : "nothing was filled in period %lld", (long long)w->period)
                      : pl_fail(s->err, PL_USAGE, "--slot", "0, 1, ... as 'plenty rota show' shows them", "'%s' has %d slots: say which", about->name, n);
    }
    return status;
}

static pl_status find_duty(void *user, pl_step *s)
{
    duty_wanted *w = user;
    pl_rota_class about;
    pl_rota rota;
    pl_status status = cli_find_class(s, w->class, w->id, &about, &rota);
    if (status == PL_OK && w->period < 0) {
        w->period = rota.filled - w->back > 0 ? rota.filled - w->back : 0;
    }
    return status == PL_OK && w->slot < 0 ? find_slot(s, w, &about) : status;
}

static pl_status find_me(cli_act *a, duty_wanted *w)
{
    return cli_act_find(a, &PL_MEMBERS, "member", "me", w->me);
}

static void put_duty(pl_body *body, const duty_wanted *w)
{
    pl_body_bytes(body, "class", w->id, PL_HASH);
    pl_body_int(body, "period", w->period);
    pl_body_int(body, "slot", w->slot);
}

static pl_status given_slot(cli_act *a, const char *option, int64_t *slot)
{
    *slot = -1;
    return cli_text(a->args, option) == NULL ? PL_OK : number(a, option, 0, 998, 0, slot);
}

static pl_status body_refused(cli_act *a, pl_body *body)
{
    duty_wanted w = {.class = a->args->argument[1], .period = -1, .mine = true};
    pl_status status = given_slot(a, "slot", &w.slot);
    status = status == PL_OK ? find_me(a, &w) : status;
    status = status == PL_OK ? pl_record_look(a->record, cli_now(), find_duty, &w, a->err) : status;
    put_duty(body, &w);
    return status;
}

int cli_rota_refuse(const cli_args *args)
{
    return cli_do(args, &PL_KIND_ROTA_REFUSED, body_refused);
}

static pl_status body_served(cli_act *a, pl_body *body)
{
    duty_wanted w = {.class = a->args->argument[1], .period = -1, .back = 1};
    pl_status status = given_slot(a, "slot", &w.slot);
    if (status == PL_OK && cli_text(a->args, "period") != NULL) {
        status = number(a, "period", 0, PL_BODY_NUMBER_MAX, 0, &w.period);
    }
    status = status == PL_OK ? pl_record_look(a->record, cli_now(), find_duty, &w, a->err) : status;
    put_duty(body, &w);
    return status;
}

int cli_rota_served(const cli_args *args)
{
    return cli_do(args, &PL_KIND_ROTA_SERVED, body_served);
}

/* What is offered: my turn in one class for theirs in another. */
static pl_status body_offered(cli_act *a, pl_body *body)
{
    duty_wanted mine = {.class = a->args->argument[1], .period = -1, .mine = true}, theirs = {.class = cli_text(a->args, "for"), .period = -1};
    pl_status status = given_slot(a, "slot", &mine.slot);
    status = status == PL_OK ? given_slot(a, "for-slot", &theirs.slot) : status;
    status = status == PL_OK ? find_me(a, &mine) : status;
    status = status == PL_OK ? pl_record_look(a->record, cli_now(), find_duty, &mine, a->err) : status;
    status = status == PL_OK ? pl_record_look(a->record, cli_now(), find_duty, &theirs, a->err) : status;
    put_duty(body, &mine);
    pl_body_bytes(body, "other_class", theirs.id, PL_HASH);
    pl_body_int(body, "other_slot", theirs.slot);
    return status;
}

static pl_status body_swapped(cli_act *a, pl_body *body)
{
    uint8_t id[PL_HASH];
    pl_status status = cli_act_find(a, &PL_ROTA_OFFERS, "offer", cli_text(a->args, "accept"), id);
    pl_body_bytes(body, "offer", id, PL_HASH);
    return status;
}

int cli_rota_swap(const cli_args *args)
{
    bool offers = args->n_arguments == 2 && cli_text(args, "for") != NULL, accepts = args->n_arguments == 1 && cli_text(args, "accept") != NULL;
    if (offers == accepts) {
        return cli_usage(args, "plenty rota swap COMMONS CLASS --for CLASS, then the other: plenty rota swap COMMONS --accept OFFER", "say what is swapped, or which offer is accepted");
    }
    return offers ? cli_do(args, &PL_KIND_ROTA_OFFERED, body_offered) : cli_do(args, &PL_KIND_ROTA_SWAPPED, body_swapped);
}
