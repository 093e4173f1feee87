/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * write.h - what reading and writing of files share; private to this room. */
#ifndef PLENTY_IO_WRITE_H
#define PLENTY_IO_WRITE_H

#include <plenty/status.h>

/* "cannot <doing>: <reason>" for the errno value `code`; PL_NOTFOUND for ENOENT, else PL_IO. */
pl_status pl_fail_errno(pl_error *err, const char *path, const char *doing, int code);

#endif
