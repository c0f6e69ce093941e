# Tests of src/codec.
CODEC_TESTS = \
	t/unit/test_btp \
	t/unit/test_ccp \
	t/unit/test_csv \
	t/unit/test_envelope \
	t/unit/test_http_sig \
	t/unit/test_ildcp \
	t/unit/test_ilp_address \
	t/unit/test_ilp_packet \
	t/unit/test_ilp_timestamp \
	t/unit/test_jwk \
	t/unit/test_oer \
	t/unit/test_payment_pointer \
	t/unit/test_receipt \
	t/unit/test_remote_answer \
	t/unit/test_sfv \
	t/unit/test_stream_credentials \
	t/unit/test_stream_crypt \
	t/unit/test_stream_packet \
	t/unit/test_tzif \
	t/unit/test_wallet_address
check_PROGRAMS += $(CODEC_TESTS)
TESTS += $(CODEC_TESTS)
EXTRA_DIST += t/unit/vectors.h

t_unit_test_ccp_SOURCES = t/unit/test_ccp.c
t_unit_test_ccp_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_ccp_CFLAGS = $(TEST_CFLAGS)
t_unit_test_ccp_LDADD = $(TEST_LIBS)

t_unit_test_csv_SOURCES = t/unit/test_csv.c
t_unit_test_csv_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_csv_CFLAGS = $(TEST_CFLAGS)
t_unit_test_csv_LDADD = $(TEST_LIBS)

t_unit_test_envelope_SOURCES = t/unit/test_envelope.c
t_unit_test_envelope_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_envelope_CFLAGS = $(TEST_CFLAGS)
t_unit_test_envelope_LDADD = $(TEST_LIBS)

t_unit_test_http_sig_SOURCES = t/unit/test_http_sig.c
t_unit_test_http_sig_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_http_sig_CFLAGS = $(TEST_CFLAGS)
t_unit_test_http_sig_LDADD = $(TEST_LIBS)

t_unit_test_ildcp_SOURCES = t/unit/test_ildcp.c
t_unit_test_ildcp_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_ildcp_CFLAGS = $(TEST_CFLAGS)
t_unit_test_ildcp_LDADD = $(TEST_LIBS)

t_unit_test_ilp_address_SOURCES = t/unit/test_ilp_address.c
t_unit_test_ilp_address_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_ilp_address_CFLAGS = $(TEST_CFLAGS)
t_unit_test_ilp_address_LDADD = $(TEST_LIBS)

t_unit_test_ilp_packet_SOURCES = t/unit/test_ilp_packet.c
t_unit_test_ilp_packet_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_ilp_packet_CFLAGS = $(TEST_CFLAGS)
t_unit_test_ilp_packet_LDADD = $(TEST_LIBS)

t_unit_test_ilp_timestamp_SOURCES = t/unit/test_ilp_timestamp.c
t_unit_test_ilp_timestamp_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_ilp_timestamp_CFLAGS = $(TEST_CFLAGS)
t_unit_test_ilp_timestamp_LDADD = $(TEST_LIBS)

t_unit_test_remote_answer_SOURCES = t/unit/test_remote_answer.c
t_unit_test_remote_answer_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_remote_answer_CFLAGS = $(TEST_CFLAGS)
t_unit_test_remote_answer_LDADD = $(TEST_LIBS)

t_unit_test_jwk_SOURCES = t/unit/test_jwk.c
t_unit_test_jwk_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_jwk_CFLAGS = $(TEST_CFLAGS)
t_unit_test_jwk_LDADD = $(TEST_LIBS)

t_unit_test_oer_SOURCES = t/unit/test_oer.c
t_unit_test_oer_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_oer_CFLAGS = $(TEST_CFLAGS)
t_unit_test_oer_LDADD = $(TEST_LIBS)

t_unit_test_payment_pointer_SOURCES = t/unit/test_payment_pointer.c
t_unit_test_payment_pointer_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_payment_pointer_CFLAGS = $(TEST_CFLAGS)
t_unit_test_payment_pointer_LDADD = $(TEST_LIBS)

t_unit_test_receipt_SOURCES = t/unit/test_receipt.c
t_unit_test_receipt_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_receipt_CFLAGS = $(TEST_CFLAGS)
t_unit_test_receipt_LDADD = $(TEST_LIBS)

t_unit_test_sfv_SOURCES = t/unit/test_sfv.c
t_unit_test_sfv_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_sfv_CFLAGS = $(TEST_CFLAGS)
t_unit_test_sfv_LDADD = $(TEST_LIBS)

t_unit_test_stream_credentials_SOURCES = t/unit/test_stream_credentials.c
t_unit_test_stream_credentials_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_stream_credentials_CFLAGS = $(TEST_CFLAGS)
t_unit_test_stream_credentials_LDADD = $(TEST_LIBS)

t_unit_test_stream_crypt_SOURCES = t/unit/test_stream_crypt.c
t_unit_test_stream_crypt_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_stream_crypt_CFLAGS = $(TEST_CFLAGS)
t_unit_test_stream_crypt_LDADD = $(TEST_LIBS)

t_unit_test_stream_packet_SOURCES = t/unit/test_stream_packet.c
t_unit_test_stream_packet_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_stream_packet_CFLAGS = $(TEST_CFLAGS)
t_unit_test_stream_packet_LDADD = $(TEST_LIBS)

t_unit_test_wallet_address_SOURCES = t/unit/test_wallet_address.c
t_unit_test_wallet_address_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_wallet_address_CFLAGS = $(TEST_CFLAGS)
t_unit_test_wallet_address_LDADD = $(TEST_LIBS)

t_unit_test_tzif_SOURCES = t/unit/test_tzif.c
t_unit_test_tzif_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_tzif_CFLAGS = $(TEST_CFLAGS)
t_unit_test_tzif_LDADD = $(TEST_LIBS)

include t/fuzz/local.mk

check_PROGRAMS += t/unit/test_form
TESTS += t/unit/test_form
t_unit_test_form_SOURCES = t/unit/test_form.c
t_unit_test_form_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_form_CFLAGS = $(TEST_CFLAGS)
t_unit_test_form_LDADD = $(TEST_LIBS)

t_unit_test_btp_SOURCES = t/unit/test_btp.c
t_unit_test_btp_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_btp_CFLAGS = $(TEST_CFLAGS)
t_unit_test_btp_LDADD = $(TEST_LIBS)
