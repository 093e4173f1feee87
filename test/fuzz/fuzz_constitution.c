/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Any text as a constitution.  What is read lies within the bounds, and written and read again it is the same; the independent checker reads the same in it, and takes the same
 * texts. */
#include <plenty/council.h>

#include <stdlib.h>
#include <string.h>

#include "test/fuzz/fuzz.h"
#include "verify/fold.h"

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* A body holds no text that is not UTF-8. */
static void compare(const uint8_t *data, size_t n, bool good, const pl_constitution *c)
{
    int64_t value[PV_PARAMS_MOST] = {0};
    if (!pv_utf8(data, n)) {
        return;
    }
    require(pv_constitution(data, n, value) == good);
    for (int i = 0; good && i < PL_PARAMS; i++) {
        int k = 0;
        while (pv_params[k].key != NULL && strcmp(pv_params[k].key, pl_param_what((pl_param_name)i)->key) != 0) {
            k++;
        }
        require(pv_params[k].key != NULL && value[k] == c->value[i]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    pl_constitution c, again;
    pl_owned text;
    pl_error err = {0};
    pl_status status = pl_constitution_read((const char *)data, n, "fuzz", &c, &err);
    compare(data, n, status == PL_OK, &c);
    if (status != PL_OK) {
        require(err.message[0] != '\0' && strncmp(err.subject, "fuzz", 4) == 0);
        return 0;
    }
    for (int i = 0; i < PL_PARAMS; i++) {
        const pl_param_about *a = pl_param_what((pl_param_name)i);
        require(c.value[i] >= a->least && c.value[i] <= a->most);
    }
    require(pl_constitution_write(&c, &text, NULL) == PL_OK);
    require(pl_constitution_read(text.bytes, text.n, "written", &again, NULL) == PL_OK && memcmp(&c, &again, sizeof c) == 0);
    pl_owned_free(&text);
    return 0;
}
