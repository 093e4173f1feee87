/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * crew.c - several processes, started together by mpirun (docs/methods/scaling.md).  The first one alone speaks and writes. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/cli.h"

pl_status cli_partition(const cli_args *args, pl_partition *out, pl_error *err)
{
    static const char *const words[] = {"range", "place", "graph"};
    const char *word = cli_text(args, "partition");
    int i = 0;
    while (word != NULL && i < 3 && strcmp(word, words[i]) != 0) {
        i++;
    }
    *out = (pl_partition)i;
    return i < 3 ? PL_OK : pl_fail(err, PL_USAGE, "--partition", "say range, place or graph", "there is no division by '%.40s'", word);
}

pl_status cli_crew_start(pl_crew **out, pl_error *err)
{
    *out = NULL;
#ifdef PLENTY_PETSC
    (void)setenv("SCOTCH_PTHREAD_NUMBER", "1", 0); /* with threads the partitioner divides otherwise every time */
    pl_status status = pl_crew_petsc(out, err);
    if (status == PL_OK && !pl_crew_first(*out)) {
        bool mute = freopen("/dev/null", "w", stdout) != NULL && freopen("/dev/null", "w", stderr) != NULL;
        status = mute ? PL_OK : pl_fail(err, PL_IO, "/dev/null", NULL, "cannot open it");
    }
    return *out != NULL ? pl_crew_agree(*out, status, err) : status;
#else
    const char *size = getenv("OMPI_COMM_WORLD_SIZE");
    if (size != NULL && strcmp(size, "1") != 0) {
        return pl_fail(err, PL_UNSUPPORTED, "mpirun", "build it with 'make PETSC=1', or start it without mpirun",
                       "this program was built for one process");
    }
    return PL_OK;
#endif
}

pl_status cli_crew_report(const pl_part *part, cli_process **out, pl_error *err)
{
    pl_crew *crew = part->crew;
    cli_process own = {crew->traffic, part->own_goods, part->border->others, part->economy.n_recipes, part->economy.n_needs};
    *out = PL_NEW0(cli_process, crew->size);
    pl_status status = pl_crew_agree(crew, *out != NULL ? PL_OK : pl_fail_nomem(err, "the report"), err);
    if (status == PL_OK) {
        crew->calls->gather(crew, &own, *out, sizeof own);
    }
    return status;
}

int cli_crew_end(pl_crew *crew, int code)
{
    if (crew != NULL) {
        fflush(stdout);
        crew->calls->spread(crew, 0, &code, sizeof code);
        pl_crew_free(crew);
    }
    return code;
}
