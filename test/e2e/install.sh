#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# install.sh BUILD: installs into a folder of its own, compiles a small program against the installed library with
# pkg-config, runs it and the installed demo.  TAP.
set -u
b=$1
top=$(pwd)
d=$(mktemp -d) || exit 1
n=0 bad=0
result() {
    n=$((n + 1))
    if [ "$1" = 0 ]; then echo "ok $n - $2"; else bad=1; sed 's/^/# /' "$d/log"; echo "not ok $n - $2"; fi
}
make B="$b" DESTDIR="$d" PREFIX=/usr/local install >"$d/log" 2>&1
result $? "make install"
cat >"$d/small.c" <<'END'
#include <stdio.h>
#include <plenty/plan.h>
int main(int argc, char **argv)
{
    pl_error err;
    pl_economy *e = NULL;
    pl_variant *v = NULL;
    pl_plan *p = NULL;
    pl_plan_settings s = {0};
    if (argc < 2 || pl_economy_load(argv[1], NULL, NULL, &e, &err) != PL_OK ||
        pl_variant_new(e, &v, &err) != PL_OK || pl_plan_make(v, &s, &p, &err) != PL_OK) {
        return 1;
    }
    printf("needs met: %.2f\n", pl_plan_needs_met(p, e, 0));
    pl_plan_free(p);
    pl_variant_free(v);
    pl_economy_free(e);
    return 0;
}
END
export PKG_CONFIG_PATH="$d/usr/local/lib/pkgconfig" PKG_CONFIG_SYSROOT_DIR="$d"
# shellcheck disable=SC2046
cc -std=c17 "$d/small.c" -o "$d/small" $(pkg-config --cflags --libs plenty) >"$d/log" 2>&1
result $? "a program compiles with pkg-config"
LD_LIBRARY_PATH="$d/usr/local/lib" "$d/small" "$d/usr/local/share/plenty/examples/bakery" >"$d/log" 2>&1 &&
    grep -q 'needs met: 0.80' "$d/log"
result $? "and plans the bakery"
# shellcheck disable=SC2046
cc -std=c17 "$d/small.c" -o "$d/static" $(pkg-config --cflags plenty) -L"$d/usr/local/lib" -l:libplenty.a \
    $(pkg-config --static --libs plenty | sed 's/-lplenty//') >"$d/log" 2>&1 &&
    "$d/static" "$d/usr/local/share/plenty/examples/bakery" >"$d/log" 2>&1 && grep -q 'needs met: 0.80' "$d/log"
result $? "and does so linked with the archive"
bash -c '. "$1"; complete -p plenty; COMP_WORDS=(plenty pl); COMP_CWORD=1; f=$(complete -p plenty | sed "s/.*-F \([^ ]*\).*/\1/"); $f plenty pl plenty; echo "${COMPREPLY[*]}"' \
    completion "$d/usr/local/share/bash-completion/completions/plenty" >"$d/log" 2>&1 && tail -n 1 "$d/log" | grep -q plan
result $? "the installed completion offers plan for pl"
if command -v mandoc >/dev/null; then
    mandoc -Tlint -Wwarning "$d/usr/local/share/man/man1/plenty.1" >"$d/log" 2>&1
    result $? "the installed manual page has no faults"
else
    n=$((n + 1))
    echo "# skipped: mandoc is not installed"
    echo "ok $n - the installed manual page has no faults # SKIP"
fi
cd / && "$d/usr/local/bin/plenty" demo >"$d/log" 2>&1
result $? "the installed program finds its examples: plenty demo"
cd "$top" && make B="$b" DESTDIR="$d" PREFIX=/usr/local uninstall >"$d/log" 2>&1 &&
    find "$d/usr" -type f >"$d/log" && [ ! -s "$d/log" ]
result $? "make uninstall leaves no file"
rm -rf "$d"
echo "1..$n"
exit $bad
