# Everything a fresh machine needs, and the commands of daily work. ARGS is passed on: make up ARGS='--nodes 2 --no-egress'
ARGS ?=
export PATH := $(CURDIR)/.tools/bin:$(PATH)

.PHONY: up down test check build bench prepare unit

up: build
	@node dist/cli/main.js up $(ARGS)

down:
	@node dist/cli/main.js down $(ARGS)

test: prepare
	@node tools/test.ts $(ARGS)

unit: prepare
	@node tools/test.ts unit $(ARGS)

check: prepare
	@node tools/test.ts check

build: prepare
	@node tools/build.ts

bench: build
	@node bench/main.ts $(ARGS)

prepare:
	@sh tools/prepare.sh
