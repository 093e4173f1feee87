/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/assets.h"

#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "base/mem.h"
#include "record/bytes.h"

static const char *type_of(const char *name)
{
    static const char *const TYPES[][2] = {
        {".html", "text/html; charset=utf-8"}, {".js", "text/javascript; charset=utf-8"}, {".css", "text/css; charset=utf-8"}, {".json", "application/json"},
        {".svg", "image/svg+xml"}, {".png", "image/png"}, {".wasm", "application/wasm"}, {".woff2", "font/woff2"}, {".txt", "text/plain; charset=utf-8"},
        {".webmanifest", "application/manifest+json"}, {".ico", "image/x-icon"}, {".csv", "text/csv; charset=utf-8"},
    };
    const char *end = strrchr(name, '.');
    for (size_t i = 0; end != NULL && i < sizeof TYPES / sizeof TYPES[0]; i++) {
        if (strcmp(end, TYPES[i][0]) == 0) {
            return TYPES[i][1];
        }
    }
    return "application/octet-stream";
}

static void list(pl_assets *all, const char *name, const char *bytes, size_t n)
{
    uint8_t hash[PL_HASH];
    char hex[2 * PL_HASH + 1];
    pl_hash(bytes, n, hash);
    pl_hex_write(hash, PL_HASH, hex);
    pl_str_addf(&all->list, "%s  %s\n", hex, name);
}

pl_status pl_asset_text(const pl_embedded *a, char **out, pl_error *err)
{
    char *plain = PL_NEW(char, a->whole + 1);
    z_stream z = {0};
    if (plain == NULL || inflateInit2(&z, 15 + 16) != Z_OK) {
        pl_free(plain);
        return pl_fail_nomem(err, "loading the pages");
    }
    z.next_in = (Bytef *)(uintptr_t)a->gzip;
    z.avail_in = (uInt)a->n;
    z.next_out = (Bytef *)plain;
    z.avail_out = (uInt)a->whole;
    bool good = inflate(&z, Z_FINISH) == Z_STREAM_END && z.total_out == a->whole;
    inflateEnd(&z);
    if (!good) {
        pl_free(plain);
        return pl_fail(err, PL_BUG, a->name, NULL, "a file in the program is damaged");
    }
    plain[a->whole] = '\0';
    *out = plain;
    return PL_OK;
}

/* The page has its style sheet in it, so that it waits for one answer less. */
static void find_style(pl_assets *all, const char *page)
{
    const char *begins = strstr(page, "<style>"), *ends = begins != NULL ? strstr(begins, "</style>") : NULL;
    uint8_t hash[PL_HASH];
    pl_str text;
    if (ends != NULL) {
        begins += strlen("<style>");
        pl_hash(begins, (size_t)(ends - begins), hash);
        pl_str_init(&text, sizeof all->style);
        pl_str_add(&text, "sha256-");
        pl_base64_put(&text, hash, sizeof hash);
        snprintf(all->style, sizeof all->style, "%s", text.failed ? "" : text.text);
        pl_str_clear(&text);
    }
}

static pl_status load(pl_assets *all, const pl_embedded *a, pl_content **out, pl_error *err)
{
    char *plain = NULL;
    /* Vite puts a hash into the names of what lies in assets/. */
    const char *caching = strncmp(a->name, "assets/", 7) == 0 ? "public, max-age=31536000, immutable" : "no-cache";
    pl_status status = pl_asset_text(a, &plain, err);
    const char *style = NULL;
    if (status == PL_OK && strcmp(a->name, "index.html") == 0) {
        find_style(all, plain);
        style = all->style[0] != '\0' ? all->style : NULL;
    }
    status = status == PL_OK ? pl_content_gzipped(type_of(a->name), style, caching, a->gzip, a->n, plain, a->whole, out, err) : status;
    if (status == PL_OK) {
        list(all, a->name, plain, a->whole);
    }
    pl_free(plain);
    return status;
}

pl_status pl_assets_load(pl_assets *out, pl_error *err)
{
    pl_status status = PL_OK;
    out->n = 0;
    out->style[0] = '\0';
    pl_str_init(&out->list, (size_t)1 << 20);
    out->content = PL_NEW0(pl_content *, PL_N_ASSETS + 1);
    if (out->content == NULL) {
        return pl_fail_nomem(err, "loading the pages");
    }
    while (status == PL_OK && out->n < PL_N_ASSETS) {
        status = load(out, &PL_ASSETS[out->n], &out->content[out->n], err);
        out->n += status == PL_OK;
    }
    pl_hash(out->list.text, out->list.len, out->hash);
    return status == PL_OK && out->list.failed ? pl_fail_nomem(err, "loading the pages") : status;
}

void pl_assets_clear(pl_assets *a)
{
    for (int i = 0; i < a->n; i++) {
        pl_content_drop(a->content[i]);
    }
    pl_free(a->content);
    pl_str_clear(&a->list);
    *a = (pl_assets){.n = 0};
}

const pl_embedded *pl_asset_named(const char *name)
{
    int lo = 0, hi = PL_N_ASSETS;
    while (lo < hi) {
        int mid = (lo + hi) / 2, order = strcmp(PL_ASSETS[mid].name, name);
        if (order == 0) {
            return &PL_ASSETS[mid];
        }
        lo = order < 0 ? mid + 1 : lo;
        hi = order < 0 ? hi : mid;
    }
    return NULL;
}

static pl_content *named(const pl_assets *a, const char *name)
{
    const pl_embedded *found = pl_asset_named(name);
    return found != NULL ? pl_content_keep(a->content[found - PL_ASSETS]) : NULL;
}

pl_content *pl_assets_find(const pl_assets *a, const pl_target *t)
{
    char name[PL_TARGET_MAX + PL_SEGMENTS];
    size_t n = 0;
    name[0] = '\0';
    for (int i = 0; i < t->n_segments; i++) {
        n += (size_t)snprintf(name + n, sizeof name - n, "%s%s", i > 0 ? "/" : "", t->segment[i]);
    }
    pl_content *found = named(a, name);
    return found != NULL || strchr(name, '.') != NULL ? found : named(a, "index.html");
}
