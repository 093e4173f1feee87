/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Trees of all sizes, random CBOR, paths of tiles; the two checkers of records against each other. */
#include <plenty/record.h>

#include <stdlib.h>

#include "base/rng.h"
#include "io/file.h"
#include "record/cbor.h"
#include "record/record_int.h"
#include "record/tiles.h"
#include "test/record_help.h"
#include "test/test.h"
#include "verify/record.h"

#define LEAVES 130

static pl_tree tree;

static void grow(void)
{
    for (uint64_t i = 0; i < LEAVES; i++) {
        uint8_t leaf[PL_HASH], nodes[64][PL_HASH];
        pl_leaf_hash(&i, sizeof i, leaf);
        CHECK_INT(pl_tree_add(&tree, leaf, nodes, NULL), PL_OK);
    }
}

/* RFC 6962, 2.1, word for word. */
static void defined(uint64_t begin, uint64_t end, uint8_t out[PL_HASH])
{
    uint8_t left[PL_HASH], right[PL_HASH];
    uint64_t k = 1;
    if (begin == end) {
        pl_hash("", 0, out);
        return;
    }
    if (end - begin == 1) {
        pl_leaf_hash(&begin, sizeof begin, out);
        return;
    }
    while (2 * k < end - begin) {
        k *= 2;
    }
    defined(begin, begin + k, left);
    defined(begin + k, end, right);
    pl_node_hash(left, right, out);
}

TEST(roots_are_those_of_the_definition)
{
    grow();
    pl_nodes nodes = pl_tree_nodes(&tree);
    for (uint64_t size = 0; size <= LEAVES; size++) {
        uint8_t root[PL_HASH], want[PL_HASH];
        CHECK_INT(pl_tree_root(&nodes, 0, size, root, NULL), PL_OK);
        defined(0, size, want);
        CHECK(memcmp(root, want, PL_HASH) == 0);
    }
}

TEST(every_inclusion_proof_holds_and_no_other)
{
    grow();
    pl_nodes nodes = pl_tree_nodes(&tree);
    for (uint64_t size = 1; size <= LEAVES; size++) {
        uint8_t root[PL_HASH], leaf[PL_HASH];
        pl_tree_root(&nodes, 0, size, root, NULL);
        for (uint64_t p = 0; p < size; p += size > 40 ? 7 : 1) {
            pl_proof proof;
            CHECK_INT(pl_tree_inclusion(&nodes, p, size, &proof, NULL), PL_OK);
            pl_leaf_hash(&p, sizeof p, leaf);
            CHECK(pl_inclusion_holds(p, size, leaf, &proof, root));
            CHECK(!pl_inclusion_holds(p + 1, size, leaf, &proof, root) && !pl_inclusion_holds(p ^ 1, size, leaf, &proof, root));
            CHECK(!pl_inclusion_holds(p, 2 * size, leaf, &proof, root));
            for (int i = 0; i < proof.n; i++) {
                proof.hash[i][p % 32] ^= 4;
                CHECK(!pl_inclusion_holds(p, size, leaf, &proof, root));
                proof.hash[i][p % 32] ^= 4;
            }
            proof.n++;
            CHECK(!pl_inclusion_holds(p, size, leaf, &proof, root));
            proof.n -= 2;
            CHECK(proof.n < 0 || !pl_inclusion_holds(p, size, leaf, &proof, root));
        }
    }
}

TEST(every_consistency_proof_holds_and_no_other)
{
    grow();
    pl_nodes nodes = pl_tree_nodes(&tree);
    for (uint64_t size = 1; size <= LEAVES; size++) {
        for (uint64_t old = 0; old <= size; old += size > 40 ? 5 : 1) {
            uint8_t roots[2][PL_HASH];
            pl_proof proof;
            pl_tree_root(&nodes, 0, old, roots[0], NULL);
            pl_tree_root(&nodes, 0, size, roots[1], NULL);
            CHECK_INT(pl_tree_consistency(&nodes, old, size, &proof, NULL), PL_OK);
            CHECK(pl_consistency_holds(old, size, roots[0], roots[1], &proof));
            if (old == 0 || old == size) {
                CHECK_INT(proof.n, 0);
                continue;
            }
            CHECK(!pl_consistency_holds(old, size, roots[1], roots[0], &proof) && !pl_consistency_holds(old - 1, size, roots[0], roots[1], &proof));
            CHECK(!pl_consistency_holds(size, old, roots[0], roots[1], &proof));
            for (int i = 0; i < proof.n; i++) {
                proof.hash[i][size % 32] ^= 1;
                CHECK(!pl_consistency_holds(old, size, roots[0], roots[1], &proof));
                proof.hash[i][size % 32] ^= 1;
            }
            proof.n--;
            CHECK(!pl_consistency_holds(old, size, roots[0], roots[1], &proof));
        }
    }
}

/* ---- CBOR: both readers decide alike ------------------------------------------------------------------ */

static void random_item(pl_rng *rng, pl_str *out, int depth)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
    uint64_t x = pl_rng_next(rng) >> pl_rng_below(rng, 64), n = pl_rng_below(rng, 5);
    switch (pl_rng_below(rng, depth > 0 ? 8 : 6)) {
    case 0: pl_cbor_put_uint(out, x); break;
    case 1: pl_cbor_put_int(out, -(int64_t)(x >> 1)); break;
    case 2: pl_cbor_put_bytes(out, letters, n * 6); break;
    case 3: pl_cbor_put_text(out, letters, n); break;
    case 4: pl_cbor_put_null(out); break;
    case 5: pl_cbor_put_bool(out, n > 2); break;
    case 6:
        pl_cbor_put_array(out, n);
        for (uint64_t i = 0; i < n; i++) {
            random_item(rng, out, depth - 1);
        }
        break;
    default:
        pl_cbor_put_map(out, n);
        for (uint64_t i = 0; i < n; i++) {
            pl_cbor_put_uint(out, i * 20);
            random_item(rng, out, depth - 1);
        }
    }
}

TEST(written_cbor_is_deterministic_and_changes_are_judged_alike)
{
    uint64_t refused = 0;
    for (uint64_t seed = 0; seed < 20000; seed++) {
        pl_rng rng;
        pl_str s;
        pl_rng_seed(&rng, seed);
        pl_str_init(&s, 1 << 20);
        random_item(&rng, &s, 4);
        uint8_t *bytes = (uint8_t *)s.text;
        CHECK(pl_cbor_check(bytes, s.len, NULL) == NULL && pv_deterministic(bytes, s.len));
        pl_cbor c = {bytes, bytes + s.len};
        CHECK(pl_cbor_skip(&c) && pl_cbor_end(&c));
        for (int k = 0; k < 8; k++) {
            size_t at = pl_rng_below(&rng, s.len);
            uint8_t before = bytes[at];
            bytes[at] = (uint8_t)pl_rng_next(&rng);
            bool first = pl_cbor_check(bytes, s.len, NULL) == NULL, second = pv_deterministic(bytes, s.len);
            if (first != second) {
                FAIL("seed %llu: Plenty says %d, the checker %d", (unsigned long long)seed, first, second);
            }
            refused += !first;
            bytes[at] = before;
        }
        pl_str_clear(&s);
    }
    CHECK(refused > 10000);
}

/* All floating-point numbers of 16 bits, and many of 32 and 64. */
TEST(floating_point_numbers_are_judged_alike)
{
    pl_rng rng;
    pl_rng_seed(&rng, 3);
    for (uint64_t i = 0; i < 400000; i++) {
        int width = i < 65536 ? 2 : i % 2 == 0 ? 4 : 8;
        uint64_t x = i < 65536 ? i : pl_rng_next(&rng);
        if (width == 8 && i % 3 != 0) { /* often what fits a shorter form, or nearly */
            x &= ~(uint64_t)0 << pl_rng_below(&rng, 53);
            x = (x & 0x800FFFFFFFFFFFFF) | (uint64_t)(1023 - 160 + pl_rng_below(&rng, 320)) << 52;
        } else if (width == 4 && i % 3 != 0) {
            x &= 0xFFFFFFFF & ~(uint64_t)0 << pl_rng_below(&rng, 24);
            x = (x & 0x807FFFFF) | (uint64_t)(127 - 30 + pl_rng_below(&rng, 60)) << 23;
        }
        uint8_t bytes[9] = {(uint8_t)(width == 2 ? 0xF9 : width == 4 ? 0xFA : 0xFB)};
        for (int k = 0; k < width; k++) {
            bytes[1 + k] = (uint8_t)(x >> (8 * (width - 1 - k)));
        }
        bool first = pl_cbor_check(bytes, (size_t)width + 1, NULL) == NULL, second = pv_deterministic(bytes, (size_t)width + 1);
        if (first != second) {
            FAIL("%d bits, %llx: Plenty says %d, the checker %d", 8 * width, (unsigned long long)x, first, second);
        }
    }
}

/* ---- Tiles ------------------------------------------------------------------------------------------ */

TEST(paths_of_tiles)
{
    char path[PL_TILE_PATH];
    pl_tile_path(0, 1234067, 256, path);
    CHECK_STR(path, "tile/0/x001/x234/067"); /* the example of tlog-tiles */
    pl_tile_path(PL_TILE_ENTRIES, 0, 7, path);
    CHECK_STR(path, "tile/entries/000.p/7");
    pl_rng rng;
    pl_rng_seed(&rng, 5);
    for (int i = 0; i < 10000; i++) {
        int level = (int)pl_rng_below(&rng, 9) - 1, width = 1 + (int)pl_rng_below(&rng, 256), l, w;
        uint64_t index = pl_rng_next(&rng) >> (10 + pl_rng_below(&rng, 54)), x;
        pl_tile_path(level, index, width, path);
        CHECK(pl_tile_path_read(path, &l, &x, &w) && l == level && x == index && w == width);
    }
    static const char *const wrong[] = {"tile/0/x000/001", "tile/0/1", "tile/64/001", "tile/0/001.p/256", "tile/0/001.p/0", "tile/0/001.p/01", "tile/00/001",
                                        "tile/0/x001", "tile/0/001/002", "tile/entry/001", "tile/0/", "", "tile/0/x1/001", "tile/0/001x"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        int l, w;
        uint64_t x;
        if (pl_tile_path_read(wrong[i], &l, &x, &w)) {
            FAIL("'%s' is taken for the path of a tile", wrong[i]);
        }
    }
    /* tlog-tiles: a tree of 70,000 has 273 full tiles and one of 112 at level 0, one full and one of 17 at level 1, one of 1 at level 2. */
    CHECK(pl_tile_width(0, 272, 70000) == 256 && pl_tile_width(0, 273, 70000) == 112 && pl_tile_width(0, 274, 70000) == 0);
    CHECK(pl_tile_width(1, 0, 70000) == 256 && pl_tile_width(1, 1, 70000) == 17 && pl_tile_width(2, 0, 70000) == 1 && pl_tile_width(3, 0, 70000) == 0);
    CHECK(pl_tile_width(0, 0, 256) == 256 && pl_tile_width(1, 0, 256) == 1);
}

/* The files make the same record again; where one of them is missing, none. */
static void import_again(pl_record *r, uint64_t size)
{
    pl_record *copy = NULL;
    pl_replay was, is;
    uint8_t root[2][PL_HASH];
    pl_error err = {0};
    uint64_t n = 0;
    CHECK_INT(pl_record_import(test_path("files"), test_path("copy"), NULL, &copy, &err), PL_OK);
    CHECK(pl_record_size(copy, &n, &err) == PL_OK && n == size);
    CHECK(pl_record_root(r, size, root[0], &err) == PL_OK && pl_record_root(copy, size, root[1], &err) == PL_OK);
    CHECK(memcmp(root[0], root[1], PL_HASH) == 0);
    CHECK(pl_record_replay(r, false, NULL, &was, &err) == PL_OK && pl_record_replay(copy, false, NULL, &is, &err) == PL_OK);
    CHECK(memcmp(was.state, is.state, PL_HASH) == 0 && memcmp(is.state, is.stored, PL_HASH) == 0);
    pl_record_close(copy);
    CHECK_INT(pl_record_import(test_path("files"), test_path("copy"), NULL, &copy, &err), PL_IO); /* it is there already */
    char there[5000];
    snprintf(there, sizeof there, "%s", test_path("files/tile/entries/001"));
    CHECK(rename(there, test_path("aside")) == 0);
    CHECK_INT(pl_record_import(test_path("files"), test_path("other"), NULL, &copy, &err), PL_NOTFOUND);
    CHECK(copy == NULL && !pl_path_exists(test_path("other")));
    CHECK(rename(test_path("aside"), there) == 0);
}

/* A record of some hundreds of events as files: the independent checker agrees, and any byte that is changed in them is noticed. */
TEST(files_of_a_record)
{
    enum { N = 600 };
    pl_key *one = test_key(1);
    pl_record *r = test_record(NULL, true);
    pl_owned body = test_note_body("One of many."), *event = malloc(N * sizeof *event), note;
    pl_bytes *bytes = malloc(N * sizeof *bytes);
    pl_taken *taken = malloc(N * sizeof *taken);
    pl_draft draft;
    pl_error err = {0};
    uint64_t events;
    CHECK(event != NULL && bytes != NULL && taken != NULL && pl_record_draft(r, pl_key_id(one), TEST_NOW, &draft, &err) == PL_OK);
    draft.kind = "note";
    draft.body = test_bytes(&body);
    for (int i = 0; i < N; i++, draft.counter++) {
        CHECK_INT(pl_event_sign(&draft, one, &event[i], &err), PL_OK);
        bytes[i] = test_bytes(&event[i]);
    }
    CHECK_INT(pl_record_append(r, bytes, N, TEST_NOW, taken, &err), PL_OK);
    CHECK_INT(pl_record_sign_checkpoint(r, one, &note, &err), PL_OK);
    CHECK_INT(pl_record_export(r, test_path("files"), false, &events, &err), PL_OK);
    CHECK_INT(events, N + 1);
    CHECK_INT(pl_record_export(r, test_path("files"), false, &events, &err), PL_IO); /* it is there already */
    FILE *out = fopen("/dev/null", "w");
    CHECK(out != NULL);
    CHECK_INT(pv_verify_record(test_path("files"), false, out, out), 0);
    import_again(r, N + 1);
    static const char *const files[] = {"checkpoint", "checkpoints/601", "tile/0/000", "tile/0/002.p/89", "tile/1/000.p/2", "tile/entries/000", "tile/entries/002.p/89"};
    pl_rng rng;
    pl_rng_seed(&rng, 6);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        for (int k = 0; k < 6; k++) {
            char path[300];
            snprintf(path, sizeof path, "files/%s", files[i]);
            FILE *f = fopen(test_path(path), "r+");
            CHECK(f != NULL && fseek(f, 0, SEEK_END) == 0);
            long at = (long)pl_rng_below(&rng, (uint64_t)ftell(f));
            CHECK(fseek(f, at, SEEK_SET) == 0);
            int before = fgetc(f);
            CHECK(fseek(f, at, SEEK_SET) == 0 && fputc(before ^ 1, f) != EOF && fclose(f) == 0);
            if (pv_verify_record(test_path("files"), false, out, out) == 0) {
                FAIL("%s: byte %ld was changed, and nobody noticed", files[i], at);
            }
            f = fopen(test_path(path), "r+");
            CHECK(f != NULL && fseek(f, at, SEEK_SET) == 0 && fputc(before, f) != EOF && fclose(f) == 0);
        }
    }
    CHECK_INT(pv_verify_record(test_path("files"), false, out, out), 0);
    fclose(out);
    for (int i = 0; i < N; i++) {
        pl_owned_free(&event[i]);
    }
    free(event);
    free(bytes);
    free(taken);
    pl_owned_free(&body);
    pl_owned_free(&note);
    pl_record_close(r);
    pl_key_free(one);
}
