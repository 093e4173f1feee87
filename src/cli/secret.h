/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * secret.h - what the files of `plenty secret` share. */
#ifndef PLENTY_CLI_SECRET_H
#define PLENTY_CLI_SECRET_H

#include <plenty/secret.h>

#include "cli/cli.h"
#include "io/file.h"

/* An archive with its file. */
typedef struct cli_ballot_box {
    const char *path;
    pl_file file;
    pl_secret_archive *archive;
    pl_secret_election *election;
    int threads;
} cli_ballot_box;
pl_status cli_box_open(const cli_args *args, cli_ballot_box *out, pl_error *err);
void cli_box_close(cli_ballot_box *box);
/* Writes the archive with `more` at its end. */
pl_status cli_box_extend(const cli_ballot_box *box, const pl_secret_text *more, pl_error *err);

/* A file of at most 1 GiB; a needed option that names one. */
pl_status cli_read(const char *path, pl_file *out, pl_error *err);
pl_status cli_read_option(const cli_args *args, const char *name, pl_file *out, pl_error *err);
/* Writes to --output, or prints; with a line feed at the end. */
pl_status cli_give_line(const cli_args *args, const pl_secret_text *text, pl_error *err);
/* PREFIX followed by `ending`; a file of secrets is readable for its owner only. */
pl_status cli_write_part(const char *prefix, const char *ending, const pl_secret_text *text, bool secret, pl_error *err);
/* All values of a repeated option, as files. */
#define CLI_FILES 64
typedef struct cli_files {
    int n;
    pl_file file[CLI_FILES];
    pl_secret_view view[CLI_FILES];
} cli_files;
pl_status cli_read_files(const cli_args *args, const char *name, cli_files *out, pl_error *err);
void cli_files_clear(cli_files *files);

#endif
