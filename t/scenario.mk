# Black-box tests in Node: run by ./test, carried in the tarball.
EXTRA_DIST += t/scenario \
	t/interop/run t/interop/package.json t/interop/package-lock.json t/interop/.npmrc \
	t/interop/clients.js t/interop/servers.js t/interop/lib t/crash t/memory
