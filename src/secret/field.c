/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * field.c - subgroups of the integers modulo p, by GMP's functions on limbs, which allocate nothing.  Elements are kept in
 * Montgomery's form, a 2^2048 mod p; products are GMP's for secrets, followed by a reduction without branches. */
#include <gmp.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "secret/lanes.h"

#define N PL_GROUP_WORDS
#define SCRATCH 512

_Static_assert(sizeof(mp_limb_t) == 8 && GMP_NUMB_BITS == 64, "limbs of 64 bits");

static const char BELENIOS_P[] =
    "206947856914225464010136436575050080649229892957511040971008847870573742192427174019222372544976843381290666331380789584"
    "049600543896362897963930387739057228036059737494276713767776188985898727358650490811670993105358677809800307904916540637"
    "771737641986785272734744763418356000356983051931442845617019110007867373073335641239717328979132404745788344682606523279"
    "746479511376726586935821800463179220736688600526271863633860887968821207694323661494910029234443463732221458841005864210"
    "502421203654335612013204811188524087310770141516662001623131771693721892480785077118278423174980732765988288251691831031"
    "25680162072880719";
static const char BELENIOS_G[] =
    "240235267750185220922768770353239993271228765737836491651007531878766327414635321932028567615526967879969466829874938909"
    "508389657342560190060106847716449173547413728310461045868131451178164675540052740288984613986453266121505579709716201616"
    "827031288643245666383486363578210615491841998253431518974065818686865115135857641013888221539601604322884360393098933366"
    "277284840659313840601023167509576377798266510360682240663507669776402534625377308513317349519424896775405257365904949247"
    "763147599157519877517771148149092045660020547812705472823814097251863985833411570056835369555342378147558249189605029668"
    "0037745308460627";
static const char BELENIOS_Q[] = "78571733251071885079927659812671450121821421258408794611510081919805623223441";
static const char RFC_P[] =
    "323170060713110073003389139264238282488179412411402391128420097514007417066343542226196894173635693471179017379097041917"
    "546058732091950288537589861856221532121754125149017745202702357960782362488842461894775876411059286460994117232454266225"
    "221932305409190376805242355191256797158701170010580558776510388618472802579760549035697325615261670813393617995413364765"
    "591603683178967290731783845896806396719009772021941686472258710314113364293195361934716365332097170774482279885885653692"
    "086452966360772502689555059283627511211740969729980684105543595848665832916421362182310789909994486524682624169720359118"
    "52507045361090559";

/* ---- Numbers ---------------------------------------------------------------------------------------------------- */

static void from_decimal(const char *text, size_t n, uint64_t out[N])
{
    unsigned char digit[PL_ELEMENT_TEXT];
    uint64_t limbs[N + 2];
    for (size_t i = 0; i < n; i++) {
        digit[i] = (unsigned char)(text[i] - '0');
    }
    mp_size_t k = mpn_set_str(limbs, digit, n, 10);
    memset(out, 0, N * sizeof *out);
    memcpy(out, limbs, (size_t)k * sizeof *out);
}

static void reduce_once(const pl_group *g, uint64_t *r, const uint64_t t[N], uint64_t carry)
{
    uint64_t less[N];
    uint64_t borrow = mpn_sub_n(less, t, g->p, N);
    uint64_t keep = 0 - (uint64_t)(carry < borrow);
    for (int i = 0; i < N; i++) {
        r[i] = (t[i] & keep) | (less[i] & ~keep);
    }
}

/* t / 2^2048 mod p; t is spoilt. */
static void montgomery(const pl_group *g, uint64_t *r, uint64_t t[2 * N])
{
    for (int i = 0; i < N; i++) {
        t[i] = mpn_addmul_1(t + i, g->p, N, t[i] * g->p_inverse);
    }
    uint64_t half[N], carry = mpn_add_n(half, t + N, t, N);
    reduce_once(g, r, half, carry);
}

static void field_mul(const pl_group *g, pl_element *r, const pl_element *a, const pl_element *b)
{
    uint64_t t[2 * N], scratch[SCRATCH];
    mpn_sec_mul(t, a->v, N, b->v, N, scratch);
    montgomery(g, r->v, t);
}

static void field_mul_public(const pl_group *g, pl_element *r, const pl_element *a, const pl_element *b)
{
    uint64_t t[2 * N];
    mpn_mul_n(t, a->v, b->v, N);
    montgomery(g, r->v, t);
}

static void field_sqr(const pl_group *g, pl_element *r, const pl_element *a)
{
    uint64_t t[2 * N], scratch[SCRATCH];
    mpn_sec_sqr(t, a->v, N, scratch);
    montgomery(g, r->v, t);
}

static void enter(const pl_group *g, pl_element *r, const uint64_t plain[N])
{
    pl_element a, square;
    memcpy(a.v, plain, sizeof a.v);
    memcpy(square.v, g->square, sizeof square.v);
    field_mul(g, r, &a, &square);
}

static void leave(const pl_group *g, uint64_t plain[N], const pl_element *a)
{
    uint64_t t[2 * N] = {0};
    memcpy(t, a->v, N * sizeof *t);
    montgomery(g, plain, t);
}

static void field_inv(const pl_group *g, pl_element *r, const pl_element *a)
{
    uint64_t plain[N], inverse[N], scratch[8 * N];
    leave(g, plain, a);
    (void)mpn_sec_invert(inverse, plain, g->p, N, 2 * N * 64, scratch); /* p is prime and a is not zero */
    enter(g, r, inverse);
}

static bool field_equal(const pl_group *g, const pl_element *a, const pl_element *b)
{
    (void)g;
    return sodium_memcmp(a->v, b->v, sizeof a->v) == 0;
}

/* ---- Text ----------------------------------------------------------------------------------------------------------- */

static bool field_read(const pl_group *g, const char *text, size_t n, pl_element *out)
{
    uint64_t plain[N];
    if (n == 0 || n > 617 || text[0] == '0') { /* zero is no element */
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
    }
    uint64_t limbs[N + 2] = {0};
    unsigned char digit[PL_ELEMENT_TEXT];
    for (size_t i = 0; i < n; i++) {
        digit[i] = (unsigned char)(text[i] - '0');
    }
    mp_size_t k = mpn_set_str(limbs, digit, n, 10);
    if (k > N) {
        return false;
    }
    memset(plain, 0, sizeof plain);
    memcpy(plain, limbs, (size_t)k * sizeof *plain);
    if (mpn_cmp(plain, g->p, N) >= 0) {
        return false;
    }
    enter(g, out, plain);
    return true;
}

static size_t decimal(uint64_t *plain, int words, char out[PL_ELEMENT_TEXT])
{
    unsigned char digit[PL_ELEMENT_TEXT + 64];
    mp_size_t k = words;
    while (k > 0 && plain[k - 1] == 0) {
        k--;
    }
    if (k == 0) {
        memcpy(out, "0", 2);
        return 1;
    }
    size_t n = mpn_get_str(digit, 10, plain, k), lead = 0;
    while (digit[lead] == 0) {
        lead++;
    }
    for (size_t i = lead; i < n; i++) {
        out[i - lead] = (char)('0' + digit[i]);
    }
    out[n - lead] = '\0';
    return n - lead;
}

static size_t field_write(const pl_group *g, const pl_element *a, char out[PL_ELEMENT_TEXT])
{
    uint64_t plain[N];
    leave(g, plain, a);
    return decimal(plain, N, out);
}

/* The number, highest byte first. */
static void field_key(const pl_group *g, const pl_element *a, uint8_t out[PL_ELEMENT_KEY])
{
    uint64_t plain[N];
    leave(g, plain, a);
    for (int i = 0; i < PL_ELEMENT_KEY; i++) {
        int from = PL_ELEMENT_KEY - 1 - i;
        out[i] = (uint8_t)(plain[from / 8] >> from % 8 * 8);
    }
}

/* ---- Membership, embedding, generators ---------------------------------------------------------------------------------- */

/* p = 2 q + 1: the members are the squares. */
static bool field_member(const pl_group *g, const pl_element *a)
{
    mpz_t x, p;
    uint64_t plain[N];
    leave(g, plain, a);
    return mpz_jacobi(mpz_roinit_n(x, plain, N), mpz_roinit_n(p, g->p, N)) == 1;
}

static bool field_encode(const pl_group *g, const int32_t *v, int n, pl_element *out)
{
    uint64_t plain[N] = {0};
    int bit = g->padding;
    if (!g->answers || n > g->ints_most) {
        return false;
    }
    for (int i = n - 1; i >= 0; i--, bit += g->bits_per_int) {
        if (v[i] < 0 || v[i] >= 1 << g->bits_per_int) {
            return false;
        }
        plain[bit / 64] |= (uint64_t)v[i] << bit % 64; /* 8 bits never straddle two words: the padding is 8 */
    }
    for (int tries = 0; tries < 1 << g->padding; tries++, plain[0]++) {
        enter(g, out, plain);
        if (mpn_zero_p(plain, N) == 0 && field_member(g, out)) {
            return true;
        }
    }
    return false;
}

static void field_decode(const pl_group *g, const pl_element *a, int32_t *v, int n)
{
    uint64_t plain[N];
    leave(g, plain, a);
    int bit = g->padding;
    for (int i = n - 1; i >= 0; i--, bit += g->bits_per_int) {
        v[i] = bit < 2048 ? (int32_t)(plain[bit / 64] >> bit % 64 & 255) : 0;
    }
}

static bool field_generator(const pl_group *g, int64_t i, pl_element *out)
{
    char text[40];
    uint8_t hash[32];
    uint64_t plain[N] = {0}, cofactor[N], quotient[N + 1], rest[N], p1[N];
    int k = snprintf(text, sizeof text, "ggen|%lld", (long long)i);
    crypto_hash_sha256(hash, (const unsigned char *)text, (unsigned long long)k);
    for (int b = 0; b < 32; b++) {
        plain[b / 8] |= (uint64_t)hash[31 - b] << b % 8 * 8;
    }
    memcpy(p1, g->p, sizeof p1);
    p1[0]--;
    mpn_tdiv_qr(quotient, rest, 0, p1, N, g->q.v, g->words);
    memset(cofactor, 0, sizeof cofactor);
    memcpy(cofactor, quotient, (size_t)(N - g->words + 1) * sizeof *cofactor);
    pl_scalar e;
    pl_element x;
    memcpy(e.v, cofactor, sizeof e.v);
    enter(g, &x, plain);
    pl_power(g, out, &x, &e, 64 * (N - g->words + 1));
    return mpn_zero_p(out->v, N) == 0 && !field_equal(g, out, &g->one) && !field_equal(g, out, &g->g);
}

/* ---- Scalars -------------------------------------------------------------------------------------------------------------- */

static void scalar_less(const pl_group *g, uint64_t *r, uint64_t carry)
{
    uint64_t less[N];
    uint64_t borrow = mpn_sub_n(less, r, g->q.v, g->words);
    uint64_t keep = 0 - (uint64_t)(carry < borrow);
    for (int i = 0; i < g->words; i++) {
        r[i] = (r[i] & keep) | (less[i] & ~keep);
    }
}

static void field_add(const pl_group *g, pl_scalar *r, const pl_scalar *a, const pl_scalar *b)
{
    pl_scalar sum = {{0}};
    uint64_t carry = mpn_add_n(sum.v, a->v, b->v, g->words);
    scalar_less(g, sum.v, carry);
    *r = sum;
}

static void field_sub(const pl_group *g, pl_scalar *r, const pl_scalar *a, const pl_scalar *b)
{
    pl_scalar rest = {{0}};
    uint64_t borrow = mpn_sub_n(rest.v, a->v, b->v, g->words);
    (void)mpn_cnd_add_n(borrow, rest.v, rest.v, g->q.v, g->words);
    *r = rest;
}

static void modulo_q(const pl_group *g, pl_scalar *r, uint64_t *t, int n)
{
    uint64_t scratch[SCRATCH];
    mpn_sec_div_r(t, n, g->q.v, g->words, scratch);
    memset(r, 0, sizeof *r);
    memcpy(r->v, t, (size_t)g->words * sizeof *t);
}

static void field_times(const pl_group *g, pl_scalar *r, const pl_scalar *a, const pl_scalar *b)
{
    uint64_t t[2 * N], scratch[SCRATCH];
    mpn_sec_mul(t, a->v, g->words, b->v, g->words, scratch);
    modulo_q(g, r, t, 2 * g->words);
}

static void field_reduce(const pl_group *g, pl_scalar *r, const uint8_t *bytes, size_t n)
{
    uint64_t t[2 * N] = {0};
    int words = (int)((n + 7) / 8) < g->words ? g->words : (int)((n + 7) / 8);
    for (size_t i = 0; i < n; i++) {
        t[i / 8] |= (uint64_t)bytes[n - 1 - i] << i % 8 * 8;
    }
    modulo_q(g, r, t, words + 1);
}

static void field_reciprocal(const pl_group *g, pl_scalar *r, const pl_scalar *a)
{
    uint64_t t[N], scratch[8 * N];
    memcpy(t, a->v, sizeof t);
    memset(r, 0, sizeof *r);
    (void)mpn_sec_invert(r->v, t, g->q.v, g->words, (mp_bitcnt_t)(2 * g->words * 64), scratch);
}

/* ---- The two groups -------------------------------------------------------------------------------------------------------- */

static void set_modulus(pl_group *g, const char *p)
{
    from_decimal(p, strlen(p), g->p);
    uint64_t x = 1; /* Newton: 1/p modulo 2^64 */
    for (int i = 0; i < 6; i++) {
        x *= 2 - g->p[0] * x;
    }
    g->p_inverse = 0 - x;
    uint64_t power[2 * N + 1] = {0}, quotient[N + 2];
    power[2 * N] = 1;
    mpn_tdiv_qr(quotient, g->square, 0, power, 2 * N + 1, g->p, N);
    uint64_t one[N] = {1};
    enter(g, &g->one, one);
}

void pl_group_open_field(pl_group *out, bool belenios)
{
    *out = (pl_group){.name = belenios ? "BELENIOS-2048" : "RFC-3526-2048", .bits = belenios ? 256 : 2047,
                      .words = belenios ? 4 : 32, .member_by_power = belenios, .answers = !belenios, .padding = 8,
                      .bits_per_int = 8, .ints_most = belenios ? 0 : 254, .mul = field_mul, .mul_public = field_mul_public, .sqr = field_sqr, .inv = field_inv,
                      .equal = field_equal, .read = field_read, .write = field_write, .member = field_member, .key = field_key,
                      .encode = field_encode, .decode = field_decode, .generator = field_generator, .add = field_add,
                      .sub = field_sub, .times = field_times, .reduce = field_reduce, .reciprocal = field_reciprocal};
    set_modulus(out, belenios ? BELENIOS_P : RFC_P);
    uint64_t g[N];
    if (belenios) {
        from_decimal(BELENIOS_G, sizeof BELENIOS_G - 1, g);
        from_decimal(BELENIOS_Q, sizeof BELENIOS_Q - 1, out->q.v);
    } else {
        from_decimal("2", 1, g);
        (void)mpn_rshift(out->q.v, out->p, N, 1);
    }
    enter(out, &out->g, g);
    pl_lanes_open(out);
}
