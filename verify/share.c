/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * share.c - checks an outcome of sharing (docs/formats/share.md): reads what was to be shared, shares it again, compares every allotment and figure. */
#include <sodium.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "verify/share.h"

enum { S_SUPPLY, S_PEOPLE, S_WANTS, S_URGENCY, S_RULES, S_ALLOTMENTS, S_PRICES, S_TABLES };
static const char CERTIFICATE[] = "share.json";
const char *const PV_RULE[PV_RULES] = {"uniform", "points", "lottery", "urgency"};

#define KEY(name) {name, PV_TEXT, PV_GIVEN, 0, NULL}
#define FREE(name) {name, PV_TEXT, PV_OPTIONAL, 0, NULL}
static const pv_schema SCHEMA[S_TABLES] = {
    {"supply", "supply.csv", 4, 1, PV_UNREADABLE, {KEY("good"), KEY("quantity"), FREE("unit"), FREE("whole")}},
    {"people", "people.csv", 2, 1, PV_UNREADABLE, {KEY("person"), FREE("points")}},
    {"wants", "wants.csv", 5, 2, PV_UNREADABLE, {KEY("person"), KEY("good"), FREE("amount"), FREE("taste"), FREE("floor")}},
    {"urgency", "urgency.csv", 2, 1, PV_UNREADABLE, {KEY("criterion"), KEY("weight")}},
    {"rules", "rules.csv", 5, 1, PV_UNREADABLE, {KEY("good"), KEY("rule"), FREE("floor"), FREE("substitution"), FREE("lot")}},
    {"allotments", "allotments.csv", 3, 2, PV_REFUTED, {KEY("person"), KEY("good"), KEY("amount")}},
    {"prices", "prices.csv", 10, 1, PV_REFUTED,
     {KEY("good"), KEY("rule"), KEY("claimed"), KEY("allotted"), KEY("claimants"), KEY("short"), KEY("nothing"), KEY("drawn"),
      {"level", PV_NUMBER, PV_EMPTY, NAN, NULL}, {"price", PV_NUMBER, PV_EMPTY, NAN, NULL}}},
};

typedef struct pv_tables {
    pv_schema people; /* with a column for each criterion */
    pv_table table[S_TABLES];
} pv_tables;

/* ---- Cells ----------------------------------------------------------------------------------------------------------------------------- */

static const char *cell(const pv_table *t, int field, int32_t row)
{
    return t->column[field].text[row];
}

/* A text as a whole number of parts: digits, perhaps a point; digits behind the last part are cut off.  What has an exponent or a sign goes by way of
 * a binary number. */
static int64_t parts(pv_share *s, const pv_table *t, int field, int32_t row, int64_t part, int64_t otherwise)
{
    const char *text = cell(t, field, row), *c = text;
    int64_t x = 0, scale = part;
    bool point = false, fine = *text != '\0', plain = true;
    if (!fine) {
        return otherwise;
    }
    for (; *c != '\0' && plain; c++) {
        bool digit = *c >= '0' && *c <= '9';
        plain = digit || (*c == '.' && !point);
        point = point || *c == '.';
        if (digit && (!point || scale > 1)) {
            fine = fine && x <= (PV_PARTS - 9) / 10;
            x = fine ? 10 * x + (*c - '0') : x;
            scale /= point ? 10 : 1;
        } else if (digit && part == 1 && *c != '0') {
            fine = false;
        }
    }
    double number = 0;
    if (!plain) {
        fine = pv_number(&s->run, text, &number) && number >= 0 && number * (double)part <= (double)PV_PARTS;
        x = fine ? (int64_t)(number * (double)part) : 0;
        fine = fine && (part > 1 || (double)x == number);
        scale = 1;
    }
    if (!fine || x > PV_PARTS / scale) {
        pv_stop(&s->run, t->schema->fault, t->schema->file, t->line[row], 1, "%s: \"%.60s\" is no amount of 0 or more", t->schema->field[field].name, text);
    }
    return x * scale;
}

static int32_t find_row(const pv_table *t, const char *key)
{
    int32_t from = 0, to = t->rows;
    while (from < to) {
        int32_t middle = from + (to - from) / 2;
        int order = strcmp(cell(t, 0, middle), key);
        if (order == 0) {
            return middle;
        }
        from = order < 0 ? middle + 1 : from;
        to = order < 0 ? to : middle;
    }
    return -1;
}

/* ---- Reading ----------------------------------------------------------------------------------------------------------------------------- */

static void check_digest(pv_share *s, const char *dir, const char *name)
{
    char path[100], text[65];
    unsigned char hash[crypto_hash_sha256_BYTES];
    pv_file file;
    const char *point = strchr(name, '.');
    snprintf(path, sizeof path, "inputs.%.*s\\%s", (int)(point - name), name, point); /* a point in a key has a backslash before it */
    const pv_json *v = pv_json_get(&s->json, path);
    bool there = pv_file_read(&s->run, dir, name, &file);
    if (!there && v == NULL) {
        return;
    }
    if (there) {
        crypto_hash_sha256(hash, (const unsigned char *)file.at, file.n);
        sodium_bin2hex(text, sizeof text, hash, sizeof hash);
        pv_free(&s->run, file.at);
    }
    if (!there || v == NULL || strcmp(v->text, text) != 0) {
        pv_refute(&s->run, CERTIFICATE, 0, "inputs: %s is not the table that was shared by", name);
    }
}

static void read_tables(pv_share *s, const char *dir, pv_tables *t)
{
    pv_file file;
    if (!pv_file_read(&s->run, dir, CERTIFICATE, &file)) {
        pv_stop(&s->run, PV_IO, CERTIFICATE, 0, 0, "is not there: this is no outcome of sharing");
    }
    pv_json_read(&s->run, &file, &s->json);
    const pv_json *format = pv_json_get(&s->json, "format"), *seed = pv_json_get(&s->json, "seed");
    if (format == NULL || strcmp(format->text, "plenty-share-1") != 0) {
        pv_stop(&s->run, PV_UNREADABLE, CERTIFICATE, 0, 0, "this is no certificate of sharing (\"format\": \"plenty-share-1\")");
    }
    s->seed = seed != NULL ? seed->text : "";
    for (int k = 0; k <= S_URGENCY; k++) {
        check_digest(s, dir, SCHEMA[k].file);
    }
    pv_table_read(&s->run, dir, &SCHEMA[S_URGENCY], &t->table[S_URGENCY]);
    t->people = SCHEMA[S_PEOPLE];
    if (t->table[S_URGENCY].rows > PV_CRITERIA) {
        pv_stop(&s->run, PV_UNREADABLE, "urgency.csv", 0, 0, "has more than %d criteria", PV_CRITERIA);
    }
    for (int32_t k = 0; k < t->table[S_URGENCY].rows; k++) {
        t->people.field[t->people.n_fields++] = (pv_field)FREE(cell(&t->table[S_URGENCY], 0, k));
    }
    for (int k = 0; k < S_TABLES; k++) {
        if (k != S_URGENCY) {
            pv_table_read(&s->run, dir, k == S_PEOPLE ? &t->people : &SCHEMA[k], &t->table[k]);
        }
        if (!t->table[k].present && k != S_PEOPLE && k != S_URGENCY) {
            pv_stop(&s->run, PV_IO, SCHEMA[k].file, 0, 0, "is not there");
        }
    }
}

static void read_goods(pv_share *s, const pv_tables *t)
{
    const pv_table *supply = &t->table[S_SUPPLY], *rules = &t->table[S_RULES];
    s->goods = supply->rows;
    s->good = pv_alloc(&s->run, (size_t)s->goods, sizeof *s->good);
    for (int32_t g = 0; g < s->goods; g++) {
        pv_scarce *good = &s->good[g];
        const char *whole = cell(supply, 3, g);
        good->id = cell(supply, 0, g);
        good->part = strcmp(whole, "yes") == 0 ? 1 : 1000000;
        good->supply = parts(s, supply, 1, g, good->part, 0);
        int32_t row = find_row(rules, good->id), price = find_row(&t->table[S_PRICES], good->id);
        if (row < 0 || price < 0) {
            pv_stop(&s->run, PV_REFUTED, row < 0 ? "rules.csv" : "prices.csv", 0, 0, "the good \"%.80s\" is missing", good->id);
        }
        for (good->rule = PV_UNIFORM; good->rule < PV_RULES && strcmp(cell(rules, 1, row), PV_RULE[good->rule]) != 0; good->rule++) {
        }
        if (good->rule == PV_RULES) {
            pv_stop(&s->run, PV_UNREADABLE, "rules.csv", rules->line[row], 1, "\"%.40s\" is no rule", cell(rules, 1, row));
        }
        good->floor = parts(s, rules, 2, row, good->part, 0);
        good->lot = cell(rules, 4, row);
        good->price = t->table[S_PRICES].column[9].number[price];
        if (good->rule == PV_POINTS && (!pv_number(&s->run, cell(rules, 3, row), &s->substitution) || !(s->substitution > 0) || good->price < 0)) {
            pv_stop(&s->run, PV_REFUTED, "rules.csv", rules->line[row], 1, "the market of \"%.80s\" has no substitution, or a price below 0", good->id);
        }
        good->line = t->table[S_PRICES].line[price];
    }
    if (t->table[S_PRICES].rows != s->goods) {
        pv_refute(&s->run, "prices.csv", 0, "has %d goods, of %d", t->table[S_PRICES].rows, s->goods);
    }
}

/* From the table of people, or, where there is none, from the wants. */
static void read_people(pv_share *s, const pv_tables *t)
{
    const pv_table *people = &t->table[S_PEOPLE], *wants = &t->table[S_WANTS], *urgency = &t->table[S_URGENCY];
    int32_t most = people->present ? people->rows : wants->rows;
    const char **person = pv_alloc(&s->run, (size_t)most, sizeof *person);
    s->points = pv_alloc(&s->run, (size_t)most, sizeof *s->points);
    s->score = pv_alloc(&s->run, (size_t)most, sizeof *s->score);
    s->person = person;
    for (int32_t i = 0; i < most; i++) {
        const char *name = people->present ? cell(people, 0, i) : cell(wants, 0, i);
        if (!people->present && s->people > 0 && strcmp(person[s->people - 1], name) == 0) {
            continue;
        }
        person[s->people] = name;
        s->points[s->people] = people->present ? parts(s, people, 1, i, PV_POINT, PV_POINT) : PV_POINT;
        if (s->points[s->people] < 1 || s->points[s->people] > 1000000 * PV_POINT) {
            pv_stop(&s->run, PV_UNREADABLE, "people.csv", people->line[i], 1, "points are not between 0.001 and 1,000,000");
        }
        for (int32_t k = 0; k < urgency->rows && people->present; k++) {
            int64_t product;
            if (__builtin_mul_overflow(parts(s, people, 2 + k, i, PV_POINT, 0), parts(s, urgency, 1, k, PV_POINT, 0), &product) ||
                __builtin_add_overflow(s->score[s->people], product, &s->score[s->people])) {
                pv_stop(&s->run, PV_UNREADABLE, "people.csv", people->line[i], 1, "the score of urgency is out of range");
            }
        }
        s->people++;
    }
}

static int by_good(const void *a, const void *b)
{
    const pv_claim *x = a, *y = b;
    return x->good != y->good ? (x->good > y->good) - (x->good < y->good) : (x->person > y->person) - (x->person < y->person);
}

/* One claim for each row of wants and of allotments, which must be the same. */
static void read_claims(pv_share *s, const pv_tables *t)
{
    const pv_table *wants = &t->table[S_WANTS], *allot = &t->table[S_ALLOTMENTS];
    if (allot->rows != wants->rows) {
        pv_stop(&s->run, PV_REFUTED, "allotments.csv", 0, 0, "has %d rows, but there are %d wants", allot->rows, wants->rows);
    }
    s->claims = wants->rows;
    s->claim = pv_alloc(&s->run, (size_t)s->claims, sizeof *s->claim);
    for (int32_t k = 0, i = 0; k < wants->rows; k++) {
        pv_claim *c = &s->claim[k];
        int32_t g = find_row(&t->table[S_SUPPLY], cell(wants, 1, k));
        while (i < s->people && strcmp(s->person[i], cell(wants, 0, k)) < 0) {
            i++;
        }
        if (g < 0 || i == s->people || strcmp(s->person[i], cell(wants, 0, k)) != 0) {
            pv_stop(&s->run, PV_UNREADABLE, "wants.csv", wants->line[k], 1, "the good or the person is in no other table");
        }
        if (strcmp(cell(allot, 0, k), s->person[i]) != 0 || strcmp(cell(allot, 1, k), s->good[g].id) != 0) {
            pv_stop(&s->run, PV_REFUTED, "allotments.csv", allot->line[k], 1, "this row belongs to no want");
        }
        int64_t part = s->good[g].part;
        __int128 floor = (__int128)s->good[g].floor * s->points[i] / PV_POINT;
        *c = (pv_claim){.person = i, .good = g, .claim = parts(s, wants, 2, k, part, PV_ANY), .line = allot->line[k]};
        c->floor = parts(s, wants, 4, k, part, floor < PV_PARTS ? (int64_t)floor : PV_PARTS);
        c->got = parts(s, allot, 2, k, part, 0);
        c->taste = (double)(c->claim != PV_ANY ? c->claim : s->good[g].supply) / (double)part;
        if (cell(wants, 3, k)[0] != '\0' && !pv_number(&s->run, cell(wants, 3, k), &c->taste)) {
            pv_stop(&s->run, PV_UNREADABLE, "wants.csv", wants->line[k], 1, "\"%.60s\" is no taste", cell(wants, 3, k));
        }
    }
}

static void index_claims(pv_share *s)
{
    qsort(s->claim, (size_t)s->claims, sizeof *s->claim, by_good);
    s->own = pv_alloc(&s->run, (size_t)s->people + 2, sizeof *s->own);
    s->by_person = pv_alloc(&s->run, (size_t)s->claims, sizeof *s->by_person);
    for (int64_t k = 0; k < s->claims; k++) {
        s->own[s->claim[k].person + 2]++;
        s->good[s->claim[k].good].n++;
    }
    for (int32_t i = 0; i < s->people; i++) {
        s->own[i + 2] += s->own[i + 1];
    }
    for (int64_t k = 0; k < s->claims; k++) {
        s->by_person[s->own[s->claim[k].person + 1]++] = k;
    }
    for (int32_t g = 1; g < s->goods; g++) {
        s->good[g].first = s->good[g - 1].first + s->good[g - 1].n;
    }
}

/* ---- Checking ------------------------------------------------------------------------------------------------------------------------------ */

static const char *amount_text(char out[64], int64_t x, int64_t part)
{
    int n = snprintf(out, 64, "%lld", (long long)(x / part));
    if (x % part != 0) {
        snprintf(out + n, 64 - (size_t)n, ".%06lld", (long long)(x % part));
    }
    return out;
}

static void check_allotments(pv_share *s)
{
    char a[64], b[64];
    for (int64_t k = 0; k < s->claims; k++) {
        const pv_claim *c = &s->claim[k];
        pv_scarce *g = &s->good[c->good];
        int64_t claim = c->claim < g->supply ? c->claim : g->supply;
        if (c->got != c->should) {
            pv_refute(&s->run, "allotments.csv", c->line, "%.80s should get %s of %.80s, not %s", s->person[c->person], amount_text(a, c->should, g->part),
                      g->id, amount_text(b, c->got, g->part));
        }
        g->given += c->got;
        g->claimed = g->claimed > PV_ANY - claim ? PV_ANY : g->claimed + claim;
        g->short_of += c->got < c->claim;
        g->nothing += c->claim > 0 && c->got == 0;
        g->claimants += c->claim > 0;
        if (g->given > g->supply) {
            pv_stop(&s->run, PV_REFUTED, "allotments.csv", c->line, 1, "more of %.80s is given away than there is", g->id);
        }
    }
}

static void check_prices(pv_share *s, const pv_table *t)
{
    static const char *const what[] = {"claimed", "allotted", "claimants", "short", "nothing", "drawn"};
    for (int32_t g = 0; g < s->goods; g++) {
        const pv_scarce *good = &s->good[g];
        int32_t row = find_row(t, good->id);
        const int64_t figure[] = {good->claimed, good->given, good->claimants, good->short_of, good->nothing, good->drawn};
        if (strcmp(cell(t, 1, row), PV_RULE[good->rule]) != 0) {
            pv_refute(&s->run, "prices.csv", good->line, "%.80s is shared by another rule, says rules.csv", good->id);
        }
        for (int k = 0; k < 6; k++) {
            bool amount = k < 2 || k == 5;
            char a[64], b[64];
            int64_t said = parts(s, t, 2 + k, row, amount ? good->part : 1, 0);
            bool by_lot = k == 5 && good->rule == PV_POINTS && good->market; /* pieces rounded up: known to who rounded */
            if (said != figure[k] && figure[k] != PV_ANY && !by_lot) {
                pv_refute(&s->run, "prices.csv", good->line, "%s of %.80s is %s, not %s", what[k], good->id, amount_text(a, figure[k], amount ? good->part : 1),
                          amount_text(b, said, amount ? good->part : 1));
            }
        }
        double level = t->column[8].number[row];
        if (!(isnan(level) && isnan(good->level)) && !(fabs(level - good->level) <= 1e-12 * fabs(good->level))) {
            pv_refute(&s->run, "prices.csv", good->line, "the level of %.80s is %.17g, not %.17g", good->id, good->level, level);
        }
    }
}

static void check_all(pv_share *s, const char *dir)
{
    pv_tables *t = pv_alloc(&s->run, 1, sizeof *t);
    if (sodium_init() < 0) {
        pv_stop(&s->run, PV_IO, NULL, 0, 0, "libsodium cannot be started");
    }
    s->run.c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (s->run.c_locale == (locale_t)0) {
        pv_stop(&s->run, PV_MEMORY, NULL, 0, 0, "out of memory");
    }
    read_tables(s, dir, t);
    read_goods(s, t);
    read_people(s, t);
    read_claims(s, t);
    index_claims(s);
    for (int32_t g = 0; g < s->goods; g++) {
        pv_scarce *good = &s->good[g];
        bool done = false; /* with an earlier good of the same lot */
        for (int32_t h = 0; h < g && good->rule >= PV_LOTTERY; h++) {
            done |= s->good[h].rule == good->rule && strcmp(s->good[h].lot, good->lot) == 0;
        }
        if (good->rule == PV_UNIFORM) {
            pv_share_uniform(s, good);
        } else if (good->rule >= PV_LOTTERY && !done) {
            pv_share_turns(s, good);
        }
    }
    pv_share_market(s);
    check_allotments(s);
    check_prices(s, &t->table[S_PRICES]);
}

/* ---- The report ---------------------------------------------------------------------------------------------------------------------------- */

static void put(FILE *out, const char *text, bool json)
{
    for (const char *c = text; *c != '\0'; c++) {
        if (json && (*c == '"' || *c == '\\')) {
            fputc('\\', out);
        }
        fputc((unsigned char)*c < 0x20 || *c == 0x7F ? '?' : *c, out);
    }
}

static void report(const pv_share *s, bool verified, bool json, FILE *out)
{
    const char *between = "";
    if (json) {
        fprintf(out, "{\"verified\": %s, \"people\": %d, \"goods\": %d, \"claims\": %lld, \"failures\": [", verified ? "true" : "false", s->people, s->goods,
                (long long)s->claims);
    } else {
        fprintf(out, "shared again: %lld claims of %d people on %d goods\n", (long long)s->claims, s->people, s->goods);
    }
    for (const pv_failure *f = s->run.failures; f != NULL; f = f->next) {
        fputs(json ? between : "REFUTED: ", out);
        fputs(json ? "\"" : "", out);
        put(out, f->file, json);
        if (f->line > 0) {
            fprintf(out, ":%lld", (long long)f->line);
        }
        fputs(": ", out);
        put(out, f->text, json);
        fputs(json ? "\"" : "\n", out);
        between = ", ";
    }
    if (json) {
        fputs("]}\n", out);
        return;
    }
    if (s->run.n_failures > 100) {
        fprintf(out, "and %lld more\n", (long long)s->run.n_failures - 100);
    }
    if (verified) {
        fputs("every allotment is what the rule gives; nothing more is given away than there is\n", out);
        for (int32_t g = 0; g < s->goods; g++) {
            if (s->good[g].market) {
                fprintf(out, "market of points: everybody has the best basket for their points, up to one part of a good; nothing with a price is left\n");
                break;
            }
        }
    }
    fputs(verified ? "verified\n" : "not verified\n", out);
}

bool pv_is_share(const char *path)
{
    char file[4096];
    FILE *f = (size_t)snprintf(file, sizeof file, "%s/%s", path, CERTIFICATE) < sizeof file ? fopen(file, "rb") : NULL;
    if (f != NULL) {
        fclose(f);
    }
    return f != NULL;
}

int pv_verify_share(const char *folder, bool json, FILE *out, FILE *err)
{
    pv_share *s = pv_malloc(sizeof *s);
    if (s == NULL) {
        fputs("out of memory\n", err);
        return PV_MEMORY;
    }
    memset(s, 0, sizeof *s);
    s->run.last_failure = &s->run.failures;
    if (setjmp(s->run.stop) == 0) {
        check_all(s, folder);
    }
    int code = s->run.code == 0 && s->run.n_failures > 0 ? PV_REFUTED : s->run.code;
    if (code > PV_REFUTED) {
        fputs("plenty-verify: ", err);
        put(err, s->run.why, false);
        fputc('\n', err);
    } else {
        report(s, code == 0, json, out);
    }
    pv_run_end(&s->run);
    free(s);
    return code;
}
