/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * migrations.c - the SQL of migrations/, made part of the program by the assembler; `make` runs at the top of the sources. */
#include <stddef.h>

#include "store/store_int.h"

#define SQL(name, file)                                                                                    \
    __asm__(".section .rodata\n" #name ":\n.incbin \"src/store/migrations/" file "\"\n.byte 0\n.previous\n"); \
    extern const char name[] __attribute__((visibility("hidden")))

SQL(pl_sqlite_001, "sqlite-001.sql");
SQL(pl_sqlite_002, "sqlite-002.sql");
SQL(pl_postgres_001, "postgres-001.sql");
SQL(pl_postgres_002, "postgres-002.sql");

const char *const PL_SQLITE_MIGRATIONS[] = {pl_sqlite_001, pl_sqlite_002, NULL};
const char *const PL_POSTGRES_MIGRATIONS[] = {pl_postgres_001, pl_postgres_002, NULL};
