#!/bin/sh
# Makes the certificates that mosquitto.conf reads, with openssl alone; keys that are there are kept.
#   certificates.sh FOLDER server NAME...      an authority, and a certificate for these host names
#   certificates.sh FOLDER vehicle ID          a key and a certificate for a vehicle: FOLDER/vehicles/ID.*
#   certificates.sh FOLDER revoke ID           that certificate is worth nothing from now on
# FOLDER/broker is what the broker needs; FOLDER/authority is to be kept from everyone else.
set -eu
umask 077

usage() {
    sed -n 's/^#   /usage: /p' "$0" >&2
    exit 2
}

# certificate FILE KIND COMMON_NAME: FILE.key and FILE.crt
certificate() {
    [ -e "$1.key" ] || openssl genrsa -out "$1.key" 3072 2>/dev/null
    openssl req -new -key "$1.key" -subj "/CN=$3" -out "$1.csr"
    authority -extensions "$2" -in "$1.csr" -out "$1.crt"
    rm "$1.csr"
}

authority() {
    openssl ca -batch -notext -config authority/openssl.cnf "$@" 2>authority/log ||
        { cat authority/log >&2; exit 1; }
}

[ $# -ge 3 ] || usage
folder=$1 what=$2
shift 2
mkdir -p "$folder/authority/issued" "$folder/broker" "$folder/vehicles"
cd "$folder"

# openssl wants to know it whatever is made
NAMES=DNS:localhost
export NAMES
cat >authority/openssl.cnf <<END
[ca]
default_ca = us
[us]
dir = authority
certificate = broker/ca.crt
private_key = authority/ca.key
new_certs_dir = authority/issued
database = authority/index
serial = authority/serial
crlnumber = authority/crlnumber
default_md = sha256
default_days = ${DAYS:-397}
default_crl_days = 3650
policy = any
unique_subject = no
[any]
commonName = supplied
[server]
basicConstraints = CA:false
extendedKeyUsage = serverAuth
subjectAltName = \${ENV::NAMES}
[vehicle]
basicConstraints = CA:false
extendedKeyUsage = clientAuth
END

if [ ! -e authority/ca.key ]; then
    openssl req -x509 -newkey rsa:3072 -nodes -sha256 -days 3650 \
        -subj "/CN=Test-zone registry" -addext "keyUsage=critical,keyCertSign,cRLSign" \
        -keyout authority/ca.key -out broker/ca.crt 2>/dev/null
    : >authority/index
    echo 01 >authority/serial
    echo 01 >authority/crlnumber
fi

case $what in
server)
    NAMES=$(printf 'DNS:%s,' "$@" | sed 's/DNS:\([0-9.]*\),/IP:\1,/g; s/,$//')
    certificate broker/server server "$1"
    ;;
vehicle) certificate "vehicles/$1" vehicle "$1" ;;
revoke) authority -revoke "vehicles/$1.crt" ;;
*) usage ;;
esac
authority -gencrl -out broker/revoked.pem
# these are no secret: vehicles and the registry read the first one too
chmod 755 broker
chmod 644 broker/ca.crt broker/revoked.pem
