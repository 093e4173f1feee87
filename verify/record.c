/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * record.c - the files of a record (docs/formats/record.md) checked from the first event to the last checkpoint. */
#include <dirent.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "verify/record.h"

typedef struct found {
    uint64_t events, voids, void_position, checkpoints, tiles;
    int void_rule;
} found;

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

/* One bundle of entries, and the hashes of level 0 beside it. */
static void read_bundle(pv_run *run, const char *folder, uint64_t index, uint64_t width, pv_ledger *ledger, pv_tree *tree, found *f)
{
    char path[128];
    pv_file file;
    tile_path(path, sizeof path, "entries", index, width);
    need(run, folder, path, &file);
    const uint8_t *p = (const uint8_t *)file.at, *end = p + file.n;
    for (uint64_t i = 0; i < width; i++) {
        size_t n = end - p >= 2 ? (size_t)p[0] * 256 + p[1] : 0;
        if (end - p < 2 || (size_t)(end - p - 2) < n) {
            pv_stop(run, PV_REFUTED, "tile/entries", 0, 0, "position %llu: an event is cut short", (unsigned long long)tree->size);
        }
        int rule = pv_event(run, ledger, tree, p + 2, n);
        if (rule != 0 && f->voids++ == 0) {
            f->void_position = tree->size;
            f->void_rule = rule;
        }
        pv_tree_add(run, tree, p + 2, n);
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

static void check_all(pv_run *run, const char *folder, pv_ledger *ledger, pv_tree *tree, found *f)
{
    pv_file last;
    pv_checkpoint c;
    if (!pv_bytes_read(run, folder, "checkpoint", &last)) {
        pv_stop(run, PV_IO, "checkpoint", 0, 0, "is missing: this folder holds no record");
    }
    last.name = "checkpoint";
    pv_checkpoint_read(run, &last, &c);
    for (uint64_t index = 0; index * 256 < c.size; index++) {
        uint64_t left = c.size - index * 256;
        read_bundle(run, folder, index, left < 256 ? left : 256, ledger, tree, f);
    }
    f->events = tree->size;
    if (!ledger->founded) {
        pv_stop(run, PV_REFUTED, "tile/entries", 0, 0, "the record does not begin with the founding of a commons (R-%03d)", f->void_rule);
    }
    check_checkpoint(run, &last, ledger, tree);
    for (int level = 0; level < 8; level++) {
        check_tiles(run, folder, level, tree, f);
    }
    each_file(run, folder, "checkpoints", one_checkpoint, &(context){ledger, tree, f});
}

static int report(const pv_run *run, const pv_ledger *l, const found *f, bool json, FILE *out)
{
    bool good = run->n_failures == 0;
    unsigned long long events = f->events, voids = f->voids;
    if (json) {
        fprintf(out, "{\"verified\": %s, \"events\": %llu, \"void\": %llu, \"of_commons\": %llu, \"keys\": %zu, \"keys_valid\": %llu, \"checkpoints\": %llu, \"tiles\": %llu, "
                     "\"failures\": %lld}\n",
                good ? "true" : "false", events, voids, (unsigned long long)l->unjudged, l->n_keys, (unsigned long long)l->valid_keys, (unsigned long long)f->checkpoints,
                (unsigned long long)f->tiles, (long long)run->n_failures);
        return good ? PV_VERIFIED : PV_REFUTED;
    }
    fprintf(out, "events: %llu, of which %llu keep all rules, signatures included\n", events, events - voids);
    if (voids > 0) {
        fprintf(out, "void: %llu, without effect; the first at position %llu (R-%03d)\n", voids, (unsigned long long)f->void_position, f->void_rule);
    }
    if (l->unjudged > 0) {
        fprintf(out, "of the commons: %llu, whose form, signatures and places are right; what they may do, 'plenty audit' judges\n",
                (unsigned long long)l->unjudged);
    }
    fprintf(out, "keys: %zu, of which %llu valid\n", l->n_keys, (unsigned long long)l->valid_keys);
    fprintf(out, "tree: %llu tile%s, each hash that of the events below it\n", (unsigned long long)f->tiles, f->tiles == 1 ? "" : "s");
    fprintf(out, "checkpoints: %llu, all signed by the record key, each continued by the record\n", (unsigned long long)f->checkpoints);
    return PV_VERIFIED;
}

static int tell(const pv_run *run, const pv_ledger *l, const found *f, bool json, FILE *out, FILE *err)
{
    if (run->code != 0 && run->code != PV_REFUTED) {
        fprintf(err, "plenty-verify: %s\n", run->why);
        return run->code;
    }
    if (json || run->n_failures == 0) {
        int code = report(run, l, f, json, out);
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

typedef struct work {
    pv_run run;
    pv_ledger ledger;
    pv_tree tree;
    found found;
} work;

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
        check_all(&w->run, folder, &w->ledger, &w->tree, &w->found);
    }
    int code = tell(&w->run, &w->ledger, &w->found, json, out, err);
    pv_run_end(&w->run);
    free(w);
    return code;
}
