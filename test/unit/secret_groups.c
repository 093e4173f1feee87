/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * secret_groups.c - the groups of secret ballots: laws, ways to compute powers against one another, Ed25519 against libsodium. */
#include <sodium.h>
#include <string.h>

#include "base/mem.h"
#include "secret/ccm.h"
#include "secret/group.h"
#include "test/test.h"

static const char *const NAME[] = {"BELENIOS-2048", "RFC-3526-2048", "Ed25519"};

static pl_group open_group(int i)
{
    pl_group g;
    CHECK(pl_group_open(&g, NAME[i], strlen(NAME[i])));
    return g;
}

static void seeded(pl_draw *draw, uint8_t x)
{
    uint8_t seed[32] = {x};
    CHECK(sodium_init() >= 0);
    pl_draw_start(draw, seed);
}

TEST(powers_agree_however_computed)
{
    for (int i = 0; i < 3; i++) {
        pl_group g = open_group(i);
        pl_draw draw;
        pl_scalar a, b, c, list[3];
        pl_element x, y, z, out[3];
        pl_power_table table;
        seeded(&draw, 1);
        CHECK(pl_member(&g, &g.g) && pl_member(&g, &g.one));
        pl_draw_scalar(&draw, &g, &a);
        pl_draw_scalar(&draw, &g, &b);
        pl_power(&g, &x, &g.g, &a, g.bits);
        pl_power_secret(&g, &y, &g.g, &a);
        CHECK(g.equal(&g, &x, &y) && pl_member(&g, &x));
        g.times(&g, &c, &a, &b);
        pl_power(&g, &y, &x, &b, g.bits);
        pl_power(&g, &z, &g.g, &c, g.bits);
        CHECK(g.equal(&g, &y, &z));
        list[0] = a;
        list[1] = b;
        pl_scalar_set(&list[2], 0);
        CHECK(pl_powers(&g, out, &x, list, 3, true));
        CHECK(g.equal(&g, &out[1], &y) && g.equal(&g, &out[2], &g.one));
        for (int w = 3; w < 7; w++) {
            CHECK_INT(pl_table_new(&table, &g, &x, w, NULL), PL_OK);
            pl_table_power(&table, &z, &b);
            CHECK(g.equal(&g, &y, &z));
            pl_table_secret(&table, &z, &b);
            CHECK(g.equal(&g, &y, &z));
            pl_table_free(&table);
        }
        g.inv(&g, &z, &x);
        g.mul(&g, &z, &z, &x);
        CHECK(g.equal(&g, &z, &g.one));
        g.reciprocal(&g, &c, &a);
        g.times(&g, &c, &c, &a);
        pl_scalar_set(&b, 1);
        CHECK(pl_scalar_equal(&g, &b, &c));
    }
}

TEST(products_agree_however_computed)
{
    for (int i = 0; i < 3; i++) {
        enum { MANY = 70 };
        pl_group g = open_group(i);
        pl_draw draw;
        pl_element base[MANY], want = g.one, x;
        pl_scalar e[MANY];
        seeded(&draw, 2);
        for (int k = 0; k < MANY; k++) {
            pl_draw_scalar(&draw, &g, &e[k]);
            pl_power(&g, &base[k], &g.g, &e[k], g.bits);
            pl_draw_scalar(&draw, &g, &e[k]);
            pl_power(&g, &x, &base[k], &e[k], g.bits);
            g.mul(&g, &want, &want, &x);
        }
        for (int threads = 1; threads < 4; threads++) {
            CHECK_INT(pl_product(&g, &x, base, e, g.bits, MANY, threads, NULL), PL_OK);
            CHECK(g.equal(&g, &x, &want));
            CHECK_INT(pl_product_secret(&g, &x, base, e, MANY, threads, NULL), PL_OK);
            CHECK(g.equal(&g, &x, &want));
        }
        x = base[3];
        CHECK_INT(pl_inverses(&g, base, MANY, NULL), PL_OK);
        g.mul(&g, &x, &x, &base[3]);
        CHECK(g.equal(&g, &x, &g.one));
    }
}

/* Among many members one that is none is found: minus one, the point of order 2. */
TEST(one_stranger_among_many_is_found)
{
    for (int i = 0; i < 3; i += 2) {
        enum { MANY = 2000 };
        pl_group g = open_group(i);
        pl_element *a = PL_NEW(pl_element, MANY), stranger;
        static const char point[] = "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec";
        a[0] = g.g;
        for (int k = 1; k < MANY; k++) {
            g.mul(&g, &a[k], &a[k - 1], &g.g);
        }
        CHECK(pl_members(&g, a, MANY, 1) && pl_members(&g, a, MANY, 3));
        if (i == 2) {
            CHECK(g.read(&g, point, 64, &stranger));
        } else { /* p - 1: what one needs to be zero */
            char text[PL_ELEMENT_TEXT];
            uint64_t p1[PL_GROUP_WORDS];
            memcpy(p1, g.p, sizeof p1);
            p1[0]--;
            pl_group big = g;
            memcpy(big.q.v, p1, sizeof p1);
            big.words = PL_GROUP_WORDS;
            pl_scalar x;
            memcpy(x.v, p1, sizeof p1);
            size_t n = pl_scalar_write(&big, &x, text);
            CHECK(g.read(&g, text, n, &stranger));
        }
        CHECK(!pl_member(&g, &stranger));
        g.mul(&g, &a[777], &a[777], &stranger);
        CHECK(!pl_members(&g, a, MANY, 1) && !pl_members(&g, a, 1000, 1) && pl_members(&g, a, 777, 2));
        g.mul(&g, &a[1778], &a[1778], &stranger); /* two that cancel each other */
        CHECK(!pl_members(&g, a, MANY, 1));
        pl_free(a);
    }
}

TEST(texts_come_back)
{
    for (int i = 0; i < 3; i++) {
        pl_group g = open_group(i);
        pl_draw draw;
        seeded(&draw, 3);
        for (int k = 0; k < 20; k++) {
            char text[PL_ELEMENT_TEXT];
            pl_scalar a, b;
            pl_element x, y;
            pl_draw_scalar(&draw, &g, &a);
            if (k < 3) {
                pl_scalar_set(&a, (uint64_t)k * 1000000000000000000u);
            }
            size_t n = pl_scalar_write(&g, &a, text);
            CHECK_INT(n, strlen(text));
            CHECK(pl_scalar_read(&g, text, n, &b) && pl_scalar_equal(&g, &a, &b));
            pl_power(&g, &x, &g.g, &a, g.bits);
            n = g.write(&g, &x, text);
            CHECK(g.read(&g, text, n, &y) && g.equal(&g, &x, &y));
        }
        char most[PL_ELEMENT_TEXT];
        pl_scalar q = g.q;
        pl_scalar_write(&g, &q, most); /* q itself is no scalar */
        CHECK(!pl_scalar_read(&g, most, strlen(most), &q));
        CHECK(!pl_scalar_read(&g, "007", 3, &q) && !pl_scalar_read(&g, "", 0, &q) && !pl_scalar_read(&g, "1x", 2, &q));
    }
}

TEST(ed25519_is_that_of_libsodium)
{
    pl_group g = open_group(2);
    pl_draw draw;
    seeded(&draw, 4);
    pl_element before = g.g;
    uint8_t before_bytes[32];
    memset(before_bytes, 0x66, 32);
    before_bytes[0] = 0x58;
    for (int k = 0; k < 300; k++) {
        pl_scalar a;
        pl_element x, y;
        uint8_t bytes[32], sum[32];
        char text[PL_ELEMENT_TEXT], hex[65];
        pl_draw_scalar(&draw, &g, &a);
        pl_power(&g, &x, &g.g, &a, g.bits);
        CHECK_INT(crypto_scalarmult_ed25519_base_noclamp(bytes, (const unsigned char *)a.v), 0);
        for (int i = 0; i < 32; i++) {
            snprintf(hex + 2 * i, 3, "%02x", bytes[31 - i]);
        }
        (void)g.write(&g, &x, text);
        CHECK_STR(text, hex);
        g.mul(&g, &y, &x, &before);
        CHECK_INT(crypto_core_ed25519_add(sum, bytes, before_bytes), 0);
        (void)g.write(&g, &y, text);
        for (int i = 0; i < 32; i++) {
            snprintf(hex + 2 * i, 3, "%02x", sum[31 - i]);
        }
        CHECK_STR(text, hex);
        before = y;
        memcpy(before_bytes, sum, 32);
    }
}

/* Random bytes: decoded and a member exactly when libsodium says so. */
TEST(ed25519_takes_the_points_that_libsodium_takes)
{
    pl_group g = open_group(2);
    pl_draw draw;
    int members = 0;
    seeded(&draw, 5);
    for (int k = 0; k < 400; k++) {
        uint8_t bytes[32];
        char hex[65];
        pl_element x;
        pl_draw_bytes(&draw, bytes, 32);
        if (k % 4 == 0) { /* a member, perhaps of eight times the order */
            CHECK(crypto_core_ed25519_from_uniform(bytes, bytes) == 0);
        }
        for (int i = 0; i < 32; i++) {
            snprintf(hex + 2 * i, 3, "%02x", bytes[31 - i]);
        }
        bool ours = g.read(&g, hex, 64, &x) && pl_member(&g, &x), theirs = crypto_core_ed25519_is_valid_point(bytes) == 1;
        CHECK_INT(ours, theirs);
        members += ours;
    }
    CHECK(members > 100);
}

TEST(rankings_fit_into_elements)
{
    for (int i = 1; i < 3; i++) {
        pl_group g = open_group(i);
        pl_draw draw;
        seeded(&draw, 6);
        for (int n = 1; n <= g.ints_most; n += i == 1 ? 23 : 7) {
            int32_t v[300], back[300];
            pl_element x;
            for (int k = 0; k < n; k++) {
                v[k] = (int32_t)pl_draw_below(&draw, 256);
            }
            CHECK(g.encode(&g, v, n, &x) && pl_member(&g, &x));
            g.decode(&g, &x, back, n);
            CHECK(memcmp(v, back, (size_t)n * sizeof *v) == 0);
            v[0] = 256;
            CHECK(!g.encode(&g, v, n, &x));
        }
    }
}

/* NIST SP 800-38C has no example with a key of 256 bits and this nonce; made with OpenSSL 3.0: see docs/formats/secret-ballots.md. */
TEST(messages_are_those_of_aes_ccm)
{
    uint8_t key[32], iv[13], out[64], back[64];
    char hex[129];
    for (int i = 0; i < 32; i++) {
        key[i] = (uint8_t)i;
    }
    for (int i = 0; i < 13; i++) {
        iv[i] = (uint8_t)(0x40 + i);
    }
    pl_ccm_encrypt(key, iv, (const uint8_t *)"bread for all, and roses", 24, out);
    sodium_bin2hex(hex, sizeof hex, out, 24 + PL_CCM_TAG);
    CHECK_STR(hex, "4eb3237c65f92b1f4a90839656d68ef50fae6c3f71b116dd61c6c0e2451a1590");
    CHECK(pl_ccm_decrypt(key, iv, out, 24 + PL_CCM_TAG, back) && memcmp(back, "bread for all, and roses", 24) == 0);
    for (int i = 0; i < 24 + PL_CCM_TAG; i++) {
        out[i] ^= 1;
        CHECK(!pl_ccm_decrypt(key, iv, out, 24 + PL_CCM_TAG, back));
        out[i] ^= 1;
    }
    CHECK(!pl_ccm_decrypt(key, iv, out, 7, back));
}

/* Eleven bases with two exponents each, and one that is no member: by lanes where the processor has them, without, and one by one. */
TEST(powers_of_many_bases_agree)
{
    enum { N = 11 };
    for (int i = 0; i < 3; i++) {
        for (int wide = 0; wide < 2; wide++) {
            pl_group g = open_group(i);
            pl_draw draw;
            pl_element base[N], all[2 * N], one[2];
            pl_scalar e[2 * N];
            int bad;
            seeded(&draw, 7);
            g.lanes = g.lanes && wide == 1;
            for (int k = 0; k < N; k++) {
                pl_draw_scalar(&draw, &g, &e[2 * k]);
                pl_power(&g, &base[k], &g.g, &e[2 * k], g.bits);
                pl_draw_scalar(&draw, &g, &e[2 * k + 1]);
            }
            pl_scalar_set(&e[3], 0);
            pl_scalar_set(&e[4], 1);
            for (int judge = 0; judge < 2; judge++) {
                pl_powers_of_each(&g, all, base, e, N, 2, judge == 1, &bad);
                CHECK_INT(bad, -1);
                for (int k = 0; k < N; k++) {
                    CHECK(pl_powers(&g, one, &base[k], &e[2 * k], 2, false));
                    CHECK(g.equal(&g, &one[0], &all[2 * k]) && g.equal(&g, &one[1], &all[2 * k + 1]));
                }
            }
            if (g.member_by_power) {
                pl_element minus; /* -1 has order 2 */
                uint64_t borrow = 0;
                for (int w = 0; w < PL_GROUP_WORDS; w++) {
                    uint64_t x = g.p[w] - g.one.v[w];
                    minus.v[w] = x - borrow;
                    borrow = (g.p[w] < g.one.v[w]) | (x < borrow);
                }
                g.mul(&g, &base[9], &base[9], &minus);
                pl_powers_of_each(&g, all, base, e, N, 2, true, &bad);
                CHECK_INT(bad, 9);
            }
        }
    }
}
