/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * ccm.c - AES-256 in CCM mode.  The S-box is computed (inverse in GF(2^8), affine map): a few microseconds a block, for messages of some
 * kilobytes. */
#include <sodium.h>
#include <string.h>

#include "secret/ccm.h"

#define ROUNDS 14

static uint8_t twice(uint8_t a)
{
    return (uint8_t)(a << 1 ^ (0x1b & (0 - (a >> 7))));
}

static uint8_t times(uint8_t a, uint8_t b)
{
    uint8_t r = 0;
    for (int i = 0; i < 8; i++) {
        r ^= (uint8_t)(a & (0 - (b >> i & 1)));
        a = twice(a);
    }
    return r;
}

static uint8_t substitute(uint8_t a)
{
    uint8_t a2 = times(a, a), a3 = times(a2, a), a12 = times(times(a3, a3), times(a3, a3));
    uint8_t a15 = times(a12, a3), x = a15;
    for (int i = 0; i < 4; i++) {
        x = times(x, x); /* a^240 */
    }
    x = times(times(x, a12), a2); /* a^254 = 1/a */
    return (uint8_t)(x ^ (x << 1 | x >> 7) ^ (x << 2 | x >> 6) ^ (x << 3 | x >> 5) ^ (x << 4 | x >> 4) ^ 0x63);
}

static void expand(const uint8_t key[32], uint8_t round[ROUNDS + 1][16])
{
    uint8_t *w = round[0], constant = 1;
    memcpy(w, key, 32);
    for (int i = 8; i < 4 * (ROUNDS + 1); i++) {
        uint8_t t[4];
        memcpy(t, w + 4 * (i - 1), 4);
        if (i % 8 == 0) {
            uint8_t first = t[0];
            for (int k = 0; k < 4; k++) {
                t[k] = substitute(k < 3 ? t[k + 1] : first);
            }
            t[0] ^= constant;
            constant = twice(constant);
        } else if (i % 8 == 4) {
            for (int k = 0; k < 4; k++) {
                t[k] = substitute(t[k]);
            }
        }
        for (int k = 0; k < 4; k++) {
            w[4 * i + k] = w[4 * (i - 8) + k] ^ t[k];
        }
    }
}

static void encrypt_block(uint8_t round[ROUNDS + 1][16], const uint8_t in[16], uint8_t out[16])
{
    uint8_t s[16], t[16];
    for (int i = 0; i < 16; i++) {
        s[i] = in[i] ^ round[0][i];
    }
    for (int r = 1; r <= ROUNDS; r++) {
        for (int i = 0; i < 16; i++) { /* bytes substituted, rows shifted */
            t[i] = substitute(s[(i + 4 * (i % 4)) % 16]);
        }
        for (int c = 0; c < 16; c += 4) {
            uint8_t all = t[c] ^ t[c + 1] ^ t[c + 2] ^ t[c + 3];
            for (int k = 0; k < 4; k++) {
                uint8_t mixed = t[c + k] ^ all ^ twice((uint8_t)(t[c + k] ^ t[c + (k + 1) % 4]));
                s[c + k] = (r < ROUNDS ? mixed : t[c + k]) ^ round[r][c + k];
            }
        }
    }
    memcpy(out, s, 16);
}

/* The first block, and counter blocks: flags, nonce, a number of `length` bytes. */
static void make_block(uint8_t block[16], uint8_t flags, const uint8_t *iv, int length, uint64_t number)
{
    block[0] = flags;
    memcpy(block + 1, iv, (size_t)(15 - length));
    for (int i = 0; i < length; i++) {
        block[15 - i] = (uint8_t)(number >> 8 * i);
    }
}

static int length_bytes(size_t n)
{
    int length = 2;
    while (length < 4 && n >> 8 * length != 0) {
        length++;
    }
    return length;
}

static void tag_of(uint8_t round[ROUNDS + 1][16], const uint8_t *iv, const uint8_t *text, size_t n, uint8_t tag[16])
{
    int length = length_bytes(n);
    uint8_t block[16];
    make_block(block, (uint8_t)((PL_CCM_TAG - 2) / 2 << 3 | (length - 1)), iv, length, n);
    encrypt_block(round, block, tag);
    for (size_t at = 0; at < n; at += 16) {
        for (size_t i = 0; i < 16 && at + i < n; i++) {
            tag[i] ^= text[at + i];
        }
        encrypt_block(round, tag, tag);
    }
}

/* Text to ciphertext and back; the tag is encrypted with the counter 0. */
static void count(uint8_t round[ROUNDS + 1][16], const uint8_t *iv, const uint8_t *in, size_t n, uint8_t *out, uint8_t tag[16])
{
    uint8_t block[16], stream[16];
    int length = length_bytes(n);
    make_block(block, (uint8_t)(length - 1), iv, length, 0);
    encrypt_block(round, block, stream);
    for (int i = 0; i < 16; i++) {
        tag[i] ^= stream[i];
    }
    for (size_t at = 0; at < n; at += 16) {
        make_block(block, (uint8_t)(length - 1), iv, length, at / 16 + 1);
        encrypt_block(round, block, stream);
        for (size_t i = 0; i < 16 && at + i < n; i++) {
            out[at + i] = in[at + i] ^ stream[i];
        }
    }
}

void pl_ccm_encrypt(const uint8_t key[32], const uint8_t iv[13], const uint8_t *text, size_t n, uint8_t *out)
{
    uint8_t round[ROUNDS + 1][16], tag[16];
    expand(key, round);
    tag_of(round, iv, text, n, tag);
    count(round, iv, text, n, out, tag);
    memcpy(out + n, tag, PL_CCM_TAG);
    sodium_memzero(round, sizeof round);
}

bool pl_ccm_decrypt(const uint8_t key[32], const uint8_t iv[13], const uint8_t *in, size_t n, uint8_t *out)
{
    uint8_t round[ROUNDS + 1][16], tag[16], sent[16] = {0};
    if (n < PL_CCM_TAG) {
        return false;
    }
    n -= PL_CCM_TAG;
    expand(key, round);
    memcpy(sent, in + n, PL_CCM_TAG);
    count(round, iv, in, n, out, sent); /* `sent` is decrypted beside */
    tag_of(round, iv, out, n, tag);
    sodium_memzero(round, sizeof round);
    return sodium_memcmp(tag, sent, PL_CCM_TAG) == 0;
}
