/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * newton_device.h - Newton steps and proofs on a device: what the files newton_device*.c share. */
#ifndef PLENTY_SOLVE_NEWTON_DEVICE_H
#define PLENTY_SOLVE_NEWTON_DEVICE_H

#include "solve/device.h"
#include "solve/newton_state.h"

#define ND_TYPES_ONLY
#include "solve/device_kernels.h"

#define ND_NUMBER(name) ND_##name,
enum { ND_KERNELS(ND_NUMBER) ND_KERNELS_N };

#define ND_ALLOCATIONS 128

struct nw_device {
    pl_device *dev;
    nd_args a;
    void *taken[ND_ALLOCATIONS]; /* on the device */
    int n_taken;
    bool short_of_memory;
    double *fold;        /* on the host: results of lanes */
    size_t folds;
    float *spare[2];     /* on the device, by row */
    double *best_x, *best_y;
    bool have_x, have_y; /* on the device, better than the host's */
    double seconds_loading;
};

/* newton_device_load.c */
pl_status nd_load(pl_newton *s, pl_error *err) PL_CHECK;
void nd_unload(struct nw_device *d);
void *nd_take(struct nw_device *d, size_t count, size_t size);
void *nd_put(struct nw_device *d, const void *from, size_t count, size_t size); /* and copies to it */

/* newton_device.c */
void nd_run(pl_newton *s, int kernel, int64_t n);
double nd_lanes(pl_newton *s, int kernel, bool largest);
void nd_lane_groups(pl_newton *s, int kernel, int32_t groups, bool largest, double *out);
/* Products with kernel (piece_...): vectors by row into partial sums of columns; vectors by column into those of rows. */
void nd_columns(pl_newton *s, int kernel, const void *by_row);
void nd_rows(pl_newton *s, int kernel, const void *by_column);
void nd_download(pl_newton *s, double *to, const double *from, int64_t n);

/* newton_device_proof.c */
void nd_prove(pl_newton *s);

#endif
