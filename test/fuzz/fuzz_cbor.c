/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Any bytes as CBOR: Plenty and the independent checker judge alike, and what is deterministic can be taken apart and shown as JSON. */
#include <stdlib.h>
#include <string.h>

#include "record/cbor.h"
#include "record/event.h"
#include "test/fuzz/fuzz.h"
#include "verify/record.h"

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    size_t at;
    const char *fault = pl_cbor_check(data, n, &at);
    require((fault == NULL) == pv_deterministic(data, n) && at <= n);
    pl_cbor c = {data, data + n};
    require(pl_cbor_skip(&c) || fault != NULL);
    require(fault != NULL || pl_cbor_end(&c));
    if (fault == NULL && data[0] >> 5 == PL_CBOR_MAP && n < 20000) {
        static const char *const kinds[] = {"note", "commons.created", "key.added", "unknown"};
        for (size_t i = 0; i < 4; i++) {
            pl_event e = {.kind = kinds[i], .kind_n = strlen(kinds[i]), .body = {data, n}};
            pl_owned json;
            if (pl_event_json(&e, NULL, &json, NULL) == PL_OK) {
                require(json.bytes[0] == '{');
                pl_owned_free(&json);
            }
        }
    }
    return 0;
}
