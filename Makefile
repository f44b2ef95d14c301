# Entry points. `make` alone lists them; each installs the packages that it needs and lacks.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:

# Settings of scripts are variables of the environment, or arguments of make: make up MONITORING=1.
export JOBS ?= $(shell nproc)
# A compiler cache also for users without a home folder.
ifneq ($(shell test -w "$$HOME" && echo yes),yes)
export CCACHE_DIR ?= $(CURDIR)/.cache/ccache
endif

packages = scripts/dev/install-packages
slipwayd = build/release/bin/slipwayd
sources = $(shell find src bench -name '*.[ch]pp' -not -path '*/node_modules/*')
scripts = $(shell grep -rlsE '^#!/(usr/)?bin/(env )?(ba)?sh' scripts .ci bench tests images --exclude-dir=node_modules)

.PHONY: help
help: ## lists the targets
	@sed -n 's/^\([a-z0-9-]*\):[^#]*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 21

# Configures a preset when it never was or the presets changed; ninja sees to the rest.
build/%/build.ninja: CMakePresets.json
	@cmake --preset $* >/dev/null && touch $@

.PHONY: build
build: ## builds build/release/bin/slipwayd
	@$(packages) build
	@$(MAKE) -s build/release/build.ninja
	@cmake --build --preset release --target slipwayd -- -j $(JOBS)

.PHONY: run
run: build ## starts the service; settings come from the environment: PORT=9000 make run
	@echo "slipwayd: http://localhost:$${PORT:-8000}/docs (Ctrl-C stops it)" >&2
	@exec $(slipwayd)

.PHONY: test
test: ## unit tests with sanitizers, black-box tests of the release and sanitized programs
	@$(packages) test browser
	@scripts/dev/run-tests

.PHONY: check
check: check-format check-layers check-scripts check-workflows check-kubernetes check-tidy ## formatting, layers, scripts, workflows, manifests, static analysis

.PHONY: check-format check-layers check-scripts check-workflows check-kubernetes check-tidy
check-format:
	@$(packages) check
	@clang-format-19 --dry-run -Werror $(sources)

check-layers:
	@$(packages) check
	@scripts/dev/check-layers
	@scripts/dev/check-layers-test

check-scripts:
	@$(packages) check
	@shellcheck $(scripts)
	@yamllint --strict .
	@scripts/dev/check-dockerfiles

check-workflows:
	@$(packages) check
	@scripts/dev/check-workflows
	@scripts/dev/check-workflows-test

check-kubernetes:
	@$(packages) check
	@PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 -m pytest -q -p no:cacheprovider tests/kubernetes </dev/null

check-tidy:
	@$(packages) check
	@$(MAKE) -s build/tidy/build.ninja
	@cmake --build --preset tidy --target generated
	@scripts/dev/tidy

.PHONY: format
format: ## formats the sources in place
	@$(packages) check
	@clang-format-19 -i $(sources)

.PHONY: tsan
tsan: ## the tests in which threads meet, with ThreadSanitizer
	@$(packages) test
	@REPORTS=build/reports-tsan scripts/dev/run-tests unit-tsan tsan

.PHONY: test-faults
test-faults: ## drills and races of the service alone (DRILL_LENGTH, RACE_OPERATIONS: long ones)
	@$(packages) test
	@scripts/dev/run-tests faults

.PHONY: fuzz
fuzz: ## runs each fuzz target for FUZZ_SECONDS (10)
	@$(packages) fuzz
	@$(MAKE) -s build/fuzz/build.ninja
	@cmake --build --preset fuzz --target fuzz_targets -- -j $(JOBS)
	@scripts/dev/run-fuzzers

.PHONY: bench
bench: ## measures the service beside its peers (as root): 20 minutes; QUICK=1: under 3
	@$(packages) bench
	@$(MAKE) -s build build/bench/build.ninja
	@cmake --build --preset bench --target bench_beast --target open_loop -- -j $(JOBS)
	@bench/run

.PHONY: test-debian13
test-debian13: ## the same build and tests in a Debian 13 chroot (as root); PHASES chooses some
	@$(packages) debian13
	@scripts/dev/test-debian13 $(PHASES)

.PHONY: setup-docker
setup-docker: ## sees to a running Docker Engine: installs the distribution's, starts it (as root)
	@scripts/dev/setup-docker

.PHONY: images image-lock image-verify
images: setup-docker ## builds the images of the stack, or IMAGES of it (LOCKED=1: only of locked packages)
	@scripts/dev/build-images $(IMAGES)

image-lock: ## writes images/packages.lock: version and digest of all that is in the images
	@scripts/dev/image-packages lock

image-verify: ## compares what is in the images with images/packages.lock and their SBOMs
	@scripts/dev/image-packages verify
	@scripts/supply-chain/sbom verify

.PHONY: sbom licenses scan scan-released
# Of the stack's images, or of IMAGES alone.
image_names = $(if $(IMAGES),$(shell scripts/dev/build-images --tags $(IMAGES)))

sbom: ## lists what is in the images: build/sbom/*.cdx.json (CycloneDX)
	@$(packages) sbom
	@scripts/supply-chain/sbom write $(image_names)
	@scripts/dev/validators/validate sbom build/sbom/*.cdx.json

licenses: ## lists the licence of everything that ships: build/licenses.tsv
	@mkdir -p build
	@scripts/supply-chain/sbom licences $(image_names) >build/licenses.tsv
	@echo "licenses: build/licenses.tsv"

scan: ## looks for known weaknesses: in the service's image or IMAGES, and in the tree
	@scripts/supply-chain/scan $(image_names)

scan-released: ## the same for the image REGISTRY/IMAGE_NAME:latest
	@docker pull --quiet "$${REGISTRY,,}/$${IMAGE_NAME,,}:latest"
	@scripts/supply-chain/scan "$${REGISTRY,,}/$${IMAGE_NAME,,}:latest"

.PHONY: publish sign verify-signature
publish: ## pushes the service's image to REGISTRY/IMAGE_NAME (PLATFORMS: builds it for these)
	@scripts/supply-chain/publish

sign: ## signs IMAGE (build/publish/image) and its SBOM: by COSIGN_KEY, or keyless in a workflow
	@scripts/supply-chain/sign image $(published)

verify-signature: ## checks that IMAGE (build/publish/image) is signed by whom we trust
	@scripts/supply-chain/sign verify-image $(published)

published = "$${IMAGE:-$$(cat build/publish/image)}"

.PHONY: deploy validate-deployment rollback deployment-summary
deploy: ## puts IMAGE (name@digest) in the place of what serves in ENVIRONMENT, as VERSION
	@scripts/supply-chain/deployment deploy

validate-deployment: ## asks what serves in ENVIRONMENT whether it is well
	@scripts/supply-chain/deployment validate

rollback: ## goes back in ENVIRONMENT to what served before
	@scripts/supply-chain/deployment rollback

deployment-summary: ## says what serves in ENVIRONMENT and how that came to be
	@scripts/supply-chain/deployment summary | scripts/supply-chain/step-summary "$$ENVIRONMENT"

.PHONY: release-binary release sign-release publish-release
release-binary: ## builds dist/slipway-<version>-linux-<architecture>, which needs no library
	@scripts/supply-chain/release binary

release: ## makes dist/ of VERSION: binary, SBOMs, licences, notes, checksums
	@compgen -G 'dist/slipway-*-linux-*' >/dev/null || $(MAKE) -s release-binary
	@$(MAKE) -s sbom licenses VERSION= IMAGES=
	@scripts/supply-chain/release assemble "$$VERSION"
	@scripts/supply-chain/release verify

sign-release: ## signs dist/SHA256SUMS as `sign` does
	@scripts/supply-chain/sign blob dist/SHA256SUMS

publish-release: ## publishes dist/ as the release of VERSION
	@scripts/supply-chain/release publish "$$VERSION"

.PHONY: up down
up: setup-docker ## brings the production stack up: https://localhost/docs (STACK=staging: that one; MONITORING=1)
	@scripts/dev/stack up $(or $(STACK),production)

down: ## takes it away again; the data stays
	@scripts/dev/stack down $(or $(STACK),production)

.PHONY: verify
verify: setup-docker ## the seven checks of a deployment: of the image, or URL=https://... TOKEN_FILE=token
	@scripts/verify $(URL) $(if $(TOKEN_FILE),--token-file $(TOKEN_FILE))

.PHONY: test-stack
test-stack: images ## brings stacks up on a real Engine and tries them
	@$(packages) stack
	@REPORTS=build/reports-stack scripts/dev/run-tests stack

.PHONY: test-drills drill
test-drills: images ## deployments and rollbacks under load, bad versions, interruptions, shortened
	@$(packages) stack
	@scripts/dev/run-tests drills

drill: ## all of it, half an hour; writes docs/drills.md
	@$(MAKE) test-drills DRILL=full

.PHONY: test-pipeline
test-pipeline: images ## plays the workflow's own commands: image, scan, push, signature, deployment
	@$(packages) pipeline
	@scripts/dev/run-tests pipeline

.PHONY: test-operations
test-operations: ## drills and ops, shortened, with the images that are there: what CI runs
	@$(packages) stack test
	@REPORTS=build/reports-operations scripts/dev/run-tests drills ops

.PHONY: test-swarm
test-swarm: images ## the stack on a real Swarm of three Engines (as root)
	@$(packages) stack
	@scripts/dev/run-tests swarm

.PHONY: clean
clean: ## removes what was built
	@rm -rf build dist
