/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * share_uniform.c - the uniform rule again: all corners in order, one after the other; and the lot. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "verify/share.h"

typedef __int128 wide;

/* ---- Tickets: SipHash-2-4 as its authors describe it ------------------------------------------------------------------------------ */

static uint64_t turned(uint64_t x, int by)
{
    return x << by | x >> (64 - by);
}

static void mix(uint64_t v[4])
{
    v[0] += v[1];
    v[2] += v[3];
    v[1] = turned(v[1], 13) ^ v[0];
    v[3] = turned(v[3], 16) ^ v[2];
    v[0] = turned(v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    v[1] = turned(v[1], 17) ^ v[2];
    v[3] = turned(v[3], 21) ^ v[0];
    v[2] = turned(v[2], 32);
}

static uint64_t word(const unsigned char *bytes, size_t n)
{
    uint64_t x = 0;
    for (size_t i = n; i-- > 0;) {
        x = x << 8 | bytes[i];
    }
    return x;
}

uint64_t pv_ticket(const char *seed, const char *what, const char *name)
{
    unsigned char key[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state hash;
    crypto_hash_sha256_init(&hash);
    crypto_hash_sha256_update(&hash, (const unsigned char *)seed, strlen(seed));
    crypto_hash_sha256_update(&hash, (const unsigned char *)",", 1);
    crypto_hash_sha256_update(&hash, (const unsigned char *)what, strlen(what));
    crypto_hash_sha256_final(&hash, key);
    uint64_t k0 = word(key, 8), k1 = word(key + 8, 8);
    uint64_t v[4] = {k0 ^ 0x736f6d6570736575u, k1 ^ 0x646f72616e646f6du, k0 ^ 0x6c7967656e657261u, k1 ^ 0x7465646279746573u};
    size_t n = strlen(name), at = 0;
    for (bool last = false; !last; at += 8) {
        last = n - at < 8;
        uint64_t m = word((const unsigned char *)name + at, last ? n - at : 8) | (last ? (uint64_t)n << 56 : 0);
        v[3] ^= m;
        mix(v);
        mix(v);
        v[0] ^= m;
    }
    v[2] ^= 0xff;
    for (int i = 0; i < 4; i++) {
        mix(v);
    }
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* ---- The level ------------------------------------------------------------------------------------------------------------------------- */

typedef struct pv_corner { /* where a claimant begins or ends to rise: at the level amount / points */
    int64_t amount, points;
    bool end;
} pv_corner;

static int by_level(const void *a, const void *b)
{
    const pv_corner *x = a, *y = b;
    wide l = (wide)x->amount * y->points, r = (wide)y->amount * x->points;
    return (l > r) - (l < r);
}

/* The claims (or, where these exceed the supply, the floors) as what each gets at least and at most. */
static int64_t at_most(const pv_scarce *g, const pv_claim *c, bool floors)
{
    int64_t claim = c->claim <= g->supply ? c->claim : g->supply + 1;
    return floors && c->floor < claim ? c->floor : claim;
}

static int64_t at_least(const pv_scarce *g, const pv_claim *c, bool floors)
{
    int64_t most = at_most(g, c, false);
    return floors ? 0 : c->floor < most ? c->floor : most;
}

/* The level (up / down parts for each thousandth of a point) at which all is given away. */
static void find_level(pv_share *s, const pv_scarce *g, bool floors, int64_t *up, int64_t *down)
{
    pv_corner *corner = pv_alloc(&s->run, 2 * (size_t)g->n, sizeof *corner);
    wide fixed = 0, slope = 0;
    for (int64_t i = 0; i < g->n; i++) {
        const pv_claim *c = &s->claim[g->first + i];
        int64_t least = at_least(g, c, floors), points = s->points[c->person];
        corner[2 * i] = (pv_corner){least, points, false};
        corner[2 * i + 1] = (pv_corner){at_most(g, c, floors), points, true};
        fixed += least;
    }
    qsort(corner, 2 * (size_t)g->n, sizeof *corner, by_level);
    for (int64_t i = 0; i < 2 * g->n; i++) {
        const pv_corner *c = &corner[i];
        if (fixed * c->points + slope * c->amount > (wide)g->supply * c->points) {
            break; /* at this corner it would be more than there is */
        }
        fixed += c->end ? c->amount : -c->amount;
        slope += c->end ? -c->points : c->points;
    }
    pv_free(&s->run, corner);
    *up = (int64_t)(g->supply - fixed);
    *down = (int64_t)slope;
}

typedef struct pv_number_drawn {
    uint64_t ticket;
    int64_t claim;
} pv_number_drawn;

static int by_ticket(const void *a, const void *b)
{
    const pv_number_drawn *x = a, *y = b;
    return x->ticket != y->ticket ? (x->ticket > y->ticket ? 1 : -1) : (x->claim > y->claim) - (x->claim < y->claim);
}

/* One part more for the smallest tickets among those from whom something was cut off. */
static void give_rest(pv_share *s, pv_scarce *g, bool floors, int64_t up, int64_t down, int64_t rest)
{
    pv_number_drawn *drawn = pv_alloc(&s->run, (size_t)g->n, sizeof *drawn);
    int64_t n = 0;
    for (int64_t i = g->first; i < g->first + g->n; i++) {
        const pv_claim *c = &s->claim[i];
        if (c->should < at_most(g, c, floors) && (wide)c->should * down < (wide)up * s->points[c->person]) {
            drawn[n++] = (pv_number_drawn){pv_ticket(s->seed, g->id, s->person[c->person]), i};
        }
    }
    qsort(drawn, (size_t)n, sizeof *drawn, by_ticket);
    for (int64_t k = 0; k < rest && k < n; k++) {
        s->claim[drawn[k].claim].should++;
    }
    pv_free(&s->run, drawn);
}

void pv_share_uniform(pv_share *s, pv_scarce *g)
{
    wide claims = 0, floors = 0;
    int64_t up = 0, down = 0, given = 0;
    for (int64_t i = g->first; i < g->first + g->n; i++) {
        pv_claim *c = &s->claim[i];
        c->should = at_most(g, c, false);
        claims += c->should;
        floors += at_least(g, c, false);
    }
    g->level = NAN;
    if (claims <= g->supply) {
        return;
    }
    bool only_floors = floors > g->supply;
    find_level(s, g, only_floors, &up, &down);
    for (int64_t i = g->first; i < g->first + g->n; i++) {
        pv_claim *c = &s->claim[i];
        int64_t most = at_most(g, c, only_floors), least = at_least(g, c, only_floors);
        wide share = down > 0 ? (wide)up * s->points[c->person] / down : most;
        c->should = share > most ? most : share < least ? least : (int64_t)share;
        given += c->should;
    }
    g->drawn = g->supply - given;
    g->level = (double)((pv_real)up / (pv_real)down * PV_POINT / (pv_real)g->part);
    give_rest(s, g, only_floors, up, down, g->drawn);
}
