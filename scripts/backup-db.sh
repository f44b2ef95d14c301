#!/bin/bash
# slipway backup create: from this tree's build, from the PATH, or from the ops image.
# usage: backup-db.sh [staging|production] [<option of slipway backup create>...]
# Without an environment it is production's database. Exit codes: those of `slipway backup`.
set -euo pipefail

environment=production
case "${1:-}" in
  staging | production) environment=$1 && shift ;;
esac
exec "${BASH_SOURCE[0]%/*}/slipway" backup create "$environment" "$@"
