/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "test/fuzz/fuzz.h"

/* What is read can be written and reads back as the same number. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char digits[PL_NUMBER_MAX], text[64];
    double x, y;
    int64_t whole;
    size_t n = size < sizeof text ? size : sizeof text;
    memcpy(text, data, n);
    (void)pl_integer_parse(text, n, &whole);
    if (pl_number_parse(text, n, &x)) {
        size_t k = pl_number_format(x, digits);
        if (!pl_number_parse(digits, k, &y) || x != y) {
            abort();
        }
        pl_number_for_people(x, digits);
    }
    return 0;
}
