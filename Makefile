# Newswire's commands. `make` alone lists them; a line with ## is what it prints.

SWIFT      ?= swift
PYTHON     ?= /usr/bin/python3
SWIFTFLAGS ?=
PREFIX     ?= /usr
DESTDIR    ?=
# Debian 12 keeps units below /lib; `systemd-analyze unit-paths` lists what a system reads.
UNITDIR    ?= $(if $(filter /usr,$(PREFIX)),/lib/systemd/system,$(PREFIX)/lib/systemd/system)
SYSCONFDIR ?= /etc

BUILD    := .build/release
PROGRAMS := newswired newswire-worker newswirectl newswire-forward
# Plugins with a program in Swift; the program is built like the others and put beside its plugin.toml.
PROGRAM_PLUGINS := tagesschau
# The release build carries the Swift runtime, so that a machine without Swift can run it.
RELEASE  := -c release --static-swift-stdlib $(SWIFTFLAGS)
# On a terminal Swift shows its progress; in a pipe only what went wrong.
QUIET    := $(shell [ -t 1 ] || echo --quiet)
TESTFLAGS = --skip-build --ignore-lock --disable-xctest --no-parallel $(QUIET) $(SWIFTFLAGS)
# newswired stripped, in bytes: the budget of docs/decisions (30 MB).
BUDGET   := 30000000

.DEFAULT_GOAL := help
.PHONY: help deps build demo run test unit-tests system-tests fuzz soak fleet service-soak start-stop install deb format lint check-units size clean

help: ## list the commands
	@echo "Newswire gets the news of many publishers into one queue on this machine."
	@echo
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{printf "%-22s %s\n", $$1, $$2}'

deps:
	@scripts/install-deps.sh

build: deps ## build the programs (release) into .build/release
	@$(SWIFT) build $(QUIET) $(RELEASE)
	@for id in $(PROGRAM_PLUGINS); do cp -f $(BUILD)/$$id Plugins/$$id/$$id; done

demo: build ## show everything on a bundled sample newspaper, without internet
	@PYTHON=$(PYTHON) Demo/run.sh $(BUILD)

run: build ## run the daemon on the real publishers, below ./var; Ctrl-C stops it
	@scripts/run-local.sh $(BUILD)

test: unit-tests system-tests ## run all tests

unit-tests: ## the modules' own tests
	@scripts/install-deps.sh --test
	@$(SWIFT) build --build-tests $(QUIET) $(SWIFTFLAGS)
	@# One at a time: many tests block on sockets, processes and disks, and in parallel they would starve each other.
	@# Those of leases wait for leases to end, and little else: they run beside the others.
	@waiting=$$(mktemp); status=0; \
	$(SWIFT) test $(TESTFLAGS) --filter FleetTests >"$$waiting" 2>&1 & \
	$(SWIFT) test $(TESTFLAGS) --skip FleetTests || status=$$?; \
	wait $$! || status=$$?; cat "$$waiting"; rm -f "$$waiting"; exit $$status

system-tests: build ## the real programs against local servers
	@scripts/install-deps.sh --test
	@$(PYTHON) Tests/System/run.py --programs $(BUILD)

soak: build ## the long forms of the queue's tests: kills, power cuts, faults (20 min; root for power cuts)
	@scripts/install-deps.sh --test
	@NEWSWIRE_LONG=1 $(PYTHON) Tests/System/run.py --programs $(BUILD) \
	  -k test_kill. -k test_power_cut. -k test_injection. -k test_soak. -k Forward.test_kills

fleet: build ## a fleet of three nodes through 50 random orders of faults, beside PostgreSQL and NATS (25 min; root)
	@scripts/install-deps.sh --test
	@NEWSWIRE_LONG=1 $(PYTHON) Tests/System/run.py --programs $(BUILD) -k test_fleet.

FUZZ_TARGETS ?= feeds html
FUZZ_SECONDS ?= 20
fuzz: ## fuzz what reads bytes from the internet, FUZZ_SECONDS a format
	@for target in $(FUZZ_TARGETS); do \
	  Fuzz/run.sh $$target -max_total_time=$(FUZZ_SECONDS) -verbosity=0 -print_final_stats=1 Tests/Fixtures || exit 1; done
	@if find Fuzz/seeds Tests/Fixtures -type f | grep -qE '/[0-9a-f]{40}$$'; then \
	  echo "the fuzzer wrote into the folders that it was given: see Fuzz/run.sh" >&2; exit 1; fi

install: build ## install programs, plugins, units and configuration (PREFIX, DESTDIR)
	@PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)" UNITDIR="$(UNITDIR)" SYSCONFDIR="$(SYSCONFDIR)" scripts/install.sh $(BUILD)

deb: build ## make the Debian packages, in .build/deb
	@scripts/install-deps.sh --package
	@scripts/build-deb.sh $(BUILD)

service-soak: build ## an hour of 150 publishers from loopback: memory and processor time
	@$(PYTHON) Tests/System/soak.py --programs $(BUILD)

start-stop: build ## seconds to READY and to the end with a million articles
	@$(PYTHON) Tests/System/start_stop.py --programs $(BUILD)

# Not whole folders where a package may have been built: its .build holds the sources of others.
STYLED := Package.swift Sources Tests Plugins docs/examples/swift Fuzz/Package.swift Fuzz/Sources/newswire-fuzz \
	$(wildcard Benchmarks/*/Package.swift Benchmarks/*/Sources)

format: ## put the sources into the house style
	@$(SWIFT) format --in-place --recursive --parallel $(STYLED)

lint: ## check the house style
	@$(SWIFT) format lint --strict --recursive --parallel $(STYLED)

check-units: ## check the systemd units
	@scripts/check-units.sh

size: build ## check the size budget of newswired
	@scripts/check-size.sh $(BUILD)/newswired $(BUDGET)

clean: ## remove what was built and what the demo left
	@rm -rf .build Fuzz/.build Benchmarks/*/.build var/demo
	@for id in $(PROGRAM_PLUGINS); do rm -f Plugins/$$id/$$id; done
