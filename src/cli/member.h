/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * member.h - what the commands about members share. */
#ifndef PLENTY_CLI_MEMBER_H
#define PLENTY_CLI_MEMBER_H

#define CLI_SALT 32
#define CLI_PERSONAL_MAX 16000 /* bytes of personal data */

#endif
