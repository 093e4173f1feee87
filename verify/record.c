/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * record.c - the files of a record (docs/formats/record.md) checked from the first event to the last checkpoint. */
#include <dirent.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "verify/fold.h"

#define AGAIN 1000 /* passes over the events: one for each void event before which something was due */

typedef struct found {
    uint64_t events, checkpoints, tiles;
    uint64_t covered; /* events under the last checkpoint */
    bool results;     /* there is a file of that name */
} found;

typedef struct work {
    pv_run run;
    pv_ledger ledger;
    pv_tree tree;
    pv_fold fold;
    found found;
    struct pv_void *known; /* from the pass before; from malloc */
} work;

/* "tile/0/x001/234.p/5" */
static void tile_path(char *out, size_t size, const char *level, uint64_t index, uint64_t width)
{
    char digits[32];
    int n = snprintf(digits, sizeof digits, "%03llu", (unsigned long long)index), k = 0;
    k = snprintf(out, size, "tile/%s/", level);
    int head = n % 3 == 0 ? 3 : n % 3; /* groups of three from the right; the first one filled with zeros */
    for (int i = 0; i < n;) {
        int take = i == 0 ? head : 3;
        bool last = i + take == n;
        k += snprintf(out + k, size - (size_t)k, "%s%.*s%.*s%s", last ? "" : "x", 3 - take, "00", take, digits + i, last ? "" : "/");
        i += take;
    }
    if (width < 256) {
        snprintf(out + k, size - (size_t)k, ".p/%llu", (unsigned long long)width);
    }
}

static void need(pv_run *run, const char *folder, const char *name, pv_file *file)
{
    if (!pv_bytes_read(run, folder, name, file)) {
        char kept[200];
        snprintf(kept, sizeof kept, "%.190s", name);
        pv_stop(run, PV_REFUTED, "tile", 0, 0, "%s is missing", kept);
    }
}

/* The events of a bundle, up to one that is cut short. */
static void look_ahead(work *w, const uint8_t *p, const uint8_t *end)
{
    pv_said event[256];
    size_t n = 0;
    while (n < 256 && end - p >= 2 && (size_t)(end - p - 2) >= (size_t)p[0] * 256 + p[1]) {
        event[n] = (pv_said){(const char *)p + 2, (size_t)p[0] * 256 + p[1]};
        p += 2 + event[n++].n;
    }
    pv_sealed_ahead(&w->fold, event, n);
}

/* One bundle of entries. */
static void read_bundle(work *w, const char *folder, uint64_t index, uint64_t width)
{
    pv_run *run = &w->run;
    char path[128];
    pv_file file;
    tile_path(path, sizeof path, "entries", index, width);
    need(run, folder, path, &file);
    const uint8_t *p = (const uint8_t *)file.at, *end = p + file.n;
    look_ahead(w, p, end);
    for (uint64_t i = 0; i < width; i++) {
        size_t n = end - p >= 2 ? (size_t)p[0] * 256 + p[1] : 0;
        if (end - p < 2 || (size_t)(end - p - 2) < n) {
            pv_stop(run, PV_REFUTED, "tile/entries", 0, 0, "position %llu: an event is cut short", (unsigned long long)w->tree.size);
        }
        pv_event(&w->fold, p + 2, n);
        if (w->ledger.again) {
            return;
        }
        pv_tree_add(run, &w->tree, p + 2, n);
        p += 2 + n;
    }
    if (p != end) {
        pv_refute(run, "tile/entries", 0, "bundle %llu holds more than its events", (unsigned long long)index);
    }
    pv_free(run, file.at);
}

/* Tiles of one level against the tree. */
static void check_tiles(pv_run *run, const char *folder, int level, const pv_tree *tree, found *f)
{
    uint64_t n = tree->size >> (8 * level);
    char name[16];
    snprintf(name, sizeof name, "%d", level);
    for (uint64_t index = 0; index * 256 < n; index++) {
        uint64_t width = n - index * 256 < 256 ? n - index * 256 : 256;
        char path[128];
        pv_file file;
        tile_path(path, sizeof path, name, index, width);
        need(run, folder, path, &file);
        if (file.n != width * 32 || memcmp(file.at, tree->level[8 * level][index * 256], file.n) != 0) {
            pv_refute(run, "tile", 0, "the hashes of tile %llu of level %d are not those of the events", (unsigned long long)index, level);
        }
        pv_free(run, file.at);
        f->tiles++;
    }
}

static void check_checkpoint(pv_run *run, const pv_file *file, const pv_ledger *ledger, const pv_tree *tree)
{
    pv_checkpoint c;
    uint8_t root[32];
    char origin[8 + 65] = "plenty/";
    pv_checkpoint_read(run, file, &c);
    sodium_bin2hex(origin + 7, 65, ledger->commons, 32);
    if (strcmp(origin, c.origin) != 0) {
        pv_refute(run, file->name, 1, "this is a checkpoint of another record");
    } else if (c.size > tree->size) {
        pv_refute(run, file->name, 2, "it is of %llu events, and only %llu are here", (unsigned long long)c.size, (unsigned long long)tree->size);
    } else if (!pv_checkpoint_signed(&c, pv_record_key_at(ledger, c.size))) {
        pv_refute(run, file->name, 5, "it is not signed by the record key");
    } else {
        pv_tree_root(tree, c.size, root);
        if (memcmp(root, c.root, 32) != 0) {
            pv_refute(run, file->name, 3, "the first %llu events have another root hash: the record was changed, or it is forked", (unsigned long long)c.size);
        }
    }
}

/* Calls for each file of a folder within the record; a folder that is not there has none. */
static void each_file(pv_run *run, const char *folder, const char *sub, void (*act)(pv_run *, const pv_file *, void *), void *user)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, sub);
    struct dirent **names = NULL;
    int n = scandir(path, &names, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        char name[300];
        pv_file file;
        snprintf(name, sizeof name, "%s/%.250s", sub, names[i]->d_name);
        if (names[i]->d_name[0] != '.' && pv_bytes_read(run, folder, name, &file)) {
            file.name = sub;
            act(run, &file, user);
            pv_free(run, file.at);
        }
        free(names[i]);
    }
    free(names);
}

typedef struct context {
    const pv_ledger *ledger;
    const pv_tree *tree;
    found *found;
} context;

static void one_checkpoint(pv_run *run, const pv_file *file, void *user)
{
    context *c = user;
    check_checkpoint(run, file, c->ledger, c->tree);
    c->found->checkpoints++;
}

/* An event is void although something had fallen due just before it: all of this pass is forgotten but which events are void. */
static void begin_again(work *w, const struct pv_block *mark, int passes)
{
    pv_ledger *l = &w->ledger;
    size_t n = l->n_voids;
    uint64_t verified = w->tree.size;
    if (passes > AGAIN) {
        pv_stop(&w->run, PV_REFUTED, "tile/entries", 0, 0, "position %llu: more than %d void events came just when something was due; they are not followed any further",
                (unsigned long long)verified, AGAIN);
    }
    struct pv_void *known = pv_malloc((n + 1) * sizeof *known);
    if (known == NULL) {
        pv_stop(&w->run, PV_MEMORY, NULL, 0, 0, "out of memory");
    }
    memcpy(known, l->voids, n * sizeof *known);
    free(w->known);
    w->known = known;
    pv_run_release(&w->run, mark);
    memset(l, 0, sizeof *l);
    memset(&w->tree, 0, sizeof w->tree);
    memset(&w->fold, 0, sizeof w->fold);
    *l = (pv_ledger){.known = known, .n_known = n, .verified = verified};
    w->run.failures = NULL;
    w->run.last_failure = &w->run.failures;
    w->run.n_failures = 0;
}

static void read_events(work *w, const char *folder, uint64_t size)
{
    const struct pv_block *mark = w->run.blocks;
    for (int passes = 1;; passes++) {
        w->fold.run = &w->run;
        w->fold.ledger = &w->ledger;
        w->fold.tree = &w->tree;
        w->fold.folder = folder;
        for (uint64_t index = 0; index * 256 < size && !w->ledger.again; index++) {
            uint64_t left = size - index * 256;
            read_bundle(w, folder, index, left < 256 ? left : 256);
        }
        if (!w->ledger.again) {
            return;
        }
        begin_again(w, mark, passes);
    }
}

/* How many events there are: as many as the last checkpoint covers, unless a file says that others came after it. */
static uint64_t find_size(pv_run *run, const char *folder, uint64_t covered, bool checkpoint)
{
    pv_file file;
    if (!pv_bytes_read(run, folder, "size", &file)) {
        if (!checkpoint) {
            pv_stop(run, PV_IO, "checkpoint", 0, 0, "is missing: this folder holds no record");
        }
        return covered;
    }
    uint64_t size = 0;
    size_t n = 0;
    while (n < file.n && n < 18 && file.at[n] >= '0' && file.at[n] <= '9') {
        size = 10 * size + (uint64_t)(file.at[n++] - '0');
    }
    if (n == 0 || n + 1 != file.n || file.at[n] != '\n' || size < covered) {
        pv_stop(run, PV_REFUTED, "size", 1, 0, "this is no number of events, from that of the last checkpoint on");
    }
    pv_free(run, file.at);
    return size;
}

static void check_all(work *w, const char *folder)
{
    pv_run *run = &w->run;
    pv_file last, results;
    pv_checkpoint c = {.size = 0};
    bool checkpoint = pv_bytes_read(run, folder, "checkpoint", &last);
    if (checkpoint) {
        last.name = "checkpoint";
        pv_checkpoint_read(run, &last, &c);
    }
    w->found.covered = c.size;
    w->found.results = pv_bytes_read(run, folder, "results", &results);
    read_events(w, folder, find_size(run, folder, c.size, checkpoint));
    w->found.events = w->tree.size;
    if (!w->ledger.founded) {
        pv_stop(run, PV_REFUTED, "tile/entries", 0, 0, "the record does not begin with the founding of a commons (R-%03d)",
                w->ledger.n_voids > 0 ? w->ledger.voids[0].rule : 3);
    }
    if (checkpoint) {
        check_checkpoint(run, &last, &w->ledger, &w->tree);
    }
    for (int level = 0; level < 8; level++) {
        check_tiles(run, folder, level, &w->tree, &w->found);
    }
    each_file(run, folder, "checkpoints", one_checkpoint, &(context){&w->ledger, &w->tree, &w->found});
    if (w->found.results) {
        pv_results_check(&w->fold, &results);
    }
}

static void report_commons(const work *w, FILE *out)
{
    const pv_fold *c = &w->fold;
    const pv_ledger *l = &w->ledger;
    uint64_t drawn = 0, medians = 0, secret = 0;
    for (size_t i = 0; i < c->ballots.n; i++) {
        secret += ((const pv_ballot *)c->ballots.at[i])->sealed != NULL;
    }
    for (size_t i = 0; i < c->lots.n; i++) {
        drawn += ((const pv_lot *)c->lots.at[i])->state == 2;
    }
    for (size_t i = 0; i < c->quarters.n; i++) {
        medians += ((const pv_quarter *)c->quarters.at[i])->median >= 0;
    }
    fprintf(out, "of the commons: %llu events judged by their rules; %zu members, %zu assemblies, %zu mandates\n", (unsigned long long)l->judged, c->members.n, c->assemblies.n,
            c->mandates.n);
    fprintf(out, "counted again: %llu ballots of %zu, %zu recalls, %zu motions, %llu draws, %llu medians of pay, %zu caps\n", (unsigned long long)c->counted, c->ballots.n, c->recalls.n,
            c->motions.n, (unsigned long long)drawn, (unsigned long long)medians, c->paid.n);
    fprintf(out, "followed: %zu trustees' keys, %llu secret ballots with every proof in them, %zu duties of %zu rotas, %zu alarms of %zu lines, %zu orders, %zu rounds of sharing\n", c->trusts.n,
            (unsigned long long)secret, c->duties.n, c->rotas.n, c->alarms.n, c->lines.n, c->orders.n, c->rounds.n);
    if (w->found.results) {
        fprintf(out, "results: %llu lines, each as the record gives it\n", (unsigned long long)c->results);
    } else {
        fprintf(out, "results: none lie with the record, so nothing was compared\n");
    }
}

static int report(const work *w, bool json, FILE *out)
{
    const pv_run *run = &w->run;
    const pv_ledger *l = &w->ledger;
    const found *f = &w->found;
    bool good = run->n_failures == 0;
    unsigned long long events = f->events, voids = l->n_voids;
    if (json) {
        fprintf(out, "{\"verified\": %s, \"events\": %llu, \"void\": %llu, \"judged\": %llu, \"ballots_counted\": %llu, "
                     "\"results\": %llu, \"keys\": %zu, \"keys_valid\": %llu, \"checkpoints\": %llu, \"tiles\": %llu, \"failures\": %lld}\n",
                good ? "true" : "false", events, voids, (unsigned long long)l->judged,
                (unsigned long long)w->fold.counted, (unsigned long long)w->fold.results, l->n_keys, (unsigned long long)l->valid_keys, (unsigned long long)f->checkpoints,
                (unsigned long long)f->tiles, (long long)run->n_failures);
        return good ? PV_VERIFIED : PV_REFUTED;
    }
    fprintf(out, "events: %llu, of which %llu keep all rules, signatures included\n", events, events - voids);
    if (voids > 0) {
        fprintf(out, "void: %llu, without effect; the first at position %llu (R-%03d)\n", voids, (unsigned long long)l->voids[0].position, l->voids[0].rule);
    }
    if (l->judged > 0) {
        report_commons(w, out);
    }
    fprintf(out, "keys: %zu, of which %llu valid\n", l->n_keys, (unsigned long long)l->valid_keys);
    fprintf(out, "tree: %llu tile%s, each hash that of the events below it\n", (unsigned long long)f->tiles, f->tiles == 1 ? "" : "s");
    if (f->checkpoints > 0) {
        fprintf(out, "checkpoints: %llu, all signed by the record key, each continued by the record\n", (unsigned long long)f->checkpoints);
    }
    if (f->covered < f->events) {
        fprintf(out, "under no checkpoint yet: %llu events; whoever keeps the record could still exchange them\n", events - (unsigned long long)f->covered);
    }
    return PV_VERIFIED;
}

static int tell(const work *w, bool json, FILE *out, FILE *err)
{
    const pv_run *run = &w->run;
    if (run->code != 0 && run->code != PV_REFUTED) {
        fprintf(err, "plenty-verify: %s\n", run->why);
        return run->code;
    }
    if (json || run->n_failures == 0) {
        int code = report(w, json, out);
        if (!json) {
            fputs("verified\n", out);
        }
        return code;
    }
    for (const pv_failure *p = run->failures; p != NULL; p = p->next) {
        fprintf(out, "REFUTED: %s", p->file);
        if (p->line > 0) {
            fprintf(out, ":%lld", (long long)p->line);
        }
        fprintf(out, ": %s\n", p->text);
    }
    fputs("not verified\n", out);
    return PV_REFUTED;
}

int pv_verify_record(const char *folder, bool json, FILE *out, FILE *err)
{
    work *w = sodium_init() < 0 ? NULL : pv_malloc(sizeof *w);
    if (w == NULL) {
        fputs("out of memory\n", err);
        return PV_MEMORY;
    }
    memset(w, 0, sizeof *w);
    w->run.last_failure = &w->run.failures;
    if (setjmp(w->run.stop) == 0) {
        check_all(w, folder);
    }
    int code = tell(w, json, out, err);
    pv_run_end(&w->run);
    free(w->known);
    free(w);
    return code;
}
