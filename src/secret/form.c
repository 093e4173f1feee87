/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * form.c - the one form of what trustees say while they make a key: whoever judges it reads the same in it, with whatever reader. */
#include <string.h>

#include "secret/trustees.h"

#define MESSAGE_MOST ((size_t)1 << 26)

/* Whether the object has exactly these fields, in this order: their names with a blank behind each. */
static bool has_fields(json_t *value, const char *names)
{
    const char *key, *at = names;
    json_t *field;
    json_object_foreach(value, key, field) {
        size_t n = strlen(key);
        if (strncmp(at, key, n) != 0 || at[n] != ' ') {
            return false;
        }
        at += n + 1;
    }
    return json_is_object(value) && *at == '\0';
}

/* Whether that is how the value is written: no blanks, no other escapes. */
static bool is_written_so(json_t *value, const char *text, size_t n)
{
    pl_str again;
    pl_str_init(&again, MESSAGE_MOST);
    pl_put_json(&again, value);
    bool same = !again.failed && again.len == n && memcmp(again.text, text, n) == 0;
    pl_str_clear(&again);
    return same;
}

/* A signed message whose text, again in one form, has these fields. */
static bool is_signed_form(json_t *value, const char *names)
{
    json_t *message = json_object_get(value, "message"), *inner;
    if (!has_fields(value, "message signature ") || !has_fields(json_object_get(value, "signature"), "challenge response ") || !json_is_string(message)) {
        return false;
    }
    inner = json_loadb(json_string_value(message), json_string_length(message), JSON_REJECT_DUPLICATES, NULL);
    bool good = inner != NULL && has_fields(inner, names) && is_written_so(inner, json_string_value(message), json_string_length(message));
    json_decref(inner);
    return good;
}

pl_status pl_message_form(const char *text, size_t n, pl_form form, pl_error *err)
{
    json_t *value = NULL, *key;
    pl_status status = pl_secret_json(text, n, MESSAGE_MOST, "message", &value, err);
    if (status != PL_OK) {
        return status;
    }
    key = json_object_get(value, "public_key");
    bool good = form == PL_FORM_CERTIFICATE ? is_signed_form(value, "verification encryption ")
                : form == PL_FORM_POLYNOMIAL
                    ? has_fields(value, "polynomial secrets coefexps ") && is_signed_form(json_object_get(value, "coefexps"), "coefexps ")
                    : has_fields(value, "private_key public_key ") && has_fields(key, "pok public_key ") && has_fields(json_object_get(key, "pok"), "challenge response ");
    good = good && is_written_so(value, text, n);
    json_decref(value);
    return good ? PL_OK : pl_fail(err, PL_PARSE, "message", NULL, "not in the form that the protocol writes");
}
