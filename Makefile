# SPDX-License-Identifier: AGPL-3.0-or-later
#
# Plenty.  `make help` lists what can be made.
#   BUILD=release|debug|asan|tsan|cov   kind of build, each in its own folder under build/
#   WERROR=1                            warnings are errors (CI)

VERSION := 0.1.0
BUILD   ?= release
PREFIX  ?= /usr/local
B       := build/$(BUILD)

PACKAGES := jansson libsodium libzstd zlib
CSTD     := -std=c17 -D_GNU_SOURCE -Iinclude -Isrc -I. -DPLENTY_VERSION='"$(VERSION)"'
WARN     := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla \
            -Wformat=2 -Wundef -Wcast-qual
NUMERIC  := -ffp-contract=off -fno-fast-math
HARDEN   := -fstack-protector-strong -fPIC -ftrivial-auto-var-init=zero -fvisibility=hidden

OPT_release := -O3 -g -DNDEBUG -D_FORTIFY_SOURCE=2 -fopenmp
OPT_debug   := -O0 -g3 -fopenmp
OPT_asan    := -O1 -g -fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=all
OPT_tsan    := -O1 -g -fsanitize=thread -fopenmp
OPT_cov     := -O0 -g --coverage -DPLENTY_COVERAGE

CFLAGS  += $(CSTD) $(WARN) $(NUMERIC) $(HARDEN) $(OPT_$(BUILD)) $(if $(WERROR),-Werror) \
           $(shell pkg-config --cflags $(PACKAGES))
LDFLAGS += $(OPT_$(BUILD)) -pie
LDLIBS  += $(shell pkg-config --libs $(PACKAGES)) -lm

# Every room under src/ but the command line belongs to the library.
LIB_SRC    := $(sort $(filter-out src/cli/%,$(wildcard src/*/*.c)))
VERIFY_SRC := $(sort $(wildcard verify/*.c))
CLI_SRC    := $(sort $(wildcard src/cli/*.c))
TEST_SRC   := $(sort $(wildcard test/unit/*.c test/prop/*.c test/known/*.c))
obj = $(patsubst %.c,$(B)/%.o,$(1))

.PHONY: all
all: $(B)/plenty $(B)/libplenty.a $(B)/libplenty.so $(B)/plenty-verify

$(B)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP -c $< -o $@

$(B)/libplenty.a: $(call obj,$(LIB_SRC))
	@rm -f $@
	$(AR) rcs $@ $^

$(B)/libplenty.so: $(call obj,$(LIB_SRC))
	$(CC) -shared -Wl,-soname,libplenty.so.0 $(OPT_$(BUILD)) -o $@ $^ $(LDLIBS)

# The independent checker shares nothing with the library; its main() alone is left out of `plenty`.
$(B)/plenty-verify: $(call obj,$(VERIFY_SRC))
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(B)/plenty: $(call obj,$(CLI_SRC)) $(call obj,$(filter-out verify/main.c,$(VERIFY_SRC))) $(B)/libplenty.a
	$(CC) $(LDFLAGS) -o $@ $^ -lxlsxwriter $(LDLIBS)

# One test program for each file of test/{unit,prop,known}; test/runner.c is linked into each.
TESTS := $(patsubst %.c,$(B)/%,$(TEST_SRC))
TEST_HELPERS := $(sort $(wildcard test/*.c))
$(TESTS): $(B)/%: $(B)/%.o $(call obj,$(TEST_HELPERS)) $(call obj,$(filter-out verify/main.c,$(VERIFY_SRC))) $(B)/libplenty.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

.PHONY: tests
tests: $(TESTS)

.PHONY: clean
clean:
	rm -rf build

.PHONY: help
help:
	@sed -n 's/^# //p' Makefile | head -8

-include $(shell find $(B) -name '*.d' 2>/dev/null)
