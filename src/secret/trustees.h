/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * trustees.h - keys, certificates and commitments of trustees. */
#ifndef PLENTY_SECRET_TRUSTEES_H
#define PLENTY_SECRET_TRUSTEES_H

#include "secret/parts.h"

typedef struct pl_certificate {
    pl_element verification, encryption;
} pl_certificate;

/* PL_PARSE when a certificate, polynomial or output is not written as the protocol writes it: no blanks, no other escapes, its fields alone and in order. */
typedef enum pl_form { PL_FORM_CERTIFICATE, PL_FORM_POLYNOMIAL, PL_FORM_OUTPUT } pl_form;
pl_status pl_message_form(const char *text, size_t n, pl_form form, pl_error *err) PL_CHECK;

void pl_key_write(const pl_group *g, const pl_scalar *secret, pl_draw *draw, pl_str *out); /* public key with proof */
pl_status pl_key_read(const pl_group *g, json_t *value, pl_element *out, pl_error *err) PL_CHECK;
void pl_message_sign(const pl_group *g, const pl_scalar *key, const char *message, size_t n, pl_draw *draw, pl_str *out);
/* The message, owned by `value`, or NULL when it is none or not signed by `key` (NULL: whoever signed). */
const char *pl_message_read(const pl_group *g, json_t *value, const pl_element *key, size_t *n);
pl_status pl_certificate_read(const pl_group *g, json_t *value, pl_certificate *out, pl_error *err) PL_CHECK;
pl_status pl_commitments_read(const pl_group *g, json_t *value, const pl_certificate *from, int t, pl_element *out, pl_error *err) PL_CHECK;
void pl_commitment_at(const pl_group *g, const pl_element *commitment, int t, int j, pl_element *out);

#endif
