/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * device_host.c - the kernels of the GPU, compiled for the CPU: to check them without a GPU, bit for bit. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "solve/device.h"

#define ND_FUNCTION(name) static inline void nd_##name(const nd_args *a, int64_t i)
#define ND_HELPER(type) static inline type
#define ND_READ(x) (x)
#define ND_UNROLL
#include "solve/device_kernels.h"

typedef void (*launch)(const nd_args *a, int64_t n, int threads);

#define LAUNCH(name)                                                                                                         \
    static void launch_##name(const nd_args *a, int64_t n, int threads)                                                      \
    {                                                                                                                        \
        _Pragma("omp parallel for num_threads(threads) schedule(static)") for (int64_t i = 0; i < n; i++)                    \
        {                                                                                                                    \
            nd_##name(a, i);                                                                                                 \
        }                                                                                                                    \
        (void)threads;                                                                                                       \
    }
ND_KERNELS(LAUNCH)

#define ENTRY(name) launch_##name,
static const launch LAUNCHES[] = {ND_KERNELS(ENTRY)};

static void *host_alloc(pl_device *device, size_t bytes)
{
    (void)device;
    return pl_alloc(bytes, 1);
}

static void host_release(pl_device *device, void *at)
{
    (void)device;
    pl_free(at);
}

static void host_up(pl_device *device, void *to, const void *from, size_t bytes)
{
    (void)device;
    memcpy(to, from, bytes);
}

static void host_zero(pl_device *device, void *at, size_t bytes)
{
    (void)device;
    memset(at, 0, bytes);
}

static void host_run(pl_device *device, int kernel, const nd_args *args, int64_t n)
{
    LAUNCHES[kernel](args, n, device->threads);
}

static void host_close(pl_device *device)
{
    pl_free(device);
}

pl_status pl_device_open_host(int threads, pl_device **out, pl_error *err)
{
    static const pl_device_calls calls = {host_alloc, host_release, host_up, host_up, host_zero, host_up, host_run, host_close};
    pl_device *d = PL_NEW0(pl_device, 1);
    if (d == NULL) {
        return pl_fail_nomem(err, "the kernels");
    }
    d->calls = &calls;
    d->threads = threads > 1 ? threads : 1;
    snprintf(d->name, sizeof d->name, "the kernels of the GPU, run by the CPU");
    *out = d;
    return PL_OK;
}
