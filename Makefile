# SPDX-License-Identifier: AGPL-3.0-or-later
#
# Plenty.  make, make check, make check-full, make install, make man, make lint, make clean
#   BUILD=release|debug|asan|tsan|cov|fuzz   kind of build, each in its own folder under build/
#   WERROR=1  V=1                            warnings are errors (CI); commands are shown
#   CUDA=1                                   for an NVIDIA GPU (--device gpu), in build/cuda
#   PETSC=1                                  for several processes (mpirun), in build/petsc
#   PREFIX=/usr/local  DESTDIR=              where make install puts things

VERSION := 0.1.0
BUILD   ?= release
PREFIX  ?= /usr/local
B       ?= build/$(if $(PETSC),petsc,$(if $(CUDA),cuda,$(BUILD)))
ifeq ($(BUILD),fuzz)
CC      := clang
endif

PACKAGES := jansson libpq libsodium libzstd sqlite3 zlib
CSTD     := -std=c17 -D_GNU_SOURCE -Iinclude -Isrc -I. -DPLENTY_VERSION='"$(VERSION)"'
WARN     := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla \
            -Wformat=2 -Wundef -Wcast-qual
NUMERIC  := -ffp-contract=off -fno-fast-math
CLANG    := $(findstring clang,$(CC))
HARDEN   := -fstack-protector-strong -fPIC -fvisibility=hidden $(if $(CLANG),,-ftrivial-auto-var-init=zero)

OPT_release := -O3 -g -DNDEBUG -D_FORTIFY_SOURCE=2 -fopenmp
OPT_debug   := -O0 -g3 -fopenmp
OPT_asan    := -O1 -g -fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=all
OPT_tsan    := -O1 -g -fsanitize=thread -fopenmp
OPT_cov     := -O0 -g --coverage -DPLENTY_COVERAGE
OPT_fuzz    := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all

CFLAGS  += $(CSTD) $(WARN) $(NUMERIC) $(HARDEN) $(OPT_$(BUILD)) $(if $(WERROR),-Werror) \
           $(shell pkg-config --cflags $(PACKAGES))
LDFLAGS += $(OPT_$(BUILD)) -pie
LDLIBS  += $(shell pkg-config --libs $(PACKAGES)) -lgmp -lm
SERVER_LIBS := $(shell pkg-config --libs libmicrohttpd libfido2)

# PETSc and MPI (docs/methods/scaling.md): Debian's petsc-dev and libopenmpi-dev.
ifdef PETSC
CSTD    += -DPLENTY_PETSC
CFLAGS  += $(patsubst -I%,-isystem %,$(shell pkg-config --cflags PETSc ompi-c))
LDLIBS  += $(shell pkg-config --libs PETSc ompi-c)
endif

# NVIDIA's GPUs (docs/methods/gpu.md): nvcc of the CUDA toolkit.  Without fused operations: the same bits as the CPU.
ifdef CUDA
NVCC      ?= $(firstword $(shell command -v nvcc) /usr/local/cuda/bin/nvcc)
CUDA_ARCH ?= sm_90
CSTD      += -DPLENTY_CUDA
NVCCFLAGS := -O3 -std=c++17 -arch=$(CUDA_ARCH) -fmad=false -Iinclude -Isrc -Xcompiler=-fPIC,-fno-exceptions,-fno-threadsafe-statics,-Wall,-Wextra $(if $(WERROR),-Werror=all-warnings)
CUDA_OBJ  := $(B)/src/solve/device_cuda.o
CUDA_LIBS := $(shell $(NVCC) --dryrun -x cu /dev/null 2>&1 | sed -n 's/.*LIBRARIES= *//p' | tr -d '"') -lcudart_static -ldl -lrt -lpthread
endif

# Every room under src/ but the command line and the server belongs to the library.
LIB_SRC    := $(sort $(filter-out src/cli/% src/server/% $(if $(PETSC),,src/solve/petsc.c),$(wildcard src/*/*.c)))
VERIFY_SRC := $(sort $(wildcard verify/*.c))
CLI_SRC    := $(sort $(wildcard src/cli/*.c))
SERVER_SRC := $(sort $(wildcard src/server/*.c))
TEST_SRC   := $(sort $(wildcard test/unit/*.c test/prop/*.c test/known/*.c))
TOOL_SRC   := $(sort $(wildcard tools/*.c))
FUZZ_SRC   := $(sort $(filter-out test/fuzz/replay.c test/fuzz/help.c,$(wildcard test/fuzz/*.c)))
obj = $(patsubst %.c,$(B)/%.o,$(1))
Q          := $(if $(V),,@)
CHECKER    := $(call obj,$(filter-out verify/main.c,$(VERIFY_SRC)))
SERVER     := $(B)/libserver.a $(B)/libplenty.a

.PHONY: all tests tools bench man lint check check-full fuzz install uninstall clean help
all: $(B)/plenty $(B)/libplenty.a $(B)/libplenty.so $(B)/plenty-verify

# Numbers of five limbs: gcc 12's vectors of four and one cost a fifth of the time.
$(B)/verify/secret_curve.o: OPT_release += -fno-tree-vectorize
$(B)/%.o: %.c Makefile
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -MMD -MP -c $< -o $@

# The tables of the stores, which the assembler takes in.
$(B)/src/store/migrations.o: $(wildcard src/store/migrations/*.sql)

$(B)/%.o: %.cu Makefile $(wildcard src/solve/device*.h)
	$(Q)mkdir -p $(@D)
	$(Q)$(NVCC) $(NVCCFLAGS) -c $< -o $@

$(B)/libplenty.a: $(call obj,$(LIB_SRC)) $(CUDA_OBJ)
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $^

$(B)/libplenty.so: $(call obj,$(LIB_SRC)) $(CUDA_OBJ)
	$(Q)$(CC) -shared -Wl,-soname,libplenty.so.0 $(OPT_$(BUILD)) -o $@ $^ -lxlsxwriter $(LDLIBS) $(CUDA_LIBS)

# The independent checker shares nothing with the library; its main() alone is left out of `plenty`.
$(B)/plenty-verify: $(call obj,$(VERIFY_SRC))
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(B)/libserver.a: $(call obj,$(SERVER_SRC)) $(B)/assets.o
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $^

# The pages of web/dist, compressed, as data.
$(B)/assets.c: $(B)/tools/embed $(wildcard web/dist/*) $(wildcard web/dist/*/*)
	$(Q)$(B)/tools/embed web/dist $@
$(B)/assets.o: $(B)/assets.c
	$(Q)$(CC) $(CFLAGS) -c $< -o $@

$(B)/plenty: $(call obj,$(CLI_SRC)) $(CHECKER) $(SERVER)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lxlsxwriter $(SERVER_LIBS) $(LDLIBS) $(CUDA_LIBS)

# One test program for each file of test/{unit,prop,known}; test/runner.c is linked into each.  One for each
# file of test/fuzz: with replay.c it replays its corpus, with BUILD=fuzz clang's fuzzer drives it.
TESTS := $(patsubst %.c,$(B)/%,$(TEST_SRC))
FUZZ  := $(patsubst %.c,$(B)/%,$(FUZZ_SRC))
TEST_HELPERS := $(sort $(wildcard test/*.c))
$(TESTS): $(B)/%: $(B)/%.o $(call obj,$(TEST_HELPERS)) $(CHECKER) $(SERVER)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lxlsxwriter $(SERVER_LIBS) $(LDLIBS) $(CUDA_LIBS)

$(FUZZ): $(B)/%: $(B)/%.o $(B)/test/fuzz/help.o $(if $(filter fuzz,$(BUILD)),,$(B)/test/fuzz/replay.o) $(CHECKER) $(SERVER)
	$(Q)$(CC) $(LDFLAGS) $(if $(filter fuzz,$(BUILD)),-fsanitize=fuzzer) -o $@ $^ -lxlsxwriter $(SERVER_LIBS) $(LDLIBS) $(CUDA_LIBS)

# Programs of bench/ print times; they may use the helpers of the tests.
BENCHES := $(patsubst %.c,$(B)/%,$(sort $(wildcard bench/*.c)))
$(BENCHES): $(B)/%: $(B)/%.o $(call obj,$(TEST_HELPERS)) $(CHECKER) $(SERVER)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lxlsxwriter $(SERVER_LIBS) $(LDLIBS) $(CUDA_LIBS)

TOOLS := $(patsubst %.c,$(B)/%,$(TOOL_SRC))
$(TOOLS): $(B)/%: $(B)/%.o
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lz

tests: $(TESTS) $(if $(filter fuzz,$(BUILD)),,$(FUZZ))
tools: $(TOOLS)
bench: $(BENCHES)
fuzz: $(FUZZ)

man: $(B)/plenty.1 $(B)/plenty.bash
$(B)/plenty.1: $(B)/plenty
	$(B)/plenty help --man >$@
	@if command -v mandoc >/dev/null; then mandoc -Tlint -Wwarning $@; fi
$(B)/plenty.bash: $(B)/plenty
	$(B)/plenty help --completion bash >$@

lint: tools
	@tools/list-suites $(B) | grep '^lint ' | tools/suites $(B)/tap-lint

check:
	@./check
check-full:
	@./check && ./check slow

# libpq stands among the plain libraries: Debian has no static ones of what it names itself.
install: all man
	install -d $(addprefix $(DESTDIR)$(PREFIX)/,bin lib/pkgconfig include/plenty share/man/man1 \
	    share/bash-completion/completions share/plenty share/doc/plenty)
	install $(B)/plenty $(B)/plenty-verify $(DESTDIR)$(PREFIX)/bin
	install -m 644 $(B)/libplenty.a $(DESTDIR)$(PREFIX)/lib
	install -m 644 $(B)/libplenty.so $(DESTDIR)$(PREFIX)/lib/libplenty.so.$(VERSION)
	ln -sf libplenty.so.$(VERSION) $(DESTDIR)$(PREFIX)/lib/libplenty.so.0
	ln -sf libplenty.so.0 $(DESTDIR)$(PREFIX)/lib/libplenty.so
	install -m 644 include/plenty/* $(DESTDIR)$(PREFIX)/include/plenty
	install -m 644 $(B)/plenty.1 $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 $(B)/plenty.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/plenty
	install -m 644 README.md LICENSES/*.txt $(DESTDIR)$(PREFIX)/share/doc/plenty
	cp -R examples mappings $(DESTDIR)$(PREFIX)/share/plenty
	printf '%s\n' 'prefix=$(PREFIX)' 'Name: plenty' 'Description: economic planning with proofs' \
	    'Version: $(VERSION)' 'Requires.private: $(filter-out libpq,$(PACKAGES)) xlsxwriter' 'Libs: -L$${prefix}/lib -lplenty' \
	    'Libs.private: -lpq -lgmp -lm -lgomp' 'Cflags: -I$${prefix}/include' >$(DESTDIR)$(PREFIX)/lib/pkgconfig/plenty.pc

uninstall:
	rm -rf $(addprefix $(DESTDIR)$(PREFIX)/,bin/plenty bin/plenty-verify lib/libplenty.* lib/pkgconfig/plenty.pc \
	    include/plenty share/man/man1/plenty.1 share/bash-completion/completions/plenty share/plenty share/doc/plenty)

clean:
	rm -rf build
help:
	@sed -n 's/^# \{0,1\}//p' Makefile | sed -n '3,8p'

-include $(shell find $(B) -name '*.d' 2>/dev/null)
