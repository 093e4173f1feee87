/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * verify_secret.c - the checker's product of two powers against its single powers: libsodium's on the curve, GMP's modulo p. */
#include <string.h>

#include "test/test.h"
#include "verify/secret.h"

static void powers_agree(const pv_group *g, const pv_big *a, const pv_big *e, const pv_big *b, const pv_big *f)
{
    pv_big x = pv_power(g, a, e), y = pv_power(g, b, f), both = pv_powers(g, a, e, b, f);
    x = pv_times(g, &x, &y);
    CHECK(pv_same(&x, &both));
}

/* Numbers around those where a digit becomes negative, where words meet, and around the order; points that are one, the same, each other's opposite. */
TEST(products_of_two_powers_at_edges)
{
    static const pv_big exponent[] = {{{0}}, {{1}}, {{2}}, {{15}}, {{16}}, {{17}}, {{31}}, {{32}}, {{33}}, {{0xffffffffffffffff}}, {{0x8000000000000000}}, {{0, 1}},
                                      {{0xf800000000000000, 1}}, {{0xffffffffffffffff, 0xffffffffffffffff, 0xffffffffffffffff}}, {{0, 0, 0, 0x1000000000000000}},
                                      {{0x5812631a5cf5d3ec, 0x14def9dea2f79cd6, 0, 0x1000000000000000}}};
    pv_group g;
    CHECK(sodium_init() >= 0 && pv_group_set(&g, "Ed25519", 7));
    pv_big zero = pv_small(0), minus, base[4] = {g.one, g.g, pv_generator(&g, 1)};
    minus = pv_difference(&g, &zero, &exponent[1]);
    base[3] = pv_power(&g, &g.g, &minus);
    for (size_t i = 0; i < sizeof exponent / sizeof *exponent; i++) {
        for (size_t k = 0; k < sizeof exponent / sizeof *exponent; k++) {
            for (size_t pair = 0; pair < 16; pair++) {
                powers_agree(&g, &base[pair / 4], &exponent[i], &base[pair % 4], &exponent[k]);
            }
        }
    }
}

TEST(products_of_two_powers_of_any_points)
{
    static const char *const name[] = {"Ed25519", "BELENIOS-2048"};
    static const int rounds[] = {1000, 10};
    for (int i = 0; i < 2; i++) {
        pv_group g;
        CHECK(sodium_init() >= 0 && pv_group_set(&g, name[i], strlen(name[i])));
        pv_big a = g.g, b = g.g, e, f;
        uint8_t hash[32] = {7};
        for (int k = 0; k < rounds[i]; k++) {
            crypto_hash_sha256(hash, hash, sizeof hash);
            e = pv_reduced(&g, hash);
            crypto_hash_sha256(hash, hash, sizeof hash);
            f = pv_reduced(&g, hash);
            powers_agree(&g, &a, &e, &b, &f);
            b = a;
            a = pv_powers(&g, &a, &e, &g.g, &f);
        }
    }
}
