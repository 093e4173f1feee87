/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * device_cuda.cu - the kernels on an NVIDIA GPU.  Built with CUDA=1 only, without fused multiply and add (-fmad=false): the
 * same bits as device_host.c. */
#include <cuda_runtime.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

extern "C" {
#include <plenty/status.h>
}
#include "solve/device.h"

#define ND_FUNCTION(name) static __device__ __forceinline__ void nd_##name(const nd_args *a, int64_t i)
#define ND_HELPER(type) static __device__ __forceinline__ type
#define ND_READ(x) __ldg(&(x))
#define ND_UNROLL _Pragma("unroll 8")
#include "solve/device_kernels.h"

#define THREADS 256

#define KERNEL(name)                                                                                                         \
    static __global__ void __launch_bounds__(THREADS) kernel_##name(const __grid_constant__ nd_args args, int64_t n)         \
    {                                                                                                                        \
        int64_t i = (int64_t)blockIdx.x * THREADS + threadIdx.x;                                                             \
        if (i < n) {                                                                                                         \
            nd_##name(&args, i);                                                                                             \
        }                                                                                                                    \
    }
ND_KERNELS(KERNEL)

typedef void (*kernel)(const nd_args args, int64_t n);
#define ENTRY(name) kernel_##name,
static const kernel KERNELS[] = {ND_KERNELS(ENTRY)};

static void check(pl_device *device, cudaError_t error, const char *doing)
{
    if (error != cudaSuccess && !device->failed) {
        device->failed = true;
        snprintf(device->what, sizeof device->what, "%s: %s", doing, cudaGetErrorString(error));
    }
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void *cuda_alloc(pl_device *device, size_t bytes)
{
    void *at = NULL;
    (void)device;
    cudaError_t error = cudaMalloc(&at, bytes > 0 ? bytes : 1);
    if (error != cudaSuccess) {
        (void)cudaGetLastError(); /* said by the caller */
        return NULL;
    }
    return at;
}

static void cuda_release(pl_device *device, void *at)
{
    check(device, cudaFree(at), "giving back memory");
}

static void move(pl_device *device, void *to, const void *from, size_t bytes, cudaMemcpyKind kind)
{
    check(device, cudaDeviceSynchronize(), "computing");
    double began = now();
    check(device, cudaMemcpy(to, from, bytes, kind), "copying");
    device->seconds += now() - began;
    device->moved += (double)bytes;
}

static void cuda_up(pl_device *device, void *to, const void *from, size_t bytes)
{
    move(device, to, from, bytes, cudaMemcpyHostToDevice);
}

static void cuda_down(pl_device *device, void *to, const void *from, size_t bytes)
{
    memset(to, 0, bytes);
    move(device, to, from, bytes, cudaMemcpyDeviceToHost);
}

static void cuda_zero(pl_device *device, void *at, size_t bytes)
{
    check(device, cudaMemset(at, 0, bytes), "clearing");
}

static void cuda_copy(pl_device *device, void *to, const void *from, size_t bytes)
{
    check(device, cudaMemcpy(to, from, bytes, cudaMemcpyDeviceToDevice), "copying");
}

static void cuda_run(pl_device *device, int which, const nd_args *args, int64_t n)
{
    if (n > 0 && !device->failed) {
        KERNELS[which]<<<(unsigned)((n + THREADS - 1) / THREADS), THREADS>>>(*args, n);
        check(device, cudaGetLastError(), "starting a kernel");
    }
}

static void cuda_close(pl_device *device)
{
    free(device);
}

static const pl_device_calls CALLS = {cuda_alloc, cuda_release, cuda_up, cuda_down, cuda_zero, cuda_copy, cuda_run, cuda_close};

extern "C" pl_status pl_device_open_cuda(pl_device **out, pl_error *err)
{
    int count = 0;
    cudaDeviceProp properties;
    cudaError_t error = cudaGetDeviceCount(&count);
    error = error == cudaSuccess && count > 0 ? cudaGetDeviceProperties(&properties, 0) : error;
    *out = NULL;
    if (error != cudaSuccess || count == 0) {
        return pl_fail(err, PL_UNSUPPORTED, "--device gpu", "leave --device out to plan on the CPU", "there is no GPU that can be used: %s",
                       error != cudaSuccess ? cudaGetErrorString(error) : "none was found");
    }
    pl_device *device = (pl_device *)calloc(1, sizeof *device);
    if (device == NULL) {
        return pl_fail_nomem(err, "the GPU");
    }
    device->calls = &CALLS;
    device->threads = 1;
    snprintf(device->name, sizeof device->name, "%.120s", properties.name);
    *out = device;
    return PL_OK;
}
