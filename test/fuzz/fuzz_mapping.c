/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Arbitrary bytes as a mapping, then as one of the tables of a mapping that is right. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "economy/import_parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FOOT "\"imports\": {\"treatment\": \"column\"}, \"demand\": {\"categories\": {\"m\": \"imports\", \"*\": \"households\"}}}"

static const char *const good[] = {
    "{\"format\": \"plenty-mapping-1\", \"kind\": \"processes\", \"title\": \"F\", \"tables\": {"
    "\"flows\": {\"file\": \"t.csv\", \"flow\": \"i\", \"unit\": \"a\", \"kind\": \"b\"}, "
    "\"recipes\": {\"file\": \"t.csv\", \"process\": \"m\", \"flow\": \"i\", \"direction\": \"b\", \"value\": \"a\"}}}",
    "{\"format\": \"plenty-mapping-1\", \"kind\": \"food-recipes\", \"title\": \"F\", \"tables\": {"
    "\"foods\": {\"file\": \"t.csv\", \"food\": \"i\", \"moisture\": \"a\"}, "
    "\"ingredients\": {\"file\": \"t.csv\", \"food\": \"i\", \"ingredient\": \"m\", \"kind\": \"b\", \"weight\": \"a\"}}}",
    "{\"format\": \"plenty-mapping-1\", \"kind\": \"input-output\", \"title\": \"F\", \"tables\": {"
    "\"use\": {\"file\": \"t.csv\", \"product\": \"i\", \"industry\": \"*\"}, "
    "\"final\": {\"file\": \"t.csv\", \"product\": \"i\", \"category\": \"*\"}}, " FOOT,
    "{\"format\": \"plenty-mapping-1\", \"kind\": \"supply-use\", \"title\": \"F\", \"model\": \"product-technology\", "
    "\"tables\": {\"make\": {\"file\": \"t.csv\", \"industry\": \"i\", \"product\": \"*\"}, "
    "\"use\": {\"file\": \"t.csv\", \"product\": \"i\", \"industry\": \"*\"}, "
    "\"final\": {\"file\": \"t.csv\", \"product\": \"i\", \"category\": \"*\"}}, "
    FOOT};

static void put(const char *path, const void *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    if (f != NULL) {
        fwrite(bytes, 1, n, f);
        fclose(f);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char dir[64], mapping[128], table[128];
    pl_im_mapping m;
    pl_error err;
    if (size > 65536) {
        return 0;
    }
    if (pl_im_mapping_parse((const char *)data, size, "m.json", &m, &err) != PL_OK && err.message[0] == '\0') {
        abort();
    }
    pl_im_mapping_clear(&m);
    if (dir[0] == '\0') {
        snprintf(dir, sizeof dir, "/tmp/fuzz-mapping-XXXXXX");
        if (mkdtemp(dir) == NULL) {
            abort();
        }
        snprintf(mapping, sizeof mapping, "%s/m.json", dir);
        snprintf(table, sizeof table, "%s/t.csv", dir);
    }
    put(mapping, good[size % 4], strlen(good[size % 4]));
    put(table, data, size);
    pl_economy *e = NULL;
    static pl_findings f;
    memset(&f, 0, sizeof f);
    if (pl_import(dir, mapping, NULL, NULL, &f, NULL, &e, &err) == PL_OK) {
        pl_economy_free(e);
    }
    return 0;
}
