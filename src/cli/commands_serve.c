/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * commands_serve.c - of the table of commands: the server. */
#include "cli/commands.h"

static const cli_option SERVE[] = {
    {"plan", 0, "PLAN", false, "@", "serve this plan"},
    ECONOMY,
    {"needs", 0, "FORECAST", false, "@", "a folder of forecasts ('plenty needs forecast'), for the pages about needs"},
    {"sharing", 0, "CASE", false, "@", "wants of a past period ('plenty share wants'): who would have lost under which rule is shown, and nothing else of them"},
    {"watch", 0, "FOUND", false, "@", "what 'plenty watch' has found: a folder with books/, targets.csv, changes.csv"},
    {"ledger", 0, "LEDGER", false, "@", "the account of what was published about households ('plenty needs budget'), for members to read"},
    {"port", 'p', "N", false, NULL, "listen on this port (default: 8080; 0: any that is free)"},
    {"address", 'a', "ADDRESS", false, NULL, "listen on this address (default: 127.0.0.1, this machine alone; 0.0.0.0: all)"},
    {"origin", 0, "URL", false, NULL, "under which browsers know the server, as https://plan.example.org (default: http://ADDRESS:PORT)"},
    {"certificate", 0, "FILE", false, "@", "serve https with this certificate (PEM, with its chain)"},
    {"tls-key", 0, "FILE", false, "@", "the certificate's key (PEM)"},
    {"behind-proxy", 0, NULL, false, NULL, "a proxy is in front: whom it names in X-Forwarded-For asks"},
    {"members-only", 0, NULL, false, NULL, "show nothing to those who are not signed in"},
    {"connections", 0, "N", false, NULL, "so many at once (default: 2000)"},
    {"per-address", 0, "N", false, NULL, "so many at once from one address (default: 256; 0: no limit)"},
    {"rate", 0, "N", false, NULL, "so many requests a second from one address, four times as many at once (default: 200; 0: no limit)"},
    {"patience", 0, "SECONDS", false, NULL, "in which a request must have come (default: 20)"},
    {"threads", 't', "N", false, NULL, "plan with N threads (default: 2 where there are two cores)"},
    {"openapi", 0, NULL, false, NULL, "print the routes as OpenAPI 3.1, and end"},
    {"reference", 0, NULL, false, NULL, "print the routes as a page (docs/api.md), and end"},
    QUIET,
    END,
};

const cli_command CLI_SERVING[] = {
    {"serve", "[COMMONS]", 0, 1, SERVE, "serves a commons and its plans to browsers, and as an API",
     "Prints its address and serves until Ctrl-C. In a folder without a commons (this one, when nothing is said) it opens a page where one is founded. By default only this machine can reach it; for the open net give a certificate, or put a proxy in front "
     "(docs/serving.md). The server signs nothing: what members do, they sign on their side. With --plan alone, a plan is shown and nothing can be done.",
     "plenty serve\nplenty serve town.commons\nplenty serve --plan build/plan --economy examples/country --port 8080", cli_serve},
    {NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
