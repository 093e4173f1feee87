/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * classify.c - what a product is, by its text: multinomial logistic regression on words and groups of letters, with a confidence that means
 * what it says.
 *
 * A text is a set of features: its words, and every 3, 4 and 5 bytes of each word with a mark at both ends.  All count alike,
 * 1 / sqrt(number of them).  Training goes through the texts one by one (AdaGrad), so that each touches only its own features.  For
 * honest figures the texts are dealt into folds, equal texts into the same, and each is judged by a model that never saw it; from the
 * same judgements comes the temperature by which scores are divided. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <plenty/estimate.h>

#include "base/checksum.h"
#include "base/mem.h"
#include "base/rng.h"

#define EPOCHS 8
#define FOLDS 5
#define RATE 0.5f         /* AdaGrad's step */
#define FEATURES_MAX 512  /* of one text */
#define WEIGHTS_MAX ((size_t)1 << 29)
#define TEXT_MAX 1024     /* bytes that count */
#define LEAST_TEXTS 10
#define SEED (-2)         /* in no fold: learnt from always, never judged */

struct pl_classifier {
    int32_t n_classes;
    uint32_t n_features, mask;
    uint64_t *key;      /* open addressing: hash of a feature, 0 = free */
    uint32_t *number;   /* its number */
    float *weight;      /* n_features x n_classes, then n_classes of their own */
    double temperature;
    int32_t n_judged;   /* confidence and right: of texts not seen in training, surest first */
    float *confidence;
    bool *right;
};

/* ---- Features of a text -------------------------------------------------------------------------------------------------------------- */

/* Lower case, letters and digits and bytes of other scripts kept, the rest one space. */
static size_t normalise(const char *text, char out[TEXT_MAX + 2])
{
    size_t n = 0;
    out[n++] = ' ';
    for (; *text != '\0' && n < TEXT_MAX; text++) {
        unsigned char c = (unsigned char)*text;
        bool keep = c >= 0x80 || isalnum(c);
        if (keep) {
            out[n++] = c < 0x80 ? (char)tolower(c) : (char)c;
        } else if (out[n - 1] != ' ') {
            out[n++] = ' ';
        }
    }
    if (out[n - 1] != ' ') {
        out[n++] = ' ';
    }
    return n;
}

static int add_feature(uint64_t hash, uint64_t *feature, int n)
{
    hash = hash != 0 ? hash : 1;
    for (int i = 0; i < n; i++) {
        if (feature[i] == hash) {
            return n;
        }
    }
    if (n < FEATURES_MAX) {
        feature[n++] = hash;
    }
    return n;
}

/* The different features of a text, as hashes. */
static int features_of(const char *text, uint64_t feature[FEATURES_MAX])
{
    char s[TEXT_MAX + 2];
    size_t n = normalise(text, s);
    int count = 0;
    for (size_t from = 0, to; from + 1 < n; from = to) {
        for (to = from + 1; s[to] != ' ';) {
            to++;
        }
        size_t length = to - from + 1; /* with both spaces */
        count = add_feature(pl_checksum(s + from, length) ^ 0x77, feature, count);
        for (size_t size = 3; size <= 5; size++) {
            for (size_t at = 0; at + size <= length; at++) {
                count = add_feature(pl_checksum(s + from + at, size), feature, count);
            }
        }
    }
    return count;
}

/* Number of a feature, or -1; with `add`, a new one gets the next number. */
static int64_t find_feature(pl_classifier *m, uint64_t hash, bool add)
{
    uint32_t at = (uint32_t)hash & m->mask;
    while (m->key[at] != 0 && m->key[at] != hash) {
        at = (at + 1) & m->mask;
    }
    if (m->key[at] == 0) {
        if (!add) {
            return -1;
        }
        m->key[at] = hash;
        m->number[at] = m->n_features++;
    }
    return m->number[at];
}

/* ---- Texts, read once --------------------------------------------------------------------------------------------------------------------- */

typedef struct corpus {
    int32_t n;            /* different texts with their label */
    int32_t *label;
    int64_t *start;       /* features of text i: feature[start[i]] .. */
    uint32_t *feature;
    int32_t *fold;
    int32_t *order;       /* scratch */
    float *squares;       /* of AdaGrad, as many as weights */
    float *score;         /* n_classes */
} corpus;

static void corpus_clear(corpus *c)
{
    pl_free(c->label);
    pl_free(c->start);
    pl_free(c->feature);
    pl_free(c->fold);
    pl_free(c->order);
    pl_free(c->squares);
    pl_free(c->score);
}

/* A text that was given, by the hash of what counts of it. */
typedef struct given {
    uint64_t hash;
    int32_t label, row;
} given;

static int by_text(const void *a, const void *b)
{
    const given *x = a, *y = b;
    if (x->hash != y->hash) {
        return x->hash < y->hash ? -1 : 1;
    }
    if (x->label != y->label) {
        return x->label < y->label ? -1 : 1;
    }
    return (x->row > y->row) - (x->row < y->row);
}

static int by_first(const void *a, const void *b)
{
    const given *x = a, *y = b;
    return (x->row > y->row) - (x->row < y->row);
}

/* Leaves one of all that are the same text, with the label given most often and the first row (so that a seed that is also among the others is
 * none); returns how many are left. */
static int32_t unite(given *g, int32_t n, int32_t *ambiguous)
{
    int32_t left = 0;
    qsort(g, (size_t)n, sizeof *g, by_text);
    for (int32_t from = 0, to; from < n; from = to) {
        given one = g[from];
        int32_t most = 0;
        for (to = from; to < n && g[to].hash == one.hash;) {
            int32_t same = to;
            for (; to < n && g[to].hash == one.hash && g[to].label == g[same].label; to++) {
                one.row = g[to].row < one.row ? g[to].row : one.row;
            }
            if (to - same > most) {
                most = to - same;
                one.label = g[same].label;
            }
        }
        *ambiguous += most < to - from;
        g[left++] = one;
    }
    qsort(g, (size_t)left, sizeof *g, by_first);
    return left;
}

static bool grow_table(pl_classifier *m, uint32_t least)
{
    uint32_t mask = 1023;
    while (mask / 2 < least) {
        mask = mask * 2 + 1;
    }
    if (m->key != NULL && mask <= m->mask) {
        return true;
    }
    uint64_t *old_key = m->key;
    uint32_t *old_number = m->number, old = m->key != NULL ? m->mask + 1 : 0;
    m->key = PL_NEW0(uint64_t, (size_t)mask + 1);
    m->number = PL_NEW(uint32_t, (size_t)mask + 1);
    m->mask = mask;
    bool fine = m->key != NULL && m->number != NULL;
    for (uint32_t i = 0; i < old && fine; i++) {
        uint32_t at = (uint32_t)old_key[i] & mask;
        while (old_key[i] != 0 && m->key[at] != 0) {
            at = (at + 1) & mask;
        }
        if (old_key[i] != 0) {
            m->key[at] = old_key[i];
            m->number[at] = old_number[i];
        }
    }
    pl_free(old_key);
    pl_free(old_number);
    return fine;
}

static pl_status read_texts(pl_classifier *m, corpus *c, int32_t n, const char *const *texts, const int32_t *labels, int32_t folds, int32_t seeds,
                            pl_classify_report *report, pl_error *err)
{
    given *g = PL_NEW(given, n);
    size_t cap = 0;
    uint64_t feature[FEATURES_MAX];
    c->label = PL_NEW(int32_t, n);
    c->start = PL_NEW(int64_t, (int64_t)n + 1);
    c->fold = PL_NEW(int32_t, n);
    bool fine = g != NULL && c->label != NULL && c->start != NULL && c->fold != NULL;
    int64_t at = 0;
    for (int32_t i = 0; i < n && fine; i++) {
        char plain[TEXT_MAX + 2];
        g[i] = (given){pl_checksum(plain, normalise(texts[i], plain)), labels[i], i};
    }
    int32_t left = fine ? unite(g, n, &report->ambiguous) : 0;
    for (int32_t i = 0; i < left && fine; i++) {
        int count = features_of(texts[g[i].row], feature);
        bool seed = g[i].row >= n - seeds;
        fine = pl_grow(&c->feature, &cap, (size_t)at + FEATURES_MAX, sizeof *c->feature, SIZE_MAX / 64) &&
               grow_table(m, m->n_features + FEATURES_MAX);
        c->start[i] = at;
        for (int k = 0; k < count && fine; k++) {
            c->feature[at++] = (uint32_t)find_feature(m, feature[k], true);
        }
        report->seeds += seed;
        c->fold[i] = seed ? SEED : (int32_t)((g[i].hash >> 8) % (uint64_t)folds);
        c->label[i] = g[i].label;
    }
    if (fine) {
        c->n = left;
        c->start[left] = at;
    }
    pl_free(g);
    return fine ? PL_OK : pl_fail_nomem(err, "the classes");
}

/* ---- Training -------------------------------------------------------------------------------------------------------------------------------- */

/* Scores of the features (count of them) into `score`; the class with the highest. */
static int32_t add_scores(const pl_classifier *m, const uint32_t *feature, int64_t count, float *score)
{
    size_t C = (size_t)m->n_classes;
    const float *own = m->weight + (size_t)m->n_features * C;
    float x = count > 0 ? 1 / sqrtf((float)count) : 0;
    memset(score, 0, C * sizeof *score);
    for (int64_t k = 0; k < count; k++) {
        const float *w = m->weight + (size_t)feature[k] * C;
        for (size_t j = 0; j < C; j++) {
            score[j] += w[j];
        }
    }
    int32_t best = 0;
    for (size_t j = 0; j < C; j++) {
        score[j] = score[j] * x + own[j];
        best = score[j] > score[best] ? (int32_t)j : best;
    }
    return best;
}

/* Scores become probabilities at a temperature. */
static void soften(float *score, int32_t n, float most, double temperature)
{
    float sum = 0, scale = (float)(1 / temperature);
    for (int32_t j = 0; j < n; j++) {
        score[j] = expf((score[j] - most) * scale);
        sum += score[j];
    }
    for (int32_t j = 0; j < n; j++) {
        score[j] /= sum;
    }
}

/* One text: the gradient of -log P(label) is (p - [label]) x for every feature. */
static void learn(pl_classifier *m, corpus *c, int32_t i)
{
    size_t C = (size_t)m->n_classes;
    int64_t count = c->start[i + 1] - c->start[i];
    float x = count > 0 ? 1 / sqrtf((float)count) : 0;
    int32_t best = add_scores(m, c->feature + c->start[i], count, c->score);
    soften(c->score, m->n_classes, c->score[best], 1);
    c->score[c->label[i]] -= 1;
    for (int64_t k = 0; k <= count; k++) {
        size_t row = k < count ? c->feature[c->start[i] + k] : m->n_features;
        float *w = m->weight + row * C, *square = c->squares + row * C, scale = k < count ? x : 1;
        for (size_t j = 0; j < C; j++) {
            float g = c->score[j] * scale;
            square[j] += g * g;
            w[j] -= RATE * g / sqrtf(square[j] + 1e-8f);
        }
    }
}

/* Trains on all texts but those of fold `without` (-1: on all). */
static pl_status train(pl_classifier *m, corpus *c, int32_t without, const pl_classify_settings *set, double from, double to, pl_error *err)
{
    size_t weights = ((size_t)m->n_features + 1) * (size_t)m->n_classes;
    int32_t epochs = set->epochs > 0 ? set->epochs : EPOCHS, n = 0;
    pl_rng rng;
    pl_rng_seed(&rng, set->seed + (uint64_t)(without + 1));
    memset(m->weight, 0, weights * sizeof *m->weight);
    memset(c->squares, 0, weights * sizeof *c->squares);
    for (int32_t i = 0; i < c->n; i++) {
        if (c->fold[i] != without) {
            c->order[n++] = i;
        }
    }
    for (int32_t epoch = 0; epoch < epochs; epoch++) {
        for (int32_t i = n - 1; i > 0; i--) {
            int32_t k = (int32_t)pl_rng_below(&rng, (uint64_t)i + 1), old = c->order[i];
            c->order[i] = c->order[k];
            c->order[k] = old;
        }
        for (int32_t i = 0; i < n; i++) {
            if (i % 256 == 0 && !pl_tick(set->progress, "learning", from + (to - from) * (epoch + (double)i / n) / epochs)) {
                return pl_fail(err, PL_STOPPED, NULL, NULL, "stopped");
            }
            learn(m, c, c->order[i]);
        }
    }
    return PL_OK;
}

/* ---- Judging ------------------------------------------------------------------------------------------------------------------------------------- */

/* Of a text not seen in training. */
typedef struct judgement {
    int32_t label, said;
    float *score;     /* n_classes */
    float confidence; /* at the temperature found */
} judgement;

static double loss_at(const judgement *j, int32_t n, int32_t classes, double temperature)
{
    double loss = 0;
    for (int32_t i = 0; i < n; i++) {
        double sum = 0, most = j[i].score[j[i].said];
        for (int32_t k = 0; k < classes; k++) {
            sum += exp((j[i].score[k] - most) / temperature);
        }
        loss += log(sum) - (j[i].score[j[i].label] - most) / temperature;
    }
    return loss;
}

/* The temperature at which the labels are likeliest: golden section (Kiefer 1953) over its logarithm. */
static double find_temperature(const judgement *j, int32_t n, int32_t classes)
{
    const double golden = (sqrt(5) - 1) / 2;
    double a = log(0.1), b = log(10), x = b - golden * (b - a), y = a + golden * (b - a);
    double fx = loss_at(j, n, classes, exp(x)), fy = loss_at(j, n, classes, exp(y));
    while (b - a > 1e-3) {
        if (fx < fy) {
            b = y;
            y = x;
            fy = fx;
            x = b - golden * (b - a);
            fx = loss_at(j, n, classes, exp(x));
        } else {
            a = x;
            x = y;
            fx = fy;
            y = a + golden * (b - a);
            fy = loss_at(j, n, classes, exp(y));
        }
    }
    return exp((a + b) / 2);
}

static int surest_first(const void *a, const void *b)
{
    const judgement *x = a, *y = b;
    return (x->confidence < y->confidence) - (x->confidence > y->confidence);
}

static double macro_f1(const judgement *j, int32_t n, int32_t classes, int32_t *occurring, double *scratch)
{
    double *right = scratch, *said = right + classes, *there = said + classes, sum = 0;
    memset(scratch, 0, (size_t)classes * 3 * sizeof *scratch);
    *occurring = 0;
    for (int32_t i = 0; i < n; i++) {
        right[j[i].label] += j[i].said == j[i].label;
        said[j[i].said]++;
        there[j[i].label]++;
    }
    for (int32_t k = 0; k < classes; k++) {
        *occurring += there[k] > 0;
        sum += there[k] > 0 ? 2 * right[k] / (said[k] + there[k]) : 0;
    }
    return *occurring > 0 ? sum / *occurring : 0;
}

/* Coverage and calibration of judgements sorted by confidence. */
static void tell(const judgement *j, int32_t n, pl_classify_report *r)
{
    double right = 0, group_right = 0, group_confidence = 0;
    int32_t row = 0;
    for (int32_t i = 0; i < n; i++) {
        right += j[i].said == j[i].label;
        group_right += j[i].said == j[i].label;
        group_confidence += j[i].confidence;
        if ((int64_t)(i + 1) * PL_COVERAGE_ROWS >= (int64_t)(row + 1) * n) {
            r->coverage[row++] = (pl_coverage){(double)(i + 1) / n, j[i].confidence, right / (i + 1)};
            r->calibration += fabs(group_right - group_confidence) / n;
            group_right = group_confidence = 0;
        }
    }
    r->accuracy = right / n;
}

static pl_status judge(pl_classifier *m, corpus *c, int32_t folds, const pl_classify_settings *set, judgement *j, pl_classify_report *r,
                       pl_error *err)
{
    int32_t n = 0;
    for (int32_t fold = 0; fold < folds; fold++) {
        pl_status status = train(m, c, fold, set, (double)fold / (folds + 1), (fold + 1.0) / (folds + 1), err);
        if (status != PL_OK) {
            return status;
        }
        for (int32_t i = 0; i < c->n; i++) {
            if (c->fold[i] == fold) {
                j[n].label = c->label[i];
                j[n].said = add_scores(m, c->feature + c->start[i], c->start[i + 1] - c->start[i], j[n].score);
                n++;
            }
        }
    }
    m->temperature = find_temperature(j, n, m->n_classes);
    for (int32_t i = 0; i < n; i++) {
        float most = j[i].score[j[i].said];
        soften(j[i].score, m->n_classes, most, m->temperature);
        j[i].confidence = j[i].score[j[i].said];
    }
    qsort(j, (size_t)n, sizeof *j, surest_first);
    double *scratch = PL_NEW(double, (size_t)m->n_classes * 3);
    m->confidence = PL_NEW(float, n);
    m->right = PL_NEW(bool, n);
    if (scratch == NULL || m->confidence == NULL || m->right == NULL) {
        pl_free(scratch);
        return pl_fail_nomem(err, "the classes");
    }
    r->macro_f1 = macro_f1(j, n, m->n_classes, &r->classes, scratch);
    pl_free(scratch);
    tell(j, n, r);
    for (m->n_judged = 0; m->n_judged < n; m->n_judged++) {
        m->confidence[m->n_judged] = j[m->n_judged].confidence;
        m->right[m->n_judged] = j[m->n_judged].said == j[m->n_judged].label;
    }
    return PL_OK;
}

/* ---- The whole --------------------------------------------------------------------------------------------------------------------------------------- */

static pl_status learn_all(pl_classifier *m, corpus *c, int32_t folds, const pl_classify_settings *set, pl_classify_report *report, pl_error *err)
{
    size_t classes = (size_t)m->n_classes, weights = ((size_t)m->n_features + 1) * classes;
    if (weights > WEIGHTS_MAX || (size_t)c->n * classes > WEIGHTS_MAX) {
        return pl_fail(err, PL_TOOBIG, NULL, "take fewer classes or fewer texts", "%u features and %d texts in %d classes are too many", m->n_features,
                       c->n, m->n_classes);
    }
    judgement *j = PL_NEW(judgement, c->n);
    float *scores = PL_NEW(float, (size_t)c->n * classes);
    m->weight = PL_NEW(float, weights);
    c->squares = PL_NEW(float, weights);
    c->order = PL_NEW(int32_t, c->n);
    c->score = PL_NEW(float, classes);
    pl_status status = j != NULL && scores != NULL && m->weight != NULL && c->squares != NULL && c->order != NULL && c->score != NULL
                           ? PL_OK
                           : pl_fail_nomem(err, "the classes");
    for (int32_t i = 0; i < c->n && status == PL_OK; i++) {
        j[i].score = scores + (size_t)i * classes;
    }
    status = status == PL_OK ? judge(m, c, folds, set, j, report, err) : status;
    status = status == PL_OK ? train(m, c, -1, set, (double)folds / (folds + 1), 1, err) : status;
    report->texts = c->n - report->seeds;
    report->features = (int32_t)m->n_features;
    report->temperature = m->temperature;
    pl_free(j);
    pl_free(scores);
    return status;
}

pl_status pl_classify_train(int32_t n, const char *const *texts, const int32_t *labels, int32_t n_classes, const pl_classify_settings *settings,
                            pl_classifier **out, pl_classify_report *report, pl_error *err)
{
    static const pl_classify_settings plain = {0};
    settings = settings != NULL ? settings : &plain;
    int32_t folds = settings->folds >= 2 ? settings->folds : FOLDS;
    corpus c = {0};
    *out = NULL;
    *report = (pl_classify_report){0};
    if (settings->n_seeds < 0 || settings->n_seeds > n) {
        return pl_fail(err, PL_DATA, NULL, NULL, "there cannot be %d seeds among %d texts", settings->n_seeds, n);
    }
    if (n_classes < 2 || n_classes > PL_CLASSES_MAX) {
        return pl_fail(err, PL_DATA, NULL, NULL, "there must be 2 to %d classes, not %d", PL_CLASSES_MAX, n_classes);
    }
    for (int32_t i = 0; i < n; i++) {
        if (labels[i] < 0 || labels[i] >= n_classes) {
            return pl_fail(err, PL_DATA, NULL, NULL, "text %d: there is no such class", i);
        }
    }
    pl_classifier *m = PL_NEW0(pl_classifier, 1);
    pl_status status = PL_OK;
    if (m == NULL || !grow_table(m, 0)) {
        status = pl_fail_nomem(err, "the classes");
    } else {
        m->n_classes = n_classes;
        status = read_texts(m, &c, n, texts, labels, folds, settings->n_seeds, report, err);
    }
    if (status == PL_OK && c.n - report->seeds < LEAST_TEXTS) {
        status = pl_fail(err, PL_DATA, NULL, "label more", "%d different texts are too few to learn from: at least %d are needed", c.n - report->seeds, LEAST_TEXTS);
    }
    status = status == PL_OK ? learn_all(m, &c, folds, settings, report, err) : status;
    corpus_clear(&c);
    if (status == PL_OK) {
        *out = m;
    } else {
        pl_classifier_free(m);
    }
    return status;
}

void pl_classifier_free(pl_classifier *model)
{
    if (model != NULL) {
        pl_free(model->key);
        pl_free(model->number);
        pl_free(model->weight);
        pl_free(model->confidence);
        pl_free(model->right);
        pl_free(model);
    }
}

pl_status pl_classify(const pl_classifier *model, const char *text, int32_t *first, int32_t *second, double *confidence, pl_error *err)
{
    uint64_t feature[FEATURES_MAX];
    uint32_t number[FEATURES_MAX];
    int count = features_of(text, feature), known = 0;
    float *score = PL_NEW(float, model->n_classes);
    if (score == NULL) {
        return pl_fail_nomem(err, "a class");
    }
    for (int k = 0; k < count; k++) {
        int64_t f = find_feature((pl_classifier *)(uintptr_t)model, feature[k], false); /* looking up changes nothing */
        if (f >= 0) {
            number[known++] = (uint32_t)f;
        }
    }
    *first = add_scores(model, number, known, score);
    soften(score, model->n_classes, score[*first], model->temperature);
    *second = -1;
    for (int32_t k = 0; k < model->n_classes; k++) {
        *second = k != *first && (*second < 0 || score[k] > score[*second]) ? k : *second;
    }
    *confidence = known > 0 ? score[*first] : 0; /* nothing in it was ever seen */
    pl_free(score);
    return PL_OK;
}

double pl_classify_threshold(const pl_classifier *m, double accuracy)
{
    double right = 0, threshold = 2;
    for (int32_t i = 0; i < m->n_judged; i++) {
        right += m->right[i];
        if (right / (i + 1) >= accuracy && (i + 1 == m->n_judged || m->confidence[i + 1] < m->confidence[i])) {
            threshold = m->confidence[i];
        }
    }
    return threshold;
}
