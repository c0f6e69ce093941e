# src/codec: level 1. Bytes to structs and back: no I/O, no clock, no globals, no allocation per packet.
libflorin_a_SOURCES += \
	src/codec/account_url.c src/codec/account_url.h \
	src/codec/btp.c src/codec/btp.h \
	src/codec/ccp.c src/codec/ccp.h \
	src/codec/content_digest.c src/codec/content_digest.h \
	src/codec/csv.c src/codec/csv.h \
	src/codec/envelope.c src/codec/envelope.h \
	src/codec/http_sig.c src/codec/http_sig.h \
	src/codec/form.c src/codec/form.h \
	src/codec/ildcp.c src/codec/ildcp.h \
	src/codec/ilp_address.c src/codec/ilp_address.h \
	src/codec/ilp_packet.c src/codec/ilp_packet.h \
	src/codec/ilp_timestamp.c src/codec/ilp_timestamp.h \
	src/codec/json_scan.c src/codec/json_scan.h \
	src/codec/json_spec.c src/codec/json_spec.h \
	src/codec/json_text.c src/codec/json_text.h \
	src/codec/jwk.c src/codec/jwk.h \
	src/codec/oer.c src/codec/oer.h \
	src/codec/payment_pointer.c src/codec/payment_pointer.h \
	src/codec/receipt.c src/codec/receipt.h \
	src/codec/sfv.c src/codec/sfv.h \
	src/codec/remote_answer.c src/codec/remote_answer.h \
	src/codec/signed_headers.c src/codec/signed_headers.h \
	src/codec/stream_credentials.c src/codec/stream_credentials.h \
	src/codec/stream_crypt.c src/codec/stream_crypt.h \
	src/codec/stream_packet.c src/codec/stream_packet.h \
	src/codec/wallet_address.c src/codec/wallet_address.h
