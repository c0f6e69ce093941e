# Tests. Each area lists its own programs in its .mk file. TEST_LIBS comes from Check.
# What the compiler does not check, with its own tests.
TESTS += t/lint/run
EXTRA_DIST += t/lint/run t/lint/lint.pl t/lint/selftest.pl t/lint/sanitizer-selftest

if HAVE_CHECK
TEST_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/t -DVECTORS='"$(abs_top_srcdir)/t/vectors"' -DTOP_SRCDIR='"$(abs_top_srcdir)"'
TEST_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
TEST_LIBS = t/libfixtures.a libflorin.a $(LIBS_FLORIN) $(CHECK_LIBS)
EXTRA_DIST += t/unit/harness.h

# What several programs use is compiled once.
check_LIBRARIES = t/libfixtures.a
t_libfixtures_a_SOURCES = \
	t/admin/node.c \
	t/admin/node.h \
	t/http/fixture.c \
	t/http/fixture.h \
	t/ilp/path.c \
	t/ilp/path.h \
	t/net/server.c \
	t/net/server.h \
	t/store/fixture.c \
	t/store/fixture.h \
	t/store/pages.h
t_libfixtures_a_CPPFLAGS = $(TEST_CPPFLAGS)
t_libfixtures_a_CFLAGS = $(TEST_CFLAGS)

include t/base.mk
include t/codec.mk
include t/model.mk
include t/store.mk
include t/net.mk
include t/ilp.mk
include t/events.mk
include t/http.mk
include t/admin.mk
include t/web.mk
include t/console.mk
include t/cli.mk
endif

include t/scenario.mk
