/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * ccm.h - AES-256 in CCM mode (FIPS 197, NIST SP 800-38C) with a tag of 8 bytes: what the protocol encrypts messages between trustees
 * with, and what libsodium does not have.  No tables: the time does not depend on key or text. */
#ifndef PLENTY_SECRET_CCM_H
#define PLENTY_SECRET_CCM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PL_CCM_TAG 8

/* out has n + PL_CCM_TAG bytes.  The nonce is what fits of iv: 13 bytes for texts below 65,536 bytes, 12 below 2^24. */
void pl_ccm_encrypt(const uint8_t key[32], const uint8_t iv[13], const uint8_t *text, size_t n, uint8_t *out);
/* n counts the tag; out has n - PL_CCM_TAG bytes.  False when the tag is wrong. */
bool pl_ccm_decrypt(const uint8_t key[32], const uint8_t iv[13], const uint8_t *in, size_t n, uint8_t *out);

#endif
