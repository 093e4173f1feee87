/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/words.h"

#include <stddef.h>
#include <string.h>

static const char *const WORDS[][2] = {
    {"commons.created", "The commons was founded"},
    {"key.added", "A member added a key"},
    {"key.revoked", "A member withdrew a key"},
    {"note", "A member wrote a note"},
    {"constitution.adopted", "A founder adopted the constitution"},
    {"constituency.created", "A constituency was created"},
    {"council.created", "A council was created"},
    {"member.proposed", "Somebody was proposed as a member"},
    {"member.vouched", "A member vouched for a proposed member"},
    {"member.objected", "A member objected to a proposed member"},
    {"member.admitted", "A member was admitted"},
    {"member.left", "A member left"},
    {"member.moved", "A member moves to another constituency"},
    {"move.objected", "A member objected to a move"},
    {"member.recovered", "A member got a new key for a lost one"},
    {"lot.announced", "A public draw was announced"},
    {"lot.sealed", "A member sealed a part of a draw"},
    {"lot.opened", "A member opened a part of a draw"},
    {"grant.asked", "A member asked to be allowed a privileged act"},
    {"grant.approved", "A drawn member allowed a privileged act"},
    {"grant.refused", "A drawn member refused a privileged act"},
    {"content.hidden", "A text was hidden"},
    {"witness.added", "A witness of the record was added"},
    {"release.published", "A release of the program was published"},
    {"vote.cast", "A member voted"},
    {"candidate.stood", "A member stands for election"},
    {"candidate.withdrew", "A candidate withdrew"},
    {"mandate.resigned", "A delegate resigned"},
    {"recall.asked", "A member asked for a recall"},
    {"recall.signed", "A member signed for a recall"},
    {"recall.withdrawn", "A member withdrew a signature for a recall"},
    {"recall.answered", "A delegate answered those who want a recall"},
    {"motion.tabled", "A motion was tabled"},
    {"motion.amended", "The text of a motion was changed by its sponsor"},
    {"motion.urgent", "A motion is to be decided urgently"},
    {"motion.point", "A point was made in a debate"},
    {"amendment.proposed", "An amendment was proposed"},
    {"amendment.supported", "A member supports an amendment"},
    {"decision.taken", "A member took on to carry out a decision"},
    {"decision.reported", "The carrying out of a decision was reported"},
    {"question.asked", "A delegate was asked a question"},
    {"question.answered", "A delegate answered a question"},
    {"pay.skilled", "The pay of skilled work was entered"},
    {"pay.entered", "The pay of an official was entered"},
    {"rota.class", "A class of work in turn was set"},
    {"rota.absent", "A member said when they are away"},
    {"rota.refused", "A member refused a turn"},
    {"rota.offered", "A member offered to swap turns"},
    {"rota.swapped", "Two members swapped turns"},
    {"rota.served", "A turn was confirmed as served"},
    {"archive.opened", "A secret ballot was opened for an archive"},
    {"ballot.opened", "A trustee opened a part of a secret ballot"},
    {"ballot.shuffled", "A trustee shuffled the papers of a secret ballot"},
    {"handover.confirmed", "A handover was confirmed"},
    {"missing.reported", "Somebody reported what was wanted and not there"},
    {"order.placed", "A member placed an order"},
    {"order.withdrawn", "A member withdrew an order"},
    {"pay.corrected", "An entry of pay was corrected"},
    {"constitution.proposed", "A founder proposed a constitution"},
    {"record.rekeyed", "The record got another key"},
    {"record.restored", "The record was restored"},
    {"roll.corrected", "A roll was corrected"},
    {"trustee.agreed", "A trustee agreed to the key of a secret ballot"},
    {"trustee.certified", "A trustee gave a key for a secret ballot"},
    {"trustee.objected", "A trustee objected to a part of a key"},
    {"trustee.shared", "A trustee shared parts of a key"},
    {"passkey.added", "A member added a passkey for signing in"},
    {"passkey.removed", "A member took a passkey back"},
    {"vote.sealed", "A member voted in a secret ballot"},
};

const char *pl_words_event(const char *kind)
{
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++) {
        if (strcmp(kind, WORDS[i][0]) == 0) {
            return WORDS[i][1];
        }
    }
    return kind;
}
