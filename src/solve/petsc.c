/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * petsc.c - a crew of MPI processes, through PETSc; only in a build with PETSC=1 (docs/methods/scaling.md).
 *
 * Who sees whose goods is a star forest (PetscSF): the owner's value is the root, those of others are its leaves.  To show
 * is a broadcast.  To collect is a gather, not a reduction, so that exchange.c adds in an order of its own.  Graphs are
 * divided by one of PETSc's partitioners (PT-Scotch or ParMETIS, whichever it was built with). */
#include <petscmat.h>
#include <petscsf.h>
#include <string.h>

#include "base/mem.h"
#include "solve/exchange.h"

#define CHUNK ((size_t)1 << 30) /* bytes in one message at most */
#define TAG 1917

typedef struct petsc_crew {
    pl_crew crew;
    MPI_Comm comm;
} petsc_crew;

typedef struct petsc_border {
    PetscSF forest;
    size_t wide;       /* bytes of elements that are more than one number, */
    MPI_Datatype type; /* and their type */
} petsc_border;

static MPI_Comm comm_of(const pl_crew *crew)
{
    return ((const petsc_crew *)(const void *)crew)->comm;
}

/* Notes that a call failed. */
static bool went(pl_crew *crew, int code)
{
    crew->failed |= code != 0;
    return code == 0;
}

/* ---- Few numbers, long vectors ---------------------------------------------------------------------------------- */

static void gather(pl_crew *crew, const void *mine, void *all, size_t n)
{
    went(crew, MPI_Allgather(mine, (int)n, MPI_BYTE, all, (int)n, MPI_BYTE, comm_of(crew)));
}

static void spread(pl_crew *crew, int32_t from, void *data, size_t n)
{
    went(crew, MPI_Bcast(data, (int)n, MPI_BYTE, from, comm_of(crew)));
}

static int piece(size_t left)
{
    return (int)(left < CHUNK ? left : CHUNK);
}

/* The first process asks for it when it has room. */
static void send_to_first(pl_crew *crew, const char *data, uint64_t n)
{
    int wanted = 0;
    went(crew, MPI_Send(&n, 1, MPI_UINT64_T, 0, TAG, comm_of(crew)));
    went(crew, MPI_Recv(&wanted, 1, MPI_INT, 0, TAG, comm_of(crew), MPI_STATUS_IGNORE));
    for (size_t at = 0; wanted && at < n; at += CHUNK) {
        went(crew, MPI_Send(data + at, piece(n - at), MPI_BYTE, 0, TAG, comm_of(crew)));
    }
}

static pl_status receive(pl_crew *crew, int32_t from, pl_crew_taker take, void *user, pl_error *err)
{
    uint64_t n = 0;
    went(crew, MPI_Recv(&n, 1, MPI_UINT64_T, from, TAG, comm_of(crew), MPI_STATUS_IGNORE));
    char *data = pl_alloc(n, 1);
    int wanted = data != NULL;
    went(crew, MPI_Send(&wanted, 1, MPI_INT, from, TAG, comm_of(crew)));
    for (size_t at = 0; wanted && at < n; at += CHUNK) {
        went(crew, MPI_Recv(data + at, piece(n - at), MPI_BYTE, from, TAG, comm_of(crew), MPI_STATUS_IGNORE));
    }
    pl_status status = wanted ? take(user, from, data, n, err) : pl_fail_nomem(err, "what other processes bring");
    pl_free(data);
    return status;
}

static pl_status bring(pl_crew *crew, const void *mine, size_t n, pl_crew_taker take, void *user, pl_error *err)
{
    pl_status status = PL_OK;
    if (crew->rank > 0) {
        send_to_first(crew, mine, n);
    }
    for (int32_t r = 1; crew->rank == 0 && r < crew->size; r++) {
        pl_status one = receive(crew, r, take, user, err);
        status = status == PL_OK ? one : status;
    }
    return status;
}

/* ---- The star forest ---------------------------------------------------------------------------------------------- */

/* The own good of each value that a collection brings, in the order in which it brings them. */
static PetscErrorCode list_received(pl_border *border, PetscSF forest)
{
    const PetscInt *degree;
    PetscCall(PetscSFComputeDegreeBegin(forest, &degree));
    PetscCall(PetscSFComputeDegreeEnd(forest, &degree));
    for (int32_t g = 0; g < border->own; g++) {
        border->received += degree[g];
    }
    border->to = PL_NEW(int32_t, border->received);
    for (int32_t g = 0, k = 0; border->to != NULL && g < border->own; g++) {
        for (PetscInt d = 0; d < degree[g]; d++) {
            border->to[k++] = g;
        }
    }
    return border->to != NULL ? 0 : PETSC_ERR_MEM;
}

static PetscErrorCode plant(pl_border *border, const int32_t *owner, const int32_t *index)
{
    petsc_border *p = border->back;
    PetscSFNode *roots;
    PetscCall(PetscMalloc1((size_t)border->others + 1, &roots));
    for (int32_t k = 0; k < border->others; k++) {
        roots[k] = (PetscSFNode){.rank = owner[k], .index = index[k]};
    }
    PetscCall(PetscSFCreate(comm_of(border->crew), &p->forest));
    PetscCall(PetscSFSetRankOrder(p->forest, PETSC_TRUE));
    PetscCall(PetscSFSetGraph(p->forest, border->own, border->others, NULL, PETSC_COPY_VALUES, roots, PETSC_OWN_POINTER));
    PetscCall(PetscSFSetUp(p->forest));
    PetscMPIInt seen_by;
    PetscCall(PetscSFGetLeafRanks(p->forest, &seen_by, NULL, NULL, NULL));
    border->neighbours[0] = (int32_t)seen_by;
    PetscMPIInt sees;
    PetscCall(PetscSFGetRootRanks(p->forest, &sees, NULL, NULL, NULL, NULL));
    border->neighbours[1] = (int32_t)sees;
    return list_received(border, p->forest);
}

static pl_status tie(pl_border *border, const int32_t *owner, const int32_t *index, pl_error *err)
{
    border->back = PL_NEW0(petsc_border, 1);
    if (border->back == NULL) {
        return pl_fail_nomem(err, "the goods of others");
    }
    PetscErrorCode code = plant(border, owner, index);
    return code == 0              ? PL_OK
           : code == PETSC_ERR_MEM ? pl_fail_nomem(err, "the goods of others")
                                   : pl_fail(err, PL_BUG, NULL, NULL, "PETSc could not connect the processes (error %d)", (int)code);
}

static void untie(pl_border *border)
{
    petsc_border *p = border->back;
    if (p != NULL) {
        if (p->wide > 0) {
            MPI_Type_free(&p->type);
        }
        went(border->crew, (int)PetscSFDestroy(&p->forest));
        pl_free(p);
    }
}

static MPI_Datatype type_of(pl_border *border, size_t size)
{
    petsc_border *p = border->back;
    if (size == sizeof(float) || size == sizeof(double)) {
        return size == sizeof(float) ? MPI_FLOAT : MPI_DOUBLE;
    }
    if (p->wide != size) {
        if (p->wide > 0) {
            MPI_Type_free(&p->type);
        }
        went(border->crew, MPI_Type_contiguous((int)(size / sizeof(float)), MPI_FLOAT, &p->type));
        went(border->crew, MPI_Type_commit(&p->type));
        p->wide = size;
    }
    return p->type;
}

static void show(pl_border *border, const void *own, void *others, size_t size)
{
    petsc_border *p = border->back;
    MPI_Datatype type = type_of(border, size);
    if (went(border->crew, (int)PetscSFBcastBegin(p->forest, type, own, others, MPI_REPLACE))) {
        went(border->crew, (int)PetscSFBcastEnd(p->forest, type, own, others, MPI_REPLACE));
    }
}

static void collect(pl_border *border, const void *others, void *received, size_t size)
{
    petsc_border *p = border->back;
    MPI_Datatype type = type_of(border, size);
    if (went(border->crew, (int)PetscSFGatherBegin(p->forest, type, others, received))) {
        went(border->crew, (int)PetscSFGatherEnd(p->forest, type, others, received));
    }
}

/* ---- Dividing a graph ------------------------------------------------------------------------------------------------ */

#if defined(PETSC_HAVE_PTSCOTCH)
#define PARTITIONER MATPARTITIONINGPTSCOTCH
#elif defined(PETSC_HAVE_PARMETIS)
#define PARTITIONER MATPARTITIONINGPARMETIS
#endif

#ifdef PARTITIONER
static PetscErrorCode take_copy(const int32_t *from, size_t n, PetscInt **out)
{
    PetscCall(PetscMalloc1(n + 1, out)); /* belongs to the matrix or the partitioner */
    for (size_t i = 0; i < n; i++) {
        (*out)[i] = from[i];
    }
    return 0;
}

static PetscErrorCode partition(int32_t parts, int32_t n, const int32_t *start, const int32_t *neighbour,
                                const int32_t *weight, int32_t *part)
{
    PetscInt *i, *j, *w;
    const PetscInt *found;
    Mat adjacency;
    MatPartitioning partitioner;
    IS is;
    PetscCall(take_copy(start, (size_t)n + 1, &i));
    PetscCall(take_copy(neighbour, (size_t)start[n], &j));
    PetscCall(take_copy(weight, (size_t)n, &w));
    PetscCall(MatCreateMPIAdj(PETSC_COMM_SELF, n, n, i, j, NULL, &adjacency));
    PetscCall(MatPartitioningCreate(PETSC_COMM_SELF, &partitioner));
    PetscCall(MatPartitioningSetAdjacency(partitioner, adjacency));
    PetscCall(MatPartitioningSetVertexWeights(partitioner, w));
    PetscCall(MatPartitioningSetNParts(partitioner, parts));
    PetscCall(MatPartitioningSetType(partitioner, PARTITIONER));
    PetscCall(MatPartitioningApply(partitioner, &is));
    PetscCall(ISGetIndices(is, &found));
    for (int32_t r = 0; r < n; r++) {
        part[r] = (int32_t)found[r];
    }
    PetscCall(ISRestoreIndices(is, &found));
    PetscCall(ISDestroy(&is));
    PetscCall(MatPartitioningDestroy(&partitioner));
    PetscCall(MatDestroy(&adjacency));
    return 0;
}
#endif

static pl_status divide(pl_crew *crew, int32_t n, const int32_t *start, const int32_t *neighbour, const int32_t *weight,
                        int32_t *part, pl_error *err)
{
#ifdef PARTITIONER
    PetscErrorCode code = partition(crew->size, n, start, neighbour, weight, part);
    return code == 0 ? PL_OK : pl_fail(err, PL_NUMERIC, "--partition", "divide by range or place",
                                       "the graph could not be divided (PETSc error %d)", (int)code);
#else
    (void)crew, (void)n, (void)start, (void)neighbour, (void)weight, (void)part;
    return pl_fail(err, PL_UNSUPPORTED, "--partition", "divide by range or place", "PETSc was built without a partitioner");
#endif
}

/* ---- Life ------------------------------------------------------------------------------------------------------------- */

static void leave(pl_crew *crew)
{
    pl_free(crew->room);
    pl_free(crew);
    (void)PetscFinalize();
}

pl_status pl_crew_petsc(pl_crew **out, pl_error *err)
{
    static const pl_crew_calls calls = {gather, spread, bring, tie, untie, show, collect, divide, leave};
    static char name[] = "plenty", quiet[] = "-skip_petscrc", calm[] = "-no_signal_handler";
    static char *words[] = {name, quiet, calm, NULL};
    char **argv = words;
    int argc = 3, rank, size;
    *out = NULL;
    if (PetscInitialize(&argc, &argv, NULL, NULL) != 0) {
        return pl_fail(err, PL_BUG, NULL, NULL, "PETSc could not be started");
    }
    (void)PetscPushErrorHandler(PetscReturnErrorHandler, NULL); /* it does not print */
    MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
    MPI_Comm_size(PETSC_COMM_WORLD, &size);
    petsc_crew *p = size > 1 ? PL_NEW0(petsc_crew, 1) : NULL;
    double *room = p != NULL ? PL_NEW(double, (size_t)size * PL_CREW_SUM) : NULL;
    int enough = size == 1 || room != NULL, all = enough;
    if (size > 1) {
        MPI_Allreduce(&enough, &all, 1, MPI_INT, MPI_MIN, PETSC_COMM_WORLD);
    }
    if (size == 1 || !all) {
        pl_free(p);
        pl_free(room);
        (void)PetscFinalize();
        return all ? PL_OK : pl_fail_nomem(err, "the start of several processes");
    }
    p->comm = PETSC_COMM_WORLD;
    p->crew = (pl_crew){.rank = rank, .size = size, .calls = &calls, .room = room};
    *out = &p->crew;
    return PL_OK;
}
