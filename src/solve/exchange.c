/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * exchange.c - what is the same in all back ends: adding up in order, agreeing, counting. */
#include "solve/exchange.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

/* ---- Borders ---------------------------------------------------------------------------------------------------- */

pl_status pl_border_new(pl_crew *crew, int32_t own, int32_t others, int64_t all_goods, const int32_t *owner,
                      const int32_t *index, pl_border **out, pl_error *err)
{
    pl_border *border = PL_NEW0(pl_border, 1);
    pl_status status = pl_crew_agree(crew, border != NULL ? PL_OK : pl_fail_nomem(err, "the goods of others"), err);
    if (status == PL_OK) {
        *border = (pl_border){.crew = crew, .own = own, .others = others, .all_goods = all_goods};
        status = pl_crew_agree(crew, crew->calls->tie(border, owner, index, err), err);
    }
    if (status == PL_OK) {
        border->room_n = (size_t)border->received * sizeof(double);
        border->room = pl_alloc((size_t)border->received, sizeof(double));
        status = pl_crew_agree(crew, border->room != NULL ? PL_OK : pl_fail_nomem(err, "the goods of others"), err);
    }
    if (status != PL_OK) {
        pl_border_free(border);
        return status;
    }
    *out = border;
    return PL_OK;
}

void pl_border_free(pl_border *border)
{
    if (border != NULL) {
        border->crew->calls->untie(border);
        pl_free(border->to);
        pl_free(border->room);
        pl_free(border);
    }
}

static void show(pl_border *border, const void *own, void *others, size_t size)
{
    pl_traffic *t = &border->crew->traffic;
    double began = pl_clock_s();
    border->crew->calls->show(border, own, others, size);
    t->shows++;
    t->messages += border->neighbours[0];
    t->bytes += (int64_t)border->received * (int64_t)size; /* who collects from others shows to them */
    t->seconds += pl_clock_s() - began;
}

void pl_border_show(pl_border *border, double *v)
{
    if (border != NULL) {
        show(border, v, v + border->own, sizeof *v);
    }
}

void pl_border_show_floats(pl_border *border, float *v, int32_t width)
{
    if (border != NULL && width > 0) {
        show(border, v, v + (int64_t)border->own * width, sizeof *v * (size_t)width);
    }
}

static void collect(pl_border *border, const void *others, size_t size)
{
    pl_traffic *t = &border->crew->traffic;
    double began = pl_clock_s();
    border->crew->calls->collect(border, others, border->room, size);
    t->collects++;
    t->messages += border->neighbours[1];
    t->bytes += (int64_t)border->others * (int64_t)size;
    t->seconds += pl_clock_s() - began;
}

void pl_border_collect(pl_border *border, double *v)
{
    if (border != NULL) {
        const double *received = border->room;
        collect(border, v + border->own, sizeof *v);
        memset(v + border->own, 0, sizeof *v * (size_t)border->others);
        for (int32_t k = 0; k < border->received; k++) {
            v[border->to[k]] += received[k];
        }
    }
}

void pl_border_collect_floats(pl_border *border, float *v)
{
    if (border != NULL) {
        const float *received = border->room;
        collect(border, v + border->own, sizeof *v);
        memset(v + border->own, 0, sizeof *v * (size_t)border->others);
        for (int32_t k = 0; k < border->received; k++) {
            v[border->to[k]] += received[k];
        }
    }
}

/* ---- Few numbers ---------------------------------------------------------------------------------------------- */

static void gather(pl_crew *crew, const double *v, size_t n)
{
    double began = pl_clock_s();
    crew->calls->gather(crew, v, crew->room, n * sizeof *v);
    crew->traffic.sums++;
    crew->traffic.sum_bytes += (int64_t)(n * sizeof *v);
    crew->traffic.seconds += pl_clock_s() - began;
}

void pl_crew_sums(pl_crew *crew, double *v, size_t n)
{
    if (crew == NULL) {
        return;
    }
    for (size_t from = 0; from < n; from += PL_CREW_SUM) {
        size_t count = n - from < PL_CREW_SUM ? n - from : PL_CREW_SUM;
        gather(crew, v + from, count);
        for (size_t k = 0; k < count; k++) {
            double sum = crew->room[k];
            for (int32_t r = 1; r < crew->size; r++) {
                sum += crew->room[(size_t)r * count + k];
            }
            v[from + k] = sum;
        }
    }
}

double pl_crew_sum(pl_crew *crew, double x)
{
    pl_crew_sums(crew, &x, 1);
    return x;
}

double pl_crew_most(pl_crew *crew, double x)
{
    if (crew == NULL) {
        return x;
    }
    gather(crew, &x, 1);
    x = crew->room[0];
    for (int32_t r = 1; r < crew->size; r++) {
        x = fmax(x, crew->room[r]);
    }
    return x;
}

pl_status pl_crew_agree(pl_crew *crew, pl_status status, pl_error *err)
{
    if (crew == NULL) {
        return status;
    }
    pl_error said = {.status = status};
    if (status == PL_OK && crew->failed) {
        status = pl_fail(&said, PL_BUG, NULL, NULL, "process %d could not reach the others", (int)crew->rank);
    } else if (status != PL_OK && err != NULL) {
        said = *err;
    }
    double mine = (double)status;
    int32_t first = 0;
    gather(crew, &mine, 1);
    while (first < crew->size && crew->room[first] == (double)PL_OK) {
        first++;
    }
    if (first == crew->size) {
        return PL_OK;
    }
    crew->calls->spread(crew, first, &said, sizeof said);
    if (err != NULL) {
        *err = said;
    }
    return said.status;
}

void pl_crew_free(pl_crew *crew)
{
    if (crew != NULL) {
        crew->calls->leave(crew);
    }
}
