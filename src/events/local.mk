# Level 4: the outbox's way to the host.
libflorin_a_SOURCES += \
	src/events/changes.c src/events/changes.h \
	src/events/envelope.c src/events/envelope.h \
	src/events/feed.c src/events/feed.h \
	src/events/webhook.c src/events/webhook.h
