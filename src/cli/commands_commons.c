/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * commands_commons.c - the rows of the record and of the commons. */
#include "cli/commands.h"

#define KEY {"key", 'k', "FILE", false, "@", "the key file that signs (default: PLENTY_KEY)"}
static const cli_option KEY_NEW[] = {
    {"name", 'n', "NAME", false, NULL, "whose key it is, for people; only in this file (default: the name of the file)"},
    PASSPHRASE,
    JSON,
    END,
};

static const cli_option KEY_SHOW[] = {
    {"as", 0, "NAME", false, NULL, "also as the key of a witness of that name, a line for policies"},
    JSON,
    END,
};

static const cli_option INIT[] = {
    {"name", 'n', "NAME", false, NULL, "what the commons is called (needed)"},
    KEY,
    {"founder", 0, "KEY", true, "@", "one more founder: a key file, or a public key of 64 digits"},
    {"record-key", 0, "KEY", false, "@", "the key that will sign checkpoints: a key file or a public key (default: the key that signs)"},
    PASSPHRASE,
    END,
};

static const cli_option RECORD_APPEND[] = {
    {"key", 'k', "FILE", false, "@", "the key file that signs (needed, but for --event)"},
    {"text", 't', "TEXT", false, NULL, "what a note says"},
    {"attach", 0, "FILE", true, "@", "a file that the note refers to; it is kept beside the record, by its hash"},
    {"new-key", 0, "FILE", false, "@", "the key file that key.added adds"},
    {"key-id", 0, "ID", false, NULL, "the key that key.revoked ends"},
    {"output", 'o', "FILE", false, "@", "write the signed event to FILE and add nothing"},
    {"event", 'e', "FILE", true, "@", "add an event that was signed elsewhere"},
    PASSPHRASE,
    {"new-passphrase-file", 0, "FILE", false, "@", "likewise, for --new-key"},
    END,
};
static const cli_option CONSTITUTION_NEW[] = {{"output", 'o', "FILE", false, "@", "write it to FILE instead of printing it"}, END};
static const cli_option CONSTITUENCY_CREATE[] = {
    {"type", 0, "TEXT", false, NULL, "what kind of place it is: workplace, neighbourhood, school, unit, ... (needed)"},
    GRANT,
    SIGNS,
    END,
};

static const cli_option COUNCIL_CREATE[] = {
    {"elect", 'e', "ASSEMBLY:SEATS", true, NULL, "this constituency, council, or everyone, elects so many (needed)"},
    GRANT,
    SIGNS,
    END,
};

static const cli_option SIGN_ONLY[] = {SIGNS, END};
#define NEW_KEY \
    {"consent", 0, "FILE", false, "@", "the consent of the new key, which 'plenty member consent' wrote where the key is"}, \
    {"new-key", 0, "FILE", false, "@", "the new key file, when it is here"}, \
    {"new-passphrase-file", 0, "FILE", false, "@", "read the passphrase of --new-key from the first line of FILE"}
static const cli_option MEMBER_CONSENT[] = {
    {"key", 'k', "FILE", false, "@", "the key file of the new member, or the new one of a member who has lost all (needed)"},
    {"output", 'o', "FILE", false, "@", "write the consent to FILE"},
    PASSPHRASE,
    END,
};

static const cli_option MEMBER_PROPOSE[] = {
    NEW_KEY,
    {"constituency", 'c', "NAME", true, NULL, "a constituency that the new member belongs to"},
    {"data", 0, "FILE", false, "@", "personal data, up to 16,000 bytes: it stays beside the record, which holds a salted commitment to it"},
    SIGNS,
    END,
};

static const cli_option REASON_SIGN[] = {{"reason", 0, "TEXT", false, NULL, "why; everybody can read it"}, SIGNS, END};
static const cli_option GRANT_SIGN[] = {GRANT, SIGNS, END};
static const cli_option MEMBER_MOVE[] = {{"leave", 0, NULL, false, NULL, "leave the constituency instead of joining it"}, SIGNS, END};
static const cli_option MEMBER_RECOVER[] = {NEW_KEY, GRANT, SIGNS, END};
static const cli_option MEMBER_LIST[] = {{"all", 0, NULL, false, NULL, "those who have left, and what is settled, too"}, JSON, END};
static const cli_option GRANT_SHOW[] = {{"event", 'e', "FILE", false, "@", "the act: show it, if it is the one that was asked for"}, JSON, END};
static const cli_option LOT_ANNOUNCE[] = {
    {"pool", 0, "NAME", false, NULL, "among whom: a council, a constituency, or everyone (default)"},
    {"places", 'n', "N", false, NULL, "how many are drawn, 1 to 1000 (1)"},
    SIGNS,
    END,
};

static const cli_option LOT_PART[] = {{"part", 0, "FILE", false, "@", "where the part of the seed is kept (needed)"}, SIGNS, END};
#define GOOD_OF {"economy", 'e', "ECONOMY", false, "@", "check that this economy has the good, before signing"}
static const cli_option NEED_ORDER[] = {
    {"amount", 'n', "AMOUNT", false, NULL, "how much in all, in the unit of the good (needed)"},
    {"from", 0, "DATE", false, NULL, "the first day for which it is (default: today)"},
    {"until", 0, "DATE", false, NULL, "the last day (needed)"},
    GOOD_OF,
    SIGNS,
    END,
};

static const cli_option NEED_MISSING[] = {
    {"place", 0, "TEXT", false, NULL, "where it was looked for (needed)"},
    {"day", 0, "DATE", false, NULL, "when (default: today)"},
    {"amount", 'n', "AMOUNT", false, NULL, "how much was wanted (1)"},
    {"workplace", 0, "CONSTITUENCY", false, NULL, "you work there and saw the empty shelf, instead of wanting to buy"},
    GOOD_OF,
    SIGNS,
    END,
};

static const cli_option NEED_MINE[] = {KEY, PASSPHRASE, END};
static const cli_option NEED_LIST[] = {
    {"from", 0, "DATE", false, NULL, "the first day (default: today)"},
    {"until", 0, "DATE", false, NULL, "the last day (default: a year later)"},
    {"since", 0, "DATE", false, NULL, "reports of what was not there since then (default: 91 days before)"},
    JSON,
    END,
};

static const cli_option NEED_EXPORT[] = {
    {"output", 'o', "FOLDER", false, "@", "write orders.csv and missing.csv to this folder (needed)"},
    {"replace", 0, NULL, false, NULL, "replace what is there"},
    END,
};

static const cli_option MOTION_TABLE[] = {
    {"assembly", 'a', "NAME", false, NULL, "who decides: a council, a constituency, or everyone (default)"},
    {"title", 0, "TEXT", false, NULL, "what it is called, in a line (needed)"},
    TEXTS,
    {"explanation", 0, "TEXT", false, NULL, "what changes, who works more or less, what else was thought of and why not"},
    {"sort", 0, "SORT", false, "text|constitution", "constitution: the text is a new constitution (default: text)"},
    {"mandate", 0, "ID", false, NULL, "the text instructs the holder of this mandate, whom the assembly elected"},
    {"executor", 0, "MEMBER", false, NULL, "who carries it out"},
    {"due-days", 0, "N", false, NULL, "days from the decision to the report"},
    SIGNS,
    END,
};

static const cli_option MOTION_PLANS[] = {
    {"economy", 'e', "ECONOMY", false, "@", "the economy that the plans were made of (needed)"},
    {"assembly", 'a', "NAME", false, NULL, "who decides: a council, a constituency, or everyone (default)"},
    {"title", 0, "TEXT", false, NULL, "what it is called, in a line (needed)"},
    TEXTS,
    {"explanation", 0, "TEXT", false, NULL, "what differs between the plans, for whom, and why"},
    {"executor", 0, "MEMBER", false, NULL, "who carries it out"},
    {"due-days", 0, "N", false, NULL, "days from the decision to the report"},
    SIGNS,
    END,
};

static const cli_option MOTION_PROJECTS[] = {
    {"budget", 'b', "N", false, NULL, "how much there is to spend (needed)"},
    {"assembly", 'a', "NAME", false, NULL, "who decides: a council, a constituency, or everyone (default)"},
    {"title", 0, "TEXT", false, NULL, "what it is called, in a line (needed)"},
    TEXTS,
    {"explanation", 0, "TEXT", false, NULL, "what the projects are, and for whom"},
    {"executor", 0, "MEMBER", false, NULL, "who carries them out"},
    {"due-days", 0, "N", false, NULL, "days from the decision to the report"},
    SIGNS,
    END,
};

static const cli_option MOTION_TEXT[] = {TEXTS, SIGNS, END};
static const cli_option MOTION_POINT[] = {
    {"for", 0, "TEXT", false, NULL, "what speaks for it"},
    {"against", 0, "TEXT", false, NULL, "what speaks against it"},
    {"reply", 0, "N", false, NULL, "the point that this one answers"},
    SIGNS,
    END,
};

static const cli_option MOTION_URGENT[] = {{"grant", 0, "ID", false, NULL, "the grant by drawn members (needed once a constitution is in force)"}, SIGNS, END};
static const cli_option MOTION_PLAN[] = {
    {"motion", 0, "ID", false, NULL, "of this choice between plans"},
    {"option", 0, "N", false, NULL, "the plan of this number, chosen or not"},
    {"economy", 'e', "ECONOMY", false, "@", "write the economy too, to this new folder"},
    END,
};

static const cli_option DECISION_TAKE[] = {{"due-days", 0, "N", false, NULL, "days until you report (needed)"}, SIGNS, END};
static const cli_option ELECTION_STAND[] = {
    {"statement", 0, "TEXT", false, NULL, "what you stand for, in up to 2,000 bytes"},
    {"name", 0, "NAME", false, NULL, "the name on the ballot paper, which everybody will read for ever; without it, your id"},
    SIGNS,
    END,
};

static const cli_option TRUSTEE_ACT[] = {KEY, PASSPHRASE, END};
static const cli_option ALL_JSON[] = {{"all", 0, NULL, false, NULL, "also those that are over"}, JSON, END};
static const cli_option VOTE[] = {{"marks-file", 0, "FILE", false, "@", "marks after those of the command line, one a line: for long papers"}, SIGNS, END};
static const cli_option BALLOT_SHOW[] = {
    {"blt", 0, "FILE", false, "@", "write the papers of a closed ballot to FILE, for 'plenty count' and any other program that counts"},
    {"transcript", 0, "FILE", false, "@", "write its count as JSON, the bytes whose hash is in the record"},
    {"trackers", 0, NULL, false, NULL, "of a secret ballot: the tracker of every vote, and whose it is"},
    JSON,
    END,
};

static const cli_option BALLOT_EXPORT[] = {
    {"output", 'o', "FILE", false, "@", "write to FILE"},
    {"election", 0, NULL, false, NULL, "only the election itself: what a device needs to encrypt a vote"},
    END,
};

static const cli_option MANDATE_LIST[] = {
    {"council", 0, "NAME", false, NULL, "only of this council"}, {"all", 0, NULL, false, NULL, "also those that have ended"}, JSON, END};
static const cli_option RECALL_ASK[] = {{"reasons", 0, "TEXT", false, NULL, "why, in up to 2,000 bytes (needed)"}, SIGNS, END};
static const cli_option RECALL_ANSWER[] = {{"text", 't', "TEXT", false, NULL, "the answer, in up to 2,000 bytes (needed)"}, SIGNS, END};
#define QUARTER {"quarter", 0, "QUARTER", false, NULL, "which one, as 2026-Q3 (needed)"}
#define SOURCE {"source", 0, "NAME", false, NULL, "who pays (needed)"}
#define PAY_GRANT {"grant", 0, "ID", false, NULL, "a grant, where the signer has no turn in the treasury"}
#define SLOT {"slot", 0, "N", false, NULL, "which slot, where it is not clear"}
static const cli_option PAY_SKILLED[] = {
    QUARTER, SOURCE, {"grade", 0, "NAME", false, NULL, "which skilled work (needed)"},
    {"amounts", 0, "FILE", false, "@", "what each was paid in the quarter, one amount a line (needed)"}, PAY_GRANT, SIGNS, END,
};

static const cli_option PAY_ENTER[] = {
    {"holder", 0, "MEMBER", false, NULL, "who is paid (needed)"}, QUARTER, {"amount", 0, "N", false, NULL, "how much, in the smallest unit of money (needed)"}, SOURCE,
    {"sort", 0, "SORT", false, "pay|allowance|in-kind", "what it is (default: pay)"}, PAY_GRANT, SIGNS, END,
};

static const cli_option ROTA_CLASS[] = {
    {"assembly", 'a', "NAME", false, NULL, "whose members take turns (default: everyone)"},
    {"slots", 0, "N", false, NULL, "how many at a time (needed); 0 ends it"},
    {"weight", 0, "N", false, NULL, "how much work a turn is, 1 to 1000 (1)"},
    {"days", 0, "N", false, NULL, "how long a turn lasts (7); classes with the same share one ledger"},
    {"rung", 0, "N", false, NULL, "how often one must have stood by before, 0 to 9 (0)"},
    {"at-once", 0, NULL, false, NULL, "the first period begins now, not at midnight UTC"},
    GRANT, SIGNS, END,
};

static const cli_option ROTA_ABSENT[] = {
    {"days", 0, "N", false, NULL, "for how long (needed)"}, {"in-days", 0, "N", false, NULL, "beginning in so many days (0: now)"},
    {"percent", 0, "N", false, NULL, "how much of the usual time you are there, 0 to 99 (0)"},
    {"reason-hash", 0, "HASH", false, NULL, "hash of a salt and a reason that stays with you"}, SIGNS, END,
};

static const cli_option ROTA_DUTY[] = {SLOT, SIGNS, END};
static const cli_option ROTA_SERVED[] = {SLOT, {"period", 0, "N", false, NULL, "which period (default: the one before the present)"}, SIGNS, END};
static const cli_option ROTA_SWAP[] = {
    {"for", 0, "CLASS", false, NULL, "the task that you would rather have"}, {"for-slot", 0, "N", false, NULL, "which slot of it"}, SLOT,
    {"accept", 0, "OFFER", false, NULL, "accept this offer"}, SIGNS, END,
};

static const cli_option ROTA_FILL[] = {{"most", 0, "N", false, NULL, "how many members to list (20)"}, JSON, END};
static const cli_option PAY_CORRECT[] = {
    QUARTER, SOURCE, {"grade", 0, "NAME", false, NULL, "which skilled work (needed)"}, {"wrong", 0, "N", false, NULL, "the amount that was entered (needed)"},
    {"right", 0, "N", false, NULL, "what it should be; without it the entry goes"}, {"reason", 0, "TEXT", false, NULL, "how it came about (needed)"}, GRANT, SIGNS, END,
};

static const cli_option REASON_GRANT[] = {{"reason", 0, "TEXT", false, NULL, "why; everybody can read it (needed)"}, GRANT, SIGNS, END};
static const cli_option REKEY[] = {
    {"new-key", 0, "FILE", false, "@", "the key file of the new record key (needed)"},
    {"new-passphrase-file", 0, "FILE", false, "@", "read the passphrase of --new-key from the first line of FILE"}, GRANT, SIGNS, END,
};

static const cli_option RESTORED[] = {
    {"kept", 0, "N", false, NULL, "how many events the copy had (needed)"}, {"lost", 0, "FILE", false, "@", "a checkpoint of the record as it was before (needed)"},
    {"reason", 0, "TEXT", false, NULL, "what happened (needed)"}, GRANT, SIGNS, END,
};

static const cli_option RELEASE[] = {{"name", 'n', "NAME", false, NULL, "what it is called (needed)"}, GRANT, SIGNS, END};
static const cli_option MEMBER_CORRECT[] = {
    {"constituency", 'c', "NAME", false, NULL, "where the roll is wrong"}, {"off", 0, NULL, false, NULL, "the member does not belong there; without --constituency: is no member"},
    {"reason", 0, "TEXT", false, NULL, "how that came about (needed)"}, GRANT, SIGNS, END,
};

static const cli_option TOOK_OVER[] = {{"text", 't', "TEXT", false, NULL, "what was handed over, in up to 2,000 bytes"}, SIGNS, END};
static const cli_option JSON_ONLY[] = {JSON, END};
static const cli_option NO_OPTIONS[] = {END};
static const cli_option RECORD_SHOW[] = {
    {"from", 0, "POSITION", false, NULL, "the first event to show (default: the last 20)"},
    {"most", 0, "N", false, NULL, "how many to show, up to 63 (20)"},
    {"output", 'o', "FILE", false, "@", "write the bytes of the event at POSITION to FILE"},
    END,
};

static const cli_option RECORD_OUTPUT[] = {
    {"output", 'o', "FILE", false, "@", "write to FILE"},
    END,
};

static const cli_option RECORD_CHECK[] = {
    {"record-key", 0, "KEY", false, NULL, "the key of the record, as 'plenty record show' prints it"},
    {"policy", 'p', "FILE", false, "@", "which records and witnesses to trust (C2SP tlog-policy)"},
    END,
};

static const cli_option RECORD_CHECKPOINT[] = {
    {"key", 'k', "FILE", false, "@", "the record key: signs a new checkpoint when events were added"},
    {"add", 0, "FILE", false, "@", "add the cosignatures in FILE to the last checkpoint"},
    {"policy", 'p', "FILE", false, "@", "which witnesses count, for --add"},
    {"output", 'o', "FILE", false, "@", "write the checkpoint to FILE"},
    PASSPHRASE,
    END,
};

static const cli_option RECORD_REQUEST[] = {
    {"old", 0, "SIZE", false, NULL, "the size that the witness cosigned last (0)"},
    {"output", 'o', "FILE", false, "@", "write to FILE"},
    END,
};

static const cli_option RECORD_WITNESS[] = {
    {"record-key", 0, "KEY", false, NULL, "the key of the record that is witnessed (needed)"},
    {"name", 'n', "NAME", false, NULL, "the witness's name, best an address: example.org/witness (needed)"},
    {"key", 'k', "FILE", false, "@", "the witness's key file (needed)"},
    {"memory", 'm', "FILE", false, "@", "where the witness keeps the last checkpoint that it cosigned (needed)"},
    {"output", 'o', "FILE", false, "@", "write the cosignature to FILE"},
    PASSPHRASE,
    END,
};

static const cli_option REPLAY[] = {
    {"write", 0, NULL, false, NULL, "put the tables that the record gives in place of those in the store"},
    JSON,
    END,
};

static const cli_option AUDIT[] = {
    {"policy", 'p', "FILE", false, "@", "which witnesses must have cosigned the last checkpoint (C2SP tlog-policy)"},
    JSON,
    END,
};

const cli_command CLI_COMMONS[] = {
    {"key new", "FILE", 1, 1, KEY_NEW, "makes a key, kept in a file under a passphrase",
     "The key signs what its owner does in a commons. The file is encrypted; without the passphrase nobody can use it, and "
     "nobody can give a lost one back: keep a copy, or add a second key to the commons.",
     "plenty key new alice.key --name alice", cli_key_new},
    {"key show", "FILE", 1, 1, KEY_SHOW, "prints the key id and the public key of a key file",
     "Needs no passphrase. The public key may be given to anybody.",
     "plenty key show alice.key\nplenty key show witness.key --as example.org/witness", cli_key_show},
    {"init", "COMMONS", 1, 1, INIT, "founds a commons: its record begins",
     "COMMONS is a new file, or postgres://USER@HOST/DATABASE for a schema without a record. The first event names the founders' keys; its "
     "hash is the identity of the commons. A commons is never replaced.",
     "plenty init bakery.commons --name \"The bakery\" --key alice.key --founder bob.key", cli_init},
    {"record append", "COMMONS [KIND]", 1, 2, RECORD_APPEND, "signs an event and adds it to the record",
     "KIND is note, key.added or key.revoked. The event says which record its author has seen, so that it is worth nothing in another. An "
     "event that breaks a rule (docs/rules.md) is refused with exit code 1, and nothing changes. When --key is the record key, a new "
     "checkpoint is signed too. With --output the event is only signed, to be added elsewhere with --event.",
     "plenty record append bakery.commons note --text \"We begin at six.\" --key alice.key\n"
     "plenty record append bakery.commons key.added --new-key laptop.key --key alice.key",
     cli_record_append},
    {"record show", "COMMONS [POSITION]", 1, 2, RECORD_SHOW, "shows the events of a record, or one of them in full",
     "Positions are counted from 0. One event is shown as JSON, bytes in hexadecimal.",
     "plenty record show bakery.commons\nplenty record show bakery.commons 0", cli_record_show},
    {"record prove", "COMMONS POSITION", 2, 2, RECORD_OUTPUT, "proves that an event is in the record",
     "The proof (C2SP tlog-proof) holds the path to the root and the last checkpoint with its cosignatures. With the bytes of "
     "the event (record show --output) anybody can check it, without the record.",
     "plenty record prove bakery.commons 1 -o one.proof", cli_record_prove},
    {"record check", "PROOF EVENT", 2, 2, RECORD_CHECK, "checks such a proof, without the record",
     "EVENT is the file with the bytes of the event. Exit code 0: it holds; 1: it does not.",
     "plenty record check one.proof one.event --policy policy.txt", cli_record_check},
    {"record checkpoint", "COMMONS", 1, 1, RECORD_CHECKPOINT, "prints the last checkpoint, signs the next, adds cosignatures",
     "A checkpoint is the size and the root hash of the record, signed by the record key. Whoever keeps one can tell later whether the record was "
     "rewritten. Witnesses cosign it; --add keeps their cosignatures with it.",
     "plenty record checkpoint bakery.commons --key alice.key\n"
     "plenty record checkpoint bakery.commons --add cosignature --policy policy.txt",
     cli_record_checkpoint},
    {"record request", "COMMONS", 1, 1, RECORD_REQUEST, "writes the request for a witness's cosignature",
     "It holds the last checkpoint and the proof that it continues the one of size SIZE (C2SP tlog-witness, add-checkpoint).",
     "plenty record request bakery.commons --old 2 -o request", cli_record_request},
    {"record witness", "REQUEST", 1, 1, RECORD_WITNESS, "cosigns a record's checkpoint, if it continues the last one cosigned",
     "For the witness, who needs nothing of the record but its key and remembers one checkpoint. A record that was rewritten or "
     "forked gets no cosignature, and exit code 1 says why. The memory is written before the cosignature is given away.",
     "plenty record witness request --record-key \"$KEY\" --name example.org/witness --key witness.key --memory bakery.seen -o cosignature",
     cli_record_witness},
    {"record export", "COMMONS FOLDER", 2, 2, RECORD_OUTPUT + 1, "writes the record as files for a web server or a stick",
     "Up to the last checkpoint, as C2SP tlog-tiles: hashes, events, checkpoints, blobs. 'plenty audit FOLDER' checks them.",
     "plenty record export bakery.commons bakery.record", cli_record_export},
    {"record hide", "COMMONS POSITION", 2, 2, REASON_GRANT, "hides the texts of an event, if drawn members agree",
     "Nothing leaves the record: its hash stays, and audits read it. Programs show who has hidden it, and where it says why.",
     "plenty record hide town.commons 412 --reason 'Insults.' --key alice.key -o act && plenty grant ask town.commons act --reason 'Insults.' --key alice.key", cli_record_hide},
    {"record rekey", "COMMONS", 1, 1, REKEY, "gives the record another key to sign its checkpoints, if drawn members agree",
     "Checkpoints of more events than there are then are signed by the new key; one by the old key is worth nothing any more.",
     "plenty record rekey town.commons --new-key new.key --key alice.key -o act", cli_record_rekey},
    {"record restored", "COMMONS", 1, 1, RESTORED, "says that the record went on from a copy, and which events were lost",
     "A checkpoint that readers or witnesses have kept proves that more was there. Drawn members must agree; nobody can lose events quietly.",
     "plenty record restored town.commons --kept 4120 --lost checkpoint --reason 'The disk broke.' --key alice.key -o act", cli_record_restored},
    {"witness add", "COMMONS KEY", 2, 2, GRANT_SIGN, "adds a witness, by its key line, if drawn members agree", "'plenty key show FILE --as NAME' prints a key line.",
     "plenty witness add town.commons \"$KEY\" --key alice.key -o act", cli_witness_add},
    {"witness list", "COMMONS", 1, 1, NO_OPTIONS, "lists the witnesses, as lines of a policy", "", "plenty witness list town.commons >policy.txt", cli_witness_list},
    {"release publish", "COMMONS FILE", 2, 2, RELEASE, "publishes the hash of a release, if drawn members agree", "",
     "plenty release publish town.commons plenty-1.2.tar --name 'plenty 1.2' --key alice.key -o act", cli_release_publish},
    {"release list", "COMMONS", 1, 1, NO_OPTIONS, "lists the releases that were published", "", "plenty release list town.commons", cli_release_list},
    {"release check", "COMMONS FILE", 2, 2, NO_OPTIONS, "says whether a file is a release that was published", "", "plenty release check town.commons plenty-1.2.tar", cli_release_check},
    {"constitution new", "", 0, 0, CONSTITUTION_NEW, "writes a constitution with all parameters at their defaults",
     "Each line says what the parameter means and within which bounds it may be changed. Change what should be otherwise; what is left out has its default.",
     "plenty constitution new -o town.constitution", cli_constitution_new},
    {"constitution check", "FILE", 1, 1, NO_OPTIONS, "checks the text of a constitution and says what differs from the defaults", "",
     "plenty constitution check town.constitution", cli_constitution_check},
    {"constitution adopt", "COMMONS FILE", 2, 2, SIGN_ONLY, "adopts a first constitution; the founders do, each for himself or herself",
     "It is in force once every founder has adopted the same text, byte for byte. From then on it is changed by a motion: 'plenty motion table --sort constitution'.",
     "plenty constitution adopt town.commons town.constitution --key alice.key", cli_constitution_adopt},
    {"constitution show", "COMMONS", 1, 1, JSON_ONLY, "shows the constitution that is in force", "", "plenty constitution show town.commons", cli_constitution_show},
    {"constituency create", "COMMONS NAME", 2, 2, CONSTITUENCY_CREATE, "creates a constituency: a place whose members elect",
     "Founders do this freely until a constitution is in force; then it needs a grant by drawn members.",
     "plenty constituency create town.commons Bakers --type workplace --key alice.key", cli_constituency_create},
    {"constituency list", "COMMONS", 1, 1, JSON_ONLY, "lists the constituencies and how many belong to each", "", "plenty constituency list town.commons",
     cli_constituency_list},
    {"council create", "COMMONS NAME", 2, 2, COUNCIL_CREATE, "creates a council: groups of seats, each elected by an assembly",
     "An assembly that elects is a constituency, everyone, or another council: then its delegates elect among themselves, and who is no longer a delegate there "
     "is none here. It needs a grant once a constitution is in force.",
     "plenty council create town.commons Town --elect Bakers:3 --elect Millers:2 --key alice.key", cli_council_create},
    {"council list", "COMMONS", 1, 1, JSON_ONLY, "lists the councils", "", "plenty council list town.commons", cli_council_list},
    {"council show", "COMMONS COUNCIL", 2, 2, JSON_ONLY, "shows a council: its seats, who elects them, who sits there, until when, on which mandate", "",
     "plenty council show town.commons Town", cli_council_show},
    {"election list", "COMMONS", 1, 1, ALL_JSON, "lists the elections that are coming or going on",
     "Nobody calls an election. There is one for each group of seats of a council, as soon as a constitution is in force, and then so that the next term "
     "begins when the last one ends. A seat that falls vacant goes to whom the same papers name next, or has an election of its own.",
     "plenty election list town.commons", cli_election_list},
    {"election show", "COMMONS ELECTION", 2, 2, JSON_ONLY, "shows an election: candidates, what they say, who was elected and how", "",
     "plenty election show town.commons 3fa9", cli_election_show},
    {"election stand", "COMMONS ELECTION", 2, 2, ELECTION_STAND, "stands in an election; those who elect can",
     "Where delegates elect, only delegates stand: the new mandate rests on the one that they have, and ends with it; when that ends by its term, until others are elected.",
     "plenty election stand town.commons 3fa9 --name Vera --statement 'Shorter shifts.' --key vera.key", cli_election_stand},
    {"election withdraw", "COMMONS ELECTION", 2, 2, SIGN_ONLY, "stands no longer", "", "", cli_election_withdraw},
    {"vote", "COMMONS BALLOT [MARK...]", 2, 24, VOTE, "votes in a ballot that is open",
     "BALLOT is the id of the ballot or of the election, recall or motion that it is about. Each MARK is a name as on the paper, or digits of an id; where "
     "options are ranked, the best first. More than 22 come from a file. The last vote counts, and a vote without a MARK is a blank paper.",
     "plenty vote town.commons 3fa9 Vera Olga --key me.key\nplenty vote town.commons 77c0 yes --key me.key", cli_vote},
    {"ballot list", "COMMONS", 1, 1, JSON_ONLY, "lists the ballots, open and closed", "", "plenty ballot list town.commons", cli_ballot_list},
    {"ballot show", "COMMONS BALLOT", 2, 2, BALLOT_SHOW, "shows a ballot: the paper, or the count with every step",
     "BALLOT as in 'plenty vote'. With --blt the papers of a closed ballot can be counted by anybody: 'plenty count'.",
     "plenty ballot show town.commons 3fa9 --blt papers.blt && plenty count papers.blt", cli_ballot_show},
    {"ballot check", "COMMONS CODE", 2, 2, JSON_ONLY, "checks a secret vote that another device opened: what it encrypted",
     "In the page, 'Check it first' opens a vote that is then not cast, and shows a code. Here another program makes that vote again from its marks and its seed; the tracker must be the one "
     "that the page showed before. CODE: the code, or the address that ends with it. COMMONS: best a copy of the record that somebody else keeps.",
     "plenty ballot check town.commons WzEsIjNm...", cli_ballot_check},
    {"ballot export", "COMMONS BALLOT", 2, 2, BALLOT_EXPORT, "writes a secret ballot as an archive that anybody can verify",
     "The archive holds everything there is of it so far: trustees, votes, shuffles, parts, the result. 'plenty verify' and 'plenty secret verify' check it; so does belenios-tool, "
     "when the constitution says secret.belenios = 1.",
     "plenty ballot export town.commons 3fa9 -o council.bel && plenty verify council.bel", cli_ballot_export},
    {"trustee list", "COMMONS", 1, 1, JSON_ONLY, "lists those who keep the keys of secret ballots", "", "plenty trustee list town.commons", cli_trustee_list},
    {"trustee show", "COMMONS TRUSTEES", 2, 2, JSON_ONLY, "shows trustees: who was drawn, and what waits for whom", "TRUSTEES: their id, or that of the ballot.",
     "plenty trustee show town.commons 3fa9", cli_trustee_show},
    {"trustee act", "COMMONS TRUSTEES", 2, 2, TRUSTEE_ACT, "does what waits for you as a trustee: a message, a shuffle, a part of the opening",
     "Members who were drawn make a key together, of which nobody ever holds the whole, and open the ballot when it has closed. Before it touches the votes it verifies every one of them "
     "and works out the tally again. Your part comes from your key file: keep nothing else. Call it again when 'plenty trustee show' says that something waits for you.",
     "plenty trustee act town.commons 3fa9 --key me.key", cli_trustee_act},
    {"recall ask", "COMMONS MANDATE", 2, 2, RECALL_ASK, "asks for the recall of a mandate; one of those who gave it does",
     "With the signatures that the constitution asks for, the ballot comes by itself within a week; nobody can put it off.",
     "plenty recall ask town.commons 8b1d --reasons 'Three months without a report.' --key me.key", cli_recall_ask},
    {"recall sign", "COMMONS RECALL", 2, 2, SIGN_ONLY, "signs a recall", "", "plenty recall sign town.commons 51c2 --key me.key", cli_recall_sign},
    {"recall withdraw", "COMMONS RECALL", 2, 2, SIGN_ONLY, "takes a signature back, as long as they are collected", "", "", cli_recall_withdraw},
    {"recall answer", "COMMONS RECALL", 2, 2, RECALL_ANSWER, "answers a recall; the holder of the mandate does, once", "", "", cli_recall_answer},
    {"recall list", "COMMONS", 1, 1, JSON_ONLY, "lists the recalls and how far they are", "", "plenty recall list town.commons", cli_recall_list},
    {"recall show", "COMMONS RECALL", 2, 2, JSON_ONLY, "shows a recall: reasons, answer, signatures, ballot", "", "plenty recall show town.commons 51c2", cli_recall_show},
    {"mandate list", "COMMONS", 1, 1, MANDATE_LIST, "lists who holds which mandate, and until when", "", "plenty mandate list town.commons --council Bakers", cli_mandate_list},
    {"mandate show", "COMMONS MANDATE", 2, 2, JSON_ONLY, "shows a mandate: who gave it, what it rests on, why it ended", "", "plenty mandate show town.commons 8b1d", cli_mandate_show},
    {"mandate handovers", "COMMONS", 1, 1, ALL_JSON, "lists what is to be handed over after mandates that ended", "", "plenty mandate handovers town.commons", cli_mandate_handovers},
    {"mandate took-over", "COMMONS MANDATE", 2, 2, TOOK_OVER, "confirms a hand-over; one who sits in that council now does",
     "Papers, keys, what is half done: who held the mandate hands it over within mandate.handover_days. What is not confirmed by then makes a light red.",
     "plenty mandate took-over town.commons 8b1d --text 'Keys and the minutes.' --key bob.key", cli_mandate_took_over},
    {"mandate resign", "COMMONS MANDATE", 2, 2, SIGN_ONLY, "gives a mandate back; its holder does", "The seat goes to whom the same papers name next.", "", cli_mandate_resign},
    {"member consent", "COMMONS KEY", 2, 2, MEMBER_CONSENT, "signs that this key wants to become that of a member",
     "KEY is the key file, or the key id of 64 digits, of the member who will propose the new one. So nobody has to give a secret key away, and nobody "
     "is proposed against his or her will.",
     "plenty member consent town.commons alice.key --key dora.key -o dora.consent", cli_member_consent},
    {"member propose", "COMMONS", 1, 1, MEMBER_PROPOSE, "proposes a new member, and vouches",
     "Members can object for admission.objection_days; when admission.vouchers vouch, the proposer included, the new member is in then, without anybody's act. "
     "With admission.objectors objections a grant decides: 'plenty member admit'.",
     "plenty member propose town.commons --consent dora.consent --constituency Bakers --data dora.txt --key alice.key", cli_member_propose},
    {"member vouch", "COMMONS PROPOSAL", 2, 2, SIGN_ONLY, "vouches for a proposed member", "", "plenty member vouch town.commons 3fa9 --key bob.key", cli_member_vouch},
    {"member object", "COMMONS PROPOSAL|MOVE", 2, 2, REASON_SIGN, "objects to a proposed member, or to a member joining one's constituency", "",
     "plenty member object town.commons 3fa9 --reason 'Nobody here knows her.' --key bob.key", cli_member_object},
    {"member admit", "COMMONS PROPOSAL", 2, 2, GRANT_SIGN, "admits a member to whom members objected; drawn members have allowed it", "", "", cli_member_admit},
    {"member move", "COMMONS CONSTITUENCY", 2, 2, MEMBER_MOVE, "joins a constituency, or leaves it",
     "Those who belong to it can object for admission.objection_days. Leaving needs nobody's consent.",
     "plenty member move town.commons Bakers --key alice.key\nplenty member move town.commons Millers --leave --key alice.key", cli_member_move},
    {"member leave", "COMMONS", 1, 1, SIGN_ONLY, "leaves the commons: keys, mandates and constituencies end", "", "plenty member leave town.commons --key alice.key",
     cli_member_leave},
    {"member recover", "COMMONS MEMBER", 2, 2, MEMBER_RECOVER, "gives a member who has lost all keys a new one; drawn members have allowed it",
     "The old keys end. Ask for the grant first: sign with -o, then 'plenty grant ask'.", "", cli_member_recover},
    {"member list", "COMMONS", 1, 1, MEMBER_LIST, "lists members, proposals, and moves that can be objected to", "", "plenty member list town.commons",
     cli_member_list},
    {"member show", "COMMONS MEMBER|PROPOSAL", 2, 2, JSON_ONLY, "shows a member, and the personal data if it is kept here and is what was committed to", "",
     "plenty member show town.commons 3fa9", cli_member_show},
    {"member open", "COMMONS MEMBER", 2, 2, REASON_GRANT, "opens the personal data of a member, if drawn members agree",
     "The record says first who opens it and why. While a proposal is open, those who decide about it can read it without.",
     "plenty member open town.commons 9f3a --reason 'The ambulance asks for the address.' --grant 77c0 --key alice.key", cli_member_open},
    {"member correct", "COMMONS MEMBER", 2, 2, MEMBER_CORRECT, "corrects the roll, if drawn members agree",
     "Puts a member into a constituency, or out of it, or strikes off who is no member: somebody twice on the roll, somebody who does not exist.",
     "plenty member correct town.commons 9f3a --off --reason 'The same person as 12ab.' --key alice.key -o act", cli_member_correct},
    {"member erase", "COMMONS MEMBER|PROPOSAL", 2, 2, NO_OPTIONS, "erases the personal data of a member, and its salt, for good",
     "The record stays as it is: the commitment in it says nothing without the salt.", "plenty member erase town.commons 3fa9", cli_member_erase},
    {"grant ask", "COMMONS EVENT", 2, 2, REASON_SIGN, "asks drawn members to allow a privileged act",
     "EVENT is the act, signed with --output by its own command and not added. grant.approvers members are drawn, without the one who asks; grant.needed of them "
     "must approve within grant.approve_hours. Then exactly this act may be done once, by the one who asked, within grant.execute_hours: the same command again, with --grant.",
     "plenty council create town.commons Region --elect Town:2 --key alice.key -o act\nplenty grant ask town.commons act --reason 'As decided on Monday.' --key alice.key",
     cli_grant_ask},
    {"grant approve", "COMMONS GRANT", 2, 2, REASON_SIGN, "approves; those who were drawn can", "", "plenty grant approve town.commons 3fa9 --key bob.key", cli_grant_approve},
    {"grant refuse", "COMMONS GRANT", 2, 2, REASON_SIGN, "refuses, with a reason; those who were drawn can", "", "", cli_grant_refuse},
    {"grant list", "COMMONS", 1, 1, JSON_ONLY, "lists what was asked for, by whom, and how it ended", "", "plenty grant list town.commons", cli_grant_list},
    {"grant show", "COMMONS GRANT", 2, 2, GRANT_SHOW, "shows a grant: the act, the reason, who was drawn, how they decided",
     "The record holds the hash of the act; with --event the file of the act is compared with it and shown in full.", "plenty grant show town.commons 3fa9 --event act",
     cli_grant_show},
    {"lot announce", "COMMONS PURPOSE", 2, 2, LOT_ANNOUNCE, "announces a draw: who is in the pool now is frozen",
     "Members commit to secret parts of a seed for lot.commit_hours, reveal them for lot.reveal_hours, then the draw happens by itself.",
     "plenty lot announce town.commons jury --places 5 --key alice.key", cli_lot_announce},
    {"lot commit", "COMMONS LOT", 2, 2, LOT_PART, "makes a secret part of the seed and commits to it",
     "The part is written to the new file --part: keep it until it is revealed. One honest part that nobody knows is enough for a seed that nobody can choose.",
     "plenty lot commit town.commons 3fa9 --part my.part --key bob.key", cli_lot_commit},
    {"lot reveal", "COMMONS LOT", 2, 2, LOT_PART, "reveals one's part of the seed", "A part that is not revealed in time is shown as withheld, and left out.",
     "plenty lot reveal town.commons 3fa9 --part my.part --key bob.key", cli_lot_reveal},
    {"lot share", "COMMONS LOT", 2, 2, SIGN_ONLY, "gives a random share to the seed of a draw that has a key",
     "The share is encrypted; trustees open the sum of all when no more come (plenty trustee act). So nobody sees a share, and nobody can choose or withhold one. Needs lot.key = 1 in the constitution.",
     "plenty lot share town.commons 5c02 --key me.key", cli_lot_share},
    {"lot list", "COMMONS", 1, 1, NO_OPTIONS, "lists all draws", "", "plenty lot list town.commons", cli_lot_list},
    {"lot show", "COMMONS LOT", 2, 2, JSON_ONLY, "shows a draw: pool, parts, seed, who was drawn; with --json all that is needed to draw again",
     "docs/formats/commons.md says how; an audit draws again too.", "plenty lot show town.commons 3fa9 --json", cli_lot_show},
    {"need order", "COMMONS GOOD", 2, 2, NEED_ORDER, "orders a good: how much of it you want, and when",
     "Orders are added up and go into the needs of a plan ('plenty need export', 'plenty needs forecast --orders'). How urgent they are nobody says of his or her own: "
     "tier and weight are those of the need, which councils decide. An order is a signed event, and so public.",
     "plenty need order town.commons bread --amount 104 --from 2027-01-01 --until 2027-12-31 --economy town --key me.key", cli_need_order},
    {"need withdraw", "COMMONS ORDER", 2, 2, SIGN_ONLY, "takes an order back", "", "plenty need withdraw town.commons 3fa9 --key me.key", cli_need_withdraw},
    {"need missing", "COMMONS GOOD", 2, 2, NEED_MISSING, "reports that something was wanted and not there",
     "Those who wanted to buy it and those who work there are two lists: from what both saw follows how many cases nobody reported.",
     "plenty need missing town.commons bread --place 'Mill Street' --key me.key\nplenty need missing town.commons bread --place 'Mill Street' --workplace Bakers --key me.key",
     cli_need_missing},
    {"need mine", "COMMONS", 1, 1, NEED_MINE, "lists your orders", "", "plenty need mine town.commons --key me.key", cli_need_mine},
    {"need list", "COMMONS", 1, 1, NEED_LIST, "lists what is wanted in all: orders, what was not there, how many want it", "", "plenty need list town.commons --until 2027-12-31",
     cli_need_list},
    {"need export", "COMMONS", 1, 1, NEED_EXPORT, "writes orders and reports as tables, from which needs are made", "",
     "plenty need export town.commons -o wants && plenty needs forecast sums --orders wants/orders.csv -e town --economy-output next", cli_need_export},
    {"motion table", "COMMONS", 1, 1, MOTION_TABLE, "tables a motion: a text, an instruction, or a new constitution",
     "Its debate is open for motion.debate_days. Then the text freezes and those who belong to the assembly vote, without anybody having to open "
     "anything. Amendments that enough members support are voted on beside the text as tabled.",
     "plenty motion table town.commons --assembly bakers --title 'Bread at six' --text 'We bake from four on.' --key alice.key", cli_motion_table},
    {"motion plans", "COMMONS PLAN PLAN...", 3, 21, MOTION_PLANS, "puts a choice between plans to the vote",
     "The independent checker verifies every plan first; plans and economy are kept beside the record, by their hashes. The assembly ranks the plans, and "
     "'none of these'; what wins by Schulze's rule is the plan in force. The others stay readable: 'plenty motion plan'.",
     "plenty motion plans town.commons short-hours more-clinics --economy town --title 'The plan of next year' --text 'Two ways.' --key alice.key", cli_motion_plans},
    {"motion projects", "COMMONS NAME=COST NAME=COST...", 3, 21, MOTION_PROJECTS, "puts projects to the vote that a budget does not suffice for",
     "Everybody marks what they want, and an equal share of the budget is theirs to spend on it: the Method of Equal Shares, completed by raising the budget. So 30 % of those who vote can decide about 30 % "
     "of the money. Costs and the budget are whole numbers of at most 100,000: say in the text what one of them is.",
     "plenty motion projects town.commons 'Library=600' 'Football field=800' 'Theatre=1400' --budget 2500 --title 'What we build' --text 'In thousands.' --key alice.key", cli_motion_projects},
    {"motion amend", "COMMONS MOTION", 2, 2, MOTION_TEXT, "gives a motion a new text; its sponsor does", "The older versions stay.", "", cli_motion_amend},
    {"motion propose", "COMMONS MOTION", 2, 2, MOTION_TEXT, "proposes an amendment: the whole text, as it should be", "", "", cli_motion_propose},
    {"motion support", "COMMONS MOTION AMENDMENT", 3, 3, SIGN_ONLY, "supports an amendment, so that it is voted on", "", "", cli_motion_support},
    {"motion point", "COMMONS MOTION", 2, 2, MOTION_POINT, "says what speaks for or against a motion", "",
     "plenty motion point town.commons 3fa9 --against 'Who sleeps then?' --key bob.key", cli_motion_point},
    {"motion urgent", "COMMONS MOTION", 2, 2, MOTION_URGENT, "shortens the debate to motion.urgent_hours, if drawn members agree", "", "", cli_motion_urgent},
    {"motion list", "COMMONS", 1, 1, NO_OPTIONS, "lists all motions and where they stand", "", "plenty motion list town.commons", cli_motion_list},
    {"motion show", "COMMONS MOTION", 2, 2, JSON_ONLY, "shows a motion: text, amendments, what was said for and against, the vote, the report", "",
     "plenty motion show town.commons 3fa9", cli_motion_show},
    {"motion plan", "COMMONS PLAN", 2, 2, MOTION_PLAN, "writes the plan in force, or any that was put to the vote, to the new folder PLAN",
     "So that anybody can verify, explain and compare it.", "plenty motion plan town.commons plan --economy economy && plenty verify plan economy", cli_motion_plan},
    {"decision list", "COMMONS", 1, 1, NO_OPTIONS, "lists what was decided, who carries it out, and what is overdue", "", "", cli_decision_list},
    {"decision take", "COMMONS MOTION", 2, 2, DECISION_TAKE, "takes it on oneself to carry out a decision", "", "", cli_decision_take},
    {"decision report", "COMMONS MOTION", 2, 2, MOTION_TEXT, "reports how a decision was carried out", "", "", cli_decision_report},
    {"question ask", "COMMONS MANDATE", 2, 2, MOTION_TEXT, "puts a question to the holder of a mandate", "What is not answered in time is shown, and not punished.", "", cli_question_ask},
    {"question answer", "COMMONS QUESTION", 2, 2, MOTION_TEXT, "answers it", "", "", cli_question_answer},
    {"question list", "COMMONS", 1, 1, NO_OPTIONS, "lists questions and answers", "", "", cli_question_list},
    {"pay skilled", "COMMONS", 1, 1, PAY_SKILLED, "enters what skilled work was paid in a quarter",
     "By who has the turn in a class of tasks named 'treasury', or with a grant. pay.close_days after the quarter it closes by the clock; then its median is what officials may get at most.",
     "plenty pay skilled town.commons --quarter 2026-Q3 --source 'The mill' --grade miller --amounts millers.txt --key alice.key", cli_pay_skilled},
    {"pay enter", "COMMONS", 1, 1, PAY_ENTER, "enters what an official is paid, refused above the pay of skilled work",
     "All sources and all mandates of the holder together get at most the median pay of skilled work of the last quarter that closed before, times pay.reference_percent, pro rata of the days "
     "with a mandate so far.",
     "plenty pay enter town.commons --holder 9f3a --quarter 2026-Q4 --amount 240000 --source 'Town council' --key alice.key", cli_pay_enter},
    {"pay correct", "COMMONS", 1, 1, PAY_CORRECT, "corrects a wrongly entered pay of skilled work, before its quarter closes",
     "A privileged act, since the median comes from it: drawn members look first ('plenty grant ask').",
     "plenty pay correct town.commons --quarter 2026-Q3 --source 'The mill' --grade miller --wrong 2700000 --right 270000 --reason 'A zero too many.' --key alice.key -o act", cli_pay_correct},
    {"pay show", "COMMONS", 1, 1, JSON_ONLY, "shows medians, and what officials got", "", "plenty pay show town.commons", cli_pay_show},
    {"rota class", "COMMONS NAME", 2, 2, ROTA_CLASS, "makes or changes a class of tasks that are done in turn",
     "Periods are filled by the clock: whoever owes most is next, nobody succeeds themselves, equal ones by lot. A class that takes a rung is learned by standing by.",
     "plenty rota class town.commons treasury --slots 2 --weight 5 --days 28 --rung 1 --key alice.key", cli_rota_class},
    {"rota absent", "COMMONS", 1, 1, ROTA_ABSENT, "says that you are away, or there for part of the time", "Nothing falls due from who is away. The percentage is public, the reason is not.",
     "plenty rota absent town.commons --days 14 --key bob.key", cli_rota_absent},
    {"rota show", "COMMONS", 1, 1, JSON_ONLY, "shows whose turn it is, and how evenly turns have fallen", "", "plenty rota show town.commons", cli_rota_show},
    {"rota fill", "COMMONS CLASS", 2, 2, ROTA_FILL, "explains the last filling: why her?",
     "Who owed how much, who could not and why, which debts were equal, and the lots by which those were decided.", "plenty rota fill town.commons treasury", cli_rota_fill},
    {"rota refuse", "COMMONS CLASS", 2, 2, ROTA_DUTY, "refuses your turn; the next one takes it", "The debt stays, and how often one refused is public.", "", cli_rota_refuse},
    {"rota swap", "COMMONS [CLASS]", 1, 2, ROTA_SWAP, "swaps two turns of this period; both sign", "One offers, the other accepts the offer by its id.",
     "plenty rota swap town.commons treasury --for cleaning --key alice.key\nplenty rota swap town.commons --accept 5d1c --key bob.key", cli_rota_swap},
    {"rota served", "COMMONS CLASS", 2, 2, ROTA_SERVED, "confirms that another has served a turn", "By who had the same task beside them or has it next, when the period is over. What nobody confirms within a further period counts as not served.",
     "plenty rota served town.commons treasury --key bob.key", cli_rota_served},
    {"lights", "COMMONS", 1, 1, JSON_ONLY, "warning lights against a bureaucracy, from the record",
     "Each with its figure, the limit that the constitution sets, since when, and who must answer.", "plenty lights town.commons", cli_lights},
    {"replay", "COMMONS", 1, 1, REPLAY, "makes the tables anew from the record and compares them with those in the store",
     "What holds in a commons is a function of its record. Exit code 1 when the tables say something else.",
     "plenty replay bakery.commons", cli_replay},
    {"audit", "COMMONS", 1, 1, AUDIT, "verifies everything from the record alone",
     "Every event, signature and rule, the tree, every checkpoint, the tables; with --policy the witnesses. Then the independent checker, which shares no "
     "code with Plenty, does it again. Ballots are counted again, goods shared again, plans verified. Needs no key and no network; works on a copy, and on a folder "
     "made by record export (there the independent checker comes first). Prints what was "
     "checked, in numbers, and the first thing that is wrong (exit code 1). Void events are told, and are no fault: they have no effect.",
     "plenty audit bakery.commons\nplenty audit bakery.record", cli_audit},
    {NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
