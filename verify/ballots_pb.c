/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * ballots_pb.c - projects and votes in the format of Pabulib (docs/formats/ballots.md): three tables with semicolons. */
#include <stdlib.h>
#include <string.h>

#include "verify/count.h"

#define FIELDS 128
#define MONEY_MOST ((int64_t)1000000000000000)
#define POINTS_MOST 1000000000

typedef struct reader {
    pv_run *run;
    pv_papers *p;
    char *at, *end, *field[FIELDS];
    int64_t line;
    int fields, column[3]; /* of the columns wanted in the present section */
    bool typed;
    const char **id;
    int32_t *by_id; /* sorted */
    size_t room_projects[3], room_rows[2], room_choices[2];
} reader;

_Noreturn static void fault(const reader *r, const char *what)
{
    pv_stop(r->run, PV_UNREADABLE, r->p->file, r->line, 1, "%s", what);
}

/* ---- Lines ------------------------------------------------------------------------------------------ */

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* The next field, in quotes or not; whether another follows on the line. */
static bool next_field(reader *r)
{
    while (r->at < r->end && blank(*r->at)) {
        r->at++;
    }
    bool quote = r->at < r->end && *r->at == '"';
    char *to = r->at += quote, *text = to;
    for (; r->at < r->end && (quote || (*r->at != ';' && *r->at != '\n')); *to++ = *r->at++) {
        if (quote && *r->at == '"' && *++r->at != '"') {
            break;
        }
        r->line += *r->at == '\n';
    }
    while (quote && r->at < r->end && blank(*r->at)) {
        r->at++;
    }
    while (!quote && to > text && blank(to[-1])) {
        to--;
    }
    if (r->fields == FIELDS || (r->at < r->end && *r->at != ';' && *r->at != '\n')) {
        fault(r, "too many fields, or text behind a quote");
    }
    bool more = r->at < r->end && *r->at == ';';
    r->line += r->at < r->end && !more;
    r->at += r->at < r->end;
    *to = '\0';
    r->field[r->fields++] = text;
    return more;
}

/* The next line that is not empty; false at the end. */
static bool next_line(reader *r)
{
    while (r->at < r->end) {
        bool filled = false;
        r->fields = 0;
        while (next_field(r)) {
        }
        for (int i = 0; i < r->fields; i++) {
            filled = filled || r->field[i][0] != '\0';
        }
        if (filled) {
            return true;
        }
    }
    return false;
}

/* Where columns of these names stand; the first `needed` must be there. */
static void read_header(reader *r, const char *const *name, int needed)
{
    if (!next_line(r)) {
        fault(r, "a section has no line that names its columns");
    }
    for (int k = 0; k < 3; k++) {
        r->column[k] = -1;
        for (int i = 0; name[k] != NULL && i < r->fields; i++) {
            r->column[k] = strcmp(r->field[i], name[k]) == 0 ? i : r->column[k];
        }
        if (k < needed && r->column[k] < 0) {
            fault(r, "a column is missing");
        }
    }
}

static char *cell(const reader *r, int k)
{
    if (r->column[k] >= r->fields) {
        fault(r, "a field is missing");
    }
    return r->column[k] >= 0 ? r->field[r->column[k]] : NULL;
}

/* ---- What they say ---------------------------------------------------------------------------------- */

/* 2500, 2500.5 or 2500,50 in hundredths. */
static int64_t money(const reader *r, const char *text)
{
    int64_t x = 0;
    int decimals = -1;
    for (const char *c = text; *c != '\0'; c++) {
        if ((*c == '.' || *c == ',') && decimals < 0 && c > text) {
            decimals = 0;
        } else if (*c < '0' || *c > '9' || x > MONEY_MOST || (decimals >= 2 && *c != '0')) {
            fault(r, "this is no amount of money");
        } else if (decimals < 2) {
            x = 10 * x + (*c - '0');
            decimals += decimals >= 0;
        }
    }
    if (text[0] == '\0' || decimals == 0) {
        fault(r, "this is no amount of money");
    }
    for (int d = decimals < 0 ? 0 : decimals; d < 2; d++) {
        x *= 10;
    }
    return x;
}

static void read_meta(reader *r)
{
    const char *key = cell(r, 0), *value = cell(r, 1);
    if (strcmp(key, "budget") == 0) {
        r->p->budget = money(r, value);
    } else if (strcmp(key, "vote_type") == 0) {
        r->p->kind = strcmp(value, "approval") == 0 ? PV_APPROVED : strcmp(value, "ordinal") == 0 ? PV_RANKED : PV_SCORED;
        r->typed = true;
        if (r->p->kind == PV_SCORED && strcmp(value, "cumulative") != 0 && strcmp(value, "scoring") != 0) {
            fault(r, "this type of vote is not known");
        }
    }
}

static void read_project(reader *r)
{
    pv_papers *p = r->p;
    size_t n = (size_t)p->candidates;
    const char *id = cell(r, 0), *name = r->column[2] >= 0 && r->column[2] < r->fields ? r->field[r->column[2]] : "";
    if (n == PV_CANDIDATES || id[0] == '\0') {
        fault(r, "too many projects, or one without identifier");
    }
    r->id = pv_more(r->run, r->id, n, &r->room_projects[0], sizeof *r->id);
    p->name = pv_more(r->run, p->name, n, &r->room_projects[1], sizeof *p->name);
    p->cost = pv_more(r->run, p->cost, n, &r->room_projects[2], sizeof *p->cost);
    r->id[n] = id;
    p->name[n] = name[0] != '\0' ? name : id;
    p->cost[n] = money(r, cell(r, 1));
    p->candidates++;
}

static int by_id(const void *a, const void *b, void *user)
{
    const reader *r = user;
    return strcmp(r->id[*(const int32_t *)a], r->id[*(const int32_t *)b]);
}

static void sort_projects(reader *r)
{
    size_t n = (size_t)r->p->candidates;
    r->by_id = pv_alloc(r->run, n + 1, sizeof *r->by_id);
    for (size_t i = 0; i < n; i++) {
        r->by_id[i] = (int32_t)i;
    }
    qsort_r(r->by_id, n, sizeof *r->by_id, by_id, r);
    for (size_t i = 1; i < n; i++) {
        if (strcmp(r->id[r->by_id[i - 1]], r->id[r->by_id[i]]) == 0) {
            fault(r, "two projects have the same identifier");
        }
    }
}

static int32_t find_project(const reader *r, const char *id)
{
    int32_t low = 0, high = r->p->candidates;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        int order = strcmp(r->id[r->by_id[middle]], id);
        if (order == 0) {
            return r->by_id[middle];
        }
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    fault(r, "there is no project of this identifier");
}

/* The next of the words between commas, without blanks around it; NULL at the end. */
static char *next_word(char **at)
{
    char *word = *at, *stop = word + strcspn(word, ",");
    if (*word == '\0') {
        return NULL;
    }
    *at = *stop == ',' ? stop + 1 : stop;
    while (stop > word && blank(stop[-1])) {
        stop--;
    }
    *stop = '\0';
    return word + strspn(word, " \t\r");
}

static int64_t points(const reader *r, const char *text)
{
    int64_t x = 0;
    const char *c = text != NULL ? text : "";
    for (; *c >= '0' && *c <= '9' && x <= POINTS_MOST; c++) {
        x = 10 * x + (*c - '0');
    }
    if (c == text || c == NULL || x > POINTS_MOST || (*c != '\0' && (*c != '.' || strspn(c + 1, "0") != strlen(c + 1)))) {
        fault(r, "these points do not fit the vote");
    }
    return x;
}

static void read_vote(reader *r)
{
    pv_papers *p = r->p;
    int64_t from = p->start[p->rows], n = from;
    char *at = cell(r, 0), *given = p->kind == PV_SCORED ? cell(r, 1) : NULL, *word;
    while ((word = next_word(&at)) != NULL) {
        int32_t c = find_project(r, word);
        int64_t x = p->kind == PV_SCORED ? points(r, next_word(&given)) : 1;
        for (int64_t i = from; i < n; i++) {
            if (p->choice[i] == c) {
                fault(r, "a project is named twice");
            }
        }
        if (x > 0) {
            p->choice = pv_more(r->run, p->choice, (size_t)n, &r->room_choices[0], sizeof *p->choice);
            p->points = pv_more(r->run, p->points, (size_t)n, &r->room_choices[1], sizeof *p->points);
            p->choice[n] = (int16_t)c;
            p->points[n++] = x;
        }
    }
    if (n == from) {
        p->blank++;
        return;
    }
    p->count = pv_more(r->run, p->count, (size_t)p->rows, &r->room_rows[0], sizeof *p->count);
    p->start = pv_more(r->run, p->start, (size_t)p->rows + 1, &r->room_rows[1], sizeof *p->start);
    p->count[p->rows++] = 1;
    p->start[p->rows] = n;
    p->papers++;
}

/* ---- The whole -------------------------------------------------------------------------------------- */

bool pv_is_projects(const char *at)
{
    return strncmp(at, "META", 4) == 0;
}

void pv_projects_read(pv_run *run, char *at, char *end, pv_papers *p)
{
    static const char *const META[] = {"key", "value", NULL}, *const PROJECTS[] = {"project_id", "cost", "name"}, *const VOTES[] = {"vote", "points", NULL};
    reader r = {.run = run, .p = p, .at = at, .end = end, .line = 1};
    int section = 0;
    p->projects = true;
    p->start = NULL;
    p->start = pv_more(run, p->start, 0, &r.room_rows[1], sizeof *p->start);
    p->start[0] = 0;
    while (next_line(&r)) {
        static const char *const title[] = {"META", "PROJECTS", "VOTES"};
        if (section < 3 && strcmp(r.field[0], title[section]) == 0) {
            if (++section == 3) {
                sort_projects(&r);
            }
            read_header(&r, section == 1 ? META : section == 2 ? PROJECTS : VOTES, section == 3 ? 1 + (p->kind == PV_SCORED) : 2);
        } else if (section == 1) {
            read_meta(&r);
        } else if (section == 2) {
            read_project(&r);
        } else {
            read_vote(&r);
        }
    }
    if (section < 3 || !r.typed) {
        fault(&r, "the sections META (with vote_type), PROJECTS, VOTES must be there");
    }
    p->highest = p->candidates;
}
