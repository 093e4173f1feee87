/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * commands_vote.c - the rows that count votes and hold secret ballots. */
#include "cli/commands.h"

static const cli_option COUNT[] = {
    {"rule", 'r', "RULE", false, "scottish|meek|schulze|equal-shares|approval|majority",
     "how to count (default: scottish for rankings, equal-shares for budgets)"},
    {"seats", 'n', "N", false, NULL, "how many are elected (default: what the file says; schulze: 1)"},
    {"seed", 0, "TEXT", false, NULL, "lots come from TEXT: agree in public how it will arise, then make it (dice, a lottery)"},
    {"without", 0, "NAME", true, NULL, "count as if this candidate had withdrawn"},
    {"vacancy", 0, "NAME", false, NULL, "fill the seat of this elected member by countback (scottish)"},
    {"stands", 0, "NAME", true, NULL, "only these candidates want the vacant seat (default: all who were not elected)"},
    {"quorum", 0, "N", false, NULL, "at least N papers must be cast (majority)"},
    {"more-than", 0, "PART", false, "1/2|2/3", "more than this part of the votes decides (majority; default: 1/2)"},
    {"budget", 0, "MONEY", false, NULL, "instead of the budget in the file (equal-shares)"},
    {"use", 0, "WHAT", false, "cost|number", "a project's use to a supporter: its cost (default), or 1 for each project (equal-shares)"},
    {"completion", 0, "HOW", false, "add1|none", "raise all shares as long as the budget suffices (default), or not (equal-shares)"},
    {"transcript", 't', "FILE", false, "@", "write every step as JSON; plenty verify FILE BALLOTS recounts it"},
    {"blt", 0, "FILE", false, "@", "write the ballots as BLT, for other programs"},
    {"replace", 0, NULL, false, NULL, "replace what is there"},
    JSON,
    QUIET,
    END,
};
#define GROUP {"group", 'g', "GROUP", false, "Ed25519|BELENIOS-2048|RFC-3526-2048", "the group of the election (default: Ed25519)"}
#define UUID {"uuid", 'u', "NAME", false, NULL, "the name of the election, 14 letters and digits"}
#define THREADS {"threads", 't', "N", false, NULL, "use N threads (default: 2 where there are two cores)"}
#define CERT {"cert", 'c', "FILE", true, "@", "a certificate; all of them, in the same order everywhere"}
static const cli_option SECRET_CREDENTIALS[] = {
    GROUP,
    UUID,
    {"voters", 'n', "N", false, NULL, "how many voters there are"},
    {"weights", 'w', "FILE", false, "@", "or a weight for each voter, one a line"},
    {"output", 'o', "PREFIX", false, "@", "write PREFIX.privcreds and PREFIX.pubcreds (needed)"},
    THREADS,
    END,
};

static const cli_option SECRET_TRUSTEE[] = {
    GROUP,
    {"output", 'o', "PREFIX", false, "@", "write PREFIX.privkey and PREFIX.pubkey, or what the round makes (needed)"},
    {"round", 'r', "N", false, NULL, "1, 2 or 3: a key of which any threshold of the trustees is enough"},
    {"key", 'k', "FILE", false, "@", "PREFIX.key of round 1, for rounds 2 and 3"},
    CERT,
    {"threshold", 0, "T", false, NULL, "how many will be needed, for round 2"},
    {"input", 'i', "FILE", false, "@", "what this trustee was sent (.vinput), for round 3"},
    END,
};

static const cli_option SECRET_THRESHOLD[] = {
    GROUP,
    CERT,
    {"polynomial", 'p', "FILE", true, "@", "what each made in round 2, in the order of the certificates"},
    {"voutput", 'v', "FILE", true, "@", "what each made in round 3; without them the inputs of round 3 are written"},
    {"threshold", 0, "T", false, NULL, "how many will be needed"},
    {"output", 'o', "PREFIX", false, "@", "write PREFIX-1.vinput ..., or PREFIX.threshold and PREFIX-1.dkey ... (needed)"},
    END,
};

static const cli_option SECRET_SETUP[] = {
    GROUP,
    UUID,
    {"questions", 'q', "FILE", false, "@", "the questions, as JSON (needed)"},
    {"trustee", 0, "FILE", true, "@", "a .pubkey, or a .threshold file (needed)"},
    {"credentials", 'c', "FILE", false, "@", "the .pubcreds file (needed)"},
    END,
};

static const cli_option SECRET_VOTE[] = {
    {"credential", 'c', "FILE", false, "@", "the file with the voter's credential"},
    {"choices", 'v', "JSON", false, NULL, "a list for each question: [[1,0],[0,1,0]]"},
    {"votes", 0, "FILE", false, "@", "many at once: lines of a credential and choices"},
    {"cast", 0, NULL, false, NULL, "add the ballot to the archive"},
    {"output", 'o', "FILE", false, "@", "write the ballot to FILE"},
    THREADS,
    END,
};

static const cli_option SECRET_CAST[] = {
    THREADS,
    END,
};

static const cli_option SECRET_WORK[] = {
    {"trustee", 0, "N", false, NULL, "which trustee shuffles, from 1"},
    {"end", 0, NULL, false, NULL, "no more shuffles: the rankings can be decrypted"},
    {"output", 'o', "FILE", false, "@", "write it to FILE and add nothing"},
    THREADS,
    QUIET,
    END,
};
#define LEAST {"least", 0, "N", false, NULL, "refuse to open fewer than N ballots (5)"}
static const cli_option SECRET_CLOSE[] = {
    LEAST,
    THREADS,
    QUIET,
    END,
};

static const cli_option SECRET_DECRYPT[] = {
    {"key", 'k', "FILE", false, "@", "the trustee's .privkey, or .key with --part (needed)"},
    {"part", 'p', "FILE", false, "@", "the trustee's .dkey, of a threshold of trustees"},
    {"output", 'o', "FILE", false, "@", "write it to FILE and add nothing"},
    LEAST,
    THREADS,
    QUIET,
    END,
};

static const cli_option SECRET_TALLY[] = {
    {"ballots", 'b', "FILE", false, "@", "write a question's result as BLT, to be counted (plenty count)"},
    {"question", 0, "N", false, NULL, "which question, from 1 (1)"},
    {"seats", 's', "N", false, NULL, "how many are to be elected, for --ballots (1)"},
    THREADS,
    JSON,
    QUIET,
    END,
};

static const cli_option SECRET_VERIFY[] = {
    {"tracker", 0, "TRACKER", false, NULL, "is the ballot with this tracker there?"},
    {"since", 0, "FILE", false, "@", "is it the older archive FILE with something added?"},
    THREADS,
    QUIET,
    END,
};

const cli_command CLI_VOTING[] = {
    {"count", "BALLOTS", 1, 1, COUNT, "counts an election: who is elected, every stage, and why",
     "BALLOTS is a BLT file, a budget of Pabulib (.pb), or a table count,preferences (docs/formats/ballots.md). Rules "
     "(docs/methods/counting.md): \"scottish\", the single transferable vote of Scottish councils, with one seat instant run-off; "
     "\"meek\", the reference rule of Meek's method; \"schulze\" for one winner; \"equal-shares\" for projects within a "
     "budget; \"approval\"; \"majority\" for yes or no, with a quorum. All arithmetic is in whole numbers, as the rule says, and the same "
     "papers give the same count in whatever order they lie. A tie is decided by the latest stage at which the candidates "
     "differed; where there is none, by lot, from a seed that goes into the transcript. Without a seed such a count stops and says "
     "who is tied. Exit code 1: nothing was decided (majority).",
     "plenty count examples/council.blt\n"
     "plenty count examples/council.blt --vacancy Amina --transcript build/countback.json\n"
     "plenty count examples/budget.pb",
     cli_count},
    {"secret credentials", "", 0, 0, SECRET_CREDENTIALS, "makes a credential for each voter of a secret ballot",
     "Whoever does this sends each voter a line of PREFIX.privcreds and then forgets the file; PREFIX.pubcreds goes into the election. The name of the "
     "election (--uuid) is drawn and printed where none is given.",
     "plenty secret credentials --voters 24 -o voters", cli_secret_credentials},
    {"secret trustee", "", 0, 0, SECRET_TRUSTEE, "makes a trustee's key: alone, or as one of several of whom some are enough",
     "Without --round a key that will be needed. With --round 1, 2, 3 the parts of a common key (docs/formats/secret-ballots.md): 1 makes a "
     "certificate, to be given to all; 2 makes values for all the others, encrypted; 3 checks what all the others sent and makes this trustee's part. "
     "Between the rounds anybody runs plenty secret threshold.",
     "plenty secret trustee -o amina\n"
     "plenty secret trustee --round 2 --key b.key --cert a.cert --cert b.cert --cert c.cert --threshold 2 -o b",
     cli_secret_trustee},
    {"secret threshold", "", 0, 0, SECRET_THRESHOLD, "passes on what trustees make of a common key, and puts it together",
     "Needs no secret. With certificates and polynomials it writes what each trustee is to be sent; with the outputs of round 3 too, the file that "
     "goes into the election, and each trustee's encrypted part.",
     "plenty secret threshold --threshold 2 --cert a.cert --cert b.cert --polynomial a.polynomial --polynomial b.polynomial -o council",
     cli_secret_threshold},
    {"secret setup", "ARCHIVE", 1, 1, SECRET_SETUP, "begins a secret ballot: questions, trustees, credentials",
     "ARCHIVE (its name usually ends in .bel) is the election with all that happens in it; anybody may have a copy, and verify it. "
     "Questions are those of the Belenios protocol: chosen answers that are added up, or rankings that are shuffled. BELENIOS-2048 takes no rankings.",
     "plenty secret setup council.bel --uuid NAME --questions questions.json --trustee amina.pubkey --credentials voters.pubcreds", cli_secret_setup},
    {"secret vote", "ARCHIVE", 1, 1, SECRET_VOTE, "encrypts a vote and proves that it keeps the rules",
     "Prints the ballot, or adds it with --cast. What is printed tells nobody how the vote was. The last ballot of a credential counts.",
     "plenty secret vote council.bel --credential mine --choices '[[1,0,0]]' --cast", cli_secret_vote},
    {"secret cast", "ARCHIVE BALLOT", 2, 2, SECRET_CAST, "checks a ballot and adds it to an election", "Every proof is verified. A ballot that is there already is refused.",
     "plenty secret cast council.bel ballot.json", cli_secret_cast},
    {"secret close", "ARCHIVE", 1, 1, SECRET_CLOSE, "ends the voting and adds up the encrypted ballots",
     "Everything is verified before. Fewer than --least ballots are refused, because the result would tell who voted how.", "plenty secret close council.bel",
     cli_secret_close},
    {"secret shuffle", "ARCHIVE", 1, 1, SECRET_WORK, "shuffles the rankings, with a proof that none was lost or changed",
     "At least one trustee who forgets the order keeps the rankings secret, so best all do it, each with --trustee N; then one says --end. "
     "Everything is verified before.",
     "plenty secret shuffle council.bel --trustee 1\nplenty secret shuffle council.bel --end", cli_secret_shuffle},
    {"secret decrypt", "ARCHIVE", 1, 1, SECRET_DECRYPT, "a trustee's part of the decryption",
     "Recomputes the tally from the ballots and verifies everything, then decrypts that and nothing else.", "plenty secret decrypt council.bel --key amina.privkey",
     cli_secret_decrypt},
    {"secret tally", "ARCHIVE", 1, 1, SECRET_TALLY, "puts the parts of the trustees together: the result",
     "Rankings go on to be counted by plenty count, from the file that --ballots writes: 1 is the best, equal numbers share a rank, 0 is none.",
     "plenty secret tally council.bel --ballots council.blt --seats 3", cli_secret_tally},
    {"secret verify", "ARCHIVE", 1, 1, SECRET_VERIFY, "verifies a secret ballot: every ballot, shuffle, decryption, the result",
     "Needs no secret. What there is so far is verified, also while the voting goes on. plenty verify ARCHIVE does it again with the independent checker.",
     "plenty secret verify council.bel", cli_secret_verify},
    {NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
