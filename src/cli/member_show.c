/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * member_show.c - `plenty member list`, `show` and `erase`: who belongs to a commons, who is proposed, and what is kept about a person. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/act.h"
#include "cli/member.h"
#include "council/members.h"

static const char *const STATES[] = {"open to objections", "waiting for vouchers", "admitted", "objected to: a grant decides"};

/* ---- plenty member list ---------------------------------------------------------------------------- */

typedef struct entry { /* a member, a proposal or a move */
    uint8_t id[PL_HASH];
    enum { MEMBER, PROPOSAL, MOVE } what;
    pl_member member;
    pl_proposal proposal;
    pl_move move;
    char constituency[101]; /* of a move */
} entry;

typedef struct list {
    entry *entries;
    size_t n, cap;
    bool gone; /* those who have left, and what is settled, too */
} list;

static pl_status add(pl_step *s, list *l, const entry *e)
{
    if (!pl_grow(&l->entries, &l->cap, l->n + 1, sizeof *l->entries, SIZE_MAX / sizeof *l->entries)) {
        return pl_fail_nomem(s->err, "listing members");
    }
    l->entries[l->n++] = *e;
    return PL_OK;
}

static pl_status collect_members(pl_step *s, list *l)
{
    pl_row_key all = pl_key_none();
    pl_cursor at = pl_rows(&PL_MEMBERS, &all);
    entry e = {.what = MEMBER};
    bool there;
    pl_status status = PL_OK;
    while (status == PL_OK && (status = pl_next(s, &PL_MEMBERS, &at, &e.member, &there)) == PL_OK && there) {
        memcpy(e.id, at.key, PL_HASH);
        status = e.member.left < 0 || l->gone ? add(s, l, &e) : PL_OK;
    }
    return status;
}

static pl_status collect_proposals(pl_step *s, list *l)
{
    pl_row_key all = pl_key_none();
    pl_cursor at = pl_rows(&PL_PROPOSALS, &all);
    entry e = {.what = PROPOSAL};
    bool there;
    pl_status status = PL_OK;
    while (status == PL_OK && (status = pl_next(s, &PL_PROPOSALS, &at, &e.proposal, &there)) == PL_OK && there) {
        memcpy(e.id, at.key, PL_HASH);
        status = e.proposal.state != PL_PROPOSAL_ADMITTED || l->gone ? add(s, l, &e) : PL_OK;
    }
    return status;
}

static pl_status collect_moves(pl_step *s, list *l)
{
    pl_row_key all = pl_key_none();
    pl_cursor at = pl_rows(&PL_MOVES, &all);
    entry e = {.what = MOVE};
    pl_assembly a;
    bool there;
    pl_status status = PL_OK;
    while (status == PL_OK && (status = pl_next(s, &PL_MOVES, &at, &e.move, &there)) == PL_OK && there) {
        memcpy(e.id, at.key, PL_HASH);
        status = pl_assembly_get(s, e.move.constituency, &a, &there);
        memcpy(e.constituency, a.name, sizeof e.constituency);
        status = status == PL_OK && (e.move.state == PL_PROPOSAL_OPEN || l->gone) ? add(s, l, &e) : status;
    }
    return status;
}

static pl_status collect(void *user, pl_step *s)
{
    pl_status status = collect_members(s, user);
    status = status == PL_OK ? collect_proposals(s, user) : status;
    return status == PL_OK ? collect_moves(s, user) : status;
}

static void print_entry(const entry *e)
{
    char hex[13], other[13], time[32], left[32];
    if (e->what == MEMBER) {
        printf("member    %s  since %s%s%s%s\n", cli_short_id(e->id, hex), cli_time((uint64_t)e->member.since, time), e->member.founder ? ", founder" : "",
               e->member.left < 0 ? "" : ", left ", e->member.left < 0 ? "" : cli_time((uint64_t)e->member.left, left));
    } else if (e->what == PROPOSAL) {
        printf("proposal  %s  by %s: %lld vouch, %lld object; %s, objections until %s\n", cli_short_id(e->id, hex), cli_short_id(e->proposal.author, other),
               (long long)e->proposal.vouchers, (long long)e->proposal.objections, STATES[e->proposal.state], cli_time((uint64_t)e->proposal.until, time));
    } else {
        printf("move      %s  %s to %s: %lld object; %s, objections until %s\n", cli_short_id(e->id, hex), cli_short_id(e->move.member, other), e->constituency,
               (long long)e->move.objections, e->move.state == PL_PROPOSAL_OBJECTED ? "refused" : STATES[e->move.state],
               cli_time((uint64_t)e->move.until, time));
    }
}

static void json_entry(pl_json *j, const entry *e)
{
    uint8_t key_id[PL_HASH];
    pl_json_object(j);
    cli_json_id(j, "id", e->id);
    if (e->what == MEMBER) {
        cli_json_time(j, "since", e->member.since);
        cli_json_time(j, "left", e->member.left);
        pl_json_put_bool(j, "founder", e->member.founder != 0);
        cli_json_id(j, "commitment", e->member.commitment);
    } else if (e->what == PROPOSAL) {
        pl_key_id_of(e->proposal.key, key_id);
        cli_json_id(j, "member", key_id);
        cli_json_id(j, "author", e->proposal.author);
        cli_json_id(j, "commitment", e->proposal.commitment);
        pl_json_put_text(j, "state", STATES[e->proposal.state]);
        pl_json_put_int(j, "vouchers", e->proposal.vouchers);
        pl_json_put_int(j, "objections", e->proposal.objections);
        cli_json_time(j, "until", e->proposal.until);
    } else {
        cli_json_id(j, "member", e->move.member);
        cli_json_id(j, "constituency", e->move.constituency);
        pl_json_put_text(j, "state", STATES[e->move.state]);
        pl_json_put_int(j, "objections", e->move.objections);
        cli_json_time(j, "until", e->move.until);
    }
    pl_json_end(j);
}

static pl_status json_list(const list *l, pl_error *err)
{
    static const char *const HEADINGS[] = {"members", "proposals", "moves"};
    pl_str s;
    pl_json j;
    pl_str_init(&s, (size_t)1 << 30);
    pl_json_init(&j, &s, true);
    pl_json_object(&j);
    for (int what = MEMBER; what <= MOVE; what++) {
        pl_json_key(&j, HEADINGS[what]);
        pl_json_array(&j);
        for (size_t i = 0; i < l->n; i++) {
            if ((int)l->entries[i].what == what) {
                json_entry(&j, &l->entries[i]);
            }
        }
        pl_json_end(&j);
    }
    pl_json_end(&j);
    return cli_json_print(&s, err);
}

int cli_member_list(const cli_args *args)
{
    pl_error err;
    pl_status status = PL_OK;
    list l = {.gone = cli_flag(args, "all")};
    int code = cli_look(args, collect, &l);
    if (code == 0 && cli_flag(args, "json")) {
        status = json_list(&l, &err);
    } else if (code == 0) {
        for (size_t i = 0; i < l.n; i++) {
            print_entry(&l.entries[i]);
        }
    }
    pl_free(l.entries);
    return status == PL_OK ? code : cli_fail(&err);
}

/* ---- plenty member show ---------------------------------------------------------------------------- */

#define PLACES 64 /* shown of one member */

typedef struct view {
    const char *text;
    entry who;
    char constituency[PLACES][101];
    size_t n;
    bool opened; /* drawn members have allowed to read the personal data */
} view;

/* A member, or a proposal. */
static pl_status find(pl_step *s, view *v)
{
    bool there;
    pl_status status = cli_find_id(s, &PL_MEMBERS, "member", v->text, v->who.id);
    if (status == PL_NOTFOUND && cli_find_id(s, &PL_PROPOSALS, "member or proposal", v->text, v->who.id) == PL_OK) {
        v->who.what = PROPOSAL;
        return pl_get(s, &PL_PROPOSALS, pl_key_id1(v->who.id), &v->who.proposal, &there);
    }
    return status == PL_OK ? pl_get(s, &PL_MEMBERS, pl_key_id1(v->who.id), &v->who.member, &there) : status;
}

static pl_status look(void *user, pl_step *s)
{
    view *v = user;
    pl_row_key prefix;
    pl_belonging b;
    pl_assembly a;
    bool there;
    pl_status status = find(s, v);
    if (status != PL_OK || v->who.what != MEMBER) {
        return status;
    }
    prefix = pl_key_id1(v->who.id);
    pl_cursor at = pl_rows(&PL_PLACES, &prefix);
    while (v->n < PLACES && status == PL_OK && (status = pl_next(s, &PL_PLACES, &at, &b, &there)) == PL_OK && there) {
        status = pl_assembly_get(s, at.key + PL_HASH, &a, &there);
        if (b.until < 0) {
            memcpy(v->constituency[v->n++], a.name, sizeof a.name);
        }
    }
    return status;
}

static const uint8_t *commitment_of(const view *v)
{
    return v->who.what == MEMBER ? v->who.member.commitment : v->who.proposal.commitment;
}

/* Whether those who must decide about a proposal may read who it is; of a member only after an act of its own. */
static bool is_open(const view *v)
{
    return v->opened || (v->who.what == PROPOSAL && v->who.proposal.state != PL_PROPOSAL_ADMITTED);
}

/* The personal data, or NULL in *data and what is known about it. */
static pl_status open_data(pl_record *record, const view *v, pl_owned *data, const char **known, pl_error *err)
{
    uint8_t hash[PL_HASH];
    *data = (pl_owned){NULL, 0};
    *known = "none was given";
    if (pl_id_none(commitment_of(v))) {
        return PL_OK;
    }
    pl_status status = pl_record_private(record, commitment_of(v), data, err);
    if (status == PL_NOTFOUND) {
        *known = "not kept here, or erased";
        return PL_OK;
    }
    if (status == PL_OK) {
        pl_hash(data->bytes, data->n, hash);
        if (data->n < CLI_SALT || !pl_id_same(hash, commitment_of(v))) {
            pl_owned_free(data);
            return pl_fail(err, PL_REFUTED, NULL, "somebody changed it beside the record", "the personal data kept here is not what was committed to");
        }
        if (!is_open(v)) {
            sodium_memzero(data->bytes, data->n);
            pl_owned_free(data);
            *known = "kept here, closed: 'plenty member open', with a grant";
        }
    }
    return status;
}

static void print_view(const view *v, const pl_owned *data, const char *known)
{
    char hex[2 * PL_HASH + 1];
    print_entry(&v->who);
    pl_hex_write(v->who.id, PL_HASH, hex);
    printf("  id              %s\n", hex);
    if (v->who.what == MEMBER) {
        printf("  constituencies ");
        for (size_t i = 0; i < v->n; i++) {
            printf("%s %s", i == 0 ? "" : ",", v->constituency[i]);
        }
        printf("%s\n", v->n == 0 ? " none" : "");
    }
    if (data->bytes == NULL) {
        printf("  personal data   %s\n", known);
    } else {
        pl_owned text = {data->bytes + CLI_SALT, data->n - CLI_SALT};
        printf("  personal data, as committed to:\n");
        cli_print_text(&text, 4);
    }
}

static pl_status json_view(const view *v, const pl_owned *data, pl_error *err)
{
    pl_str s;
    pl_json j;
    pl_str_init(&s, 1 << 20);
    pl_json_init(&j, &s, true);
    pl_json_object(&j);
    pl_json_key(&j, v->who.what == MEMBER ? "member" : "proposal");
    json_entry(&j, &v->who);
    pl_json_key(&j, "constituencies");
    pl_json_array(&j);
    for (size_t i = 0; i < v->n; i++) {
        pl_json_text(&j, v->constituency[i]);
    }
    pl_json_end(&j);
    pl_json_key(&j, "personal_data");
    if (data->bytes != NULL) {
        pl_json_text_n(&j, data->bytes + CLI_SALT, data->n - CLI_SALT);
    } else {
        pl_json_null(&j);
    }
    pl_json_end(&j);
    return cli_json_print(&s, err);
}

static int show(const cli_args *args, bool opened)
{
    pl_error err;
    pl_record *record = NULL;
    view v = {.text = args->argument[1], .opened = opened};
    pl_owned data = {NULL, 0};
    const char *known = NULL;
    pl_status status = pl_record_open(args->argument[0], pl_council_rules(), PL_RECORD_READ, &record, &err);
    status = status == PL_OK ? pl_record_look(record, cli_now(), look, &v, &err) : status;
    status = status == PL_OK ? open_data(record, &v, &data, &known, &err) : status;
    if (status == PL_OK && cli_flag(args, "json")) {
        status = json_view(&v, &data, &err);
    } else if (status == PL_OK) {
        print_view(&v, &data, known);
    }
    if (data.bytes != NULL) {
        sodium_memzero(data.bytes, data.n);
        pl_owned_free(&data);
    }
    pl_record_close(record);
    return status == PL_OK ? 0 : cli_fail(&err);
}

int cli_member_show(const cli_args *args)
{
    return show(args, false);
}

/* ---- plenty member open ---------------------------------------------------------------------------- */

static pl_status body_open(cli_act *a, pl_body *body)
{
    uint8_t id[PL_HASH];
    pl_status status = cli_act_find(a, &PL_MEMBERS, "member", a->args->argument[1], id);
    pl_body_bytes(body, "member", id, PL_HASH);
    status = status == PL_OK ? cli_put_text(a, body, "reason", "reason", "why, for the drawn members and for everybody") : status;
    return status == PL_OK ? cli_put_grant(a, body) : status;
}

/* The record says who opens it and why, before it is shown. */
int cli_member_open(const cli_args *args)
{
    int code = cli_do(args, &PL_KIND_ARCHIVE_OPENED, body_open);
    return code != 0 || cli_text(args, "output") != NULL ? code : show(args, true);
}

/* ---- plenty member erase --------------------------------------------------------------------------- */

/* All that was ever committed to about one person: by each proposal of the same key. */
typedef struct traces {
    view v;
    uint8_t (*commitments)[PL_HASH];
    size_t n, cap;
} traces;

static pl_status look_traces(void *user, pl_step *s)
{
    traces *t = user;
    pl_row_key all = pl_key_none();
    pl_cursor at = pl_rows(&PL_PROPOSALS, &all);
    pl_proposal p;
    uint8_t person[PL_HASH], other[PL_HASH];
    bool there;
    pl_status status = look(&t->v, s);
    memcpy(person, t->v.who.id, PL_HASH);
    if (t->v.who.what == PROPOSAL) {
        pl_key_id_of(t->v.who.proposal.key, person);
    }
    while (status == PL_OK && (status = pl_next(s, &PL_PROPOSALS, &at, &p, &there)) == PL_OK && there) {
        pl_key_id_of(p.key, other);
        if (!pl_id_same(other, person) || pl_id_none(p.commitment)) {
            continue;
        }
        if (!pl_grow(&t->commitments, &t->cap, t->n + 1, PL_HASH, SIZE_MAX / PL_HASH)) {
            return pl_fail_nomem(s->err, "erasing personal data");
        }
        memcpy(t->commitments[t->n++], p.commitment, PL_HASH);
    }
    return status;
}

/* Erases each; how many there were. */
static pl_status erase(pl_record *record, const traces *t, size_t *erased, pl_error *err)
{
    *erased = 0;
    for (size_t i = 0; i < t->n; i++) {
        pl_status status = pl_record_erase_private(record, t->commitments[i], err);
        if (status != PL_OK && status != PL_NOTFOUND) {
            return status;
        }
        *erased += status == PL_OK;
    }
    return *erased > 0 ? PL_OK : pl_fail(err, PL_NOTFOUND, t->v.text, "'plenty member show' says what is known", "there is no personal data to erase");
}

int cli_member_erase(const cli_args *args)
{
    pl_error err;
    pl_record *record = NULL;
    traces t = {.v = {.text = args->argument[1]}};
    size_t erased = 0;
    char hex[13];
    pl_status status = pl_record_open(args->argument[0], pl_council_rules(), PL_RECORD_WRITE, &record, &err);
    status = status == PL_OK ? pl_record_look(record, cli_now(), look_traces, &t, &err) : status;
    status = status == PL_OK ? erase(record, &t, &erased, &err) : status;
    pl_record_close(record);
    pl_free(t.commitments);
    if (status != PL_OK) {
        return cli_fail(&err);
    }
    printf("erased: the salt and the personal data of %s; the commitment in the record says nothing without them\n", cli_short_id(t.v.who.id, hex));
    printf("Copies of the record's file or database that were made before still hold them: erase them there too.\n");
    return 0;
}
