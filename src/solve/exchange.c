/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * exchange.c - what is the same in all back ends: adding up in order, agreeing, counting. */
#include "solve/exchange.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

/* ---- Links ---------------------------------------------------------------------------------------------------- */

pl_status pl_link_new(pl_crew *crew, int32_t own, int32_t others, int64_t all_goods, const int32_t *owner,
                      const int32_t *index, pl_link **out, pl_error *err)
{
    pl_link *link = PL_NEW0(pl_link, 1);
    pl_status status = pl_crew_agree(crew, link != NULL ? PL_OK : pl_fail_nomem(err, "the goods of others"), err);
    if (status == PL_OK) {
        *link = (pl_link){.crew = crew, .own = own, .others = others, .all_goods = all_goods};
        status = pl_crew_agree(crew, crew->calls->tie(link, owner, index, err), err);
    }
    if (status == PL_OK) {
        link->room_n = (size_t)link->received * sizeof(double);
        link->room = pl_alloc((size_t)link->received, sizeof(double));
        status = pl_crew_agree(crew, link->room != NULL ? PL_OK : pl_fail_nomem(err, "the goods of others"), err);
    }
    if (status != PL_OK) {
        pl_link_free(link);
        return status;
    }
    *out = link;
    return PL_OK;
}

void pl_link_free(pl_link *link)
{
    if (link != NULL) {
        link->crew->calls->untie(link);
        pl_free(link->to);
        pl_free(link->room);
        pl_free(link);
    }
}

static void show(pl_link *link, const void *own, void *others, size_t size)
{
    pl_traffic *t = &link->crew->traffic;
    double began = pl_clock_s();
    link->crew->calls->show(link, own, others, size);
    t->shows++;
    t->messages += link->neighbours[0];
    t->bytes += (int64_t)link->received * (int64_t)size; /* who collects from others shows to them */
    t->seconds += pl_clock_s() - began;
}

void pl_link_show(pl_link *link, double *v)
{
    if (link != NULL) {
        show(link, v, v + link->own, sizeof *v);
    }
}

void pl_link_show_floats(pl_link *link, float *v, int32_t width)
{
    if (link != NULL) {
        show(link, v, v + (int64_t)link->own * width, sizeof *v * (size_t)width);
    }
}

static void collect(pl_link *link, const void *others, size_t size)
{
    pl_traffic *t = &link->crew->traffic;
    double began = pl_clock_s();
    link->crew->calls->collect(link, others, link->room, size);
    t->collects++;
    t->messages += link->neighbours[1];
    t->bytes += (int64_t)link->others * (int64_t)size;
    t->seconds += pl_clock_s() - began;
}

void pl_link_collect(pl_link *link, double *v)
{
    if (link != NULL) {
        const double *received = link->room;
        collect(link, v + link->own, sizeof *v);
        memset(v + link->own, 0, sizeof *v * (size_t)link->others);
        for (int32_t k = 0; k < link->received; k++) {
            v[link->to[k]] += received[k];
        }
    }
}

void pl_link_collect_floats(pl_link *link, float *v)
{
    if (link != NULL) {
        const float *received = link->room;
        collect(link, v + link->own, sizeof *v);
        memset(v + link->own, 0, sizeof *v * (size_t)link->others);
        for (int32_t k = 0; k < link->received; k++) {
            v[link->to[k]] += received[k];
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
