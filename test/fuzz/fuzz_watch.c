/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Arbitrary bytes as plan lines and as reports: refused with a message, or every row is counted once. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <plenty/watch.h>

#include "test/fuzz/fuzz.h"

static const char GOOD[] = "line,period,quantity,capability\nrecipe:a,2026-01,4,5\ngood:a,2026-02,4,5\nb,,3,\n";
static char dir[64], lines[96], reports[96];

static void put(const char *file, const void *bytes, size_t n)
{
    FILE *f = fopen(file, "wb");
    if (f == NULL || fwrite(bytes, 1, n, f) != n || fclose(f) != 0) {
        abort();
    }
}

static void remove_all(void)
{
    unlink(lines);
    unlink(reports);
    rmdir(dir);
}

static void begin(void)
{
    snprintf(dir, sizeof dir, "%s/fuzz-watch-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (mkdtemp(dir) == NULL) {
        abort();
    }
    snprintf(lines, sizeof lines, "%s/lines.csv", dir);
    snprintf(reports, sizeof reports, "%s/reports.csv", dir);
    atexit(remove_all);
}

/* Everything that is worked out must be able to live with whatever was read. */
static void use(pl_watch *w)
{
    pl_error err = {0};
    const pl_watch_counts *c = &w->counts;
    if (pl_watch_settle(w, &err) != PL_OK) {
        if (err.message[0] == '\0') {
            abort();
        }
        return;
    }
    if (c->rows != c->used + c->blank + c->unknown + c->repeated + c->replaced) {
        abort();
    }
    for (int32_t i = 0; i < w->n_lines; i++) {
        (void)pl_watch_index_over(w, i, INT32_MIN, INT32_MAX);
    }
    (void)pl_watch_skill_of(w, 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pl_watch *w;
    pl_error err = {0};
    if (size > 65536) {
        return 0;
    }
    if (dir[0] == '\0') {
        begin();
    }
    for (int k = 0; k < 3; k++) { /* as lines with good reports, as reports of good lines, as reports without a plan */
        put(lines, k == 0 ? (const void *)data : GOOD, k == 0 ? size : sizeof GOOD - 1);
        put(reports, k == 0 ? GOOD : (const void *)data, k == 0 ? sizeof GOOD - 1 : size);
        if (pl_watch_new(&w, &err) != PL_OK) {
            abort();
        }
        pl_status status = k < 2 ? pl_watch_read_lines(w, lines, &err) : PL_OK;
        status = status == PL_OK ? pl_watch_read_reports(w, reports, &err) : status;
        if (status == PL_OK) {
            use(w);
        } else if (err.message[0] == '\0') {
            abort();
        }
        pl_watch_free(w);
    }
    return 0;
}
