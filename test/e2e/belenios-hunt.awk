# SPDX-License-Identifier: AGPL-3.0-or-later
#
# belenios-hunt.awk - the plan of one random election for belenios-hunt.sh: -v seed=N -v folder=F writes F/plan (for sh), questions.json, weights, voters, votes, wanted.
# -v lists=1 instead prints each innermost list of a result with the number of its question before it.

function below(n) { # as good as a plan needs, and the same in every awk
    state = (state * 69069 + 1) % 4294967296
    return int(state / 4294967296 * n)
}
function from(list,   part) { return part[1 + below(split(list, part, " "))] }
function program() { return from("tool plenty") }
function programs(n,   out) { while (n-- > 0) out = out " " program(); return out }
function opener() { return turns ? program() : "tool" } # Plenty opens no box in which there is nothing
function text() { return TEXT[1 + below(TEXTS)] }

# One of the two kinds of questions; sets `kind[q]`, `answers[q]`, `blank[q]`, `least[q]`, `most[q]`.
function question(q,   i, list) {
    answers[q] = from("1 1 2 3 4 5 7 12 31")
    kind[q] = ranked && (q == 1 || below(2)) ? "ranked" : "sums"
    for (i = 1; i <= answers[q]; i++) list = list (i > 1 ? ", " : "") text()
    if (kind[q] == "ranked") return "{\"type\": \"NonHomomorphic\", \"value\": {\"answers\": [" list "], \"question\": " text() "}}"
    most[q] = below(answers[q] + 1)
    least[q] = below(3) ? below(most[q] + 1) : most[q]
    blank[q] = below(2)
    return "{\"answers\": [" list "]," (blank[q] ? "\"blank\": true," : from(" \"blank\":false,")) "\"min\": " least[q] ",\"max\": " most[q] ", \"question\": " text() "}"
}

# One voter's answer to a question, kept in chosen[q].
function answer(q,   i, n, mark, out, none) {
    out = ""
    if (kind[q] == "ranked") {
        for (i = 1; i <= answers[q]; i++) out = out (i > 1 ? "," : "") (below(4) ? 1 + below(answers[q]) : from("0 255 128"))
        return "[" out "]"
    }
    none = blank[q] && below(3) == 0
    n = none ? 0 : least[q] + below(most[q] - least[q] + 1)
    while (n > 0) {
        i = 1 + below(answers[q])
        n -= !mark[i]
        mark[i] = 1
    }
    if (blank[q]) out = none ? "1," : "0,"
    for (i = 1; i <= answers[q]; i++) out = out (i > 1 ? "," : "") (mark[i] + 0)
    return "[" out "]"
}

function write_votes(    order, i, v, q, line, k) {
    turns = 0
    for (v = 1; v <= voters; v++) for (k = from("0 1 1 1 1 1 2"); k > 0; k--) order[++turns] = v
    if (silent) turns = 0
    for (i = turns; i > 1; i--) { k = 1 + below(i); v = order[i]; order[i] = order[k]; order[k] = v }
    printf "" > (folder "/votes")
    for (i = 1; i <= turns; i++) {
        line = ""
        for (q = 1; q <= questions; q++) { last[order[i], q] = answer(q); line = line (q > 1 ? "," : "") last[order[i], q] }
        print order[i], program(), program(), "[" line "]" > (folder "/votes")
    }
}

# What the last votes add up to.
function write_wanted(   v, q, i, n, part, sum, out, all, said) {
    all = ""
    for (q = 1; q <= questions; q++) {
        out = ""
        split("", sum)
        for (v = 1; v <= voters; v++) {
            said = last[v, q]
            if (said == "") continue
            if (kind[q] == "ranked") { out = out (out == "" ? "" : ",") said; continue }
            n = split(substr(said, 2, length(said) - 2), part, ",")
            for (i = 1; i <= n; i++) sum[i] += part[i] * weight[v]
        }
        if (kind[q] != "ranked") for (i = 1; i <= answers[q] + blank[q]; i++) out = out (i > 1 ? "," : "") (sum[i] + 0)
        all = all (q > 1 ? "," : "") "[" out "]"
    }
    print "{\"result\":[" all "]}" > (folder "/wanted")
}

function write_plan(file,   i, n, pool, k, trustees, alone, opening) {
    n_single = from("1 2 3 0 0")
    n_threshold = n_single == 0 || below(4) == 0 ? from("1 2 3 4 5") : 0
    needed = n_threshold == 0 ? 0 : 1 + below(n_threshold)
    trustees = n_single + n_threshold
    for (i = 1; i <= n_single; i++) alone = alone " " opener()
    for (i = 1; i <= n_threshold; i++) pool[i] = i
    for (i = 1; i <= needed; i++) {
        k = i + below(n_threshold - i + 1)
        n = pool[k]; pool[k] = pool[i]; pool[i] = n
        opening = opening " " n ":" opener()
    }
    print "group=" group " voters=" voters " rankings=" ranked " needed=" needed > file
    print "by_credentials=" program() " by_setup=" program() " by_close=" opener() > file
    print "by_single='" programs(n_single) "' by_threshold='" programs(n_threshold) "' by_shuffle='" programs(1 + below(trustees)) "'" > file
    print "by_open_single='" alone "' open_threshold='" opening "'" > file
    print "what='" group ", " questions " questions, " voters " voters, " n_single " trustees, " needed " of " n_threshold "'" > file
}

function plan(   i, q, v, list, long) {
    state = seed
    for (i = 0; i < 9; i++) below(2)
    TEXTS = split("\"A\"|\"\"|\"\\u00e9\"|\"\303\251\"|\"\\\"bread\\\" & 'roses'\"|\"back\\\\slash\\\\\"|\"tab\\there\\n\"|\"\\u0001\\u001f\"|\"a/b\\/c\"|\"\\ud83c\\udf5e\"|\"\360\237\215\236 bread\"|" \
                  "\"\\u2028\342\200\251\"|\"\\u007f\"|\"[1,2],{}:\"|\"\\b\\f\\r\"|\"\331\207\331\206\330\247\"|\"e\314\201 %s %d $x\"|\"LONG\"", TEXT, "|")
    for (i = 0; i < 3000; i++) long = long substr("bread and roses, ", 1 + i % 17, 1)
    TEXT[TEXTS] = "\"" long "\""
    ranked = below(3) == 0
    group = ranked || below(5) == 0 ? "RFC-3526-2048" : "BELENIOS-2048"
    questions = from("1 1 2 3")
    voters = ranked ? from("1 2 5 9") : from("1 2 3 7 12 53")
    silent = below(12) == 0
    weighted = !ranked && below(2)
    for (q = 1; q <= questions; q++) list = list (q > 1 ? ", " : "") question(q)
    print "{ \"description\": " text() ", \"name\": " text() ", \"questions\": [" list "]}" > (folder "/questions.json")
    printf "" > (folder "/weights")
    for (v = 1; v <= voters; v++) {
        weight[v] = weighted ? from("1 1 2 3 10 255 256 65536 100000") : 1
        if (weighted) {
            print weight[v] > (folder "/weights")
            print v from("@example.org, \"x\",y \303\251,\\ ,") "," weight[v] > (folder "/voters")
        }
    }
    write_votes()
    write_wanted()
    write_plan(folder "/plan")
}

BEGIN { if (!lists) plan() }

{
    sub(/^."result":\[/, "")
    for (i = 1; i <= length($0); i++) {
        c = substr($0, i, 1)
        if (c == "[") {
            if (depth++ == 0) q++
            begin = i
        } else if (c == "]") {
            depth--
            if (begin > 0) print q, substr($0, begin, i - begin + 1)
            begin = 0
        }
    }
}
