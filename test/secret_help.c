/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * secret_help.c - small secret ballots for tests. */
#include "test/secret_help.h"

#include <string.h>

#include "secret/credential.h"
#include "test/test.h"

#define MUST(call)                                                                                \
    do {                                                                                          \
        pl_error err_;                                                                            \
        pl_error *err = &err_;                                                                    \
        if ((call) != PL_OK) {                                                                    \
            FAIL("%s: %s: %s", #call, err_.subject, err_.message);                                \
        }                                                                                         \
    } while (0)

static const char SUMS[] = "{\"description\":\"d\",\"name\":\"n\",\"questions\":[{\"answers\":[\"A\",\"B\",\"C\"],\"blank\":true,\"min\":1,\"max\":2,"
                           "\"question\":\"Q\"}]}";
static const char BOTH[] = "{\"description\":\"d\",\"name\":\"n\",\"questions\":[{\"answers\":[\"A\",\"B\",\"C\"],\"blank\":true,\"min\":1,\"max\":2,"
                           "\"question\":\"Q\"},{\"type\":\"NonHomomorphic\",\"value\":{\"answers\":[\"a\",\"b\",\"c\"],\"question\":\"R\"}}]}";

static pl_secret_view view_of(const pl_secret_text *text)
{
    return (pl_secret_view){text->text, text->n};
}

void secret_threshold_make(const char *group, int needed, pl_secret_text key[3], pl_secret_text part[3], pl_secret_text *parameters)
{
    pl_secret_text cert[3], polynomial[3], input, output[3];
    pl_secret_view v[3], p[3], o[3];
    for (int i = 0; i < 3; i++) {
        MUST(pl_secret_certificate(group, NULL, &key[i], &cert[i], err));
        v[i] = view_of(&cert[i]);
    }
    for (int i = 0; i < 3; i++) {
        MUST(pl_secret_polynomial(group, v, 3, key[i].text, needed, NULL, &polynomial[i], err));
        p[i] = view_of(&polynomial[i]);
    }
    for (int i = 0; i < 3; i++) {
        MUST(pl_secret_input(group, v, p, 3, needed, i, &input, err));
        MUST(pl_secret_output(group, v, 3, key[i].text, input.text, input.n, NULL, &output[i], NULL, err));
        o[i] = view_of(&output[i]);
        pl_secret_text_free(&input);
    }
    MUST(pl_secret_threshold(group, v, p, o, 3, needed, parameters, part, err));
    for (int i = 0; i < 3; i++) {
        pl_secret_text_free(&cert[i]);
        pl_secret_text_free(&polynomial[i]);
        pl_secret_text_free(&output[i]);
    }
}

int secret_case_choice(const secret_case *c, int i, int32_t out[8])
{
    static const int32_t sums[SECRET_VOTERS][4] = {{0, 1, 0, 0}, {0, 1, 1, 0}, {1, 0, 0, 0}, {0, 0, 0, 1}, {0, 0, 1, 1}, {0, 1, 0, 0}};
    static const int32_t ranks[SECRET_VOTERS][3] = {{1, 2, 3}, {2, 1, 3}, {0, 0, 1}, {1, 1, 2}, {255, 0, 1}, {3, 2, 1}};
    memcpy(out, sums[i], sizeof sums[i]);
    memcpy(out + 4, ranks[i], sizeof ranks[i]);
    return pl_secret_what(c->election).n_questions == 1 ? 4 : 7;
}

void secret_case_make(secret_case *c, const char *group, bool rankings, bool threshold)
{
    pl_secret_text keys[2] = {{NULL, 0}}, open[SECRET_VOTERS];
    pl_str list;
    const char *questions = rankings ? BOTH : SUMS;
    memset(c, 0, sizeof *c);
    c->group = group;
    c->n_keys = 1;
    MUST(pl_secret_uuid(c->uuid, err));
    MUST(pl_secret_trustee(group, NULL, &c->key[0], &keys[0], err));
    if (threshold) {
        secret_threshold_make(group, 2, &c->key[1], &c->part[1], &keys[1]);
        c->n_keys = 4;
    }
    pl_secret_view item[2] = {view_of(&keys[0]), view_of(&keys[1])};
    MUST(pl_secret_trustees(group, item, threshold ? 2 : 1, &c->trustees, err));
    MUST(pl_secret_election_new(group, c->uuid, questions, strlen(questions), c->trustees.text, c->trustees.n, &c->election_text, err));
    pl_str_init(&list, 1 << 20);
    for (int i = 0; i < SECRET_VOTERS; i++) {
        MUST(pl_secret_credential(group, c->uuid, NULL, c->credential[i], &open[i], err));
        pl_str_addf(&list, "%s\"%s\"", i > 0 ? "," : "[", open[i].text);
        pl_secret_text_free(&open[i]);
    }
    pl_str_add(&list, "]");
    c->credentials = (pl_secret_text){list.text, list.len};
    MUST(pl_secret_open(c->election_text.text, c->election_text.n, c->trustees.text, c->trustees.n, c->credentials.text, c->credentials.n,
                        &c->election, err));
    for (int i = 0; i < SECRET_VOTERS; i++) {
        int32_t choice[8];
        int n = secret_case_choice(c, i, choice);
        MUST(pl_secret_vote(c->election, c->credential[i], choice, n, NULL, &c->ballot[i], err));
        c->view[i] = view_of(&c->ballot[i]);
    }
    pl_secret_text_free(&keys[0]);
    pl_secret_text_free(&keys[1]);
}

void secret_case_free(secret_case *c)
{
    pl_secret_close(c->election);
    pl_secret_text_free(&c->trustees);
    pl_secret_text_free(&c->election_text);
    pl_secret_text_free(&c->credentials);
    for (int i = 0; i < 4; i++) {
        pl_secret_text_free(&c->key[i]);
        pl_secret_text_free(&c->part[i]);
    }
    for (int i = 0; i < SECRET_VOTERS; i++) {
        pl_secret_text_free(&c->ballot[i]);
    }
}

pl_secret_text secret_sign_again(const secret_case *c, int i, const char *ballot, size_t n)
{
    pl_str out;
    pl_group g = c->election->g;
    pl_hash h;
    pl_proof proof;
    pl_scalar secret;
    pl_draw draw;
    char hash[PL_BASE64];
    const char *end = strstr(ballot, ",\"signature\":");
    CHECK(end != NULL && n > 0);
    pl_str_init(&out, 1 << 24);
    pl_str_add_n(&out, ballot, (size_t)(end - ballot));
    pl_str_add(&out, "}");
    pl_sha256_base64(out.text, out.len, hash);
    MUST(pl_credential_secret(&g, c->uuid, c->credential[i], &secret, err));
    pl_draw_start(&draw, NULL);
    pl_hash_start(&h, &g, "sig|");
    pl_hash_text(&h, hash);
    pl_hash_text(&h, "|");
    pl_schnorr_prove(&h, &secret, &draw, &proof);
    out.len--;
    pl_str_addf(&out, ",\"signature\":{\"hash\":\"%s\",\"proof\":", hash);
    pl_put_proof(&out, &g, &proof);
    pl_str_add(&out, "}}");
    return (pl_secret_text){out.text, out.len};
}

pl_secret_text secret_replace(const char *text, size_t n, const char *from, int k, const char *to)
{
    pl_str out;
    const char *at = strstr(text, from);
    while (at != NULL && k-- > 0) {
        at = strstr(at + 1, from);
    }
    CHECK(at != NULL);
    pl_str_init(&out, 1 << 26);
    pl_str_add_n(&out, text, (size_t)(at - text));
    pl_str_add(&out, to);
    pl_str_add_n(&out, at + strlen(from), n - (size_t)(at - text) - strlen(from));
    return (pl_secret_text){out.text, out.len};
}
