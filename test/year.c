/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "test/year.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "council/rota.h"
#include "test/year_int.h"

#define BEGIN 1798761600u /* 2027-01-01 */
#define SEATS 5
#define NAMES_MAX ((size_t)1 << 20)

const year_plan YEAR_SMALL = {.seed = 1, .members = 200, .constituencies = 6, .districts = 2, .days = 100, .motion_days = 20, .leave_days = 12, .economy = "examples/bakery"};
const year_plan YEAR_WHOLE = {.seed = 1, .members = 5000, .constituencies = 40, .districts = 5, .days = 365, .motion_days = 9, .leave_days = 4, .economy = "examples/bakery"};

void year_good(year *y, pl_status status)
{
    if (status != PL_OK) {
        y->stop(pl_status_text(status));
    }
}

size_t year_below(year *y, size_t n)
{
    return (size_t)pl_rng_below(&y->rng, n);
}

size_t year_anybody(year *y)
{
    size_t who = year_below(y, y->ready);
    while (y->gone[who]) {
        who = (who + 1) % y->ready;
    }
    return who;
}

bool year_chance(year *y, unsigned percent)
{
    return pl_rng_below(&y->rng, 100) < percent;
}

size_t year_who(const year *y, const uint8_t id[PL_HASH])
{
    int32_t who = pl_map_get(&y->people, (const char *)id, PL_HASH);
    return who < 0 ? SIZE_MAX : (size_t)who;
}

bool year_first(year *y, const uint8_t id[PL_HASH], int64_t n)
{
    int32_t old;
    if (y->n_names == NAMES_MAX) {
        y->stop("too much happens in this year");
    }
    year_id *name = &y->names[y->n_names];
    pl_row_key key = pl_key_then(pl_key_id1(id), n);
    pl_hash(key.at, key.n, name->at);
    year_good(y, pl_map_put(&y->seen, (const char *)name->at, PL_HASH, 0, &old));
    y->n_names += old < 0;
    return old < 0;
}

/* ---- Events --------------------------------------------------------------------------------------- */

void year_text(pl_body *b, const char *field, const char *text)
{
    pl_body_text(b, field, text, strlen(text));
}

static void count_kind(year *y, const char *kind)
{
    size_t k = 0;
    while (k < y->out->n_kinds && strcmp(y->out->kinds[k].kind, kind) != 0) {
        k++;
    }
    if (k == y->out->n_kinds && k < YEAR_KINDS) {
        y->out->kinds[y->out->n_kinds++].kind = kind;
    }
    y->out->kinds[k].n++;
}

year_id year_sign_body(year *y, const pl_event_kind *kind, pl_bytes body, size_t who)
{
    year_id id;
    double from = pl_clock_s();
    if (!pl_grow(&y->event, &y->cap_batch[0], y->n_batch + 1, sizeof *y->event, NAMES_MAX) ||
        !pl_grow(&y->bytes, &y->cap_batch[1], y->n_batch + 1, sizeof *y->bytes, NAMES_MAX) ||
        !pl_grow(&y->author, &y->cap_batch[2], y->n_batch + 1, sizeof *y->author, NAMES_MAX)) {
        y->stop("no memory");
    }
    pl_draft draft = {.counter = ++y->counter[who], .time = y->now, .kind = kind->name, .body = body};
    memcpy(draft.commons_id, y->everyone.at, PL_HASH);
    size_t i = y->n_batch++;
    year_good(y, pl_event_sign(&draft, y->key[who], &y->event[i], NULL));
    y->bytes[i] = (pl_bytes){(const uint8_t *)y->event[i].bytes, y->event[i].n};
    y->author[i] = who;
    pl_leaf_hash(y->bytes[i].at, y->bytes[i].n, id.at);
    count_kind(y, kind->name);
    y->out->signing_s += pl_clock_s() - from;
    return id;
}

year_id year_sign(year *y, pl_body *b, size_t who)
{
    pl_owned body;
    const pl_event_kind *kind = b->kind;
    year_good(y, pl_body_end(b, &body, NULL));
    year_id id = year_sign_body(y, kind, (pl_bytes){(const uint8_t *)body.bytes, body.n}, who);
    pl_owned_free(&body);
    return id;
}

static void settle(year *y, size_t i, const pl_taken *taken)
{
    if (taken->broken == PL_RULE_NONE) {
        y->out->events++;
    } else {
        if (y->out->refused++ == 0) {
            snprintf(y->out->refusal, sizeof y->out->refusal, "day %d: %s: %s", y->day, pl_rule_id(taken->broken), taken->why);
        }
        y->counter[y->author[i]]--; /* what they signed after that is refused too, and counted back likewise */
    }
    pl_owned_free(&y->event[i]);
}

static double processor_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void year_flush(year *y)
{
    static pl_taken taken[YEAR_BATCH];
    double from = pl_clock_s(), processor = processor_s();
    for (size_t at = 0; at < y->n_batch; at += YEAR_BATCH) {
        size_t n = y->n_batch - at < YEAR_BATCH ? y->n_batch - at : YEAR_BATCH;
        year_good(y, pl_record_append(y->record, y->bytes + at, n, y->now, taken, NULL));
        for (size_t i = 0; i < n; i++) {
            settle(y, at + i, &taken[i]);
        }
    }
    y->n_batch = 0;
    y->out->appending_s += pl_clock_s() - from;
    y->out->appending_processor_s += processor_s() - processor;
}

typedef struct looking {
    year *y;
    void (*look)(year *y, pl_step *s);
} looking;

static pl_status look_now(void *user, pl_step *s)
{
    looking *l = user;
    l->look(l->y, s);
    return PL_OK;
}

void year_look(year *y, void (*look)(year *y, pl_step *s))
{
    looking l = {y, look};
    double from = pl_clock_s(), signing = y->out->signing_s;
    year_good(y, pl_record_look(y->record, y->now, look_now, &l, NULL));
    y->out->looking_s += pl_clock_s() - from - (y->out->signing_s - signing);
}

/* ---- The founding --------------------------------------------------------------------------------- */

static void seed_of(size_t i, uint8_t seed[32])
{
    memset(seed, 0, 32);
    seed[0] = (uint8_t)i;
    seed[1] = (uint8_t)(i >> 8);
    seed[2] = (uint8_t)(i >> 16);
    seed[3] = 0x59;
}

pl_key *year_key(void)
{
    uint8_t seed[32];
    pl_key *key = NULL;
    seed_of(0, seed);
    return pl_key_from_seed("year", seed, &key, NULL) == PL_OK ? key : NULL;
}

static void make_people(year *y)
{
    size_t n = y->plan->members;
    int32_t old;
    y->key = PL_NEW0(pl_key *, n);
    y->id = PL_NEW0(year_id, n);
    y->counter = PL_NEW0(uint64_t, n);
    y->home = PL_NEW0(size_t, n);
    y->gone = PL_NEW0(bool, n);
    y->names = PL_NEW(year_id, NAMES_MAX);
    y->constituency = PL_NEW0(year_id, y->plan->constituencies);
    y->council = PL_NEW0(year_id, y->plan->constituencies);
    y->district = PL_NEW0(year_id, y->plan->districts);
    if (y->key == NULL || y->id == NULL || y->counter == NULL || y->home == NULL || y->gone == NULL || y->names == NULL || y->constituency == NULL || y->council == NULL ||
        y->district == NULL) {
        y->stop("no memory");
    }
    for (size_t i = 0; i < n; i++) {
        uint8_t seed[32];
        seed_of(i, seed);
        year_good(y, pl_key_from_seed("year", seed, &y->key[i], NULL));
        memcpy(y->id[i].at, pl_key_id(y->key[i]), PL_HASH);
        y->home[i] = i % y->plan->constituencies;
        year_good(y, pl_map_put(&y->people, (const char *)y->id[i].at, PL_HASH, (int32_t)i, &old));
    }
}

static void found(year *y, const char *path)
{
    uint8_t founders[YEAR_FOUNDERS][32], salt[16] = {2};
    pl_owned body, event;
    for (size_t i = 0; i < YEAR_FOUNDERS; i++) {
        memcpy(founders[i], pl_key_public(y->key[i]), 32);
    }
    year_good(y, pl_body_created("A year", founders[0], (const uint8_t(*)[32])founders, YEAR_FOUNDERS, salt, &body, NULL));
    pl_draft draft = {.counter = 1, .time = y->now, .kind = "commons.created", .body = {(const uint8_t *)body.bytes, body.n}};
    year_good(y, pl_commons_id_of(draft.body, draft.commons_id, NULL));
    year_good(y, pl_event_sign(&draft, y->key[0], &event, NULL));
    year_good(y, pl_record_create(path, pl_council_rules(), (pl_bytes){(const uint8_t *)event.bytes, event.n}, &y->record, NULL));
    memcpy(y->everyone.at, draft.commons_id, PL_HASH);
    y->counter[0] = 1;
    y->n = y->ready = y->before = YEAR_FOUNDERS;
    y->out->events = 1;
    pl_owned_free(&body);
    pl_owned_free(&event);
}

static year_id create_council(year *y, const char *name, const year_id *electors, size_t n, int64_t seats)
{
    pl_body b;
    uint8_t ids[64][PL_HASH];
    int64_t each[64];
    for (size_t i = 0; i < n; i++) {
        memcpy(ids[i], electors[i].at, PL_HASH);
        each[i] = seats;
    }
    pl_body_begin(&b, &PL_KIND_COUNCIL_CREATED);
    year_text(&b, "name", name);
    pl_body_ids(&b, "electors", (const uint8_t(*)[PL_HASH])ids, n);
    pl_body_ints(&b, "seats", each, n);
    return year_sign(y, &b, 0);
}

/* Constituencies with a council each, districts of these councils, and one council of the districts. */
static void build_assemblies(year *y)
{
    char name[32];
    pl_body b;
    size_t n = y->plan->constituencies, d = y->plan->districts;
    for (size_t i = 0; i < n; i++) {
        snprintf(name, sizeof name, "Place %zu", i + 1);
        pl_body_begin(&b, &PL_KIND_CONSTITUENCY_CREATED);
        year_text(&b, "name", name);
        year_text(&b, "type", i % 2 == 0 ? "workplace" : "neighbourhood");
        y->constituency[i] = year_sign(y, &b, 0);
        snprintf(name, sizeof name, "Council %zu", i + 1);
        y->council[i] = create_council(y, name, &y->constituency[i], 1, SEATS);
    }
    for (size_t i = 0; i < d; i++) {
        size_t from = i * n / d, to = (i + 1) * n / d;
        snprintf(name, sizeof name, "District %zu", i + 1);
        y->district[i] = create_council(y, name, &y->council[from], to - from, 2);
    }
    y->top = create_council(y, "The whole", y->district, d, 3);
    year_flush(y);
}

static void create_class(year *y, const year_id *assembly, const char *name, int64_t weight, int64_t slots, int64_t rung)
{
    pl_body b;
    pl_body_begin(&b, &PL_KIND_ROTA_CLASS);
    pl_body_bytes(&b, "assembly", assembly->at, PL_HASH);
    year_text(&b, "name", name);
    pl_body_int(&b, "weight", weight);
    pl_body_int(&b, "slots", slots);
    pl_body_int(&b, "days", 7);
    pl_body_int(&b, "rung", rung);
    (void)year_sign(y, &b, 1);
}

static void build_rotas(year *y)
{
    bool large = y->plan->members > 1000;
    create_class(y, &y->everyone, "treasury", 5, large ? 4 : 1, 1);
    create_class(y, &y->everyone, "moderation", 3, large ? 16 : 2, 0);
    create_class(y, &y->everyone, "archive", 1, large ? 30 : 3, 0);
    for (size_t i = 0; i < y->plan->constituencies; i++) {
        create_class(y, &y->constituency[i], "minutes", 2, 1, 0);
        create_class(y, &y->constituency[i], "cleaning", 1, 2, 0);
    }
    year_flush(y);
}

static void adopt(year *y)
{
    static const char text[] = "mandate.term_days = 90\nadmission.objection_days = 1\nsecret.elections = 0\nsecret.recalls = 0\n";
    pl_body b;
    for (size_t i = 0; i < YEAR_FOUNDERS; i++) {
        pl_body_begin(&b, &PL_KIND_CONSTITUTION_ADOPTED);
        pl_body_text(&b, "text", text, sizeof text - 1);
        (void)year_sign(y, &b, i);
    }
    year_flush(y);
}

/* ---- The year ------------------------------------------------------------------------------------- */

static void live_a_day(year *y)
{
    void (*const part[])(year *) = {year_admissions, year_elections, year_motions, year_recalls, year_votes, year_turns, year_pay, year_plans, year_grants, year_leaving};
    for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
        part[i](y);
    }
    year_flush(y);
}

static void end(year *y)
{
    for (size_t i = 0; i < y->plan->members; i++) {
        pl_key_free(y->key[i]);
    }
    pl_free(y->key);
    pl_free(y->id);
    pl_free(y->counter);
    pl_free(y->home);
    pl_free(y->gone);
    pl_free(y->names);
    pl_free(y->event);
    pl_free(y->bytes);
    pl_free(y->author);
    pl_free(y->constituency);
    pl_free(y->council);
    pl_free(y->district);
    pl_map_clear(&y->people);
    pl_map_clear(&y->seen);
}

pl_record *year_live(const year_plan *plan, const char *path, void (*stop)(const char *why), year_result *out)
{
    year y = {.plan = plan, .stop = stop, .out = out, .begin = BEGIN, .now = BEGIN};
    memset(out, 0, sizeof *out);
    pl_rng_seed(&y.rng, plan->seed);
    pl_map_init(&y.people);
    pl_map_init(&y.seen);
    make_people(&y);
    found(&y, path);
    year_make_plans(&y, path);
    build_assemblies(&y);
    build_rotas(&y);
    adopt(&y);
    for (y.day = 1; y.day <= plan->days; y.day++) {
        y.now = y.begin + (uint64_t)y.day * PL_DAY;
        live_a_day(&y);
    }
    out->now = y.now;
    pl_record *record = y.record;
    end(&y);
    return record;
}
