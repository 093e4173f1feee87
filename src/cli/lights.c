/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * lights.c - `plenty lights`. */
#include "council/lights.h"

#include "cli/act.h"
#include "io/json.h"

static pl_status look(void *user, pl_step *s)
{
    return pl_lights(s, user);
}

static void print_light(const pl_light *l, const pl_light_about *about)
{
    char since[32], hex[13];
    printf("%s%-6s%s %-11s", l->red ? cli_red() : l->judged ? cli_green() : cli_faint(), l->red ? "RED" : l->judged ? "green" : "-", cli_plain(), about->name);
    if (!l->judged) {
        printf("nothing yet to judge by: %s\n", about->says);
        return;
    }
    printf("%lld %s, %s %lld: %s\n", (long long)l->figure, about->unit, about->least ? "at least" : "at most", (long long)l->limit, about->says);
    if (l->red) {
        printf("                  ");
        if (l->since >= 0) {
            printf("since %s, ", cli_time((uint64_t)l->since, since));
        }
        if (!pl_id_none(l->subject)) {
            printf("id %s; ", cli_short_id(l->subject, hex));
        }
        printf("who must answer: %s\n", about->answers);
    }
}

static int print_json(const pl_light lights[PL_LIGHTS])
{
    pl_str out;
    pl_json j;
    pl_error err;
    pl_str_init(&out, 1000000);
    pl_json_init(&j, &out, true);
    pl_json_object(&j);
    pl_json_key(&j, "lights");
    pl_json_array(&j);
    for (int i = 0; i < PL_LIGHTS; i++) {
        pl_json_object(&j);
        pl_json_light(&j, &lights[i], pl_light_what((pl_light_name)i));
        pl_json_end(&j);
    }
    pl_json_end(&j);
    pl_json_end(&j);
    pl_status status = out.failed ? pl_fail_nomem(&err, "writing lights") : PL_OK;
    if (status == PL_OK) {
        printf("%s\n", out.text);
    }
    pl_str_clear(&out);
    return status == PL_OK ? 0 : cli_fail(&err);
}

int cli_lights(const cli_args *args)
{
    pl_light lights[PL_LIGHTS];
    int red = 0, code = cli_look(args, look, lights);
    if (code != 0) {
        return code;
    }
    if (cli_flag(args, "json")) {
        return print_json(lights);
    }
    for (int i = 0; i < PL_LIGHTS; i++) {
        print_light(&lights[i], pl_light_what((pl_light_name)i));
        red += lights[i].red;
    }
    printf("%d of %d lights %s red\n", red, PL_LIGHTS, red == 1 ? "is" : "are");
    return 0;
}
