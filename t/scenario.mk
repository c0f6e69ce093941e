# Black-box tests in Node: run by ./test, carried in the tarball.
EXTRA_DIST += t/scenario t/crash t/memory t/package

# All but the npm packages that were installed beside them.
dist-hook:
	cd $(srcdir) && find t/interop t/bench t/browser -name node_modules -prune -o -type f -print | \
		tar -cf - -T - | (cd "$(abs_builddir)/$(distdir)" && tar -xf -)
