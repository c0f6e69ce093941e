# Files of src/ilp.
# Level 4: packets, peers, payments.
libflorin_a_SOURCES += \
	src/ilp/throttle.c src/ilp/throttle.h
