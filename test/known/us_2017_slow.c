/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The MPS that Plenty exports is scaled so that other solvers, with the tolerances they come with, find the optimum that
 * the natural units hide from them. */
#include <plenty/plan.h>

#include <stdlib.h>

#include "plan/model.h"
#include "solve/mps.h"
#include "test/clp.h"
#include "test/plan_help.h"
#include "test/test.h"
#include "test/us_2017.h"

#define OPTIMUM 1.0122697596

/* The number behind the last `label` in what the command says. */
static double answer(const char *command, const char *label)
{
    char line[512];
    double x = NAN;
    FILE *p = popen(command, "r");
    CHECK(p != NULL);
    while (fgets(line, sizeof line, p) != NULL) {
        const char *at = strstr(line, label);
        x = at != NULL ? strtod(at + strlen(label), NULL) : x;
    }
    pclose(p);
    return x;
}

static void write_scaled(const pl_lp *lp, const char *path)
{
    pl_simplex *s;
    pl_mps_options options = {0};
    pl_error err = {0};
    FILE *f = fopen(path, "w");
    CHECK(f != NULL);
    CHECK_INT(pl_simplex_new(lp, NULL, &s, &err), PL_OK);
    pl_simplex_scaling(s, &options.row_scale, &options.column_scale);
    CHECK_INT(pl_mps_write(f, lp, &options, &err), PL_OK);
    CHECK_INT(fclose(f), 0);
    pl_simplex_free(s);
}

TEST(other_solvers_find_it_in_the_export)
{
    char path[64], command[300];
    pl_model *model;
    pl_stage_lp stage;
    pl_error err = {0};
    clp_require();
    if (system("command -v glpsol >/dev/null 2>&1") != 0) {
        SKIP("glpsol is not installed");
    }
    pl_economy *e = us_2017_economy();
    pl_plan *plan = plan_made(e, "most households", 1, 0);
    CHECK(plan != NULL && plan->outcome == PL_PLANNED);
    CHECK_INT(pl_model_new(e, &model, &err), PL_OK);
    CHECK_INT(pl_stage_lp_new(model, plan, 1, &stage, &err), PL_OK);
    CHECK((size_t)snprintf(path, sizeof path, "%s/us_2017.mps", test_tmp()) < sizeof path);
    write_scaled(&stage.lp, path);
    snprintf(command, sizeof command, "clp %s -dualsimplex 2>&1", path);
    double clp = stage.sign * answer(command, "Optimal objective ") + stage.offset;
    snprintf(command, sizeof command, "glpsol --freemps %s -o %s.txt >/dev/null 2>&1; grep Objective %s.txt", path, path, path);
    double glpk = stage.sign * answer(command, " = ") + stage.offset;
    printf("# Plenty %.10f, CLP %.10f, GLPK %.10f\n", plan->stages[0].value, clp, glpk);
    CHECK_NEAR(clp, OPTIMUM, 1e-7);
    CHECK_NEAR(glpk, OPTIMUM, 1e-7);
    pl_stage_lp_free(&stage);
    pl_model_free(model);
    pl_plan_free(plan);
    pl_economy_free(e);
}
