/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * Writes a binary plan (docs/formats/plan-binary.md): what the planner has decided, and its proof.  All other figures of
 * the tables follow from these. */
#include <string.h>

#include "base/mem.h"
#include "io/file.h"
#include "plan/binary.h"

static unsigned size_of(unsigned id)
{
    static const unsigned char size[8][9] = {[PL_PLAN_LEVELS] = {0, 8},
                                             [PL_PLAN_BALANCES] = {0, 0, 0, 8, 8, 8},
                                             [PL_PLAN_DELIVERIES] = {0, 0, 0, 0, 0, 0, 8, 0, 4},
                                             [PL_PLAN_CERTIFICATE] = {4, 1, 4, 8},
                                             [PL_PLAN_CHANGES] = {8, 8, 8, 8, 8},
                                             [PL_PLAN_CLASHES] = {1, 4, 8, 8, 8}};
    return id == PL_SECTIONS_TEXT || id == PL_PLAN_JSON ? 1
           : id / 16 < 8 && id % 16 < 9                  ? size[id / 16][id % 16]
                                                         : 0;
}

const pl_sections_kind PL_BINARY_PLAN = {"binary plan", "\x89PLPLAN\n", 1, size_of,
                                         "get the file again, or make it again with 'plenty plan'"};

bool pl_plan_is_binary(const char *path)
{
    return pl_sections_is(&PL_BINARY_PLAN, path);
}

typedef struct packer {
    const pl_plan *plan;
    pl_sections_writer *w;
    const char *json;
    size_t json_n;
    uint64_t texts, prices; /* bytes of texts, prices that are not 0 */
} packer;

/* Vectors that are nothing but 0 are left out. */
static bool says_nothing(const double *x, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        if (x[i] != 0) {
            return false;
        }
    }
    return true;
}

static pl_status declare(packer *p, unsigned id, uint64_t count, pl_error *err)
{
    return count > 0 ? pl_sections_declare(p->w, id, count, err) : PL_OK;
}

static pl_status put(packer *p, unsigned id, const void *elements, size_t count, pl_error *err)
{
    return count > 0 ? pl_sections_put(p->w, id, elements, count, err) : PL_OK;
}

/* A vector of a plan that was made. */
typedef struct vector {
    unsigned id;
    const void *at;
    int32_t n;
} vector;

#define VECTORS 6

static void find_vectors(const pl_plan *plan, vector out[VECTORS])
{
    const vector all[VECTORS] = {{PL_PLAN_ID(PL_PLAN_LEVELS, 1), plan->level, plan->n_recipes},
                                 {PL_PLAN_ID(PL_PLAN_BALANCES, 3), plan->imported, plan->n_goods},
                                 {PL_PLAN_ID(PL_PLAN_BALANCES, 4), plan->exported, plan->n_goods},
                                 {PL_PLAN_ID(PL_PLAN_BALANCES, 5), plan->drawn, plan->n_goods},
                                 {PL_PLAN_ID(PL_PLAN_DELIVERIES, 6), plan->delivered, plan->n_needs},
                                 {PL_PLAN_ID(PL_PLAN_DELIVERIES, 8), plan->settled, plan->n_needs}};
    memcpy(out, all, sizeof all);
    for (int i = 0; i < VECTORS; i++) {
        bool there = plan->outcome == PL_PLANNED;
        if (there && out[i].id / 16 == PL_PLAN_BALANCES) {
            there = !says_nothing(out[i].at, out[i].n);
        }
        out[i].n = there ? out[i].n : 0;
    }
}

static pl_status declare_all(packer *p, pl_error *err)
{
    static const unsigned rows[] = {PL_PLAN_CERTIFICATE, PL_PLAN_CHANGES, PL_PLAN_CLASHES};
    const pl_plan *plan = p->plan;
    const uint64_t count[] = {p->prices, (uint64_t)plan->n_changes,
                              plan->outcome == PL_PLANNED ? 0 : (uint64_t)plan->n_clashes};
    vector v[VECTORS];
    find_vectors(plan, v);
    pl_status status = PL_OK;
    for (int i = 0; i < VECTORS && status == PL_OK; i++) {
        status = declare(p, v[i].id, (uint64_t)v[i].n, err);
    }
    for (int t = 0; t < 3; t++) {
        for (unsigned c = 0; c < 9 && status == PL_OK; c++) {
            bool there = size_of(PL_PLAN_ID(rows[t], c)) > 0;
            status = there ? declare(p, PL_PLAN_ID(rows[t], c), count[t], err) : PL_OK;
        }
    }
    status = status == PL_OK ? declare(p, PL_SECTIONS_TEXT, p->texts, err) : status;
    return status == PL_OK ? declare(p, PL_PLAN_JSON, p->json_n, err) : status;
}

static pl_status put_prices(packer *p, int32_t stage, unsigned char kind, const double *price, int32_t n, pl_error *err)
{
    pl_status status = PL_OK;
    for (int32_t i = 0; i < n && status == PL_OK; i++) {
        if (price[i] != 0) {
            const void *cell[] = {&stage, &kind, &i, &price[i]};
            for (unsigned c = 0; c < 4 && status == PL_OK; c++) {
                status = put(p, PL_PLAN_ID(PL_PLAN_CERTIFICATE, c), cell[c], 1, err);
            }
        }
    }
    return status;
}

/* Texts lie in the order of the cells. */
static pl_status put_changes(packer *p, pl_error *err)
{
    uint64_t at = 1;
    pl_status status = put(p, PL_SECTIONS_TEXT, "", 1, err);
    for (int32_t k = 0; k < p->plan->n_changes && status == PL_OK; k++) {
        const pl_change *c = &p->plan->changes[k];
        const char *text[] = {c->table, c->key, c->column};
        for (unsigned i = 0; i < 3 && status == PL_OK; i++) {
            size_t n = strlen(text[i]) + 1;
            status = put(p, PL_PLAN_ID(PL_PLAN_CHANGES, i), &at, 1, err);
            status = status == PL_OK ? put(p, PL_SECTIONS_TEXT, text[i], n, err) : status;
            at += n;
        }
        status = status == PL_OK ? put(p, PL_PLAN_ID(PL_PLAN_CHANGES, 3), &c->from, 1, err) : status;
        status = status == PL_OK ? put(p, PL_PLAN_ID(PL_PLAN_CHANGES, 4), &c->to, 1, err) : status;
    }
    return status;
}

static pl_status put_clashes(packer *p, pl_error *err)
{
    pl_status status = PL_OK;
    int32_t n = p->plan->outcome == PL_PLANNED ? 0 : p->plan->n_clashes;
    for (int32_t k = 0; k < n && status == PL_OK; k++) {
        const pl_clash *c = &p->plan->clashes[k];
        unsigned char kind = (unsigned char)c->kind;
        const void *cell[] = {&kind, &c->index, &c->available, &c->alone, &c->together};
        for (unsigned i = 0; i < 5 && status == PL_OK; i++) {
            status = put(p, PL_PLAN_ID(PL_PLAN_CLASHES, i), cell[i], 1, err);
        }
    }
    return status;
}

static void measure(packer *p)
{
    const pl_plan *plan = p->plan;
    p->texts = 1;
    for (int32_t k = 0; k < plan->n_changes; k++) {
        p->texts += strlen(plan->changes[k].table) + strlen(plan->changes[k].key) + strlen(plan->changes[k].column) + 3;
    }
    for (int32_t k = 0; k < plan->n_stages; k++) {
        for (int32_t g = 0; g < plan->n_goods; g++) {
            p->prices += plan->stages[k].good_price[g] != 0;
        }
        for (int32_t r = 0; r < plan->n_resources; r++) {
            p->prices += plan->stages[k].resource_price[r] != 0;
        }
    }
}

static pl_status pack(packer *p, pl_error *err)
{
    const pl_plan *plan = p->plan;
    vector v[VECTORS];
    measure(p);
    find_vectors(plan, v);
    pl_status status = declare_all(p, err);
    for (int i = 0; i < VECTORS && status == PL_OK; i++) {
        status = put(p, v[i].id, v[i].at, (size_t)v[i].n, err);
    }
    for (int32_t k = 0; k < plan->n_stages && status == PL_OK; k++) {
        const pl_stage *s = &plan->stages[k];
        status = put_prices(p, k + 1, 0, s->good_price, plan->n_goods, err);
        status = status == PL_OK ? put_prices(p, k + 1, 1, s->resource_price, plan->n_resources, err) : status;
    }
    status = status == PL_OK ? put_changes(p, err) : status;
    status = status == PL_OK ? put_clashes(p, err) : status;
    status = status == PL_OK ? put(p, PL_PLAN_JSON, p->json, p->json_n, err) : status;
    status = status == PL_OK ? pl_sections_seal(p->w, err) : status;
    return status == PL_OK ? pl_sections_commit(p->w, plan->economy_hash, err) : status;
}

pl_status pl_plan_save_binary(const pl_plan *plan, const pl_economy *economy, const char *path, bool replace,
                              pl_error *err)
{
    if (pl_path_exists(path)) {
        if (!replace) {
            return pl_fail(err, PL_IO, path, "choose another name, or add --replace", "this is there already");
        }
        if (!pl_plan_is_binary(path)) {
            return pl_fail(err, PL_IO, path, "choose another name, or remove it yourself",
                           "this is not replaced: it is no binary plan");
        }
    }
    pl_str json;
    pl_str_init(&json, (size_t)64 << 20);
    packer p = {.plan = plan};
    pl_status status = pl_plan_json(plan, economy, path, &json, err);
    if (status == PL_OK) {
        p.json = json.text;
        p.json_n = json.len;
        status = pl_sections_writer_new(&PL_BINARY_PLAN, path, &p.w, err);
    }
    if (status == PL_OK) {
        status = pack(&p, err);
    }
    pl_sections_writer_free(p.w);
    pl_str_clear(&json);
    return status;
}
