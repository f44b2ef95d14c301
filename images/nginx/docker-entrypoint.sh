#!/bin/sh
# Becomes the edge's nginx, beside that of the router and a loop that follows the addresses of the
# service, the certificate and the size of the log (lib.sh). Settings:
#   UPSTREAM_HOSTS, UPSTREAM_PORT   names of the service (api) and its port (8000); the names in
#                                   /etc/nginx/upstream/hosts, where there are any, come first
#   HTTPS_PORT                      where clients reach TLS, for redirects (443)
#   RATE_LIMIT_EXEMPT               networks without a rate limit, separated by commas (none)
#   INTERNAL_NETWORKS               who may ask for /metrics and /cache/* (private networks)
#   TRUSTED_PROXIES                 load balancers before this one, whose X-Forwarded-For counts (none)
# Anything but nginx is run as it is.
set -eu

# shellcheck source=/dev/null
. /usr/local/lib/slipway-nginx.sh

if [ "${1:-}" = nginx ]; then
  put_all
  case " $* " in
    *" -t "* | *" -T "* | *" -v "* | *" -V "*) ;;
    *)
      keep_router
      watch &
      ;;
  esac
fi
exec "$@"
