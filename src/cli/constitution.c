/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * constitution.c - `plenty constitution`: written, checked, adopted, shown. */
#include <string.h>

#include "cli/act.h"
#include "io/file.h"

#define FILE_CEILING 100000

/* ---- plenty constitution new, check ---------------------------------------------------------------- */

int cli_constitution_new(const cli_args *args)
{
    pl_error err;
    pl_constitution c;
    pl_owned text;
    pl_status status = pl_constitution_read("", 0, "", &c, &err);
    status = status == PL_OK ? pl_constitution_write(&c, &text, &err) : status;
    if (status == PL_OK) {
        status = cli_give(args, text.bytes, text.n, &err);
        pl_owned_free(&text);
    }
    return status == PL_OK ? 0 : cli_fail(&err);
}

static pl_status read_file(const char *path, pl_file *file, pl_constitution *out, pl_error *err)
{
    pl_status status = pl_file_read(path, FILE_CEILING, file, err);
    if (status == PL_OK && (status = pl_constitution_read(file->bytes, file->n, path, out, err)) != PL_OK) {
        pl_file_clear(file);
    }
    return status;
}

static int tiers_of(const pl_constitution *c)
{
    int n = 0;
    while (n < PL_TIERS && c->tier[n][0] != '\0') {
        n++;
    }
    return n;
}

int cli_constitution_check(const cli_args *args)
{
    pl_error err;
    pl_file file;
    pl_constitution c;
    uint8_t hash[PL_HASH];
    char hex[2 * PL_HASH + 1];
    int changed = 0;
    if (read_file(args->argument[0], &file, &c, &err) != PL_OK) {
        return cli_fail(&err);
    }
    pl_hash(file.bytes, file.n, hash);
    pl_hex_write(hash, PL_HASH, hex);
    pl_file_clear(&file);
    for (int i = 0; i < PL_PARAMS; i++) {
        changed += c.value[i] != pl_param_what((pl_param_name)i)->value;
    }
    printf("%s: a constitution\n  hash         %s\n  parameters   %d, of which %d not the default\n  tiers        %d\n", args->argument[0], hex, (int)PL_PARAMS, changed,
           tiers_of(&c));
    for (int i = 0; i < PL_PARAMS; i++) {
        const pl_param_about *a = pl_param_what((pl_param_name)i);
        if (c.value[i] != a->value) {
            printf("  %s = %lld (default %lld): %s, %s\n", a->key, (long long)c.value[i], (long long)a->value, a->unit, a->says);
        }
    }
    return 0;
}

/* ---- plenty constitution adopt --------------------------------------------------------------------- */

static pl_status body_adopt(cli_act *a, pl_body *body)
{
    pl_file file;
    pl_constitution c;
    pl_status status = read_file(a->args->argument[1], &file, &c, a->err);
    if (status == PL_OK) {
        pl_body_text(body, "text", file.bytes, file.n);
        pl_file_clear(&file);
    }
    return status;
}

typedef struct adoption {
    uint8_t text[PL_HASH];
} adoption;

static pl_status print_adoption(void *user, pl_step *s)
{
    const adoption *a = user;
    pl_constitution_state c;
    int64_t n = 0, founders = 0;
    pl_status status = pl_constitution_adopters(s, a->text, &n, &founders);
    status = status == PL_OK ? pl_constitution_now(s, &c) : status;
    if (status == PL_OK) {
        printf("%lld of %lld founders have adopted this text: %s\n", (long long)n, (long long)founders,
               c.number > 0 && pl_id_same(c.text, a->text) ? "it is in force" : "it is in force when all have adopted the same one");
    }
    return status;
}

int cli_constitution_adopt(const cli_args *args)
{
    pl_error err;
    pl_file file;
    adoption a;
    int code = cli_do(args, &PL_KIND_CONSTITUTION_ADOPTED, body_adopt);
    if (code != 0 || cli_text(args, "output") != NULL) {
        return code;
    }
    if (pl_file_read(args->argument[1], FILE_CEILING, &file, &err) != PL_OK) {
        return cli_fail(&err);
    }
    pl_hash(file.bytes, file.n, a.text);
    pl_file_clear(&file);
    return cli_look(args, print_adoption, &a);
}

/* ---- plenty constitution show ---------------------------------------------------------------------- */

static pl_status look_now(void *user, pl_step *s)
{
    return pl_constitution_now(s, user);
}

static pl_status print_state(const pl_constitution_state *c, pl_error *err)
{
    pl_owned text;
    char time[32], hex[2 * PL_HASH + 1];
    pl_status status = pl_constitution_write(&c->constitution, &text, err);
    if (status != PL_OK) {
        return status;
    }
    pl_hex_write(c->text, PL_HASH, hex);
    if (c->number == 0) {
        printf("# No constitution is in force: the founders adopt one. These are the defaults.\n");
    } else {
        printf("# Version %lld, in force since %s; hash %s\n", (long long)c->number, cli_time((uint64_t)c->since, time), hex);
    }
    fwrite(text.bytes, 1, text.n, stdout);
    pl_owned_free(&text);
    return PL_OK;
}

static pl_status json_state(const pl_constitution_state *c, pl_error *err)
{
    pl_str s;
    pl_json j;
    pl_str_init(&s, 1 << 20);
    pl_json_init(&j, &s, true);
    pl_json_object(&j);
    pl_json_put_int(&j, "version", c->number);
    cli_json_time(&j, "since", c->number > 0 ? c->since : -1);
    cli_json_id(&j, "hash", c->text);
    pl_json_key(&j, "parameters");
    pl_json_object(&j);
    for (int i = 0; i < PL_PARAMS; i++) {
        pl_json_put_int(&j, pl_param_what((pl_param_name)i)->key, c->constitution.value[i]);
    }
    pl_json_end(&j);
    pl_json_key(&j, "tiers");
    pl_json_array(&j);
    for (int i = 0; i < tiers_of(&c->constitution); i++) {
        pl_json_text(&j, c->constitution.tier[i]);
    }
    pl_json_end(&j);
    pl_json_end(&j);
    return cli_json_print(&s, err);
}

int cli_constitution_show(const cli_args *args)
{
    pl_error err;
    pl_constitution_state c;
    int code = cli_look(args, look_now, &c);
    if (code != 0) {
        return code;
    }
    pl_status status = cli_flag(args, "json") ? json_state(&c, &err) : print_state(&c, &err);
    return status == PL_OK ? 0 : cli_fail(&err);
}
