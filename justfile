# `./justw` lists the recipes; `./justw demo` and `./justw test` are the two to know.

set positional-arguments

[private]
default:
    @just --list --unsorted

# start everything here and watch a real model answer, metered; `demo money` tells three months of invoices
[group('run')]
demo *args:
    @python -m api.cli demo "$@"

# start Postgres, NATS, workers and the API; Ctrl-C stops them
[group('run')]
up *args:
    @python -m api.cli up "$@"

# the operator's command line, e.g. `./justw hb dlq list`
[group('run')]
hb *args:
    @python -m api.cli "$@"

# run the tests, files side by side on all cores; with arguments, pytest with those
[group('test')]
test *args:
    @python -m pytest {{ if args == "" { "--numprocesses logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder" } else { "" } }} "$@"

# write tests/api/matrix/expected.txt anew (which role gets which answer with whose ids), and ask Postgres for the same
[group('test')]
matrix:
    @python -m tests.api.matrix

# lint, format, types, import contracts: what CI checks
[group('test')]
check:
    ruff check .
    ruff format --check .
    mypy
    lint-imports --no-logo

# measure, beside a reference in the same run; `peers` adds DBOS and LangGraph, `engine` measures runs of all shapes, `money` holding, proving and telling, `isolation` what it costs that nobody sees another's rows
[group('test')]
bench *args:
    @python -m tests.benchmarks "$@"

# kill workers, the API, NATS and Postgres under load and check the ledger; `--random --pause worker --disorder` is all of it
[group('test')]
chaos *args:
    @python -m tests.acceptance.chaos "$@"

# send the whole OpenAPI, in process, as every role: its examples, fitting requests and wrong ones
[group('test')]
fuzz *args:
    @python -m tests.fuzz "$@"

# regenerate docs/flows.md, docs/settings.md, docs/roles.md and docs/events
[group('docs')]
docs:
    python -m bus.docs
    python -m infra.docs
    python -m infra.role_docs

# format and fix what can be fixed
[group('setup')]
fmt:
    ruff format .
    ruff check --fix .

# resolve pyproject.toml into requirements.lock again
[group('setup')]
lock:
    uv pip compile --quiet --upgrade --generate-hashes --no-annotate --no-header --python-version 3.11 --extra dev pyproject.toml -o requirements.lock
