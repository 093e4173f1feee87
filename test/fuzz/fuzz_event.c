/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Any bytes as an event, after the founding of the worked example: it is refused with a rule or applied, and the independent checker
 * says the same. */
#include <stdlib.h>
#include <string.h>

#include "record/record_int.h"
#include "test/fuzz/fuzz.h"
#include "verify/fold.h"

static const char FOUNDING[] =
    "d2845834a30127045820866eefbd6718c8846cd7ddfe43fc74ab1daac4538ff8514ea2ec2d410a415743106c706c656e74792d6576656e74a058a6a6010102582089a46f5c744b"
    "1d7bdbbae03bc1444bb0baf9ac5a790890fb473e2f1d19e67a230301041a6ab13b80056f636f6d6d6f6e732e6372656174656406a4016a5468652062616b657279025820d75a98"
    "0182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a03815820d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a045000010203"
    "0405060708090a0b0c0d0e0f5840b66de0b786592f1ce6d1b35e1bf5dc3b795a776b0e127d0ec2453a5abfdd25e06f02381cfd94189cf968b0f0afa5f6cf32126312dca4ca38e3"
    "b8a57cebfbce0b";

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* Which rule the event breaks after `first` (or, without it, as the first one). */
static pl_rule by_plenty(const uint8_t *first, size_t first_n, const uint8_t *data, size_t n)
{
    pl_tree tree = {.edge.size = 0};
    pl_fold fold = {.nodes = pl_tree_nodes(&tree)};
    pl_rule rule = PL_RULE_NONE;
    char why[200];
    require(pl_state_new(NULL, &fold.state, NULL) == PL_OK);
    for (int i = first != NULL ? 0 : 1; i < 2; i++) {
        pl_bytes bytes = i == 0 ? (pl_bytes){first, first_n} : (pl_bytes){data, n};
        pl_prepared p;
        uint8_t leaf[PL_HASH], nodes[64][PL_HASH];
        require(pl_fold_prepare(&fold, &bytes, 1, &p, NULL) == PL_OK);
        require(pl_fold_event(&fold, &p, &rule, why, NULL) == PL_OK);
        require(i == 1 || rule == PL_RULE_NONE);
        require(rule == PL_RULE_NONE || why[0] != '\0');
        pl_leaf_hash(bytes.at, bytes.n, leaf);
        require(pl_tree_add(&tree, leaf, nodes, NULL) == PL_OK);
        fold.position++;
    }
    pl_state_free(fold.state);
    pl_tree_clear(&tree);
    return rule;
}

static int by_checker(const uint8_t *first, size_t first_n, const uint8_t *data, size_t n)
{
    pv_run run = {.code = 0};
    pv_ledger ledger = {.n_keys = 0};
    pv_tree tree = {.size = 0};
    pv_fold fold = {.run = &run, .ledger = &ledger, .tree = &tree};
    volatile int rule = 0;
    if (setjmp(run.stop) == 0) {
        if (first != NULL) {
            require(pv_event(&fold, first, first_n) == 0);
            pv_tree_add(&run, &tree, first, first_n);
        }
        rule = pv_event(&fold, data, n);
    }
    pv_run_end(&run);
    return rule;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    uint8_t first[sizeof FOUNDING / 2];
    for (size_t i = 0; i < sizeof first; i++) {
        char two[3] = {FOUNDING[2 * i], FOUNDING[2 * i + 1], '\0'};
        require(pl_hex_read(two, 1, &first[i]));
    }
    pl_rule rule = by_plenty(first, sizeof first, data, n);
    int checked = by_checker(first, sizeof first, data, n);
    require(checked == (rule == PL_RULE_NONE ? 0 : (int)strtol(pl_rule_id(rule) + 2, NULL, 10)));
    rule = by_plenty(NULL, 0, data, n);
    checked = by_checker(NULL, 0, data, n);
    require(checked == (rule == PL_RULE_NONE ? 0 : (int)strtol(pl_rule_id(rule) + 2, NULL, 10)));
    return 0;
}
