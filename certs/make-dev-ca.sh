#!/bin/sh
# A throwaway development CA and a server certificate for this machine.
#
#   sh certs/make-dev-ca.sh [FOLDER] [--new-ca] [--address=IP]
#
# Into FOLDER (certs/dev): ca.pem, ca.key, server.pem (chain), server.key.  --address: the certificate
# is also of this address of the machine, for a phone beside it (`chopay demo --lan`).  Run again: the server's
# certificate and key are renewed; the CA stays, unless it expires within a month or --new-ca is given.
set -eu

CA_DAYS=730
SERVER_DAYS=90
MONTH_S=2592000

folder=
new_ca=no
address=
for arg; do
	case $arg in
	--new-ca) new_ca=yes ;;
	--address=*) address=${arg#--address=} ;;
	-*) echo "make-dev-ca.sh: unknown option $arg" >&2; exit 64 ;;
	*) folder=$arg ;;
	esac
done
[ -n "$folder" ] || folder=$(dirname "$0")/dev
command -v openssl >/dev/null || { echo "make-dev-ca.sh: openssl is missing" >&2; exit 69; }

umask 077 # keys are born 0600
mkdir -p "$folder"
work=$(mktemp -d "$folder/new.XXXXXX")
trap 'rm -rf "$work"' EXIT

new_key() {
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>/dev/null
}

# The CA: may sign server certificates and nothing above them.
if [ $new_ca = yes ] || [ ! -s "$folder/ca.key" ] || [ ! -s "$folder/ca.pem" ] ||
	! openssl x509 -in "$folder/ca.pem" -noout -checkend $MONTH_S >/dev/null; then
	new_key "$work/ca.key"
	openssl req -x509 -new -sha256 -key "$work/ca.key" -days $CA_DAYS -out "$work/ca.pem" \
		-subj "/O=chopay development/CN=chopay throwaway CA $(date -u +%Y-%m-%d)" \
		-addext "basicConstraints=critical,CA:TRUE,pathlen:0" \
		-addext "keyUsage=critical,keyCertSign,cRLSign"
	ca_is=new
else
	cp "$folder/ca.key" "$folder/ca.pem" "$work/"
	ca_is=kept
fi

new_key "$work/server.key"
openssl req -new -sha256 -key "$work/server.key" -subj "/O=chopay development/CN=localhost" \
	-out "$work/server.csr"
cat >"$work/server.ext" <<END
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost, IP:127.0.0.1, IP:::1${address:+, IP:$address}
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
END
openssl x509 -req -sha256 -in "$work/server.csr" -CA "$work/ca.pem" -CAkey "$work/ca.key" \
	-set_serial "0x$(openssl rand -hex 16 | sed 's/^./1/')" -days $SERVER_DAYS \
	-extfile "$work/server.ext" -out "$work/leaf.pem" 2>/dev/null
openssl verify -CAfile "$work/ca.pem" "$work/leaf.pem" >/dev/null
cat "$work/leaf.pem" "$work/ca.pem" >"$work/server.pem"

# All is made and fits together: into place, each file at once.
chmod 600 "$work/ca.key" "$work/server.key"
chmod 644 "$work/ca.pem" "$work/server.pem"
for file in ca.key ca.pem server.key server.pem; do
	mv -f "$work/$file" "$folder/$file"
done

echo "$folder/ca.pem      the development CA ($ca_is), until $(openssl x509 -in "$folder/ca.pem" -noout -enddate | cut -d= -f2)"
echo "$folder/ca.key      its key (0600): keep it on this machine"
echo "$folder/server.pem  certificate of localhost, 127.0.0.1, ::1${address:+, $address} (new), until $(openssl x509 -in "$folder/server.pem" -noout -enddate | cut -d= -f2)"
echo "$folder/server.key  its key (0600)"
