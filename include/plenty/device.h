/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * device.h - where Newton steps do their work (docs/methods/gpu.md). */
#ifndef PLENTY_DEVICE_H
#define PLENTY_DEVICE_H

#include <plenty/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum pl_device_kind {
    PL_DEVICE_CPU,
    PL_DEVICE_GPU, /* NVIDIA's, in a build with CUDA=1 */
    PL_DEVICE_HOST /* the kernels of the GPU, run by the CPU: the same bits, for checking */
} pl_device_kind;

/* Can it be used?  Its name into name[size].  PL_UNSUPPORTED, with what is missing, when not. */
PL_API pl_status pl_device_find(pl_device_kind kind, char *name, size_t size, pl_error *err) PL_CHECK;

#ifdef __cplusplus
}
#endif
#endif
