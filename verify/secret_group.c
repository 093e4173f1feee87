/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * secret_group.c - the three groups: integers modulo p by mpz, Ed25519 by libsodium. */
#include <gmp.h>
#include <string.h>

#include "verify/secret.h"

static const char P_2048[] =
    "20694785691422546401013643657505008064922989295751104097100884787057374219242717401922237254497684338129066633"
    "13807895840496005438963628979639303877390572280360597374942767137677761889858987273586504908116709931053586778"
    "09800307904916540637771737641986785272734744763418356000356983051931442845617019110007867373073335641239717328"
    "97913240474578834468260652327974647951137672658693582180046317922073668860052627186363386088796882120769432366"
    "14949100292344434637322214588410058642105024212036543356120132048111885240873107701415166620016231317716937218"
    "9248078507711827842317498073276598828825169183103125680162072880719";
static const char G_2048[] =
    "24023526775018522092276877035323999327122876573783649165100753187876632741463532193202856761552696787996946682"
    "98749389095083896573425601900601068477164491735474137283104610458681314511781646755400527402889846139864532661"
    "21505579709716201616827031288643245666383486363578210615491841998253431518974065818686865115135857641013888221"
    "53960160432288436039309893336627728484065931384060102316750957637779826651036068224066350766977640253462537730"
    "85133173495194248967754052573659049492477631475991575198775177711481490920456600205478127054728238140972518639"
    "858334115700568353695553423781475582491896050296680037745308460627";
static const char Q_2048[] = "78571733251071885079927659812671450121821421258408794611510081919805623223441";

static const char HEX_3526[] =
    "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74"
    "020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f1437"
    "4fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed"
    "ee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf05"
    "98da48361c55d39a69163fa8fd24cf5f83655d23dca3ad961c62f356208552bb"
    "9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3b"
    "e39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf695581718"
    "3995497cea956ae515d2261898fa051015728e5a8aacaa68ffffffffffffffff";

/* ---- mpz and back ------------------------------------------------------------------------------------------------- */

static void mpz_of(mpz_t out, const pv_big *a)
{
    mpz_init(out);
    mpz_import(out, PV_WORDS, -1, 8, 0, 0, a->v);
}

static pv_big of_mpz(const mpz_t x)
{
    pv_big r = {{0}};
    size_t n;
    if (mpz_sgn(x) > 0 && mpz_sizeinbase(x, 2) <= 64 * PV_WORDS) {
        mpz_export(r.v, &n, -1, 8, 0, 0, x);
    }
    return r;
}

static pv_big of_text(const char *text)
{
    mpz_t x;
    mpz_init_set_str(x, text, 10);
    pv_big r = of_mpz(x);
    mpz_clear(x);
    return r;
}

/* op: + - * modulo m; ^ : a^b modulo m; / : a times the inverse of b. */
static pv_big modular(const pv_big *a, char op, const pv_big *b, const pv_big *m)
{
    mpz_t x, y, z;
    mpz_of(x, a);
    mpz_of(y, b);
    mpz_of(z, m);
    switch (op) {
    case '+':
        mpz_add(x, x, y);
        break;
    case '-':
        mpz_sub(x, x, y);
        break;
    case '*':
        mpz_mul(x, x, y);
        break;
    case '^':
        mpz_powm(x, x, y, z);
        break;
    default:
        if (mpz_invert(y, y, z) == 0) {
            mpz_set_ui(y, 0);
        }
        mpz_mul(x, x, y);
    }
    mpz_mod(x, x, z);
    pv_big r = of_mpz(x);
    mpz_clears(x, y, z, NULL);
    return r;
}

static bool decimal(const char *text, size_t n, const pv_big *below, pv_big *out)
{
    char copy[PV_NUMBER_TEXT];
    if (n == 0 || n >= sizeof copy || (n > 1 && text[0] == '0')) {
        return false;
    }
    memcpy(copy, text, n);
    copy[n] = '\0';
    if (strspn(copy, "0123456789") != n) {
        return false;
    }
    mpz_t x, m;
    mpz_init_set_str(x, copy, 10);
    mpz_of(m, below);
    bool good = mpz_cmp(x, m) < 0;
    *out = of_mpz(x);
    mpz_clears(x, m, NULL);
    return good;
}

/* ---- Groups ----------------------------------------------------------------------------------------------------------- */

bool pv_group_set(pv_group *g, const char *name, size_t n)
{
    memset(g, 0, sizeof *g);
    g->one.v[0] = 1;
    if (n == 7 && memcmp(name, "Ed25519", n) == 0) {
        g->curve = g->answers = true;
        g->name = "Ed25519";
        g->padding = 14;
        g->q = of_text("7237005577332262213973186563042994240857116359379907606001950938285454250989");
        for (int i = 0; i < 4; i++) {
            g->g.v[i] = i == 0 ? 0x6666666666666658ull : 0x6666666666666666ull;
        }
        return true;
    }
    if (n == 13 && memcmp(name, "BELENIOS-2048", n) == 0) {
        g->name = "BELENIOS-2048";
        g->p = of_text(P_2048);
        g->g = of_text(G_2048);
        g->q = of_text(Q_2048);
        return true;
    }
    if (n == 13 && memcmp(name, "RFC-3526-2048", n) == 0) {
        mpz_t x; /* RFC 3526, group 14 */
        mpz_init_set_str(x, HEX_3526, 16);
        g->p = of_mpz(x);
        mpz_fdiv_q_2exp(x, x, 1);
        g->q = of_mpz(x);
        mpz_clear(x);
        g->name = "RFC-3526-2048";
        g->answers = true;
        g->padding = 8;
        g->g.v[0] = 2;
        return true;
    }
    return false;
}

bool pv_same(const pv_big *a, const pv_big *b)
{
    return memcmp(a->v, b->v, sizeof a->v) == 0;
}

static bool from_hex(const char *text, uint8_t out[32])
{
    for (int i = 0; i < 64; i++) {
        bool digit = text[i] >= '0' && text[i] <= '9', letter = text[i] >= 'a' && text[i] <= 'f';
        if (!digit && !letter) {
            return false;
        }
        int value = digit ? text[i] - '0' : text[i] - 'a' + 10;
        out[31 - i / 2] = (uint8_t)(i % 2 == 0 ? value << 4 : out[31 - i / 2] | value);
    }
    return true;
}

bool pv_element(const pv_group *g, const char *text, size_t n, pv_big *out)
{
    memset(out, 0, sizeof *out);
    if (g->curve) {
        return n == 64 && from_hex(text, (uint8_t *)out->v) &&
               (pv_same(out, &g->one) || crypto_core_ed25519_is_valid_point((const unsigned char *)out->v) == 1);
    }
    if (!decimal(text, n, &g->p, out) || (n == 1 && text[0] == '0')) {
        return false;
    }
    pv_big x = modular(out, '^', &g->q, &g->p);
    return pv_same(&x, &g->one);
}

size_t pv_element_text(const pv_group *g, const pv_big *a, char out[PV_NUMBER_TEXT])
{
    if (g->curve) {
        uint8_t bytes[32];
        for (int i = 0; i < 32; i++) {
            bytes[i] = ((const uint8_t *)a->v)[31 - i];
        }
        sodium_bin2hex(out, 65, bytes, sizeof bytes);
        return 64;
    }
    mpz_t x;
    mpz_of(x, a);
    mpz_get_str(out, 10, x);
    mpz_clear(x);
    return strlen(out);
}

/* By number; points by their bytes. */
int pv_element_order(const pv_group *g, const pv_big *a, const pv_big *b)
{
    if (g->curve) {
        return memcmp(a->v, b->v, 32);
    }
    for (int i = PV_WORDS - 1; i >= 0; i--) {
        if (a->v[i] != b->v[i]) {
            return a->v[i] < b->v[i] ? -1 : 1;
        }
    }
    return 0;
}

pv_big pv_times(const pv_group *g, const pv_big *a, const pv_big *b)
{
    if (!g->curve) {
        return modular(a, '*', b, &g->p);
    }
    pv_big r = {{0}};
    (void)crypto_core_ed25519_add((unsigned char *)r.v, (const unsigned char *)a->v, (const unsigned char *)b->v);
    return r;
}

pv_big pv_power(const pv_group *g, const pv_big *a, const pv_big *e)
{
    pv_big r = {{0}}, zero = {{0}}, one = {{1}};
    if (!g->curve) {
        return modular(a, '^', e, &g->p);
    }
    if (pv_same(a, &g->one) || pv_same(e, &zero)) {
        return g->one; /* libsodium has no such powers */
    }
    if (pv_same(e, &one)) {
        return *a;
    }
    if (pv_same(a, &g->g)) { /* sooner than with any other point */
        return crypto_scalarmult_ed25519_base_noclamp((unsigned char *)r.v, (const unsigned char *)e->v) == 0 ? r : g->one;
    }
    if (crypto_scalarmult_ed25519_noclamp((unsigned char *)r.v, (const unsigned char *)e->v, (const unsigned char *)a->v) != 0) {
        return g->one; /* the exponent is a multiple of the order */
    }
    return r;
}

pv_big pv_powers(const pv_group *g, const pv_big *a, const pv_big *e, const pv_big *b, const pv_big *f)
{
    if (g->curve) {
        return pv_curve_powers(a, e, b, f);
    }
    pv_big x = pv_power(g, a, e), y = pv_power(g, b, f);
    return pv_times(g, &x, &y);
}

pv_big pv_over(const pv_group *g, const pv_big *a, const pv_big *b)
{
    if (!g->curve) {
        return modular(a, '/', b, &g->p);
    }
    pv_big r = {{0}};
    (void)crypto_core_ed25519_sub((unsigned char *)r.v, (const unsigned char *)a->v, (const unsigned char *)b->v);
    return r;
}

pv_big pv_generator(const pv_group *g, int64_t i)
{
    char text[40];
    uint8_t hash[32];
    pv_big r = {{0}}, eight = {{8}};
    int n = snprintf(text, sizeof text, "ggen|%lld", (long long)i);
    crypto_hash_sha256(hash, (const unsigned char *)text, (unsigned long long)n);
    mpz_t x, p, q;
    mpz_init(x);
    mpz_import(x, 32, 1, 1, 1, 0, hash);
    if (g->curve) { /* the first point from there on, times 8: libsodium multiplies points of the whole curve by adding */
        mpz_fdiv_q_2exp(x, x, 2);
        for (;; mpz_add_ui(x, x, 1)) {
            pv_big point = of_mpz(x), sum = {{0}};
            if (crypto_core_ed25519_add((unsigned char *)sum.v, (const unsigned char *)point.v, (const unsigned char *)g->one.v) == 0) {
                r = point;
                break;
            }
        }
        for (uint64_t k = 1; k < eight.v[0]; k *= 2) {
            pv_big twice = {{0}};
            (void)crypto_core_ed25519_add((unsigned char *)twice.v, (const unsigned char *)r.v, (const unsigned char *)r.v);
            r = twice;
        }
    } else {
        mpz_of(p, &g->p);
        mpz_of(q, &g->q);
        mpz_sub_ui(p, p, 1);
        mpz_divexact(q, p, q);
        mpz_add_ui(p, p, 1);
        mpz_powm(x, x, q, p);
        r = of_mpz(x);
        mpz_clears(p, q, NULL);
    }
    mpz_clear(x);
    return r;
}

int pv_decoded(const pv_group *g, const pv_big *a, int n, int i)
{
    mpz_t x;
    mpz_of(x, a);
    mpz_fdiv_q_2exp(x, x, (mp_bitcnt_t)(g->padding + 8 * (n - 1 - i)));
    int value = (int)mpz_fdiv_ui(x, 256);
    mpz_clear(x);
    return value;
}

/* ---- Exponents ----------------------------------------------------------------------------------------------------------- */

bool pv_exponent(const pv_group *g, const char *text, size_t n, pv_big *out)
{
    return decimal(text, n, &g->q, out);
}

pv_big pv_small(int64_t x)
{
    pv_big r = {{(uint64_t)x}};
    return r;
}

pv_big pv_total(const pv_group *g, const pv_big *a, const pv_big *b)
{
    return modular(a, '+', b, &g->q);
}

pv_big pv_difference(const pv_group *g, const pv_big *a, const pv_big *b)
{
    return modular(a, '-', b, &g->q);
}

pv_big pv_product(const pv_group *g, const pv_big *a, const pv_big *b)
{
    return modular(a, '*', b, &g->q);
}

pv_big pv_reciprocal(const pv_group *g, const pv_big *a)
{
    pv_big one = {{1}};
    return modular(&one, '/', a, &g->q);
}

pv_big pv_reduced(const pv_group *g, const uint8_t hash[32])
{
    mpz_t x, q;
    mpz_init(x);
    mpz_import(x, 32, 1, 1, 1, 0, hash);
    mpz_of(q, &g->q);
    mpz_mod(x, x, q);
    pv_big r = of_mpz(x);
    mpz_clears(x, q, NULL);
    return r;
}
