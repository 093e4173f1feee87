/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The bytes as each table of what is to be shared, which is then shared, and as each file of an outcome, which is then verified. */
#include "test/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <plenty/share.h>

#include "verify/verify.h"

static const char *const INPUT[][2] = {
    {"supply.csv", "good,quantity,unit,whole,cost\nbread,6,kg,no,2\noil,3,l,no,1\nstove,2,,yes,\nflat,1,,yes,\n"},
    {"people.csv", "person,points,years\nAnn,1,3\nBob,2.5,0\nCem,1,3\n"},
    {"wants.csv", "person,good,amount,taste,floor,arrival\nAnn,bread,4,,,1\nBob,bread,5,2,1,\nCem,oil,,,,3\nAnn,oil,2,,,\nBob,stove,1,,,\nCem,stove,1,,,\nAnn,flat,1,,,\nCem,flat,1,,,\n"},
    {"rules.csv", "good,rule,floor,substitution,lot\nbread,points,1,1.5,\noil,uniform,,,\nstove,urgency,,,\nflat,lottery,,,first\n"},
    {"urgency.csv", "criterion,weight\nyears,2\n"},
};
static const char *const OUTPUT[] = {"share.json", "allotments.csv", "prices.csv", "rules.csv", "wants.csv", "supply.csv", "people.csv", "urgency.csv"};
enum { INPUTS = sizeof INPUT / sizeof *INPUT, OUTPUTS = sizeof OUTPUT / sizeof *OUTPUT };
static char from[300], to[320];

static void put(const char *name, const void *data, size_t size)
{
    char path[400];
    snprintf(path, sizeof path, "%s/%s", from, name);
    FILE *f = fopen(path, "w");
    if (f == NULL || (size > 0 && fwrite(data, 1, size, f) != size) || fclose(f) != 0) {
        abort();
    }
}

static pl_status share(bool save)
{
    pl_sharing *s = NULL;
    pl_shared *shared = NULL;
    pl_error err;
    pl_status status = pl_sharing_load(from, PL_RULE_UNIFORM, &s, &err);
    if (status == PL_OK && s->n_wants < 1000) {
        status = pl_share(s, &(pl_share_settings){.seed = "1"}, &shared, &err);
    }
    if (status == PL_OK && shared != NULL && save) {
        status = pl_shared_save(s, shared, from, to, true, &err);
    }
    if (status != PL_OK && err.message[0] == '\0') {
        abort();
    }
    pl_shared_free(shared);
    pl_sharing_free(s);
    return status;
}

static void remove_all(void)
{
    char path[400];
    for (int k = 0; k < INPUTS; k++) {
        snprintf(path, sizeof path, "%s/%s", from, INPUT[k][0]);
        unlink(path);
    }
    for (int k = 0; k < OUTPUTS; k++) {
        snprintf(path, sizeof path, "%s/%s", to, OUTPUT[k]);
        unlink(path);
    }
    rmdir(to);
    rmdir(from);
}

static void begin(void)
{
    snprintf(from, sizeof from, "%s/plenty-fuzz-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (mkdtemp(from) == NULL) {
        abort();
    }
    snprintf(to, sizeof to, "%s/shared", from);
    for (int k = 0; k < INPUTS; k++) {
        put(INPUT[k][0], INPUT[k][1], strlen(INPUT[k][1]));
    }
    if (share(true) != PL_OK) {
        abort();
    }
    atexit(remove_all);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (from[0] == '\0') {
        begin();
    }
    for (int k = 0; k < INPUTS; k++) {
        put(INPUT[k][0], data, size);
        (void)share(false);
        put(INPUT[k][0], INPUT[k][1], strlen(INPUT[k][1]));
    }
    FILE *nowhere = fopen("/dev/null", "w");
    for (int k = 0; k < OUTPUTS && nowhere != NULL; k++) {
        fuzz_replace(to, OUTPUT[k], data, size);
        (void)pv_verify_share(to, false, nowhere, nowhere);
        fuzz_restore(to, OUTPUT[k]);
    }
    if (nowhere != NULL) {
        fclose(nowhere);
    }
    return 0;
}
