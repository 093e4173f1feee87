/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "io/utf8.h"
#include "server/call.h"
#include "test/fuzz/fuzz.h"

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* Whatever is sent: what is taken apart lies within the target, is text without control characters, and leads to no folder above; and routes can be looked for. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static pl_target t;
    static char text[2 * PL_TARGET_MAX];
    const char *part[PL_PARTS];
    char allow[40];
    size_t n = size < sizeof text - 1 ? size : sizeof text - 1;
    memcpy(text, data, n);
    text[n] = '\0';
    if (!pl_target_read(text, &t)) {
        return 0;
    }
    must(t.n_segments <= PL_SEGMENTS && t.n_parameters <= PL_PARAMETERS && strcmp(t.whole, text) == 0);
    for (int i = 0; i < t.n_segments; i++) {
        const char *s = t.segment[i];
        must(s >= t.bytes && s < t.bytes + sizeof t.bytes && s[0] != '\0' && strcmp(s, ".") != 0 && strcmp(s, "..") != 0);
        must(pl_utf8_valid(s, strlen(s)) && strpbrk(s, "\r\n\x7f") == NULL);
    }
    for (int i = 0; i < t.n_parameters; i++) {
        must(pl_target_parameter(&t, t.parameter[i].name) == t.parameter[i].value);
    }
    (void)pl_route_find("GET", &t, part, allow);
    (void)pl_route_find("POST", &t, part, allow);
    return 0;
}
