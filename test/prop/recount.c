/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The independent recount agrees with random elections by every rule, and refuses the transcript in which one digit of what came of them is another. */
#include "test/test.h"

#include "ballot/ballots.h"
#include "ballot/transcript.h"
#include "io/file.h"
#include "test/ballot_help.h"
#include "verify/verify.h"

#define ELECTIONS 300 /* of each rule */

static const pl_count_settings LOTS = {.seed = "dice 3 1 6"};

/* ---- One count, as its transcript; false where there is nothing to count ------------------------------------ */

static bool by_stages(const pl_ballots *b, pl_status status, pl_count *count, pl_str *json)
{
    if (status == PL_OK) {
        pl_count_json(b, count, json);
    }
    pl_count_free(count);
    return status == PL_OK;
}

static bool by_scottish(const pl_ballots *b, pl_rng *rng, pl_str *json)
{
    pl_count *count = NULL;
    pl_status status = pl_count_scottish(b, &LOTS, &count, NULL);
    (void)rng;
    return by_stages(b, status, count, json);
}

static bool by_meek(const pl_ballots *b, pl_rng *rng, pl_str *json)
{
    pl_count *count = NULL;
    pl_status status = pl_count_meek(b, &LOTS, &count, NULL);
    (void)rng;
    return by_stages(b, status, count, json);
}

/* One of the elected leaves; everybody who can stands, or some. */
static bool by_countback(const pl_ballots *b, pl_rng *rng, pl_str *json)
{
    pl_count *before = NULL, *count = NULL;
    bool stands[PL_CANDIDATES_MAX] = {false};
    if (pl_count_scottish(b, &LOTS, &before, NULL) != PL_OK) {
        return false;
    }
    int32_t left = before->winner[pl_rng_below(rng, (uint64_t)before->n_winners)];
    pl_count_free(before);
    for (int32_t c = 0; c < b->n_candidates; c++) {
        stands[c] = pl_rng_below(rng, 3) > 0;
    }
    pl_status status = pl_count_countback(b, &LOTS, left, pl_rng_below(rng, 2) == 0 ? stands : NULL, &count, NULL);
    return by_stages(b, status, count, json);
}

static bool by_schulze(const pl_ballots *b, pl_rng *rng, pl_str *json)
{
    pl_schulze *s = NULL;
    pl_count_settings set = {.seed = LOTS.seed, .seats = 1 + (int32_t)pl_rng_below(rng, 2)};
    pl_status status = pl_schulze_find(b, &set, &s, NULL);
    if (status == PL_OK) {
        pl_schulze_json(b, s, json);
    }
    pl_schulze_free(s);
    return status == PL_OK;
}

static bool by_tally(const pl_ballots *b, pl_status status, pl_tally *t, bool majority, pl_str *json)
{
    if (status == PL_OK) {
        pl_tally_json(b, t, majority, json);
    }
    pl_tally_free(t);
    return status == PL_OK;
}

static bool by_approval(const pl_ballots *b, pl_rng *rng, pl_str *json)
{
    pl_tally *t = NULL;
    pl_status status = pl_tally_approval(b, &LOTS, &t, NULL);
    (void)rng;
    return by_tally(b, status, t, false, json);
}

static bool by_majority(const pl_ballots *b, pl_rng *rng, pl_str *json)
{
    static const int32_t PART[][2] = {{1, 2}, {2, 3}, {1, 4}, {0, 1}};
    pl_tally *t = NULL;
    size_t i = (size_t)pl_rng_below(rng, 4);
    pl_status status = pl_tally_majority(b, PART[i][0], PART[i][1], (int64_t)pl_rng_below(rng, 60), &t, NULL);
    return by_tally(b, status, t, true, json);
}

static bool by_shares(const pl_ballots *b, pl_rng *rng, pl_str *json)
{
    pl_shares *s = NULL;
    pl_shares_settings set = {.common = LOTS, .budget = -1, .by_number = pl_rng_below(rng, 3) == 0, .completion = pl_rng_below(rng, 5) == 0 ? PL_COMPLETE_NONE : PL_COMPLETE_ADD1};
    pl_status status = pl_shares_find(b, &set, &s, NULL);
    if (status == PL_OK) {
        pl_shares_json(b, s, json);
    }
    pl_shares_free(s);
    return status == PL_OK;
}

/* ---- Ballots as files ------------------------------------------------------------------------------------------ */

/* As a file of Pabulib, each vote by itself. */
static void write_projects(const pl_ballots *b, const char *path)
{
    pl_str s;
    pl_str_init(&s, 1 << 24);
    pl_str_addf(&s, "META\nkey;value\nbudget;%lld.%02lld\nvote_type;%s\nPROJECTS\nproject_id;cost;name\n", (long long)(b->budget / 100), (long long)(b->budget % 100),
                b->kind == PL_SCORED ? "scoring" : "approval");
    for (int32_t c = 0; c < b->n_candidates; c++) {
        pl_str_addf(&s, "p%d;%lld,%lld;\"%s; \"\"new\"\"\"\n", c, (long long)(b->candidate[c].cost / 100), (long long)(b->candidate[c].cost / 10 % 10), b->candidate[c].name);
    }
    pl_str_addf(&s, "VOTES\nvoter_id;vote%s\n", b->kind == PL_SCORED ? ";points" : "");
    for (int64_t r = 0; r < b->n_rows; r++) {
        for (int64_t k = 0; k < b->count[r]; k++) {
            pl_str_addf(&s, "%lld;", (long long)k);
            for (int64_t i = b->start[r]; i < b->start[r + 1]; i++) {
                pl_str_addf(&s, "%sp%d", i > b->start[r] ? "," : "", b->choice[i]);
            }
            for (int64_t i = b->start[r]; b->kind == PL_SCORED && i < b->start[r + 1]; i++) {
                pl_str_addf(&s, "%c%lld", i > b->start[r] ? ',' : ';', (long long)b->score[i]);
            }
            pl_str_add(&s, "\n");
        }
    }
    pl_str_add(&s, b->kind == PL_SCORED ? "7;;\n" : "7;\n"); /* a blank paper */
    CHECK_INT(pl_file_write(path, s.text, s.len, NULL), PL_OK);
    pl_str_clear(&s);
}

/* Some of the choices are as good as the one before. */
static void share_ranks(pl_ballots *b, pl_rng *rng)
{
    for (int64_t r = 0; r < b->n_rows; r++) {
        for (int64_t i = b->start[r] + 1; i < b->start[r + 1]; i++) {
            if (pl_rng_below(rng, 3) == 0) {
                b->choice[i] |= (uint16_t)PL_EQUAL_RANK;
                b->equal_line = 1;
            }
        }
    }
}

/* ---- The recount ------------------------------------------------------------------------------------------------- */

static int recount(const pl_str *json, const char *path, const char *ballots)
{
    FILE *nowhere = fopen("/dev/null", "w");
    CHECK(nowhere != NULL);
    CHECK_INT(pl_file_write(path, json->text, json->len, NULL), PL_OK);
    int code = pv_verify_count(path, ballots, false, nowhere, nowhere);
    fclose(nowhere);
    return code;
}

/* Whether the line of the digit says what was to be counted, and not what came of it. */
static bool is_input(const char *begin, const char *digit)
{
    static const char *const KEY[] = {"\"budget\": ", "\"more_than\": ", "\"quorum\": "};
    while (digit > begin && digit[-1] != '\n') {
        digit--;
    }
    digit += strspn(digit, " ");
    for (size_t i = 0; i < sizeof KEY / sizeof KEY[0]; i++) {
        if (strncmp(digit, KEY[i], strlen(KEY[i])) == 0) {
            return true;
        }
    }
    return false;
}

/* Changes one digit behind `key`, where what came of the count begins. */
static void tamper(pl_str *json, const char *key, pl_rng *rng)
{
    char *begin = strstr(json->text, key);
    CHECK(begin != NULL);
    size_t n = strlen(begin), at = (size_t)pl_rng_below(rng, n);
    for (size_t i = 0; i < n; i++) {
        char *p = begin + (at + i) % n;
        if (*p >= '0' && *p <= '9' && !is_input(begin, p)) {
            *p = *p == '9' ? '1' : (char)(*p + 1);
            return;
        }
    }
    FAIL("there is no digit to change");
}

typedef struct rule {
    const char *name;
    bool (*count)(const pl_ballots *b, pl_rng *rng, pl_str *json);
    const char *results; /* the first key of what comes of the count */
    bool shared, projects, abstain;
} rule;

static void one_election(const rule *by, uint64_t seed, const char *path, const char *ballots, int *counted, int *lots)
{
    pl_rng rng;
    pl_str json;
    pl_ballots *read = NULL;
    pl_rng_seed(&rng, seed);
    pl_ballots *b = random_ballots(&rng, !by->projects ? PL_RANKED : seed % 2 == 0 ? PL_APPROVED : PL_SCORED, 9, by->projects ? 12 : 40);
    pl_str_init(&json, 1 << 24);
    if (by->shared && seed % 2 == 0) {
        share_ranks(b, &rng);
    }
    if (by->abstain && seed % 2 == 0) {
        b->candidate[pl_rng_below(&rng, (uint64_t)b->n_candidates)].name = "Abstain";
    }
    if (by->projects) {
        write_projects(b, ballots);
    } else {
        CHECK_INT(pl_ballots_save_blt(b, ballots, NULL), PL_OK);
    }
    CHECK_INT(pl_ballots_load(ballots, &read, NULL), PL_OK);
    for (int32_t c = 0; c < b->n_candidates; c++) {
        read->candidate[c].withdrawn = b->candidate[c].withdrawn;
    }
    if (by->count(read, &rng, &json)) {
        ++*counted;
        *lots += strstr(json.text, "decided_by_draw") != NULL;
        if (recount(&json, path, ballots) != 0) {
            FAIL("%s, seed %llu: the recount differs", by->name, (unsigned long long)seed);
        }
        tamper(&json, by->results, &rng);
        int code = recount(&json, path, ballots);
        if (code != 1 && code != 3) {
            FAIL("%s, seed %llu: a change is not noticed", by->name, (unsigned long long)seed);
        }
    }
    pl_str_clear(&json);
    pl_ballots_free(read);
    pl_ballots_free(b);
}

TEST(every_rule_is_recounted_and_every_changed_digit_noticed)
{
    static const rule RULES[] = {{"scottish", by_scottish, "\"quota\"", false, false, false},   {"meek", by_meek, "\"quota\"", false, false, false},
                                 {"countback", by_countback, "\"quota\"", false, false, false}, {"schulze", by_schulze, "\"winners\"", true, false, false},
                                 {"approval", by_approval, "\"winners\"", true, false, false},  {"majority", by_majority, "\"winners\"", false, false, true},
                                 {"equal-shares", by_shares, "\"voters\"", false, true, false}};
    char ballots[5000], path[5000];
    snprintf(ballots, sizeof ballots, "%s/ballots", test_tmp());
    snprintf(path, sizeof path, "%s/transcript.json", test_tmp());
    for (size_t i = 0; i < sizeof RULES / sizeof RULES[0]; i++) {
        int counted = 0, lots = 0;
        for (uint64_t seed = 1; seed <= ELECTIONS; seed++) {
            one_election(&RULES[i], seed, path, ballots, &counted, &lots);
        }
        printf("# %s: %d elections, %d with a lot\n", RULES[i].name, counted, lots);
        CHECK(counted > ELECTIONS / 2 && (lots > 5 || RULES[i].abstain));
    }
}
