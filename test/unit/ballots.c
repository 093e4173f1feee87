/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Files of ballots, as they should be and as they are met. */
#include "test/test.h"

#include "ballot/ballots.h"
#include "ballot/transcript.h"
#include "base/mem.h"

static pl_status read_bytes(const char *text, size_t n, pl_ballots **b, pl_error *err)
{
    pl_file file = {.bytes = pl_alloc(n + 1, 1), .n = n};
    if (file.bytes == NULL) {
        return pl_fail_nomem(err, "test");
    }
    memcpy(file.bytes, text, n);
    file.bytes[n] = '\0';
    pl_status status = pl_read_ballots("f", NULL, &file, b, err);
    pl_free(file.bytes);
    return status;
}

/* The ballots in one line, "N/S c:1>2=3 ... names title", or "place: message". */
static const char *read(const char *text)
{
    static char out[8192];
    pl_ballots *b = NULL;
    pl_error err = {0};
    size_t at = 0;
    pl_status status = read_bytes(text, strlen(text), &b, &err);
    if (status != PL_OK) {
        CHECK(b == NULL && err.status == status && err.message[0] != '\0');
        snprintf(out, sizeof out, "%s: %s", err.subject, err.message);
        return out;
    }
    at += (size_t)snprintf(out + at, sizeof out - at, "%d/%d", b->n_candidates, b->seats);
    for (int64_t r = 0; r < b->n_rows; r++) {
        at += (size_t)snprintf(out + at, sizeof out - at, " %lld:", (long long)b->count[r]);
        for (int64_t i = b->start[r]; i < b->start[r + 1]; i++) {
            const char *between = i == b->start[r] ? "" : (b->choice[i] & PL_EQUAL_RANK) != 0 ? "=" : ">";
            at += (size_t)snprintf(out + at, sizeof out - at, "%s%d", between, (b->choice[i] & 0x7fff) + 1);
            if (b->kind == PL_SCORED) {
                at += (size_t)snprintf(out + at, sizeof out - at, "*%lld", (long long)b->score[i]);
            }
        }
    }
    if (b->blank > 0) {
        at += (size_t)snprintf(out + at, sizeof out - at, " blank:%lld", (long long)b->blank);
    }
    for (int32_t c = 0; c < b->n_candidates; c++) {
        const pl_candidate *who = &b->candidate[c];
        at += (size_t)snprintf(out + at, sizeof out - at, "|%s%s%s%s", who->withdrawn ? "-" : "", who->name,
                               who->group[0] != '\0' ? "/" : "", who->group);
        if (who->cost >= 0) {
            at += (size_t)snprintf(out + at, sizeof out - at, "$%lld", (long long)who->cost);
        }
    }
    snprintf(out + at, sizeof out - at, "|%s", b->title);
    pl_ballots_free(b);
    return out;
}

#define HEAD "2 1\n3 1 2 0\n2 2 0\n0\n"

TEST(blt_is_read)
{
    CHECK_STR(read(HEAD "\"Ann\"\n\"Bob\"\n\"Title\"\n"), "2/1 3:1>2 2:2|Ann|Bob|Title");
    CHECK_STR(read("4 2\n-2\n3 1 3 4 0\n4 1 3 2 0\n2 4 1 3 0\n1 2 0\n2 2 4 3 1 0\n1 3 4 2 0\n0\n\"Adam\"\n\"Basil\"\n\"Charlotte\"\n"
                   "\"Donald\"\n\"Title\"\n"),
              "4/2 3:1>3>4 4:1>3>2 2:4>1>3 1:2 2:2>4>3>1 1:3>4>2|Adam|-Basil|Charlotte|Donald|Title");
    CHECK_STR(read("\xef\xbb\xbf" HEAD), "2/1 3:1>2 2:2|||");
    CHECK_STR(read("2 1\r\n3 1 2 0\r\n0\r\n\"Ann\"\r\n\"Bob\"\r\n"), "2/1 3:1>2|Ann|Bob|");
    CHECK_STR(read("2 1 3 1 2 0 2 2 0 0 \"Ann\" \"Bob\" \"Title\""), "2/1 3:1>2 2:2|Ann|Bob|Title");
    CHECK_STR(read("# by hand\n2 1 # two, one\n/* many\nlines */ 3 1 // best\n 2 0 0\n\"A\"\n\"B\" # the second\n"), "2/1 3:1>2|A|B|");
    CHECK_STR(read("3 2 -1 -3 4 2 0 0"), "3/2 4:2|-||-|");
    CHECK_STR(read("2 1\n(p1) 1 1 0\n(p2) 1 2 0\n0\n"), "2/1 1:1 1:2|||");
    CHECK_STR(read("3 1\n1 1=2 3 0\n1 1 = 3 0\n1 2 - 1 0\n0\n"), "3/1 1:1=2>3 1:1=3 1:2>1||||");
    CHECK_STR(read("2 1\n7 0\n3 1 0\n0\n"), "2/1 3:1 blank:7|||");
    CHECK_STR(read("2,1\n3,1,2,0\n0\n"), "2/1 3:1>2|||");
}

TEST(names_are_read_however_they_are_written)
{
    CHECK_STR(read(HEAD "\"Smith, John\"\n\"O\"\"Neill\"\n\"T\"\n"), "2/1 3:1>2 2:2|Smith, John|O\"Neill|T");
    CHECK_STR(read(HEAD "Smith, John\nJosé Ñandú\nÅrsta, 2017\n"), "2/1 3:1>2 2:2|Smith, John|José Ñandú|Årsta, 2017");
    CHECK_STR(read(HEAD "\"Ann\" \"Labour\"\n\"Bob\",\"Greens\"\n\"T\"\n"), "2/1 3:1>2 2:2|Ann/Labour|Bob/Greens|T");
    CHECK_STR(read(HEAD "\"Ann\" Labour Party\n\n  Bob  \n"), "2/1 3:1>2 2:2|Ann/Labour Party|Bob|");
    CHECK_STR(read(HEAD "\"a \\\"b\\\" c\"\nBob\n"), "2/1 3:1>2 2:2|a \"b\" c|Bob|");
    CHECK_STR(read(HEAD "\"Ann\"\n\"Bob\"\n\"T\"\n\"source\"\n\"comment\"\n"), "2/1 3:1>2 2:2|Ann|Bob|T");
}

TEST(wrong_blt_is_refused_with_its_place)
{
    CHECK_STR(read(""), "f: this file is empty");
    CHECK_STR(read("hello"), "f: this is no file of ballots");
    CHECK_STR(read("2"), "f:1:2: the file ends in the middle of the ballots");
    CHECK_STR(read("0 1"), "f:1:1: there must be at least one candidate");
    CHECK_STR(read("5000 1"), "f:1:1: there are more than 4000 candidates");
    CHECK_STR(read("2 3"), "f:1:3: there are more seats than candidates");
    CHECK_STR(read("2 0"), "f:1:3: there must be at least one seat");
    CHECK_STR(read("2 1\n-3\n"), "f:2:1: there is no candidate of that number");
    CHECK_STR(read("2 1\n-x\n"), "f:2:1: a number must follow the minus sign");
    CHECK_STR(read("2 1\n3 1 3 0\n0\n"), "f:2:5: there is no candidate of that number");
    CHECK_STR(read("2 1\n3 1 1 0\n0\n"), "f:2:5: this candidate is on the paper already");
    CHECK_STR(read("2 1\n3 1 2\n2 2 0\n0\n"), "f:3:1: this candidate is on the paper already");
    CHECK_STR(read("2 1\n3 1 2 0\n"), "f:3:1: the file ends in the middle of the ballots");
    CHECK_STR(read("2 1\n3 1 2 0\n\"Ann\"\n"), "f:3:1: a name stands where a number is expected");
    CHECK_STR(read("2 1\n1.5 1 0\n0\n"), "f:2:1: weights with a decimal point are not counted");
    CHECK_STR(read("2 1\n3 1 x 0\n0\n"), "f:2:5: this is not a whole number");
    CHECK_STR(read("2 1\n3 1 2x 0\n0\n"), "f:2:5: this is not a whole number");
    CHECK_STR(read("2 1\n[nick a b]\n"), "f:2:1: options in brackets are not read");
    CHECK_STR(read("2 1\n3 1 0\n-1\n0\n"), "f:3:1: a number of papers cannot be negative");
    CHECK_STR(read("2 1\n(x 1 1 0\n"), "f:2:1: the identifier of this paper is not closed");
    CHECK_STR(read("2 1\n2000000001 1 0\n0\n"), "f:2:1: there are more than two thousand million papers");
    CHECK_STR(read("2 1\n99999999999999999999 1 0\n0\n"), "f:2:1: this is not a whole number");
    CHECK_STR(read(HEAD "\"Ann\n\"Bob\"\n"), "f:5:1: this quote is never closed");
    CHECK_STR(read(HEAD "\"Ann\"\n"), "f:6:1: there are names for 1 of 2 candidates");
    CHECK_STR(read(HEAD "Ann\nJos\xe9\n"), "f:6:4: this is not a UTF-8 character");
    CHECK_STR(read("2 1\nö 1 0\n"), "f:2:1: this is not a whole number");
    CHECK_STR(read("\xff\xfe" "2 1"), "f: this text is UTF-16, not UTF-8");
    CHECK_STR(read("2 1\n1 1 =\n"), "f:3:1: the file ends in the middle of the ballots");
    CHECK_STR(read("2 1\n1 = 1 0\n"), "f:2:3: this is not a whole number");
    CHECK_STR(read("2 1\n1 1 = 0\n"), "f:2:7: there is no candidate of that number");
}

#define META "META\nkey;value\ndescription;Town\nbudget;2500\nvote_type;approval\n"
#define PROJECTS "PROJECTS\nproject_id;name;cost\na;Park;600\nb;\"Pool; new\";800.50\n"

TEST(pabulib_is_read)
{
    CHECK_STR(read(META PROJECTS "VOTES\nvoter_id;vote\n1;a,b\n2;b\n3;\n"), "2/0 1:1>2 1:2 blank:1|Park$60000|Pool; new$80050|Town");
    CHECK_STR(read("META\nkey;value\nvote_type;cumulative\nbudget;10,5\n" PROJECTS "VOTES\nvoter_id;vote;points\n1;a,b;3,2\n2;b;0\n3; b , a ;1.0, 4\n"),
              "2/0 1:1*3>2*2 1:2*1>1*4 blank:1|Park$60000|Pool; new$80050|");
    CHECK_STR(read("META\nkey;value\nvote_type;ordinal\n\nPROJECTS\nproject_id;cost\n1; 5\n2; 6\n\nVOTES\nvote\n\"2,1\"\n1\n"), "2/0 1:2>1 1:1|$500|$600|");
    CHECK_STR(read("META;\r\nkey;value\r\nvote_type;approval\r\nPROJECTS;;\r\nproject_id;cost;x\r\n1;5;\r\nVOTES\r\nvote\r\n1\r\n"), "1/0 1:1|$500|");
}

TEST(wrong_pabulib_is_refused_with_its_place)
{
    CHECK_STR(read(META), "f: there is no section PROJECTS");
    CHECK_STR(read(META PROJECTS), "f: there is no section VOTES");
    CHECK_STR(read("META\nkey;value\n" PROJECTS), "f:3:1: META says no vote_type");
    CHECK_STR(read("META\nkey;value\nvote_type;choose\n"), "f:3:11: this kind of vote is not known");
    CHECK_STR(read("META\nkey;value\nbudget;2 500\n"), "f:3:8: the budget is not an amount of money");
    CHECK_STR(read("META\nkey;value\nbudget;1.005\n"), "f:3:8: the budget is not an amount of money");
    CHECK_STR(read(META "VOTES\nvote\n"), "f:6:1: this section is out of order");
    CHECK_STR(read(META "PROJECTS\nid;cost\n"), "f:7:1: the section PROJECTS has no column 'project_id'");
    CHECK_STR(read(META "PROJECTS\nproject_id;cost\n1\n"), "f:8:1: this line has fewer fields than its section needs");
    CHECK_STR(read(META "PROJECTS\nproject_id;cost\n1;x\n"), "f:8:3: the cost is not an amount of money");
    CHECK_STR(read(META "PROJECTS\nproject_id;cost\n1;5\n1;6\n"), "f:9:1: '1' is there twice");
    CHECK_STR(read(META "PROJECTS\nproject_id;cost\n;6\n"), "f:8:1: this project has no identifier");
    CHECK_STR(read(META PROJECTS "VOTES\nvoter_id;vote\n1;a, c\n"), "f:12:6: there is no project of this identifier");
    CHECK_STR(read(META PROJECTS "VOTES\nvoter_id;vote\n1;a,a\n"), "f:12:3: a candidate is unknown, or twice on one paper");
    CHECK_STR(read(META PROJECTS "VOTES\nvoter_id;vote\n1;a,b,a\n"), "f:12:7: this vote names a project twice");
    CHECK_STR(read(META "PROJECTS\nproject_id;cost\n\"1;6\n"), "f:8:1: this quote is never closed");
    CHECK_STR(read(META "PROJECTS\nproject_id;cost\n\"1\"x;6\n"), "f:8:4: there is text after the closing quote");
    CHECK_STR(read("META\nkey;value\nvote_type;scoring\n" PROJECTS "VOTES\nvote;points\na,b;1\n"), "f:10:5: these points do not fit the vote");
    CHECK_STR(read("META\nkey;value\nvote_type;scoring\n" PROJECTS "VOTES\nvote;points\na;-1\n"), "f:10:3: these points do not fit the vote");
}

TEST(tables_of_ballots_are_read)
{
    CHECK_STR(read("count,preferences\n3,1 2\n2,2\n1,\n"), "2/0 3:1>2 2:2 blank:1|||");
    CHECK_STR(read("preferences\n1 2\n\"3\"\n"), "3/0 1:1>2 1:3||||");
    CHECK_STR(read("count,preferences\n3,1 1\n"), "f:2:5: this paper has more preferences than there are candidates");
    CHECK_STR(read("count,preferences\n3,3 1 3\n"), "f:2:3: this paper ranks a candidate twice");
    CHECK_STR(read("count,preferences\n0,1\n"), "f:2:1: this is no number of papers");
    CHECK_STR(read("count,preferences\n1,1 x\n"), "f:2:5: this is no number of a candidate");
    CHECK_STR(read("count,preference\n1,1\n"), "f: there is no column 'preferences'");
    CHECK_STR(read("count,preferences\n1,1 5000\n"), "f:2:5: this is no number of a candidate");
}

/* Strict on output: what was written is read again as the same. */
TEST(blt_is_written)
{
    pl_ballots *b = NULL;
    pl_error err = {0};
    pl_str out;
    static const char text[] = "3 2\n-2\n5 0\n3 1=3 2 0\n0\nSmith, \"John\"\n\"B\" \"x\"\nC\nTitle\n";
    CHECK_INT(read_bytes(text, sizeof text - 1, &b, &err), PL_OK);
    pl_str_init(&out, 10000);
    pl_ballots_blt(b, b->seats, &out);
    CHECK_STR(out.text, "3 2\n-2\n5 0\n3 1=3 2 0\n0\n\"Smith, \"\"John\"\"\"\n\"B\" \"x\"\n\"C\"\n\"Title\"\n");
    char once[4096];
    snprintf(once, sizeof once, "%s", read(text));
    CHECK_STR(read(out.text), once);
    pl_str_clear(&out);
    CHECK_INT(pl_ballots_find(b, "C"), 2);
    CHECK_INT(pl_ballots_find(b, "3"), 2);
    CHECK_INT(pl_ballots_find(b, "D"), -1);
    pl_ballots_free(b);
}

TEST(programs_make_ballots_too)
{
    pl_ballots *b;
    pl_error err = {0};
    const uint16_t twice[] = {0, 0}, unknown[] = {5}, good[] = {1, 0}, begins_equal[] = {0x8001, 0};
    CHECK_INT(pl_ballots_new(PL_RANKED, &b, &err), PL_OK);
    CHECK_INT(pl_ballots_candidate(b, NULL, "A", NULL, -1, &err), PL_OK);
    CHECK_INT(pl_ballots_candidate(b, NULL, "B", "g", -1, &err), PL_OK);
    CHECK_INT(pl_ballots_candidate(b, "1", "C", NULL, -1, &err), PL_DATA);
    CHECK_INT(pl_ballots_add(b, 1, twice, NULL, 2, &err), PL_DATA);
    CHECK_INT(pl_ballots_add(b, 1, unknown, NULL, 1, &err), PL_DATA);
    CHECK_INT(pl_ballots_add(b, 1, begins_equal, NULL, 2, &err), PL_DATA);
    CHECK_INT(pl_ballots_add(b, 0, good, NULL, 2, &err), PL_DATA);
    CHECK_INT(pl_ballots_add(b, 4, good, NULL, 2, &err), PL_OK);
    CHECK_INT(pl_ballots_add(b, PL_PAPERS_MAX - 4, good, NULL, 1, &err), PL_OK);
    CHECK_INT(pl_ballots_add(b, 1, good, NULL, 1, &err), PL_TOOBIG);
    CHECK_INT(b->papers, PL_PAPERS_MAX);
    pl_ballots_free(b);
}

/* Whichever allocation fails: an error, and nothing is lost. */
TEST(reading_without_memory)
{
    static const char *const texts[] = {HEAD "\"Ann\" \"x\"\n\"Bob\"\n\"T\"\n", META PROJECTS "VOTES\nvoter_id;vote\n1;a,b\n",
                                        "count,preferences\n3,1 2\n2,2\n"};
    for (size_t t = 0; t < 3; t++) {
        pl_status status = PL_NOMEM;
        for (uint64_t k = 1; status != PL_OK; k++) {
            pl_ballots *b = NULL;
            pl_error err = {0};
            pl_mem_fail_from(k);
            status = read_bytes(texts[t], strlen(texts[t]), &b, &err);
            pl_mem_fail_from(0);
            CHECK(status == PL_OK || status == PL_NOMEM);
            CHECK((b != NULL) == (status == PL_OK));
            pl_ballots_free(b);
            CHECK(k < 1000);
        }
    }
}
