/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * run.c - one verification from beginning to end; its memory and its messages. */
#include <sodium.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <zstd.h>

#include "verify/check.h"

#define KEPT_FAILURES 100
#define LARGE ((size_t)1 << 22) /* bytes */
#define PAGE 4096

void *(*pv_malloc)(size_t) = malloc;

typedef struct pv_block {
    struct pv_block *next, *before;
} pv_block;
_Static_assert(sizeof(pv_block) % _Alignof(max_align_t) == 0, "what follows a block is aligned");

void *pv_try_alloc(pv_run *run, size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes) || bytes > PTRDIFF_MAX - sizeof(pv_block)) {
        return NULL;
    }
    pv_block *block = pv_malloc(sizeof *block + bytes);
    if (block == NULL) {
        return NULL;
    }
    if (bytes >= LARGE) { /* large pages are worth asking for; without them it only takes longer */
        uintptr_t begin = ((uintptr_t)block + PAGE - 1) & ~(uintptr_t)(PAGE - 1), end = (uintptr_t)block + bytes;
        (void)madvise((void *)begin, end - begin, MADV_HUGEPAGE);
    }
    block->before = NULL;
    block->next = run->blocks;
    if (block->next != NULL) {
        block->next->before = block;
    }
    run->blocks = block;
    return block + 1;
}

void *pv_alloc(pv_run *run, size_t n, size_t size)
{
    void *p = pv_try_alloc(run, n, size);
    if (p == NULL) {
        pv_stop(run, PV_MEMORY, NULL, 0, 0, "out of memory (%zu times %zu bytes wanted)", n, size);
    }
    memset(p, 0, n * size);
    return p;
}

void *pv_more(pv_run *run, void *at, size_t n, size_t *room, size_t size)
{
    if (n < *room) {
        return at;
    }
    size_t larger = *room < 8 ? 8 : 2 * *room;
    void *more = pv_alloc(run, larger, size);
    if (n > 0) {
        memcpy(more, at, n * size);
    }
    pv_free(run, at);
    *room = larger;
    return more;
}

void pv_free(pv_run *run, void *p)
{
    if (p == NULL) {
        return;
    }
    pv_block *block = (pv_block *)p - 1;
    if (block->next != NULL) {
        block->next->before = block->before;
    }
    if (block->before != NULL) {
        block->before->next = block->next;
    } else {
        run->blocks = block->next;
    }
    free(block);
}

void pv_run_release(pv_run *run, const struct pv_block *mark)
{
    while (run->blocks != mark) {
        pv_free(run, run->blocks + 1);
    }
}

void pv_run_end(pv_run *run)
{
    if (run->clean != NULL) {
        run->clean(run->to_clean);
    }
    pv_run_release(run, NULL);
    ZSTD_freeDCtx(run->zstd);
    if (run->c_locale != (locale_t)0) {
        freelocale(run->c_locale);
    }
}

/* Cuts a text that was too long for its buffer in front of a character that is no longer whole. */
static void trim(char *text, size_t size)
{
    size_t n = strlen(text);
    if (n + 1 < size) {
        return;
    }
    while (n > 0 && ((unsigned char)text[n - 1] & 0xC0) == 0x80) {
        n--;
    }
    text[n > 0 ? n - 1 : 0] = '\0';
}

__attribute__((format(printf, 4, 0))) static void note(pv_run *run, const char *file, int64_t line, const char *fmt, va_list args)
{
    run->n_failures++;
    if (run->n_failures > KEPT_FAILURES) {
        return;
    }
    pv_failure *failure = pv_alloc(run, 1, sizeof *failure);
    failure->file = file;
    failure->line = line;
    vsnprintf(failure->text, sizeof failure->text, fmt, args);
    trim(failure->text, sizeof failure->text);
    *run->last_failure = failure;
    run->last_failure = &failure->next;
}

void pv_refute(pv_run *run, const char *file, int64_t line, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    note(run, file, line, fmt, args);
    va_end(args);
}

void pv_stop(pv_run *run, int code, const char *file, int64_t line, int64_t column, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    run->code = code;
    if (code == PV_REFUTED) {
        note(run, file, line, fmt, args);
    } else {
        size_t n = 0;
        if (line > 0) {
            n = (size_t)snprintf(run->why, sizeof run->why, "%.200s:%lld:%lld: ", file, (long long)line,
                                 (long long)column);
        } else if (file != NULL) {
            n = (size_t)snprintf(run->why, sizeof run->why, "%.200s: ", file);
        }
        vsnprintf(run->why + n, sizeof run->why - n, fmt, args);
        trim(run->why, sizeof run->why);
    }
    va_end(args);
    longjmp(run->stop, 1);
}

void pv_compare(pv_run *run, const char *file, int64_t line, const char *what, double claimed,
                double recomputed, double tolerance)
{
    if (claimed == recomputed || (isnan(claimed) && isnan(recomputed)) ||
        fabs(claimed - recomputed) <= tolerance) {
        return;
    }
    char figure[2][32] = {"nothing", "nothing"};
    for (int i = 0; i < 2; i++) {
        double x = i == 0 ? claimed : recomputed;
        if (!isnan(x)) {
            snprintf(figure[i], sizeof figure[i], "%.17g", x);
        }
    }
    pv_refute(run, file, line, "%s: the plan says %s, recomputed it is %s", what, figure[0], figure[1]);
}

typedef struct pv_work {
    pv_run run;
    pv_economy economy;
    pv_plan plan;
    pv_found found;
} pv_work;

static void check_all(pv_work *w, const char *plan_dir, const char *economy_dir)
{
    pv_run *run = &w->run;
    if (sodium_init() < 0) {
        pv_stop(run, PV_IO, NULL, 0, 0, "libsodium cannot be started");
    }
    run->c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (run->c_locale == (locale_t)0) {
        pv_stop(run, PV_MEMORY, NULL, 0, 0, "out of memory");
    }
    pv_economy_read(run, economy_dir, &w->economy);
    pv_plan_read(run, plan_dir, &w->plan);
    if (strcmp(w->plan.hash, w->economy.hash) != 0) {
        pv_refute(run, "plan.json", 0, "economy.hash: the plan was made for another economy (%.64s, this one is %s)",
                  w->plan.hash, w->economy.hash);
    }
    pv_plan_change(run, &w->plan, &w->economy);
    pv_years_unroll(run, &w->plan, &w->economy);
    pv_plan_tables(run, plan_dir, &w->plan);
    pv_plan_fit(run, &w->plan, &w->economy);
    if (!w->plan.infeasible) {
        pv_feasible(run, &w->economy, &w->plan, &w->found);
    }
    pv_stages(run, &w->economy, &w->plan);
    pv_prove(run, &w->economy, &w->plan, &w->found);
    if (w->plan.infeasible) {
        pv_clashes(run, &w->economy, &w->plan);
    } else {
        pv_figures(run, &w->economy, &w->plan, &w->found);
    }
}

int pv_verify(const char *plan_dir, const char *economy_dir, bool json, FILE *out, FILE *err)
{
    pv_work *w = pv_malloc(sizeof *w);
    if (w == NULL) {
        fputs("out of memory\n", err);
        return PV_MEMORY;
    }
    memset(w, 0, sizeof *w);
    w->run.last_failure = &w->run.failures;
    w->found.worst = -1;
    if (setjmp(w->run.stop) == 0) {
        check_all(w, plan_dir, economy_dir);
    }
    int code = pv_report(&w->run, &w->economy, &w->plan, &w->found, json, out, err);
    pv_run_end(&w->run);
    free(w);
    return code;
}
