/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * checksum.h - XXH64 (Collet, the XXH64 specification, version 0.1.1) with seed 0: finds damage, not malice. */
#ifndef PLENTY_BASE_CHECKSUM_H
#define PLENTY_BASE_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/* Of n bytes; 8 GB/s and more. */
uint64_t pl_checksum(const void *bytes, size_t n);

#endif
