/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * credential.c - names of elections, and credentials: 14 random characters and one that shows typing errors; PBKDF2 makes
 * the secret exponent of them. */
#include <stdlib.h>
#include <string.h>

#include "secret/credential.h"

const char PL_BASE58[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
#define ROUNDS 1000
#define RANDOM 14 /* characters */

pl_status pl_secret_start(pl_error *err)
{
    return sodium_init() >= 0 ? PL_OK : pl_fail(err, PL_IO, NULL, NULL, "there is no source of random numbers");
}

pl_status pl_secret_group(const char *name, pl_group *out, pl_error *err)
{
    pl_status status = pl_secret_start(err);
    if (status == PL_OK && !pl_group_open(out, name, strlen(name))) {
        return pl_fail(err, PL_UNSUPPORTED, "group", "BELENIOS-2048 (sums), RFC-3526-2048 (sums and rankings) or Ed25519 (both)",
                       "there is no group '%.40s'", name);
    }
    return status;
}

void pl_base58(pl_draw *draw, char *out, int n)
{
    for (int i = 0; i < n; i++) {
        out[i] = PL_BASE58[pl_draw_below(draw, 58)];
    }
    out[n] = '\0';
}

bool pl_uuid_valid(const char *uuid)
{
    size_t n = strlen(uuid);
    return n >= RANDOM && n <= 64 && strspn(uuid, PL_BASE58) == n;
}

pl_status pl_secret_uuid(char out[PL_SECRET_UUID], pl_error *err)
{
    pl_draw draw;
    pl_status status = pl_secret_start(err);
    pl_draw_start(&draw, NULL);
    pl_base58(&draw, out, PL_SECRET_UUID - 1);
    return status;
}

/* ---- One credential ---------------------------------------------------------------------------------------------- */

/* 53 less the remainder by 53 of the number that the characters write in base 58: 1 to 53, never 0. */
static char checksum(const char *text)
{
    int sum = 0;
    for (int i = 0; i < RANDOM; i++) {
        sum = (sum * 58 + (int)(strchr(PL_BASE58, text[i]) - PL_BASE58)) % 53;
    }
    return PL_BASE58[53 - sum];
}

/* One block of PBKDF2 with HMAC-SHA-256 (RFC 8018). */
static void stretch(const char *password, const char *salt, uint8_t out[32])
{
    crypto_auth_hmacsha256_state start, state;
    uint8_t u[32];
    static const uint8_t block[4] = {0, 0, 0, 1};
    crypto_auth_hmacsha256_init(&start, (const unsigned char *)password, strlen(password));
    state = start;
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)salt, strlen(salt));
    crypto_auth_hmacsha256_update(&state, block, sizeof block);
    crypto_auth_hmacsha256_final(&state, u);
    memcpy(out, u, 32);
    for (int round = 1; round < ROUNDS; round++) {
        state = start;
        crypto_auth_hmacsha256_update(&state, u, sizeof u);
        crypto_auth_hmacsha256_final(&state, u);
        for (int i = 0; i < 32; i++) {
            out[i] ^= u[i];
        }
    }
    sodium_memzero(&start, sizeof start);
    sodium_memzero(u, sizeof u);
}

pl_status pl_credential_secret(const pl_group *g, const char *uuid, const char *credential, pl_scalar *out, pl_error *err)
{
    char plain[RANDOM + 2];
    int n = 0;
    bool grouped = strlen(credential) == 19;
    for (int i = 0; credential[i] != '\0'; i++) {
        bool dash = grouped && i % 4 == 3;
        if (dash ? credential[i] != '-' : strchr(PL_BASE58, credential[i]) == NULL || n == RANDOM + 1) {
            n = 0;
            break;
        }
        if (!dash) {
            plain[n++] = credential[i];
        }
    }
    if (n != RANDOM + 1 || (!grouped && strlen(credential) != 15)) {
        return pl_fail(err, PL_DATA, "credential", "15 letters and digits, such as abc-def-ghj-kmn-pqr; copy it, do not type it",
                       "this is no credential");
    }
    if (plain[RANDOM] != checksum(plain)) {
        sodium_memzero(plain, sizeof plain);
        return pl_fail(err, PL_DATA, "credential", "look at it again: a character is wrong", "a typing error in the credential");
    }
    uint8_t bytes[32];
    stretch(credential, uuid, bytes);
    g->reduce(g, out, bytes, sizeof bytes);
    sodium_memzero(bytes, sizeof bytes);
    sodium_memzero(plain, sizeof plain);
    return PL_OK;
}

static void new_credential(pl_draw *draw, char out[PL_SECRET_CREDENTIAL])
{
    char plain[RANDOM + 2];
    pl_base58(draw, plain, RANDOM);
    plain[RANDOM] = checksum(plain);
    for (int i = 0, k = 0; k < RANDOM + 1; i++) {
        out[i] = i % 4 == 3 ? '-' : plain[k++];
    }
    out[PL_SECRET_CREDENTIAL - 1] = '\0';
    sodium_memzero(plain, sizeof plain);
}

pl_status pl_secret_credential(const char *group, const char *uuid, const uint8_t *seed, char out[PL_SECRET_CREDENTIAL],
                               pl_secret_text *public_key, pl_error *err)
{
    pl_group g;
    pl_draw draw;
    pl_scalar s;
    pl_element x;
    pl_status status = pl_secret_group(group, &g, err);
    if (status != PL_OK) {
        return status;
    }
    if (!pl_uuid_valid(uuid)) {
        return pl_fail(err, PL_DATA, "uuid", "plenty secret setup prints one", "an election's name has 14 letters and digits");
    }
    pl_draw_start(&draw, seed);
    new_credential(&draw, out);
    status = pl_credential_secret(&g, uuid, out, &s, err);
    if (status == PL_OK) {
        char text[PL_ELEMENT_TEXT];
        pl_str line;
        pl_str_init(&line, PL_ELEMENT_TEXT);
        pl_power_secret(&g, &x, &g.g, &s);
        pl_str_add_n(&line, text, g.write(&g, &x, text));
        status = pl_put_done(&line, public_key, "a credential", err);
    }
    sodium_memzero(&s, sizeof s);
    sodium_memzero(&draw, sizeof draw);
    return status;
}

/* ---- Many ----------------------------------------------------------------------------------------------------------- */

typedef struct listed {
    pl_secret_text key;
    int32_t weight;
    char credential[PL_SECRET_CREDENTIAL];
} listed;

static int by_key(const void *a, const void *b)
{
    const listed *x = a, *y = b;
    int order = x->key.n != y->key.n ? (x->key.n < y->key.n ? -1 : 1) : memcmp(x->key.text, y->key.text, x->key.n);
    return order;
}

static pl_status write_lists(listed *list, int64_t n, bool weighted, pl_secret_text *private_list, pl_secret_text *public_list,
                             pl_error *err)
{
    pl_str private_text, public_text;
    pl_str_init(&private_text, PL_SECRET_TEXT_MAX);
    pl_str_init(&public_text, PL_SECRET_TEXT_MAX);
    for (int64_t i = 0; i < n; i++) {
        pl_str_addf(&private_text, "%lld %s\n", (long long)i + 1, list[i].credential);
    }
    qsort(list, (size_t)n, sizeof *list, by_key);
    for (int64_t i = 0; i < n; i++) {
        pl_str_addf(&public_text, "%s\"%s", i > 0 ? "," : "[", list[i].key.text);
        if (weighted) {
            pl_str_addf(&public_text, ",%d", list[i].weight);
        }
        pl_str_add(&public_text, "\"");
    }
    pl_str_add(&public_text, "]");
    pl_status status = pl_put_done(&private_text, private_list, "credentials", err);
    if (status == PL_OK) {
        status = pl_put_done(&public_text, public_list, "credentials", err);
    }
    if (status != PL_OK) {
        pl_str_clear(&public_text);
        pl_secret_text_free(private_list);
    }
    return status;
}

pl_status pl_secret_credentials(const char *group, const char *uuid, int64_t n, const int32_t *weight, int threads,
                                pl_secret_text *private_list, pl_secret_text *public_list, pl_error *err)
{
    if (n < 1 || n > PL_SECRET_CREDENTIALS_MAX) {
        return pl_fail(err, PL_TOOBIG, "voters", NULL, "between 1 and %d credentials", PL_SECRET_CREDENTIALS_MAX);
    }
    listed *list = PL_NEW0(listed, n);
    pl_status all = list != NULL ? PL_OK : pl_fail_nomem(err, "credentials");
    (void)threads;
#pragma omp parallel for schedule(dynamic, 16) num_threads(threads) if (threads > 1)
    for (int64_t i = 0; i < n; i++) {
        pl_error here;
        if (list == NULL) {
            continue;
        }
        pl_status status = pl_secret_credential(group, uuid, NULL, list[i].credential, &list[i].key, &here);
        list[i].weight = weight != NULL ? weight[i] : 1;
        if (status != PL_OK) {
#pragma omp critical
            {
                all = status;
                if (err != NULL) {
                    *err = here;
                }
            }
        }
    }
    for (int64_t i = 0; all == PL_OK && i < n; i++) {
        if (list[i].weight < 1 || list[i].weight > PL_SECRET_WEIGHT_MAX) {
            all = pl_fail(err, PL_DATA, "weights", NULL, "voter %lld has the weight %d", (long long)i + 1, list[i].weight);
        }
    }
    if (all == PL_OK) {
        all = write_lists(list, n, weight != NULL, private_list, public_list, err);
    }
    for (int64_t i = 0; list != NULL && i < n; i++) {
        sodium_memzero(list[i].credential, sizeof list[i].credential);
        pl_secret_text_free(&list[i].key);
    }
    pl_free(list);
    return all;
}

pl_status pl_secret_credentials_public(const char *list, size_t n, pl_secret_text *out, pl_error *err)
{
    json_t *all = NULL, *one;
    size_t i;
    pl_str text;
    pl_status status = pl_secret_json(list, n, PL_SECRET_TEXT_MAX, "credentials", &all, err);
    if (status != PL_OK) {
        return status;
    }
    pl_str_init(&text, PL_SECRET_TEXT_MAX);
    bool good = json_is_array(all);
    json_array_foreach(all, i, one) {
        const char *at = json_string_value(one), *weight = at != NULL ? strchr(at, ',') : NULL, *name = weight != NULL ? strchr(weight + 1, ',') : NULL;
        const char *end = name == NULL ? NULL : name > weight + 1 ? name : weight;
        size_t kept = at == NULL ? 0 : end != NULL ? (size_t)(end - at) : strlen(at);
        good = good && kept > 0 && strcspn(at, "\"\\") >= kept;
        pl_str_addf(&text, "%s\"%.*s\"", i > 0 ? "," : "[", (int)kept, at != NULL ? at : "");
    }
    pl_str_add(&text, i > 0 ? "]" : "[]");
    json_decref(all);
    if (!good || text.failed) {
        pl_str_clear(&text);
        return good ? pl_fail_nomem(err, "credentials") : pl_fail(err, PL_PARSE, "credentials", "plenty secret credentials writes one", "this is no list of public credentials");
    }
    return pl_put_done(&text, out, "credentials", err);
}
