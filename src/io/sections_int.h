/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * sections_int.h - the layout of header and directory, for the reader and the writer. */
#ifndef PLENTY_IO_SECTIONS_INT_H
#define PLENTY_IO_SECTIONS_INT_H

#define HEADER 64 /* bytes */
#define ENTRY 32
#define ALIGN 64 /* a section begins at a multiple of it */

#endif
