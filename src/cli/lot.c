/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * lot.c - `plenty lot`: draws that nobody can steer and everybody can repeat. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/act.h"
#include "council/lot.h"
#include "io/file.h"

static const char *const STATES[] = {"parts are committed to", "parts are revealed", "drawn"};

/* ---- plenty lot announce, commit, reveal ----------------------------------------------------------- */

static pl_status body_announce(cli_act *a, pl_body *body)
{
    const char *pool = cli_text(a->args, "pool"), *places = cli_text(a->args, "places");
    uint8_t id[PL_HASH];
    uint64_t n = 1;
    if (places != NULL && (!cli_whole_number(places, &n) || n < 1 || n > 1000)) {
        return pl_fail(a->err, PL_USAGE, "--places", "a whole number from 1 to 1000", "'%.40s' is no number of places", places);
    }
    pl_status status = cli_act_find(a, &PL_ASSEMBLIES, "assembly", pool != NULL ? pool : "everyone", id);
    pl_body_text(body, "purpose", a->args->argument[1], strlen(a->args->argument[1]));
    pl_body_bytes(body, "pool", id, PL_HASH);
    pl_body_int(body, "wanted", (int64_t)n);
    return status;
}

int cli_lot_announce(const cli_args *args)
{
    return cli_do(args, &PL_KIND_LOT_ANNOUNCED, body_announce);
}

static pl_status put_lot(cli_act *a, pl_body *body)
{
    uint8_t id[PL_HASH];
    pl_status status = cli_act_find(a, &PL_LOTS, "lot", a->args->argument[1], id);
    pl_body_bytes(body, "lot", id, PL_HASH);
    if (status == PL_OK && cli_text(a->args, "part") == NULL) {
        return pl_fail(a->err, PL_USAGE, "--part", "'plenty lot commit' makes this file; 'plenty lot reveal' reads it", "say in which file the part of the seed is kept");
    }
    return status;
}

static bool written; /* the file of the part */

/* A new part: 64 digits in a file that only its owner needs. */
static pl_status body_commit(cli_act *a, pl_body *body)
{
    const char *path = cli_text(a->args, "part");
    uint8_t part[PL_HASH], seal[PL_HASH];
    char text[2 * PL_HASH + 2];
    pl_status status = put_lot(a, body);
    if (status != PL_OK) {
        return status;
    }
    if (pl_path_exists(path)) {
        return pl_fail(a->err, PL_IO, path, "choose another name; without the part nothing can be revealed", "there is something of that name already");
    }
    randombytes_buf(part, sizeof part);
    pl_hex_write(part, PL_HASH, text);
    text[2 * PL_HASH] = '\n';
    pl_hash(part, sizeof part, seal);
    pl_body_bytes(body, "seal", seal, PL_HASH);
    status = pl_file_write(path, text, sizeof text - 1, a->err);
    written = status == PL_OK;
    return status;
}

int cli_lot_commit(const cli_args *args)
{
    int code = cli_do(args, &PL_KIND_LOT_SEALED, body_commit);
    if (code != 0 && written) {
        (void)remove(cli_text(args, "part")); /* a part that nobody has committed to is worth nothing */
    }
    return code;
}

static pl_status body_reveal(cli_act *a, pl_body *body)
{
    const char *path = cli_text(a->args, "part");
    uint8_t part[PL_HASH];
    char text[2 * PL_HASH + 1];
    pl_file file;
    pl_status status = put_lot(a, body);
    status = status == PL_OK ? pl_file_read(path, 1000, &file, a->err) : status;
    if (status != PL_OK) {
        return status;
    }
    snprintf(text, sizeof text, "%.*s", (int)(file.n < sizeof text ? file.n : sizeof text - 1), file.bytes);
    bool right = file.n == 2 * PL_HASH + 1 && pl_hex_read(text, PL_HASH, part);
    pl_file_clear(&file);
    if (!right) {
        return pl_fail(a->err, PL_DATA, path, "'plenty lot commit' made one", "this is no part of a seed");
    }
    pl_body_bytes(body, "part", part, PL_HASH);
    return PL_OK;
}

int cli_lot_reveal(const cli_args *args)
{
    return cli_do(args, &PL_KIND_LOT_OPENED, body_reveal);
}

typedef struct sharing {
    uint8_t lot[PL_HASH], member[PL_HASH];
    pl_secret_text share;
} sharing;

static pl_status look_share(void *user, pl_step *s)
{
    sharing *k = user;
    return pl_lot_share_make(s, k->lot, k->member, &k->share);
}

static pl_status body_share(cli_act *a, pl_body *body)
{
    sharing k = {.share = {NULL, 0}};
    pl_status status = cli_act_find(a, &PL_LOTS, "lot", a->args->argument[1], k.lot);
    status = status == PL_OK ? cli_act_find(a, &PL_MEMBERS, "member", "me", k.member) : status;
    status = status == PL_OK ? pl_record_look(a->record, cli_now(), look_share, &k, a->err) : status;
    pl_body_bytes(body, "lot", k.lot, PL_HASH);
    pl_body_bytes(body, "share", k.share.text != NULL ? k.share.text : "", k.share.n);
    pl_secret_text_free(&k.share);
    return status;
}

int cli_lot_share(const cli_args *args)
{
    return cli_do(args, &PL_KIND_LOT_SHARED, body_share);
}

/* ---- plenty lot list ------------------------------------------------------------------------------- */

static pl_status print_lots(void *user, pl_step *s)
{
    pl_row_key all = pl_key_none();
    pl_cursor at = pl_rows(&PL_LOTS, &all);
    pl_lot l;
    bool there;
    char hex[13], time[32];
    pl_status status;
    (void)user;
    while ((status = pl_next(s, &PL_LOTS, &at, &l, &there)) == PL_OK && there) {
        printf("%s  %s: %lld of %lld; %s%s%s\n", cli_short_id(at.key, hex), l.purpose, (long long)l.wanted, (long long)l.size, STATES[l.state],
               l.state == PL_LOT_DRAWN ? "" : " until ",
               l.state == PL_LOT_DRAWN ? "" : cli_time((uint64_t)(l.state == PL_LOT_SEALING ? l.seals : l.opens), time));
    }
    return status;
}

int cli_lot_list(const cli_args *args)
{
    return cli_look(args, print_lots, NULL);
}

/* ---- plenty lot show ------------------------------------------------------------------------------- */

typedef struct view {
    const char *text;
    uint8_t id[PL_HASH], commons_id[PL_HASH];
    pl_lot lot;
    uint8_t (*pool)[PL_HASH];
    size_t n_pool;
    pl_lot_part *parts;   /* lot.sealed of them */
    pl_lot_place *places; /* n_places of them */
    size_t n_places;
} view;

static pl_status look_parts(pl_step *s, view *v)
{
    bool there = true;
    size_t sealed = (size_t)v->lot.sealed, wanted = (size_t)v->lot.wanted;
    pl_status status = PL_OK;
    v->parts = PL_NEW0(pl_lot_part, sealed + 1);
    v->places = PL_NEW0(pl_lot_place, wanted + 1);
    if (v->parts == NULL || v->places == NULL) {
        return pl_fail_nomem(s->err, "showing a lot");
    }
    for (size_t i = 0; status == PL_OK && i < sealed; i++) {
        status = pl_get(s, &PL_LOT_PARTS, pl_key_then(pl_key_id1(v->id), (int64_t)i + 1), &v->parts[i], &there);
    }
    for (there = true; status == PL_OK && there && v->n_places < wanted;) {
        status = pl_get(s, &PL_LOT_PLACES, pl_key_then(pl_key_id1(v->id), (int64_t)v->n_places + 1), &v->places[v->n_places], &there);
        v->n_places += there;
    }
    return status;
}

static pl_status look(void *user, pl_step *s)
{
    view *v = user;
    bool there;
    pl_status status = cli_find_id(s, &PL_LOTS, "lot", v->text, v->id);
    status = status == PL_OK ? pl_get(s, &PL_LOTS, pl_key_id1(v->id), &v->lot, &there) : status;
    status = status == PL_OK ? pl_lot_pool(s, v->id, &v->lot, &v->pool, &v->n_pool) : status;
    memcpy(v->commons_id, s->fold->commons_id, PL_HASH);
    return status == PL_OK ? look_parts(s, v) : status;
}

static void print_hex(const char *heading, const uint8_t *bytes)
{
    char hex[2 * PL_HASH + 1];
    pl_hex_write(bytes, PL_HASH, hex);
    printf("%s%s\n", heading, hex);
}

static void print_view(const view *v)
{
    const pl_lot *l = &v->lot;
    char time[32], other[32];
    printf("%s: %lld of %lld members; %s\n", l->purpose, (long long)l->wanted, (long long)l->size, STATES[l->state]);
    print_hex("  lot               ", v->id);
    print_hex("  root of the pool  ", l->root);
    printf("  commit until      %s\n  reveal until      %s\n", cli_time((uint64_t)l->seals, time), cli_time((uint64_t)l->opens, other));
    if (l->state != PL_LOT_SEALING) {
        print_hex("  root of the record  ", l->events);
    }
    if (!pl_id_none(l->key)) {
        printf("  shares            %lld, opened by %lld trustees %s so far (plenty trustee show)\n", (long long)l->shares, (long long)l->unsealed, cli_short_id(l->key, time));
    }
    for (int64_t i = 0; i < l->sealed; i++) {
        printf("  part %lld by %s", (long long)i + 1, cli_short_id(v->parts[i].member, time));
        if (pl_id_none(v->parts[i].part)) {
            printf("%s\n", l->state == PL_LOT_DRAWN ? ": withheld" : ": not revealed yet");
        } else {
            print_hex(": ", v->parts[i].part);
        }
    }
    if (l->state == PL_LOT_DRAWN) {
        print_hex("  seed              ", l->seed);
    }
    for (size_t i = 0; i < v->n_places; i++) {
        printf("  %zu. ", i + 1);
        print_hex("", v->places[i].member);
    }
}

static void json_parts(pl_json *j, const view *v)
{
    pl_json_key(j, "parts");
    pl_json_array(j);
    for (int64_t i = 0; i < v->lot.sealed; i++) {
        pl_json_object(j);
        cli_json_id(j, "member", v->parts[i].member);
        cli_json_id(j, "commitment", v->parts[i].seal);
        cli_json_id(j, "part", v->parts[i].part);
        pl_json_end(j);
    }
    pl_json_end(j);
}

static void json_ids(pl_json *j, const char *key, const uint8_t *first, size_t stride, size_t n)
{
    char hex[2 * PL_HASH + 1];
    pl_json_key(j, key);
    pl_json_array(j);
    for (size_t i = 0; i < n; i++) {
        pl_hex_write(first + i * stride, PL_HASH, hex);
        pl_json_text(j, hex);
    }
    pl_json_end(j);
}

/* All that is needed to draw again. */
static pl_status json_view(const view *v, pl_error *err)
{
    const pl_lot *l = &v->lot;
    pl_str s;
    pl_json j;
    char origin[2 * PL_HASH + 8] = "plenty/";
    pl_hex_write(v->commons_id, PL_HASH, origin + 7);
    pl_str_init(&s, (size_t)1 << 30);
    pl_json_init(&j, &s, true);
    pl_json_object(&j);
    cli_json_id(&j, "lot", v->id);
    pl_json_put_text(&j, "purpose", l->purpose);
    pl_json_put_text(&j, "state", STATES[l->state]);
    pl_json_put_text(&j, "origin", origin);
    pl_json_put_int(&j, "places", l->wanted);
    cli_json_time(&j, "commit_until", l->seals);
    cli_json_time(&j, "reveal_until", l->opens);
    cli_json_id(&j, "pool_root", l->root);
    cli_json_id(&j, "record_root", l->events);
    json_parts(&j, v);
    cli_json_id(&j, "key", l->key);
    pl_json_put_int(&j, "shares", l->shares);
    pl_json_put_int(&j, "opened_by", l->unsealed);
    cli_json_id(&j, "seed", l->seed);
    json_ids(&j, "drawn", v->places[0].member, sizeof *v->places, v->n_places);
    json_ids(&j, "pool", v->n_pool > 0 ? v->pool[0] : NULL, PL_HASH, v->n_pool);
    pl_json_end(&j);
    return cli_json_print(&s, err);
}

int cli_lot_show(const cli_args *args)
{
    pl_error err;
    pl_status status = PL_OK;
    view v = {.text = args->argument[1]};
    int code = cli_look(args, look, &v);
    if (code == 0 && cli_flag(args, "json")) {
        status = json_view(&v, &err);
    } else if (code == 0) {
        print_view(&v);
    }
    pl_free(v.pool);
    pl_free(v.parts);
    pl_free(v.places);
    return status == PL_OK ? code : cli_fail(&err);
}
