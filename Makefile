# Every verb of the repository. Needs make, git, Node with npm; Bun is fetched by `make setup`.

BUN_VERSION := $(shell sed -n 's/.*"packageManager": "bun@\([^"]*\)".*/\1/p' package.json)
READY := node_modules/.ready-bun-$(BUN_VERSION)
PREFIX ?= $(HOME)/bin

export PATH := $(CURDIR)/.tools:$(CURDIR)/node_modules/.bin:$(PATH)
.DEFAULT_GOAL := help
.PHONY: help setup build build-agent-runner build-test install-agent-runner install release-local \
	release-local-full release-assets release-key test-release demo dev test check fmt bench hooks clean ci

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' Makefile | expand -t 22

setup: $(READY) ## get Bun and the dependencies; free when they are there

$(READY): package.json bun.lock src/build/setup.sh
	@sh src/build/setup.sh $(BUN_VERSION)
	@touch $@

build: build-agent-runner ## compile dist/stigmer (VERSION=v1.2.3 for a release, else "dev")
	@bun src/build/build-binary.ts

build-agent-runner: $(READY) ## bundle dist/agent-runner
	@bun src/build/build-agent-runner.ts

install-agent-runner: build-agent-runner ## rebuild only the agent-runner and use it until `stigmer runner reset`
	@bun src/build/install-agent-runner.ts

release-local: $(READY) ## build stigmer quickly and install it in PREFIX (~/bin) with its names
	@test -e dist/agent-runner || bun src/build/build-agent-runner.ts
	@bun src/build/build-binary.ts
	@bun src/build/install-binary.ts "$(PREFIX)"

release-local-full: build install-agent-runner ## build and install everything
	@bun src/build/install-binary.ts "$(PREFIX)"

install: release-local ## the same as release-local

demo: build ## a workflow that calls an agent, from an empty home to its result
	@bun test/demo/main.ts

dev: build-agent-runner ## run the server from source; starts again when a file changes
	@bun --watch src/multicall/main.ts internal-server

test: build build-test ## every test, also those of the compiled binary
	@bun test --timeout 60000

build-test: build-agent-runner
	@bun src/build/build-test-binary.ts

release-assets: $(READY) ## every file of a release: VERSION=v1.2.3 [TARGETS="linux-amd64 …"] [SIGNING_KEY=file or PUBLIC_KEY=file] [SIGNED=folder]
	@bun src/build/release-assets.ts

test-release: $(READY) ## build a whole release twice in two folders, compare the bytes and check every file
	@bun src/build/test-release.ts

release-key: $(READY) ## make the key that signs releases: SECRET=<its place>; the public half goes into embed/
	@bun src/build/release-key.ts "$(SECRET)"

check: build-agent-runner ## format, types, lint, dead code
	@bun fmt --check
	@bun check
	@oxlint
	@knip

fmt: $(READY) ## format everything
	@bun fmt

bench: build ## the budgets, as ratios
	@bun test/bench/main.ts

hooks: ## check each commit before it is made
	@git config core.hooksPath .githooks

clean: ## remove what was built
	@rm -rf dist

ci: $(READY) ## everything, as on a fresh machine; ends with the counts
	@bun src/build/ci.ts
