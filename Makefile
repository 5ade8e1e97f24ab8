# Everything a newcomer needs is `make demo` and `make test`; both do all of their own set-up.
.DEFAULT_GOAL := help
.PHONY: help demo test bench lint format build install clean

MAINSPRING := .build/release/mainspring
ORDERS ?= 10000
SEED ?= 1
BENCH_ORDERS ?= 1000000
PREFIX ?= /usr/local
SOURCES := Package.swift Sources Tests

help: ## Show what can be made
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: build ## From nothing to a reconciled night and a workbook (ORDERS=10000 SEED=1)
	@$(MAINSPRING) demo --orders $(ORDERS) --seed $(SEED)
	@$(MAINSPRING) run nightly --date 2026-06-30

test: ## Run every test, on a real PostgreSQL of its own
	@scripts/setup.sh test
	swift test --disable-xctest

build: ## Build the program, optimised
	@scripts/setup.sh build
	swift build -c release --product mainspring

bench: build ## Measure a night and its files against their limits (BENCH_ORDERS=1000000)
	@scripts/setup.sh bench
	@bench/run.sh $(BENCH_ORDERS) 3

lint: ## Check the format of the code
	swift format lint --strict --recursive $(SOURCES)

format: ## Format the code
	swift format --in-place --recursive $(SOURCES)

install: build ## Install the program and its home under PREFIX (/usr/local)
	install -d $(PREFIX)/bin $(PREFIX)/share/mainspring
	install -m 0755 $(MAINSPRING) $(PREFIX)/bin/mainspring
	cp -R jobs reports config $(PREFIX)/share/mainspring/

clean: ## Remove what was built (never the demo's data)
	rm -rf .build
