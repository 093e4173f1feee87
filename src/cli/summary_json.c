/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * summary_json.c - the summary of a plan as JSON (`plenty plan --json`). */
#include <string.h>

#include "cli/summary.h"
#include "plan/json.h"

/* What each process had and sent. */
static void processes(pl_json *j, const cli_summary_input *in)
{
    pl_json_key(j, "processes");
    pl_json_array(j);
    for (int r = 0; r < in->n_processes; r++) {
        const cli_process *p = &in->processes[r];
        pl_json_object(j);
        pl_json_put_int(j, "goods", p->goods);
        pl_json_put_int(j, "goods_of_others", p->others);
        pl_json_put_int(j, "recipes", p->recipes);
        pl_json_put_int(j, "messages", p->traffic.messages);
        pl_json_put_int(j, "bytes", p->traffic.bytes);
        pl_json_put_int(j, "shown", p->traffic.shows);
        pl_json_put_int(j, "collected", p->traffic.collects);
        pl_json_put_int(j, "sums", p->traffic.sums);
        pl_json_put_int(j, "sum_bytes", p->traffic.sum_bytes);
        pl_json_put_number(j, "seconds", p->traffic.seconds);
        pl_json_end(j);
    }
    pl_json_end(j);
}

pl_status cli_print_summary_json(const cli_summary_input *in, pl_error *err)
{
    const pl_plan *p = in->plan;
    pl_str buffer;
    pl_json j;
    pl_str_init(&buffer, (size_t)1 << 30);
    pl_json_init(&j, &buffer, true);
    pl_json_object(&j);
    pl_json_put_text(&j, "economy", in->economy_path);
    pl_json_put_text(&j, "title", in->economy->title);
    pl_json_put_text(&j, "hash", p->economy_hash);
    pl_json_put_text(&j, "plan", in->written);
    pl_json_put_text(&j, "outcome", p->outcome == PL_PLANNED ? "planned" : "infeasible");
    pl_json_put_text(&j, "goal", pl_goal_id(p->goal));
    pl_json_put_text(&j, "argument", p->argument);
    pl_json_put_int(&j, "changes", p->n_changes);
    pl_json_stages(&j, p, in->economy);
    pl_status status = pl_json_outcome(&j, p, in->economy, 0, 0, err);
    if (in->from != NULL) {
        pl_json_put_text(&j, "from", in->from);
        pl_json_put_int(&j, "goods_changed", in->goods_changed);
    }
    if (in->processes != NULL) {
        processes(&j, in);
    }
    pl_json_put_text(&j, "device", strcmp(p->way, "newton") == 0 ? in->device : "CPU");
    pl_json_put_int(&j, "iterations", p->iterations);
    pl_json_put_number(&j, "seconds", p->seconds);
    pl_json_put_number(&j, "primal_violation", p->primal_violation);
    pl_json_put_number(&j, "dual_violation", p->dual_violation);
    pl_json_put_number(&j, "gap", pl_plan_gap(p));
    pl_json_put_bool(&j, "stopped", p->stopped);
    pl_json_end(&j);
    return cli_print_json(&buffer, status, "the summary", err);
}
