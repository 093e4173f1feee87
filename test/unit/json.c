/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "io/json.h"

#include <jansson.h>

#include "test/test.h"

TEST(json_is_written)
{
    pl_str out;
    pl_json j;
    pl_str_init(&out, 10000);
    pl_json_init(&j, &out, false);
    pl_json_object(&j);
    pl_json_key(&j, "a \"b\"\n");
    pl_json_text(&j, "ö\t\x01\\/\x7f");
    pl_json_key(&j, "n");
    pl_json_array(&j);
    pl_json_number(&j, 0.1);
    pl_json_number(&j, NAN);
    pl_json_number(&j, INFINITY);
    pl_json_int(&j, INT64_MIN);
    pl_json_bool(&j, true);
    pl_json_null(&j);
    pl_json_text(&j, NULL);
    pl_json_object(&j);
    pl_json_end(&j);
    pl_json_end(&j);
    pl_json_key(&j, "raw");
    pl_json_raw(&j, "[1]");
    pl_json_end(&j);
    CHECK(!out.failed);
    CHECK_STR(out.text, "{\"a \\\"b\\\"\\n\":\"ö\\t\\u0001\\\\/\\u007f\",\"n\":[0.1,null,null,"
                        "-9223372036854775808,true,null,null,{}],\"raw\":[1]}");
    pl_str_clear(&out);
}

TEST(pretty_json_is_json)
{
    pl_str out;
    pl_json j;
    pl_str_init(&out, 10000);
    pl_json_init(&j, &out, true);
    pl_json_object(&j);
    pl_json_key(&j, "bad");
    pl_json_text(&j, "x\xff\xc3y");
    pl_json_key(&j, "list");
    pl_json_array(&j);
    pl_json_int(&j, 1);
    pl_json_int(&j, 2);
    pl_json_end(&j);
    pl_json_end(&j);
    CHECK_STR(out.text, "{\n  \"bad\": \"x\xef\xbf\xbd\xef\xbf\xbdy\",\n  \"list\": [\n    1,\n    2\n  ]\n}\n");
    json_t *read = json_loads(out.text, JSON_REJECT_DUPLICATES, NULL);
    CHECK(read != NULL);
    json_decref(read);
    pl_str_clear(&out);
}

TEST(wrong_use_of_the_json_writer_shows)
{
    for (int kind = 0; kind < 6; kind++) {
        pl_str out;
        pl_json j;
        pl_str_init(&out, kind == 5 ? 4 : 1000);
        pl_json_init(&j, &out, false);
        switch (kind) {
        case 0: pl_json_end(&j); break;
        case 1: pl_json_key(&j, "a"); break;
        case 2: pl_json_object(&j); pl_json_int(&j, 1); break;
        case 3: pl_json_array(&j); pl_json_key(&j, "a"); break;
        case 4:
            for (int i = 0; i <= PL_JSON_DEPTH; i++) {
                pl_json_array(&j);
            }
            break;
        default: pl_json_text(&j, "too long"); break;
        }
        CHECK(out.failed);
        pl_str_clear(&out);
    }
}
