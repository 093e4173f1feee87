/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * acts.c - privileged acts that concern the record itself and what lies beside it. */
#include "council/acts.h"

#include <string.h>

#include "council/members.h"

#define DOMAIN "plenty record key v1\n"
_Static_assert(PL_RECORD_KEY_SIGNED == sizeof DOMAIN - 1 + 2 * PL_HASH, "the text that a new record key signs");

#define MARK_COLUMNS \
    {PL_ID(pl_act_mark, author), PL_ID(pl_act_mark, subject), PL_ID(pl_act_mark, grant), PL_INT(pl_act_mark, since), PL_INT(pl_act_mark, position)}
const pl_table PL_HIDDEN = {"hidden", sizeof(pl_act_mark), 5, MARK_COLUMNS};
const pl_table PL_WITNESSES = {"witnesses", sizeof(pl_act_mark), 5, MARK_COLUMNS};
const pl_table PL_RELEASES = {"releases", sizeof(pl_act_mark), 5, MARK_COLUMNS};
const pl_table PL_OPENED = {"opened", sizeof(pl_act_mark), 5, MARK_COLUMNS};
const pl_table PL_REKEYED = {"rekeyed", sizeof(pl_act_mark), 5, MARK_COLUMNS};
const pl_table PL_RESTORED = {"restored",
                              sizeof(pl_restored),
                              7,
                              {PL_ID(pl_restored, author), PL_ID(pl_restored, grant), PL_ID(pl_restored, root), PL_INT(pl_restored, kept),
                               PL_INT(pl_restored, lost), PL_INT(pl_restored, since), PL_INT(pl_restored, position)}};

/* Which witness keys and releases there are: key (SHA-256 of the line; or the hash of the release). */
static const pl_table SUBJECTS = {"marks", sizeof(pl_link), 1, {PL_INT(pl_link, since)}};

#define GRANT_FIELD {"grant", PL_FIELD_BYTES, PL_HASH, PL_HASH, true}

/* R-029; then the mark. */
static pl_status mark(pl_step *s, const pl_table *table, pl_row_key key, const pl_value *grant, const uint8_t *subject)
{
    pl_act_mark m = {.since = s->time, .position = (int64_t)s->fold->position};
    bool later = table == &PL_OPENED || table == &PL_REKEYED;
    pl_status status = later ? pl_privileged_later(s, grant) : pl_privileged(s, grant);
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    memcpy(m.author, s->author, PL_HASH);
    memcpy(m.grant, grant->given ? grant->at : m.grant, PL_HASH);
    memcpy(m.subject, subject != NULL ? subject : m.subject, PL_HASH);
    return pl_put(s, table, key, &m);
}

/* The same for what is marked once for all times; `rule` is broken when it was already. */
static pl_status mark_once(pl_step *s, const pl_table *table, const pl_value *grant, const uint8_t subject[PL_HASH], pl_rule rule, const char *why)
{
    pl_link link;
    bool there;
    pl_status status = pl_get(s, &SUBJECTS, pl_key_id1(subject), &link, &there);
    if (status == PL_OK && there) {
        return pl_broken(s, rule, "%s", why);
    }
    status = status == PL_OK ? mark(s, table, pl_key_id1(s->id), grant, subject) : status;
    return status == PL_OK && s->broken == PL_RULE_NONE ? pl_put(s, &SUBJECTS, pl_key_id1(subject), &(pl_link){s->time}) : status;
}

/* ---- Hiding, witnesses, releases ------------------------------------------------------------------- */

static pl_status apply_hidden(pl_step *s)
{
    int64_t position = s->value[0].x;
    if (position >= (int64_t)s->fold->position) {
        return pl_broken(s, PL_RULE_HIDDEN, "there is no event at position %lld yet", (long long)position);
    }
    return mark(s, &PL_HIDDEN, pl_key_then(pl_key_none(), position), &s->value[2], NULL);
}

/* */
static pl_status apply_witness(pl_step *s)
{
    const pl_value *line = &s->value[0];
    uint8_t hash[PL_HASH];
    pl_note_key key;
    pl_error why;
    if (pl_note_key_read((const char *)line->at, line->n, &key, &why) != PL_OK || key.type != PL_NOTE_COSIGNATURE) {
        return pl_broken(s, PL_RULE_WITNESS, "this is no key of a witness: 'plenty key show FILE --as NAME' prints one");
    }
    pl_hash(line->at, line->n, hash);
    return mark_once(s, &PL_WITNESSES, &s->value[1], hash, PL_RULE_WITNESS, "this witness was added already");
}

/* */
static pl_status apply_release(pl_step *s)
{
    return mark_once(s, &PL_RELEASES, &s->value[2], s->value[0].at, PL_RULE_RELEASE, "these bytes were published already");
}

const pl_event_kind PL_KIND_CONTENT_HIDDEN = {
    "content.hidden", {{"position", PL_FIELD_INT, 1, PL_BODY_NUMBER_MAX, false}, {"reason", PL_FIELD_LINES, 1, 2000, false}, GRANT_FIELD, {0}}, apply_hidden};
const pl_event_kind PL_KIND_WITNESS_ADDED = {"witness.added", {{"key", PL_FIELD_TEXT, 1, 400, false}, GRANT_FIELD, {0}}, apply_witness};
const pl_event_kind PL_KIND_RELEASE_PUBLISHED = {
    "release.published", {{"hash", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {"name", PL_FIELD_TEXT, 1, 200, false}, GRANT_FIELD, {0}}, apply_release};

/* ---- Personal data, the roll ----------------------------------------------------------------------- */

/* */
static pl_status apply_opened(pl_step *s)
{
    const uint8_t *member = s->value[0].at;
    pl_member m;
    bool there;
    pl_status status = pl_get(s, &PL_MEMBERS, pl_key_id1(member), &m, &there);
    if (status == PL_OK && (!there || pl_id_none(m.commitment))) {
        return pl_broken(s, PL_RULE_ARCHIVE, there ? "nothing was committed to about this member" : "this was never a member");
    }
    return status == PL_OK ? mark(s, &PL_OPENED, pl_key_id1(s->id), &s->value[2], member) : status;
}

const pl_event_kind PL_KIND_ARCHIVE_OPENED = {
    "archive.opened", {{"member", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {"reason", PL_FIELD_LINES, 1, 2000, false}, GRANT_FIELD, {0}}, apply_opened};

enum { CORRECTED_MEMBER, CORRECTED_BELONGS, CORRECTED_REASON, CORRECTED_CONSTITUENCY, CORRECTED_GRANT };

/* what is not on the roll is put there, what is there is struck off. */
static pl_status check_roll(pl_step *s)
{
    const pl_value *place = &s->value[CORRECTED_CONSTITUENCY];
    bool wanted = s->value[CORRECTED_BELONGS].x != 0, is, belongs = true;
    pl_assembly a = {.sort = PL_CONSTITUENCY};
    pl_status status = pl_member_is(s, s->value[CORRECTED_MEMBER].at, &is);
    if (status == PL_OK && !is) {
        return pl_broken(s, PL_RULE_ROLL, "this is no member: who should be one is proposed");
    }
    if (status == PL_OK && place->given) {
        status = pl_assembly_get(s, place->at, &a, &belongs);
        status = status == PL_OK ? pl_assembly_has(s, place->at, s->value[CORRECTED_MEMBER].at, 0, &belongs) : status;
    }
    if (status == PL_OK && (a.sort != PL_CONSTITUENCY || belongs == wanted)) {
        return pl_broken(s, PL_RULE_ROLL, a.sort != PL_CONSTITUENCY ? "this is no constituency" : wanted ? "the member belongs to it already" : "the member does not belong to it");
    }
    return status;
}

static pl_status apply_corrected(pl_step *s)
{
    const uint8_t *member = s->value[CORRECTED_MEMBER].at, *place = s->value[CORRECTED_CONSTITUENCY].at;
    pl_status status = check_roll(s);
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        status = pl_privileged_later(s, &s->value[CORRECTED_GRANT]);
    }
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    if (!s->value[CORRECTED_CONSTITUENCY].given) {
        return pl_member_leaves(s, member);
    }
    return s->value[CORRECTED_BELONGS].x != 0 ? pl_belong_begin(s, place, member) : pl_belong_end(s, place, member);
}

const pl_event_kind PL_KIND_ROLL_CORRECTED = {"roll.corrected",
                                              {[CORRECTED_MEMBER] = {"member", PL_FIELD_BYTES, PL_HASH, PL_HASH, false},
                                               [CORRECTED_BELONGS] = {"belongs", PL_FIELD_INT, 0, 1, false},
                                               [CORRECTED_REASON] = {"reason", PL_FIELD_LINES, 1, 2000, false},
                                               [CORRECTED_CONSTITUENCY] = {"constituency", PL_FIELD_BYTES, PL_HASH, PL_HASH, true},
                                               [CORRECTED_GRANT] = GRANT_FIELD,
                                               {0}},
                                              apply_corrected};

/* ---- The record key, a record that went on from a copy ---------------------------------------------- */

void pl_record_key_text(const uint8_t commons_id[PL_HASH], const uint8_t signer[PL_HASH], uint8_t out[PL_RECORD_KEY_SIGNED])
{
    size_t n = sizeof DOMAIN - 1;
    memcpy(out, DOMAIN, n);
    memcpy(out + n, commons_id, PL_HASH);
    memcpy(out + n + PL_HASH, signer, PL_HASH);
}

/* */
static pl_status apply_rekeyed(pl_step *s)
{
    const uint8_t *key = s->value[0].at;
    uint8_t text[PL_RECORD_KEY_SIGNED];
    pl_status status;
    pl_record_key_text(s->event->commons_id, s->event->key_id, text);
    if (!pl_signature_holds(key, text, sizeof text, s->value[1].at)) {
        return pl_broken(s, PL_RULE_RECORD_KEY, "the new key has not signed that it will be the record key");
    }
    status = mark_once(s, &PL_REKEYED, &s->value[2], key, PL_RULE_RECORD_KEY, "this was the record key before");
    return status == PL_OK && s->broken == PL_RULE_NONE ? pl_record_key_change(s, key) : status;
}

const pl_event_kind PL_KIND_RECORD_REKEYED = {
    "record.rekeyed", {{"key", PL_FIELD_BYTES, 32, 32, false}, {"proof", PL_FIELD_BYTES, PL_SIGNATURE, PL_SIGNATURE, false}, GRANT_FIELD, {0}}, apply_rekeyed};

/* the lost record is longer than the copy, and this one is not it. */
static pl_status check_restored(pl_step *s)
{
    int64_t kept = s->value[0].x, lost = s->value[1].x;
    uint8_t root[PL_HASH];
    if (kept > (int64_t)s->fold->position || lost <= kept) {
        return pl_broken(s, PL_RULE_RESTORED, lost <= kept ? "nothing came after the %lld events that were kept" : "there are no %lld events here", (long long)kept);
    }
    if (lost > (int64_t)s->fold->position) {
        return PL_OK;
    }
    pl_status status = pl_tree_root(&s->fold->nodes, 0, (uint64_t)lost, root, s->err);
    return status == PL_OK && pl_id_same(root, s->value[2].at) ? pl_broken(s, PL_RULE_RESTORED, "these %lld events are here: nothing was lost", (long long)lost) : status;
}

static pl_status apply_restored(pl_step *s)
{
    const pl_value *grant = &s->value[4];
    pl_restored r = {.kept = s->value[0].x, .lost = s->value[1].x, .since = s->time, .position = (int64_t)s->fold->position};
    pl_status status = check_restored(s);
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        status = pl_privileged(s, grant);
    }
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    memcpy(r.author, s->author, PL_HASH);
    memcpy(r.grant, grant->given ? grant->at : r.grant, PL_HASH);
    memcpy(r.root, s->value[2].at, PL_HASH);
    return pl_put(s, &PL_RESTORED, pl_key_id1(s->id), &r);
}

const pl_event_kind PL_KIND_RECORD_RESTORED = {"record.restored",
                                               {{"kept", PL_FIELD_INT, 1, PL_BODY_NUMBER_MAX, false},
                                                {"lost", PL_FIELD_INT, 1, PL_BODY_NUMBER_MAX, false},
                                                {"root", PL_FIELD_BYTES, PL_HASH, PL_HASH, false},
                                                {"reason", PL_FIELD_LINES, 1, 2000, false},
                                                GRANT_FIELD,
                                                {0}},
                                               apply_restored};
