/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fuzz_blt.c with a corpus of its own: the format is told by the first bytes. */
#include "test/fuzz/fuzz_blt.c"
