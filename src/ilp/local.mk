# src/ilp: level 4. Packets, peers, payments.
libflorin_a_SOURCES += \
	src/ilp/node.h \
	src/ilp/snapshot.h \
	src/ilp/stream_receiver.h \
	src/ilp/throttle.c src/ilp/throttle.h
