/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/founding.h"

#include <sodium.h>
#include <string.h>

void pl_founding_init(pl_founding *f, bool open)
{
    uint8_t bytes[PL_FOUNDING_CODE / 2];
    memset(f, 0, sizeof *f);
    pthread_mutex_init(&f->lock, NULL);
    if (open) {
        randombytes_buf(bytes, sizeof bytes);
        pl_hex_write(bytes, sizeof bytes, f->code);
    }
}

void pl_founding_clear(pl_founding *f)
{
    pthread_mutex_destroy(&f->lock);
}

bool pl_founding_knows(const pl_founding *f, const char *code)
{
    char plain[PL_FOUNDING_CODE + 1] = "";
    size_t n = 0;
    for (; code != NULL && *code != '\0' && n < PL_FOUNDING_CODE; code++) {
        if (*code != '-' && *code != ' ') {
            plain[n++] = *code;
        }
    }
    return f->code[0] != '\0' && sodium_memcmp(plain, f->code, PL_FOUNDING_CODE) == 0;
}

pl_status pl_founding_sit(pl_founding *f, const pl_seat *seat, pl_error *err)
{
    pl_status status = PL_OK;
    pthread_mutex_lock(&f->lock);
    size_t at = 0;
    while (at < f->n && memcmp(f->seat[at].key, seat->key, sizeof seat->key) != 0) {
        at++;
    }
    if (at == PL_FOUNDING_SEATS) {
        status = pl_fail(err, PL_BUSY, NULL, "others can become members once the commons is founded", "%d people sit at this table already", PL_FOUNDING_SEATS);
    } else {
        f->seat[at] = *seat;
        f->n += at == f->n;
    }
    pthread_mutex_unlock(&f->lock);
    return status;
}

void pl_founding_leave(pl_founding *f, const uint8_t key[32])
{
    size_t kept = 0;
    pthread_mutex_lock(&f->lock);
    for (size_t i = 0; i < f->n; i++) {
        if (memcmp(f->seat[i].key, key, sizeof f->seat[i].key) != 0) {
            f->seat[kept++] = f->seat[i];
        }
    }
    f->n = kept;
    pthread_mutex_unlock(&f->lock);
}

size_t pl_founding_seats(pl_founding *f, pl_seat *out)
{
    pthread_mutex_lock(&f->lock);
    size_t n = f->n;
    memcpy(out, f->seat, n * sizeof *out);
    pthread_mutex_unlock(&f->lock);
    return n;
}
