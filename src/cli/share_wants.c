/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * share_wants.c - plenty share wants: what households bought as wants, for plenty share simulate. */
#include <plenty/share.h>

#include "cli/needs.h"

int cli_share_wants(const cli_args *args)
{
    static const char *const measure[] = {"quantity", "value", "lines"};
    pl_error err;
    pl_wants_settings set = {.equal = cli_flag(args, "equal")};
    pl_wants_made made;
    int what;
    const char *folder = cli_text(args, "output");
    if (folder == NULL) {
        return cli_usage(args, "plenty share wants SUMS -o CASE", "where should the wants be written?");
    }
    pl_status status = needs_word(args, "measure", measure, 3, PL_WANT_QUANTITY, &what, &err);
    set.measure = (pl_want_measure)what;
    status = status == PL_OK ? cli_number(args, "household-lines", 0, 1e12, 1, &set.household_lines, &err) : status;
    status = status == PL_OK ? cli_number(args, "item-lines", 0, 1e12, 1, &set.item_lines, &err) : status;
    status = status == PL_OK ? pl_share_wants(args->argument[0], &set, folder, cli_flag(args, "replace"), &made, &err) : status;
    if (status == PL_OK && !cli_flag(args, "quiet")) {
        printf("%d households, %d goods, %lld wants\nwritten: %s (personal: keep it where it is)\n", made.households, made.goods, (long long)made.wants, folder);
    }
    return status != PL_OK ? cli_fail(&err) : 0;
}
