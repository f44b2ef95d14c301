#!/bin/sh
# Becomes redis-server; before that, when REDIS_ACL_TEMPLATE names a file of users, writes
# /run/redis/users.acl from it: "#@name@" becomes the SHA-256 of the secret /run/secrets/<name>, as
# Redis wants passwords there. So the rights are in the repository and the passwords are not.
set -eu

fail() {
  printf 'docker-entrypoint: %s\n' "$1" >&2
  exit 1
}

write_users() {
  expressions=""
  for name in $(grep -v '^#' "$REDIS_ACL_TEMPLATE" | grep -o '#@[a-z0-9_]*@' | tr -d '#@' | sort -u); do
    secret=/run/secrets/$name
    [ -r "$secret" ] || fail "cannot read the secret $secret as uid $(id -u)"
    digest=$(tr -d '\n' <"$secret" | sha256sum | cut -d' ' -f1)
    expressions="$expressions;s/#@$name@/#$digest/g"
  done
  umask 077
  # Redis takes neither comments nor empty lines there.
  sed -e '/^#/d;/^$/d' -e "${expressions#;}" "$REDIS_ACL_TEMPLATE" >/run/redis/users.acl
}

case "${1:-}" in -* | *.conf) set -- redis-server "$@" ;; esac
if [ "${1:-}" = redis-server ] && [ -n "${REDIS_ACL_TEMPLATE:-}" ]; then write_users; fi
umask 077
exec "$@"
