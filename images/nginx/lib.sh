# What the configuration of the proxy is made of at run time, in files that it includes. Sourced by
# docker-entrypoint.sh. Every file is written whole and renamed, so that nginx never reads half.
# shellcheck shell=sh

generated=/run/nginx/generated
edge=/etc/nginx/nginx.conf
router=/etc/nginx/router.conf
hosts_file=/etc/nginx/upstream/hosts
certificate=${TLS_CERTIFICATE:-/etc/nginx/tls/fullchain.pem}

say() { printf 'proxy: %s\n' "$1" >&2; }

# put <file>: stdin becomes that file; true when it differs from what was there.
put() {
  cat >"$generated/$1.new"
  if cmp -s "$generated/$1.new" "$generated/$1"; then
    rm "$generated/$1.new"
    return 1
  fi
  mv "$generated/$1.new" "$generated/$1"
}

# locked <command>...: not while another changes what is generated; 75 (EX_TEMPFAIL) after 20 s.
locked() {
  (flock -w 20 9 || exit 75 && "$@") 9>"$generated/.lock"
}

# hosts server: who gets requests: the names in the file, where a deployment wrote one, or else
# UPSTREAM_HOSTS. hosts backup: who gets them when none of those can be reached: lines "<name> backup".
hosts() {
  if [ -s "$hosts_file" ]; then
    tr -c 'a-zA-Z0-9_.\n-' ' ' <"$hosts_file" | awk -v wanted="$1" '{
      kind = "server"
      if ($NF == "backup") { kind = "backup"; NF-- }
      if (kind == wanted) print
    }'
  elif [ "$1" = server ]; then
    printf '%s' "${UPSTREAM_HOSTS:-api}"
  fi
}

# addresses server|backup: those that these have now, one "address:port" a line.
addresses() {
  for host in $(hosts "$1"); do
    getent ahostsv4 "$host" | awk -v port="${UPSTREAM_PORT:-8000}" '{ print $1 ":" port }'
  done | sort -u
}

# The servers of the upstream. nginx 1.26 resolves names once, at its start, and does not start when
# one has no address; so it gets addresses, and new ones when they change. Without any: a port that
# refuses, so that it answers 502 rather than not at all. With the same addresses as before, or with
# none for a moment, nothing changes: a name that is not answered is no reason to drop a server.
put_upstream() {
  found=$(addresses server)
  if [ -z "$found" ] && [ -s "$generated/upstream.conf" ]; then return 1; fi
  standby=$(addresses backup)
  # With somebody who stands by, a request may try all the others first.
  tries=2
  if [ "$standby" ]; then tries=$(($(printf '%s\n' "$found" | wc -l) + 1)); fi
  printf 'proxy_next_upstream_tries %s;\n' "$tries" | put tries.conf || true
  {
    printf '%s\n' "${found:-127.0.0.1:1}" | sed 's/.*/server & max_fails=3 fail_timeout=30s;/'
    for address in $standby; do printf 'server %s backup;\n' "$address"; done
  } | put upstream.conf
}

# put_list <file> <value> <networks>: lines of a geo block.
put_list() {
  for network in $(printf '%s' "$3" | tr ',' ' '); do printf '%s %s;\n' "$network" "$2"; done | put "$1"
}

# OCSP stapling applies where the certificate names a responder; self-signed ones don't, and
# Let's Encrypt's have not since 2025.
put_stapling() {
  if openssl x509 -in "$certificate" -noout -ocsp_uri 2>/dev/null | grep -q .; then
    printf 'ssl_stapling on;\nssl_stapling_verify on;\nresolver 127.0.0.11 valid=300s;\n'
  fi | put stapling.conf
}

put_all() {
  mkdir -p "$generated"
  put_upstream || true
  put_list rate_exempt.conf 1 "${RATE_LIMIT_EXEMPT:-}" || true
  put_list internal.conf 1 "${INTERNAL_NETWORKS:-127.0.0.0/8,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16}" || true
  for network in $(printf '%s' "${TRUSTED_PROXIES:-}" | tr ',' ' '); do
    printf 'set_real_ip_from %s;\n' "$network"
  done | put real_ip.conf || true
  # Where clients reach TLS: needed in redirects only when it is not the port that https implies.
  case "${HTTPS_PORT:-443}" in 443) suffix="" ;; *) suffix=":$HTTPS_PORT" ;; esac
  # shellcheck disable=SC2016
  printf 'map "" $https_port_suffix { default "%s"; }\n' "$suffix" | put ports.conf || true
  put_stapling || true
}

certificate_state() { stat -L -c '%Y %s %i' "$certificate" 2>/dev/null || echo none; }

# reload <configuration> <why>: with what does not pass the test, never.
reload() {
  if ! nginx -t -q -c "$1" 2>/tmp/nginx-test; then
    say "not reloaded ($2): $(tr '\n' ' ' </tmp/nginx-test)"
    return 1
  fi
  nginx -s reload -c "$1" 2>/dev/null && say "reloaded: $2"
}

# Workers of the router that take connections: those that were told to finish call themselves
# otherwise.
workers() {
  master=$(cat /run/nginx/router.pid)
  for process in /proc/[0-9]*; do
    read -r _ _ _ parent _ 2>/dev/null <"$process/stat" || continue
    if [ "$parent" = "$master" ] &&
      tr '\0' ' ' 2>/dev/null <"$process/cmdline" | grep -qx 'nginx: worker process *'; then
      printf '%s ' "${process#/proc/}"
    fi
  done
}

# wait_for_others <workers>: until none of these takes connections, and others do; 10 s at the most.
wait_for_others() {
  attempts=200
  while [ $attempts -gt 0 ]; do
    now=$(workers)
    left=
    for worker in $1; do
      case " $now" in *" $worker "*) left=$worker ;; esac
    done
    if [ "$now" ] && [ ! "$left" ]; then return 0; fi
    attempts=$((attempts - 1))
    sleep 0.05
  done
  return 1
}

# Sends requests to the servers that the names stand for now; when it returns, new workers do so. Where
# nginx does not take them, it stays with those of before.
apply_upstream() {
  cp "$generated/upstream.conf" "$generated/upstream.old"
  before=$(workers)
  if ! put_upstream; then return 0; fi
  reload "$router" "the service is at $(grep -o "[0-9.]*:[0-9]*" "$generated/upstream.conf" | tr "\n" " ")" || {
    mv "$generated/upstream.old" "$generated/upstream.conf"
    return 1
  }
  wait_for_others "$before" || { say "the router's workers have not changed for 10 s" && return 1; }
}

# The log on the volume: three files of 10 MB, as Docker keeps of the other one.
rotate() {
  size=$(stat -c %s /var/log/nginx/access.log 2>/dev/null || echo 0)
  if [ "$size" -lt 10000000 ]; then return; fi
  for number in 2 1; do
    if [ -e "/var/log/nginx/access.log.$number" ]; then
      mv "/var/log/nginx/access.log.$number" "/var/log/nginx/access.log.$((number + 1))"
    fi
  done
  mv /var/log/nginx/access.log /var/log/nginx/access.log.1
  nginx -s reopen -c "$edge"
  rm -f /var/log/nginx/access.log.3
}

# Starts the router where none runs, as at the beginning.
keep_router() {
  if kill -0 "$(cat /run/nginx/router.pid 2>/dev/null)" 2>/dev/null; then return; fi
  rm -f /run/nginx/router.sock
  nginx -c "$router"
}

watch() {
  state=$(certificate_state)
  while sleep 1; do
    keep_router || say "the router does not start: see above"
    locked apply_upstream || true
    now=$(certificate_state)
    if [ "$now" != "$state" ]; then
      state=$now
      put_stapling || true
      locked reload "$edge" "the certificate changed" || true
    fi
    rotate
  done
}
