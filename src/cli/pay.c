/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * pay.c - `plenty pay`: pay of skilled work and of officials is entered and shown. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "cli/act.h"
#include "council/pay.h"
#include "io/file.h"
#include "io/json.h"

#define FILE_CEILING 1000000
#define ENTRIES_MAX 1000 /* shown */

static const char *const SORTS[PL_PAY_SORTS] = {"pay", "allowance", "in-kind"};

/* "2026-Q3" */
static bool read_quarter(const char *text, int64_t *quarter)
{
    int64_t year;
    if (text == NULL || strlen(text) != 7 || text[4] != '-' || text[5] != 'Q' || text[6] < '1' || text[6] > '4' || !pl_integer_parse(text, 4, &year) || year < 1970) {
        return false;
    }
    *quarter = year * 4 + (text[6] - '1');
    return true;
}

static const char *quarter_text(int64_t quarter, char out[48])
{
    snprintf(out, 48, "%lld-Q%lld", (long long)(quarter / 4), (long long)(quarter % 4 + 1));
    return out;
}

static pl_status put_quarter(cli_act *a, pl_body *body)
{
    int64_t quarter;
    if (!read_quarter(cli_text(a->args, "quarter"), &quarter)) {
        return pl_fail(a->err, PL_USAGE, "--quarter", "for example --quarter 2026-Q3", "say for which quarter");
    }
    pl_body_int(body, "quarter", quarter);
    return PL_OK;
}

/* ---- plenty pay skilled --------------------------------------------------------------------------- */

/* Whole numbers, one a line. */
static pl_status read_amounts(const char *path, int64_t *out, size_t *n, pl_error *err)
{
    pl_file file;
    char place[300];
    int line = 1;
    pl_status status = pl_file_read(path, FILE_CEILING, &file, err);
    if (status != PL_OK) {
        return status;
    }
    *n = 0;
    for (size_t at = 0; status == PL_OK && at < file.n; line++) {
        const char *begin = file.bytes + at, *feed = memchr(begin, '\n', file.n - at);
        size_t size = feed != NULL ? (size_t)(feed - begin) : file.n - at, digits = size > 0 && begin[size - 1] == '\r' ? size - 1 : size;
        snprintf(place, sizeof place, "%.250s:%d:1", path, line);
        if (*n == PL_PAY_ENTRIES) {
            status = pl_fail(err, PL_TOOBIG, place, "divide it, under several names of grades", "one entry holds %d amounts at most", PL_PAY_ENTRIES);
        } else if (!pl_integer_parse(begin, digits, &out[*n]) || out[*n] < 1 || out[*n] > PL_BODY_NUMBER_MAX) {
            status = pl_fail(err, PL_PARSE, place, "one amount a line, in the smallest unit of money", "'%.*s' is no amount above 0", (int)(digits < 40 ? digits : 40), begin);
        } else {
            ++*n;
        }
        at += size + 1;
    }
    pl_file_clear(&file);
    return status == PL_OK && *n == 0 ? pl_fail(err, PL_DATA, path, "one amount a line", "there is nothing in it") : status;
}

static pl_status body_skilled(cli_act *a, pl_body *body)
{
    const char *path = cli_text(a->args, "amounts");
    int64_t *amounts = PL_NEW(int64_t, PL_PAY_ENTRIES);
    size_t n = 0;
    pl_status status = amounts != NULL ? put_quarter(a, body) : pl_fail_nomem(a->err, "reading amounts");
    status = status == PL_OK ? cli_put_text(a, body, "source", "source", "who paid it, for example --source \"The mill\"") : status;
    status = status == PL_OK ? cli_put_text(a, body, "grade", "grade", "which skilled work, for example --grade baker") : status;
    if (status == PL_OK && path == NULL) {
        status = pl_fail(a->err, PL_USAGE, "--amounts", "a file with one amount a line", "say what was paid");
    }
    status = status == PL_OK ? read_amounts(path, amounts, &n, a->err) : status;
    if (status == PL_OK) {
        pl_body_ints(body, "amounts", amounts, n);
        status = cli_put_grant(a, body);
    }
    pl_free(amounts);
    return status;
}

int cli_pay_skilled(const cli_args *args)
{
    return cli_do(args, &PL_KIND_PAY_SKILLED, body_skilled);
}

/* ---- plenty pay correct --------------------------------------------------------------------------- */

static pl_status put_amount(cli_act *a, pl_body *body, const char *option)
{
    const char *text = cli_text(a->args, option);
    char name[32];
    uint64_t amount;
    if (text == NULL || !cli_whole_number(text, &amount) || amount < 1 || amount > (uint64_t)PL_BODY_NUMBER_MAX) {
        snprintf(name, sizeof name, "--%.20s", option);
        return pl_fail(a->err, PL_USAGE, name, "a whole number of the smallest unit of money, above 0", "say how much");
    }
    pl_body_int(body, option, (int64_t)amount);
    return PL_OK;
}

static pl_status body_correct(cli_act *a, pl_body *body)
{
    pl_status status = put_quarter(a, body);
    status = status == PL_OK ? cli_put_text(a, body, "source", "source", "who paid it, as it was entered") : status;
    status = status == PL_OK ? cli_put_text(a, body, "grade", "grade", "which skilled work, as it was entered") : status;
    status = status == PL_OK ? put_amount(a, body, "wrong") : status;
    status = status == PL_OK ? cli_put_text(a, body, "reason", "reason", "how it came about, for the drawn members and for everybody") : status;
    status = status == PL_OK && cli_text(a->args, "right") != NULL ? put_amount(a, body, "right") : status;
    return status == PL_OK ? cli_put_grant(a, body) : status;
}

int cli_pay_correct(const cli_args *args)
{
    return cli_do(args, &PL_KIND_PAY_CORRECTED, body_correct);
}

/* ---- plenty pay enter ----------------------------------------------------------------------------- */

static pl_status body_entered(cli_act *a, pl_body *body)
{
    uint8_t holder[PL_HASH];
    const char *sort = cli_text(a->args, "sort");
    int kind = 0;
    while (sort != NULL && kind < PL_PAY_SORTS && strcmp(sort, SORTS[kind]) != 0) {
        kind++;
    }
    if (kind == PL_PAY_SORTS) {
        return pl_fail(a->err, PL_USAGE, "--sort", "pay, allowance or in-kind", "there is no '%.40s'", sort);
    }
    pl_status status = cli_act_find(a, &PL_MEMBERS, "member", cli_text(a->args, "holder"), holder);
    pl_body_bytes(body, "holder", holder, PL_HASH);
    status = status == PL_OK ? put_quarter(a, body) : status;
    status = status == PL_OK ? put_amount(a, body, "amount") : status;
    if (status == PL_OK) {
        status = cli_put_text(a, body, "source", "source", "who pays it, for example --source \"Town council\"");
        pl_body_int(body, "sort", kind);
    }
    return status == PL_OK ? cli_put_grant(a, body) : status;
}

int cli_pay_enter(const cli_args *args)
{
    return cli_do(args, &PL_KIND_PAY_ENTERED, body_entered);
}

/* ---- plenty pay show ------------------------------------------------------------------------------ */

typedef struct paid { /* one official in one quarter */
    uint8_t holder[PL_HASH];
    int64_t quarter;
    pl_pay_total total;
    pl_pay_cap cap;
} paid;

typedef struct books {
    struct { int64_t number; pl_pay_quarter q; } *quarter;
    size_t n, cap;
    paid *paid;
    size_t n_paid, cap_paid;
} books;

static pl_status collect(void *user, pl_step *s)
{
    books *b = user;
    pl_row_key all = pl_key_none();
    pl_cursor quarters = pl_rows(&PL_PAY_QUARTERS, &all), totals = pl_rows(&PL_PAY_TOTALS, &all);
    pl_pay_quarter q;
    pl_pay_total t;
    bool there;
    pl_status status;
    while ((status = pl_next(s, &PL_PAY_QUARTERS, &quarters, &q, &there)) == PL_OK && there) {
        if (!pl_grow(&b->quarter, &b->cap, b->n + 1, sizeof *b->quarter, SIZE_MAX / sizeof *b->quarter)) {
            return pl_fail_nomem(s->err, "listing pay");
        }
        b->quarter[b->n].number = pl_key_number(quarters.key);
        b->quarter[b->n++].q = q;
    }
    while (status == PL_OK && (status = pl_next(s, &PL_PAY_TOTALS, &totals, &t, &there)) == PL_OK && there) {
        if (!pl_grow(&b->paid, &b->cap_paid, b->n_paid + 1, sizeof *b->paid, SIZE_MAX / sizeof *b->paid)) {
            return pl_fail_nomem(s->err, "listing pay");
        }
        paid *p = &b->paid[b->n_paid++];
        *p = (paid){.quarter = pl_key_number(totals.key + PL_HASH), .total = t};
        memcpy(p->holder, totals.key, PL_HASH);
        status = pl_pay_cap_of(s, p->holder, p->quarter, &p->cap);
    }
    return status;
}

static void print_books(const books *b)
{
    char name[48], hex[13], time[32];
    printf("pay of skilled work\n");
    for (size_t i = 0; i < b->n; i++) {
        const pl_pay_quarter *q = &b->quarter[i].q;
        printf("  %s  %lld entr%s, %s %s", quarter_text(b->quarter[i].number, name), (long long)q->entries, q->entries == 1 ? "y" : "ies",
               q->median >= 0 ? "closed" : "closes", cli_time((uint64_t)q->closes, time));
        if (q->median >= 0) {
            printf(", median %lld", (long long)q->median);
        }
        printf("\n");
    }
    printf("%spay of officials, all sources together\n", b->n == 0 ? "  none was entered\n" : "");
    for (size_t i = 0; i < b->n_paid && i < ENTRIES_MAX; i++) {
        const paid *p = &b->paid[i];
        printf("  %s  %s  %lld of %lld at most (%lld for %lld of %lld days)\n", cli_short_id(p->holder, hex), quarter_text(p->quarter, name),
               (long long)p->total.amount, (long long)p->cap.cap, (long long)p->cap.reference, (long long)p->cap.days, (long long)p->cap.of);
    }
    if (b->n_paid == 0) {
        printf("  none was entered\n");
    } else if (b->n_paid > ENTRIES_MAX) {
        printf("  and %zu more: --json\n", b->n_paid - ENTRIES_MAX);
    }
}

static pl_status print_json(const books *b, pl_error *err)
{
    pl_str out;
    pl_json j;
    char name[48], hex[2 * PL_HASH + 1];
    pl_str_init(&out, (size_t)1 << 30);
    pl_json_init(&j, &out, true);
    pl_json_object(&j);
    pl_json_key(&j, "skilled");
    pl_json_array(&j);
    for (size_t i = 0; i < b->n; i++) {
        pl_json_object(&j);
        pl_json_put_text(&j, "quarter", quarter_text(b->quarter[i].number, name));
        pl_json_put_int(&j, "entries", b->quarter[i].q.entries);
        pl_json_put_int(&j, "closes", b->quarter[i].q.closes);
        pl_json_key(&j, "median");
        b->quarter[i].q.median >= 0 ? pl_json_int(&j, b->quarter[i].q.median) : pl_json_null(&j);
        pl_json_end(&j);
    }
    pl_json_end(&j);
    pl_json_key(&j, "officials");
    pl_json_array(&j);
    for (size_t i = 0; i < b->n_paid; i++) {
        const paid *p = &b->paid[i];
        pl_hex_write(p->holder, PL_HASH, hex);
        pl_json_object(&j);
        pl_json_put_text(&j, "holder", hex);
        pl_json_put_text(&j, "quarter", quarter_text(p->quarter, name));
        pl_json_put_int(&j, "amount", p->total.amount);
        pl_json_put_int(&j, "entries", p->total.entries);
        pl_json_put_int(&j, "cap", p->cap.cap);
        pl_json_put_int(&j, "reference", p->cap.reference);
        pl_json_put_int(&j, "days", p->cap.days);
        pl_json_put_int(&j, "days_of_quarter", p->cap.of);
        pl_json_end(&j);
    }
    pl_json_end(&j);
    pl_json_end(&j);
    pl_status status = out.failed ? pl_fail_nomem(err, "writing pay") : PL_OK;
    if (status == PL_OK) {
        printf("%s\n", out.text);
    }
    pl_str_clear(&out);
    return status;
}

static pl_status show(void *user, pl_step *s)
{
    const cli_args *args = user;
    books b = {.n = 0};
    pl_status status = collect(&b, s);
    if (status == PL_OK && cli_flag(args, "json")) {
        status = print_json(&b, s->err);
    } else if (status == PL_OK) {
        print_books(&b);
    }
    pl_free(b.quarter);
    pl_free(b.paid);
    return status;
}

int cli_pay_show(const cli_args *args)
{
    cli_args copy = *args;
    return cli_look(args, show, &copy);
}
