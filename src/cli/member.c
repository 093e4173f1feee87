/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * member.c - `plenty member`: how one becomes a member, moves, leaves, gets new keys; member_show.c shows it.
 *
 * Personal data lies beside the record under its commitment, SHA-256(salt || data): 32 bytes of salt, then the data. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "cli/act.h"
#include "cli/member.h"
#include "council/members.h"
#include "io/file.h"

#define CONSENT_MAX 1000

/* ---- The consent of a new key ---------------------------------------------------------------------- */

typedef struct consent {
    uint8_t key[32], proof[PL_SIGNATURE];
} consent;

static void give_consent(const pl_key *key, const uint8_t commons_id[PL_HASH], const uint8_t signer[PL_HASH], consent *out)
{
    uint8_t text[PL_MEMBER_SIGNED];
    pl_member_text(commons_id, signer, text);
    memcpy(out->key, pl_key_public(key), 32);
    pl_key_sign(key, text, sizeof text, out->proof);
}

static pl_status write_consent(const cli_args *args, const pl_key *key, pl_error *err)
{
    pl_record *record = NULL;
    uint8_t signer[PL_HASH], public_key[32];
    consent c;
    char text[CONSENT_MAX], name[PL_KEY_NAME_MAX + 1], hex[2][2 * PL_SIGNATURE + 1];
    if (!pl_hex_read(args->argument[1], PL_HASH, signer)) {
        pl_status status = pl_key_read_public(args->argument[1], name, public_key, err);
        if (status != PL_OK) {
            return status;
        }
        pl_key_id_of(public_key, signer);
    }
    pl_status status = pl_record_open(args->argument[0], pl_council_rules(), PL_RECORD_READ, &record, err);
    if (status == PL_OK) {
        give_consent(key, pl_record_what(record)->commons_id, signer, &c);
        pl_hex_write(c.key, sizeof c.key, hex[0]);
        pl_hex_write(c.proof, sizeof c.proof, hex[1]);
        snprintf(text, sizeof text, "%s %s\n", hex[0], hex[1]);
        status = cli_give(args, text, strlen(text), err);
    }
    pl_record_close(record);
    return status;
}

int cli_member_consent(const cli_args *args)
{
    pl_error err;
    pl_key *key = NULL;
    pl_status status = cli_open_key(args, "key", "passphrase-file", &key, &err);
    status = status == PL_OK ? write_consent(args, key, &err) : status;
    pl_key_free(key);
    return status == PL_OK ? 0 : cli_fail(&err);
}

static pl_status read_consent(const char *path, consent *out, pl_error *err)
{
    pl_file file;
    char key[65], proof[2 * PL_SIGNATURE + 1];
    pl_status status = pl_file_read(path, CONSENT_MAX, &file, err);
    if (status != PL_OK) {
        return status;
    }
    bool right = file.n == 2 * 32 + 1 + 2 * PL_SIGNATURE + 1 && file.bytes[64] == ' ' && file.bytes[file.n - 1] == '\n';
    if (right) {
        snprintf(key, sizeof key, "%.64s", file.bytes);
        snprintf(proof, sizeof proof, "%.*s", 2 * PL_SIGNATURE, file.bytes + 65);
        right = pl_hex_read(key, 32, out->key) && pl_hex_read(proof, PL_SIGNATURE, out->proof);
    }
    pl_file_clear(&file);
    return right ? PL_OK : pl_fail(err, PL_DATA, path, "'plenty member consent' writes one", "this is no consent of a key");
}

/* Puts the new key and its proof: from --consent, or made with --new-key. */
static pl_status put_new_key(cli_act *a, pl_body *body)
{
    const char *path = cli_text(a->args, "consent");
    pl_key *key = NULL;
    consent c;
    if ((path == NULL) == (cli_text(a->args, "new-key") == NULL)) {
        return pl_fail(a->err, PL_USAGE, "--consent", "--consent FILE ('plenty member consent' writes it), or --new-key FILE when the key file is here",
                       "say which key is the new one, in one way");
    }
    pl_status status = path != NULL ? read_consent(path, &c, a->err) : cli_open_key(a->args, "new-key", "new-passphrase-file", &key, a->err);
    if (status == PL_OK && key != NULL) {
        give_consent(key, a->draft.commons_id, pl_key_id(a->key), &c);
    }
    pl_key_free(key);
    if (status == PL_OK) {
        pl_body_bytes(body, "key", c.key, sizeof c.key);
        pl_body_bytes(body, "proof", c.proof, sizeof c.proof);
    }
    return status;
}

/* ---- plenty member propose ------------------------------------------------------------------------- */

static int by_id(const void *a, const void *b)
{
    return memcmp(a, b, PL_HASH);
}

static pl_status put_constituencies(cli_act *a, pl_body *body)
{
    uint8_t ids[CLI_OPTIONS_MAX][PL_HASH];
    size_t n = 0;
    pl_status status = PL_OK;
    for (int i = 0; status == PL_OK && i < a->args->n_given; i++) {
        if (strcmp(a->args->given[i].option->name, "constituency") == 0) {
            status = cli_act_find(a, &PL_ASSEMBLIES, "assembly", a->args->given[i].value, ids[n++]);
        }
    }
    if (status == PL_OK && n > 0) {
        qsort(ids, n, PL_HASH, by_id);
        pl_body_ids(body, "constituencies", (const uint8_t(*)[PL_HASH])ids, n);
    }
    return status;
}

/* Commits to the file of --data, and keeps it with a new salt beside the record. */
static pl_status put_data(cli_act *a, pl_body *body, uint8_t commitment[PL_HASH])
{
    const char *path = cli_text(a->args, "data");
    uint8_t salted[CLI_SALT + CLI_PERSONAL_MAX];
    pl_file file;
    if (path == NULL) {
        return PL_OK;
    }
    if (cli_text(a->args, "output") != NULL) {
        return pl_fail(a->err, PL_USAGE, "--data", "propose without --output", "personal data is kept where the proposal is added, and this one is only signed");
    }
    pl_status status = pl_file_read(path, CLI_PERSONAL_MAX, &file, a->err);
    if (status != PL_OK) {
        return status;
    }
    size_t n = CLI_SALT + file.n;
    randombytes_buf(salted, CLI_SALT);
    memcpy(salted + CLI_SALT, file.bytes, file.n);
    pl_file_clear(&file);
    pl_hash(salted, n, commitment);
    status = pl_record_put_private(a->record, commitment, (pl_bytes){salted, n}, a->err);
    sodium_memzero(salted, sizeof salted);
    pl_body_bytes(body, "commitment", commitment, PL_HASH);
    return status;
}

static uint8_t kept[PL_HASH]; /* the commitment of the data that this proposal keeps */

static pl_status body_propose(cli_act *a, pl_body *body)
{
    pl_status status = put_new_key(a, body);
    status = status == PL_OK ? put_constituencies(a, body) : status;
    return status == PL_OK ? put_data(a, body, kept) : status;
}

/* Nothing stays of somebody whose proposal was refused. */
static void forget(const cli_args *args)
{
    pl_record *record = NULL;
    if (pl_record_open(args->argument[0], pl_council_rules(), PL_RECORD_WRITE, &record, NULL) == PL_OK) {
        (void)(pl_record_erase_private(record, kept, NULL) == PL_OK);
    }
    pl_record_close(record);
}

int cli_member_propose(const cli_args *args)
{
    int code = cli_do(args, &PL_KIND_MEMBER_PROPOSED, body_propose);
    if (code != 0 && !pl_id_none(kept)) {
        forget(args);
    }
    return code;
}

/* ---- What members say about a proposal ------------------------------------------------------------- */

static pl_status body_proposal(cli_act *a, pl_body *body)
{
    uint8_t id[PL_HASH];
    pl_status status = cli_act_find(a, &PL_PROPOSALS, "proposal", a->args->argument[1], id);
    pl_body_bytes(body, "proposal", id, PL_HASH);
    return status;
}

int cli_member_vouch(const cli_args *args)
{
    return cli_do(args, &PL_KIND_MEMBER_VOUCHED, body_proposal);
}

static pl_status body_admit(cli_act *a, pl_body *body)
{
    pl_status status = body_proposal(a, body);
    return status == PL_OK ? cli_put_grant(a, body) : status;
}

int cli_member_admit(const cli_args *args)
{
    return cli_do(args, &PL_KIND_MEMBER_ADMITTED, body_admit);
}

static pl_status body_object(cli_act *a, pl_body *body)
{
    pl_status status = body_proposal(a, body);
    return status == PL_OK ? cli_put_text(a, body, "reason", "reason", "what speaks against it, for everybody to read") : status;
}

static pl_status body_object_move(cli_act *a, pl_body *body)
{
    uint8_t id[PL_HASH];
    pl_status status = cli_act_find(a, &PL_MOVES, "move", a->args->argument[1], id);
    pl_body_bytes(body, "move", id, PL_HASH);
    return status == PL_OK ? cli_put_text(a, body, "reason", "reason", "what speaks against it, for everybody to read") : status;
}

typedef struct question {
    const char *text;
    bool move;
} question;

/* Whether the text names a move between constituencies. */
static pl_status find_move(void *user, pl_step *s)
{
    question *q = user;
    uint8_t id[PL_HASH];
    pl_status status = cli_find_id(s, &PL_MOVES, "move", q->text, id);
    q->move = status == PL_OK;
    return status == PL_NOTFOUND ? PL_OK : status;
}

int cli_member_object(const cli_args *args)
{
    question q = {args->argument[1], false};
    int code = cli_look(args, find_move, &q);
    return code != 0 ? code : q.move ? cli_do(args, &PL_KIND_MOVE_OBJECTED, body_object_move) : cli_do(args, &PL_KIND_MEMBER_OBJECTED, body_object);
}

/* ---- Moving, leaving, new keys --------------------------------------------------------------------- */

static pl_status body_move(cli_act *a, pl_body *body)
{
    uint8_t id[PL_HASH];
    pl_status status = cli_act_find(a, &PL_ASSEMBLIES, "assembly", a->args->argument[1], id);
    pl_body_bytes(body, "constituency", id, PL_HASH);
    pl_body_int(body, "joins", cli_flag(a->args, "leave") ? 0 : 1);
    return status;
}

int cli_member_move(const cli_args *args)
{
    return cli_do(args, &PL_KIND_MEMBER_MOVED, body_move);
}

static pl_status body_nothing(cli_act *a, pl_body *body)
{
    (void)a;
    (void)body;
    return PL_OK;
}

int cli_member_leave(const cli_args *args)
{
    return cli_do(args, &PL_KIND_MEMBER_LEFT, body_nothing);
}

static pl_status body_recover(cli_act *a, pl_body *body)
{
    uint8_t id[PL_HASH];
    pl_status status = cli_act_find(a, &PL_MEMBERS, "member", a->args->argument[1], id);
    pl_body_bytes(body, "member", id, PL_HASH);
    status = status == PL_OK ? put_new_key(a, body) : status;
    return status == PL_OK ? cli_put_grant(a, body) : status;
}

int cli_member_recover(const cli_args *args)
{
    return cli_do(args, &PL_KIND_MEMBER_RECOVERED, body_recover);
}
