/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/verified.h"

#include <stdio.h>

#include "io/tar.h"
#include "verify/verify.h"

pl_status pl_plan_verified(const char *plan, const char *economy, pl_error *err)
{
    char text[301] = "";
    FILE *said = tmpfile();
    if (said == NULL) {
        return pl_fail(err, PL_IO, plan, "set TMPDIR to a folder with room", "cannot make a temporary file to check this plan");
    }
    int code = pv_verify(plan, economy, false, said, said);
    rewind(said);
    text[fread(text, 1, sizeof text - 1, said)] = '\0';
    fclose(said);
    return code == 0 ? PL_OK : pl_fail(err, PL_REFUTED, plan, "'plenty verify PLAN ECONOMY' says more", "this plan is not put to a vote: %s", text);
}

pl_status pl_archive_keep(pl_record *record, const char *path, uint8_t hash[PL_HASH], pl_error *err)
{
    pl_str archive;
    pl_str_init(&archive, PL_BLOB_MAX);
    pl_status status = pl_tar_pack(path, &archive, err);
    if (status == PL_OK) {
        status = pl_record_put_blob(record, (pl_bytes){(const uint8_t *)archive.text, archive.len}, hash, err);
    }
    pl_str_clear(&archive);
    return status;
}
