#!/bin/bash
# Gives a certificate to the proxy of a stack, which takes it up within seconds, without a restart.
# usage: install-certificate.sh <certificate chain> <key> [staging|production]
#   SECRETS_DIR   where that stack's secrets are (secrets/<environment> beside this folder)
# As the hook of lego, which names both in LEGO_CERT_PATH and LEGO_CERT_KEY_PATH, it needs no argument.
# Exit codes: 0 given, 1 not: nothing was changed.
set -euo pipefail

die() { echo "install-certificate.sh: $1" >&2 && exit 1; }

certificate=${1:-${LEGO_CERT_PATH:-}} key=${2:-${LEGO_CERT_KEY_PATH:-}}
folder=${SECRETS_DIR:-$(realpath "${BASH_SOURCE[0]%/*}/..")/secrets/${3:-production}}/tls
readonly certificate key folder
readonly proxy=101  # the user of the proxy's image

if [[ ! $certificate || ! $key ]]; then
  die "no certificate and key; usage: install-certificate.sh <certificate chain> <key> [staging|production]"
fi
[[ -d $folder ]] || die "no folder $folder: slipway init makes it, SECRETS_DIR names another"
public=$(openssl x509 -in "$certificate" -noout -pubkey 2>/dev/null) || die "$certificate: no certificate"
[[ $public == "$(openssl pkey -in "$key" -pubout 2>/dev/null)" ]] || die "$key: not the key of $certificate"
openssl x509 -in "$certificate" -noout -checkend 0 >/dev/null || die "$certificate: no longer valid"

# Each is renamed to its place; the key first, for the proxy looks at the certificate.
install -o $proxy -g $proxy -m 0600 "$key" "$folder/.privkey.new"
install -o $proxy -g $proxy -m 0644 "$certificate" "$folder/.fullchain.new"
mv "$folder/.privkey.new" "$folder/privkey.pem"
mv "$folder/.fullchain.new" "$folder/fullchain.pem"
