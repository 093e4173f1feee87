/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Texts sorted into classes: what is learnt, what is honest about it, what is refused. */
#include "test/test.h"

#include <stdlib.h>

#include <plenty/estimate.h>

#include "base/mem.h"
#include "base/rng.h"

enum { TEXTS = 900, CLASSES = 3 };
static const char *const KIND[CLASSES][5] = {{"bread", "rolls", "bun", "toast", "bagel"}, {"milk", "cheese", "yogurt", "cream", "butter"},
                                             {"nail", "screw", "hammer", "bolt", "hinge"}};
static const char *const OTHER[] = {"fresh", "large", "500 g", "organic", "MIXED", "brand x", "12 pcs", "blue"};
static char text[TEXTS][64];
static const char *texts[TEXTS];
static int32_t label[TEXTS];
static pl_error err;
static pl_classify_report report;

/* A word of the class among others; every tenth label is wrong. */
static void make(uint64_t seed)
{
    pl_rng rng;
    pl_rng_seed(&rng, seed);
    for (int i = 0; i < TEXTS; i++) {
        int32_t kind = (int32_t)pl_rng_below(&rng, CLASSES);
        const char *a = OTHER[pl_rng_below(&rng, 8)], *word = KIND[kind][pl_rng_below(&rng, 5)], *b = OTHER[pl_rng_below(&rng, 8)];
        int number = (int)pl_rng_below(&rng, 1000);
        snprintf(text[i], sizeof text[i], "%s %s %s no %d", a, word, b, number);
        texts[i] = text[i];
        label[i] = pl_rng_below(&rng, 10) == 0 ? (int32_t)pl_rng_below(&rng, CLASSES) : kind;
    }
}

static pl_classifier *train(void)
{
    pl_classifier *m;
    if (pl_classify_train(TEXTS, texts, label, CLASSES, NULL, &m, &report, &err) != PL_OK) {
        FAIL("%s", err.message);
    }
    return m;
}

TEST(classes_are_learnt_and_judged_honestly)
{
    make(1);
    pl_classifier *m = train();
    /* 0.9 + 0.1 / 3 of the labels are right: nobody can do better on texts not seen, and the report must not say so. */
    if (!(report.accuracy > 0.88 && report.accuracy < 0.955)) {
        FAIL("accuracy %g", report.accuracy);
    }
    if (!(report.calibration < 0.1)) { /* ten groups of 90 texts: chance alone makes it about 0.025, wrong labels the rest */
        FAIL("calibration %g", report.calibration);
    }
    CHECK(report.classes == CLASSES && report.coverage[9].part == 1 && report.coverage[9].accuracy == report.accuracy);
    CHECK(report.coverage[0].confidence >= report.coverage[5].confidence);
    static const struct {
        const char *text;
        int32_t class;
    } known[] = {{"Organic YOGURT, 500 g", 1}, {"bolt (blue)", 2}, {"mixed-bun no 77777", 0}};
    for (size_t i = 0; i < 3; i++) {
        int32_t first, second;
        double confidence;
        CHECK_INT(pl_classify(m, known[i].text, &first, &second, &confidence, &err), PL_OK);
        CHECK(first == known[i].class && second != first && confidence > 0.6 && confidence <= 1);
    }
    pl_classifier_free(m);
}

TEST(what_was_never_seen_goes_to_people)
{
    make(2);
    pl_classifier *m = train();
    int32_t first, second;
    double confidence;
    CHECK_INT(pl_classify(m, "", &first, &second, &confidence, &err), PL_OK);
    CHECK(confidence == 0);
    CHECK_INT(pl_classify(m, "\xd1\x8f\xd0\xb1\xd0\xbb", &first, &second, &confidence, &err), PL_OK);
    CHECK(confidence == 0);
    double low = pl_classify_threshold(m, 0.5), high = pl_classify_threshold(m, 0.93);
    CHECK(low <= high && low < 0.9);
    CHECK(pl_classify_threshold(m, 1.1) == 2);
    pl_classifier_free(m);
}

TEST(the_same_texts_give_the_same_model)
{
    make(3);
    pl_classifier *a = train();
    pl_classify_report before = report;
    pl_classifier *b = train();
    CHECK(memcmp(&before, &report, sizeof before) == 0);
    for (int i = 0; i < 50; i++) {
        int32_t first[2], second[2];
        double confidence[2];
        CHECK_INT(pl_classify(a, text[i], &first[0], &second[0], &confidence[0], &err), PL_OK);
        CHECK_INT(pl_classify(b, text[i], &first[1], &second[1], &confidence[1], &err), PL_OK);
        CHECK(first[0] == first[1] && second[0] == second[1] && confidence[0] == confidence[1]);
    }
    pl_classifier_free(a);
    pl_classifier_free(b);
}

TEST(texts_that_cannot_teach_are_refused)
{
    make(4);
    pl_classifier *m;
    CHECK_INT(pl_classify_train(TEXTS, texts, label, 1, NULL, &m, &report, &err), PL_DATA);
    CHECK_INT(pl_classify_train(TEXTS, texts, label, 2, NULL, &m, &report, &err), PL_DATA); /* there is a third */
    CHECK_INT(pl_classify_train(5, texts, label, CLASSES, NULL, &m, &report, &err), PL_DATA);
    const char *same[20];
    int32_t zero[20] = {0};
    for (int i = 0; i < 20; i++) {
        same[i] = i % 2 == 0 ? "Milk 1 l" : "milk--1 L";
    }
    CHECK_INT(pl_classify_train(20, same, zero, 2, NULL, &m, &report, &err), PL_DATA);
    CHECK(strstr(err.message, "1 different texts") != NULL);
    for (uint64_t k = 1;; k++) {
        pl_mem_fail_from(k);
        pl_status status = pl_classify_train(60, texts, label, CLASSES, &(pl_classify_settings){.epochs = 1, .folds = 2}, &m, &report, &err);
        pl_mem_fail_from(0);
        if (status == PL_OK) {
            break;
        }
        CHECK(status == PL_NOMEM && m == NULL && k < 200);
    }
    pl_classifier_free(m);
}

/* A text that comes with several labels has the one given most often; texts of another source are learnt from, and judge nothing. */
TEST(votes_and_seeds)
{
    make(5);
    pl_classifier *m;
    static const char *more[TEXTS + 40];
    static int32_t which[TEXTS + 40];
    int32_t n = 0, first, second;
    double confidence;
    for (int i = 0; i < TEXTS; i++, n++) {
        more[n] = texts[i];
        which[n] = label[i];
    }
    for (int i = 0; i < 30; i++, n++) { /* one text: 20 times class 1, 10 times class 0 */
        more[n] = i % 2 == 0 ? "Zyxwv quux" : "zyxwv-QUUX";
        which[n] = i < 20 ? 1 : 0;
    }
    CHECK_INT(pl_classify_train(n, more, which, CLASSES, NULL, &m, &report, &err), PL_OK);
    int32_t judged = report.texts;
    CHECK_INT(report.ambiguous, 1);
    CHECK_INT(pl_classify(m, "zyxwv", &first, &second, &confidence, &err), PL_OK);
    CHECK_INT(first, 1);
    pl_classifier_free(m);
    for (int i = 0; i < 5; i++, n++) {
        more[n] = i == 0 ? texts[0] : "Grault plugh"; /* the first is none: it is among the others too */
        which[n] = i == 0 ? label[0] : 2;
    }
    CHECK_INT(pl_classify_train(n, more, which, CLASSES, &(pl_classify_settings){.n_seeds = 5}, &m, &report, &err), PL_OK);
    CHECK(report.texts == judged && report.seeds == 1);
    CHECK_INT(pl_classify(m, "plugh", &first, &second, &confidence, &err), PL_OK);
    CHECK_INT(first, 2);
    pl_classifier_free(m);
    CHECK_INT(pl_classify_train(n, more, which, CLASSES, &(pl_classify_settings){.n_seeds = n + 1}, &m, &report, &err), PL_DATA);
    CHECK_INT(pl_classify_train(n, more, which, CLASSES, &(pl_classify_settings){.n_seeds = n}, &m, &report, &err), PL_DATA);
}
