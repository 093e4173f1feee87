/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * watch.h - what is done, beside what was planned: reports, how far they are behind, and whether that is chance.
 *
 * A line of the plan is a recipe that is carried out, a good that is made, or anything else that is counted period by period.  A watch
 * holds the lines and what was reported of them; everything else here is worked out from it.  Tables: docs/formats/watch.md; methods and
 * sources: docs/methods/watching.md.  No global state, no randomness but from a seed: the same input gives the same bits. */
#ifndef PLENTY_WATCH_H
#define PLENTY_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <plenty/status.h>

/* ---- Periods (src/watch/tick.c) ------------------------------------------------------------------------------------------------------- */

/* A period of reporting: plain numbers, days, weeks from Monday, months.  Numbered without gaps: days from 1970-01-01, weeks from the one
 * that holds it, months from January 1970. */
typedef enum pl_tick_kind { PL_TICK_NUMBER, PL_TICK_DAY, PL_TICK_WEEK, PL_TICK_MONTH, PL_TICK_KINDS } pl_tick_kind;
#define PL_TICK_TEXT 16
/* "12", "2026-03-14", "2026-W09" (ISO 8601), "2026-03": all n bytes, or false. */
PL_API bool pl_tick_parse(const char *text, size_t n, pl_tick_kind *kind, int32_t *tick);
PL_API const char *pl_tick_text(pl_tick_kind kind, int32_t tick, char out[PL_TICK_TEXT]);
PL_API const char *pl_tick_word(pl_tick_kind kind); /* "period", "day", "week", "month" */
/* Periods in a year: 365, 52, 12; of plain numbers 1. */
PL_API int32_t pl_tick_year(pl_tick_kind kind);
/* The first period of the calendar year in which this one lies; of plain numbers itself. */
PL_API int32_t pl_tick_year_begin(pl_tick_kind kind, int32_t tick);

/* ---- Lines and reports (src/watch/watch.c, reports.c) ------------------------------------------------------------------------------------ */

/* Texts are borrowed when a line is added, and the watch's own in what it returns.  Amounts are those of the whole plan, which lasts
 * `periods` of the watch; NaN = not given. */
typedef struct pl_watch_line {
    const char *id;       /* "recipe:bread", "good:bread" or any name */
    const char *owner;    /* who reports, and is told first; "" = not said */
    const char *parent;   /* the line that this one is part of; "" = none */
    double planned;       /* >= 0 */
    double capability;    /* what could be done with what is there, as things are (Beer 1972) */
    double potentiality;  /* what could be done if what stands in the way were removed */
    double price;         /* what one unit less costs, by the plan's own prices */
    double slack;         /* shortfall that is tolerated over the whole plan */
} pl_watch_line;

/* What was reported of a line in a period, after corrections. */
typedef struct pl_watch_report {
    int32_t line, tick;
    double quantity;
    double capability, potentiality; /* of that period; NaN = as planned */
    int64_t at;   /* when it was reported, seconds since 1970; INT64_MIN = not said */
    int32_t by;   /* who: number of a name (pl_watch_name), or -1 */
    int32_t row;  /* private: in the order in which rows came */
} pl_watch_report;

/* What was odd in the reports.  Every row is in exactly one of: used, blank, unknown, repeated, replaced. */
typedef struct pl_watch_counts {
    int64_t rows, used;
    int64_t blank;     /* without a quantity */
    int64_t unknown;   /* of no line of the plan, or of a name that several lines have */
    int64_t repeated;  /* say the same again */
    int64_t replaced;  /* were corrected by another row */
    int64_t corrections_late; /* of these: corrections made after a later period of the line had been reported */
    int64_t conflicts; /* two quantities for one line and period with nothing that says which is later: the later row counts */
    int64_t gaps;      /* periods without a report between the first and the last report of a line */
    int64_t constant;  /* lines with PL_WATCH_CONSTANT reports or more that are all the same, and not 0 */
    int64_t silent;    /* lines that are planned and of which nothing was reported */
    int64_t before, after; /* used reports of periods before and after those of the plan */
    double correction;     /* largest change by a late correction, as a part of what it was */
} pl_watch_counts;
#define PL_WATCH_CONSTANT 6
#define PL_WATCH_KEPT 8 /* examples of each oddity */

typedef enum pl_watch_odd { PL_ODD_UNKNOWN, PL_ODD_CONFLICT, PL_ODD_LATE, PL_ODD_GAP, PL_ODD_CONSTANT, PL_ODD_SILENT, PL_ODDS } pl_watch_odd;

typedef struct pl_watch {
    pl_tick_kind kind;
    bool kind_known;       /* a period has been read */
    int32_t first, periods; /* of the plan; periods 0: there is no plan, the lines are what is reported */
    int32_t n_lines;
    pl_watch_line *line;   /* in the order in which they were added */
    int32_t n_reports;     /* after pl_watch_settle: by line, then tick, one for each */
    pl_watch_report *report;
    int32_t *start;        /* after pl_watch_settle: those of line i are start[i] .. start[i + 1] - 1 */
    int32_t last;          /* the latest period of any report */
    pl_watch_counts counts;
    int32_t n_odd[PL_ODDS]; /* kept examples, at most PL_WATCH_KEPT */
    const char *odd[PL_ODDS][PL_WATCH_KEPT];
    struct pl_watch_store *store; /* private */
} pl_watch;

PL_API pl_status pl_watch_new(pl_watch **out, pl_error *err) PL_CHECK; /* returns owned */
PL_API void pl_watch_free(pl_watch *watch); /* accepts NULL */

/* Sets the periods of the plan: from `first` on, `periods` (>= 1) of them.  Before reports are read.  PL_USAGE. */
PL_API pl_status pl_watch_span(pl_watch *watch, pl_tick_kind kind, int32_t first, int32_t periods, pl_error *err) PL_CHECK;
/* Adds a line; texts are copied.  PL_DATA: two lines of one name, amounts below zero or infinite (subject: the name); PL_TOOBIG, PL_NOMEM. */
PL_API pl_status pl_watch_add(pl_watch *watch, const pl_watch_line *line, pl_error *err) PL_CHECK;
/* Number of a line, or -1.  A name without "recipe:" or "good:" is found when only one line has it so; -2: several have. */
PL_API int32_t pl_watch_find(const pl_watch *watch, const char *id, size_t n);
/* Plan of a line in one period, where it differs from an even share.  PL_DATA for what is below zero or infinite. */
PL_API pl_status pl_watch_set(pl_watch *watch, int32_t line, int32_t tick, double quantity, pl_error *err) PL_CHECK;

/* Reads a table of plan lines: line, quantity; perhaps period, capability, potentiality, price, slack, owner, parent.  Rows with a period say
 * what is planned in it, and the plan lasts from the first to the last of them; those without, what is planned in all.
 * Errors: those of tables, PL_DATA (file:line:column). */
PL_API pl_status pl_watch_read_lines(pl_watch *watch, const char *path, pl_error *err) PL_CHECK;

/* Reads reports: line, period, quantity; perhaps capability, potentiality, by, at.  A table without the column `line` is wide: its first
 * column holds the period, each other column is a line.  May be called for several tables.  What is odd is counted, what cannot be
 * understood is refused: numbers that are none or below zero, periods that are none or of another kind (file:line:column).
 * Without a plan (periods 0 and no lines) every name is a new line.  Cost: linear; some ten million rows a minute. */
PL_API pl_status pl_watch_read_reports(pl_watch *watch, const char *path, pl_error *err) PL_CHECK;
PL_API const char *pl_watch_name(const pl_watch *watch, int32_t by);
/* Adds a report of a line, by its number; `row` is set here.  Without a quantity it is only counted.  PL_NOMEM. */
PL_API pl_status pl_watch_report_add(pl_watch *watch, const pl_watch_report *report, pl_error *err) PL_CHECK;

/* After all reports are read, and before anything is worked out of them: sorts them, lets corrections replace, counts what is odd.
 * The latest `at` counts; without it, the later row.  PL_NOMEM. */
PL_API pl_status pl_watch_settle(pl_watch *watch, pl_error *err) PL_CHECK;

/* What the plan says of a line for a period, or NaN outside the plan: an even share, or as it was set. */
PL_API double pl_watch_planned(const pl_watch *watch, int32_t line, int32_t tick);

/* ---- Indices (src/watch/indices.c) -------------------------------------------------------------------------------------------------------- */

/* Beer's three quantities and Cybersyn's ratios of them; NaN where a quantity is not known or is 0 below the line. */
typedef struct pl_watch_index {
    double actuality, capability, potentiality;
    double productivity; /* actuality / capability */
    double latency;      /* capability / potentiality */
    double performance;  /* actuality / potentiality: productivity times latency */
    double planned, fulfilled; /* plan of the same periods; actuality / planned */
} pl_watch_index;
/* Of the one report. */
PL_API pl_watch_index pl_watch_index_of(const pl_watch *watch, const pl_watch_report *report);
/* Of a line over all its reports within the plan from period `from` to `to`, both included: sums of what was reported together. */
PL_API pl_watch_index pl_watch_index_over(const pl_watch *watch, int32_t line, int32_t from, int32_t to);

/* How good the plan was as a forecast of what came, against the same period a season before (the period before, where season is 0): 1 -
 * sum |report - plan| / sum |report - naive|, over reports that have all three; amounts of different lines are made comparable by each
 * line's mean report.  Below 0 the naive plan was better. */
typedef struct pl_watch_skill {
    double skill;      /* NaN: nothing to compare, or the naive plan was perfect */
    double plan, naive; /* mean absolute errors, in parts of the mean report */
    int64_t compared;  /* reports */
    int32_t lines, worse; /* lines compared; of these, with a skill below zero */
} pl_watch_skill;
PL_API pl_watch_skill pl_watch_skill_of(const pl_watch *watch, int32_t season);

/* Writes indices.csv (a row for each report) and watch.json (counts and skill), at once or not at all.  PL_IO, PL_NOMEM. */
PL_API pl_status pl_watch_save_indices(const pl_watch *watch, int32_t season, const char *path, bool replace, pl_error *err) PL_CHECK;

/* ---- Detection: one line (src/watch/detector.c) -------------------------------------------------------------------------------------------- */

#define PL_GLR_WINDOW 30

typedef enum pl_watch_side { PL_SIDE_SHORT, PL_SIDE_OVER, PL_SIDE_BOTH } pl_watch_side;
typedef enum pl_watch_rule { PL_BY_RATIO, PL_BY_CUSUM } pl_watch_rule;

typedef struct pl_detector_settings {
    pl_watch_side side;  /* what is watched for: too little, too much, both */
    pl_watch_rule rule;  /* likelihood ratio over PL_GLR_WINDOW reports; or CUSUM for a shift of one sd, which anybody can work out with a pencil */
    double limit;  /* of the statistic: an alarm opens above it, and closes below half of it, after three reports at least */
    double spike;  /* one report further away than so many sd opens an alarm too; 0 = no such rule */
    bool renew;    /* after an alarm the evidence begins anew: for expectations that follow what came, so that a new fall is a new alarm */
    double noise;  /* sd of a report as a part of what is expected, for lines that have few reports: counts as 8 of them */
} pl_detector_settings;
/* One-sided likelihood ratio above 5.0: a false alarm in 390 reports if these are normal; spikes of 4 sd; noise 5 %. */
PL_API extern const pl_detector_settings pl_detector_defaults;

/* All that is remembered of a line, less than 200 bytes. */
typedef struct pl_detector {
    float window[PL_GLR_WINDOW]; /* residuals, in sd: a ring, the next goes to `at` */
    float cusum[2];              /* below, above */
    double level, drift;         /* without a plan: what is expected next; beside a plan: level is the last part by which it was missed */
    double variance;             /* of reports as a part of what was expected */
    int32_t count;               /* reports behind the variance */
    uint8_t n, at, hold;
    bool open;
} pl_detector;

typedef struct pl_detected {
    double expected, sd; /* NaN: nothing could be expected */
    double residual;     /* (reported - expected) / sd */
    double statistic;    /* of the rule */
    int32_t length;      /* over how many reports the ratio is largest: since when */
    bool spike;          /* open because of this one report */
    bool opened, closed; /* the alarm, by this report */
} pl_detected;

PL_API void pl_detector_start(pl_detector *detector);
/* The next report.  planned: `expected` is what the plan says (nothing is judged where it is not above 0); else the line's own past says
 * it.  Constant time. */
PL_API void pl_detector_step(const pl_detector_settings *settings, pl_detector *detector, double reported, double expected, bool planned, pl_detected *out);
/* The next residual, for which expectation and sd are known otherwise; returns the statistic. */
PL_API double pl_detector_residual(const pl_detector_settings *settings, pl_detector *detector, double residual, pl_detected *out);
/* Mean number of reports until a false alarm of the likelihood ratio, if residuals are independent and normal (simulated; docs/methods/watching.md). */
PL_API double pl_glr_run(double limit, pl_watch_side side);

/* What the fall looks like: the most probable state of the multi-process filter of Harrison and Stevens (1976) after the residuals of a
 * detector's window.  A hint for people, not a finding: it is often wrong (docs/methods/watching.md). */
typedef enum pl_hint { PL_HINT_STEADY, PL_HINT_SPIKE, PL_HINT_STEP, PL_HINT_SLOPE, PL_HINTS } pl_hint;
PL_API const char *pl_hint_word(pl_hint hint); /* "steady", "spike", "step", "slope" */
/* From n residuals, oldest first; *sure: its probability, or NULL. */
PL_API pl_hint pl_hint_of(const double *residual, int32_t n, double *sure);

/* ---- Detection: all lines (src/watch/season.c, alarms.c) ------------------------------------------------------------------------------------------ */

/* What part of a mean period each period of a season is (mean 1), from the reports of a line before the period `before`: medians of the ratios to a
 * centred moving mean, drawn towards 1 as far as they differ by chance (James and Stein 1961).  *known false, and all 1, with fewer than two whole seasons.
 * index: season of them; a period's is pl_season_phase(tick, season).  PL_NOMEM. */
PL_API pl_status pl_watch_season(const pl_watch *watch, int32_t line, int32_t before, int32_t season, double *index, bool *known, pl_error *err) PL_CHECK;
PL_API int32_t pl_season_phase(int32_t tick, int32_t season);

typedef enum pl_alarm_reason { PL_ALARM_FALL, PL_ALARM_SPIKE, PL_ALARM_BURN_FAST, PL_ALARM_BURN, PL_ALARM_BURN_SLOW, PL_ALARM_REASONS } pl_alarm_reason;
PL_API const char *pl_alarm_word(pl_alarm_reason reason); /* "fall", "spike", "burn-fast", "burn", "burn-slow" */

/* All zero (or NULL for it) gives what stands in brackets. */
typedef struct pl_alarm_settings {
    pl_watch_side side;
    pl_watch_rule rule;
    double false_alarms; /* tolerated in 100 reports [0.5]; sets the limit */
    double limit;        /* of the statistic, instead */
    double spike;        /* sd; below 0: no such rule; raised together with the limit [4] */
    int32_t season;      /* periods; 0: none */
    int32_t from;        /* alarms are told from this period on; season, noise and limit are learnt from what is before, or from all when nothing is [0] */
    bool has_from;
    int32_t attention;   /* alarms that can be looked at in a period [7] */
} pl_alarm_settings;

typedef struct pl_alarm {
    int32_t line;
    pl_alarm_reason reason;
    int32_t since, opened, until; /* periods: where the fall probably began; of the report that opened it; of the last report in it */
    bool open;          /* after the last report of the line */
    double statistic, limit;
    double worst;       /* residual furthest away, sd */
    pl_hint hint;
    double sure;
    double expected, reported; /* of the report that opened it */
    double shortfall;   /* expected less reported since then (with PL_SIDE_OVER: the other way round) */
    double ahead;       /* shortfall to be expected until the end of the plan if it goes on so; without a plan as `shortfall` */
    double damage;      /* price times `ahead`; where no line has a price: `ahead` in mean reports of the line */
    int32_t rank;       /* among the open ones, 1 = most damage; 0 = not open */
    bool shown;         /* within the attention that there is */
    int32_t under;      /* the line above it that is in alarm itself: look there first; -1 = none */
} pl_alarm;

typedef struct pl_alarms {
    int32_t n, n_open;
    pl_alarm *alarm;     /* by line, then opened */
    double limit, noise; /* as used: of the statistic; of a report, as a part */
    double run;          /* reports until a false alarm, if they were normal and independent; NaN: rule CUSUM */
    int64_t judged;      /* reports with an expectation, from settings.from on */
    int64_t learnt;      /* reports from which the limit was learnt, 0 = it is that of normal reports */
    double mirrored;     /* alarms in 100 of these reports in the other direction, in which nothing is wrong: no more than this is chance */
} pl_alarms;

/* Judges all reports of a settled watch.  With a plan, each is expected to be the plan of its period (an even share times the season of the line);
 * without, what the line's own past says.  The limit: that of normal reports for `false_alarms`; without a plan and with 2000 reports or more it
 * is raised until alarms in the other direction come no more often than that.  PL_NOMEM. */
PL_API pl_status pl_watch_judge(const pl_watch *watch, const pl_alarm_settings *settings, pl_alarms *out, pl_error *err) PL_CHECK;
PL_API void pl_alarms_clear(pl_alarms *alarms);
/* Writes alarms.csv and alarms.json, at once or not at all.  PL_IO, PL_NOMEM. */
PL_API pl_status pl_alarms_save(const pl_watch *watch, const pl_alarms *alarms, const char *path, bool replace, pl_error *err) PL_CHECK;

/* Is the tolerated shortfall of a plan (slack) being used up too fast?  Two windows, as in the workbook of site reliability (Google 2018, chapter 5): the
 * long one says that it matters, the short one (a twelfth, one period at least) that it goes on.
 *   PL_ALARM_BURN_FAST  14.4 times as fast as would last for the plan, over a 720th of it (at least a period)
 *   PL_ALARM_BURN       6 times, over a 120th;   PL_ALARM_BURN_SLOW  once, over a tenth
 * shortfall: by period of the plan up to now, n of them (below 0: more than planned; NaN: no report).  Returns the most urgent, or
 * PL_ALARM_REASONS for none; *used: part of the slack that is gone. */
PL_API pl_alarm_reason pl_slack_burn(const double *shortfall, int32_t n, int32_t periods, double slack, double *used);

/* ---- False reports: books that must agree (src/watch/books.c, books_check.c) ----------------------------------------------------------------------- */

/* What units say that they made, what others signed for having received of it, what of that went through tills, and how much of each input a
 * unit of output takes.  Errors of all these are independent, with standard deviations as parts of the amount; over several periods amounts
 * and variances of what is reported are added up, while coefficients stay off by the same. */
typedef struct pl_flow {
    int32_t from, to;   /* units; from below 0: comes from outside (imports, hours, energy), -1 less the number of its name; to -1: final users */
    double quantity, variance; /* as the receiver signed */
    double coefficient; /* input of `from` in a unit of output of `to`; NaN = not known */
    double deviation;   /* sd of the coefficient, as a part of it */
} pl_flow;

typedef struct pl_books {
    int32_t n;               /* units, by the order in which they were claimed */
    const char **unit;
    double *claim, *claim_variance;
    double *till, *till_variance; /* NaN = no till saw any of it */
    double *households;      /* deliveries to `households`, which tills see: part of those to -1 */
    int64_t n_flows;
    pl_flow *flow;           /* by from, then to; one each */
    int32_t n_outside;       /* names that claim nothing: sources outside and final users */
    const char **outside;
    struct pl_books_store *store; /* private */
} pl_books;

/* All zero (or NULL for it) gives what stands in brackets. */
typedef struct pl_books_settings {
    double claim, receipt, till; /* sd of what is reported, as a part of it [0.02, 0.02, 0.01] */
    double coefficient;          /* of a coefficient for which the table says nothing [0.1] */
    double productivity;         /* by which all coefficients of a unit are off together [0.03] */
    double family;               /* probability that a check accuses anybody wrongly [0.01] */
} pl_books_settings;

/* Reads the tables (docs/formats/watch.md): claims unit,quantity; deliveries from,to,quantity; techniques unit,input,amount (NULL: none); tills
 * unit,quantity (NULL: none).  Returns owned.  Errors: those of tables; PL_DATA: unknown units, amounts below zero, doubles. */
PL_API pl_status pl_books_read(const char *claims, const char *deliveries, const char *techniques, const char *tills, const pl_books_settings *settings,
                               pl_books **out, pl_error *err) PL_CHECK;
PL_API void pl_books_free(pl_books *books); /* accepts NULL */

typedef enum pl_suspicion { PL_NOT_SUSPECT, PL_PADS_ALONE, PL_PADS_TOGETHER } pl_suspicion;
PL_API const char *pl_suspicion_word(pl_suspicion suspicion); /* "", "alone", "together" */

typedef struct pl_book {
    double balance, technology, till; /* residuals in their own sd: claimed less received; claimed less what the inputs allow; signed less tills */
    double alone, alone_amount;       /* has it claimed more than it made, and only it?  z of all residuals together, and how much */
    double together, together_amount; /* and have those who signed for it as well? */
    pl_suspicion suspicion;
} pl_book;

typedef struct pl_books_report {
    int32_t residuals;  /* independent ones */
    double chi2, p;     /* of all together: is anything wrong anywhere */
    double limit;       /* above which a z accuses: so that all tests together accuse wrongly with probability `family` (Bonferroni) */
    int32_t suspects;
} pl_books_report;

/* Tests every unit.  book: n of them.  reconciled: n_flows + n amounts nearest to the reports for which all books agree (flows, then claims), none below
 * zero, or NULL.  Measurement test (Mah and Tamhane 1982) on the residuals of balances, technologies and tills with their joint covariance; where
 * several are suspect, what the first explains is taken off before the next is looked for (Narasimhan and Mah 1987).  Cost: cubic in units.
 * Errors: PL_NUMERIC (nothing varies), PL_TOOBIG (more than 4000 units), PL_NOMEM. */
PL_API pl_status pl_books_check(const pl_books *books, const pl_books_settings *settings, pl_book *book, double *reconciled, pl_books_report *report,
                                pl_error *err) PL_CHECK;
/* The z that a normal variable exceeds with probability p. */
PL_API double pl_normal_exceeded(double p);

/* ---- Truthful targets (src/watch/targets.c) ------------------------------------------------------------------------------------------------------- */

/* A unit announces an amount that its result will fall below with probability p, and is scored by what came.  With the reward beta * target + alpha *
 * max(0, result - target) - gamma * max(0, target - result), 0 < alpha < beta < gamma, the best announcement is the quantile p = (beta - alpha) /
 * (gamma - alpha) (Weitzman 1976): saying what one believes pays best. */
PL_API double pl_target_probability(double alpha, double beta, double gamma);
/* The loss of an announced quantile: (p - [result < target]) * (result - target), never below 0 (Koenker and Bassett 1978). */
PL_API double pl_target_loss(double p, double target, double result);

typedef struct pl_announcement { /* one announcement and what came */
    int32_t unit;
    double p, target, result;
} pl_announcement;

typedef struct pl_calibration_of {
    int32_t n;            /* announcements */
    double announced, came; /* how many results were to fall below their targets; how many did */
    double z;             /* (announced - came) in sd: above 0 the unit does better than it says */
    double exceeded;      /* probability of so few below by chance, if it said what it believed (Poisson's binomial, normal with correction) */
    double loss;          /* mean, in parts of the mean result */
    bool pads;            /* exceeded < 1 % divided by the number of units */
    int32_t above, below; /* results within 2 % above or at their target, and within 2 % below */
    double bunched;       /* probability of so many more above by chance (binomial, one half); NaN: fewer than 20 of both */
} pl_calibration_of;
/* By unit, n_units of them.  Cost: linear.  PL_DATA: p not between 0 and 1, amounts that are none (subject: "announcement 12"). */
PL_API pl_status pl_targets_score(const pl_announcement *target, int64_t n, int32_t n_units, pl_calibration_of *out, pl_error *err) PL_CHECK;

#endif
