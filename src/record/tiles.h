/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * tiles.h - paths and entry bundles of C2SP tlog-tiles. */
#ifndef PLENTY_RECORD_TILES_H
#define PLENTY_RECORD_TILES_H

#include <plenty/record.h>

#define PL_TILE 256
#define PL_TILE_ENTRIES (-1) /* the level of entry bundles */
#define PL_TILE_PATH 128

/* "tile/0/x001/x234/067", "tile/entries/000.p/12": the path of a tile; width 1 to 256, 256 being a full one. */
void pl_tile_path(int level, uint64_t index, int width, char out[PL_TILE_PATH]);
/* And back; false when it is no such path. */
bool pl_tile_path_read(const char *path, int *level, uint64_t *index, int *width);
/* How wide the tile is in a tree of that size: 0 (it is not there) to 256.  Entry bundles are as wide as tiles of level 0. */
int pl_tile_width(int level, uint64_t index, uint64_t size);
/* Takes the next entry from a bundle; false at its end, and with *at != end when the bundle is malformed. */
bool pl_bundle_next(const uint8_t **at, const uint8_t *end, pl_bytes *entry);

#endif
