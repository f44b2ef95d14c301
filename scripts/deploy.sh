#!/bin/bash
# slipway deploy: from this tree's build, from the PATH, or from the ops image.
# usage: deploy.sh <staging|production> [<version>] [--dry-run] [<option of slipway deploy>...]
# Exit codes: those of `slipway deploy`; see --help.
set -euo pipefail

exec "${BASH_SOURCE[0]%/*}/slipway" deploy "$@"
