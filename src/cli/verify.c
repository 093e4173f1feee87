/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * verify.c - `plenty verify`: hands over to the independent checker. */
#include <plenty/plan.h>

#include <string.h>

#include "cli/cli.h"
#include "io/file.h"
#include "verify/verify.h"

int cli_verify(const cli_args *args)
{
    if (args->n_arguments == 1) {
        const char *dot = strrchr(args->argument[0], '.');
        if (pv_is_secret(args->argument[0]) || (dot != NULL && strcmp(dot, ".bel") == 0)) {
            return pv_verify_secret(args->argument[0], cli_flag(args, "json"), stdout, stderr);
        }
        if (pv_is_share(args->argument[0])) {
            return pv_verify_share(args->argument[0], cli_flag(args, "json"), stdout, stderr);
        }
        return cli_usage(args, "plenty verify PLAN ECONOMY, plenty verify ELECTION.bel, or plenty verify SHARED",
                         "arguments are missing: %.200s is neither an archive of a secret ballot nor an outcome of sharing", args->argument[0]);
    }
    if (pv_is_count(args->argument[0])) {
        return pv_verify_count(args->argument[0], args->argument[1], cli_flag(args, "json"), stdout, stderr);
    }
    if (pv_is_count(args->argument[1])) {
        return cli_usage(args, "the transcript comes first: plenty verify TRANSCRIPT BALLOTS", "%.200s is no transcript, but %.200s is",
                         args->argument[0], args->argument[1]);
    }
    char at[2][4096];
    bool plan[2];
    for (int i = 0; i < 2; i++) {
        plan[i] = pl_plan_is_binary(args->argument[i]) ||
                  (pl_path_join(at[i], sizeof at[i], args->argument[i], "plan.json") && pl_path_exists(at[i]));
    }
    if (!plan[0] && plan[1]) {
        return cli_usage(args, "the plan comes first: plenty verify PLAN ECONOMY", "%.200s is no plan, but %.200s is",
                         args->argument[0], args->argument[1]);
    }
    pl_error err;
    if (cli_memory_for(args, PL_WORK_VERIFY, args->argument[1], "verifying a plan of this economy", &err) != PL_OK) {
        return cli_fail(&err);
    }
    return pv_verify(args->argument[0], args->argument[1], cli_flag(args, "json"), stdout, stderr);
}
