# Everything a newcomer needs is `make demo` and `make test`; both do all of their own set-up.
.DEFAULT_GOAL := help
.PHONY: help demo test bench lint format build install install-files uninstall clean

MAINSPRING := .build/release/mainspring
ORDERS ?= 10000
SEED ?= 1
BENCH_ORDERS ?= 1000000
PREFIX ?= /usr/local
DESTDIR ?=
# /etc belongs to a system's own prefixes; a user's prefix has its own.
SYSCONFDIR ?= $(if $(filter /usr /usr/local,$(PREFIX)),/etc,$(PREFIX)/etc)
UNITDIR ?= $(PREFIX)/lib/systemd/system
# The home that the installed systemd units use.
JOBS_HOME ?= /srv/mainspring
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

install: build install-files ## Install the program, its home, manual, completions and timers under PREFIX (/usr/local)

SHARE := $(DESTDIR)$(PREFIX)/share

install-files:
	install -d $(DESTDIR)$(PREFIX)/bin $(SHARE)/mainspring $(SHARE)/man/man1 $(SHARE)/bash-completion/completions \
		$(SHARE)/zsh/site-functions $(SHARE)/fish/vendor_completions.d $(DESTDIR)$(SYSCONFDIR)/logrotate.d
	install -m 0755 $(MAINSPRING) $(DESTDIR)$(PREFIX)/bin/mainspring
	cp -R jobs reports config $(SHARE)/mainspring/
	$(MAINSPRING) manual >$(SHARE)/man/man1/mainspring.1
	$(MAINSPRING) --generate-completion-script bash >$(SHARE)/bash-completion/completions/mainspring
	$(MAINSPRING) --generate-completion-script zsh >$(SHARE)/zsh/site-functions/_mainspring
	$(MAINSPRING) --generate-completion-script fish >$(SHARE)/fish/vendor_completions.d/mainspring.fish
	$(MAINSPRING) jobs systemd --home . --as-home $(JOBS_HOME) --program $(PREFIX)/bin/mainspring \
		--out $(DESTDIR)$(UNITDIR) >/dev/null
	install -m 0644 config/deploy/logrotate $(DESTDIR)$(SYSCONFDIR)/logrotate.d/mainspring

uninstall: ## Remove what install put under PREFIX; homes and databases stay
	rm -f $(DESTDIR)$(PREFIX)/bin/mainspring $(SHARE)/man/man1/mainspring.1 \
		$(SHARE)/bash-completion/completions/mainspring $(SHARE)/zsh/site-functions/_mainspring \
		$(SHARE)/fish/vendor_completions.d/mainspring.fish $(DESTDIR)$(SYSCONFDIR)/logrotate.d/mainspring
	for job in jobs/*.yml; do name=$$(basename "$$job" .yml); \
		rm -f "$(DESTDIR)$(UNITDIR)/mainspring-$$name.service" "$(DESTDIR)$(UNITDIR)/mainspring-$$name.timer"; done
	rm -rf $(SHARE)/mainspring/jobs $(SHARE)/mainspring/reports $(SHARE)/mainspring/config
	[ ! -d $(SHARE)/mainspring ] || rmdir --ignore-fail-on-non-empty $(SHARE)/mainspring

clean: ## Remove what was built (never the demo's data)
	rm -rf .build
