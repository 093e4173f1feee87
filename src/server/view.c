/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/view.h"

#include <stdio.h>
#include <string.h>

#include "council/acts.h"
#include "council/grants.h"

pl_status pl_view_look(pl_call *c, pl_look_fn look)
{
    pl_json_object(&c->json);
    pl_status status = pl_call_look(c, look, c);
    pl_json_end(&c->json);
    return status;
}

pl_status pl_view_list(const pl_listing *l, const char *name)
{
    _Alignas(16) char row[PL_ROW_MOST];
    pl_cursor at = pl_rows(l->view->table, &l->prefix);
    pl_json *j = &l->call->json;
    pl_status status = PL_OK;
    int64_t n = 0;
    bool there;
    pl_json_key(j, name);
    pl_json_array(j);
    while (status == PL_OK && (status = pl_next(l->step, l->view->table, &at, row, &there)) == PL_OK && there) {
        if (l->keep != NULL && !l->keep(l, at.key, row)) {
            continue;
        }
        n++;
        if (l->window.most > 0 && (n <= l->window.from || n > l->window.from + l->window.most)) {
            continue;
        }
        pl_json_object(j);
        pl_view_row(j, l->view, at.key, row);
        status = l->more != NULL ? l->more(l, at.key, row) : PL_OK;
        pl_json_end(j);
    }
    pl_json_end(j);
    if (l->window.most > 0) {
        pl_json_put_int(j, "total", n);
        pl_json_put_int(j, "from", l->window.from);
    }
    return status;
}

pl_status pl_view_all(pl_call *c, pl_step *s, const pl_view *view, const char *name, pl_row_key prefix)
{
    const pl_listing l = {.call = c, .step = s, .view = view, .prefix = prefix};
    return pl_view_list(&l, name);
}

pl_status pl_view_window(pl_call *c, pl_step *s, const pl_view *view, const char *name, int64_t most)
{
    pl_listing l = {.call = c, .step = s, .view = view, .prefix = pl_key_none()};
    pl_status status = pl_call_window(c, most, &l.window);
    return status == PL_OK ? pl_view_list(&l, name) : status;
}

pl_status pl_view_one(pl_call *c, pl_step *s, const pl_view *view, const char *what, const char *text, uint8_t id[PL_HASH], void *row)
{
    bool there = false;
    pl_status status = pl_call_id(c, text, what, id);
    status = status == PL_OK ? pl_get(s, view->table, pl_key_id1(id), row, &there) : status;
    if (status == PL_OK && !there) {
        return pl_fail(c->err, PL_NOTFOUND, what, NULL, "there is no such %s", what);
    }
    if (status == PL_OK) {
        pl_view_row(&c->json, view, id, row);
    }
    return status;
}

pl_status pl_view_text(pl_call *c, pl_step *s, const char *name, int64_t position, const char *field)
{
    pl_owned text = {NULL, 0};
    pl_act_mark mark;
    bool hidden = false;
    pl_status status = position < 0 ? PL_OK : pl_get(s, &PL_HIDDEN, pl_key_then(pl_key_none(), position), &mark, &hidden);
    if (status == PL_OK && position >= 0 && !hidden) {
        status = pl_look_field(s, (uint64_t)position, field, &text);
    }
    if (status == PL_OK) {
        pl_json_key(&c->json, name);
        if (position < 0 || hidden) {
            pl_json_null(&c->json);
        } else {
            pl_json_text_n(&c->json, text.bytes != NULL ? text.bytes : "", text.n);
        }
    }
    pl_owned_free(&text);
    return status;
}

pl_status pl_view_assembly(pl_call *c, pl_step *s, const char *name, const uint8_t id[PL_HASH])
{
    pl_assembly a;
    bool there;
    pl_status status = pl_assembly_get(s, id, &a, &there);
    if (status == PL_OK) {
        pl_json_put_text(&c->json, name, there ? a.name : NULL);
    }
    return status;
}
