/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * archive.c - the archive of an election (.bel): an old-style tar of data and events, each named by its hash, each event naming the one
 * before.  Only the one form that belenios-tool writes is an archive: every byte is compared with what it must be. */
#include <stdio.h>
#include <string.h>

#include "secret/parts.h"

#define BLOCK 512
#define ARCHIVE_MOST ((size_t)1 << 34)
#define EVENTS_MOST 20000000
#define PENDING 4 /* data before their event */

typedef struct entry { /* of the tar */
    char hash[PL_HEX];
    bool event;
    pl_secret_view body;
} entry;

typedef struct event {
    pl_secret_event kind;
    int trustee;
    pl_secret_view payload;
} event;

struct pl_secret_archive {
    const char *bytes;
    size_t n;
    int64_t time;
    pl_secret_view election, trustees, credentials;
    int64_t n_events;
    event *list;
    size_t cap;
    int64_t counted, weight; /* as the tally says */
    char last[PL_HEX];       /* hash of the last event */
};

static const char *const KIND[] = {"Setup", "Ballot", "EndBallots", "EncryptedTally", "Shuffle", "EndShuffles", "PartialDecryption", "Result"};
static const int DATA[] = {4, 1, 0, 2, 2, 0, 2, 1}; /* how many data an event brings */

/* ---- Entries of the tar ----------------------------------------------------------------------------------------- */

static void make_header(char block[BLOCK], const char *name, size_t n, int64_t time)
{
    unsigned sum = 0;
    memset(block, 0, BLOCK);
    snprintf(block, 100, "%s", name);
    memcpy(block + 100, "0000644", 7);
    memcpy(block + 108, "0000000", 7);
    memcpy(block + 116, "0000000", 7);
    snprintf(block + 124, 12, "%011llo", (unsigned long long)n & 077777777777ull);
    snprintf(block + 136, 12, "%011llo", (unsigned long long)time & 077777777777ull);
    memset(block + 148, ' ', 8);
    block[156] = '0';
    for (int i = 0; i < BLOCK; i++) {
        sum += (unsigned char)block[i];
    }
    snprintf(block + 148, 8, "%06o", sum);
    block[155] = ' ';
}

static pl_status broken(const pl_secret_archive *a, const char *at, const char *what, pl_error *err)
{
    char where[48];
    snprintf(where, sizeof where, "byte %zu", (size_t)(at - a->bytes) + 1);
    return pl_fail(err, PL_REFUTED, where, "the archive was cut short or changed; get it anew", "%s", what);
}

/* The size in a header that may be any 512 bytes; -1. */
static int64_t header_size(const char *block)
{
    int64_t n = 0;
    for (int i = 124; i < 135; i++) {
        if (block[i] < '0' || block[i] > '7') {
            return -1;
        }
        n = 8 * n + (block[i] - '0');
    }
    return n;
}

/* The entry at *at, which goes behind it.  `name` NULL: any, as a hash. */
static pl_status read_entry(const pl_secret_archive *a, const char **at, const char *name, int64_t time, entry *out, pl_error *err)
{
    char block[BLOCK], named[PL_HEX + 16];
    const char *begin = *at, *end = a->bytes + a->n;
    int64_t n = end - begin < BLOCK ? -1 : header_size(begin);
    if (n < 0 || n > end - begin - BLOCK) {
        return broken(a, begin, "there should be an entry here, and all of it", err);
    }
    out->event = memcmp(begin + PL_HEX - 1, ".event.json", 12) == 0;
    memcpy(out->hash, begin, PL_HEX - 1);
    out->hash[PL_HEX - 1] = '\0';
    out->body = (pl_secret_view){begin + BLOCK, (size_t)n};
    if (name == NULL) {
        snprintf(named, sizeof named, "%.64s.%s.json", out->hash, out->event ? "event" : "data");
        name = named;
    }
    make_header(block, name, (size_t)n, time);
    if (time >= 0 && memcmp(block, begin, BLOCK) != 0) {
        return broken(a, begin, "the header of an entry is not as it must be", err);
    }
    const char *rest = begin + BLOCK + n;
    int64_t padding = (BLOCK - n % BLOCK) % BLOCK;
    if (end - rest < padding) {
        return broken(a, rest, "an entry is not complete", err);
    }
    for (int64_t i = 0; i < padding; i++) {
        if (rest[i] != '\0') {
            return broken(a, rest + i, "there is something between two entries", err);
        }
    }
    *at = rest + padding;
    return PL_OK;
}

/* ---- Events --------------------------------------------------------------------------------------------------------- */

/* May an event of this kind follow? */
static bool may_follow(const pl_secret_archive *a, pl_secret_event kind)
{
    if (a->n_events == 0) {
        return kind == PL_SECRET_SETUP;
    }
    switch (a->list[a->n_events - 1].kind) {
    case PL_SECRET_SETUP:
    case PL_SECRET_BALLOT:
        return kind == PL_SECRET_BALLOT || kind == PL_SECRET_END_BALLOTS;
    case PL_SECRET_END_BALLOTS:
        return kind == PL_SECRET_TALLY;
    case PL_SECRET_TALLY:
        return kind == PL_SECRET_SHUFFLED || kind == PL_SECRET_DECRYPTION;
    case PL_SECRET_SHUFFLED:
        return kind == PL_SECRET_SHUFFLED || kind == PL_SECRET_END_SHUFFLES;
    case PL_SECRET_END_SHUFFLES:
        return kind == PL_SECRET_DECRYPTION;
    case PL_SECRET_DECRYPTION:
        return kind == PL_SECRET_DECRYPTION || kind == PL_SECRET_RESULT;
    default:
        return false;
    }
}

static void put_event(const pl_secret_archive *a, pl_secret_event kind, const char *payload, pl_str *out)
{
    pl_str_add(out, "{");
    if (a->n_events > 0) {
        pl_str_addf(out, "\"parent\":\"%s\",", a->last);
    }
    pl_str_addf(out, "\"height\":%lld,\"type\":\"%s\"", (long long)a->n_events, KIND[kind]);
    if (payload != NULL) {
        pl_str_addf(out, ",\"payload\":\"%s\"", payload);
    }
    pl_str_add(out, "}");
}

/* What an event's payload says about the data before it. */
static bool read_payload(pl_secret_archive *a, pl_secret_event kind, const entry *pending, event *out)
{
    pl_scan s;
    char hash[3][PL_HEX];
    *out = (event){.kind = kind};
    if (DATA[kind] == 0) {
        return true;
    }
    const entry *last = &pending[DATA[kind] - 1];
    out->payload = last->body;
    pl_scan_start(&s, NULL, last->body.text, last->body.n);
    if (kind == PL_SECRET_SETUP) {
        static const char *const field[] = {"{\"election\":", ",\"trustees\":", ",\"credentials\":"};
        for (int i = 0; i < 3; i++) {
            pl_scan_literal(&s, field[i]);
            pl_scan_hex(&s, hash[i]);
            s.failed |= strcmp(hash[i], pending[i].hash) != 0;
        }
        a->election = pending[0].body;
        a->trustees = pending[1].body;
        a->credentials = pending[2].body;
    } else if (kind == PL_SECRET_TALLY) {
        pl_scan_literal(&s, "{\"num_tallied\":");
        a->counted = pl_scan_int(&s, PL_SECRET_CREDENTIALS_MAX);
        pl_scan_literal(&s, ",\"total_weight\":");
        a->weight = pl_scan_int(&s, PL_SECRET_WEIGHT_MAX);
        pl_scan_literal(&s, ",\"encrypted_tally\":");
    } else if (DATA[kind] == 2) {
        pl_scan_literal(&s, "{\"owner\":");
        out->trustee = (int)pl_scan_int(&s, PL_SECRET_TRUSTEES_MAX);
        pl_scan_literal(&s, ",\"payload\":");
    } else {
        return true;
    }
    if (DATA[kind] == 2) {
        pl_scan_hex(&s, hash[0]);
        s.failed |= strcmp(hash[0], pending[0].hash) != 0;
        out->payload = pending[0].body;
    }
    pl_scan_literal(&s, "}");
    return !s.failed && s.at == s.end;
}

static pl_status take_event(pl_secret_archive *a, const entry *e, const entry *pending, int n_pending, pl_error *err)
{
    int kind = 0;
    pl_str text;
    event new;
    for (; kind < 8; kind++) {
        pl_str_init(&text, 512);
        put_event(a, (pl_secret_event)kind, DATA[kind] > 0 ? (n_pending > 0 ? pending[n_pending - 1].hash : "") : NULL, &text);
        bool same = !text.failed && text.len == e->body.n && memcmp(text.text, e->body.text, text.len) == 0;
        pl_str_clear(&text);
        if (same) {
            break;
        }
    }
    if (kind == 8) {
        return broken(a, e->body.text, "this event does not follow the one before", err);
    }
    if (DATA[kind] != n_pending || !may_follow(a, (pl_secret_event)kind) || !read_payload(a, (pl_secret_event)kind, pending, &new)) {
        return broken(a, e->body.text, "an event of this kind, with these data, cannot stand here", err);
    }
    if (!pl_grow(&a->list, &a->cap, (size_t)a->n_events + 1, sizeof *a->list, EVENTS_MOST)) {
        return pl_fail_nomem(err, "an archive");
    }
    a->list[a->n_events++] = new;
    memcpy(a->last, e->hash, sizeof a->last);
    return PL_OK;
}

static pl_status read_head(pl_secret_archive *a, const char **at, pl_error *err)
{
    static const char NAME[] = "BELENIOS";
    entry head;
    pl_scan s;
    if (a->n < 2 * BLOCK || memcmp(a->bytes, NAME, sizeof NAME) != 0) {
        return pl_fail(err, PL_PARSE, NULL, "a .bel file of belenios-tool or of Plenty is wanted", "this is no archive of an election");
    }
    pl_status status = read_entry(a, at, NAME, -1, &head, err);
    if (status != PL_OK) {
        return status;
    }
    pl_scan_start(&s, NULL, head.body.text, head.body.n);
    pl_scan_literal(&s, "{\"version\":1,\"timestamp\":\"");
    a->time = pl_scan_int(&s, 077777777777ll);
    pl_scan_literal(&s, "\"}");
    status = pl_scan_end(&s, "head of an archive", err);
    *at = a->bytes;
    return status == PL_OK ? read_entry(a, at, NAME, a->time, &head, err) : status;
}

static pl_status read_archive(pl_secret_archive *a, pl_error *err)
{
    const char *at = a->bytes, *end = a->bytes + a->n;
    entry pending[PENDING], next;
    int n_pending = 0;
    pl_status status = read_head(a, &at, err);
    while (status == PL_OK && at < end) {
        char hash[PL_HEX];
        const char *begin = at;
        status = read_entry(a, &at, NULL, a->time, &next, err);
        if (status != PL_OK) {
            break;
        }
        pl_sha256_hex(next.body.text, next.body.n, hash);
        if (strcmp(hash, next.hash) != 0) {
            return broken(a, begin, "the hash of an entry is not its name", err);
        }
        if (next.event) {
            status = take_event(a, &next, pending, n_pending, err);
            n_pending = 0;
        } else if (n_pending == PENDING) {
            return broken(a, begin, "too many data without an event", err);
        } else {
            pending[n_pending++] = next;
        }
    }
    if (status == PL_OK && (n_pending > 0 || a->n_events == 0)) {
        return broken(a, end, "the last event is missing", err);
    }
    return status;
}

pl_status pl_secret_archive_open(const char *bytes, size_t n, pl_secret_archive **out, pl_error *err)
{
    *out = NULL;
    if (n > ARCHIVE_MOST) {
        return pl_fail(err, PL_TOOBIG, NULL, NULL, "an archive of more than 16 GiB");
    }
    pl_secret_archive *a = PL_NEW0(pl_secret_archive, 1);
    if (a == NULL) {
        return pl_fail_nomem(err, "an archive");
    }
    a->bytes = bytes;
    a->n = n;
    pl_status status = pl_secret_start(err);
    status = status == PL_OK ? read_archive(a, err) : status;
    if (status != PL_OK) {
        pl_secret_archive_close(a);
        return status;
    }
    *out = a;
    return PL_OK;
}

void pl_secret_archive_close(pl_secret_archive *a)
{
    if (a != NULL) {
        pl_free(a->list);
        pl_free(a);
    }
}

int64_t pl_secret_archive_events(const pl_secret_archive *a)
{
    return a->n_events;
}

pl_secret_event pl_secret_archive_event(const pl_secret_archive *a, int64_t i, pl_secret_view *payload, int *trustee)
{
    if (payload != NULL) {
        *payload = a->list[i].payload;
    }
    if (trustee != NULL) {
        *trustee = a->list[i].trustee;
    }
    return a->list[i].kind;
}

pl_status pl_secret_archive_election(const pl_secret_archive *a, pl_secret_election **out, pl_error *err)
{
    return pl_secret_open(a->election.text, a->election.n, a->trustees.text, a->trustees.n, a->credentials.text, a->credentials.n, out, err);
}

void pl_secret_archive_tally(const pl_secret_archive *a, int64_t *counted, int64_t *weight)
{
    *counted = a->counted;
    *weight = a->weight;
}

bool pl_secret_archive_extends(const pl_secret_archive *older, const pl_secret_archive *newer)
{
    return older->n <= newer->n && memcmp(older->bytes, newer->bytes, older->n) == 0;
}

/* ---- Writing ----------------------------------------------------------------------------------------------------------- */

static void put_entry(pl_str *out, const char *name, const char *text, size_t n, int64_t time)
{
    char block[BLOCK] = {0};
    make_header(block, name, n, time);
    pl_str_add_n(out, block, BLOCK);
    pl_str_add_n(out, text, n);
    memset(block, 0, sizeof block);
    pl_str_add_n(out, block, (BLOCK - n % BLOCK) % BLOCK);
}

static void put_hashed(pl_str *out, bool is_event, const char *text, size_t n, int64_t time, char hash[PL_HEX])
{
    char name[PL_HEX + 16];
    pl_sha256_hex(text, n, hash);
    snprintf(name, sizeof name, "%s.%s.json", hash, is_event ? "event" : "data");
    put_entry(out, name, text, n, time);
}

/* The event of a payload (its hash; NULL: none), which is then the last one. */
static void put_last(pl_str *out, pl_secret_archive *a, pl_secret_event kind, const char *payload)
{
    char hash[PL_HEX];
    pl_str text;
    pl_str_init(&text, 512);
    put_event(a, kind, payload, &text);
    out->failed |= text.failed;
    if (!text.failed) {
        put_hashed(out, true, text.text, text.len, a->time, hash);
        memcpy(a->last, hash, sizeof a->last);
        a->n_events++;
    }
    pl_str_clear(&text);
}

pl_status pl_secret_archive_new(const char *election, size_t election_n, const char *trustees, size_t trustees_n,
                                const char *credentials, size_t credentials_n, int64_t time, pl_secret_text *out, pl_error *err)
{
    pl_str text;
    char hash[4][PL_HEX], line[320];
    pl_secret_archive empty = {.time = time};
    pl_secret_election *e;
    pl_status status = pl_secret_open(election, election_n, trustees, trustees_n, credentials, credentials_n, &e, err);
    if (status != PL_OK) {
        return status;
    }
    pl_secret_close(e);
    pl_str_init(&text, PL_SECRET_TEXT_MAX);
    int n = snprintf(line, sizeof line, "{\"version\":1,\"timestamp\":\"%lld\"}", (long long)time);
    put_entry(&text, "BELENIOS", line, (size_t)n, time);
    put_hashed(&text, false, election, election_n, time, hash[0]);
    put_hashed(&text, false, trustees, trustees_n, time, hash[1]);
    put_hashed(&text, false, credentials, credentials_n, time, hash[2]);
    n = snprintf(line, sizeof line, "{\"election\":\"%s\",\"trustees\":\"%s\",\"credentials\":\"%s\"}", hash[0], hash[1], hash[2]);
    put_hashed(&text, false, line, (size_t)n, time, hash[3]);
    put_last(&text, &empty, PL_SECRET_SETUP, hash[3]);
    return pl_put_done(&text, out, "an archive", err);
}

pl_status pl_secret_archive_add(const pl_secret_archive *a, pl_secret_event kind, pl_secret_view payload, int trustee, int64_t counted,
                                int64_t weight, pl_secret_text *out, pl_error *err)
{
    pl_str text;
    char hash[2][PL_HEX], line[200];
    if (kind == PL_SECRET_SETUP || !may_follow(a, kind)) {
        return pl_fail(err, PL_DATA, "archive", "ballots, their end, the tally, shuffles, their end, decryptions, the result",
                       "%s cannot follow %s", KIND[kind], KIND[a->list[a->n_events - 1].kind]);
    }
    pl_str_init(&text, PL_SECRET_TEXT_MAX);
    if (DATA[kind] > 0) {
        put_hashed(&text, false, payload.text, payload.n, a->time, hash[0]);
    }
    if (DATA[kind] == 2) {
        int n = kind == PL_SECRET_TALLY
                    ? snprintf(line, sizeof line, "{\"num_tallied\":%lld,\"total_weight\":%lld,\"encrypted_tally\":\"%s\"}", (long long)counted,
                               (long long)weight, hash[0])
                    : snprintf(line, sizeof line, "{\"owner\":%d,\"payload\":\"%s\"}", trustee, hash[0]);
        put_hashed(&text, false, line, (size_t)n, a->time, hash[1]);
    }
    pl_secret_archive end = *a;
    put_last(&text, &end, kind, DATA[kind] > 0 ? hash[DATA[kind] - 1] : NULL);
    return pl_put_done(&text, out, "an archive", err);
}

pl_status pl_secret_archive_ballots(const pl_secret_archive *a, const pl_secret_view *ballot, int64_t n, pl_secret_text *out, pl_error *err)
{
    pl_str text;
    char hash[PL_HEX];
    pl_secret_archive end = *a;
    if (!may_follow(a, PL_SECRET_BALLOT)) {
        return pl_fail(err, PL_DATA, "archive", NULL, "the voting is over: no ballot can follow");
    }
    pl_str_init(&text, PL_SECRET_TEXT_MAX);
    for (int64_t i = 0; i < n; i++) {
        put_hashed(&text, false, ballot[i].text, ballot[i].n, a->time, hash);
        put_last(&text, &end, PL_SECRET_BALLOT, hash);
    }
    return pl_put_done(&text, out, "an archive", err);
}
