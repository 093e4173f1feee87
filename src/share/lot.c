/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * lot.c - tickets: a number for each name that nobody can choose once the seed is made. */
#include <sodium.h>
#include <string.h>

#include <plenty/share.h>

_Static_assert(crypto_shorthash_KEYBYTES == 16 && crypto_shorthash_BYTES == 8, "SipHash-2-4");

void pl_share_key_make(const char *seed, const char *what, pl_share_key *out)
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state hash;
    crypto_hash_sha256_init(&hash);
    crypto_hash_sha256_update(&hash, (const unsigned char *)seed, strlen(seed));
    crypto_hash_sha256_update(&hash, (const unsigned char *)",", 1);
    crypto_hash_sha256_update(&hash, (const unsigned char *)what, strlen(what));
    crypto_hash_sha256_final(&hash, digest);
    memcpy(out->byte, digest, sizeof out->byte);
}

uint64_t pl_share_ticket(const pl_share_key *key, const char *name, size_t n)
{
    unsigned char out[8];
    uint64_t ticket = 0;
    crypto_shorthash(out, (const unsigned char *)name, n, key->byte);
    for (int i = 7; i >= 0; i--) { /* SipHash's output is little-endian */
        ticket = ticket << 8 | out[i];
    }
    return ticket;
}
