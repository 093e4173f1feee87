/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * How fast the record is.   build/release/bench/record [FOLDER [EVENTS]]      FOLDER/bench.commons (in build/bench-record) is made
 * anew, with EVENTS (200000) events, and remains, for `plenty audit` under a clock. */
#include <plenty/record.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/rng.h"
#include "record/record_int.h"

#define NOW 1790000000u
#define BATCH 1000
#define SINGLE 2000
#define PROOFS 5000
#define KEYS 50

static pl_error err;

static void good(pl_status status)
{
    if (status != PL_OK) {
        fprintf(stderr, "%s: %s\n", err.subject, err.message);
        exit(1);
    }
}

/* Begins to measure; and prints how many a second, and the processor's time for each (what a busy machine does not change much). */
static double wall, processor;

static double processor_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void begin(void)
{
    wall = pl_clock_s();
    processor = processor_s();
}

static void tell(const char *what, size_t n)
{
    double took = pl_clock_s() - wall, used = processor_s() - processor;
    printf("%-44s %8.2f s  %8.0f /s  %7.1f us of the processor each\n", what, took, (double)n / took, 1e6 * used / (double)n);
    fflush(stdout);
}

static void require(bool holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "%s\n", what);
        exit(1);
    }
}

static pl_key *key_of(unsigned seed)
{
    uint8_t bytes[32] = {(uint8_t)seed, (uint8_t)(seed >> 8)};
    pl_key *key;
    good(pl_key_from_seed("bench", bytes, &key, &err));
    return key;
}

static pl_record *found(const char *path, pl_key **key)
{
    uint8_t founders[KEYS][32], salt[16] = {1};
    pl_owned body, event;
    pl_record *record;
    for (int i = 0; i < KEYS; i++) {
        key[i] = key_of((unsigned)i + 1);
        memcpy(founders[i], pl_key_public(key[i]), 32);
    }
    good(pl_body_created("Bench", founders[0], (const uint8_t(*)[32])founders, KEYS, salt, &body, &err));
    pl_draft draft = {.counter = 1, .time = NOW, .kind = "commons.created", .body = {(const uint8_t *)body.bytes, body.n}};
    good(pl_commons_id_of(draft.body, draft.commons_id, &err));
    good(pl_event_sign(&draft, key[0], &event, &err));
    good(pl_record_create(path, NULL, (pl_bytes){(const uint8_t *)event.bytes, event.n}, &record, &err));
    pl_owned_free(&body);
    pl_owned_free(&event);
    return record;
}

/* Notes of the keys in turn. */
static void sign(pl_record *record, pl_key **key, uint64_t counter[KEYS], size_t from, size_t n, pl_owned *event, pl_bytes *bytes)
{
    pl_owned body;
    good(pl_body_note("The bread is baked at six, and there is enough of it for all of us today.", 73, NULL, 0, &body, &err));
    pl_draft draft = {.time = NOW, .kind = "note", .body = {(const uint8_t *)body.bytes, body.n}};
    memcpy(draft.commons_id, pl_record_what(record)->commons_id, PL_HASH);
    for (size_t i = 0; i < n; i++) {
        size_t k = (from + i) % KEYS;
        draft.counter = ++counter[k];
        good(pl_event_sign(&draft, key[k], &event[i], &err));
        bytes[i] = (pl_bytes){(const uint8_t *)event[i].bytes, event[i].n};
    }
    pl_owned_free(&body);
}

static void append(pl_record *record, const pl_bytes *bytes, size_t n)
{
    static pl_taken taken[BATCH];
    good(pl_record_append(record, bytes, n, NOW, taken, &err));
    for (size_t i = 0; i < n; i++) {
        require(taken[i].broken == PL_RULE_NONE, taken[i].why);
    }
}

static void time_proofs(pl_record *record, uint64_t size)
{
    uint8_t root[PL_HASH], leaf[PL_HASH];
    double sum = 0, worst = 0;
    pl_rng rng;
    pl_rng_seed(&rng, 1);
    good(pl_record_root(record, size, root, &err));
    for (int i = 0; i < PROOFS; i++) {
        uint64_t p = pl_rng_below(&rng, size);
        pl_proof proof;
        pl_owned event;
        double from = pl_clock_s();
        good(pl_record_prove(record, p, size, &proof, &err));
        double took = pl_clock_s() - from;
        sum += took;
        worst = took > worst ? took : worst;
        good(pl_record_event(record, p, &event, &err));
        pl_leaf_hash(event.bytes, event.n, leaf);
        require(pl_inclusion_holds(p, size, leaf, &proof, root), "a proof does not hold");
        pl_owned_free(&event);
    }
    printf("inclusion proofs at %llu events: %.3f ms each on average, the slowest %.3f ms\n", (unsigned long long)size, 1e3 * sum / PROOFS, 1e3 * worst);
}

/* Signatures alone. */
static void time_signatures(pl_key **key, const pl_bytes *bytes, size_t n)
{
    begin();
    for (size_t i = 0; i < n; i++) {
        pl_event e;
        pl_rule rule;
        bool holds;
        good(pl_event_read(bytes[i].at, bytes[i].n, &e, &rule, &err));
        good(pl_event_verify(&e, pl_key_public(key[i % KEYS]), &holds));
        require(holds, "a signature does not hold");
    }
    tell("signatures verified, one thread", n);
}

int main(int argc, char **argv)
{
    const char *folder = argc > 1 ? argv[1] : "build/bench-record";
    size_t size = argc > 2 ? (size_t)strtoul(argv[2], NULL, 10) : 200000;
    char path[4096];
    static pl_key *key[KEYS];
    uint64_t counter[KEYS] = {1};
    pl_owned *event = malloc((size + SINGLE) * sizeof *event);
    pl_bytes *bytes = malloc((size + SINGLE) * sizeof *bytes);
    require(event != NULL && bytes != NULL, "no memory");
    (void)mkdir(folder, 0777);
    snprintf(path, sizeof path, "%s/bench.commons", folder);
    (void)unlink(path);
    pl_record *record = found(path, key);
    size_t batched = size - 1 - SINGLE;
    begin();
    sign(record, key, counter, 0, batched + SINGLE, event, bytes);
    tell("events signed, one thread", batched + SINGLE);
    time_signatures(key, bytes, batched < 20000 ? batched : 20000);
    begin();
    for (size_t i = 0; i < batched; i += BATCH) {
        append(record, bytes + i, batched - i < BATCH ? batched - i : BATCH);
    }
    tell("events appended, 1000 in one step", batched);
    begin();
    for (size_t i = 0; i < SINGLE; i++) {
        append(record, bytes + batched + i, 1);
    }
    tell("events appended one by one, each on the disk", SINGLE);
    time_proofs(record, size);
    pl_owned note;
    good(pl_record_sign_checkpoint(record, key[0], &note, &err));
    pl_replay replay;
    begin();
    good(pl_record_replay(record, false, NULL, &replay, &err));
    tell("replay", size);
    pl_audit audit;
    begin();
    good(pl_record_audit(record, NULL, NULL, &audit, &err));
    require(audit.sound && replay.voids == 0, audit.wrong);
    tell("audit, without the independent checker", size);
    struct stat st;
    pl_record_close(record);
    require(stat(path, &st) == 0, "no file");
    printf("the file: %.1f MB, %.0f bytes an event (the event itself has %zu)\n", (double)st.st_size / 1e6, (double)st.st_size / (double)size, bytes[0].n);
    return 0;
}
