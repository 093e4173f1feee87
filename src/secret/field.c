/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * field.c - subgroups of the integers modulo p, by GMP's functions on limbs, which allocate nothing.  Elements are kept in
 * Montgomery's form, a 2^2048 mod p; products are GMP's for secrets, followed by a reduction without branches. */
#include <gmp.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "secret/group.h"

#define N PL_GROUP_WORDS
#define SCRATCH 512

_Static_assert(sizeof(mp_limb_t) == 8 && GMP_NUMB_BITS == 64, "limbs of 64 bits");

static const char BELENIOS_P[] =
    "2069478569142254640101364365750500806492298929575110409710088478705737421924271740192223725449768433812906663313807895840496"
    "0054389636289796393038773905722803605973749427671376777618898589872735865049081167099310535867780980030790491654063777173764"
    "1986785272734744763418356000356983051931442845617019110007867373072335641239717328979132404745788344682606523279746479511376"
    "7265869358218004631792207366886005262718636338608879688212076943236614914910029234443463732221458841005864210502421203654335"
    "61201320481118852408731077014151666200162313177169372189248078507711827842317498073276598828825169183103125680162072880719";
static const char BELENIOS_G[] =
    "2402352677501852209227687703532399932712287657378364916510075318787663274146353219320285676155269678799694668298749389095083"
    "8965734256019006010684771644917354741372831046104586813145117816467554005274028898461398645326612150557970971620161682703128"
    "8643245666383486363578210615491841998253431518974065818686865115135857641013888221539601604322884360393098933366277284840659"
    "3138406010231675095763777982665103606822406635076697764025346253773085133173495194248967754052573659049492477631475991575198"
    "775177711481490920456600205478127054728238140972518639858334115700568353695553423781475582491896050296680037745308460627";
static const char BELENIOS_Q[] = "78571733251071885079927659812671450121821421258408794611510081919805623223441";
static const char RFC_P[] =
    "3231700607131100730033891392642382824881794124114023911284200975140074170663435422261968941736356934711790173790970419175460"
    "5873209195028853758986185622153212175412514901774520270235796078236248884246189477587641105928646099411723245426622522193230"
    "5409190376805242355191256797158701170010580558776510388618472802579760549035697325615261670813393617995413364765591603683178"
    "9672907317838458968063967190097720219416864722587103141133642931953619347163653320971707744822798858856536920864529663607725"
    "0268955505928362751121174096972998068410554359584866583291642136218231078990999448652468262416972035911852507045361090559";

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

static void reduce_once(const pl_group *g, uint64_t *r, const uint64_t t[2 * N], uint64_t carry)
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
    uint64_t carry = mpn_add_n(t + N, t + N, t, N);
    reduce_once(g, r, t + N, carry);
}

static void field_mul(const pl_group *g, pl_element *r, const pl_element *a, const pl_element *b)
{
    uint64_t t[2 * N], scratch[SCRATCH];
    mpn_sec_mul(t, a->v, N, b->v, N, scratch);
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
    crypto_hash_sha256(hash, (const unsigned char *)text, (size_t)k);
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
                      .bits_per_int = 8, .ints_most = belenios ? 0 : 254, .mul = field_mul, .sqr = field_sqr, .inv = field_inv,
                      .equal = field_equal, .read = field_read, .write = field_write, .member = field_member,
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
}
