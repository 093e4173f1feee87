/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Published figures for what a record is made of, and the worked example of docs/formats/record.md.  Only figures were
 * taken over; each test names where they stand. */
#include <plenty/record.h>

#include <sodium.h>

#include "base/mem.h"
#include "record/bytes.h"
#include "record/cbor.h"
#include "record/tree.h"
#include "test/test.h"

static size_t unhex(const char *hex, uint8_t *out, size_t room)
{
    size_t n;
    CHECK(sodium_hex2bin(out, room, hex, strlen(hex), " ", &n, NULL) == 0);
    return n;
}

static void check_hex(const void *bytes, size_t n, const char *want)
{
    char *hex = pl_alloc(2 * n + 1, 1);
    CHECK(hex != NULL);
    pl_hex_write(bytes, n, hex);
    CHECK_STR(hex, want);
    pl_free(hex);
}

/* ---- Ed25519 -------------------------------------------------------------------------------------- */

/* RFC 8032, 7.1: tests 1, 2, 3 and SHA(abc). */
TEST(ed25519_of_rfc_8032)
{
    static const struct {
        const char *seed, *public_key, *message, *signature;
    } tests[] = {
        {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
         "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
        {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
         "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
        {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
         "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"},
        {"833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42", "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
         "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
         "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"},
    };
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++) {
        uint8_t seed[32], message[64], signature[64];
        pl_key *key;
        unhex(tests[i].seed, seed, 32);
        size_t n = unhex(tests[i].message, message, 64);
        CHECK_INT(pl_key_from_seed("test", seed, &key, NULL), PL_OK);
        check_hex(pl_key_public(key), 32, tests[i].public_key);
        pl_key_sign(key, message, n, signature);
        check_hex(signature, 64, tests[i].signature);
        CHECK(pl_signature_holds(pl_key_public(key), message, n, signature));
        /* 5.1.7: S must be below the group order; here S + L stands for S. */
        static const uint8_t order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10};
        unsigned carry = 0;
        for (int k = 0; k < 32; k++) {
            carry += (unsigned)signature[32 + k] + order[k];
            signature[32 + k] = (uint8_t)carry;
            carry >>= 8;
        }
        CHECK(!pl_signature_holds(pl_key_public(key), message, n, signature));
        pl_key_free(key);
    }
}

/* C2SP/CCTV, ed25519/ed25519vectors.json, vectors 0 to 12, 14 to 16 and 24 to 29 of 914: points of small order, with a part of small order, and not in
 * canonical form.  libsodium 1.0.18 refuses points of small order and other forms; it accepts what has a part of small order besides, where
 * that cancels out without the cofactor. */
TEST(ed25519_edge_cases_as_libsodium_decides)
{
#define ZERO "0000000000000000000000000000000000000000000000000000000000000000"
#define MIXED "10eb7c3acfb2bed3e0d6ab89bf5a3d6afddd1176ce4812e38d9fd485058fdb1f"
#define P_LARGE "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
#define R_MIXED "36684ea91032ba5b1dbab2d02f4debc74c3327f2b3802e2e4d371aa42b12b56b"
#define R_OTHER "b797b156efcd45a4e2454d2fd0b21438b3ccd80d4c7fd1d1b2c8e55bd4ed4a94"
#define S_MIXED "05ba9a796274d80437afa36f1236563f2f3b0aa84cecddc3d20914615ba4fe02"
    static const struct {
        const char *key, *r, *s, *message;
        bool holds;
    } vectors[] = {
        {ZERO, ZERO, ZERO, "ed25519vectors 3", false},
        {ZERO, ZERO, ZERO, "ed25519vectors 11", false},
        {ZERO, R_MIXED, S_MIXED, "ed25519vectors 7", false},
        {ZERO, R_MIXED, S_MIXED, "ed25519vectors 3", false},
        {MIXED, ZERO, "5e176f12cfb0d4e6eb6929b19ae4c998ef05c1c2cf628a9b1fa1c21312627108", "ed25519vectors 7", false},
        {MIXED, ZERO, "9472a69cd9a701a50d130ed52189e2455b23767db52cacb8716fb896ffeeac09", "ed25519vectors 3", false},
        {MIXED, R_MIXED, "c02e2b9e63e385c058bf62b14b3a2b29ccefe8e38ddb536bc3f9865320a3d801", "ed25519vectors 10", false},
        {MIXED, R_MIXED, "bbfd00bd9c259d8d222d15e67a3d8228585050dbb9b9585be20d8fadc721da03", "ed25519vectors", true},
        {P_LARGE, ZERO, ZERO, "ed25519vectors 8", false},
        {P_LARGE, ZERO, ZERO, "ed25519vectors 6", false},
        {P_LARGE, R_MIXED, S_MIXED, "ed25519vectors 4", false},
        {P_LARGE, R_MIXED, S_MIXED, "ed25519vectors", false},
        {P_LARGE, R_MIXED, S_MIXED, "ed25519vectors 7", false},
        {ZERO, P_LARGE, ZERO, "ed25519vectors 3", false},
        {ZERO, P_LARGE, ZERO, "ed25519vectors 10", false},
        {MIXED, P_LARGE, "1cb421dfbd92aa6c30d550bff53c81cf650ace6deb96a8ec22d2fef84dbbe20b", "ed25519vectors 6", false},
        {ZERO, R_OTHER, S_MIXED, "ed25519vectors", false},
        {ZERO, R_OTHER, S_MIXED, "ed25519vectors 9", false},
        {MIXED, R_OTHER, "639734cf989e314e9e049fc01a3864d191fed8f231b12fee6fa50aaadba44b0e", "ed25519vectors 9", false},
        {MIXED, R_OTHER, "732d9e0279fe001d90327efa319816e3e4506b78432b8b4e1f2fdc4b960d700f", "ed25519vectors 2", true},
    };
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        uint8_t key[32], signature[64];
        unhex(vectors[i].key, key, 32);
        unhex(vectors[i].r, signature, 32);
        unhex(vectors[i].s, signature + 32, 32);
        if (pl_signature_holds(key, vectors[i].message, strlen(vectors[i].message), signature) != vectors[i].holds) {
            FAIL("vector %zu of the list is decided otherwise", i);
        }
    }
}

/* ---- CBOR ----------------------------------------------------------------------------------------- */

/* RFC 8949, appendix A: those examples that are in deterministic encoding; and those that are not. */
TEST(cbor_of_rfc_8949)
{
    static const char *const good[] = {
        "00", "01", "0a", "17", "1818", "1819", "1864", "1903e8", "1a000f4240", "1b000000e8d4a51000", "1bffffffffffffffff", "20", "29", "3863",
        "3903e7", "3bffffffffffffffff", "c249010000000000000000", "c349010000000000000000", "f90000", "f98000", "f93c00", "fb3ff199999999999a",
        "f93e00", "f97bff", "fa47c35000", "fa7f7fffff", "fb7e37e43c8800759c", "f90001", "f90400", "f9c400", "fbc010666666666666", "f97c00", "f97e00",
        "f9fc00", "f4", "f5", "f6", "f7", "f0", "f8ff", "c074323031332d30332d32315432303a30343a30305a", "c11a514b67b0", "c1fb41d452d9ec200000",
        "d74401020304", "d818456449455446", "d82076687474703a2f2f7777772e6578616d706c652e636f6d", "40", "4401020304", "60", "6161", "6449455446",
        "62225c", "62c3bc", "63e6b0b4", "64f0908591", "80", "83010203", "8301820203820405",
        "98190102030405060708090a0b0c0d0e0f101112131415161718181819", "a0", "a201020304", "a26161016162820203", "826161a161626163",
        "a56161614161626142616361436164614461656145",
    };
    static const char *const bad[] = {
        "5f42010243030405ff", "7f657374726561646d696e67ff", "9fff", "9f018202039f0405ffff", "83018202039f0405ff", "bf61610161629f0203ffff",
        "fa7f800000", "fa7fc00000", "faff800000", "fb7ff0000000000000", "fb7ff8000000000000", "f97e01", "fa47c35000 00", "1817", "190018", "1a0000ffff",
        "1b00000000ffffffff", "5801ff", "f800", "f818", "fc", "1c", "ff", "", "18", "4401", "61ff", "62c080", "63eda080", "a2020201 01", "a201010102",
        "a161", "82 01", "9bffffffffffffffff", "bbffffffffffffffff", "fb3ff8000000000000", "fa3fc00000", "fb47efffffe0000000",
        "8181818181818181818181818181818181 01",
    };
    uint8_t bytes[256];
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        size_t n = unhex(good[i], bytes, sizeof bytes), at;
        const char *fault = pl_cbor_check(bytes, n, &at);
        if (fault != NULL) {
            FAIL("%s: %s at %zu", good[i], fault, at);
        }
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (pl_cbor_check(bytes, unhex(bad[i], bytes, sizeof bytes), NULL) == NULL) {
            FAIL("%s is taken for deterministic", bad[i]);
        }
    }
}

/* The integers, strings and collections of the same appendix, written. */
TEST(cbor_is_written_as_rfc_8949_says)
{
    pl_str s;
    pl_str_init(&s, 1000);
    pl_cbor_put_array(&s, 9);
    pl_cbor_put_uint(&s, 23);
    pl_cbor_put_uint(&s, 24);
    pl_cbor_put_uint(&s, 1000);
    pl_cbor_put_uint(&s, 1000000);
    pl_cbor_put_uint(&s, UINT64_MAX);
    pl_cbor_put_int(&s, -1000);
    pl_cbor_put_text(&s, "\xC3\xBC", 2);
    pl_cbor_put_bytes(&s, "\1\2\3\4", 4);
    pl_cbor_put_map(&s, 0);
    check_hex(s.text, s.len, "8917181819" "03e81a000f42401bffffffffffffffff3903e762c3bc4401020304a0");
    CHECK(pl_cbor_check((const uint8_t *)s.text, s.len, NULL) == NULL);
    pl_str_clear(&s);
}

/* cose-wg/Examples, eddsa-examples, eddsa-sig-01: the one of Ed25519 with COSE_Sign1.  (RFC 9052, appendix C, signs with ECDSA only.)  It is no event,
 * but its ToBeSigned and its signature are made as ours are. */
TEST(cose_sign1_with_ed25519)
{
    uint8_t seed[32], text[64], signature[64];
    pl_key *key;
    unhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", seed, 32);
    size_t n = unhex("846A5369676E61747572653145A2012703004054546869732069732074686520636F6E74656E742E", text, sizeof text);
    CHECK_INT(pl_key_from_seed("test", seed, &key, NULL), PL_OK);
    pl_key_sign(key, text, n, signature);
    check_hex(signature, 64,
              "7142fd2ff96d56db85bee905a76ba1d0b7321a95c8c4d3607c5781932b7afb8711497dfa751bf40b58b3bcc32300b1487f3db34085eef013bf08f4a44d6fef0d");
    pl_key_free(key);
}

/* ---- The tree ------------------------------------------------------------------------------------- */

/* The tree of eight leaves that implementations of certificate transparency share (transparency-dev/merkle, proof/verify_test.go). */
static const char *const LEAVES[8] = {"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"};
static const char *const ROOTS[9] = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

static pl_status node_of_eight(void *user, int level, uint64_t index, uint8_t out[PL_HASH], pl_error *err)
{
    (void)user;
    if (level > 0) {
        uint8_t left[PL_HASH], right[PL_HASH];
        node_of_eight(NULL, level - 1, 2 * index, left, err);
        node_of_eight(NULL, level - 1, 2 * index + 1, right, err);
        pl_node_hash(left, right, out);
    } else {
        uint8_t leaf[16];
        size_t n = unhex(LEAVES[index], leaf, sizeof leaf);
        pl_leaf_hash(leaf, n, out);
    }
    return PL_OK;
}
static const pl_nodes EIGHT = {node_of_eight, NULL};

TEST(roots_of_eight_leaves)
{
    for (uint64_t size = 0; size <= 8; size++) {
        uint8_t root[PL_HASH];
        CHECK_INT(pl_tree_root(&EIGHT, 0, size, root, NULL), PL_OK);
        check_hex(root, PL_HASH, ROOTS[size]);
    }
}

static void proof_of(const char *const *hashes, int n, pl_proof *out)
{
    out->n = n;
    for (int i = 0; i < n; i++) {
        unhex(hashes[i], out->hash[i], PL_HASH);
    }
}

TEST(proofs_of_eight_leaves)
{
    static const struct {
        uint64_t leaf, size;
        int n;
        const char *hash[3];
    } inclusion[] = {
        {0, 1, 0, {NULL}},
        {0, 8, 3, {"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7", "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                   "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}},
        {5, 8, 3, {"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b", "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                   "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}},
        {2, 3, 1, {"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"}},
        {1, 5, 3, {"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d", "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                   "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"}},
    }, consistency[] = {
        {1, 1, 0, {NULL}},
        {1, 8, 3, {"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7", "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                   "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}},
        {6, 8, 3, {"0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a", "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                   "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}},
        {2, 5, 2, {"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e", "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"}},
        {6, 7, 3, {"0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a", "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
                   "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}},
    };
    pl_proof want, got;
    uint8_t leaf[PL_HASH], root[2][PL_HASH];
    for (size_t i = 0; i < sizeof inclusion / sizeof inclusion[0]; i++) {
        proof_of(inclusion[i].hash, inclusion[i].n, &want);
        CHECK_INT(pl_tree_inclusion(&EIGHT, inclusion[i].leaf, inclusion[i].size, &got, NULL), PL_OK);
        CHECK(got.n == want.n && memcmp(got.hash, want.hash, (size_t)want.n * PL_HASH) == 0);
        node_of_eight(NULL, 0, inclusion[i].leaf, leaf, NULL);
        unhex(ROOTS[inclusion[i].size], root[0], PL_HASH);
        CHECK(pl_inclusion_holds(inclusion[i].leaf, inclusion[i].size, leaf, &want, root[0]));
    }
    for (size_t i = 0; i < sizeof consistency / sizeof consistency[0]; i++) {
        proof_of(consistency[i].hash, consistency[i].n, &want);
        CHECK_INT(pl_tree_consistency(&EIGHT, consistency[i].leaf, consistency[i].size, &got, NULL), PL_OK);
        CHECK(got.n == want.n && memcmp(got.hash, want.hash, (size_t)want.n * PL_HASH) == 0);
        unhex(ROOTS[consistency[i].leaf], root[0], PL_HASH);
        unhex(ROOTS[consistency[i].size], root[1], PL_HASH);
        CHECK(pl_consistency_holds(consistency[i].leaf, consistency[i].size, root[0], root[1], &want));
        CHECK(want.n == 0 || !pl_consistency_holds(consistency[i].leaf, consistency[i].size, root[1], root[0], &want));
    }
}

/* ---- Notes ---------------------------------------------------------------------------------------- */

/* golang.org/x/mod/sumdb/note: its key and its note, and the second signature of its tests. */
#define NOTE "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
#define PETER "\xE2\x80\x94 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
#define ENOCH "\xE2\x80\x94 EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"

static pl_note_key note_key(const char *text)
{
    pl_note_key key;
    pl_error err = {0};
    char again[PL_NOTE_KEY_TEXT];
    if (pl_note_key_read(text, strlen(text), &key, &err) != PL_OK) {
        FAIL("%s: %s", text, err.message);
    }
    pl_note_key_write(&key, again);
    CHECK_STR(again, text);
    return key;
}

TEST(notes_of_the_go_checksum_database)
{
    pl_note_key peter = note_key("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
    pl_note_key enoch = note_key("EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop");
    const char one[] = NOTE "\n" PETER, two[] = NOTE "\n" PETER ENOCH, wrong[] = "Xf" NOTE "\n" PETER;
    size_t n;
    CHECK_INT(pl_note_read(two, strlen(two), &n, NULL), PL_OK);
    CHECK_INT(n, strlen(NOTE));
    CHECK_INT(pl_note_signed_by(one, strlen(one), &peter, NULL), PL_SIGNED);
    CHECK_INT(pl_note_signed_by(one, strlen(one), &enoch, NULL), PL_SIGNED_NOT);
    CHECK_INT(pl_note_signed_by(two, strlen(two), &enoch, NULL), PL_SIGNED);
    CHECK_INT(pl_note_signed_by(wrong, strlen(wrong), &peter, NULL), PL_SIGNED_WRONGLY);
}

/* C2SP signed-note, its example; transparency-dev/formats, note/note_cosigv1_test.go, keys of both types and the time in a cosignature. */
TEST(notes_of_c2sp)
{
    pl_note_key foo = note_key("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");
    const char text[] = "This is an example message.\n\n"
                        "\xE2\x80\x94 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
    CHECK_INT(pl_note_signed_by(text, strlen(text), &foo, NULL), PL_SIGNED);
    CHECK_INT(note_key("TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6").type, PL_NOTE_ED25519);
    CHECK_INT(note_key("remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2").type, PL_NOTE_COSIGNATURE);
    static const char *const wrong[] = {"bananas.sigstore.dev+12344556", "rekor.sigstore.dev+12345678+THIS_IS_NOT_BASE64!", "rekor.sigstore.dev+12345678+AwEB",
                                        "example.com/foo+00000000+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", ""};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        pl_note_key key;
        CHECK(pl_note_key_read(wrong[i], strlen(wrong[i]), &key, NULL) != PL_OK);
    }
}

/* C2SP tlog-cosignature and tlog-witness: the forms of their examples (no keys are published for them). */
TEST(checkpoints_of_c2sp)
{
    const char request[] =
        "old 20852014\nPlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\njrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n"
        "5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n\n"
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
        "\xE2\x80\x94 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
        "\xE2\x80\x94 witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";
    pl_request r;
    pl_checkpoint c;
    pl_owned again;
    CHECK_INT(pl_request_read(request, strlen(request), &r, NULL), PL_OK);
    CHECK(r.old == 20852014 && r.proof.n == 4);
    CHECK_INT(pl_checkpoint_read(r.note, r.note_n, &c, NULL), PL_OK);
    CHECK_STR(c.origin, "example.com/behind-the-sofa");
    CHECK_INT(c.size, 20852163);
    CHECK_INT(pl_request_write(r.old, &r.proof, r.note, r.note_n, &again, NULL), PL_OK);
    CHECK_STR(again.bytes, request);
    pl_owned_free(&again);
}

/* ---- The worked example of docs/formats/record.md, computed there with another program -------------- */

#define ORIGIN "plenty/89a46f5c744b1d7bdbbae03bc1444bb0baf9ac5a790890fb473e2f1d19e67a23"
#define CHECKPOINT                                                                                                                        \
    ORIGIN "\n2\n4yT7JESu6Hc6S3tvJEZ2FPwO07y4w+k7q/iNx1Qpf4o=\n\n\xE2\x80\x94 " ORIGIN                                                     \
           " x1VRI1Rh7AZrD0ug/D9XUTo7EDQTrKfGMgv2yBZo7q0Nbs+DTKDZxvuV+FEOaGm1T9px4jEJb2XPz0C+Q1q1cuS+NAU=\n"
#define COSIGNATURE "\xE2\x80\x94 witness.example/w1 BNLYMwAAAABqsTvkvlyP/C2/ly4W96am0U9YSo+Xv3GGVuvueFJOhSNl1MpNK9a3AuzfsI8zMA95pGcPiO7dWtL7Nni5ZuS/e7w9AA==\n"

static void sign_and_check(pl_draft *draft, const pl_key *key, const pl_owned *body, const char *leaf, size_t size, pl_owned *event)
{
    uint8_t hash[PL_HASH];
    draft->body = (pl_bytes){(const uint8_t *)body->bytes, body->n};
    CHECK_INT(pl_event_sign(draft, key, event, NULL), PL_OK);
    CHECK_INT(event->n, size);
    pl_leaf_hash(event->bytes, event->n, hash);
    check_hex(hash, PL_HASH, leaf);
}

TEST(the_worked_example)
{
    uint8_t seed[32], salt[16], hash[PL_HASH];
    char path[4200];
    pl_key *key, *witness;
    pl_owned body, first, second, note, line;
    pl_record *record;
    pl_taken taken;
    pl_replay replay;
    pl_error err = {0};
    unhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", seed, 32);
    CHECK_INT(pl_key_from_seed("founder", seed, &key, NULL), PL_OK);
    unhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", seed, 32);
    CHECK_INT(pl_key_from_seed("witness", seed, &witness, NULL), PL_OK);
    check_hex(pl_key_id(key), PL_HASH, "866eefbd6718c8846cd7ddfe43fc74ab1daac4538ff8514ea2ec2d410a415743");
    for (int i = 0; i < 16; i++) {
        salt[i] = (uint8_t)i;
    }
    uint8_t founder[1][32];
    memcpy(founder[0], pl_key_public(key), 32);
    CHECK_INT(pl_body_created("The bakery", pl_key_public(key), (const uint8_t(*)[32])founder, 1, salt, &body, NULL), PL_OK);
    pl_draft draft = {.counter = 1, .time = 1790000000, .kind = "commons.created"};
    CHECK_INT(pl_commons_id_of((pl_bytes){(const uint8_t *)body.bytes, body.n}, draft.commons_id, NULL), PL_OK);
    check_hex(draft.commons_id, PL_HASH, &ORIGIN[7]);
    sign_and_check(&draft, key, &body, "c559ebd5e1830ec35266f73361b4f3f5a11a2411541e72a33ce3e95b6862968d", 291, &first);
    pl_owned_free(&body);

    CHECK_INT(pl_body_note("Bread for all.", 14, NULL, 0, &body, NULL), PL_OK);
    draft.counter = 2;
    draft.time = 1790000060;
    draft.kind = "note";
    draft.follows = true;
    draft.follows_size = 1;
    pl_leaf_hash(first.bytes, first.n, draft.follows_root);
    sign_and_check(&draft, key, &body, "8e4e6e6992f3867ae3470e9c299f3b729a7f32daa4892b6d878921c744a77e31", 232, &second);
    pl_owned_free(&body);

    snprintf(path, sizeof path, "%s/example.commons", test_tmp());
    CHECK_INT(pl_record_create(path, NULL, (pl_bytes){(const uint8_t *)first.bytes, first.n}, &record, &err), PL_OK);
    CHECK_INT(pl_record_append(record, &(pl_bytes){(const uint8_t *)second.bytes, second.n}, 1, 1790000060, &taken, &err), PL_OK);
    CHECK_INT(taken.broken, PL_RULE_NONE);
    CHECK_INT(taken.position, 1);
    CHECK_INT(pl_record_root(record, 2, hash, &err), PL_OK);
    check_hex(hash, PL_HASH, "e324fb2444aee8773a4b7b6f24467614fc0ed3bcb8c3e93babf88dc754297f8a");
    CHECK_INT(pl_record_replay(record, false, NULL, &replay, &err), PL_OK);
    check_hex(replay.state, PL_HASH, "c577d8fd11816e96b279b4102ef3105c8556b87ae1393d28f29ce0bc4804fb9b");
    check_hex(replay.stored, PL_HASH, "c577d8fd11816e96b279b4102ef3105c8556b87ae1393d28f29ce0bc4804fb9b");
    CHECK_INT(pl_record_sign_checkpoint(record, key, &note, &err), PL_OK);
    CHECK_STR(note.bytes, CHECKPOINT);
    CHECK_INT(pl_checkpoint_cosign(note.bytes, note.n, "witness.example/w1", witness, 1790000100, &line, &err), PL_OK);
    CHECK_STR(line.bytes, COSIGNATURE);

    pl_note_key w = note_key("witness.example/w1+04d2d833+BD1AF8PoQ4lakrcKp00bfrycmCzPLsSWjMDNVfEq9GYM");
    uint64_t time;
    CHECK_INT(pl_note_signed_by(CHECKPOINT COSIGNATURE, strlen(CHECKPOINT COSIGNATURE), &w, &time), PL_SIGNED);
    CHECK_INT(time, 1790000100);
    pl_owned_free(&first);
    pl_owned_free(&second);
    pl_owned_free(&note);
    pl_owned_free(&line);
    pl_record_close(record);
    pl_key_free(key);
    pl_key_free(witness);
}
