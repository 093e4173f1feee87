/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Any text as what is handed around: notes, checkpoints, keys of notes, policies, requests to witnesses, proofs.  What is read is written again
 * as it was. */
#include <stdlib.h>
#include <string.h>

#include "record/bytes.h"
#include "test/fuzz/fuzz.h"

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void same(pl_status status, pl_owned *again, const char *text, size_t n)
{
    require(status == PL_OK && again->n == n && memcmp(again->bytes, text, n) == 0);
    pl_owned_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const char *text = (const char *)data;
    static const char witness[] = "witness.example/w1+04d2d833+BD1AF8PoQ4lakrcKp00bfrycmCzPLsSWjMDNVfEq9GYM";
    pl_note_key key, w;
    pl_checkpoint c, next;
    pl_request request;
    pl_inclusion inclusion;
    pl_policy *policy = NULL;
    pl_owned again;
    pl_error err = {0};
    size_t text_n;
    int http, added;
    require(pl_note_key_read(witness, strlen(witness), &w, NULL) == PL_OK);
    if (pl_note_read(text, n, &text_n, &err) == PL_OK) {
        require(text_n > 0 && text_n < n && text[text_n - 1] == '\n' && text[text_n] == '\n');
        (void)pl_note_signed_by(text, n, &w, NULL);
    } else {
        require(err.message[0] != '\0');
    }
    if (pl_checkpoint_read(text, n, &c, &err) == PL_OK) {
        require(c.origin[0] != '\0');
    }
    if (pl_note_key_read(text, n, &key, &err) == PL_OK) {
        char written[PL_NOTE_KEY_TEXT];
        pl_note_key_write(&key, written);
        require(pl_note_key_read(written, strlen(written), &w, NULL) == PL_OK && memcmp(&w.id, &key.id, 4) == 0);
    }
    if (pl_request_read(text, n, &request, &err) == PL_OK) {
        same(pl_request_write(request.old, &request.proof, request.note, request.note_n, &again, NULL), &again, text, n);
        uint8_t root[PL_HASH] = {0};
        require(pl_request_judge(&request, &w, request.old, root, &next, &http, &err) != PL_OK || http == 200);
    }
    if (pl_inclusion_read(text, n, &inclusion, &err) == PL_OK) {
        same(pl_inclusion_write(inclusion.position, &inclusion.proof, inclusion.note, inclusion.note_n, &again, NULL), &again, text, n);
    }
    if (pl_policy_read(text, n, "policy", &policy, &err) == PL_OK) {
        static const char note[] = "o\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n\xE2\x80\x94 o AAAAAAAA\n";
        pl_verdict v;
        require(pl_policy_judge(policy, note, strlen(note), &v, NULL) == PL_OK && v.witnesses == 0);
        require(pl_policy_merge(policy, note, strlen(note), text, n, &again, &added, NULL) == PL_OK && added == 0);
        pl_owned_free(&again);
        pl_policy_free(policy);
    }
    return 0;
}
