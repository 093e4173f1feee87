/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A scripted year of a commons (test/year.h): how fast it is appended, replayed and audited.
 *   build/release/bench/year [FOLDER [small]]      FOLDER/year.commons (in build/bench-year) is made anew, and remains. */
#include "test/year.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "verify/verify.h"

#define SINGLE 1000
#define PROOFS 5000

static void stop(const char *why)
{
    fprintf(stderr, "%s\n", why);
    exit(1);
}

static void good(pl_status status, const pl_error *err)
{
    if (status != PL_OK) {
        fprintf(stderr, "%s: %s\n", err->subject, err->message);
        exit(1);
    }
}

static double processor_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int by_count(const void *a, const void *b)
{
    const year_kind *x = a, *y = b;
    return (x->n < y->n) - (x->n > y->n);
}

static void tell_year(year_result *r)
{
    qsort(r->kinds, r->n_kinds, sizeof *r->kinds, by_count);
    printf("%llu events, %llu refused at the door%s%s\n", (unsigned long long)r->events, (unsigned long long)r->refused, r->refused > 0 ? ", the first: " : "", r->refusal);
    for (size_t k = 0; k < r->n_kinds; k++) {
        printf("  %8llu %s\n", (unsigned long long)r->kinds[k].n, r->kinds[k].kind);
    }
    printf("signed in %.2f s, looked at in %.2f s\n", r->signing_s, r->looking_s);
    printf("appended in batches in %.2f s: %.0f /s; %.1f us of the processors each\n", r->appending_s, (double)r->events / r->appending_s,
           1e6 * r->appending_processor_s / (double)r->events);
}

/* Notes of one founder, each durable before the next. */
static void time_single(pl_record *record, uint64_t now)
{
    pl_error err;
    pl_key *key;
    pl_owned body;
    uint8_t seed[32] = {0, 0, 0, 0x59};
    double took = 0, processor = 0;
    good(pl_key_from_seed("year", seed, &key, &err), &err);
    good(pl_body_note("The year is over.", 17, NULL, 0, &body, &err), &err);
    for (int i = 0; i < SINGLE; i++) {
        pl_draft draft;
        pl_owned event;
        pl_taken taken;
        good(pl_record_draft(record, pl_key_id(key), now, &draft, &err), &err);
        draft.kind = "note";
        draft.body = (pl_bytes){(const uint8_t *)body.bytes, body.n};
        good(pl_event_sign(&draft, key, &event, &err), &err);
        pl_bytes bytes = {(const uint8_t *)event.bytes, event.n};
        double from = pl_clock_s(), used = processor_s();
        good(pl_record_append(record, &bytes, 1, now, &taken, &err), &err);
        took += pl_clock_s() - from;
        processor += processor_s() - used;
        if (taken.broken != PL_RULE_NONE) {
            stop(taken.why);
        }
        pl_owned_free(&event);
    }
    pl_owned_free(&body);
    pl_key_free(key);
    printf("appended one by one, each durable: %.0f /s; %.0f us of the processor each\n", SINGLE / took, 1e6 * processor / SINGLE);
}

static void time_proofs(pl_record *record, uint64_t size)
{
    pl_error err;
    double sum = 0, worst = 0;
    for (uint64_t i = 0; i < PROOFS; i++) {
        pl_proof proof;
        double from = pl_clock_s();
        good(pl_record_prove(record, i * 7919 % size, size, &proof, &err), &err);
        double took = pl_clock_s() - from;
        sum += took;
        worst = took > worst ? took : worst;
    }
    printf("inclusion proofs: %.3f ms each on average, the slowest %.3f ms\n", 1e3 * sum / PROOFS, 1e3 * worst);
}

static void time_audit(pl_record *record)
{
    pl_error err;
    pl_replay replay;
    pl_audit audit;
    double wall = pl_clock_s(), processor = processor_s();
    good(pl_record_replay(record, false, NULL, &replay, &err), &err);
    printf("replay: %.2f s (%.2f s of the processors), %llu rows, %llu void\n", pl_clock_s() - wall, processor_s() - processor, (unsigned long long)replay.rows,
           (unsigned long long)replay.voids);
    wall = pl_clock_s();
    processor = processor_s();
    good(pl_record_audit(record, NULL, NULL, &audit, &err), &err);
    printf("audit:  %.2f s (%.2f s of the processors)%s%s\n", pl_clock_s() - wall, processor_s() - processor, audit.sound ? "" : ", WRONG: ", audit.wrong);
    if (!audit.sound || memcmp(replay.state, replay.stored, PL_HASH) != 0) {
        stop("the record is not sound");
    }
}

/* As files, and judged once more by the checker that shares no code. */
static void time_independent(pl_record *record, const char *folder)
{
    pl_error err;
    char path[4200];
    pl_owned note;
    uint64_t events;
    pl_key *key = year_key();
    snprintf(path, sizeof path, "%s/year.record-%d", folder, (int)getpid());
    if (key == NULL) {
        stop("out of memory");
    }
    good(pl_record_sign_checkpoint(record, key, &note, &err), &err);
    double wall = pl_clock_s(), processor = processor_s();
    good(pl_record_export(record, path, false, &events, &err), &err);
    printf("export: %.2f s (%.2f s of the processors)\n", pl_clock_s() - wall, processor_s() - processor);
    wall = pl_clock_s();
    processor = processor_s();
    int code = pv_verify_record(path, false, stdout, stderr);
    printf("independent checker: %.2f s (%.2f s of the processors)\n", pl_clock_s() - wall, processor_s() - processor);
    if (code != 0) {
        stop("the independent checker refutes it");
    }
    pl_owned_free(&note);
    pl_key_free(key);
}

int main(int argc, char **argv)
{
    const char *folder = argc > 1 ? argv[1] : "build/bench-year";
    char path[4200];
    static const char *const ends[] = {"", "-wal", "-shm"};
    static year_result result;
    uint64_t size;
    pl_error err;
    setvbuf(stdout, NULL, _IOLBF, 0);
    mkdir(folder, 0777);
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/year.commons%s", folder, ends[i]);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/year.commons", folder);
    pl_record *record = year_live(argc > 2 ? &YEAR_SMALL : &YEAR_WHOLE, path, stop, &result);
    tell_year(&result);
    time_single(record, result.now);
    good(pl_record_size(record, &size, &err), &err);
    time_proofs(record, size);
    time_audit(record);
    time_independent(record, folder);
    pl_record_close(record);
    return 0;
}
