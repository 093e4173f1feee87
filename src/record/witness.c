/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * witness.c - what is handed around: the body of add-checkpoint and what a witness decides about it (C2SP tlog-witness), and
 * proofs of inclusion as texts (C2SP tlog-proof). */
#include <stdio.h>
#include <string.h>

#include "record/note.h"

#define LINES_MAX 63
#define PROOF_FIRST "c2sp.org/tlog-proof@v1"

static pl_status malformed(pl_error *err, const char *what, const char *why)
{
    return pl_fail(err, PL_PARSE, NULL, NULL, "this is no %s: %s", what, why);
}

static void put_proof(pl_str *s, const pl_proof *proof)
{
    for (int i = 0; i < proof->n; i++) {
        pl_base64_put(s, proof->hash[i], PL_HASH);
        pl_str_add(s, "\n");
    }
    pl_str_add(s, "\n");
}

/* Hashes, one a line, up to an empty line; what is wrong, or NULL. */
static const char *get_proof(const char **at, const char *end, pl_proof *proof)
{
    const char *line;
    size_t n, got;
    proof->n = 0;
    while (pl_line_get(at, end, &line, &n)) {
        uint8_t hash[64];
        if (n == 0) {
            return NULL;
        }
        if (proof->n == LINES_MAX) {
            return "its proof has more than 63 lines";
        }
        if (!pl_base64_get(line, n, hash, sizeof hash, &got) || got != PL_HASH) {
            return "a line of its proof is no hash in base64";
        }
        memcpy(proof->hash[proof->n++], hash, PL_HASH);
    }
    return "the empty line behind its proof is missing";
}

/* A line "word NUMBER". */
static bool get_number(const char **at, const char *end, const char *word, uint64_t *x)
{
    const char *line;
    size_t n, k = strlen(word);
    return pl_line_get(at, end, &line, &n) && n > k && memcmp(line, word, k) == 0 && pl_decimal_get(line + k, n - k, x);
}

pl_status pl_request_write(uint64_t old, const pl_proof *proof, const char *note, size_t n, pl_owned *out, pl_error *err)
{
    pl_str s;
    pl_str_init(&s, (size_t)2 << 20);
    pl_str_addf(&s, "old %llu\n", (unsigned long long)old);
    put_proof(&s, proof);
    pl_str_add_n(&s, note, n);
    return pl_owned_from(&s, "writing a request to a witness", out, err);
}

pl_status pl_request_read(const char *bytes, size_t n, pl_request *out, pl_error *err)
{
    const char *at = bytes, *end = bytes + n;
    pl_checkpoint checkpoint;
    if (!get_number(&at, end, "old ", &out->old)) {
        return malformed(err, "request to a witness", "its first line does not say 'old' and a size");
    }
    const char *fault = get_proof(&at, end, &out->proof);
    if (fault != NULL) {
        return malformed(err, "request to a witness", fault);
    }
    out->note = at;
    out->note_n = (size_t)(end - at);
    return pl_checkpoint_read(out->note, out->note_n, &checkpoint, err);
}

pl_status pl_request_judge(const pl_request *request, const pl_note_key *log, uint64_t last_size, const uint8_t last_root[PL_HASH],
                           pl_checkpoint *next, int *http, pl_error *err)
{
    pl_checkpoint c;
    *http = 400;
    pl_status status = pl_checkpoint_read(request->note, request->note_n, &c, err);
    if (status != PL_OK) {
        return status;
    }
    if (strcmp(c.origin, log->name) != 0) {
        *http = 404;
        return pl_fail(err, PL_NOTFOUND, NULL, NULL, "this witness does not know the record '%.100s'", c.origin);
    }
    if (pl_note_signed_by(request->note, request->note_n, log, NULL) != PL_SIGNED) {
        *http = 403;
        return pl_fail(err, PL_REFUTED, NULL, NULL, "the checkpoint is not signed by the record that it names");
    }
    if (request->old > c.size) {
        return pl_fail(err, PL_DATA, NULL, NULL, "the checkpoint is older than what it is said to continue");
    }
    if (request->old != last_size) {
        char hint[100];
        *http = 409;
        snprintf(hint, sizeof hint, "make the request from there: --old %llu", (unsigned long long)last_size);
        return pl_fail(err, PL_REFUTED, NULL, hint, "this witness cosigned size %llu last, not %llu", (unsigned long long)last_size,
                       (unsigned long long)request->old);
    }
    if (c.size == last_size && last_size > 0 && memcmp(c.root, last_root, PL_HASH) != 0) {
        *http = 409;
        return pl_fail(err, PL_REFUTED, NULL, "keep both checkpoints: together they prove it to everybody",
                       "the record is forked: at size %llu it has another root hash than the one cosigned",
                       (unsigned long long)c.size);
    }
    if (!pl_consistency_holds(request->old, c.size, last_root, c.root, &request->proof)) {
        *http = 422;
        return pl_fail(err, PL_REFUTED, NULL, "keep both checkpoints; if no honest proof exists, they show that the record was rewritten",
                       "the proof does not show that size %llu continues size %llu", (unsigned long long)c.size,
                       (unsigned long long)request->old);
    }
    *http = 200;
    *next = c;
    return PL_OK;
}

pl_status pl_inclusion_write(uint64_t position, const pl_proof *proof, const char *note, size_t n, pl_owned *out, pl_error *err)
{
    pl_str s;
    pl_str_init(&s, (size_t)2 << 20);
    pl_str_addf(&s, PROOF_FIRST "\nindex %llu\n", (unsigned long long)position);
    put_proof(&s, proof);
    pl_str_add_n(&s, note, n);
    return pl_owned_from(&s, "writing a proof", out, err);
}

pl_status pl_inclusion_read(const char *bytes, size_t n, pl_inclusion *out, pl_error *err)
{
    const char *at = bytes, *end = bytes + n, *line;
    size_t k;
    if (!pl_line_get(&at, end, &line, &k) || k != strlen(PROOF_FIRST) || memcmp(line, PROOF_FIRST, k) != 0) {
        return malformed(err, "proof", "it does not begin with " PROOF_FIRST);
    }
    if (!get_number(&at, end, "index ", &out->position)) {
        return malformed(err, "proof", "its second line does not say 'index' and a position");
    }
    const char *fault = get_proof(&at, end, &out->proof);
    if (fault != NULL) {
        return malformed(err, "proof", fault);
    }
    out->note = at;
    out->note_n = (size_t)(end - at);
    return pl_checkpoint_read(out->note, out->note_n, &out->checkpoint, err);
}
