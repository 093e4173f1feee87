/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * device.h - where the kernels of Newton steps run (docs/methods/gpu.md).
 *
 * A kernel is a function of an index (device_kernels.h); it is written once, and compiled twice: by nvcc for the GPU
 * (device_cuda.cu, only with CUDA=1) and by the C compiler for the CPU (device_host.c).  Kernels do their arithmetic in the
 * same order and without fused operations in both, so that both give the same bits.
 *
 * A device has its own memory; what goes wrong there is kept in `failed` until pl_device_state is asked. */
#ifndef PLENTY_SOLVE_DEVICE_H
#define PLENTY_SOLVE_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <plenty/device.h>

#ifdef __cplusplus
extern "C" {
#endif

struct nd_args;
typedef struct pl_device pl_device;

typedef struct pl_device_calls {
    void *(*alloc)(pl_device *device, size_t bytes); /* NULL: no memory */
    void (*release)(pl_device *device, void *at);
    void (*up)(pl_device *device, void *to, const void *from, size_t bytes);
    void (*down)(pl_device *device, void *to, const void *from, size_t bytes);
    void (*zero)(pl_device *device, void *at, size_t bytes);
    void (*copy)(pl_device *device, void *to, const void *from, size_t bytes);
    void (*run)(pl_device *device, int kernel, const struct nd_args *args, int64_t n);
    void (*close)(pl_device *device);
} pl_device_calls;

struct pl_device {
    const pl_device_calls *calls;
    char name[128];         /* as a reader knows it */
    int threads;            /* of the CPU */
    bool failed;
    char what[192];         /* the first thing that went wrong */
    double moved, seconds;  /* bytes to and from the device, and how long that took */
};

/* Opens a device.  *out is NULL for PL_DEVICE_CPU, which needs none.  PL_UNSUPPORTED: this build, or this machine, has no
 * GPU. */
pl_status pl_device_open(pl_device_kind kind, int threads, pl_device **out, pl_error *err) PL_CHECK;
void pl_device_close(pl_device *device); /* accepts NULL */
pl_status pl_device_state(const pl_device *device, pl_error *err) PL_CHECK; /* PL_NUMERIC after a failure */

pl_status pl_device_open_host(int threads, pl_device **out, pl_error *err) PL_CHECK;
pl_status pl_device_open_cuda(pl_device **out, pl_error *err) PL_CHECK; /* only with CUDA=1 */

#ifdef __cplusplus
}
#endif
#endif
