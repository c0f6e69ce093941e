# src/codec: level 1. Bytes to structs and back: no I/O, no clock, no globals, no allocation per packet.
libflorin_a_SOURCES += \
	src/codec/ildcp.h \
	src/codec/ilp_address.h \
	src/codec/ilp_packet.h \
	src/codec/ilp_timestamp.h \
	src/codec/oer.h \
	src/codec/payment_pointer.h \
	src/codec/receipt.h \
	src/codec/stream_credentials.h \
	src/codec/stream_crypt.h \
	src/codec/stream_packet.h
