# make demo      build, then run the examples in a throw-away home
# make test      every test of every module
# make bench     whole-process measurements, as ratios within one run
# make install   PREFIX=/usr/local by default

PREFIX  ?= /usr/local
DESTDIR ?=
GO      ?= go
RELEASE ?= devel

# Executables of one build know each other by this id: a digest of the sources.
BUILD   := $(shell tools/build-id)
API     := github.com/fnhost/fn/host/api
LDFLAGS := -s -w -X $(API).build=$(BUILD) -X $(API).release=$(RELEASE)
BUILDGO := CGO_ENABLED=0 $(GO) build -trimpath -tags urfave_cli_no_docs -ldflags '$(LDFLAGS)'
PROGRAMS := fn fn-host fn-plugin-local fn-plugin-docker fn-worker fn-worker-provided

# Elsewhere than on Linux, the workers of containers are programs for another system.
ifneq ($(shell $(GO) env GOOS),linux)
WORKERS := $(foreach arch,amd64 arm64,fn-worker-linux-$(arch) fn-worker-provided-linux-$(arch))
endif

.PHONY: $(WORKERS) build demo test bench install generate tidy check release-check clean

build: $(WORKERS)
	@mkdir -p bin
	$(BUILDGO) -o bin/ ./cmd/fn ./cmd/fn-host ./plugins/local/cmd/fn-plugin-local ./plugins/docker/cmd/fn-plugin-docker ./worker/cmd/fn-worker ./worker/cmd/fn-worker-provided

$(WORKERS):
	GOOS=linux GOARCH=$(lastword $(subst -, ,$@)) $(BUILDGO) -o bin/$@ ./worker/cmd/$(firstword $(subst -linux-, ,$@))

demo: build
	@examples/demo bin

test:
	@tools/test

bench: build
	$(GO) run ./bench -bin bin

install: build
	install -d '$(DESTDIR)$(PREFIX)/bin'
	for p in $(PROGRAMS) $(WORKERS); do install -m 0755 bin/$$p '$(DESTDIR)$(PREFIX)/bin/' || exit 1; done

generate:
	$(GO) run ./tools/protogen sdk/proto/v1 fn/component/v1 component.proto
	$(GO) run ./tools/seccomp worker/seccomp/table.go

tidy:
	tools/tidy

# What compiles elsewhere, is formatted, generated and tidied. CI runs it.
check:
	@tools/check

# Installs every program by version from what is committed, as users will.
release-check:
	$(GO) run ./tools/release

clean:
	rm -rf bin
