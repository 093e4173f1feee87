/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * plain_words.c - how the parts of answers are called on pages without scripts: by the texts of web/locales, as on the others. */
#include <stddef.h>
#include <string.h>

#include "server/plain.h"

/* Members of answers, and the texts that name them. */
static const char *const NAMES[][2] = {
    {"answer", "answer"},          {"asked", "asked_for"},         {"amendments", "amendments"},  {"assemblies", "page_councils"}, {"author", "field_author"},
    {"available", "available"},    {"ballots", "field_ballots"},   {"bound", "field_bound"},      {"candidates", "who_stands"},  {"capacity", "column_capacity"}, {"changes", "what_changed"},
    {"clashes", "clashes"},        {"closes", "closes"},           {"commons", "field_commons"},  {"council", "field_council"},  {"council_name", "field_council"}, {"delivered", "delivered"},
    {"drawn", "kind_stock"},       {"economy", "economy_hash"},    {"elections", "elections"},    {"expected", "expected"},      {"exported", "exported"},        {"floor", "column_floor"},
    {"forecasts", "forecasts"},    {"goal", "field_goal"},         {"good", "good"},              {"goods", "table_goods"},      {"group", "for_whom"},           {"groups", "by_group"},
    {"high", "field_high"},        {"holder", "field_holder"},     {"imported", "imported"},      {"item", "for_what"},          {"kind", "column_kind"},         {"lights", "page_lights"},
    {"limit", "limit"},            {"limits", "limit"},            {"low", "field_low"},          {"made", "made"},              {"mandates", "field_mandates"},  {"median", "median"},
    {"member", "member"},          {"members", "field_members"},   {"met", "met"},                {"method", "field_method"},    {"missed", "not_there_column"},  {"missing", "missing"},
    {"motions", "motions"},        {"n_short", "field_short"},     {"name", "field_name"},        {"needs", "table_needs"},      {"needs_met", "met"},            {"number", "field_number"},
    {"opens", "field_opens"},      {"orders", "orders"},           {"pay", "pay_part"},           {"place", "column_place"},     {"places", "table_places"},      {"plan", "page_plan"},
    {"plans", "field_plans"},      {"points", "debate"},           {"price", "field_price"},      {"quarter", "quarter"},        {"questions", "questions"},      {"reasons", "recall_reasons"},
    {"recalls", "recalls"},        {"recipe", "column_recipe"},    {"recipes", "table_recipes"},  {"reports", "reports"},        {"resource", "column_resource"}, {"resources", "what_it_takes"},
    {"rotas", "page_turn"},        {"seats", "field_seats"},       {"short", "field_short"},      {"signatures", "signatures"},  {"since", "field_since"},        {"stage", "stage"},
    {"stages", "proof_title"},     {"state", "field_state"},       {"surplus", "surplus"},        {"table", "tables"},           {"tables", "tables"},            {"text", "motion_text"},
    {"tier", "tier"},              {"tiers", "who_gets"},          {"time", "field_time"},        {"title", "motion_title"},     {"total", "field_total"},        {"trade", "table_trade"},
    {"unit", "unit"},              {"until", "field_until"},       {"used", "field_used"},        {"used_by", "used_inside"},    {"value", "field_value"},        {"votes", "votes"},
    {"weight", "column_weight"},   {"words", "field_words"},      {"assembly_name", "motion_assembly"}, {"sort", "column_kind"}, {"ballot", "the_vote"},
    {"motion", "about_motion"},    {"election", "about_election"}, {"recall", "about_recall"},    {"chosen", "result"},          {"commons_id", "field_commons"}, {"hash", "economy_hash"}};

const char *pl_plain_key(const char *member)
{
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        if (strcmp(member, NAMES[i][0]) == 0) {
            return NAMES[i][1];
        }
    }
    return NULL;
}
