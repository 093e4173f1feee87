/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * lights.c - each light is one walk over the rows that it is about. */
#include "council/lights.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "council/alarms.h"
#include "council/grants.h"
#include "council/motions.h"
#include "council/pay.h"
#include "council/recall.h"
#include "council/rota.h"
#include "council/sharing.h"

#define YEAR (365 * PL_DAY)
#define ACTS_LEAST 5 /* so many privileged acts in a year, before one person's share says something */

static const pl_light_about ABOUT[PL_LIGHTS] = {
    [PL_LIGHT_PAY] = {"pay", "the highest pay of an official, of the most allowed", "percent", "the official, before those who elected them", PL_LIGHTS_PAY, false},
    [PL_LIGHT_OFFICE] = {"office", "the longest time in office without a break", "days", "the council in which that member sits", PL_LIGHTS_OFFICE, false},
    [PL_LIGHT_TERMS] = {"terms", "the most terms in a row in one council", "terms", "the council in which that member sits", PL_LIGHTS_TERMS, false},
    [PL_LIGHT_CONTESTED] = {"contested", "seats for which more stood than could be elected, in a year", "percent", "the councils: why does nobody else stand?", PL_LIGHTS_CONTESTED, true},
    [PL_LIGHT_RECALL] = {"recall", "the longest time from asking for a recall to its ballot, in a year", "days", "everyone: is the window too long?", PL_LIGHTS_RECALL, false},
    [PL_LIGHT_GINI] = {"turns", "how unevenly turns have fallen in a rota (Gini)", "percent", "the assembly whose rota it is", PL_LIGHTS_GINI, false},
    [PL_LIGHT_WAIT] = {"wait", "the longest wait for a turn, in rounds of everybody", "rounds", "the assembly whose rota it is", PL_LIGHTS_WAIT, false},
    [PL_LIGHT_ACTS] = {"acts", "privileged acts that one person carried out, of all in a year", "percent", "that person, and those who approved", PL_LIGHTS_ACTS, false},
    [PL_LIGHT_OVERDUE] = {"overdue", "reports on decisions, and hand-overs, that are overdue", "of them", "those who carry the decisions out, those who held the mandates", PL_LIGHTS_OVERDUE, false},
    [PL_LIGHT_UNANSWERED] = {"unanswered", "questions to delegates that were not answered in time", "questions", "the delegates who were asked", PL_LIGHTS_UNANSWERED, false},
    [PL_LIGHT_SHELF] = {"shelf", "open minutes in which goods are on the shelf", "percent", "the assembly that reports it: what is not made, and why?", PL_LIGHTS_SHELF, true},
    [PL_LIGHT_FILL] = {"orders", "orders that are met", "percent", "the assembly that reports it: what is not made, and why?", PL_LIGHTS_FILL, true},
    [PL_LIGHT_LISTS] = {"lists", "the median wait on waiting lists", "days", "the assembly that reports it: what is not made, and why?", PL_LIGHTS_LISTS, false},
    [PL_LIGHT_ALARMS] = {"alarms", "alarms of plan lines that their workplace left unanswered, or could not mend", "alarms", "the assemblies where they stand", PL_LIGHTS_ALARMS, false},
};

const pl_light_about *pl_light_what(pl_light_name name)
{
    return &ABOUT[name];
}

/* The larger figure stands; of equal ones the older. */
static void raise_to(pl_light *l, int64_t figure, const uint8_t subject[PL_HASH], int64_t since)
{
    if (!l->judged || figure > l->figure || (figure == l->figure && since < l->since)) {
        l->judged = true;
        l->figure = figure;
        l->since = since;
        memcpy(l->subject, subject, PL_HASH);
    }
}

/* ---- Pay ------------------------------------------------------------------------------------------ */

static pl_status light_pay(pl_step *s, pl_light *l)
{
    pl_row_key all = pl_key_none();
    pl_cursor at = pl_rows(&PL_PAY_TOTALS, &all);
    pl_pay_total total;
    int64_t from = pl_quarter_of(s->time - YEAR > 0 ? s->time - YEAR : 0);
    bool there;
    pl_status status = PL_OK;
    while (status == PL_OK && (status = pl_next(s, &PL_PAY_TOTALS, &at, &total, &there)) == PL_OK && there) {
        int64_t quarter = pl_key_number(at.key + PL_HASH);
        pl_pay_cap cap;
        if (quarter < from) {
            continue;
        }
        status = pl_pay_cap_of(s, at.key, quarter, &cap);
        if (status == PL_OK && cap.cap > 0) {
            raise_to(l, total.amount * 100 / cap.cap, at.key, pl_quarter_begin(quarter));
        }
    }
    return status;
}

/* ---- Time in office ------------------------------------------------------------------------------- */

static int by_beginning(const void *a, const void *b)
{
    const pl_mandate *x = a, *y = b;
    return (x->from > y->from) - (x->from < y->from);
}

/* One member's mandates, by beginning: how long without a break, how many in a row in the council of the last ones. */
static pl_status weigh_member(pl_step *s, const uint8_t member[PL_HASH], const pl_mandate *m, size_t n, pl_light *office, pl_light *terms)
{
    int64_t begin = -1, end = -1, now = s->time;
    pl_status status = PL_OK;
    for (size_t i = 0; status == PL_OK && i < n; i++) {
        int64_t to = m[i].ended >= 0 ? m[i].ended : now;
        begin = end < 0 || m[i].from > end + PL_DAY ? m[i].from : begin;
        end = to > end ? to : end;
        int64_t row = 0;
        status = m[i].ended < 0 ? pl_terms_in_row(s, m[i].council, member, false, &row) : PL_OK;
        if (status == PL_OK && row > 0) {
            raise_to(terms, row, member, m[i].from);
        }
    }
    if (end == now && begin >= 0) {
        raise_to(office, (now - begin) / PL_DAY, member, begin);
    }
    return status;
}

static pl_status light_office(pl_step *s, pl_light *office, pl_light *terms)
{
    pl_row_key all = pl_key_none();
    pl_cursor at = pl_rows(&PL_HELD, &all);
    pl_link link;
    pl_mandate *m = NULL;
    uint8_t member[PL_HASH] = {0};
    size_t n = 0, cap = 0;
    bool more = true, there;
    pl_status status = PL_OK;
    while (status == PL_OK && more) {
        status = pl_next(s, &PL_HELD, &at, &link, &more);
        if (status == PL_OK && n > 0 && (!more || !pl_id_same(member, at.key))) {
            qsort(m, n, sizeof *m, by_beginning);
            status = weigh_member(s, member, m, n, office, terms);
            n = 0;
        }
        if (status != PL_OK || !more) {
            break;
        }
        if (!pl_grow(&m, &cap, n + 1, sizeof *m, (size_t)1 << 20)) {
            status = pl_fail_nomem(s->err, "adding up mandates");
            break;
        }
        memcpy(member, at.key, PL_HASH);
        status = pl_get(s, &PL_MANDATES, pl_key_id1(at.key + PL_HASH), &m[n++], &there);
    }
    pl_free(m);
    return status;
}

/* ---- Elections and recalls ------------------------------------------------------------------------ */

static pl_status light_contested(pl_step *s, pl_light *l)
{
    pl_row_key all = pl_key_none();
    pl_cursor at = pl_rows(&PL_ELECTIONS, &all);
    pl_election e;
    int64_t contested = 0;
    bool there;
    pl_status status;
    while ((status = pl_next(s, &PL_ELECTIONS, &at, &e, &there)) == PL_OK && there) {
        if (e.state != PL_ELECTION_DECIDED || e.decided < s->time - YEAR) {
            continue;
        }
        bool open = e.candidates > e.seats;
        l->of += e.seats;
        contested += open ? e.seats : 0;
        if (!open && e.decided > l->since) { /* the last one that was not */
            l->since = e.decided;
            memcpy(l->subject, at.key, PL_HASH);
        }
    }
    l->judged = l->of > 0;
    l->figure = l->of > 0 ? 100 * contested / l->of : 0;
    return status;
}

static pl_status light_recall(pl_step *s, pl_light *l)
{
    pl_row_key all = pl_key_none();
    pl_cursor at = pl_rows(&PL_RECALLS, &all);
    pl_recall r;
    bool there;
    pl_status status = PL_OK;
    while (status == PL_OK && (status = pl_next(s, &PL_RECALLS, &at, &r, &there)) == PL_OK && there) {
        pl_ballot b;
        if (r.asked < s->time - YEAR) {
            continue;
        }
        l->of++;
        if (!pl_id_none(r.ballot)) {
            status = pl_get(s, &PL_BALLOTS, pl_key_id1(r.ballot), &b, &there);
            raise_to(l, (b.opens - r.asked) / PL_DAY, at.key, b.opens);
        }
    }
    return status;
}

/* ---- Turns ---------------------------------------------------------------------------------------- */

static pl_status count_slots(pl_step *s, const uint8_t rota[PL_HASH], int64_t *slots)
{
    pl_row_key prefix = pl_key_id1(rota);
    pl_cursor at = pl_rows(&PL_ROTA_HAS, &prefix);
    pl_link link;
    pl_rota_class c;
    bool there;
    pl_status status = PL_OK;
    *slots = 0;
    while (status == PL_OK && (status = pl_next(s, &PL_ROTA_HAS, &at, &link, &there)) == PL_OK && there) {
        status = pl_get(s, &PL_ROTA_CLASSES_OF, pl_key_id1(at.key + PL_HASH), &c, &there);
        *slots += c.slots;
    }
    return status;
}

/* As long as there were fewer turns than people, an even rota looks uneven too: it is not judged. */
static pl_status light_turns(pl_step *s, pl_light *gini, pl_light *wait)
{
    pl_row_key all = pl_key_none();
    pl_cursor at = pl_rows(&PL_ROTAS, &all);
    pl_rota rota;
    bool there;
    pl_status status = PL_OK;
    while (status == PL_OK && (status = pl_next(s, &PL_ROTAS, &at, &rota, &there)) == PL_OK && there) {
        pl_rota_spread p;
        int64_t slots, since = rota.filled >= 0 ? pl_rota_begin(&rota, rota.filled) : -1;
        status = pl_rota_spread_of(s, at.key, &rota, &p);
        status = status == PL_OK ? count_slots(s, at.key, &slots) : status;
        if (status == PL_OK && p.people > 0 && p.turns >= p.people) {
            raise_to(gini, p.gini / 10, at.key, since);
        }
        if (status == PL_OK && p.people > 0 && slots > 0) {
            raise_to(wait, p.longest_wait * slots / p.people, at.key, since);
        }
    }
    return status;
}

/* ---- Privileged acts ------------------------------------------------------------------------------ */

typedef struct act {
    uint8_t author[PL_HASH];
    int64_t since;
} act;

static int by_author(const void *a, const void *b)
{
    return memcmp(((const act *)a)->author, ((const act *)b)->author, PL_HASH);
}

static pl_status light_acts(pl_step *s, pl_light *l)
{
    pl_row_key all = pl_key_none();
    pl_cursor at = pl_rows(&PL_GRANTS, &all);
    pl_grant g;
    act *acts = NULL;
    size_t n = 0, cap = 0;
    bool there;
    pl_status status;
    while ((status = pl_next(s, &PL_GRANTS, &at, &g, &there)) == PL_OK && there) {
        if (g.state != PL_GRANT_USED || g.since < s->time - YEAR) {
            continue;
        }
        if (!pl_grow(&acts, &cap, n + 1, sizeof *acts, (size_t)1 << 24)) {
            status = pl_fail_nomem(s->err, "counting privileged acts");
            break;
        }
        memcpy(acts[n].author, g.author, PL_HASH);
        acts[n++].since = g.since;
    }
    if (status == PL_OK && n >= ACTS_LEAST) {
        qsort(acts, n, sizeof *acts, by_author);
        for (size_t i = 0, of_one = 0; i < n; i++) {
            of_one = i > 0 && by_author(&acts[i - 1], &acts[i]) == 0 ? of_one + 1 : 1;
            raise_to(l, (int64_t)(100 * of_one / n), acts[i].author, acts[i].since);
        }
    }
    l->of = (int64_t)n;
    pl_free(acts);
    return status;
}

/* ---- Reports and answers -------------------------------------------------------------------------- */

static void count_late(pl_light *l, const uint8_t subject[PL_HASH], int64_t due)
{
    if (l->figure++ == 0 || due < l->since) { /* since the oldest */
        l->since = due;
        memcpy(l->subject, subject, PL_HASH);
    }
}

static pl_status light_overdue(pl_step *s, pl_light *l)
{
    pl_row_key all = pl_key_none();
    pl_cursor at = pl_rows(&PL_MOTIONS, &all);
    pl_motion m;
    bool there;
    pl_status status;
    l->judged = true;
    while ((status = pl_next(s, &PL_MOTIONS, &at, &m, &there)) == PL_OK && there) {
        l->of += m.due >= 0;
        if (m.due >= 0 && m.due < s->time && m.reported < 0) {
            count_late(l, at.key, m.due);
        }
    }
    pl_cursor next = pl_rows(&PL_HANDOVERS, &all);
    pl_handover h;
    while (status == PL_OK && (status = pl_next(s, &PL_HANDOVERS, &next, &h, &there)) == PL_OK && there) {
        l->of++;
        if (h.due < s->time && h.confirmed < 0) {
            count_late(l, h.holder, h.due);
        }
    }
    return status;
}

static pl_status light_unanswered(pl_step *s, pl_light *l)
{
    pl_row_key all = pl_key_none();
    pl_cursor at = pl_rows(&PL_QUESTIONS, &all);
    pl_question q;
    bool there;
    pl_status status;
    l->judged = true;
    while ((status = pl_next(s, &PL_QUESTIONS, &at, &q, &there)) == PL_OK && there) {
        l->of++;
        if (q.due < s->time && q.answered < 0) {
            count_late(l, at.key, q.due);
        }
    }
    return status;
}

/* ---- Queues --------------------------------------------------------------------------------------- */

/* The worst of the last reports of a year; thousandths become percent. */
static pl_status light_queues(pl_step *s, pl_light *shelf, pl_light *fill, pl_light *lists)
{
    pl_row_key all = pl_key_none();
    pl_cursor at = pl_rows(&PL_QUEUE_REPORTS, &all);
    pl_queue_report q;
    bool there;
    pl_status status;
    while ((status = pl_next(s, &PL_QUEUE_REPORTS, &at, &q, &there)) == PL_OK && there) {
        if (q.since < s->time - YEAR) {
            continue;
        }
        if (q.shelf >= 0) {
            raise_to(shelf, -q.shelf / 10, at.key, q.since); /* the least is the worst */
        }
        if (q.fill >= 0) {
            raise_to(fill, -q.fill / 10, at.key, q.since);
        }
        if (q.days >= 0) {
            raise_to(lists, q.days, at.key, q.since);
        }
    }
    shelf->figure = -shelf->figure;
    fill->figure = -fill->figure;
    return status;
}

static pl_status light_alarms(pl_step *s, pl_light *l)
{
    pl_row_key all = pl_key_none();
    pl_cursor at = pl_rows(&PL_LINE_ALARMS, &all);
    pl_line_alarm a;
    bool there;
    pl_status status;
    while ((status = pl_next(s, &PL_LINE_ALARMS, &at, &a, &there)) == PL_OK && there) {
        l->of++;
        if (a.level > 0 && a.state != PL_ALARM_OVER) {
            count_late(l, at.key, a.since);
        }
    }
    l->judged = l->of > 0;
    return status;
}

pl_status pl_lights(pl_step *s, pl_light out[PL_LIGHTS])
{
    for (int i = 0; i < PL_LIGHTS; i++) {
        out[i] = (pl_light){.since = -1};
    }
    pl_status status = light_pay(s, &out[PL_LIGHT_PAY]);
    status = status == PL_OK ? light_office(s, &out[PL_LIGHT_OFFICE], &out[PL_LIGHT_TERMS]) : status;
    status = status == PL_OK ? light_contested(s, &out[PL_LIGHT_CONTESTED]) : status;
    status = status == PL_OK ? light_recall(s, &out[PL_LIGHT_RECALL]) : status;
    status = status == PL_OK ? light_turns(s, &out[PL_LIGHT_GINI], &out[PL_LIGHT_WAIT]) : status;
    status = status == PL_OK ? light_acts(s, &out[PL_LIGHT_ACTS]) : status;
    status = status == PL_OK ? light_overdue(s, &out[PL_LIGHT_OVERDUE]) : status;
    status = status == PL_OK ? light_unanswered(s, &out[PL_LIGHT_UNANSWERED]) : status;
    status = status == PL_OK ? light_queues(s, &out[PL_LIGHT_SHELF], &out[PL_LIGHT_FILL], &out[PL_LIGHT_LISTS]) : status;
    status = status == PL_OK ? light_alarms(s, &out[PL_LIGHT_ALARMS]) : status;
    for (int i = 0; status == PL_OK && i < PL_LIGHTS; i++) {
        pl_light *l = &out[i];
        status = pl_param(s, ABOUT[i].limit, &l->limit);
        l->red = l->judged && (ABOUT[i].least ? l->figure < l->limit : l->figure > l->limit);
    }
    return status;
}

void pl_json_light(pl_json *j, const pl_light *l, const pl_light_about *about)
{
    char hex[2 * PL_HASH + 1];
    pl_hex_write(l->subject, PL_HASH, hex);
    pl_json_put_text(j, "name", about->name);
    pl_json_put_text(j, "says", about->says);
    pl_json_put_text(j, "state", l->red ? "red" : l->judged ? "green" : "nothing to judge");
    pl_json_put_int(j, "figure", l->figure);
    pl_json_put_text(j, "unit", about->unit);
    pl_json_put_int(j, "limit", l->limit);
    pl_json_put_text(j, "limit_is", about->least ? "least" : "most");
    pl_json_put_text(j, "limit_parameter", pl_param_what(about->limit)->key);
    pl_json_put_int(j, "of", l->of);
    pl_json_key(j, "since");
    l->since >= 0 ? pl_json_int(j, l->since) : pl_json_null(j);
    pl_json_put_text(j, "subject", pl_id_none(l->subject) ? NULL : hex);
    pl_json_put_text(j, "who_must_answer", about->answers);
}
