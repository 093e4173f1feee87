/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * council.h - the tables of a commons and the questions that its rules ask of them; for the files of this room.
 *
 * Each table is a structure and a pl_table (record/row.h); docs/formats/commons.md says what is in it.  Times are seconds since 1970, -1 is
 * "not yet" or "never"; an id of zeros is "none". */
#ifndef PLENTY_COUNCIL_COUNCIL_INT_H
#define PLENTY_COUNCIL_COUNCIL_INT_H

#include <plenty/council.h>

#include "base/str.h"
#include "record/step.h"

#define PL_DAY 86400
#define PL_HOUR 3600

/* ---- The constitution (constitution.c) ------------------------------------------------------------ */

/* A parameter as it is in force, or its default as long as none is. */
pl_status pl_param(pl_step *step, pl_param_name name, int64_t *value);
/* Whether a constitution is in force; before that the founders act together (bodies.c). */
pl_status pl_in_force(pl_step *step, bool *yes);
/* Puts the parameters of this text, which pl_constitution_read has accepted, in force. */
pl_status pl_constitution_enact(pl_step *step, const pl_constitution *constitution, const uint8_t text[PL_HASH]);
/* How the constitution stands: the parameters and tiers in force, or the defaults with number 0. */
typedef struct pl_constitution_state {
    pl_constitution constitution;
    int64_t number, since; /* 1 the first, 2 after the first change, ... */
    uint8_t text[PL_HASH];
} pl_constitution_state;
pl_status pl_constitution_now(pl_step *step, pl_constitution_state *out);
/* How many founders have adopted that text so far, and how many founders there are. */
pl_status pl_constitution_adopters(pl_step *step, const uint8_t text[PL_HASH], int64_t *n, int64_t *founders);
/* Keeps the text of a constitution that a motion proposes, and reads it again. */
pl_status pl_constitution_keep(pl_step *step, const uint8_t motion[PL_HASH], const pl_value *text);
pl_status pl_constitution_kept(pl_step *step, const uint8_t motion[PL_HASH], pl_constitution *out);
extern const pl_event_kind PL_KIND_CONSTITUTION_ADOPTED;

/* ---- Members (members.c) -------------------------------------------------------------------------- */

typedef struct pl_member {
    int64_t since, left;         /* left: -1 */
    uint8_t commitment[PL_HASH]; /* salted, to personal data that lies elsewhere */
    int64_t founder;             /* 1 or 0 */
    int64_t came, went;          /* numbers of these changes among all changes of members; -1 */
} pl_member;
extern const pl_table PL_MEMBERS; /* key: member id, the key id of the member's first key */

pl_status pl_member_add(pl_step *step, const uint8_t id[PL_HASH], const pl_member *member);
pl_status pl_member_end(pl_step *step, const uint8_t id[PL_HASH]); /* the row alone; admission.c does the rest */
/* Somebody leaves or is struck off: constituencies, mandates and keys end with it (admission.c). */
pl_status pl_member_leaves(pl_step *step, const uint8_t id[PL_HASH]);
/* Whether that is a member now. */
pl_status pl_member_is(pl_step *step, const uint8_t id[PL_HASH], bool *yes);
/* How many changes of members there were: who was one then has came <= it and went > it, or -1. */
pl_status pl_member_changes(pl_step *step, int64_t *n);
pl_status pl_member_count(pl_step *step, int64_t *n);
pl_status pl_members_founded(pl_step *step, const pl_created *founding);

/* ---- Assemblies: whoever votes together (assemblies.c) --------------------------------------------- */

/* A constituency (its members belong to it), a council (those who hold a mandate in it), or everyone (all members; its id is the commons id). */
typedef enum pl_assembly_sort { PL_EVERYONE, PL_CONSTITUENCY, PL_COUNCIL } pl_assembly_sort;
typedef struct pl_assembly {
    int64_t sort; /* pl_assembly_sort */
    char name[101], type[41];
    int64_t since;
    int64_t members; /* now */
} pl_assembly;
extern const pl_table PL_ASSEMBLIES; /* key: id */

/* Who belongs to a constituency, both ways round: (constituency, member) and (member, constituency). */
typedef struct pl_belonging {
    int64_t since, until; /* until: -1 */
} pl_belonging;
extern const pl_table PL_BELONGS, PL_PLACES;

/* One group of seats of a council, filled by one election: key (council, number 0, 1, ...). */
typedef struct pl_seat_group {
    uint8_t electors[PL_HASH]; /* the assembly that elects; when it is a council, its mandates carry those of this one */
    int64_t seats;
    int64_t elections;         /* so far */
    uint8_t election[PL_HASH]; /* of the next term, coming or going on; or none */
    uint8_t by[PL_HASH];       /* the last one for the rest of a term, or none */
    int64_t ends;              /* the present term */
} pl_seat_group;
extern const pl_table PL_GROUPS;

/* *there is false when there is no such assembly. */
pl_status pl_assembly_get(pl_step *step, const uint8_t id[PL_HASH], pl_assembly *out, bool *there);
/* Whether the member belongs to it now, and did at `since` already (for a roll that was frozen then; 0 for any time). */
pl_status pl_assembly_has(pl_step *step, const uint8_t assembly[PL_HASH], const uint8_t member[PL_HASH], int64_t since, bool *yes);
/* How many belong to it now. */
pl_status pl_assembly_size(pl_step *step, const uint8_t assembly[PL_HASH], int64_t *n);
/* All who belong to it now, ascending; *members is an array of n times 32 bytes, freed with pl_free. */
pl_status pl_assembly_list(pl_step *step, const uint8_t assembly[PL_HASH], uint8_t (**members)[PL_HASH], size_t *n);
pl_status pl_belong_begin(pl_step *step, const uint8_t constituency[PL_HASH], const uint8_t member[PL_HASH]);
pl_status pl_belong_end(pl_step *step, const uint8_t constituency[PL_HASH], const uint8_t member[PL_HASH]);
pl_status pl_belong_end_all(pl_step *step, const uint8_t member[PL_HASH]); /* when a member leaves */
extern const pl_event_kind PL_KIND_CONSTITUENCY_CREATED, PL_KIND_COUNCIL_CREATED;

/* ---- Mandates (mandates.c) ------------------------------------------------------------------------ */

typedef enum pl_mandate_end { PL_END_NONE, PL_END_TERM, PL_END_RESIGNED, PL_END_LEFT, PL_END_RECALLED, PL_END_REPLACED, PL_END_BASE } pl_mandate_end;
typedef struct pl_mandate {
    uint8_t council[PL_HASH], holder[PL_HASH], election[PL_HASH];
    uint8_t rests_on[PL_HASH]; /* the mandate of the lower council that carries it, or carried it until its term was over; or none */
    uint8_t instruction[PL_HASH];
    int64_t group, seat, from, until;
    int64_t ended, why; /* -1; pl_mandate_end */
} pl_mandate;
extern const pl_table PL_MANDATES; /* key: mandate id */
/* Indices, without content of their own: (council, mandate), (holder, mandate), (mandate, mandate that rests on it). */
typedef struct pl_link {
    int64_t since;
} pl_link;
extern const pl_table PL_SEATS, PL_HELD, PL_RESTS;

/* Begins a mandate; its end by term is made due. */
pl_status pl_mandate_begin(pl_step *step, const pl_mandate *mandate, uint8_t id[PL_HASH]);
/* Ends a mandate and all that rest on it; nothing happens when it has ended.  When its term ends, those that rest on it go on until others are elected
 * (pl_mandate_outlives). */
pl_status pl_mandate_finish(pl_step *step, const uint8_t id[PL_HASH], pl_mandate_end why);
pl_status pl_mandate_ends(pl_step *step, const uint8_t id[PL_HASH], int64_t n);
/* Ends all mandates of a member who leaves. */
pl_status pl_mandates_leave(pl_step *step, const uint8_t member[PL_HASH]);
extern const pl_event_kind PL_KIND_MANDATE_RESIGNED;
/* How many terms in a row the member has held a seat of that council up to now: mandates of at least half of mandate.term_days, with less than
 * that between the end of one and the beginning of the next.  Without those whose term goes on (`over`), for elections within the term. */
pl_status pl_terms_in_row(pl_step *step, const uint8_t council[PL_HASH], const uint8_t member[PL_HASH], bool over, int64_t *n);
/* What is to be handed over after a mandate, by whom held it and does not hold another in that council: key mandate. */
typedef struct pl_handover {
    uint8_t council[PL_HASH], holder[PL_HASH];
    int64_t since, due, confirmed; /* confirmed: -1 */
    uint8_t by[PL_HASH];
} pl_handover;
extern const pl_table PL_HANDOVERS;
pl_status pl_mandate_hands_over(pl_step *step, const uint8_t id[PL_HASH], int64_t n);
extern const pl_event_kind PL_KIND_HANDOVER_CONFIRMED;
/* Whether the member holds a mandate in that council now (all zeros: in any); *id and *out (unless NULL) are one of them. */
pl_status pl_mandate_of(pl_step *step, const uint8_t council[PL_HASH], const uint8_t member[PL_HASH], bool *yes, uint8_t id[PL_HASH], pl_mandate *out);

/* ---- Results (results.c) -------------------------------------------------------------------------- */

/* What the commons has come to, line by line, for whoever computes it again from the events. */
pl_status pl_results(pl_step *step, pl_str *out);

/* ---- Privileged acts (grants.c) ------------------------------------------------------------------- */

/* Breaks R-029 unless `grant`, the last field of the body, names a grant for exactly this act that may be used now, and then uses it up; before a
 * constitution is in force, founders act without. */
pl_status pl_privileged(pl_step *step, const pl_value *grant);
/* The same for what one founder could not undo against another: it waits until a constitution is in force. */
pl_status pl_privileged_later(pl_step *step, const pl_value *grant);

#endif
