# A certificate authority of these tests, and a certificate for loopback: made once a week, kept beside the
# packages. Sourced by ../run before node starts, because node reads NODE_EXTRA_CA_CERTS only then.
ca=$PWD/node_modules/.florin-ca
if [ -z "$(find "$ca/server.pem" -mtime -7 2>/dev/null)" ]; then
	rm -rf "$ca"
	mkdir -p "$ca" && (
		cd "$ca" || exit 1
		umask 077
		openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 14 -keyout ca.key \
			-out ca.pem -subj '/CN=Florin test authority' -addext basicConstraints=critical,CA:true &&
			openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout server.key -out server.csr \
				-subj /CN=localhost &&
			printf 'subjectAltName=IP:127.0.0.1,DNS:localhost\nbasicConstraints=CA:false\n' >server.ext &&
			openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 14 \
				-extfile server.ext -out server.pem
	) >"$ca.log" 2>&1 || { cat "$ca.log"; echo '0 passed, 1 failed'; exit 1; }
fi
NODE_EXTRA_CA_CERTS=$ca/ca.pem
export NODE_EXTRA_CA_CERTS
