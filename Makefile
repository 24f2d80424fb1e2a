# chopay: one Makefile, no configure step.  `make help` lists the targets.
# Sources are found by wildcard: a new file needs no edit here.

SAN ?=#              SAN=address,undefined or SAN=thread: an instrumented build in a folder of its own
BUILD ?= build$(if $(SAN),/san-$(subst $(comma),-,$(SAN)))
CC ?= gcc
CXX ?= g++
comma := ,
PREFIX ?= /usr/local
DESTDIR ?=
V ?= 0
Q := $(if $(filter 1,$(V)),,@)

# ---- what a machine needs -------------------------------------------------------------------
# The one dependency list: Debian 12 packages, `package` or `package:command` (satisfied by a
# command of that name from anywhere).  BUILD to make and run, TEST to prove, BENCH to measure.
DEBS_BUILD := gcc:gcc make:make pkg-config:pkg-config libc6-dev libevent-dev libssl-dev libqrencode-dev \
	libsqlite3-dev libpq-dev libjansson-dev libpng-dev libutf8proc-dev libinih-dev libcurl4-openssl-dev libexpat1-dev zlib1g-dev libzip-dev \
	libcairo2-dev libpango1.0-dev libxlsxwriter-dev fonts-liberation2 \
	zbar-tools:zbarimg openssl:openssl clang:clang lld:wasm-ld espeak-ng:espeak-ng lame:lame npm:npm ca-certificates
DEBS_TEST := $(DEBS_BUILD) g++:g++ clang-format:clang-format libclang-rt-14-dev libcmocka-dev \
	nodejs:node chromium:chromium fonts-dejavu-core sqlite3:sqlite3 curl:curl procps:pgrep \
	postgresql pgbouncer haproxy iproute2:ip poppler-utils:pdftotext unzip:unzip libreoffice-writer-nogui:soffice libreoffice-calc-nogui
DEBS_BENCH := $(DEBS_TEST) wrk:wrk nginx-light:nginx time:time
NPM_FOLDER := tests

# ---- flags ----------------------------------------------------------------------------------
PKGS := libevent libevent_openssl libevent_pthreads openssl libqrencode sqlite3 libpq jansson libpng libutf8proc inih libcurl expat zlib libzip pangocairo cairo cairo-ft pangoft2 fontconfig xlsxwriter
# pkg-config is asked when a recipe first needs it: `make deps` may have to install it.
PKG_CFLAGS = $(eval PKG_CFLAGS := $$(shell pkg-config --cflags $(PKGS)))$(PKG_CFLAGS)
PKG_LIBS = $(eval PKG_LIBS := $$(shell pkg-config --libs $(PKGS)) -lm)$(PKG_LIBS)

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
	-Wvla -Wformat=2
WERROR ?=#           WERROR=1 in CI only: a newer compiler must not break a newcomer's build
OPT ?= -O2 -g
CFLAGS_ALL = -std=c17 -D_GNU_SOURCE -pthread $(OPT) $(WARN) $(if $(WERROR),-Werror) -fPIC -fno-common \
	-fstack-protector-strong $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer -fno-sanitize-recover=all,-D_FORTIFY_SOURCE=2) \
	-Iinclude $(PKG_CFLAGS) $(CFLAGS)
LDFLAGS_ALL = -pthread $(if $(SAN),-fsanitize=$(SAN)) -Wl,-z,relro,-z,now $(LDFLAGS)

# ---- what there is --------------------------------------------------------------------------
SRC := $(wildcard gateway/*/*.c merchants/*.c)
VIETQR_SRC := $(filter-out gateway/vietqr/picture.c,$(wildcard gateway/vietqr/*.c))
OBJ := $(SRC:%.c=$(BUILD)/obj/%.o)
ASSETS := $(wildcard gateway/web/*/*.html gateway/web/*/*.css gateway/web/*/*.js gateway/web/*/*.svg \
	gateway/web/*/*.png gateway/web/*/*.webmanifest \
	gateway/store/schema/*.sql merchants/data/*.csv) gateway/web/words.tsv include/openapi.yaml certs/make-dev-ca.sh
# ... and those that are made, at the same paths below $(BUILD).
MADE := $(addprefix $(BUILD)/gateway/web/,version shared/jsqr.js $(addprefix stall/,codec.wasm voice.mp3 voice.json))
# Those that a browser asks for as a file of their own are there a second time, compressed.
MADE += $(patsubst %,$(BUILD)/%.gz,$(filter gateway/web/%.css gateway/web/%.js gateway/web/%.svg gateway/web/%.webmanifest include/%,$(ASSETS)) \
	gateway/web/stall/codec.wasm gateway/web/stall/voice.json gateway/web/shared/jsqr.js)
SUPPORT_OBJ := $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard tests/support/*.c))
UNITS := $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/*.c))
UNITS_OF_BOOKS := $(filter-out nth_failure,$(patsubst tests/unit/%.c,%,$(shell grep -l support/market.h tests/unit/*.c)))
FUZZERS := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c))
NODE_TEST := node --test
JOBS ?= $(shell nproc)#  tests at a time; stories wait more than they work: twice as many
# The stories of the money, which `make test` tells a second time on PostgreSQL; all of them can be,
# but for the parts that are about SQLite's own file (they say so).
ON_BOTH := 01 03 04 05 12 13 14 17 32 41
STORE ?=#            STORE=postgresql: units and scenarios on a temporary PostgreSQL instead of SQLite
BESIDE := $(if $(filter postgresql,$(STORE)),node tests/support/with-postgres.mjs)

.PHONY: all demo test unit scenario browser sim bench fuzz fmt fmt-check tidy lint includes released scripts texts words install uninstall \
	clean deps deps-build deps-test deps-bench help sizes certs FORCE
.DEFAULT_GOAL := all

all: deps-build ## install what is missing, build build/chopay and libvietqr
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) build

.PHONY: build
build: $(BUILD)/chopay $(BUILD)/libvietqr.a $(BUILD)/libvietqr.so $(BUILD)/libvietqr.pc

# ---- dependencies ---------------------------------------------------------------------------
define install-debs
	$(Q)missing=; for want in $(1); do pkg=$${want%%:*}; cmd=; case $$want in *:*) cmd=$${want#*:};; esac; \
	if [ -n "$$cmd" ]; then command -v $$cmd >/dev/null 2>&1 || missing="$$missing $$pkg"; \
	else dpkg-query -W -f='$${Status}' $$pkg 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$pkg"; fi; done; \
	if [ -n "$$missing" ]; then \
		sudo=; if [ "$$(id -u)" != 0 ]; then sudo=sudo; command -v sudo >/dev/null || { echo "make: not root and no sudo; as root, run: apt-get install$$missing" >&2; exit 1; }; fi; \
		echo "Installing from Debian:$$missing"; \
		$$sudo apt-get update -qq && $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >$${TMPDIR:-/tmp}/chopay-apt.log 2>&1 \
		|| { tail -n 20 $${TMPDIR:-/tmp}/chopay-apt.log >&2; echo "make: could not install:$$missing" >&2; exit 1; }; \
	fi
endef

deps: deps-test ## install what is missing to build, run and test (apt, npm)
	@echo "Everything on the dependency list is installed."

deps-build: ## ... only to build and run (apt, as root or through sudo)
	$(call install-debs,$(DEBS_BUILD))

deps-test: ## ... and to test (apt, npm with a lock file)
	$(call install-debs,$(DEBS_TEST))
	$(Q)if [ ! -e $(NPM_FOLDER)/node_modules/.chopay ] || [ $(NPM_FOLDER)/package-lock.json -nt $(NPM_FOLDER)/node_modules/.chopay ]; then \
		echo "Installing from npm: what $(NPM_FOLDER)/package-lock.json lists"; \
		npm ci --prefix $(NPM_FOLDER) --no-audit --no-fund --ignore-scripts --loglevel=error && touch $(NPM_FOLDER)/node_modules/.chopay; fi

deps-bench: deps-test
	$(call install-debs,$(DEBS_BENCH))

# ---- compile --------------------------------------------------------------------------------
# Everything also depends on the flags: another compiler or WERROR rebuilds, nothing else does.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D); echo '$(CC) $(OPT) $(WERROR) $(SAN) $(CFLAGS)' | cmp -s - $@ || echo '$(CC) $(OPT) $(WERROR) $(SAN) $(CFLAGS)' > $@

$(BUILD)/obj/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	@echo "  CC $<"
	$(Q)$(CC) $(CFLAGS_ALL) -MMD -MP -c $< -o $@

# What a stall's phone runs where there is no network: the gateway's own C, for WebAssembly.  The
# only headers it may see are the compiler's, ours, and gateway/web/codec's four functions.
CODEC_SRC := $(wildcard gateway/web/codec/*.c) gateway/pay/reference.c \
	$(addprefix gateway/vietqr/,encode.c crc16.c matrix.c codewords.c masks.c)
$(BUILD)/gateway/web/stall/codec.wasm: $(CODEC_SRC) $(wildcard gateway/web/codec/*.h gateway/vietqr/*.h gateway/pay/*.h) \
		include/vietqr.h include/chopay/reference.h include/chopay/str.h include/chopay/err.h Makefile
	@mkdir -p $(@D)
	@echo "  WASM $@"
	$(Q)clang --target=wasm32 -std=c17 -Oz -flto -ffreestanding -nostdlib -nostdlibinc -fvisibility=hidden $(WARN) $(if $(WERROR),-Werror) \
		-isystem gateway/web/codec -Iinclude -Igateway/vietqr -Wl,--no-entry,--export=__heap_base,-z,stack-size=32768,--initial-memory=131072,--strip-all,--lto-O2 \
		-o $@ $(CODEC_SRC)

$(BUILD)/gateway/web/stall/voice%mp3 $(BUILD)/gateway/web/stall/voice%json: gateway/web/voice/make.sh gateway/web/voice/clips.txt
	@mkdir -p $(@D)
	@echo "  VOICE $(@D)"
	$(Q)sh $< gateway/web/voice/clips.txt $(@D)

# Reads QR codes in browsers that cannot: from npm with a lock file, as it comes.
JSQR := gateway/web/node_modules/jsqr/dist/jsQR.js
$(JSQR): gateway/web/package-lock.json
	@echo "  NPM gateway/web"
	$(Q)npm ci --prefix gateway/web --no-audit --no-fund --ignore-scripts --loglevel=error && touch $@
$(BUILD)/gateway/web/shared/jsqr.js: $(JSQR)
	@mkdir -p $(@D)
	$(Q){ echo '/* jsQR, github.com/cozmo/jsQR, Apache License 2.0 */'; cat $<; } > $@

# A name for these pages and all that belongs to them: another release, another name.
$(BUILD)/gateway/web/version: $(ASSETS) $(filter-out %/version,$(filter-out %.gz,$(MADE)))
	@mkdir -p $(@D)
	$(Q)cat $^ | sha256sum | cut -c1-12 | tr -d '\n' > $@
$(BUILD)/%.gz: %
	@mkdir -p $(@D)
	$(Q)gzip -9nc $< > $@
$(BUILD)/%.gz: $(BUILD)/%
	$(Q)gzip -9nc $< > $@

# Files that live inside the binary: one assembler file that .incbin's them, one table of names.
$(BUILD)/assets.S: $(ASSETS) $(MADE) Makefile
	@mkdir -p $(@D)
	@echo "  ASSETS $(words $^) files"
	$(Q){ echo '	.section .rodata'; n=0; for f in $(ASSETS) $(MADE); do \
		printf 'n%s: .asciz "%s"\n	.balign 16\nd%s: .incbin "%s"\ne%s: .byte 0\n' $$n $${f#$(BUILD)/} $$n $$f $$n; n=$$((n+1)); done; \
		printf '	.section .data.rel.ro,"aw"\n	.balign 8\n	.global asset_table\nasset_table:\n'; n=0; for f in $(ASSETS) $(MADE); do \
		printf '	.quad n%s, d%s, e%s - d%s\n' $$n $$n $$n $$n; n=$$((n+1)); done; \
		printf '	.quad 0, 0, 0\n	.section .note.GNU-stack,"",@progbits\n'; } > $@
$(BUILD)/obj/assets.o: $(BUILD)/assets.S
	@mkdir -p $(@D)
	$(Q)$(CC) -c $< -o $@

$(BUILD)/libchopay.a: $(OBJ) $(BUILD)/obj/assets.o
	$(Q)rm -f $@ && ar rcs $@ $^
$(BUILD)/chopay: $(BUILD)/obj/gateway/main.o $(BUILD)/libchopay.a
	@echo "  LD $@"
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ $(PKG_LIBS)

# libvietqr stands alone: no other object of the gateway, no library.
$(BUILD)/libvietqr.a: $(VIETQR_SRC:%.c=$(BUILD)/obj/%.o)
	$(Q)rm -f $@ && ar rcs $@ $^
$(BUILD)/libvietqr.so: $(VIETQR_SRC:%.c=$(BUILD)/obj/%.o)
	$(Q)$(CC) $(LDFLAGS_ALL) -shared -Wl,-soname,libvietqr.so.1 -o $@ $^
$(BUILD)/libvietqr.pc: gateway/vietqr/libvietqr.pc.in Makefile
	$(Q)mkdir -p $(@D) && sed 's|@PREFIX@|$(PREFIX)|' $< > $@

-include $(shell [ -d $(BUILD) ] && find $(BUILD) -name '*.d')

# ---- prove ----------------------------------------------------------------------------------
$(BUILD)/unit/%: $(BUILD)/obj/tests/unit/%.o $(SUPPORT_OBJ) $(BUILD)/libchopay.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ $(PKG_LIBS) -lcmocka
.PRECIOUS: $(BUILD)/obj/%.o
# This one stands between our code and its allocations.
$(BUILD)/unit/nth_failure: LDFLAGS += -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc

unit: $(patsubst %,$(BUILD)/unit/%,$(or $(T),$(UNITS)))
	$(Q)CHOPAY_BUILD=$(BUILD) $(BESIDE) sh tests/support/side-by-side.sh $(JOBS) -- $(patsubst %,$(BUILD)/unit/%,$(if $(T),$(T),$(UNITS)))
ifeq ($(STORE),) # those of the books once more, on a temporary PostgreSQL
	$(Q)books="$(filter $(if $(T),$(T),$(UNITS)),$(UNITS_OF_BOOKS))"; [ -z "$$books" ] || $(MAKE) --no-print-directory unit STORE=postgresql T="$$books"
endif

.PHONY: unit-one
unit-one: $(BUILD)/unit/$(T)
	$(Q)CHOPAY_BUILD=$(BUILD) $(BESIDE) $(BUILD)/unit/$(T)

test: deps-test ## prove everything; make test T=vietqr runs one unit
ifdef T
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) unit-one T=$(T)
else
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) build $(UNITS:%=$(BUILD)/unit/%)
	$(Q)$(MAKE) --no-print-directory unit scenario browser
	$(Q)$(MAKE) --no-print-directory scenario STORE=postgresql S="$(ON_BOTH)"
endif

# A disk that fails, a clock that jumps: preloaded under the real binary.
PRELOADS := $(patsubst tests/support/preload/%.c,$(BUILD)/%.so,$(wildcard tests/support/preload/*.c))
$(BUILD)/%.so: tests/support/preload/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) -std=c17 -D_GNU_SOURCE $(WARN) -O1 -shared -fPIC -o $@ $<

# The next versions of the story of a rolling upgrade: the same program with more schema steps.
NEXT := tests/fixtures/next-version
$(BUILD)/next/chopay: NEXT_STEPS := $(NEXT)/1-expand.sql $(NEXT)/2-contract.sql
$(BUILD)/abrupt/chopay: NEXT_STEPS := $(NEXT)/3-abrupt.sql
$(BUILD)/next/chopay $(BUILD)/abrupt/chopay: $(BUILD)/chopay tests/support/next-version.sh $(wildcard $(NEXT)/*.sql)
	@mkdir -p $(@D)
	$(Q)sh tests/support/next-version.sh $(BUILD)/assets.S $(@D) $(NEXT_STEPS)
	$(Q)$(CC) -c $(@D)/assets.S -o $(@D)/assets.o
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $(BUILD)/obj/gateway/main.o $(@D)/assets.o $(BUILD)/libchopay.a $(PKG_LIBS)

scenario: $(PRELOADS) $(BUILD)/next/chopay $(BUILD)/abrupt/chopay ## stories on the real binary; make scenario S=04 runs one
	$(Q)CHOPAY=$(CURDIR)/$(BUILD)/chopay $(BESIDE) sh tests/support/side-by-side.sh $$((2 * $(JOBS))) $(NODE_TEST) -- $(foreach s,$(if $(S),$(S),[0-9]),$(wildcard tests/scenario/$(s)*.test.mjs))

browser: ## the pages in a real Chromium; make browser SLOWDOWN=6 on slow phones
	$(Q)CHOPAY=$(CURDIR)/$(BUILD)/chopay sh tests/support/side-by-side.sh $(JOBS) $(NODE_TEST) -- $(wildcard tests/browser/*.test.mjs)

.PHONY: bench-build bench-postgres bench-reports bench-pages
bench: bench-build ## speed, as ratios against something run beside it
	$(Q)CHOPAY=$(CURDIR)/$(BUILD)/chopay BUILD=$(BUILD) sh tests/bench/run.sh
	$(Q)CHOPAY=$(CURDIR)/$(BUILD)/chopay BUILD=$(BUILD) node tests/bench/postgres.mjs
	$(Q)CHOPAY=$(CURDIR)/$(BUILD)/chopay BUILD=$(BUILD) sh tests/bench/reports.sh
	$(Q)CHOPAY=$(CURDIR)/$(BUILD)/chopay sh tests/bench/print.sh
	$(Q)CHOPAY=$(CURDIR)/$(BUILD)/chopay BUILD=$(BUILD) node tests/bench/pages.mjs
bench-pages: bench-build ## ... of the stall's page alone: its weight, a slow phone, 1,000 stalls connected
	$(Q)CHOPAY=$(CURDIR)/$(BUILD)/chopay BUILD=$(BUILD) node tests/bench/pages.mjs
bench-reports: bench-build ## ... of a province's reports alone
	$(Q)CHOPAY=$(CURDIR)/$(BUILD)/chopay BUILD=$(BUILD) sh tests/bench/reports.sh
bench-postgres: bench-build ## ... on PostgreSQL alone: one node, two, and with a standby
	$(Q)CHOPAY=$(CURDIR)/$(BUILD)/chopay BUILD=$(BUILD) node tests/bench/postgres.mjs
bench-build: deps-bench
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) build $(patsubst tests/bench/%.c,$(BUILD)/bench/%,$(wildcard tests/bench/*.c))
$(BUILD)/bench/%: $(BUILD)/obj/tests/bench/%.o $(BUILD)/libchopay.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ $(PKG_LIBS)

SEEDS ?= 2000
STEPS ?= 60
sim: $(BUILD)/sim/sim ## simulated markets, one per seed: make sim SEEDS=100000, or SEED=17 alone
	$(Q)$(BESIDE) $< $(if $(SEED),--from $(SEED) --seeds 1 --verbose 1,--seeds $(SEEDS) --jobs $$(nproc)) --steps $(STEPS)
# On PostgreSQL it stands between the driver and the network.
$(BUILD)/sim/sim: LDFLAGS += -Wl,--wrap=PQpipelineSync
$(BUILD)/sim/sim: $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard tests/sim/*.c)) $(BUILD)/libchopay.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ $(PKG_LIBS)

FUZZ_SECONDS ?= 20
fuzz: deps-test ## every fuzz target from its kept corpus, T seconds each (make fuzz T=60), or one: F=csv
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) CC=clang SAN=fuzzer-no-link,address,undefined BUILD=build/fuzz $(FUZZERS:%=build/fuzz/%)
	$(Q)sh tests/fuzz/run.sh build/fuzz $(if $(T),$(T),$(FUZZ_SECONDS)) $$(nproc) $(if $(F),$(F),$(FUZZERS))
$(filter build/fuzz/feed_%,$(FUZZERS:%=build/fuzz/%)): build/fuzz/obj/tests/support/feed_fuzz.o
$(filter build/fuzz/statement_%,$(FUZZERS:%=build/fuzz/%)): $(patsubst %,build/fuzz/obj/tests/support/%.o,statement_fuzz zip_parts)
build/fuzz/%: build/fuzz/obj/tests/fuzz/%.o build/fuzz/libchopay.a
	$(Q)clang -pthread -fsanitize=fuzzer,address,undefined -o $@ $(filter %.o,$^) $(filter %.a,$^) $(PKG_LIBS)

# ---- keep tidy ------------------------------------------------------------------------------
C_FILES = $(shell git ls-files '*.c' '*.h')
fmt: ## format the C files
	$(Q)clang-format -i $(C_FILES)
fmt-check:
	$(Q)clang-format --dry-run -Werror $(C_FILES)
includes: ## who may include whom (DESIGN section 8)
	$(Q)sh tests/support/includes.sh
texts: ## what people read stands in the catalogues
	$(Q)sh tests/support/texts.sh
words: ## the texts of the pages stand in the order that they are searched by
	$(Q)LC_ALL=C sort -c gateway/web/words.tsv
released: ## steps of the schema that a release has taken along are never edited (gateway/store/schema)
	$(Q)cd gateway/store/schema && sha256sum --quiet -c $(CURDIR)/tests/fixtures/released-schema.sha256
scripts: ## the pages' scripts can be read as modules: a name declared twice stops a whole page
	$(Q)mkdir -p $(BUILD)/scripts; for f in gateway/web/*/*.js; do \
		copy=$(BUILD)/scripts/$$(echo $$f | tr / _ | sed 's/js$$/mjs/'); cp $$f $$copy && node --check $$copy || exit 1; done
tidy: fmt-check includes released scripts texts words ## format, include table, catalogues
lint: tidy ## ... and no warning of gcc or clang
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) WERROR=1 CC=gcc BUILD=build/werror-gcc build
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) WERROR=1 CC=clang BUILD=build/werror-clang build
sizes: ## the ten longest functions
	$(Q)git ls-files 'gateway/*.c' 'merchants/*.c' | ctags --languages=C --kinds-C=f --fields=+ne -f - -L - | \
	awk -F'\t' '{s=e=0; for(i=4;i<=NF;i++){if($$i~/^line:/)s=substr($$i,6); if($$i~/^end:/)e=substr($$i,5)} printf "%4d  %s  %s\n", e-s+1, $$1, $$2}' | sort -rn | head

# ---- run and install ------------------------------------------------------------------------
demo: all ## a running market with a simulated bank; prints the addresses to open
	$(Q)exec $(BUILD)/chopay demo $(DEMO)
certs: ## make or renew the development CA and its certificates in certs/dev
	$(Q)sh certs/make-dev-ca.sh

install: all ## into PREFIX (/usr/local): chopay, libvietqr, its header and pkg-config file
	install -D -m 755 $(BUILD)/chopay $(DESTDIR)$(PREFIX)/bin/chopay
	install -D -m 644 $(BUILD)/libvietqr.a $(DESTDIR)$(PREFIX)/lib/libvietqr.a
	install -D -m 755 $(BUILD)/libvietqr.so $(DESTDIR)$(PREFIX)/lib/libvietqr.so.1
	ln -sf libvietqr.so.1 $(DESTDIR)$(PREFIX)/lib/libvietqr.so
	install -D -m 644 include/vietqr.h $(DESTDIR)$(PREFIX)/include/vietqr.h
	install -D -m 644 $(BUILD)/libvietqr.pc $(DESTDIR)$(PREFIX)/lib/pkgconfig/libvietqr.pc
uninstall: ## what install put there
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/,bin/chopay lib/libvietqr.a lib/libvietqr.so lib/libvietqr.so.1 include/vietqr.h lib/pkgconfig/libvietqr.pc)
clean: ## everything built
	rm -rf build

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
