/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * secret.c - times of secret ballots: making, verifying, shuffling, decrypting.
 *   build/release/bench/secret GROUP BALLOTS sums|rankings THREADS [ARCHIVE]
 * One question: ten answers of which one is chosen, or ten to be ranked.  With ARCHIVE the election is written there as it is after the tally (for
 * belenios-tool, bench/secret.sh).  Prints a line for each step: seconds on the clock, seconds of all cores, milliseconds of a core a ballot. */
#include <plenty/secret.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "io/file.h"
#include "test/test.h"

#define OPTIONS 10

static double wall_start, cpu_start;

static double seconds(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void start(void)
{
    wall_start = seconds(CLOCK_MONOTONIC);
    cpu_start = seconds(CLOCK_PROCESS_CPUTIME_ID);
}

static void stop(const char *what, int64_t n)
{
    double wall = seconds(CLOCK_MONOTONIC) - wall_start, cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu_start;
    printf("%-22s %9.3f s %9.3f s of cores %9.3f ms a ballot\n", what, wall, cpu, 1000 * cpu / (double)n);
    fflush(stdout);
}

static pl_error error;
#define MUST(call)                                                                                \
    do {                                                                                          \
        if ((call) != PL_OK) {                                                                    \
            fprintf(stderr, "%s: %s\n", error.subject, error.message);                            \
            exit(1);                                                                              \
        }                                                                                         \
    } while (0)

static void questions(bool rankings, char out[600])
{
    char answers[200] = "";
    size_t at = 0;
    for (int i = 0; i < OPTIONS; i++) {
        at += (size_t)snprintf(answers + at, sizeof answers - at, "%s\"answer %d\"", i > 0 ? "," : "", i + 1);
    }
    snprintf(out, 600, rankings ? "{\"description\":\"\",\"name\":\"n\",\"questions\":[{\"type\":\"NonHomomorphic\",\"value\":{\"answers\":[%s],\"question\":\"q\"}}]}"
                                : "{\"description\":\"\",\"name\":\"n\",\"questions\":[{\"answers\":[%s],\"min\":1,\"max\":1,\"question\":\"q\"}]}",
             answers);
}

/* A ballot of everybody on the list of private credentials, whose lines are cut apart. */
static void vote_all(const pl_secret_election *e, char *line, int64_t n, bool rankings, int threads, pl_secret_text *ballot, pl_secret_view *view)
{
    char **credential = calloc((size_t)n, sizeof *credential);
    for (int64_t i = 0; i < n; i++) {
        credential[i] = strchr(line, ' ') + 1;
        line = credential[i] + strcspn(credential[i], "\n");
        *line++ = '\0';
    }
#pragma omp parallel for schedule(dynamic, 16) num_threads(threads)
    for (int64_t i = 0; i < n; i++) {
        int32_t choice[OPTIONS] = {0};
        for (int a = 0; a < OPTIONS; a++) {
            choice[a] = rankings ? (a + (int)i) % OPTIONS + 1 : a == (int)i % OPTIONS;
        }
        pl_error here;
        if (pl_secret_vote(e, credential[i], choice, OPTIONS, NULL, &ballot[i], &here) != PL_OK) {
            fprintf(stderr, "%s: %s\n", here.subject, here.message);
            exit(1);
        }
        view[i] = (pl_secret_view){ballot[i].text, ballot[i].n};
    }
    free(credential);
}

static void mixnet(const pl_secret_election *e, const pl_secret_box *box, int64_t n, int threads)
{
    pl_secret_text shuffle, after;
    start();
    MUST(pl_secret_shuffle(e, box->tally.text, box->tally.n, NULL, threads, &shuffle, &error));
    stop("shuffle and prove", n);
    start();
    MUST(pl_secret_shuffle_check(e, box->tally.text, box->tally.n, shuffle.text, shuffle.n, threads, &after, &error));
    stop("verify the shuffle", n);
    pl_secret_text_free(&shuffle);
    pl_secret_text_free(&after);
}

static void write_archive(const char *path, const char *const text[3], const size_t size[3], const pl_secret_view *ballot, int64_t n,
                          const pl_secret_box *box)
{
    pl_secret_text file = {NULL, 0}, more;
    pl_secret_archive *a;
    MUST(pl_secret_archive_new(text[0], size[0], text[1], size[1], text[2], size[2], 1800000000, &file, &error));
    for (int step = 0; step < 3; step++) {
        MUST(pl_secret_archive_open(file.text, file.n, &a, &error));
        if (step == 0) {
            MUST(pl_secret_archive_ballots(a, ballot, n, &more, &error));
        } else {
            MUST(pl_secret_archive_add(a, step == 1 ? PL_SECRET_END_BALLOTS : PL_SECRET_TALLY, (pl_secret_view){box->tally.text, box->tally.n}, 0,
                                       box->counted, box->weight, &more, &error));
        }
        pl_secret_archive_close(a);
        file.text = realloc(file.text, file.n + more.n);
        memcpy(file.text + file.n, more.text, more.n);
        file.n += more.n;
        pl_secret_text_free(&more);
    }
    MUST(pl_file_write(path, file.text, file.n, &error));
    free(file.text);
}

int main(int argc, char **argv)
{
    if (argc < 5) {
        fputs("usage: secret GROUP BALLOTS sums|rankings THREADS [ARCHIVE]\n", stderr);
        return 2;
    }
    const char *group = argv[1];
    int64_t n = strtoll(argv[2], NULL, 10);
    bool rankings = strcmp(argv[3], "rankings") == 0;
    int threads = (int)strtol(argv[4], NULL, 10), k;
    char uuid[] = "11111111111111", template[600];
    pl_secret_text key, open, trustees, election, private_list, public_list, part;
    pl_secret_election *e;
    pl_secret_box box;
    questions(rankings, template);
    MUST(pl_secret_trustee(group, NULL, &key, &open, &error));
    pl_secret_view item = {open.text, open.n};
    MUST(pl_secret_trustees(group, &item, 1, &trustees, &error));
    MUST(pl_secret_election_new(group, uuid, template, strlen(template), trustees.text, trustees.n, &election, &error));
    start();
    MUST(pl_secret_credentials(group, uuid, n, NULL, threads, &private_list, &public_list, &error));
    stop("credentials", n);
    MUST(pl_secret_open(election.text, election.n, trustees.text, trustees.n, public_list.text, public_list.n, &e, &error));
    pl_secret_text *ballot = calloc((size_t)n, sizeof *ballot);
    pl_secret_view *view = calloc((size_t)n, sizeof *view);
    start();
    vote_all(e, private_list.text, n, rankings, threads, ballot, view);
    stop("vote", n);
    start();
    MUST(pl_secret_quicken(e, &error));
    MUST(pl_secret_tally(e, view, n, 1, threads, &box, &error));
    stop("verify all ballots", n);
    printf("%-22s %9.1f kB\n", "a ballot", (double)view[0].n / 1000);
    if (rankings) {
        mixnet(e, &box, n, threads);
    }
    start();
    MUST(pl_secret_decrypt(e, box.tally.text, box.tally.n, key.text, NULL, 0, NULL, threads, &part, &k, &error));
    stop("decrypt", n);
    start();
    MUST(pl_secret_decryption_check(e, box.tally.text, box.tally.n, 1, part.text, part.n, threads, &error));
    stop("verify the decryption", n);
    if (argc > 5) {
        const char *text[] = {election.text, trustees.text, public_list.text};
        size_t size[] = {election.n, trustees.n, public_list.n};
        write_archive(argv[5], text, size, view, n, &box);
    }
    return 0;
}
