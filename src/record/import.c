/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * import.c - a record from its files (tiles.c), into a store of its own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/file.h"
#include "record/bytes.h"
#include "record/event.h"
#include "record/record_int.h"
#include "record/tiles.h"

typedef struct importer {
    const char *folder;
    pl_store *store;
    const pl_rulebook *rulebook;
    pl_edge edge;
    pl_error *err;
} importer;

/* A file of the folder. */
static pl_status read_file(const importer *im, const char *name, size_t ceiling, pl_file *out)
{
    char path[4096];
    if (!pl_path_join(path, sizeof path, im->folder, name)) {
        return pl_fail(im->err, PL_IO, im->folder, NULL, "the path is too long");
    }
    return pl_file_read_raw(path, ceiling, out, im->err);
}

static pl_status damaged(const importer *im, const char *name)
{
    return pl_fail(im->err, PL_DATA, im->folder, "'plenty audit FOLDER' says more", "%.100s is not what belongs there", name);
}

/* What is said in `size`, or else in the last checkpoint. */
static pl_status find_size(const importer *im, uint64_t *size)
{
    pl_file file;
    pl_checkpoint c;
    pl_status status = read_file(im, "size", 64, &file);
    if (status == PL_OK) {
        size_t n = file.n > 0 && file.bytes[file.n - 1] == '\n' ? file.n - 1 : 0;
        status = pl_decimal_get(file.bytes, n, size) ? PL_OK : damaged(im, "size");
        pl_file_clear(&file);
    } else if (status == PL_NOTFOUND && (status = read_file(im, "checkpoint", (size_t)1 << 20, &file)) == PL_OK) {
        status = pl_checkpoint_read(file.bytes, file.n, &c, im->err);
        *size = c.size;
        pl_file_clear(&file);
    }
    return status == PL_OK && *size == 0 ? damaged(im, "size") : status;
}

static pl_status take_blob(void *user, const uint8_t *hash, pl_error *err)
{
    importer *im = user;
    char name[7 + 2 * PL_HASH + 1] = "blobs/";
    uint8_t found[PL_HASH];
    pl_file file;
    (void)err;
    pl_hex_write(hash, PL_HASH, name + 6);
    pl_status status = read_file(im, name, PL_BLOB_MAX, &file);
    if (status != PL_OK) {
        return status == PL_NOTFOUND ? PL_OK : status; /* not every copy has all of them */
    }
    pl_hash(file.bytes, file.n, found);
    status = memcmp(found, hash, PL_HASH) == 0 ? pl_store_put_blob(im->store, hash, (pl_slice){file.bytes, file.n}, im->err) : damaged(im, name);
    pl_file_clear(&file);
    return status;
}

static pl_status take_event(importer *im, pl_bytes event)
{
    uint8_t leaf[PL_HASH], nodes[64][PL_HASH];
    uint64_t position = im->edge.size;
    pl_event e;
    pl_rule rule;
    pl_leaf_hash(event.at, event.n, leaf);
    pl_edge_add(&im->edge, leaf, nodes);
    pl_status status = pl_store_add_event(im->store, position, (pl_slice){event.at, event.n}, (pl_slice){nodes, (size_t)pl_tree_complete(position) * PL_HASH}, im->err);
    if (status == PL_OK && pl_event_read(event.at, event.n, &e, &rule, NULL) == PL_OK) {
        status = pl_each_blob(&e, im->rulebook, take_blob, im, im->err);
    }
    return status;
}

/* The events of one bundle of that width. */
static pl_status take_bundle(importer *im, uint64_t index, int width)
{
    char name[PL_TILE_PATH];
    pl_file file;
    pl_tile_path(PL_TILE_ENTRIES, index, width, name);
    pl_status status = read_file(im, name, (size_t)PL_TILE * (UINT16_MAX + 2), &file);
    if (status != PL_OK) {
        return status;
    }
    const uint8_t *at = (const uint8_t *)file.bytes, *end = at + file.n;
    pl_bytes event;
    int n = 0;
    while (status == PL_OK && n < width && pl_bundle_next(&at, end, &event)) {
        status = take_event(im, event);
        n++;
    }
    if (status == PL_OK && (n != width || at != end)) {
        status = damaged(im, name);
    }
    pl_file_clear(&file);
    return status;
}

/* The last checkpoint; those before it are a matter of whoever checks the files. */
static pl_status take_checkpoint(importer *im)
{
    pl_file file;
    pl_checkpoint c;
    pl_status status = read_file(im, "checkpoint", (size_t)1 << 20, &file);
    if (status != PL_OK) {
        return status == PL_NOTFOUND ? PL_OK : status;
    }
    status = pl_checkpoint_read(file.bytes, file.n, &c, im->err);
    if (status == PL_OK) {
        status = c.size <= im->edge.size ? pl_store_put_checkpoint(im->store, c.size, (pl_slice){file.bytes, file.n}, im->err) : damaged(im, "checkpoint");
    }
    pl_file_clear(&file);
    return status;
}

/* Everything into the new store, in one transaction. */
static pl_status take_all(importer *im, uint64_t *size)
{
    int width;
    pl_status status = find_size(im, size);
    for (uint64_t index = 0; status == PL_OK && (width = pl_tile_width(PL_TILE_ENTRIES, index, *size)) > 0; index++) {
        status = take_bundle(im, index, width);
    }
    status = status == PL_OK ? take_checkpoint(im) : status;
    return status == PL_OK ? pl_store_commit(im->store, im->err) : status;
}

pl_status pl_record_import(const char *folder, const char *where, const pl_rulebook *rulebook, pl_record **out, pl_error *err)
{
    importer im = {.folder = folder, .rulebook = rulebook, .err = err};
    pl_replay replay;
    uint64_t size = 0;
    *out = NULL;
    pl_status status = pl_store_create(where, &im.store, err);
    if (status != PL_OK) {
        return status;
    }
    status = take_all(&im, &size);
    if (status != PL_OK) {
        pl_store_abandon(im.store);
        return status;
    }
    pl_store_close(im.store);
    status = pl_record_open(where, rulebook, PL_RECORD_WRITE, out, err);
    status = status == PL_OK ? pl_record_replay(*out, true, NULL, &replay, err) : status;
    if (status != PL_OK) {
        pl_record_close(*out);
        *out = NULL;
        if (pl_path_is_file(where)) {
            pl_path_remove(where);
        }
    }
    return status;
}
