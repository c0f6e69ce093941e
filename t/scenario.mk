# Black-box tests in Node: run by ./test, carried in the tarball.
EXTRA_DIST += t/scenario \
	t/interop/run t/interop/package.json t/interop/package-lock.json t/interop/.npmrc \
	t/interop/clients.js t/interop/connector.js t/interop/incoming.js t/interop/open_payments.js \
	t/interop/servers.js t/interop/signatures.js t/interop/web_monetization.js \
	t/interop/lib t/crash t/memory \
	t/bench/run t/bench/p5 t/bench/p12 t/bench/fill t/bench/run.js t/bench/package.json \
	t/bench/peers/.npmrc t/bench/peers/package.json t/bench/peers/package-lock.json \
	t/bench/peers/lib.js t/bench/peers/receiver.js t/bench/peers/connector.js t/bench/peers/route.js
