/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * record.c - `plenty init` and `plenty record`: a commons is founded, events are added, shown and proved. */
#include <sodium.h>
#include <string.h>

#include "base/mem.h"
#include "cli/act.h"
#include "io/file.h"
#include "io/json.h"
#include "record/bytes.h"

#define SHOWN 20

static int failed(pl_status status, const pl_error *err)
{
    return status == PL_OK ? 0 : cli_fail(err);
}

static pl_status open_record(const cli_args *args, pl_record_mode mode, pl_record **out, pl_error *err)
{
    return pl_record_open(args->argument[0], pl_council_rules(), mode, out, err);
}

static bool holds_record_key(const pl_record *record, const pl_key *key)
{
    return memcmp(pl_record_what(record)->record_key.public_key, pl_key_public(key), 32) == 0;
}

/* A new checkpoint when this key may sign it. */
static pl_status checkpoint_too(pl_record *record, const pl_key *key, pl_error *err)
{
    pl_owned note;
    pl_checkpoint c;
    if (!holds_record_key(record, key)) {
        return PL_OK;
    }
    pl_status status = pl_record_sign_checkpoint(record, key, &note, err);
    if (status == PL_OK && pl_checkpoint_read(note.bytes, note.n, &c, err) == PL_OK) {
        printf("checkpoint signed: %llu event%s\n", (unsigned long long)c.size, c.size == 1 ? "" : "s");
    }
    if (status == PL_OK) {
        pl_owned_free(&note);
    }
    return status;
}

/* ---- plenty init ---------------------------------------------------------------------------------- */

/* The founders' public keys: the one that signs, and those of --founder (key files or public keys). */
static pl_status founders(const cli_args *args, const pl_key *key, uint8_t (*out)[32], size_t *n, pl_error *err)
{
    memcpy(out[0], pl_key_public(key), 32);
    *n = 1;
    for (int i = 0; i < args->n_given; i++) {
        if (strcmp(args->given[i].option->name, "founder") != 0) {
            continue;
        }
        char name[PL_KEY_NAME_MAX + 1];
        const char *value = args->given[i].value;
        if (*n == 64) {
            return pl_fail(err, PL_USAGE, "--founder", NULL, "a commons has 64 founders at most");
        }
        if (!pl_hex_read(value, 32, out[*n])) {
            pl_status status = pl_key_read_public(value, name, out[*n], err);
            if (status != PL_OK) {
                return status;
            }
        }
        ++*n;
    }
    return PL_OK;
}

static pl_status found(const cli_args *args, const pl_key *key, pl_owned *event, pl_error *err)
{
    const char *record_key = cli_text(args, "record-key"), *name = cli_text(args, "name");
    uint8_t public_key[32], salt[16], list[64][32];
    size_t n = 0;
    char key_name[PL_KEY_NAME_MAX + 1];
    pl_owned body = {NULL, 0};
    if (name == NULL) {
        return pl_fail(err, PL_USAGE, "--name", "for example --name \"The bakery\"", "say what the commons is called");
    }
    memcpy(public_key, pl_key_public(key), 32);
    pl_status status = PL_OK;
    if (record_key != NULL && !pl_hex_read(record_key, 32, public_key)) {
        status = pl_key_read_public(record_key, key_name, public_key, err);
    }
    status = status == PL_OK ? founders(args, key, list, &n, err) : status;
    randombytes_buf(salt, sizeof salt);
    status = status == PL_OK ? pl_body_created(name, public_key, (const uint8_t(*)[32])list, n, salt, &body, err) : status;
    pl_draft draft = {.counter = 1, .time = cli_now(), .kind = "commons.created", .body = {(const uint8_t *)body.bytes, body.n}};
    status = status == PL_OK ? pl_commons_id_of(draft.body, draft.commons_id, err) : status;
    status = status == PL_OK ? pl_event_sign(&draft, key, event, err) : status;
    pl_owned_free(&body);
    return status;
}

int cli_init(const cli_args *args)
{
    pl_error err;
    pl_key *key = NULL;
    pl_record *record = NULL;
    pl_owned event = {NULL, 0};
    char text[PL_NOTE_KEY_TEXT];
    if (strstr(args->argument[0], "://") == NULL && pl_path_exists(args->argument[0])) {
        pl_fail(&err, PL_IO, args->argument[0], "choose another name; a record is never replaced", "there is something of that name already");
        return cli_fail(&err);
    }
    pl_status status = cli_open_key(args, "key", "passphrase-file", &key, &err);
    status = status == PL_OK ? found(args, key, &event, &err) : status;
    status = status == PL_OK ? pl_record_create(args->argument[0], pl_council_rules(), (pl_bytes){(const uint8_t *)event.bytes, event.n}, &record, &err) : status;
    if (status == PL_OK) {
        const pl_record_about *a = pl_record_what(record);
        pl_note_key_write(&a->record_key, text);
        printf("%s is founded\n  origin      %s\n  record key  %s\n", a->name, a->origin, text);
        status = checkpoint_too(record, key, &err);
    }
    pl_record_close(record);
    pl_owned_free(&event);
    pl_key_free(key);
    return failed(status, &err);
}

/* ---- plenty record append ------------------------------------------------------------------------- */

/* Puts the files of --attach beside the record. */
static pl_status attach(const cli_args *args, pl_record *record, uint8_t (*hashes)[PL_HASH], size_t *n, pl_error *err)
{
    pl_status status = PL_OK;
    *n = 0;
    for (int i = 0; status == PL_OK && i < args->n_given; i++) {
        pl_file file;
        if (strcmp(args->given[i].option->name, "attach") != 0) {
            continue;
        }
        if (*n == 16) {
            return pl_fail(err, PL_USAGE, "--attach", NULL, "a note refers to 16 files at most");
        }
        status = pl_file_read(args->given[i].value, PL_BLOB_MAX, &file, err);
        if (status == PL_OK) {
            status = pl_record_put_blob(record, (pl_bytes){(const uint8_t *)file.bytes, file.n}, hashes[(*n)++], err);
            pl_file_clear(&file);
        }
    }
    return status;
}

static pl_status body_note(const cli_args *args, pl_record *record, const pl_draft *draft, const pl_key *key, pl_owned *body, pl_error *err)
{
    (void)draft;
    (void)key;
    const char *text = cli_text(args, "text");
    uint8_t hashes[16][PL_HASH];
    size_t n = 0;
    if (text == NULL) {
        return pl_fail(err, PL_USAGE, "--text", NULL, "say what the note says");
    }
    pl_status status = attach(args, record, hashes, &n, err);
    return status == PL_OK ? pl_body_note(text, strlen(text), (const uint8_t(*)[PL_HASH])hashes, n, body, err) : status;
}

static pl_status body_key_added(const cli_args *args, pl_record *record, const pl_draft *draft, const pl_key *key, pl_owned *body,
                                pl_error *err)
{
    (void)record;
    pl_key *added = NULL;
    pl_status status = cli_open_key(args, "new-key", "new-passphrase-file", &added, err);
    status = status == PL_OK ? pl_body_key_added(added, draft->commons_id, pl_key_id(key), body, err) : status;
    pl_key_free(added);
    return status;
}

static pl_status body_key_revoked(const cli_args *args, pl_record *record, const pl_draft *draft, const pl_key *key, pl_owned *body,
                                  pl_error *err)
{
    (void)record;
    (void)draft;
    (void)key;
    const char *text = cli_text(args, "key-id");
    uint8_t id[PL_HASH];
    if (text == NULL || !pl_hex_read(text, PL_HASH, id)) {
        return pl_fail(err, PL_USAGE, "--key-id", "64 digits; 'plenty key show FILE' prints them", "say which key is revoked");
    }
    return pl_body_key_revoked(id, body, err);
}

static const struct {
    const char *kind;
    pl_status (*body)(const cli_args *, pl_record *, const pl_draft *, const pl_key *, pl_owned *, pl_error *);
} KINDS[] = {{"note", body_note}, {"key.added", body_key_added}, {"key.revoked", body_key_revoked}};

static pl_status refused(const pl_taken *taken, const char *subject, pl_error *err)
{
    return pl_fail(err, PL_REFUTED, subject, "docs/rules.md; nothing was added", "%s: %s (%s)", pl_rule_text(taken->broken), taken->why,
                   pl_rule_id(taken->broken));
}

static pl_status take(pl_record *record, const pl_owned *event, const char *subject, pl_error *err)
{
    pl_bytes bytes = {(const uint8_t *)event->bytes, event->n};
    pl_taken taken;
    pl_event e;
    pl_rule rule;
    char hex[13];
    pl_status status = pl_record_append(record, &bytes, 1, cli_now(), &taken, err);
    if (status != PL_OK || taken.broken != PL_RULE_NONE) {
        return status != PL_OK ? status : refused(&taken, subject, err);
    }
    status = pl_event_read(bytes.at, bytes.n, &e, &rule, err);
    if (status == PL_OK) {
        printf("position %llu: %.*s, signed by %s\n", (unsigned long long)taken.position, (int)e.kind_n, e.kind, cli_short_id(e.key_id, hex));
    }
    return status;
}

/* Signs an event of that kind and adds it, or writes it to --output for somebody else to add. */
static pl_status sign_and_take(const cli_args *args, pl_record *record, const char *kind, const pl_key *key, pl_error *err)
{
    pl_draft draft;
    pl_owned body = {NULL, 0}, event = {NULL, 0};
    size_t k = 0, n_kinds = sizeof KINDS / sizeof KINDS[0];
    while (k < n_kinds && strcmp(KINDS[k].kind, kind) != 0) {
        k++;
    }
    if (k == n_kinds) {
        return pl_fail(err, PL_USAGE, kind, "note, key.added, key.revoked", "there is no such kind of event to add");
    }
    pl_status status = pl_record_draft(record, pl_key_id(key), cli_now(), &draft, err);
    status = status == PL_OK ? KINDS[k].body(args, record, &draft, key, &body, err) : status;
    if (status == PL_OK) {
        draft.kind = kind;
        draft.body = (pl_bytes){(const uint8_t *)body.bytes, body.n};
        status = pl_event_sign(&draft, key, &event, err);
    }
    if (status == PL_OK && cli_text(args, "output") != NULL) {
        status = cli_give(args, event.bytes, event.n, err);
    } else if (status == PL_OK) {
        status = take(record, &event, NULL, err);
        status = status == PL_OK ? checkpoint_too(record, key, err) : status;
    }
    pl_owned_free(&body);
    pl_owned_free(&event);
    return status;
}

static pl_status take_files(const cli_args *args, pl_record *record, pl_error *err)
{
    pl_status status = PL_OK;
    for (int i = 0; status == PL_OK && i < args->n_given; i++) {
        pl_file file;
        if (strcmp(args->given[i].option->name, "event") == 0) {
            status = pl_file_read(args->given[i].value, PL_EVENT_MAX + 1, &file, err);
            if (status == PL_OK) {
                status = take(record, &(pl_owned){file.bytes, file.n}, args->given[i].value, err);
                pl_file_clear(&file);
            }
        }
    }
    return status;
}

int cli_record_append(const cli_args *args)
{
    pl_error err;
    pl_key *key = NULL;
    pl_record *record = NULL;
    bool files = cli_text(args, "event") != NULL;
    if (files == (args->n_arguments == 2)) {
        return cli_usage(args, "plenty record append COMMONS KIND --key FILE, or --event FILE", "say what kind of event to sign, or which signed event to add");
    }
    pl_status status = open_record(args, PL_RECORD_WRITE, &record, &err);
    if (status == PL_OK && files) {
        status = take_files(args, record, &err);
    } else if (status == PL_OK) {
        status = cli_open_key(args, "key", "passphrase-file", &key, &err);
        status = status == PL_OK ? sign_and_take(args, record, args->argument[1], key, &err) : status;
    }
    pl_key_free(key);
    pl_record_close(record);
    return failed(status, &err);
}

/* ---- plenty record show --------------------------------------------------------------------------- */

/* The body as JSON, or who has hidden it. */
static pl_status show_body(pl_record *record, uint64_t position, const pl_event *e, pl_owned *body, pl_error *err)
{
    pl_act_mark mark;
    bool hidden;
    pl_str s;
    pl_status status = cli_hidden(record, (int64_t)position, &mark, &hidden, err);
    if (status != PL_OK || !hidden) {
        return status == PL_OK ? pl_event_json(e, pl_council_rules(), body, err) : status;
    }
    pl_str_init(&s, 200);
    pl_str_addf(&s, "{\"hidden_by\": %lld}", (long long)mark.position);
    return pl_owned_from(&s, "showing an event", body, err);
}

static pl_status put_event(pl_json *j, pl_record *record, uint64_t position, const pl_event *e, pl_error *err)
{
    char hex[2 * PL_HASH + 1], kind[65];
    pl_owned body;
    pl_status status = show_body(record, position, e, &body, err);
    if (status != PL_OK) {
        return status;
    }
    snprintf(kind, sizeof kind, "%.*s", (int)e->kind_n, e->kind);
    pl_json_object(j);
    pl_json_put_int(j, "position", (int64_t)position);
    pl_json_put_text(j, "kind", kind);
    pl_json_put_int(j, "time", (int64_t)e->time);
    pl_hex_write(e->key_id, PL_HASH, hex);
    pl_json_put_text(j, "key_id", hex);
    pl_json_put_int(j, "counter", (int64_t)e->counter);
    if (e->follows) {
        pl_json_put_int(j, "follows_size", (int64_t)e->follows_size);
        pl_hex_write(e->follows_root, PL_HASH, hex);
        pl_json_put_text(j, "follows_root", hex);
    }
    uint8_t leaf[PL_HASH];
    pl_leaf_hash(e->bytes.at, e->bytes.n, leaf);
    pl_hex_write(leaf, PL_HASH, hex);
    pl_json_put_text(j, "leaf_hash", hex);
    pl_json_key(j, "body");
    pl_json_raw(j, body.bytes);
    pl_json_end(j);
    pl_owned_free(&body);
    return PL_OK;
}

static pl_status show_one(const cli_args *args, pl_record *record, uint64_t position, pl_error *err)
{
    pl_owned event;
    pl_event e;
    pl_rule rule;
    pl_status status = pl_record_event(record, position, &event, err);
    if (status != PL_OK) {
        return status;
    }
    if (cli_text(args, "output") != NULL) {
        status = cli_give(args, event.bytes, event.n, err);
    } else if ((status = pl_event_read((const uint8_t *)event.bytes, event.n, &e, &rule, err)) == PL_OK) {
        pl_str s;
        pl_json j;
        pl_str_init(&s, (size_t)1 << 22);
        pl_json_init(&j, &s, true);
        status = put_event(&j, record, position, &e, err);
        if (status == PL_OK) {
            puts(s.text);
        }
        pl_str_clear(&s);
    }
    pl_owned_free(&event);
    return status;
}

static pl_status add_row(cli_table *t, pl_record *record, uint64_t position, pl_error *err)
{
    pl_owned event, body;
    pl_event e;
    pl_rule rule;
    char hex[13], time[32];
    pl_status status = pl_record_event(record, position, &event, err);
    if (status != PL_OK) {
        return status;
    }
    if (pl_event_read((const uint8_t *)event.bytes, event.n, &e, &rule, NULL) != PL_OK) {
        cli_table_row(t, "%llu\t\t%s\t\tno event", (unsigned long long)position, pl_rule_id(rule));
    } else if ((status = show_body(record, position, &e, &body, err)) == PL_OK) {
        cli_table_row(t, "%llu\t%s\t%.*s\t%s\t%.2000s", (unsigned long long)position, cli_time(e.time, time), (int)e.kind_n, e.kind,
                      cli_short_id(e.key_id, hex), body.bytes);
        pl_owned_free(&body);
    }
    pl_owned_free(&event);
    return status;
}

static pl_status show_all(const cli_args *args, pl_record *record, pl_error *err)
{
    const pl_record_about *a = pl_record_what(record);
    uint64_t size = 0, from = 0;
    double most = SHOWN;
    pl_owned note;
    pl_checkpoint c;
    char text[PL_NOTE_KEY_TEXT];
    cli_table *t = PL_NEW(cli_table, 1);
    if (t == NULL) {
        return pl_fail_nomem(err, "showing a record");
    }
    pl_status status = pl_record_size(record, &size, err);
    status = status == PL_OK ? cli_number(args, "most", 1, CLI_ROWS - 1, SHOWN, &most, err) : status;
    from = size > (uint64_t)most ? size - (uint64_t)most : 0;
    const char *given = cli_text(args, "from");
    if (status == PL_OK && given != NULL && (!cli_whole_number(given, &from) || from >= size)) {
        status = pl_fail(err, PL_USAGE, "--from", "positions are counted from 0", "there is no position '%.40s'", given);
    }
    if (status == PL_OK) {
        pl_note_key_write(&a->record_key, text);
        printf("%s: %llu event%s\n  origin      %s\n  record key  %s\n", a->name, (unsigned long long)size, size == 1 ? "" : "s", a->origin, text);
        if (pl_record_checkpoint(record, &note, NULL) == PL_OK) {
            if (pl_checkpoint_read(note.bytes, note.n, &c, NULL) == PL_OK) {
                printf("  checkpoint  of %llu event%s\n", (unsigned long long)c.size, c.size == 1 ? "" : "s");
            }
            pl_owned_free(&note);
        } else {
            printf("  checkpoint  none yet\n");
        }
        cli_table_start(t, "rllll");
        cli_table_heading(t, "position\ttime (UTC)\tkind\tsigned by\tsays");
    }
    for (uint64_t p = from; status == PL_OK && p < size && p < from + (uint64_t)most; p++) {
        status = add_row(t, record, p, err);
    }
    if (status == PL_OK) {
        cli_table_print(t, stdout);
    }
    pl_free(t);
    return status;
}

int cli_record_show(const cli_args *args)
{
    pl_error err;
    pl_record *record = NULL;
    uint64_t position;
    pl_status status = open_record(args, PL_RECORD_READ, &record, &err);
    if (status == PL_OK && args->n_arguments == 2 && !cli_whole_number(args->argument[1], &position)) {
        status = pl_fail(&err, PL_USAGE, args->command->name, "positions are counted from 0", "'%.40s' is no position", args->argument[1]);
    } else if (status == PL_OK) {
        status = args->n_arguments == 2 ? show_one(args, record, position, &err) : show_all(args, record, &err);
    }
    pl_record_close(record);
    return failed(status, &err);
}

/* ---- plenty record prove, check, export ----------------------------------------------------------- */

static pl_status prove(const cli_args *args, pl_record *record, pl_error *err)
{
    uint64_t position;
    pl_owned note = {NULL, 0}, text = {NULL, 0};
    pl_checkpoint c;
    pl_proof proof;
    if (!cli_whole_number(args->argument[1], &position)) {
        return pl_fail(err, PL_USAGE, args->command->name, "positions are counted from 0", "'%.40s' is no position", args->argument[1]);
    }
    pl_status status = pl_record_checkpoint(record, &note, err);
    status = status == PL_OK ? pl_checkpoint_read(note.bytes, note.n, &c, err) : status;
    status = status == PL_OK ? pl_record_prove(record, position, c.size, &proof, err) : status;
    status = status == PL_OK ? pl_inclusion_write(position, &proof, note.bytes, note.n, &text, err) : status;
    status = status == PL_OK ? cli_give(args, text.bytes, text.n, err) : status;
    pl_owned_free(&note);
    pl_owned_free(&text);
    return status;
}

int cli_record_prove(const cli_args *args)
{
    pl_error err;
    pl_record *record = NULL;
    pl_status status = open_record(args, PL_RECORD_READ, &record, &err);
    status = status == PL_OK ? prove(args, record, &err) : status;
    pl_record_close(record);
    return failed(status, &err);
}

/* Who vouches for the checkpoint of a proof: the record key that was given, or a policy. */
static pl_status vouched(const cli_args *args, const pl_inclusion *in, pl_error *err)
{
    const char *text = cli_text(args, "record-key");
    pl_note_key key;
    pl_policy *policy = NULL;
    pl_verdict v = {.log = true, .quorum = true};
    if ((text == NULL) == (cli_text(args, "policy") == NULL)) {
        return pl_fail(err, PL_USAGE, NULL, "--record-key KEY, or --policy FILE", "say whom you trust to vouch for the checkpoint");
    }
    pl_status status = cli_policy(args, &policy, err);
    if (status == PL_OK && policy != NULL) {
        status = pl_policy_judge(policy, in->note, in->note_n, &v, err);
    } else if (status == PL_OK && (status = pl_note_key_read(text, strlen(text), &key, err)) == PL_OK) {
        v.log = strcmp(key.name, in->checkpoint.origin) == 0 && pl_note_signed_by(in->note, in->note_n, &key, NULL) == PL_SIGNED;
    }
    pl_policy_free(policy);
    if (status == PL_OK && (v.wrong || !v.log)) {
        return pl_fail(err, PL_REFUTED, NULL, NULL, "the checkpoint is not signed by that record");
    }
    if (status == PL_OK && !v.quorum) {
        return pl_fail(err, PL_REFUTED, NULL, NULL, "too few witnesses have cosigned the checkpoint: %d of %d", v.witnesses, v.of);
    }
    return status;
}

int cli_record_check(const cli_args *args)
{
    pl_error err;
    pl_file proof = {NULL, 0}, event = {NULL, 0};
    pl_inclusion in;
    uint8_t leaf[PL_HASH];
    pl_status status = pl_file_read(args->argument[0], (size_t)2 << 20, &proof, &err);
    status = status == PL_OK ? pl_file_read(args->argument[1], PL_EVENT_MAX + 1, &event, &err) : status;
    status = status == PL_OK ? pl_inclusion_read(proof.bytes, proof.n, &in, &err) : status;
    status = status == PL_OK ? vouched(args, &in, &err) : status;
    if (status == PL_OK) {
        pl_leaf_hash(event.bytes, event.n, leaf);
        if (!pl_inclusion_holds(in.position, in.checkpoint.size, leaf, &in.proof, in.checkpoint.root)) {
            status = pl_fail(&err, PL_REFUTED, args->argument[0], NULL, "the proof does not show that this event is in the record");
        } else {
            printf("verified: this event stands at position %llu of %s, under its checkpoint of %llu events\n", (unsigned long long)in.position,
                   in.checkpoint.origin, (unsigned long long)in.checkpoint.size);
        }
    }
    pl_file_clear(&proof);
    pl_file_clear(&event);
    return failed(status, &err);
}

int cli_record_export(const cli_args *args)
{
    pl_error err;
    pl_record *record = NULL;
    uint64_t events = 0;
    pl_status status = open_record(args, PL_RECORD_READ, &record, &err);
    status = status == PL_OK ? pl_record_export(record, args->argument[1], false, &events, &err) : status;
    if (status == PL_OK) {
        printf("written: %s, %llu event%s\n", args->argument[1], (unsigned long long)events, events == 1 ? "" : "s");
    }
    pl_record_close(record);
    return failed(status, &err);
}
