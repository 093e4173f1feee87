/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * secret.c - secret ballots that others made, and the vectors of docs/formats/secret-ballots.md.
 *
 * secret/belenios-2048.bel was made with belenios-tool 2.0 (Debian 12), secret/ed25519.bel with Plenty.  The second verifier (verify/), which
 * shares no code with the library, checks the same bytes. */
#include <string.h>
#include <unistd.h>

#include "io/file.h"
#include "secret/credential.h"
#include "test/test.h"
#include "verify/verify.h"

static pl_error error;

#define MUST(call)                                                                                \
    do {                                                                                          \
        if ((call) != PL_OK) {                                                                    \
            FAIL("%s: %s: %s", #call, error.subject, error.message);                              \
        }                                                                                         \
    } while (0)

static bool audited(const char *bytes, size_t n, pl_secret_audit *out)
{
    pl_secret_archive *a;
    if (pl_secret_archive_open(bytes, n, &a, &error) != PL_OK) {
        return false;
    }
    pl_status status = pl_secret_audit_run(a, 1, NULL, out, &error);
    pl_secret_archive_close(a);
    return status == PL_OK;
}

static int checker(const char *path)
{
    FILE *nowhere = fopen("/dev/null", "w");
    CHECK(nowhere != NULL);
    int code = pv_verify_secret(path, false, nowhere, nowhere);
    fclose(nowhere);
    return code;
}

static void check_archive(const char *name, const char *result)
{
    pl_file file;
    pl_secret_audit audit;
    const char *path = test_source(name);
    MUST(pl_file_read(path, 1 << 22, &file, &error));
    if (!audited(file.bytes, file.n, &audit)) {
        FAIL("%s: %s", error.subject, error.message);
    }
    CHECK_INT(audit.counted, 2);
    CHECK(audit.decided && audit.result.n == strlen(result) && memcmp(audit.result.text, result, audit.result.n) == 0);
    pl_secret_audit_free(&audit);
    CHECK_INT(checker(path), 0);
    pl_file_clear(&file);
}

TEST(an_election_by_belenios_tool)
{
    check_archive("test/known/secret/belenios-2048.bel", "{\"result\":[[1,1,0]]}");
}

TEST(an_election_in_ed25519)
{
    check_archive("test/known/secret/ed25519.bel", "{\"result\":[[1,0],[[2,1],[1,2]]]}");
}

/* One byte changed, wherever it is: neither the library nor the checker accepts it. */
static void changes(const char *name, size_t step)
{
    pl_file file;
    pl_secret_audit audit;
    char path[4096];
    MUST(pl_file_read(test_source(name), 1 << 22, &file, &error));
    snprintf(path, sizeof path, "%s/changed.bel", test_tmp());
    for (size_t at = 5; at < file.n; at += step) {
        file.bytes[at] ^= 1;
        if (audited(file.bytes, file.n, &audit)) {
            FAIL("byte %zu changed, and accepted", at);
        }
        MUST(pl_file_write(path, file.bytes, file.n, &error));
        if (checker(path) != 1 && checker(path) != 3) {
            FAIL("byte %zu changed, and accepted by the checker", at);
        }
        file.bytes[at] ^= 1;
    }
    CHECK(!audited(file.bytes, file.n - 512, &audit));
    pl_file_clear(&file);
    (void)unlink(path);
}

TEST(a_changed_byte_is_noticed)
{
    changes("test/known/secret/ed25519.bel", 431);
    changes("test/known/secret/belenios-2048.bel", 977);
}

/* ---- Credentials of belenios-tool 2.0: the private ones it printed, the public ones it listed --------------------------------------- */

/* The last one's first 14 characters are divisible by 53: its check character stands for 53, not for 0. */
TEST(credentials_are_those_of_belenios_tool)
{
    static const struct {
        const char *uuid, *credential, *begin;
    } test[] = {{"EZ1VFPouHDGJ4a", "iAi-J3W-SsQ-zyn-WLh", "1596110712632188994052193919293257124361"},
                {"EZ1VFPouHDGJ4a", "y6G-WbJ-i7i-bew-BvD", "1252426181430263291030691421886259684224"},
                {"kG16qmJ8bjJHTM", "bVh-qNS-y2X-7cm-i8v", "1155093374144304785298353575356928040663"}};
    pl_group g;
    MUST(pl_secret_group("BELENIOS-2048", &g, &error));
    for (size_t i = 0; i < sizeof test / sizeof *test; i++) {
        char text[PL_ELEMENT_TEXT];
        pl_scalar s;
        pl_element x;
        MUST(pl_credential_secret(&g, test[i].uuid, test[i].credential, &s, &error));
        pl_power_secret(&g, &x, &g.g, &s);
        (void)g.write(&g, &x, text);
        CHECK(strncmp(text, test[i].begin, strlen(test[i].begin)) == 0);
    }
}

/* ---- Vectors in Ed25519 --------------------------------------------------------------------------------------------------------------- */

static void check_hash(const pl_secret_text *text, const char *want)
{
    char hex[PL_HEX];
    pl_sha256_hex(text->text, text->n, hex);
    CHECK_STR(hex, want);
}

TEST(generators_and_encoding)
{
    static const char *const h[] = {"d6f7c1ea42e2474a28baea1141185bb7b39fe58011e5fc31d093b5c9345f18c7",
                                    "c95c81b40c41366b2e62e68fec3c5fa4dbb93f0c3c242ac2fe7a07c0e0fd92fe",
                                    "8278c9f7f36153e64f1e858bf1bfbf7f3a42f2f9589a4010c192a5d11c89746c"};
    static const int32_t ranking[] = {1, 2, 255};
    char text[PL_ELEMENT_TEXT];
    pl_group g;
    pl_element x;
    MUST(pl_secret_group("Ed25519", &g, &error));
    for (int i = 0; i < 3; i++) {
        CHECK(g.generator(&g, i - 1, &x));
        (void)g.write(&g, &x, text);
        CHECK_STR(text, h[i]);
    }
    CHECK(g.encode(&g, ranking, 3, &x));
    (void)g.write(&g, &x, text);
    CHECK_STR(text, "0000000000000000000000000000000000000000000000000000000040bfc00d");
}

TEST(a_whole_election_from_seeds)
{
    static const char questions[] = "{\"description\":\"d\",\"name\":\"n\",\"questions\":[{\"answers\":[\"A\"],\"min\":0,\"max\":1,\"question\":\"Q\"},"
                                    "{\"type\":\"NonHomomorphic\",\"value\":{\"answers\":[\"a\",\"b\"],\"question\":\"R\"}}]}";
    static const int32_t choice[] = {1, 1, 2};
    uint8_t seed[5][32];
    char credential[PL_SECRET_CREDENTIAL], list[100];
    pl_secret_text key, open, voter, trustees, election, ballot, shuffle, after, part, result;
    pl_secret_election *e;
    pl_secret_box box;
    pl_secret_part one;
    pl_secret_seen seen;
    for (int i = 0; i < 5; i++) {
        for (int k = 0; k < 32; k++) {
            seed[i][k] = (uint8_t)(32 * i + k);
        }
    }
    MUST(pl_secret_trustee("Ed25519", seed[0], &key, &open, &error));
    check_hash(&open, "f8bd97c3450c148d88aec5bad24af35ef01c4cd5346276f1fc37cc7a719c6061");
    MUST(pl_secret_credential("Ed25519", "33333333333333", seed[1], credential, &voter, &error));
    CHECK_STR(credential, "qVa-ebk-mEM-EYQ-X9G");
    CHECK_STR(voter.text, "bca54618e017ef52d63964a1d68046016b78b0f20aeaf3537dec6a7d2fb3bb57");
    pl_secret_view item = {open.text, open.n};
    MUST(pl_secret_trustees("Ed25519", &item, 1, &trustees, &error));
    MUST(pl_secret_election_new("Ed25519", "33333333333333", questions, strlen(questions), trustees.text, trustees.n, &election, &error));
    int n = snprintf(list, sizeof list, "[\"%s\"]", voter.text);
    MUST(pl_secret_open(election.text, election.n, trustees.text, trustees.n, list, (size_t)n, &e, &error));
    CHECK_STR(pl_secret_what(e).fingerprint, "X0Go6VxM3I09TXeZHLde1cxKrzoz15RDrerhkE7pDBk");
    MUST(pl_secret_vote(e, credential, choice, 3, seed[2], &ballot, &error));
    MUST(pl_secret_ballot(e, ballot.text, ballot.n, &seen, &error));
    CHECK_STR(seen.tracker, "wb5/fpRCw4dQt2lEg1J5vONZQfHwFNBYZW7BI9bZ/bI");
    pl_secret_view view = {ballot.text, ballot.n};
    MUST(pl_secret_tally(e, &view, 1, 1, 1, &box, &error));
    check_hash(&box.tally, "026bb873ff4c07e889544ae93831a82a41950f90d57ac17fe2eb842b7b4c8387");
    MUST(pl_secret_shuffle(e, box.tally.text, box.tally.n, seed[3], 2, &shuffle, &error));
    check_hash(&shuffle, "9d50b15cff9942dbdd1593057b0e3f9bb6acccc97abdd8558cbe5a8511fc26f3");
    MUST(pl_secret_shuffle_check(e, box.tally.text, box.tally.n, shuffle.text, shuffle.n, 1, &after, &error));
    MUST(pl_secret_decrypt(e, after.text, after.n, key.text, NULL, 0, seed[4], 2, &part, &one.trustee, &error));
    check_hash(&part, "49e769cc5ba4e05d4055304cc89233fd34ae4425a81c47c084045e0ce43e141d");
    one.decryption = (pl_secret_view){part.text, part.n};
    MUST(pl_secret_result(e, after.text, after.n, 1, &one, 1, 1, &result, NULL, &error));
    CHECK_STR(result.text, "{\"result\":[[1],[[1,2]]]}");
    pl_secret_text *all[] = {&key, &open, &voter, &trustees, &election, &ballot, &box.tally, &shuffle, &after, &part, &result};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        pl_secret_text_free(all[i]);
    }
    pl_secret_close(e);
}
