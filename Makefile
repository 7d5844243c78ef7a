# How hillock is built. GNU make 4. `make help` lists the goals; the sections are
#   1 settings   2 packages   3 files   4 compiling   5 variants   6 generated files   7 linking
#   8 goals for users   9 goals for developers

# ---- 1. Settings: make CC=clang, make V=1, make PREFIX=$HOME/.local install ----------------------

VERSION := 0.1.0
BUILD   ?= build
PREFIX  ?= /usr/local
DESTDIR ?=
CFLAGS  ?= -O3 -g -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
LDFLAGS ?= -Wl,-z,relro -Wl,-z,now
# Warnings are errors in CI, or with WERROR=1.
WERROR  ?= $(filter true 1,$(CI))
# What `make sanitize` looks for, and where it builds; `make tsan` is the same with others.
SANITIZE       ?= address,undefined
SANITIZE_BUILD ?= build-san

# All cores, unless the user or the make above says -j.
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc)
endif
MAKEFLAGS += -r --no-print-directory

# Short lines ("CC sim/arena.c"), or with V=1 the commands.
Q   := $(if $(V),,@)
say  = $(if $(V),,@printf '  %-4s %s\n' '$(1)' '$(2)')

all: program
.PHONY: all
.DELETE_ON_ERROR:

# ---- 2. Packages (docs/dependencies.md); `make setup` installs what is missing -------------------

HDF5     := $(shell pkg-config --exists hdf5-serial 2>/dev/null && echo hdf5-serial || echo hdf5)
LIBRARY_PACKAGES := $(HDF5) yaml-0.1 zlib liblzma nettle cairo
PACKAGES := $(LIBRARY_PACKAGES) libevent libevent_pthreads
package_flags = $(shell pkg-config $(1) $(2) 2>/dev/null)
# As system headers, so that our warnings aren't about them.
system_headers = $(patsubst -I%,-isystem %,$(call package_flags,--cflags,$(1)))

PACKAGE_CFLAGS := $(call system_headers,$(PACKAGES))
PACKAGE_LIBS   := $(call package_flags,--libs,$(PACKAGES))
# The program has HDF5 from its archive, where there is one: the shared library brings curl, OpenSSL
# and Kerberos, which take longer to load than all else up to a small network's first spike. What
# the archive needs is in its settings; curl and OpenSSL are for files in the cloud.
HDF5_ARCHIVE := $(firstword $(wildcard $(patsubst -L%,%/libhdf5.a,\
                    $(call package_flags,--libs-only-L,$(HDF5)))))
hdf5_needs    = $(filter-out -lcurl -lcrypto,\
                    $(shell sed -n 's/.*Extra libraries: *//p' $(HDF5_ARCHIVE:.a=.settings)))
PROGRAM_LIBS := $(if $(HDF5_ARCHIVE),\
                    $(patsubst -lhdf5,$(HDF5_ARCHIVE) $(hdf5_needs),$(PACKAGE_LIBS)),$(PACKAGE_LIBS))
CHECK_CFLAGS   := $(call system_headers,check)
CHECK_LIBS     := $(call package_flags,--libs,check)

# Everything waits for this: one clear sentence instead of a page of missing headers.
packages:
	@tools/setup --check build
packages-test: packages
	@tools/setup --check test
.PHONY: packages packages-test

# ---- 3. Files: found by name, so that a new model is one new file --------------------------------

MODEL_SRC  := $(sort $(wildcard neurons/*.c synapses/*.c plasticity/*.c encoders/*.c))
KERNEL_SRC := $(sort $(wildcard sim/kernels/*.c))
# Compiled once for each variant (section 5).
VARIED_SRC := $(sort $(wildcard neurons/*.c synapses/receptor_*.c synapses/connect_*.c) \
                     $(wildcard plasticity/*.c) \
                     $(wildcard encoders/drive_*.c) $(KERNEL_SRC))
# Compiled once.
PLAIN_SRC  := $(sort $(wildcard sim/*.c io/*.c) $(filter-out $(VARIED_SRC),$(MODEL_SRC)))
CLI_SRC    := $(sort $(wildcard cli/*.c))
SUITE_SRC  := $(sort $(wildcard tests/*/test_*.c))
FUZZ_SRC   := $(sort $(wildcard tests/fuzz/fuzz_*.c))
TEST_SRC   := $(sort $(SUITE_SRC) $(wildcard tests/support/*.c) tests/fuzz/fuzz.c $(FUZZ_SRC))

BENCH_SRC  := $(sort $(wildcard bench/*.c))
PEER_SRC   := $(sort $(wildcard bench/peers/*.c))

ALL_SRC     := $(PLAIN_SRC) $(VARIED_SRC) $(CLI_SRC) $(TEST_SRC) $(BENCH_SRC) $(PEER_SRC) \
               tests/fuzz/entry.c
ALL_HEADERS := $(sort $(wildcard $(patsubst %,%/*.h,sim sim/kernels neurons neurons/kernels synapses \
                 plasticity encoders encoders/kernels io cli tests/support tests/fuzz)))

# ---- 4. Compiling --------------------------------------------------------------------------------

WARNINGS := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla \
            -Wdouble-promotion -Wformat-security $(if $(WERROR),-Werror)
# Results repeat to the bit on every machine: no fused multiply-add, no reordering of sums.
NUMERICS := -ffp-contract=off -fno-math-errno -fno-trapping-math
# Blocks are short: the C library clears them faster than the string instruction that gcc would
# inline.
NUMERICS += -fno-builtin-memset
INCLUDES := -I. -I$(BUILD)/gen $(PACKAGE_CFLAGS)
HOUSE    := -std=c17 -D_GNU_SOURCE $(INCLUDES) $(WARNINGS) $(NUMERICS)
COMPILE   = $(CC) $(HOUSE) $(CPPFLAGS) $(CFLAGS) -pthread -MMD -MP

plain      = $(BUILD)/obj/plain
FLAGS_FILE = $(BUILD)/gen/flags
VERSION_H  = $(BUILD)/gen/version.h

$(plain)/%.o: %.c $(FLAGS_FILE) | packages $(VERSION_H)
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(COMPILE) -c $< -o $@

$(plain)/gen/%.o: $(BUILD)/gen/%.c $(FLAGS_FILE) | packages
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(COMPILE) -c $< -o $@

# ---- 5. Variants ---------------------------------------------------------------------------------
# A model that loops over state is compiled once for each precision and instruction set, and the
# table that it exports is renamed: hk_neuron_lif becomes hk_neuron_lif_f32_v3, and so on. The best
# that the machine can do is chosen when the program starts; all of one precision agree to the bit.

MACHINE    := $(shell $(CC) -dumpmachine)
ISAS       ?= $(if $(filter x86_64-%,$(MACHINE)),base v3 v4,base)
PRECISIONS := f32 f64
VARIANTS   := $(foreach p,$(PRECISIONS),$(ISAS:%=$p_%))

FLAGS_f64  := -DHK_REAL_IS_DOUBLE
FLAGS_v3   := -march=x86-64-v3 -mno-fma
FLAGS_v4   := -march=x86-64-v4 -mno-fma -mprefer-vector-width=512
FLAGS_of    = $(foreach part,$(subst _, ,$(1)),$(FLAGS_$(part)))

# $(1) variant, $(2) beginning of the file's name, $(3) beginning of its table's
define variant_rule
$(BUILD)/obj/$(1)/$(2)%.o: $(2)%.c $(FLAGS_FILE) | packages
	$$(call say,CC,$$< ($(1)))
	@mkdir -p $$(@D)
	$$(Q)$$(COMPILE) $$(call FLAGS_of,$(1)) -D$(3)$$*=$(3)$$*_$(1) -c $$< -o $$@
endef
$(foreach v,$(VARIANTS), \
    $(eval $(call variant_rule,$v,neurons/,hk_neuron_)) \
    $(eval $(call variant_rule,$v,synapses/receptor_,hk_receptor_)) \
    $(eval $(call variant_rule,$v,synapses/connect_,hk_connect_)) \
    $(eval $(call variant_rule,$v,plasticity/,hk_plasticity_)) \
    $(eval $(call variant_rule,$v,encoders/drive_,hk_drive_)) \
    $(eval $(call variant_rule,$v,sim/kernels/,hk_kernels_)))

# ---- 6. Generated files: written anew at each make, kept where nothing has changed ---------------

keep = cmp -s $@.new $@ && rm $@.new || mv $@.new $@

# What decides how everything is compiled.
$(FLAGS_FILE): FORCE | packages
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$(COMPILE))' >$@.new; $(keep)

# What results say about the program that made them.
$(VERSION_H): FORCE
	@mkdir -p $(@D)
	@printf '#define HK_VERSION "%s"\n#define HK_COMMIT "%s"\n#define HK_COMPILER "%s"\n' \
	    '$(VERSION)' "$$(git describe --always --dirty --abbrev=12 2>/dev/null || echo unknown)" \
	    "$$($(CC) --version | head -n 1)" >$@.new; $(keep)

# What the library is made of: a file that goes must leave it.
$(BUILD)/gen/objects: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' $(LIB_OBJ) >$@.new; $(keep)

# The table of all models, from their file names.
$(BUILD)/gen/models.c: FORCE
	@mkdir -p $(@D)
	@tools/gen-models '$(ISAS)' $(MODEL_SRC) $(KERNEL_SRC) >$@.new; $(keep)

# The list of test suites, likewise.
SUITES_H := $(BUILD)/gen/tests/support/suites.h
$(SUITES_H): FORCE
	@mkdir -p $(@D)
	@tools/gen-suites header $(SUITE_SRC) >$@.new; $(keep)
$(BUILD)/gen/suites.c: FORCE
	@mkdir -p $(@D)
	@tools/gen-suites table $(SUITE_SRC) >$@.new; $(keep)

FORCE:
.PHONY: FORCE

# ---- 7. Linking ----------------------------------------------------------------------------------

PROGRAM := $(BUILD)/hillock
LIBRARY := $(BUILD)/libhillock.a
RUNNER  := $(BUILD)/tests/run

LIB_OBJ  := $(PLAIN_SRC:%.c=$(plain)/%.o) $(plain)/gen/models.o \
            $(foreach v,$(VARIANTS),$(VARIED_SRC:%.c=$(BUILD)/obj/$v/%.o))
CLI_OBJ  := $(CLI_SRC:%.c=$(plain)/%.o)
# Tests may look into cli as well, but they have a main of their own.
TEST_OBJ := $(TEST_SRC:%.c=$(plain)/%.o) $(plain)/gen/suites.o $(filter-out %/main.o,$(CLI_OBJ))
LIBS      = -Wl,--as-needed $(PACKAGE_LIBS) -lm

$(LIBRARY): $(LIB_OBJ) $(BUILD)/gen/objects
	$(call say,AR,$@)
	@rm -f $@
	$(Q)$(AR) rcs $@ $(LIB_OBJ)

$(PROGRAM): LIBS = -Wl,--as-needed $(PROGRAM_LIBS) -lm
$(PROGRAM): $(CLI_OBJ) $(LIBRARY)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -pthread $^ $(LIBS) -o $@

$(BENCH_SRC:%.c=$(BUILD)/%): $(BUILD)/%: $(plain)/%.o $(LIBRARY)
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -pthread $^ $(LIBS) -o $@

# Memory fails and the clock stops on order in tests (tests/support/faults.c).
FAULTS := $(foreach name,calloc realloc free mmap munmap hk_clock_s,-Wl,--wrap=$(name))
$(RUNNER): $(TEST_OBJ) $(LIBRARY)
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $(FAULTS) -pthread $^ $(CHECK_LIBS) $(LIBS) -o $@

$(TEST_SRC:%.c=$(plain)/%.o) $(plain)/gen/suites.o: private HOUSE += $(CHECK_CFLAGS)
$(TEST_SRC:%.c=$(plain)/%.o) $(plain)/gen/suites.o: | $(SUITES_H) packages-test

-include $(patsubst %.o,%.d,$(LIB_OBJ) $(CLI_OBJ) $(TEST_OBJ) $(BENCH_SRC:%.c=$(plain)/%.o))

# ---- 8. Goals for users --------------------------------------------------------------------------
# Goals that begin with a set-up call make again, because only then the packages' flags are known.

program: $(PROGRAM)                ## build/hillock; plain `make` does this
library: $(LIBRARY)                ## build/libhillock.a

setup:                             ## install the packages that are missing
	@tools/setup build test data

demo:                              ## set up, build, and run a first experiment
	@tools/setup build
	@$(MAKE) program
	$(PROGRAM) run experiments/quickstart.yaml

bench: $(PROGRAM)                  ## run the published networks, and both clocks; BENCH='cuba brunel' a part
	$(PROGRAM) bench $(BENCH)
	$(if $(BENCH),,tools/bench-clocks)

bench-clocks: $(PROGRAM)           ## both clocks at several levels of activity; part of `make bench`
	tools/bench-clocks

bench-peers: $(PROGRAM)            ## the same networks in Brian2, in turns; BENCH= as above
	@tools/setup peers
	tools/bench-peers $(BENCH)

bench-prototype: $(PROGRAM)        ## the microcircuit in a program for nothing else, in turns
	tools/bench-prototype
	tools/bench-prototype --dc

bench-recording: $(PROGRAM) $(BUILD)/bench/recording ## what recording costs: brunel with all its spikes, the journal
	mkdir -p $(BUILD)/bench/recorded
	$(BUILD)/bench/recording $(BUILD)/bench/recorded
	tools/bench-recording

PUBLIC_HEADERS = $(filter-out %_internal.h,$(wildcard sim/*.h))
SHARED         = $(DESTDIR)$(PREFIX)/share/hillock
MAN_PAGE       = $(DESTDIR)$(PREFIX)/share/man/man1/hillock.1
install: $(PROGRAM) $(LIBRARY)     ## all below PREFIX (and DESTDIR): program, library, experiments
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/pkgconfig \
	    $(DESTDIR)$(PREFIX)/include/hillock/sim $(SHARED)/experiments/sweeps $(SHARED)/bench \
	    $(SHARED)/python $(dir $(MAN_PAGE))
	install -m 755 $(PROGRAM) $(DESTDIR)$(PREFIX)/bin
	install -m 644 $(wildcard bench/*.yaml) $(DESTDIR)$(PREFIX)/share/hillock/bench
	install -m 644 $(LIBRARY) $(DESTDIR)$(PREFIX)/lib
	install -m 644 $(PUBLIC_HEADERS) $(DESTDIR)$(PREFIX)/include/hillock/sim
	install -m 644 experiments/*.yaml $(SHARED)/experiments
	install -m 644 experiments/sweeps/*.yaml $(SHARED)/experiments/sweeps
	install -m 644 python/hillock.py $(SHARED)/python
	$(PROGRAM) help --man >$(MAN_PAGE)
	$(PROGRAM) schema >$(SHARED)/hillock.schema.json
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' \
	    -e 's|@PACKAGES@|$(LIBRARY_PACKAGES)|' tools/hillock.pc.in \
	    >$(DESTDIR)$(PREFIX)/lib/pkgconfig/hillock.pc

uninstall:                         ## remove what `install` has put there
	rm -f $(DESTDIR)$(PREFIX)/bin/hillock $(DESTDIR)$(PREFIX)/lib/libhillock.a \
	    $(DESTDIR)$(PREFIX)/lib/pkgconfig/hillock.pc $(MAN_PAGE)
	rm -rf $(DESTDIR)$(PREFIX)/include/hillock $(SHARED)

clean:                             ## remove what was built; results/ stays
	rm -rf $(BUILD) build-*

help:                              ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(firstword $(MAKEFILE_LIST)) | \
	    awk -F '|' '{ printf "%-18s %s\n", $$1, $$2 }'

.PHONY: program library setup demo bench bench-peers bench-prototype bench-clocks bench-recording \
        install uninstall clean help

# ---- 9. Goals for developers ---------------------------------------------------------------------

test:                              ## set up, build, run the tests; HK_TEST=lif runs a part
	@tools/setup build test data
	@$(MAKE) run-tests

test-long:                         ## the same with the tests that take long, and both compilers
	@HILLOCK_TEST_LONG=1 $(MAKE) test
	@$(MAKE) compare-compilers

results:                           ## the published circuits at full size: do they do what they must?
	@tools/setup build test
	@HILLOCK_RESULTS=1 $(MAKE) run-tests SUITES='construction gates phases distributions'

# Every shipped file in small, with each instruction set, in both precisions and on both clocks.
OTHER_CC    ?= clang
OTHER_BUILD := build-other
compare-compilers:                 ## do gcc's and clang's programs give the same to the bit?
	@tools/setup build test lint
	@$(MAKE) digests
	@$(MAKE) digests BUILD=$(OTHER_BUILD) CC=$(OTHER_CC)
	@cmp $(BUILD)/digests $(OTHER_BUILD)/digests
	@echo "$$(wc -l <$(BUILD)/digests) runs are the same with $(CC) and $(OTHER_CC)"

compare-aarch64:                   ## does the program for aarch64, emulated, give the same, too?
	+@tools/compare-aarch64

compare-avx512:                    ## does the one with AVX-512, emulated? Half an hour
	+@tools/compare-avx512

digests: $(RUNNER)
	@HK_TEST_DIGESTS=$(BUILD)/digests $(RUNNER) experiments/digests

# A JSON Schema validator, for tests/io/test_schema.c, which is skipped where it can't be had.
SCHEMA_TEST := $(BUILD)/schema
$(SCHEMA_TEST)/installed: $(wildcard tests/schema/*)
	@mkdir -p $(@D)
	@cp tests/schema/* $(@D)
	@if ! command -v npm >/dev/null; then echo "no npm: the schema's tests will be skipped"; \
	elif (cd $(@D) && npm ci --ignore-scripts --no-audit --no-fund >npm.log 2>&1); then touch $@; \
	else echo "npm ci failed ($(@D)/npm.log): the schema's tests will be skipped"; fi

run-tests: $(PROGRAM) $(RUNNER) $(SCHEMA_TEST)/installed
	@HK_TEST_PROGRAM=$(PROGRAM) HK_TEST_SCHEMA=$(SCHEMA_TEST) $(RUNNER) $(SUITES)

sanitize:                          ## the tests under the sanitizers, in build-san/
	@tools/setup build test
	@UBSAN_OPTIONS=print_stacktrace=1 CK_TIMEOUT_MULTIPLIER=10 \
	    LSAN_OPTIONS=suppressions=$(CURDIR)/tools/leaks.supp:print_suppressions=0 \
	    $(MAKE) run-tests \
	    BUILD=$(SANITIZE_BUILD) ISAS=base WERROR= LDFLAGS= \
	    CFLAGS='-O1 -g -fno-omit-frame-pointer -fsanitize=$(SANITIZE) -fno-sanitize-recover=all'

tsan:                              ## the tests under the thread sanitizer, in build-tsan/
	@$(MAKE) sanitize SANITIZE=thread SANITIZE_BUILD=build-tsan

coverage:                          ## run the tests in build-cov/, tell what they don't reach
	@tools/setup build test
	@rm -f $(addprefix build-cov/obj/,*/*/*.gcda */*/*/*.gcda)
	@CK_TIMEOUT_MULTIPLIER=5 $(MAKE) run-tests BUILD=build-cov ISAS=base WERROR= LDFLAGS= \
	    CFLAGS='-O1 -g --coverage'
	@tools/coverage build-cov

# Each target is linked with libFuzzer, then looks for inputs that break it; what it finds on its way
# is kept in build-fuzz/corpus, and what breaks it in build-fuzz/found.
FUZZ         ?= $(FUZZ_SRC:tests/fuzz/fuzz_%.c=%)
FUZZ_SECONDS ?= 60
FUZZ_BUILD   := build-fuzz
# Where targets write files: in memory, if they can.
FUZZ_ROOT    := $(or $(TMPDIR),$(wildcard /dev/shm),/tmp)
FUZZ_OPTIONS := -timeout=20 -rss_limit_mb=2048 -max_len=16384 -print_final_stats=1
fuzz:                              ## fuzz the readers for FUZZ_SECONDS each; FUZZ='yaml idx' a part
	@tools/setup build fuzz
	@$(MAKE) run-fuzz BUILD=$(FUZZ_BUILD) CC=clang ISAS=base WERROR= LDFLAGS= \
	    CFLAGS='-O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined \
	            -fno-sanitize-recover=all'

# One after the other, whatever -j says.
run-fuzz: $(FUZZ:%=$(BUILD)/fuzz/%)
	$(Q)mkdir -p $(BUILD)/found $(FUZZ:%=$(BUILD)/corpus/%)
	$(Q)for target in $(FUZZ); do echo "fuzz $$target"; \
	    TMPDIR=$(FUZZ_ROOT) $(BUILD)/fuzz/$$target $(FUZZ_OPTIONS) -max_total_time=$(FUZZ_SECONDS) \
	        -artifact_prefix=$(BUILD)/found/$$target- $(BUILD)/corpus/$$target \
	        tests/fuzz/corpus/$$target 2>$(BUILD)/fuzz/$$target.log || \
	        { tail -n 40 $(BUILD)/fuzz/$$target.log; exit 1; }; \
	    sed -n 's/^stat::number_of_executed_units: */  runs: /p' $(BUILD)/fuzz/$$target.log; done

$(BUILD)/fuzz/%: $(plain)/tests/fuzz/fuzz_%.o $(plain)/tests/fuzz/fuzz.o $(LIBRARY)
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(COMPILE) -DFUZZ_TARGET=fuzz_$* -fsanitize=fuzzer tests/fuzz/entry.c $^ $(LIBS) -o $@

test-install: $(PROGRAM)           ## install into a folder of the build, try it, remove it again
	@tools/test-install $(BUILD)/installed

lint:                              ## check the house rules (CONTRIBUTING.md)
	@tools/setup build test lint
	@tools/lint; rules=$$?; $(MAKE) -k lint-files && exit $$rules

format:                            ## lay out all C files as .clang-format says
	$(Q)clang-format -i $(ALL_SRC) $(ALL_HEADERS)

# Each file by itself: layout, warnings of both compilers, analysis. A file that passed is looked at
# again when it, a header of its own, or a rule has changed.
CHECKED    := $(sort $(ALL_SRC) $(ALL_HEADERS))
lint-files: $(CHECKED:%=$(BUILD)/lint/%.ok)

$(BUILD)/lint/%.ok: % .clang-format .clang-tidy tools/lint-file $(FLAGS_FILE) \
                    | $(SUITES_H) $(VERSION_H)
	$(call say,LINT,$<)
	@mkdir -p $(@D)
	$(Q)tools/lint-file $< $@ '$(if $(filter $<,$(VARIED_SRC)),f32 f64,f32)' $(CC) $(HOUSE) \
	    $(CHECK_CFLAGS)
	@touch $@

-include $(CHECKED:%=$(BUILD)/lint/%.d)

.PHONY: test test-long results compare-compilers compare-aarch64 compare-avx512 digests run-tests \
        sanitize tsan coverage fuzz run-fuzz test-install lint format lint-files
