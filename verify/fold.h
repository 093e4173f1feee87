/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fold.h - the commons as the checker follows it: docs/formats/commons.md, docs/rules.md and docs/methods/counting.md are all that it has in common with the
 * rest of Plenty.
 *
 * Things lie in memory by their addresses and are found by keys; nothing is taken back.  An event is judged before it changes anything; one that
 * is void although something fell due just before it makes the checker begin again, knowing that it is void (record.c). */
#ifndef PLENTY_VERIFY_FOLD_H
#define PLENTY_VERIFY_FOLD_H

#include "verify/record.h"
#include "verify/sealed.h"

#define PV_DAY ((int64_t)86400)
#define PV_OPTIONS 999
#define PV_MARKS 250
#define PV_SECONDERS 3
#define PV_CHOICES 21 /* in a motion, with "none of these" */
#define PV_BUDGET_MOST 100000
#define PV_SECRET_LEAST 5 /* members on the roll of a secret ballot; votes in one that is opened */
#define PV_TRUST_MOST 40 /* trustees and reserves */

/* ---- What there is ---------------------------------------------------------------------------------- */

typedef struct pv_list { /* of addresses */
    void **at;
    size_t n, room;
} pv_list;

typedef struct pv_member {
    uint8_t id[32];
    int64_t since, left; /* left: -1 */
    bool founder, data;  /* data: something was committed to */
    pv_list held, places; /* pv_mandate, pv_belonging */
    int64_t orders;       /* that have not ended */
    int64_t percent, from, until; /* there for that part of the time, from .. until */
    const struct pv_class *busy;  /* with a duty of that class until busy_until, or learning it */
    int64_t busy_until;
    bool learns;
} pv_member;

typedef enum pv_assembly_sort { PV_EVERYONE, PV_CONSTITUENCY, PV_COUNCIL } pv_assembly_sort;
typedef struct pv_assembly {
    uint8_t id[32];
    pv_assembly_sort sort;
    char name[101];
    int64_t size;
    pv_list belongings, groups, seats; /* of a constituency; of a council: pv_group, pv_mandate */
} pv_assembly;

typedef struct pv_belonging {
    pv_member *member;
    pv_assembly *place;
    int64_t since, until; /* until: -1 */
} pv_belonging;

typedef struct pv_mandate pv_mandate;
typedef struct pv_election pv_election;
typedef struct pv_group {
    pv_assembly *council, *electors;
    int64_t number, seats, elections, ends;
    pv_election *election, *by; /* of the next term; the last one for the rest of a term */
    pv_mandate **filled;        /* by seat, from 1 */
} pv_group;

enum { PV_END_TERM = 1, PV_END_RESIGNED, PV_END_LEFT, PV_END_RECALLED, PV_END_REPLACED, PV_END_BASE };
struct pv_mandate {
    uint8_t id[32], instruction[32];
    pv_assembly *council;
    pv_group *group;
    pv_member *holder;
    pv_election *election;
    pv_mandate *rests_on;
    int64_t seat, from, until, ended, why;
    pv_list rests, recalls; /* mandates above; pv_recall */
    int64_t cooled, failed; /* the last recall that failed: until when, with how many signatures */
    bool handover, handed;  /* something is to be handed over; it was */
};

enum { PV_ELECT_TERM, PV_ELECT_VACANCY, PV_ELECT_AGAIN };
enum { PV_ELECT_COMING, PV_ELECT_STANDING, PV_ELECT_VOTING, PV_ELECT_DECIDED, PV_ELECT_DROPPED };
typedef struct pv_ballot pv_ballot;
struct pv_election {
    uint8_t id[32];
    pv_group *group;
    int64_t sort, state, seats, opens, standing, voting, nominated, closes, elected;
    pv_mandate *cause; /* that was recalled */
    pv_ballot *ballot;
    pv_list stands;    /* pv_stand */
};

enum { PV_NOT_ELECTED, PV_ELECTED_VOTES, PV_ELECTED_ALONE, PV_ELECTED_BACK };
typedef struct pv_stand {
    pv_election *election;
    pv_member *member;
    bool withdrew;
    int64_t option, how, seat;
    char name[61];
} pv_stand;

enum { PV_ABOUT_ELECTION, PV_ABOUT_RECALL, PV_ABOUT_MOTION, PV_ABOUT_CONSTITUTION, PV_ABOUT_SIGNATURES };
enum { PV_BALLOT_COMING, PV_BALLOT_OPEN, PV_BALLOT_CLOSED, PV_BALLOT_OPENING };
enum { PV_YES_NO, PV_STV = 2, PV_SCHULZE = 4, PV_SHARES };
typedef struct pv_option {
    pv_member *member;   /* of an election */
    char name[101];
    bool out;
    int64_t first, place;
} pv_option;
typedef struct pv_paper {
    uint16_t n, *marks;
    bool *equal; /* of those of a secret ballot: as good as the mark before; NULL: none is */
} pv_paper;
struct pv_ballot {
    uint8_t id[32], seed[32];
    int64_t about, rule, n_options, seats, opens, closes, state, roll, votes;
    void *subject; /* pv_election, pv_recall, pv_motion */
    pv_assembly *electors;
    pv_option *option;
    bool counted;   /* there was something to count */
    pv_list papers; /* pv_paper */
    struct pv_sealed *sealed; /* NULL: it is open */
};

enum { PV_RECALL_ASKED, PV_RECALL_OPEN, PV_RECALL_VOTING, PV_RECALL_CARRIED, PV_RECALL_REJECTED, PV_RECALL_LAPSED, PV_RECALL_MOOT };
typedef struct pv_recall {
    uint8_t id[32];
    pv_mandate *mandate;
    pv_member *sponsor;
    pv_ballot *ballot, *petition; /* petition: of secret signatures, or NULL */
    int64_t state, asked, closes, roll, notice, needed, signatures;
    bool answered;
} pv_recall;

enum { PV_TEXT_MOTION, PV_PLANS_MOTION, PV_CONSTITUTION_MOTION, PV_INSTRUCTION_MOTION, PV_PROJECTS_MOTION };
enum { PV_DEBATE, PV_VOTED, PV_CARRIED, PV_REJECTED, PV_NO_QUORUM };
typedef struct pv_amendment {
    uint8_t id[32], text[32];
    int64_t support;
} pv_amendment;
typedef struct pv_motion {
    uint8_t id[32], text[32]; /* text: of its present version */
    pv_assembly *assembly;
    pv_member *author, *executor;
    pv_mandate *mandate;
    pv_ballot *ballot;
    int64_t sort, state, since, freezes, points, chosen, due_days;
    pv_list amendments;
    const pv_amendment *option[PV_CHOICES]; /* on the paper; NULL: another option than an amendment */
    char (*plan)[101]; /* names of plans or projects */
    size_t n_plans;
    int64_t cost[PV_CHOICES], budget; /* of projects */
    char *constitution; /* the text, of n bytes */
    size_t constitution_n;
} pv_motion;

typedef struct pv_part {
    pv_member *member;
    uint8_t seal[32], part[32];
} pv_part;
typedef struct pv_fold pv_fold;
typedef void (*pv_due_fn)(pv_fold *c, void *subject, int64_t n);
typedef struct pv_lot {
    uint8_t id[32], root[32], events[32], seed[32];
    char purpose[101];
    pv_member **pool, **drawn;
    size_t n_pool, n_drawn;
    int64_t wanted, state;
    pv_list parts;
    struct pv_trust *key; /* who open its shares, or NULL; then: */
    struct pv_ballotbox *box;
    int64_t shares, n_unsealed;
    bool unsealed[PV_TRUST_MOST + 1]; /* by number of the trustee */
    pv_due_fn drawn_for; /* what is due once it is drawn, or NULL; with: */
    void *subject;
} pv_lot;

enum { PV_TRUST_DRAWING, PV_TRUST_CERTIFYING, PV_TRUST_SHARING, PV_TRUST_AGREEING, PV_TRUST_READY, PV_TRUST_FAILED };
enum { PV_TRUSTEE_IN, PV_TRUSTEE_SPARE, PV_TRUSTEE_LATE, PV_TRUSTEE_OBJECTED, PV_TRUSTEE_OBJECTED_TO };
typedef struct pv_trustee {
    pv_member *member;
    int64_t number, left; /* number: in the round and in the key, 0: not in it */
    pv_said said[PV_MESSAGES];
} pv_trustee;
typedef struct pv_trust { /* those who keep a key together */
    uint8_t id[32], key[32]; /* key: SHA-256 of the text of all trustees */
    const uint8_t *subject;  /* an id */
    pv_ballot *ballot;       /* that is the subject, or NULL: lots */
    pv_lot *lot;
    const char *group;
    int64_t attempt, stage, wanted, needed, round, drawn, in;
    pv_trustee seat[PV_TRUST_MOST];
} pv_trust;

enum { PV_SEALED_KEYING, PV_SEALED_VOTING, PV_SEALED_SHUFFLING, PV_SEALED_OPENING, PV_SEALED_OPENED, PV_SEALED_FEW };
typedef struct pv_sealed { /* what a secret ballot has more than an open one */
    pv_trust *trust;
    struct pv_ballotbox *box;
    int64_t attempt, stage, lasts, voters, papers, shuffles, parts;
    uint8_t election[32], tally[32]; /* SHA-256 of their texts, or none */
    bool shuffled[PV_TRUST_MOST + 1], opened[PV_TRUST_MOST + 1]; /* by number of the trustee */
    pv_list votes; /* pv_sealed_vote */
} pv_sealed;
typedef struct pv_sealed_vote {
    int64_t attempt;
    uint8_t credential[32];
    void *ciphertexts;
} pv_sealed_vote;

enum { PV_GRANT_DRAWING, PV_GRANT_DECIDING, PV_GRANT_APPROVED, PV_GRANT_USED, PV_GRANT_REFUSED, PV_GRANT_LAPSED };
typedef struct pv_grant {
    uint8_t id[32], hash[32];
    char act[65];
    pv_member *author;
    pv_lot *lot;
    int64_t state, approvers, needed, approvals, refusals;
} pv_grant;

enum { PV_ASKED, PV_WAITING, PV_ADMITTED, PV_OBJECTED };
typedef struct pv_proposal { /* of a member, or a move between constituencies */
    uint8_t id[32], key[32];
    bool data, move;
    pv_member *mover;
    int64_t vouchers, objections, state;
    pv_assembly *place[16];
    size_t n_places;
} pv_proposal;

typedef struct pv_amount { /* of skilled work in a quarter; a count, in ascending order of amounts */
    int64_t amount, n;
} pv_amount;
typedef struct pv_quarter {
    int64_t number, entries, median, before; /* median, before: -1 */
    pv_amount *amount;
    size_t n_amounts, room;
} pv_quarter;
typedef struct pv_paid { /* to an official for a quarter */
    pv_member *holder;
    int64_t quarter, amount;
} pv_paid;

typedef struct pv_rota { /* the classes of tasks of one assembly whose periods are equally long */
    uint8_t id[32];
    pv_assembly *assembly;
    int64_t days, begins, filled, idle, undone; /* filled: the last period that was, -1; undone: handed out as due, and no duty served */
    bool running;
    pv_list classes, accounts;
} pv_rota;
typedef struct pv_class {
    uint8_t id[32];
    pv_rota *rota;
    char name[101];
    int64_t weight, slots, rung; /* slots 0: it has ended */
    bool training;
} pv_class;
typedef struct pv_account { /* of a member in a rota */
    uint8_t id[32];
    int64_t debt, turns, refusals, since, last, refused; /* last: period of the last confirmed turn, refused: in which one was refused last; -1 */
} pv_account;
typedef struct pv_skill {
    uint8_t class[32], member[32];
    int64_t rung, last; /* last: the last period with this task, or -1 */
} pv_skill;
enum { PV_DUTY_OPEN, PV_DUTY_ON, PV_DUTY_SERVED, PV_DUTY_LAPSED };
typedef struct pv_duty {
    uint8_t class_id[32], key[16]; /* key: period and slot */
    pv_class *class;
    pv_member *holder, *second, *trainee; /* or NULL */
    int64_t period, slot, state, weight, rung, was, refusals, swapped, confirmed; /* was: when the holder had this task before; -1 */
} pv_duty;

enum { PV_SHORT, PV_SPIKE, PV_UNREPORTED, PV_RAISED };
enum { PV_ALARM_OPEN, PV_ALARM_ANSWERED, PV_ALARM_OVER };
enum { PV_STEP_OPENED, PV_STEP_ROSE, PV_STEP_ANSWERED, PV_STEP_NOT_MENDED, PV_STEP_SILENCED, PV_STEP_OVER };
typedef struct pv_step {
    int64_t what, time, level, position; /* position: of the event; -1: the clock */
    const pv_assembly *at;
    const pv_member *by;
} pv_step;
typedef struct pv_watched pv_watched;
typedef struct pv_alarm {
    uint8_t id[32];
    pv_watched *line;
    pv_assembly *at; /* where it stands */
    const pv_member *by, *silencer;
    int64_t sort, state, period, level, since, due, statistic, damage, answered, silent, over, turn; /* turn: which of its deadlines counts */
    pv_list steps;
} pv_alarm;
struct pv_watched {
    uint8_t id[32];
    pv_assembly *workplace;
    int64_t planned, spread, price, begins, days, periods, ended, last, reports, sum, begun, missing, alarms; /* ended, last, begun: -1 */
    pv_alarm *alarm;
};
typedef struct pv_reported {
    uint8_t line[32], period[8];
    int64_t number, quantity, capability, potentiality, corrections; /* number: of the period; capability, potentiality: -1 */
    const pv_member *by;
} pv_reported;
typedef struct pv_delivery {
    uint8_t id[32];
    const pv_watched *line;
    const pv_assembly *to;
    const pv_member *sender;
    int64_t sent, received, signed_at; /* -1 */
    bool late;
} pv_delivery;

typedef struct pv_passkey {
    uint8_t id[32];
    pv_member *member;
    int64_t algorithm, since, removed; /* removed: -1 */
} pv_passkey;
typedef struct pv_order {
    uint8_t id[32];
    pv_member *member;
    int64_t amount, from, until, ended; /* ended: -1 */
    bool withdrawn;
} pv_order;
typedef struct pv_missing {
    uint8_t what[32], day[8], member[32]; /* what: SHA-256 of good, line feed, place */
    int64_t on, amount;
} pv_missing;
#define PV_FIGURES 6
typedef struct pv_queue { /* the last report of an assembly */
    uint8_t id[32];
    int64_t since, reports, figure[PV_FIGURES]; /* shelf, fill, instead, days, hours, waiting; -1: not said */
} pv_queue;

enum { PV_ROUND_SEALING, PV_ROUND_OPENING, PV_ROUND_DRAWING, PV_ROUND_READY };
typedef struct pv_round { /* of sharing */
    uint8_t id[32], outcome[32]; /* outcome: the first that was entered */
    pv_assembly *assembly;
    pv_lot *lot;
    int64_t state, sealed, opened, outcomes;
} pv_round;

/* ---- The parameters of a constitution (docs/formats/constitution.md) ---------------------------------- */

enum {
    PV_VOUCHERS, PV_OBJECTION_DAYS, PV_OBJECTORS, PV_TERM_DAYS, PV_TERMS_IN_ROW, PV_HANDOVER_DAYS, PV_NOMINATION_DAYS, PV_VOTING_DAYS, PV_DELEGATES_NOMINATION,
    PV_DELEGATES_VOTING, PV_RECALL_PERCENT, PV_RECALL_LEAST, PV_RECALL_WINDOW, PV_RECALL_WITHIN, PV_RECALL_VOTE, PV_RECALL_ELECTION, PV_RECALL_IMMUNITY, PV_RECALL_COOLING,
    PV_RECALL_END, PV_APPROVERS, PV_NEEDED, PV_APPROVE_HOURS, PV_EXECUTE_HOURS, PV_COMMIT_HOURS, PV_REVEAL_HOURS, PV_PAY_PERCENT, PV_PAY_CLOSE, PV_DEBATE_DAYS,
    PV_URGENT_HOURS, PV_MOTION_VOTE, PV_QUORUM, PV_SUPPORT, PV_CHANGE, PV_SECRET_ELECTIONS, PV_SECRET_RECALLS, PV_SECRET_SIGNATURES, PV_SECRET_MOTIONS, PV_SECRET_MEMBERS,
    PV_SECRET_TRUSTEES, PV_SECRET_NEEDED, PV_LOT_KEY, PV_SECRET_RESERVES, PV_ROUND_HOURS, PV_OPEN_HOURS, PV_SECRET_BELENIOS, PV_LOT_KEY_DAYS, PV_SHARE_SEAL_HOURS,
    PV_SHARE_OPEN_HOURS, PV_OPEN_ORDERS, PV_MISSING_DAYS, PV_WATCH_REPORT_DAYS, PV_DELIVERY_DAYS, PV_ALARM_FIRST, PV_ALARM_COUNCIL, PV_ALARM_UPPER, PV_MEND_DAYS, PV_SILENCE_DAYS,
    PV_FOLLOWED, /* the others are only read */
    PV_PARAMS_MOST = 128
};
typedef struct pv_param {
    const char *key;
    int64_t value, least, most;
} pv_param;
extern const pv_param pv_params[]; /* ends with a key that is NULL */
/* Whether this text is a constitution; its parameters. */
bool pv_constitution(const uint8_t *text, size_t n, int64_t value[PV_PARAMS_MOST]);

/* ---- Bodies ----------------------------------------------------------------------------------------- */

#define PV_BODY_FIELDS 14
typedef struct pv_value {
    bool given;
    int64_t x;
    const uint8_t *at; /* strings: n bytes; lists: n items */
    size_t n;
} pv_value;

typedef struct pv_kind {
    const char *name;
    /* A letter for each field: b bytes, t text, l lines, i a number, I ids, S ids in ascending order, B blobs, N numbers, T texts; least and most of bytes, of
     * the number or of items; those behind `needed` may be left out. */
    struct {
        char type;
        int64_t least, most;
    } field[PV_BODY_FIELDS];
    int needed;
    int (*apply)(pv_fold *c); /* the rule that it breaks, or 0 */
    bool privileged;
} pv_kind;
extern const pv_kind pv_kinds[]; /* ends with a name that is NULL */
const pv_kind *pv_kind_of(const char *name, size_t n);
/* Takes the body apart; 0, 13 or 18. */
int pv_body(const pv_kind *kind, const uint8_t *body, size_t n, pv_value value[PV_BODY_FIELDS]);
const uint8_t *pv_item(const pv_value *ids, size_t i); /* 32 bytes */
void pv_numbers(const pv_value *list, int64_t *out);
/* The i-th text, *n bytes. */
const uint8_t *pv_text_item(const pv_value *list, size_t i, size_t *n);

/* ---- The fold --------------------------------------------------------------------------------------- */

typedef struct pv_due {
    int64_t time, serial, n;
    pv_due_fn happen;
    void *subject;
} pv_due;

struct pv_entry; /* of the table of keys */
struct pv_fold {
    pv_run *run;
    pv_ledger *ledger;
    const pv_tree *tree;
    int64_t time, dues;       /* the clock; how many were asked for */
    int64_t done;             /* the time of the last one that happened */
    pv_due *heap;
    size_t n_heap, heap_room;
    struct pv_entry *slot;
    size_t n_slots, slots;
    /* The event that is judged: */
    const uint8_t *body, *key_id;
    size_t body_n;
    const char *kind;
    size_t kind_n;
    uint8_t id[32]; /* of what it makes */
    pv_member *author;
    pv_value value[PV_BODY_FIELDS];
    /* What there is: */
    pv_assembly *everyone;
    pv_list members, assemblies, mandates, ballots, elections, recalls, motions, lots, grants, quarters, paid, opened;
    pv_list trusts, rotas, classes, skills, duties, lines, reports, deliveries, alarms, passkeys, orders, missing, queues, rounds;
    int64_t param[PV_PARAMS_MOST], version; /* of the constitution; 0: none is in force */
    pv_quarter *closed;
    uint8_t lot_seed[32]; /* of the lot that was drawn last */
    pv_trust *keepers, *coming; /* of the key for lots: now, those who make the next one; NULL: none */
    int64_t keepings;           /* how often some were drawn */
    const char *folder;         /* of the record: blobs lie in it */
    pv_cast *ahead;             /* votes that were judged before their turn, in their order */
    size_t n_ahead, next_ahead;
    uint64_t counted;     /* ballots with papers */
    uint64_t results;     /* lines of the file that were compared */
};

/* fold.c */
void pv_push(pv_fold *c, pv_list *list, void *item);
void *pv_new(pv_fold *c, size_t size);
/* What is kept under these keys (b may be NULL), or NULL; `what` is a letter for the kind of thing. */
void *pv_get(const pv_fold *c, char what, const void *a, size_t a_n, const void *b, size_t b_n);
void pv_put(pv_fold *c, char what, const void *a, size_t a_n, const void *b, size_t b_n, void *value);
void *pv_get_id(const pv_fold *c, char what, const uint8_t id[32]);
void pv_put_id(pv_fold *c, char what, const uint8_t id[32], void *value);
void pv_due_at(pv_fold *c, int64_t time, pv_due_fn happen, void *subject, int64_t n);
/* Whether something falls due until then. */
bool pv_due_until(const pv_fold *c, int64_t time);
void pv_until(pv_fold *c, int64_t time);
void pv_hash(const void *bytes, size_t n, uint8_t out[32]);
void pv_big_endian(int64_t x, uint8_t out[8]);
bool pv_id_same(const uint8_t *a, const uint8_t *b);
bool pv_id_none(const uint8_t *id);
/* The founding, and the fold of one event; the rule that it breaks. */
void pv_commons_begin(pv_fold *c, const uint8_t *const *founders, size_t n, int64_t time);
int pv_commons_event(pv_fold *c, const pv_kind *kind);
int pv_privileged(pv_fold *c, const pv_value *grant, bool later); /* 0 or 29 */

/* fold_members.c */
pv_member *pv_member_of(const pv_fold *c, const uint8_t id[32]); /* also one who has left */
pv_member *pv_member_now(const pv_fold *c, const uint8_t id[32]);
pv_member *pv_member_add(pv_fold *c, const uint8_t id[32]);
void pv_member_leave(pv_fold *c, pv_member *m);
pv_assembly *pv_assembly_of(const pv_fold *c, const uint8_t id[32]);
bool pv_has(const pv_fold *c, const pv_assembly *a, const pv_member *m, int64_t since);
void pv_belong(pv_fold *c, pv_assembly *place, pv_member *m, bool belongs);
void pv_keys_end(pv_ledger *ledger, const uint8_t holder[32]);
int pv_apply_adopted(pv_fold *c), pv_apply_constituency(pv_fold *c), pv_apply_council(pv_fold *c), pv_apply_proposed(pv_fold *c), pv_apply_vouched(pv_fold *c),
    pv_apply_objected(pv_fold *c), pv_apply_admitted(pv_fold *c), pv_apply_moved(pv_fold *c), pv_apply_move_objected(pv_fold *c), pv_apply_left(pv_fold *c),
    pv_apply_recovered(pv_fold *c);
void pv_enact(pv_fold *c, const int64_t value[PV_PARAMS_MOST]);

/* fold_grants.c */
/* Among those who belong to the pool now, but `without`; `drawn_for` becomes due with `subject` and 0 once it is drawn. */
pv_lot *pv_lot_start(pv_fold *c, const uint8_t id[32], const char *purpose, size_t n, const pv_assembly *pool, const pv_member *without, int64_t wanted,
                     pv_due_fn drawn_for, void *subject);
int pv_apply_announced(pv_fold *c), pv_apply_sealed(pv_fold *c), pv_apply_opened(pv_fold *c), pv_apply_asked(pv_fold *c), pv_apply_approved(pv_fold *c),
    pv_apply_refused(pv_fold *c), pv_apply_hidden(pv_fold *c), pv_apply_witness(pv_fold *c), pv_apply_release(pv_fold *c), pv_apply_archive(pv_fold *c),
    pv_apply_rekeyed(pv_fold *c), pv_apply_restored(pv_fold *c), pv_apply_roll(pv_fold *c);

/* Draws, unless it has been. */
void pv_lot_draw(pv_fold *c, void *lot, int64_t n);

/* fold_trust.c */
/* Trustees there would be, 0 when there are too few members for it. */
int64_t pv_trust_size(const pv_fold *c, int64_t without, int64_t *needed);
/* Draws some; ballot NULL: for lots. */
pv_trust *pv_trust_start(pv_fold *c, const uint8_t *subject, int64_t attempt, const char *group, int64_t without, pv_ballot *ballot);
int64_t pv_trustee_number(const pv_trust *t, const pv_member *m); /* 0: not in the key */
struct pv_ballotbox *pv_trust_box(pv_fold *c, const pv_trust *t, const pv_asked *asked, uint8_t hash[32]);
pv_said pv_keep_text(pv_fold *c, const pv_value *value);
/* Members for the key of lots are drawn, where the constitution asks for them and there are none. */
void pv_lot_key_start(pv_fold *c);
int pv_apply_certified(pv_fold *c), pv_apply_shared(pv_fold *c), pv_apply_agreed(pv_fold *c), pv_apply_trustee_objected(pv_fold *c), pv_apply_lot_shared(pv_fold *c),
    pv_apply_lot_unsealed(pv_fold *c);

/* fold_sealed.c */
bool pv_sealed_wanted(const pv_fold *c, const pv_ballot *b);
int64_t pv_sealed_time(const pv_fold *c, const pv_ballot *b); /* to make its key and to open it, at the longest; 0: not secret */
void pv_sealed_plan(pv_fold *c, pv_ballot *b);
void pv_sealed_keyed(pv_fold *c, pv_ballot *b, int64_t attempt);
bool pv_sealed_may(const pv_ballot *b, const pv_member *m); /* keep its key */
void pv_sealed_closes(pv_fold *c, pv_ballot *b);
void pv_sealed_uuid(const uint8_t id[32], int64_t attempt, char out[15]);
/* Judges the sealed votes among events that come next, on all cores. */
void pv_sealed_ahead(pv_fold *c, const pv_said *event, size_t n);
int pv_apply_vote_sealed(pv_fold *c), pv_apply_shuffled(pv_fold *c), pv_apply_ballot_opened(pv_fold *c);

/* fold_elections.c */
void pv_elections_of(pv_fold *c, const pv_assembly *council); /* NULL: of all */
void pv_election_fill(pv_fold *c, pv_group *g, int64_t days);
void pv_election_again(pv_fold *c, pv_group *g, pv_mandate *cause, int64_t days);
void pv_election_prepare(pv_fold *c, pv_ballot *b);
void pv_election_decided(pv_fold *c, pv_ballot *b);
void pv_mandate_end(pv_fold *c, pv_mandate *m, int64_t why);
pv_mandate *pv_mandate_in(const pv_assembly *council, const pv_member *m); /* that lasts, or NULL */
void pv_seat_vacant(pv_fold *c, void *mandate, int64_t n);
bool pv_election_may(const pv_fold *c, const pv_election *e, const pv_member *m);
void pv_election_seat(pv_fold *c, pv_election *e, pv_member *m, int64_t seat, int64_t how, int64_t latest);
int pv_by_id(const void *a, const void *b); /* addresses of things that begin with an id */
int pv_apply_stood(pv_fold *c), pv_apply_withdrew(pv_fold *c), pv_apply_resigned(pv_fold *c), pv_apply_handover(pv_fold *c);

/* fold_ballots.c */
/* of the ballot that the event names. */
int pv_ballot_voter(const pv_fold *c, bool sealed, pv_ballot **out);
void pv_ballot_opens(pv_fold *c, void *ballot, int64_t n);
void pv_ballot_closes(pv_fold *c, void *ballot, int64_t n);
void pv_ballot_count(pv_fold *c, pv_ballot *b); /* and what follows from it */
pv_ballot *pv_ballot_plan(pv_fold *c, int64_t about, void *subject, const uint8_t subject_id[32], pv_assembly *electors, int64_t rule, int64_t options, int64_t seats,
                          int64_t opens, int64_t closes);
int pv_apply_vote(pv_fold *c);

/* fold_count.c: winners[0 .. the result - 1] are numbers of options, in order; of projects, those that are chosen */
int32_t pv_count(pv_fold *c, const pv_ballot *b, int32_t winners[PV_OPTIONS]);
int32_t pv_count_back(pv_fold *c, const pv_ballot *b, int32_t left, bool stands[PV_OPTIONS]); /* who gets the seat, or -1 */

/* fold_motions.c */
void pv_recall_decided(pv_fold *c, pv_ballot *b);
void pv_signatures_decided(pv_fold *c, pv_ballot *b);
void pv_motion_decided(pv_fold *c, pv_ballot *b);
int pv_apply_recall(pv_fold *c), pv_apply_signed(pv_fold *c), pv_apply_unsigned(pv_fold *c), pv_apply_answered(pv_fold *c), pv_apply_tabled(pv_fold *c),
    pv_apply_amended(pv_fold *c), pv_apply_urgent(pv_fold *c), pv_apply_point(pv_fold *c), pv_apply_amendment(pv_fold *c), pv_apply_supported(pv_fold *c),
    pv_apply_taken(pv_fold *c), pv_apply_reported(pv_fold *c), pv_apply_question(pv_fold *c), pv_apply_reply(pv_fold *c);

/* fold_pay.c */
int pv_apply_skilled(pv_fold *c), pv_apply_corrected(pv_fold *c), pv_apply_paid(pv_fold *c);
int64_t pv_pay_cap(const pv_fold *c, const pv_member *holder, int64_t quarter, int64_t *days, bool *reference);

/* fold_rota.c */
bool pv_on_duty(const pv_fold *c, const pv_member *m, const char *class);
int pv_apply_class(pv_fold *c), pv_apply_absent(pv_fold *c), pv_apply_duty_refused(pv_fold *c), pv_apply_offered(pv_fold *c), pv_apply_swapped(pv_fold *c),
    pv_apply_served(pv_fold *c);

/* fold_turns.c */
void pv_rota_fills(pv_fold *c, void *rota, int64_t period);
/* Puts another in the place of the holder. */
void pv_duty_replace(pv_fold *c, pv_duty *d);
pv_duty *pv_duty_of(const pv_fold *c, const pv_class *class, int64_t period, int64_t slot);
pv_skill *pv_skill_of(pv_fold *c, const pv_class *class, const pv_member *m);
pv_account *pv_account_of(const pv_fold *c, const pv_rota *r, const pv_member *m); /* NULL */
int64_t pv_period_begins(const pv_rota *r, int64_t period);

/* fold_watch.c */
int pv_apply_watched(pv_fold *c), pv_apply_line_ended(pv_fold *c), pv_apply_line_reported(pv_fold *c), pv_apply_sent(pv_fold *c), pv_apply_received(pv_fold *c);

/* fold_alarms.c */
void pv_alarm_judge(pv_fold *c, pv_watched *l, int64_t period, int64_t last_short); /* after a report that was so far below plan */
void pv_alarm_open(pv_fold *c, pv_watched *l, int64_t sort, int64_t period, int64_t statistic);
void pv_alarm_end(pv_fold *c, pv_watched *l, int64_t position);
pv_watched *pv_watched_of(const pv_fold *c); /* that the event names, whose watch goes on; or NULL */
int pv_apply_raised(pv_fold *c), pv_apply_alarm_answered(pv_fold *c), pv_apply_silenced(pv_fold *c);

/* fold_wants.c */
int pv_apply_passkey(pv_fold *c), pv_apply_passkey_removed(pv_fold *c), pv_apply_order(pv_fold *c), pv_apply_order_withdrawn(pv_fold *c), pv_apply_missing(pv_fold *c),
    pv_apply_queue(pv_fold *c);

/* fold_share.c */
int pv_apply_share(pv_fold *c), pv_apply_share_sealed(pv_fold *c), pv_apply_share_opened(pv_fold *c), pv_apply_share_entered(pv_fold *c);

/* fold_results.c: the file `results` of the folder against what was found */
void pv_results_check(pv_fold *c, const pv_file *file);

#endif
