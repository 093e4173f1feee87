/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "test/clp.h"

#include <stdlib.h>

#include "solve/mps.h"
#include "test/test.h"

void clp_require(void)
{
    if (system("command -v clp >/dev/null 2>&1") != 0) {
        SKIP("clp is not installed");
    }
}

static void write_lp(const pl_lp *lp, const char *path)
{
    pl_simplex *s;
    pl_mps_options options = {0};
    pl_error err = {0};
    FILE *f = fopen(path, "w");
    CHECK(f != NULL);
    if (pl_simplex_new(lp, NULL, &s, &err) != PL_OK) {
        FAIL("%s", err.message);
    }
    pl_simplex_scaling(s, &options.row_scale, &options.column_scale);
    CHECK_INT(pl_mps_write(f, lp, &options, NULL), PL_OK);
    CHECK_INT(fclose(f), 0);
    pl_simplex_free(s);
}

clp_outcome clp_solve(const pl_lp *lp, double tolerance, double *minimum)
{
    char path[4200], command[4400], line[512];
    snprintf(path, sizeof path, "%s/lp.mps", test_tmp());
    write_lp(lp, path);
    snprintf(command, sizeof command, "clp %s -primaltolerance %g -dualtolerance 1e-10 -dualsimplex 2>&1", path,
             tolerance);
    FILE *p = popen(command, "r");
    CHECK(p != NULL);
    clp_outcome outcome = CLP_LOST;
    while (fgets(line, sizeof line, p) != NULL) {
        const char *at = strstr(line, "Optimal objective ");
        if (at != NULL) {
            *minimum = strtod(at + strlen("Optimal objective "), NULL);
            outcome = CLP_OPTIMAL;
        } else if (strstr(line, "PrimalInfeasible objective") != NULL || strstr(line, "problem infeasible") != NULL) {
            outcome = CLP_INFEASIBLE;
        } else if (strstr(line, "DualInfeasible objective") != NULL || strstr(line, "problem unbounded") != NULL) {
            outcome = CLP_UNBOUNDED;
        }
    }
    pclose(p);
    remove(path);
    return outcome;
}
