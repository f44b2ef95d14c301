#!/bin/bash
# Makes the database cluster at the first start, with what the official image's variables say
# (POSTGRES_USER, _PASSWORD, _DB, _INITDB_ARGS, _INITDB_WALDIR, _HOST_AUTH_METHOD, each with _FILE
# too, and PGDATA), runs the files of /docker-entrypoint-initdb.d, and becomes the server.
# Anything but `postgres` or its options is run as it is.
set -euo pipefail

fail() {
  printf 'docker-entrypoint: %s\n' "$1" >&2
  exit 1
}

# from_file <variable> [default]: the variable's value, or that of the file in <variable>_FILE.
from_file() {
  local name=$1 file_name=$1_FILE value=${2:-}
  if [[ ${!name:-} && ${!file_name:-} ]]; then fail "both $name and $file_name are set"; fi
  if [[ ${!name:-} ]]; then
    value=${!name}
  elif [[ ${!file_name:-} ]]; then
    [[ -r ${!file_name} ]] || fail "$file_name: cannot read ${!file_name} as uid $(id -u)"
    value=$(<"${!file_name}")
  fi
  export "$name=$value"
  unset "$file_name"
}

make_cluster() {
  local arguments=() password_file
  eval "arguments=(${POSTGRES_INITDB_ARGS})"
  if [[ $POSTGRES_INITDB_WALDIR ]]; then arguments+=(--waldir="$POSTGRES_INITDB_WALDIR"); fi
  password_file=$(mktemp)
  printf '%s\n' "$POSTGRES_PASSWORD" >"$password_file"
  # Arguments given win over those before them.
  initdb --username="$POSTGRES_USER" --pwfile="$password_file" --encoding=UTF8 --locale=C.UTF-8 \
    --auth-local=trust --auth-host=scram-sha-256 --data-checksums "${arguments[@]}"
  rm -f "$password_file"
  printf '\nhost all all all %s\n' "${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" >>"$PGDATA/pg_hba.conf"
}

run_sql() {
  psql -v ON_ERROR_STOP=1 --no-psqlrc --no-password --quiet \
    --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" "$@"
}

run_init_file() {
  case "$1" in
    *.sh)
      if [[ -x $1 ]]; then "$1"; else
        # shellcheck source=/dev/null
        . "$1"
      fi
      ;;
    *.sql) run_sql --file="$1" ;;
    *.sql.gz) gunzip --stdout "$1" | run_sql ;;
    *.sql.xz) xz --decompress --stdout "$1" | run_sql ;;
    *.sql.zst) zstd --decompress --stdout "$1" | run_sql ;;
    *) printf 'docker-entrypoint: ignoring %s\n' "$1" && return ;;
  esac
  printf 'docker-entrypoint: ran %s\n' "$1"
}

# A server that only this script can reach, for the init files: its socket is elsewhere, so that no
# health check finds it. Its rules are initdb's own: those of the configuration may well let nobody
# in by now.
run_init_files() {
  local file
  PGHOST=$(mktemp --directory)
  export PGHOST
  PGUSER=$POSTGRES_USER pg_ctl --pgdata="$PGDATA" --wait --silent start --options="\
    -c listen_addresses='' -c unix_socket_directories=$PGHOST -c ssl=off -p ${PGPORT:-5432}"
  if [[ $POSTGRES_DB != postgres ]]; then
    run_sql --dbname=postgres --set=db="$POSTGRES_DB" <<<'CREATE DATABASE :"db";'
  fi
  for file in /docker-entrypoint-initdb.d/*; do
    if [[ -e $file ]]; then run_init_file "$file"; fi
  done
  pg_ctl --pgdata="$PGDATA" --mode=fast --wait --silent stop
  rm -rf "$PGHOST"
  unset PGHOST
}

set_up() {
  from_file POSTGRES_PASSWORD
  from_file POSTGRES_USER postgres
  from_file POSTGRES_DB "$POSTGRES_USER"
  from_file POSTGRES_INITDB_ARGS
  from_file POSTGRES_INITDB_WALDIR
  if [[ -s $PGDATA/PG_VERSION && ! -e $PGDATA/slipway-init ]]; then return; fi
  if [[ -z $POSTGRES_PASSWORD && ${POSTGRES_HOST_AUTH_METHOD:-} != trust ]]; then
    fail "no password for the database's superuser: set POSTGRES_PASSWORD_FILE (or POSTGRES_PASSWORD)"
  fi
  # A start that was cut short left half a cluster: no client ever saw it, so it is made anew.
  if [[ -e $PGDATA/slipway-init ]]; then find "$PGDATA" -mindepth 1 -delete; fi
  if [[ $(ls -A "$PGDATA") && ! $(ls -A "$PGDATA") == lost+found ]]; then
    fail "$PGDATA is neither empty nor a database cluster"
  fi
  make_cluster
  : >"$PGDATA/slipway-init"
  run_init_files
  rm "$PGDATA/slipway-init"
  printf 'docker-entrypoint: the database cluster is made\n'
}

if [[ ${1:-} == -* ]]; then set -- postgres "$@"; fi
if [[ ${1:-} == postgres ]] && ! grep -qxE -- '-V|--version|--help|-\?|--describe-config|-C' <(printf '%s\n' "${@:2}"); then
  set_up
  # What was needed to make the cluster is no business of the server and its children.
  unset POSTGRES_PASSWORD
fi
exec "$@"
