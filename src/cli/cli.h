/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * cli.h - what the files of the command line share.
 *
 * One table of commands (commands.c) gives dispatch, --help, the man page and completion.  A command is a
 * function that gets its arguments parsed, prints, and returns the program's exit code.  Only this room may
 * print and exit. */
#ifndef PLENTY_CLI_H
#define PLENTY_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <plenty/findings.h>
#include <plenty/memory.h>
#include <plenty/plan.h>
#include <plenty/progress.h>
#include <plenty/status.h>

#include "base/str.h"
#include "plan/part.h"
#include "plan/words.h"

#define CLI_OPTIONS_MAX 256 /* given in one call */

/* ---- The table (commands.c) --------------------------------------------------------------------- */

typedef struct cli_option {
    const char *name;  /* without dashes; NULL ends the list */
    char letter;       /* -o, or 0 */
    const char *value; /* name of its value, NULL = a flag */
    bool repeat;
    const char *words; /* for completion: "a|b c|d"; "@" = a path; NULL = none */
    const char *help;
} cli_option;

typedef struct cli_args cli_args;

typedef struct cli_command {
    const char *name;      /* one word, or two: "record show" */
    const char *arguments; /* "PLAN GOOD|RESOURCE" */
    int least, most;              /* number of arguments */
    const cli_option *options;
    const char *purpose; /* one line */
    const char *help;    /* paragraphs */
    const char *example; /* lines */
    int (*run)(const cli_args *args);
} cli_command;

/* The commands, one after the other: the first for NULL; NULL after the last. */
const cli_command *cli_next_command(const cli_command *command);
/* The title of the part that begins with this command, else NULL. */
const char *cli_title_before(const cli_command *command);
const cli_command *cli_find_command(const char *name);
/* Likewise of a name of one word, or of two when `second` (or NULL) is part of it: *words says how many. */
const cli_command *cli_match_command(const char *first, const char *second, int *words);
bool cli_is_group(const char *name); /* some commands have this word as the first of two */

int cli_plan(const cli_args *args);
int cli_verify(const cli_args *args);
int cli_explain(const cli_args *args);
int cli_compare(const cli_args *args);
int cli_values(const cli_args *args);
int cli_check(const cli_args *args);
int cli_import(const cli_args *args);
int cli_convert(const cli_args *args);
int cli_generate(const cli_args *args);
int cli_frontier(const cli_args *args);
int cli_export(const cli_args *args);
int cli_count(const cli_args *args);
int cli_demo(const cli_args *args);
int cli_key_new(const cli_args *args);
int cli_key_show(const cli_args *args);
int cli_init(const cli_args *args);
int cli_record_append(const cli_args *args);
int cli_record_show(const cli_args *args);
int cli_record_prove(const cli_args *args);
int cli_record_check(const cli_args *args);
int cli_record_export(const cli_args *args);
int cli_record_checkpoint(const cli_args *args);
int cli_record_request(const cli_args *args);
int cli_record_witness(const cli_args *args);
int cli_constitution_new(const cli_args *args);
int cli_constitution_check(const cli_args *args);
int cli_constitution_adopt(const cli_args *args);
int cli_constitution_show(const cli_args *args);
int cli_constituency_create(const cli_args *args);
int cli_constituency_list(const cli_args *args);
int cli_council_create(const cli_args *args);
int cli_council_list(const cli_args *args);
int cli_council_show(const cli_args *args);
int cli_election_list(const cli_args *args);
int cli_election_show(const cli_args *args);
int cli_election_stand(const cli_args *args);
int cli_election_withdraw(const cli_args *args);
int cli_vote(const cli_args *args);
int cli_ballot_list(const cli_args *args);
int cli_ballot_show(const cli_args *args);
int cli_ballot_check(const cli_args *args);
int cli_ballot_export(const cli_args *args);
int cli_trustee_list(const cli_args *args);
int cli_trustee_show(const cli_args *args);
int cli_trustee_act(const cli_args *args);
int cli_recall_ask(const cli_args *args);
int cli_recall_sign(const cli_args *args);
int cli_recall_withdraw(const cli_args *args);
int cli_recall_answer(const cli_args *args);
int cli_recall_list(const cli_args *args);
int cli_recall_show(const cli_args *args);
int cli_needs_orders(const cli_args *args);
int cli_need_order(const cli_args *args);
int cli_need_withdraw(const cli_args *args);
int cli_need_missing(const cli_args *args);
int cli_need_mine(const cli_args *args);
int cli_need_list(const cli_args *args);
int cli_need_export(const cli_args *args);
int cli_mandate_list(const cli_args *args);
int cli_mandate_show(const cli_args *args);
int cli_mandate_resign(const cli_args *args);
int cli_member_consent(const cli_args *args);
int cli_member_propose(const cli_args *args);
int cli_member_vouch(const cli_args *args);
int cli_member_object(const cli_args *args);
int cli_member_admit(const cli_args *args);
int cli_member_move(const cli_args *args);
int cli_member_leave(const cli_args *args);
int cli_member_recover(const cli_args *args);
int cli_member_list(const cli_args *args);
int cli_member_show(const cli_args *args);
int cli_member_erase(const cli_args *args);
int cli_grant_ask(const cli_args *args);
int cli_grant_approve(const cli_args *args);
int cli_grant_refuse(const cli_args *args);
int cli_grant_list(const cli_args *args);
int cli_grant_show(const cli_args *args);
int cli_lot_announce(const cli_args *args);
int cli_lot_commit(const cli_args *args);
int cli_lot_reveal(const cli_args *args);
int cli_lot_share(const cli_args *args);
int cli_lot_list(const cli_args *args);
int cli_lot_show(const cli_args *args);
int cli_motion_table(const cli_args *args);
int cli_motion_plans(const cli_args *args);
int cli_motion_projects(const cli_args *args);
int cli_motion_amend(const cli_args *args);
int cli_motion_propose(const cli_args *args);
int cli_motion_support(const cli_args *args);
int cli_motion_point(const cli_args *args);
int cli_motion_urgent(const cli_args *args);
int cli_motion_list(const cli_args *args);
int cli_motion_show(const cli_args *args);
int cli_motion_plan(const cli_args *args);
int cli_decision_list(const cli_args *args);
int cli_decision_take(const cli_args *args);
int cli_decision_report(const cli_args *args);
int cli_question_ask(const cli_args *args);
int cli_question_answer(const cli_args *args);
int cli_question_list(const cli_args *args);
int cli_pay_skilled(const cli_args *args);
int cli_pay_enter(const cli_args *args);
int cli_pay_correct(const cli_args *args);
int cli_record_hide(const cli_args *args);
int cli_record_rekey(const cli_args *args);
int cli_record_restored(const cli_args *args);
int cli_witness_add(const cli_args *args);
int cli_witness_list(const cli_args *args);
int cli_release_publish(const cli_args *args);
int cli_release_list(const cli_args *args);
int cli_release_check(const cli_args *args);
int cli_member_correct(const cli_args *args);
int cli_member_open(const cli_args *args);
int cli_mandate_handovers(const cli_args *args);
int cli_mandate_took_over(const cli_args *args);
int cli_pay_show(const cli_args *args);
int cli_rota_class(const cli_args *args);
int cli_rota_absent(const cli_args *args);
int cli_rota_refuse(const cli_args *args);
int cli_rota_swap(const cli_args *args);
int cli_rota_served(const cli_args *args);
int cli_rota_show(const cli_args *args);
int cli_rota_fill(const cli_args *args);
int cli_lights(const cli_args *args);
int cli_replay(const cli_args *args);
int cli_audit(const cli_args *args);
int cli_serve(const cli_args *args);
int cli_needs_rake(const cli_args *args);
int cli_needs_survey(const cli_args *args);
int cli_needs_reconcile(const cli_args *args);
int cli_needs_choice(const cli_args *args);
int cli_needs_elasticities(const cli_args *args);
int cli_needs_classify(const cli_args *args);
int cli_needs_bridge(const cli_args *args);
int cli_needs_noise(const cli_args *args);
int cli_needs_budget(const cli_args *args);
int cli_secret_credentials(const cli_args *args);
int cli_secret_trustee(const cli_args *args);
int cli_secret_threshold(const cli_args *args);
int cli_secret_setup(const cli_args *args);
int cli_secret_vote(const cli_args *args);
int cli_secret_cast(const cli_args *args);
int cli_secret_close(const cli_args *args);
int cli_secret_shuffle(const cli_args *args);
int cli_secret_decrypt(const cli_args *args);
int cli_secret_tally(const cli_args *args);
int cli_secret_verify(const cli_args *args);
int cli_needs_read(const cli_args *args);
int cli_needs_forecast(const cli_args *args);
int cli_needs_unserved(const cli_args *args);
int cli_needs_explain(const cli_args *args);
int cli_share_allot(const cli_args *args);
int cli_share_announce(const cli_args *args);
int cli_share_seal(const cli_args *args);
int cli_share_open(const cli_args *args);
int cli_share_show(const cli_args *args);
int cli_share_case(const cli_args *args);
int cli_share_enter(const cli_args *args);
int cli_share_report(const cli_args *args);
int cli_share_signal(const cli_args *args);
int cli_share_queue(const cli_args *args);
int cli_share_simulate(const cli_args *args);
int cli_share_wants(const cli_args *args);
int cli_help(const cli_args *args);

/* ---- Arguments (args.c) ------------------------------------------------------------------------- */

struct cli_args {
    const cli_command *command;
    const char *argument[24];
    int n_arguments;
    struct {
        const cli_option *option;
        const char *value;
    } given[CLI_OPTIONS_MAX];
    int n_given;
};

/* Parses the words after the command's name.  PL_USAGE with a hint when they do not fit the table. */
pl_status cli_parse(const cli_command *command, int argc, char *const *argv, cli_args *out,
                    pl_error *err);
bool cli_flag(const cli_args *args, const char *name);
const char *cli_text(const cli_args *args, const char *name); /* the last one given, or NULL */
/* A number within [lo, hi], or `otherwise` when the option was not given. */
pl_status cli_number(const cli_args *args, const char *name, double lo, double hi, double otherwise,
                     double *out, pl_error *err);

/* --threads; else as many as there are cores for this process, and of use (2), or 1 beside other processes. */
pl_status cli_threads(const cli_args *args, bool alone, int *out, pl_error *err);

/* A part of one, as 0.02 or 2%. */
pl_status cli_part(const cli_args *args, const char *name, double otherwise, double *out, pl_error *err);

/* ---- Help (help.c) ------------------------------------------------------------------------------ */

void cli_print_overview(FILE *out); /* a page: the words, and under each what belongs to it */
void cli_print_all(FILE *out);      /* each command with its purpose */
void cli_print_group(const char *name, FILE *out); /* the commands whose first word this is */
void cli_print_command_help(const cli_command *command, FILE *out);

/* ---- The terminal (terminal.c) ------------------------------------------------------------------ */

void cli_start(void); /* signals, colours */
int cli_finish(int code); /* flushes; the exit code after that */
const char *cli_bold(void);
const char *cli_red(void);
const char *cli_green(void);
const char *cli_faint(void);
const char *cli_plain(void);

/* Text from files: what would steer the terminal is shown as what it is. */
void cli_print_safely(const char *text, FILE *out);
/* Prints an error as "plenty: place: message" and its hint; returns its exit code. */
int cli_fail(const pl_error *err);
/* The same for a mistake in the command line. */
int cli_usage(const cli_args *args, const char *hint, const char *fmt, ...) PL_PRINTF(3, 4);
/* Prints findings of a severity and above: the first of each and the count of the rest. */
void cli_print_findings(const pl_findings *findings, pl_severity least, const char *folder, FILE *out);

/* Prints the JSON as a line, unless `status` says that it was not made; frees it.  PL_NOMEM, with `what` it is; else `status`. */
pl_status cli_print_json(pl_str *json, pl_status status, const char *what, pl_error *err);

/* Progress on the terminal (nothing when it is none, or `quiet`), and the end of work on SIGINT or SIGTERM. */
pl_progress cli_progress(bool quiet);
void cli_progress_done(void);
bool cli_interrupted(void);

/* ---- Memory (memory.c) -------------------------------------------------------------------------- */

typedef struct cli_memory_there { /* in bytes; 0 = not known */
    double bytes;         /* of the machine, of its control groups; or as --memory says */
    double address_space; /* that a limit leaves */
} cli_memory_there;
pl_status cli_memory(const cli_args *args, cli_memory_there *out, pl_error *err);
/* PL_NOMEM with a figure when it will not do.  `doing`: "reading this economy". */
pl_status cli_memory_allows(const cli_memory_there *there, const char *subject, const char *doing, const pl_memory *needs,
                            pl_error *err);
/* All in one, for work on the economy at that path. */
pl_status cli_memory_for(const cli_args *args, pl_work work, const char *path, const char *doing, pl_error *err);
/* Is there memory for the economy, and for the least demanding way to a plan?  Whether that is the way shows later: *left is
 * for pl_plan_settings.memory.  `goal` may be NULL. */
pl_status cli_memory_for_plan(const cli_args *args, pl_plan_way way, const char *goal, double *left, pl_error *err);

/* ---- Numbers and tables (table.c) --------------------------------------------------------------- */

/* Numbers in words as in plan/words.h; names short enough for printf. */
#define CLI_NUMBER PL_WORDS_NUMBER
#define cli_amount pl_words_amount
#define cli_percent pl_words_percent
const char *cli_change(double from, double to, char out[CLI_NUMBER]); /* "+12.3 %" */

/* Prints the JSON and frees it; PL_NOMEM. */
pl_status cli_json_print(pl_str *text, pl_error *err);

/* A new folder for files of this command alone; cli_temporary_remove removes it with all that is in it. */
#define CLI_TEMPORARY 4000
pl_status cli_temporary(char out[CLI_TEMPORARY], pl_error *err);
void cli_temporary_remove(const char *folder);

#define CLI_COLUMNS 8
#define CLI_ROWS 64
#define CLI_CELL 56 /* characters shown; longer ones are cut with an ellipsis */
typedef struct cli_table {
    const char *align; /* a letter for each column, l or r */
    int rows;
    char cell[CLI_ROWS][CLI_COLUMNS][CLI_CELL * 4 + 4];
    bool heading;
} cli_table;
void cli_table_start(cli_table *t, const char *align);
/* A row of cells separated by tabs, formatted. */
void cli_table_row(cli_table *t, const char *fmt, ...) PL_PRINTF(2, 3);
void cli_table_heading(cli_table *t, const char *tabbed);
void cli_table_print(const cli_table *t, FILE *out);

/* ---- Economies and plans (load.c) --------------------------------------------------------------- */

/* Loads an economy; findings go to stderr (warnings only when `warnings`). */
pl_status cli_load_economy(const char *path, bool quiet, pl_economy **out, pl_error *err);

/* A plan with everything needed to read it. */
typedef struct cli_plan_set {
    pl_economy *economy;
    pl_variant *variant;
    pl_plan *plan;
    char path[4096]; /* of the economy */
} cli_plan_set;
/* Opens `plan`, finds its economy (`economy` when not NULL), puts back its changes, reads the whole. */
pl_status cli_load_plan(const char *plan, const char *economy, cli_plan_set *out, pl_error *err);
void cli_plan_set_free(cli_plan_set *set);

/* Files that come with Plenty ("examples/country", "mappings"); false when they are not there. */
bool cli_find_shared(const char *name, char *out, size_t size);

/* The applied scenario: --scenario, --set, --limit, --demand, --isolated in the order given. */
pl_status cli_apply_scenario(const cli_args *args, pl_variant *variant, char *goal, size_t size,
                             pl_error *err);

/* --years, --growth, --end: after the scenario. */
pl_status cli_apply_horizon(const cli_args *args, pl_variant *variant, pl_error *err);

/* ---- Several processes (crew.c) ------------------------------------------------------------------- */

/* The processes that mpirun started, where the program was built for that; *out NULL: one.  All but the first are mute
 * from then on. */
pl_status cli_crew_start(pl_crew **out, pl_error *err);
/* All end with the exit code of the first; returns it. */
int cli_crew_end(pl_crew *crew, int code);
pl_status cli_partition(const cli_args *args, pl_partition *out, pl_error *err);

typedef struct cli_process {
    pl_traffic traffic;
    int32_t goods, others, recipes, needs;
} cli_process;
/* What each process had and sent, in their order; to be freed with pl_free.  Called by all. */
pl_status cli_crew_report(const pl_part *part, cli_process **out, pl_error *err);

/* ---- The summary of a plan (summary.c, summary_json.c) ------------------------------------------- */

typedef struct cli_summary_input {
    const pl_plan *plan;
    const pl_economy *economy;
    const char *written; /* where, or NULL */
    const char *economy_path;
    const char *from;      /* the older plan that it started from, or NULL */
    int32_t goods_changed; /* against it */
    const char *device; /* where Newton steps are taken: "CPU", or its name */
    const struct cli_process *processes; /* that shared the work, or NULL */
    int n_processes;
} cli_summary_input;
pl_status cli_print_summary(const cli_summary_input *in, FILE *out, pl_error *err);
pl_status cli_print_summary_json(const cli_summary_input *in, pl_error *err);

#define cli_good_name pl_words_good
#define cli_limit_name pl_words_limit
#define cli_limit_unit pl_words_limit_unit

#endif
