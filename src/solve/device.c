/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "solve/device.h"

#include <stdio.h>

#ifndef PLENTY_CUDA
pl_status pl_device_open_cuda(pl_device **out, pl_error *err)
{
    *out = NULL;
    return pl_fail(err, PL_UNSUPPORTED, "--device gpu", "build it with 'make CUDA=1' (needs NVIDIA's nvcc), or leave --device out",
                   "this program was built without the GPU");
}
#endif

pl_status pl_device_open(pl_device_kind kind, int threads, pl_device **out, pl_error *err)
{
    *out = NULL;
    return kind == PL_DEVICE_GPU    ? pl_device_open_cuda(out, err)
           : kind == PL_DEVICE_HOST ? pl_device_open_host(threads, out, err)
                                    : PL_OK;
}

void pl_device_close(pl_device *device)
{
    if (device != NULL) {
        device->calls->close(device);
    }
}

pl_status pl_device_state(const pl_device *device, pl_error *err)
{
    return device->failed ? pl_fail(err, PL_NUMERIC, device->name, "leave --device out to plan on the CPU",
                                    "the GPU failed: %s", device->what)
                          : PL_OK;
}

pl_status pl_device_find(pl_device_kind kind, char *name, size_t size, pl_error *err)
{
    pl_device *device;
    pl_status status = pl_device_open(kind, 1, &device, err);
    if (status == PL_OK) {
        snprintf(name, size, "%s", device == NULL ? "CPU" : device->name);
        pl_device_close(device);
    }
    return status;
}
