/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fuzz.h - what the fuzz targets share.  A target is one file with fuzz_one; clang's fuzzer (make BUILD=fuzz fuzz)
 * or replay.c (the quick tests: every file of test/fuzz/corpus/NAME) calls it.  It must never crash, leak or hang,
 * whatever the bytes. */
#ifndef PLENTY_TEST_FUZZ_H
#define PLENTY_TEST_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A folder of this process with a copy of examples/bakery in `bakery` and a plan of it in `plan` (static storage;
 * removed at exit).  In memory where there is /dev/shm. */
typedef struct fuzz_folder {
    char top[256], bakery[300], plan[300];
} fuzz_folder;
const fuzz_folder *fuzz_bakery(void);

/* Replaces one file of a folder by the bytes, so that `fuzz_restore` can put it back. */
void fuzz_replace(const char *folder, const char *file, const uint8_t *data, size_t size);
void fuzz_restore(const char *folder, const char *file);

#endif
