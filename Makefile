# `make` lists the targets. All of them bring what they need: Node.js 24 by npm, Asterisk, phones and PostgreSQL by
# Debian packages that are unpacked into a cache folder, without touching the system.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

node_modules/.package-lock.json: package.json package-lock.json
	@npm ci --loglevel=error
	@touch $@

build/page/index.html: node_modules/.package-lock.json $(shell find src/admin/web -type f)
	@vite build --logLevel warn src/admin/web

.PHONY: page
page: build/page/index.html ## the admin's page, which the service serves

.PHONY: demo
demo: page ## two phone systems, one key, one call, in under two minutes (KEEP=1 leaves them running, TRUNK=iax2 takes IAX2)
	@node test/demo.ts

.PHONY: test
test: check-static page ## everything: checks, unit tests, database suite, real calls
	@vitest run

.PHONY: rig-long
rig-long: page ## load, floods, and scenarios that wait long for something; about five minutes
	@vitest run --config vitest.long.config.ts

.PHONY: check
check: check-static ## format, lint, types and unit tests; under a minute
	@vitest run --project unit

.PHONY: check-static
check-static: node_modules/.package-lock.json
	@prettier --check --log-level warn .
	@oxlint --deny-warnings
	@tsc -p .
	@tsc -p src/admin/web

.PHONY: bench
bench: node_modules/.package-lock.json ## how fast, against plain Dial and DUNDi; two hours (PHASES="calls rates" measures these anew)
	@node bench/bench.ts $(PHASES)

.PHONY: bench-quick
bench-quick: node_modules/.package-lock.json ## the same with small samples, in under three minutes
	@node bench/bench.ts --quick $(PHASES)

.PHONY: bench-profile
bench-profile: node_modules/.package-lock.json ## where the services' time goes with calls; writes bench/profile.txt
	@node bench/profile.ts

.PHONY: bench-hour
bench-hour: node_modules/.package-lock.json ## an hour of calls: memory and descriptors
	@node bench/bench.ts hour

.PHONY: measure
measure: node_modules/.package-lock.json ## start time, memory, what a scrape costs with 1,000 interlinks, what times tell
	@node bench/start.ts
	@node bench/scrape.ts
	@node test/privacy-timing.ts

.PHONY: release
release: node_modules/.package-lock.json ## the archive to install from, with its checksum, in build/
	@node packaging/release.ts

.PHONY: rig
rig: node_modules/.package-lock.json ## two systems in containers, linked, with a call to check (RIG=three and others: docs/containers.md)
	@docker/engine.sh
	@node test/docker/rig.ts $(RIG)

.PHONY: rig-down
rig-down: ## remove what make rig started, with its data
	@docker compose --project-name interlinks-rig down --volumes --remove-orphans

.PHONY: screenshots
screenshots: page ## write the pictures of the page in docs/images
	@node test/screenshots.ts

.PHONY: format
format: node_modules/.package-lock.json ## format all files
	@prettier --write --log-level warn .

.PHONY: example
example: node_modules/.package-lock.json ## write interlinks.example.yaml, docs/commands.md and docs/openapi.json from the code
	@node tools/write-example.ts
	@node tools/write-reference.ts
	@node tools/write-openapi.ts
	@prettier --write --log-level warn docs/openapi.json
