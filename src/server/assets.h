/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * assets.h - the files of web/dist, which are part of the program: compressed at build time (tools/embed.c), sorted by name. */
#ifndef PLENTY_SERVER_ASSETS_H
#define PLENTY_SERVER_ASSETS_H

#include <plenty/record.h>

#include "server/http.h"

typedef struct pl_embedded {
    const char *name; /* "index.html", "assets/main-3f2a.js" */
    const unsigned char *gzip;
    size_t n, whole; /* bytes, compressed and not */
} pl_embedded;
extern const pl_embedded PL_ASSETS[];
extern const int PL_N_ASSETS;

/* The bytes of one, with a zero byte after them; to be freed.  PL_NOMEM, PL_BUG. */
pl_status pl_asset_text(const pl_embedded *asset, char **out, pl_error *err);
const pl_embedded *pl_asset_named(const char *name); /* or NULL */

/* All of them as answers; and as a list, a line "SHA-256  name" for each, as sha256sum writes it.  What is served has one hash: that of the list. */
typedef struct pl_assets {
    pl_content **content; /* of each */
    int n;
    pl_str list;
    uint8_t hash[PL_HASH];
    char style[60]; /* of the style sheet in index.html, as the policy of that page names it: "sha256-..."; or "" */
} pl_assets;
pl_status pl_assets_load(pl_assets *out, pl_error *err);
void pl_assets_clear(pl_assets *assets);
/* What is to be sent for a path below the root, kept for the caller: the file of that name; index.html for "" and for names without a full stop
 * (the pages' own paths); NULL for others. */
pl_content *pl_assets_find(const pl_assets *assets, const pl_target *target);

#endif
