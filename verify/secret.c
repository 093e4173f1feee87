/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * secret.c - checks the archive of a secret ballot (.bel): that it is a chain, from the setup to the result. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "verify/secret.h"

#define BLOCK 512

/* ---- The archive --------------------------------------------------------------------------------------------------------------------- */

/* The next entry; its header must be the one that belongs to its name, size and time. */
static bool next_entry(pv_ballotbox *b, size_t *at, const char *name, const char *time, pv_piece *out, bool *event)
{
    char head[BLOCK] = {0}, built[128];
    unsigned sum = 0;
    if (b->n - *at < BLOCK) {
        pv_stop(&b->run, PV_REFUTED, b->file, 0, 0, "byte %zu: the archive ends in the middle", *at + 1);
    }
    const char *old = b->bytes + *at;
    size_t n = 0;
    for (int i = 124; i < 135; i++) {
        if (old[i] < '0' || old[i] > '7') {
            pv_stop(&b->run, PV_REFUTED, b->file, 0, 0, "byte %zu: not the size of an entry", *at + (size_t)i + 1);
        }
        n = 8 * n + (size_t)(old[i] - '0');
    }
    size_t blocks = (n + BLOCK - 1) / BLOCK * BLOCK;
    if (blocks > b->n - *at - BLOCK) {
        pv_stop(&b->run, PV_REFUTED, b->file, 0, 0, "byte %zu: the archive ends in the middle", *at + 1);
    }
    *out = (pv_piece){.at = old + BLOCK, .n = n};
    uint8_t hash[32];
    crypto_hash_sha256(hash, (const unsigned char *)out->at, n);
    sodium_bin2hex(out->hash, sizeof out->hash, hash, 32);
    *event = memcmp(old + 64, ".event", 6) == 0;
    snprintf(built, sizeof built, "%s.%s.json", out->hash, *event ? "event" : "data");
    memcpy(head, name != NULL ? name : built, strlen(name != NULL ? name : built));
    memcpy(head + 100, "0000644\0" "0000000\0" "0000000", 23);
    memcpy(head + 124, old + 124, 11);
    memcpy(head + 136, time != NULL ? time : old + 136, 11);
    memset(head + 148, ' ', 8);
    head[156] = '0';
    for (int i = 0; i < BLOCK; i++) {
        sum += (unsigned char)head[i];
    }
    snprintf(head + 148, 7, "%06o", sum);
    head[154] = '\0';
    if (memcmp(head, old, BLOCK) != 0) {
        pv_stop(&b->run, PV_REFUTED, b->file, 0, 0, "byte %zu: the header of an entry, or its hash, is not right", *at + 1);
    }
    for (size_t i = n; i < blocks; i++) {
        if (out->at[i] != '\0') {
            pv_stop(&b->run, PV_REFUTED, b->file, 0, 0, "byte %zu: something between two entries", *at + BLOCK + i + 1);
        }
    }
    *at += BLOCK + blocks;
    return *at < b->n;
}

/* {"owner":n,"payload":hash of data[0]} */
static int read_owner(pv_ballotbox *b, const pv_piece *data)
{
    pv_tree t;
    pv_tree_read(&b->run, "owner", data[1].at, data[1].n, &t);
    pv_fields(&t, t.node, 2);
    int owner = (int)pv_whole(&t, pv_at(&t, t.node, 0, "owner"), PV_TRUSTEES);
    if (!pv_text_is(pv_at(&t, t.node, 1, "payload"), data[0].hash)) {
        pv_stop(&b->run, PV_REFUTED, b->file, 0, 0, "a hash does not name the data before it");
    }
    pv_tree_free(&t);
    return owner;
}

static void setup(pv_ballotbox *b, const pv_piece *data)
{
    static const char *const field[] = {"election", "trustees", "credentials"};
    pv_tree t;
    pv_tree_read(&b->run, "setup", data[3].at, data[3].n, &t);
    pv_fields(&t, t.node, 3);
    for (int i = 0; i < 3; i++) {
        if (!pv_text_is(pv_at(&t, t.node, i, field[i]), data[i].hash)) {
            pv_stop(&b->run, PV_REFUTED, b->file, 0, 0, "a hash does not name the data before it");
        }
    }
    pv_tree_free(&t);
    pv_read_election(b, &data[0]);
    pv_read_trustees(b, &data[1]);
    pv_read_credentials(b, &data[2]);
}

static void tally(pv_ballotbox *b, const pv_piece *data)
{
    pv_tree t;
    pv_tree_read(&b->run, "tally", data[1].at, data[1].n, &t);
    pv_fields(&t, t.node, 3);
    if (pv_whole(&t, pv_at(&t, t.node, 0, "num_tallied"), INT32_MAX) != b->counted ||
        pv_whole(&t, pv_at(&t, t.node, 1, "total_weight"), INT32_MAX) != b->total ||
        !pv_text_is(pv_at(&t, t.node, 2, "encrypted_tally"), data[0].hash)) {
        pv_stop(&b->run, PV_REFUTED, b->file, 0, 0, "the tally does not say how many ballots there are");
    }
    pv_tree_free(&t);
    pv_check_tally(b, &data[0]);
}

static const struct {
    const char *name, *before; /* the letters of the kinds that may stand before */
    char letter;
    int data;
} KINDS[] = {{"Setup", "", 'S', 4},           {"Ballot", "SB", 'B', 1},  {"EndBallots", "SB", 'E', 0},          {"EncryptedTally", "E", 'T', 2},
             {"Shuffle", "TX", 'X', 2},       {"EndShuffles", "X", 'Y', 0}, {"PartialDecryption", "TYP", 'P', 2}, {"Result", "P", 'R', 1}};

static int event_kind(pv_ballotbox *b, const pv_piece *e, const pv_piece *data, int n, const char *parent, int64_t height, char before)
{
    char text[400], link[100] = "", payload[100] = "";
    for (int k = 0; k < 8; k++) {
        if (height > 0) {
            snprintf(link, sizeof link, "\"parent\":\"%s\",", parent);
        }
        if (KINDS[k].data > 0 && n > 0) {
            snprintf(payload, sizeof payload, ",\"payload\":\"%s\"", data[n - 1].hash);
        } else {
            payload[0] = '\0';
        }
        int size = snprintf(text, sizeof text, "{%s\"height\":%lld,\"type\":\"%s\"%s}", link, (long long)height, KINDS[k].name, payload);
        if ((size_t)size == e->n && memcmp(text, e->at, e->n) == 0) {
            bool follows = height == 0 ? k == 0 : before != '\0' && strchr(KINDS[k].before, before) != NULL;
            if (follows && KINDS[k].data == n) {
                return k;
            }
        }
    }
    pv_stop(&b->run, PV_REFUTED, b->file, 0, 0, "event %lld does not follow the one before, or not with these data", (long long)height);
}

static void walk(pv_ballotbox *b)
{
    size_t at = 0;
    pv_piece data[4], e, *ballot = pv_alloc(&b->run, b->n / BLOCK + 1, sizeof *ballot);
    char parent[65] = "", before = '\0', time[12] = {0};
    int n = 0;
    int64_t height = 0, ballots = 0;
    bool event, more = next_entry(b, &at, "BELENIOS", NULL, &e, &event), judged = false;
    char head[80];
    memcpy(time, b->bytes + 136, 11);
    int size = snprintf(head, sizeof head, "{\"version\":1,\"timestamp\":\"%lld\"}", strtoll(time, NULL, 8));
    if ((size_t)size != e.n || memcmp(head, e.at, e.n) != 0) {
        pv_stop(&b->run, PV_REFUTED, b->file, 0, 0, "the head of the archive is not right");
    }
    while (more) {
        more = next_entry(b, &at, NULL, time, &e, &event);
        if (!event) {
            if (n == 4) {
                pv_stop(&b->run, PV_REFUTED, b->file, 0, 0, "too many data before an event");
            }
            data[n++] = e;
            continue;
        }
        int k = event_kind(b, &e, data, n, parent, height++, before);
        before = KINDS[k].letter;
        if (before == 'B') {
            ballot[ballots++] = data[0];
        } else if (before == 'E') {
            pv_check_ballots(b, ballot, ballots);
            b->closed = judged = true;
        } else if (before == 'S') {
            setup(b, data);
        } else if (before == 'T') {
            tally(b, data);
        } else if (before == 'X') {
            int owner = read_owner(b, data);
            if (owner < 1 || owner > b->n_trustees || b->shuffled[owner] || b->n_ranked == 0) {
                pv_stop(&b->run, PV_REFUTED, b->file, 0, 0, "a shuffle by trustee %d cannot be here", owner);
            }
            b->shuffled[owner] = true;
            pv_check_shuffle(b, data[0].at, data[0].n);
        } else if (before == 'P') {
            pv_check_part(b, read_owner(b, data), data[0].at, data[0].n);
        } else if (before == 'R') {
            pv_check_result(b, data[0].at, data[0].n);
        }
        memcpy(parent, e.hash, sizeof parent);
        n = 0;
    }
    if (n > 0 || height == 0) {
        pv_stop(&b->run, PV_REFUTED, b->file, 0, 0, "the last event is missing");
    }
    if (!judged) {
        pv_check_ballots(b, ballot, ballots);
    }
}

static void read_file(pv_ballotbox *b, const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        pv_stop(&b->run, PV_IO, path, 0, 0, "cannot be opened: %s", strerror(errno));
    }
    char *bytes = NULL;
    long n = fseek(f, 0, SEEK_END) == 0 ? ftell(f) : -1;
    if (n >= 0 && fseek(f, 0, SEEK_SET) == 0) {
        bytes = pv_try_alloc(&b->run, (size_t)n + 1, 1);
    }
    bool good = bytes != NULL && fread(bytes, 1, (size_t)n, f) == (size_t)n;
    fclose(f);
    if (!good) {
        pv_stop(&b->run, bytes == NULL && n >= 0 ? PV_MEMORY : PV_IO, path, 0, 0, "cannot be read");
    }
    b->bytes = bytes;
    b->n = (size_t)n;
}

bool pv_is_secret(const char *path)
{
    char head[9] = "";
    FILE *f = fopen(path, "rb");
    size_t n = f != NULL ? fread(head, 1, sizeof head, f) : 0;
    if (f != NULL) {
        fclose(f);
    }
    return n == sizeof head && memcmp(head, "BELENIOS", sizeof head) == 0;
}

static void report(const pv_ballotbox *b, int code, bool json, FILE *out)
{
    if (json) {
        fprintf(out, "{\"verified\":%s,\"ballots\":%lld,\"counted\":%lld,\"weight\":%lld,\"shuffles\":%d,\"decryptions\":%d,\"result\":%s}\n",
                code == 0 ? "true" : "false", (long long)b->ballots, (long long)b->counted, (long long)b->total, b->shuffles, b->parts,
                b->decided ? "true" : "false");
        return;
    }
    fprintf(out, "election: %s, %d questions, %lld credentials, %d trustees\n", b->g.name != NULL ? b->g.name : "?", b->n_questions,
            (long long)b->n_credentials, b->n_trustees);
    fprintf(out, "ballots: %lld, of which %lld count (weight %lld)\n", (long long)b->ballots, (long long)b->counted, (long long)b->total);
    fprintf(out, "shuffles: %d; decryptions: %d; %s\n", b->shuffles, b->parts, b->decided ? "result: as decrypted" : "no result yet");
    for (const pv_failure *f = b->run.failures; f != NULL; f = f->next) {
        fputs("REFUTED: ", out);
        for (const char *c = f->text; *c != '\0'; c++) {
            fputc((unsigned char)*c < 0x20 ? '?' : *c, out);
        }
        fputc('\n', out);
    }
    fputs(code == 0 ? "verified\n" : "not verified\n", out);
}

int pv_verify_secret(const char *path, bool json, FILE *out, FILE *err)
{
    pv_ballotbox *b = sodium_init() < 0 ? NULL : pv_malloc(sizeof *b);
    if (b == NULL) {
        fputs("out of memory\n", err);
        return PV_MEMORY;
    }
    memset(b, 0, sizeof *b);
    b->run.last_failure = &b->run.failures;
    b->file = path;
    if (setjmp(b->run.stop) == 0) {
        read_file(b, path);
        walk(b);
    }
    int code = b->run.code == 0 && b->run.n_failures > 0 ? PV_REFUTED : b->run.code;
    if (code > PV_REFUTED) {
        fprintf(err, "plenty-verify: %s\n", b->run.why);
    } else {
        report(b, code, json, out);
    }
    pv_run_end(&b->run);
    free(b);
    return code;
}
