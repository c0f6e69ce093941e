# src/base: level 0. libc, libcrypto and libsodium only.
libflorin_a_SOURCES += \
	src/base/amount.c src/base/amount.h \
	src/base/arena.c src/base/arena.h \
	src/base/bytes.c src/base/bytes.h \
	src/base/calendar.c src/base/calendar.h \
	src/base/clock.c src/base/clock.h \
	src/base/env.c src/base/env.h \
	src/base/failpoint.c src/base/failpoint.h \
	src/base/figure.c src/base/figure.h \
	src/base/file.c src/base/file.h \
	src/base/heap.c src/base/heap.h \
	src/base/id.c src/base/id.h \
	src/base/limits.h \
	src/base/log.c src/base/log.h \
	src/base/log_ring.c src/base/log_ring.h \
	src/base/mailbox.c src/base/mailbox.h \
	src/base/owner.h \
	src/base/result.c src/base/result.h \
	src/base/secret.c src/base/secret.h \
	src/base/slow.c src/base/slow.h \
	src/base/task.c src/base/task.h \
	src/base/text.c src/base/text.h \
	src/base/words.c src/base/words.h
nodist_libflorin_a_SOURCES = src/base/words_data.c

# The translations become C at build time; another language is another file.
PO_FILES = $(top_srcdir)/po/es.po $(top_srcdir)/po/florin.pot
EXTRA_DIST += $(PO_FILES) scripts/embed-words scripts/words
CLEANFILES += src/base/words_data.c

src/base/words_data.c: $(PO_FILES) $(top_srcdir)/scripts/embed-words
	$(AM_V_GEN)$(MKDIR_P) src/base && \
	AWK=$(AWK) $(top_srcdir)/scripts/embed-words $(PO_FILES) >$@.tmp && mv $@.tmp $@
