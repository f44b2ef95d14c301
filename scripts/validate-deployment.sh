#!/bin/bash
# slipway validate: from this tree's build, from the PATH, or from the ops image.
# usage: validate-deployment.sh [<base-url>] [<option of slipway validate>...]
# Exit codes: those of `slipway validate`; see --help.
set -euo pipefail

exec "${BASH_SOURCE[0]%/*}/slipway" validate "$@"
