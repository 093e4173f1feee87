/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * memory_help.h - what memory is reckoned to take, against what it took. */
#ifndef PLENTY_TEST_MEMORY_HELP_H
#define PLENTY_TEST_MEMORY_HELP_H

/* Builds that take more memory than is reckoned with. */
#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define MORE_MEMORY
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || defined(PLENTY_COVERAGE)
#define MORE_MEMORY
#endif

#include <stdbool.h>
#include <stdint.h>

/* All kinds of work on a synthetic economy of that many goods, each in a process of its own whose peak the system tells.
 * With `plans`, also plans by Newton steps. */
void memory_compared(int32_t goods, bool plans);
void memory_of_simplex_compared(int32_t goods); /* reckoned for factors that become full */

#endif
