/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Books that must agree: reading, residuals, joint covariance, reconciled amounts, who is suspect. */
#include <stdlib.h>

#include <plenty/watch.h>

#include "test/test.h"

static const char *write_file(const char *name, const char *text)
{
    static char path[8][4096];
    static int next;
    char *out = path[next++ % 8];
    snprintf(out, 4096, "%s/%s", test_tmp(), name);
    FILE *f = fopen(out, "w");
    CHECK(f != NULL && fputs(text, f) >= 0 && fclose(f) == 0);
    return out;
}

static pl_books *read_books(const char *claims, const char *deliveries, const char *techniques, const char *tills)
{
    pl_books *b;
    pl_error err;
    if (pl_books_read(write_file("claims.csv", claims), write_file("deliveries.csv", deliveries), techniques != NULL ? write_file("techniques.csv", techniques) : NULL,
                      tills != NULL ? write_file("tills.csv", tills) : NULL, NULL, &b, &err) != PL_OK) {
        FAIL("%s: %s", err.subject, err.message);
    }
    return b;
}

static const char *const CLAIMS = "unit,quantity\nmill,100\nbakery,50\nbakery,50\nfarm,200\n";
static const char *const DELIVERIES = "from,to,quantity,sd\nfarm,mill,150,\nfarm,households,50,\nmill,bakery,100,\nbakery,households,60,0.05\nbakery,households,40,0.05\nlabour,bakery,300,\nenergy,bakery,20,\n";
static const char *const TECHNIQUES = "unit,input,amount,sd\nmill,farm,1.5,\nbakery,mill,1,0.2\nbakery,labour,3,\nbakery,energy,0.2,\n";
static const char *const TILLS = "unit,quantity\nbakery,100\nfarm,50\n";

TEST(books_are_read_and_brought_together)
{
    pl_books *b = read_books(CLAIMS, DELIVERIES, TECHNIQUES, TILLS);
    CHECK_INT(b->n, 3);
    CHECK_NEAR(b->claim[1], 100, 0);
    CHECK_NEAR(b->claim_variance[1], 2 * 50 * 50 * 0.0004, 1e-12);
    CHECK_NEAR(b->households[1], 100, 0);
    CHECK_INT(b->n_outside, 3);
    CHECK_INT(b->n_flows, 6); /* the two of the bakery are one; labour and energy are not */
    for (int64_t f = 0; f < b->n_flows; f++) {
        const pl_flow *x = &b->flow[f];
        if (x->from == 1) {
            CHECK_NEAR(x->variance, (60.0 * 60 + 40 * 40) * 0.0025, 1e-12);
        }
        if (x->from == 0) {
            CHECK_NEAR(x->coefficient, 1, 0);
            CHECK_NEAR(x->deviation, 0.2, 0);
        }
    }
    pl_books_free(b);
}

TEST(books_that_agree_accuse_nobody)
{
    pl_books *b = read_books(CLAIMS, DELIVERIES, TECHNIQUES, TILLS);
    pl_book book[3];
    pl_books_report report;
    pl_error err;
    double reconciled[9];
    CHECK(pl_books_check(b, NULL, book, reconciled, &report, &err) == PL_OK);
    CHECK_INT(report.suspects, 0);
    CHECK_INT(report.residuals, 3 + 2 + 2);
    CHECK_NEAR(report.chi2, 0, 1e-12);
    for (int64_t f = 0; f < b->n_flows; f++) {
        CHECK_NEAR(reconciled[f], b->flow[f].quantity, 1e-9);
    }
    pl_books_free(b);
}

/* One unit, one receiver: everything can be worked out by hand. */
TEST(residuals_are_those_of_a_pencil)
{
    pl_books *b = read_books("unit,quantity\na,110\n", "from,to,quantity\na,store,100\n", NULL, NULL);
    pl_book book[1];
    pl_books_report report;
    pl_error err;
    double reconciled[2];
    CHECK(pl_books_check(b, NULL, book, reconciled, &report, &err) == PL_OK);
    double v = 2 * 2 + 2 * 2; /* both 2 % of 100: the claim is not excused by its size */
    CHECK_NEAR(book[0].balance, 10 / sqrt(v), 1e-12);
    CHECK_NEAR(book[0].alone, 10 / sqrt(v), 1e-12);
    CHECK_NEAR(book[0].alone_amount, 10, 1e-12);
    CHECK_NEAR(report.chi2, 100 / v, 1e-12);
    CHECK_NEAR(book[0].together, 0, 1e-12); /* nothing could show it */
    CHECK_NEAR(report.limit, 2.575829303548901, 1e-9);
    CHECK_INT(book[0].suspicion, PL_PADS_ALONE);
    double w = 110.0 * 110 * 0.0004, r = 100 * 100 * 0.0004; /* reconciled as reported: each gives way by its variance */
    CHECK_NEAR(reconciled[0], 100 + 10 * r / (w + r), 1e-9);
    CHECK_NEAR(reconciled[1], reconciled[0], 1e-9);
    CHECK(isnan(book[0].technology) && isnan(book[0].till));
    pl_books_free(b);
}

static const pl_book *check(pl_books *b, pl_books_report *report)
{
    static pl_book book[8];
    pl_error err;
    CHECK(pl_books_check(b, NULL, book, NULL, report, &err) == PL_OK);
    return book;
}

TEST(who_pads_alone_and_who_with_others)
{
    pl_books_report report;
    pl_books *b = read_books("unit,quantity\nmill,130\nbakery,100\nfarm,200\n", DELIVERIES, TECHNIQUES, TILLS);
    const pl_book *book = check(b, &report);
    CHECK_INT(book[0].suspicion, PL_PADS_ALONE);
    CHECK_NEAR(book[0].alone_amount, 30, 0.02);
    CHECK_INT(report.suspects, 1);
    pl_books_free(b);
    /* the bakery and its shops say 140; inputs and tills know of 100 */
    b = read_books("unit,quantity\nmill,100\nbakery,140\nfarm,200\n",
                   "from,to,quantity\nfarm,mill,150\nfarm,households,50\nmill,bakery,100\nbakery,households,140\nlabour,bakery,300\nenergy,bakery,20\n", TECHNIQUES, TILLS);
    book = check(b, &report);
    CHECK(fabs(book[1].balance) < 1e-12 && book[1].till > 10);
    CHECK_INT(book[1].suspicion, PL_PADS_TOGETHER);
    CHECK_NEAR(book[1].together_amount, 40, 0.05);
    CHECK_INT(report.suspects, 1);
    pl_books_free(b);
}

TEST(two_who_pad_are_both_found)
{
    pl_books_report report;
    pl_books *b = read_books("unit,quantity\nmill,130\nbakery,100\nfarm,260\n", DELIVERIES, TECHNIQUES, TILLS);
    const pl_book *book = check(b, &report);
    CHECK(book[0].suspicion == PL_PADS_ALONE && book[2].suspicion == PL_PADS_ALONE && book[1].suspicion == PL_NOT_SUSPECT);
    CHECK_INT(report.suspects, 2);
    pl_books_free(b);
}

TEST(what_cannot_be_is_refused)
{
    const struct {
        const char *claims, *deliveries, *techniques, *message;
    } wrong[] = {
        {"unit,quantity\na,-1\n", "from,to,quantity\n", NULL, "cannot be below zero"},
        {"unit,quantity\na,\n", "from,to,quantity\n", NULL, "the amount is blank"},
        {"unit,quantity\n", "from,to,quantity\n", NULL, "nobody claims anything"},
        {"unit,amount\na,1\n", "from,to,quantity\n", NULL, "there is no column 'quantity'"},
        {"unit,quantity\na,1\n", "from,to,quantity\nx,y,1\n", NULL, "neither sender nor receiver"},
        {"unit,quantity\na,1\n", "from,to,quantity\na,b,1\n", "unit,input,amount\nb,a,1\n", "no unit of this name"},
        {"unit,quantity\na,1\n", "from,to,quantity\na,b,1\n", "unit,input,amount\na,c,1\na,c,2\n", "two coefficients"},
        {"unit,quantity\n,1\n", "from,to,quantity\n", NULL, "unit is blank"},
    };
    for (size_t k = 0; k < sizeof wrong / sizeof wrong[0]; k++) {
        pl_books *b;
        pl_error err;
        pl_status status = pl_books_read(write_file("c.csv", wrong[k].claims), write_file("d.csv", wrong[k].deliveries),
                                         wrong[k].techniques != NULL ? write_file("t.csv", wrong[k].techniques) : NULL, NULL, NULL, &b, &err);
        CHECK_INT(status, PL_DATA);
        if (strstr(err.message, wrong[k].message) == NULL) {
            FAIL("%zu: %s", k, err.message);
        }
    }
}

/* Units that report nothing, or claim nothing at all, hinder nobody. */
TEST(empty_units_do_no_harm)
{
    pl_books_report report;
    pl_books *b = read_books("unit,quantity\nnone,0\na,110\n", "from,to,quantity\na,store,100\n", "unit,input,amount\nnone,a,1\n", NULL);
    const pl_book *book = check(b, &report);
    CHECK_INT(book[0].suspicion, PL_NOT_SUSPECT);
    CHECK(book[1].alone > 3);
    pl_books_free(b);
}
