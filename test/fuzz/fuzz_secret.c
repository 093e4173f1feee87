/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Secret ballots with hostile bytes.  The first byte says what the rest is: an archive (for the library and for the checker), a ballot, a tally, a
 * shuffle or a decryption of a fixed election, an election, trustees, a message of a trustee, choices. */
#include <plenty/secret.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "test/fuzz/fuzz.h"
#include "verify/verify.h"

static pl_secret_election *election;
static pl_secret_text trustees, text, credential, key, certificate, certificate_key;
static pl_secret_box tally; /* of no ballots */
static char path[64];
static FILE *nowhere;

static void remove_all(void)
{
    (void)unlink(path);
    pl_secret_close(election);
    pl_secret_text_free(&trustees);
    pl_secret_text_free(&text);
    pl_secret_text_free(&credential);
    pl_secret_text_free(&tally.tally);
    pl_secret_text_free(&key);
    pl_secret_text_free(&certificate);
    pl_secret_text_free(&certificate_key);
    fclose(nowhere);
}

static void must(pl_status status)
{
    if (status != PL_OK) {
        abort();
    }
}

static void set_up(void)
{
    static const uint8_t seed[32] = {9};
    static const char questions[] = "{\"description\":\"\",\"name\":\"n\",\"questions\":[{\"answers\":[\"A\",\"B\"],\"blank\":true,\"min\":1,\"max\":1,\"question\":"
                                    "\"q\"},{\"type\":\"NonHomomorphic\",\"value\":{\"answers\":[\"a\"],\"question\":\"r\"}}]}";
    pl_secret_text open;
    char secret[PL_SECRET_CREDENTIAL], list[200];
    must(pl_secret_trustee("Ed25519", seed, &key, &open, NULL));
    pl_secret_view item = {open.text, open.n};
    must(pl_secret_trustees("Ed25519", &item, 1, &trustees, NULL));
    must(pl_secret_election_new("Ed25519", "22222222222222", questions, strlen(questions), trustees.text, trustees.n, &text, NULL));
    must(pl_secret_credential("Ed25519", "22222222222222", seed, secret, &credential, NULL));
    must(pl_secret_certificate("Ed25519", seed, &certificate_key, &certificate, NULL));
    int n = snprintf(list, sizeof list, "[\"%s\"]", credential.text);
    must(pl_secret_open(text.text, text.n, trustees.text, trustees.n, list, (size_t)n, &election, NULL));
    must(pl_secret_tally(election, NULL, 0, 0, 1, &tally, NULL));
    pl_secret_text_free(&open);
    snprintf(path, sizeof path, "%s/plenty-secret-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    int fd = mkstemp(path);
    nowhere = fopen("/dev/null", "w");
    if (fd < 0 || nowhere == NULL) {
        abort();
    }
    close(fd);
    atexit(remove_all);
}

static void archive(const char *bytes, size_t n)
{
    pl_error err;
    pl_secret_archive *a;
    pl_secret_audit audit;
    FILE *f = fopen(path, "wb");
    if (f == NULL || fwrite(bytes, 1, n, f) != n || fclose(f) != 0) {
        abort();
    }
    int code = pv_verify_secret(path, n % 2 == 0, nowhere, nowhere), ours = 1;
    if (pl_secret_archive_open(bytes, n, &a, &err) == PL_OK) {
        if (pl_secret_audit_run(a, 1, NULL, &audit, &err) == PL_OK) {
            ours = 0;
            pl_secret_audit_free(&audit);
        }
        pl_secret_archive_close(a);
    }
    if ((code == 0) != (ours == 0)) { /* one of the two would be wrong */
        abort();
    }
}

static void give(uint8_t kind, const char *bytes, size_t n)
{
    pl_error err;
    pl_secret_seen seen;
    pl_secret_text out = {NULL, 0};
    pl_secret_view view = {bytes, n}, cert = {certificate.text, certificate.n};
    pl_secret_election *e;
    pl_ballots *ballots;
    int32_t *choice;
    int k;
    pl_status status = PL_USAGE;
    switch (kind % 10) {
    case 1:
        status = pl_secret_ballot(election, bytes, n, &seen, &err);
        break;
    case 2:
        status = pl_secret_decrypt(election, bytes, n, key.text, NULL, 0, NULL, 1, &out, &k, &err);
        break;
    case 3:
        status = pl_secret_shuffle_check(election, tally.tally.text, tally.tally.n, bytes, n, 1, &out, &err);
        break;
    case 4:
        status = pl_secret_decryption_check(election, tally.tally.text, tally.tally.n, 1, bytes, n, 1, &err);
        break;
    case 5:
        if (pl_secret_open(bytes, n, trustees.text, trustees.n, credential.text, credential.n, &e, &err) == PL_OK) {
            pl_secret_close(e);
        }
        break;
    case 6:
        if (pl_secret_open(text.text, text.n, bytes, n, credential.text, credential.n, &e, &err) == PL_OK) {
            pl_secret_close(e);
        }
        break;
    case 7:
        status = pl_secret_output("Ed25519", &cert, 1, certificate_key.text, bytes, n, NULL, &out, NULL, &err);
        break;
    case 8:
        if (pl_secret_choices(election, bytes, n, &choice, &k, &err) == PL_OK) {
            pl_secret_choices_free(choice);
        }
        break;
    case 9:
        if (pl_secret_result_ballots(election, bytes, n, (int)(n % 2), &ballots, &err) == PL_OK) {
            pl_ballots_free(ballots);
        }
        status = pl_secret_trustees("Ed25519", &view, 1, &out, &err);
        break;
    default:
        archive(bytes, n);
    }
    (void)status;
    pl_secret_text_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (election == NULL) {
        set_up();
    }
    if (n > 0) {
        char *copy = malloc(n);
        if (copy == NULL) {
            abort();
        }
        memcpy(copy, data + 1, n - 1);
        copy[n - 1] = '\0'; /* texts are followed by a zero byte */
        give(data[0], copy, n - 1);
        free(copy);
    }
    return 0;
}
