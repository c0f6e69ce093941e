# Fuzz targets, one per decoder. With --enable-fuzzers (and CC=clang) they are libFuzzer programs for
# run.sh; without, they are tests that replay the corpus.
FUZZ_TARGETS = \
	t/fuzz/fuzz_btp \
	t/fuzz/fuzz_ccp \
	t/fuzz/fuzz_ecb \
	t/fuzz/fuzz_envelope \
	t/fuzz/fuzz_http_answer \
	t/fuzz/fuzz_form \
	t/fuzz/fuzz_http_gate \
	t/fuzz/fuzz_http_sig \
	t/fuzz/fuzz_ildcp \
	t/fuzz/fuzz_ilp_address \
	t/fuzz/fuzz_ilp_packet \
	t/fuzz/fuzz_ilp_timestamp \
	t/fuzz/fuzz_interval \
	t/fuzz/fuzz_json \
	t/fuzz/fuzz_jwk \
	t/fuzz/fuzz_oer \
	t/fuzz/fuzz_payment_pointer \
	t/fuzz/fuzz_rates \
	t/fuzz/fuzz_receipt \
	t/fuzz/fuzz_remote_answer \
	t/fuzz/fuzz_settlement \
	t/fuzz/fuzz_stream_endpoint \
	t/fuzz/fuzz_stream_packet \
	t/fuzz/fuzz_stream_token \
	t/fuzz/fuzz_time \
	t/fuzz/fuzz_tzif \
	t/fuzz/fuzz_url_guard \
	t/fuzz/fuzz_wallet_address \
	t/fuzz/fuzz_websocket_head
FUZZ_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/t
FUZZ_LIBS = libflorin.a $(LIBS_FLORIN)
check_PROGRAMS += $(FUZZ_TARGETS)
EXTRA_DIST += t/fuzz/run.sh t/fuzz/corpus
if FUZZERS
FUZZ_MAIN =
FUZZ_LINK = $(AM_LDFLAGS) -fsanitize=fuzzer
else
FUZZ_MAIN = t/fuzz/standalone_main.c
FUZZ_LINK = $(AM_LDFLAGS)
TESTS += $(FUZZ_TARGETS)
endif

t_fuzz_fuzz_ccp_SOURCES = t/fuzz/fuzz_ccp.c t/fuzz/fuzz.h $(FUZZ_MAIN)
t_fuzz_fuzz_ccp_CPPFLAGS = $(FUZZ_CPPFLAGS) -DCORPUS='"$(abs_top_srcdir)/t/fuzz/corpus/ccp"'
t_fuzz_fuzz_ccp_LDFLAGS = $(FUZZ_LINK)
t_fuzz_fuzz_ccp_LDADD = $(FUZZ_LIBS)

t_fuzz_fuzz_envelope_SOURCES = t/fuzz/fuzz_envelope.c t/fuzz/fuzz.h $(FUZZ_MAIN)
t_fuzz_fuzz_envelope_CPPFLAGS = $(FUZZ_CPPFLAGS) -DCORPUS='"$(abs_top_srcdir)/t/fuzz/corpus/envelope"'
t_fuzz_fuzz_envelope_LDFLAGS = $(FUZZ_LINK)
t_fuzz_fuzz_envelope_LDADD = $(FUZZ_LIBS)

t_fuzz_fuzz_http_answer_SOURCES = t/fuzz/fuzz_http_answer.c t/fuzz/fuzz.h $(FUZZ_MAIN)
t_fuzz_fuzz_http_answer_CPPFLAGS = $(FUZZ_CPPFLAGS) -DCORPUS='"$(abs_top_srcdir)/t/fuzz/corpus/http_answer"'
t_fuzz_fuzz_http_answer_LDFLAGS = $(FUZZ_LINK)
t_fuzz_fuzz_http_answer_LDADD = $(FUZZ_LIBS)

t_fuzz_fuzz_form_SOURCES = t/fuzz/fuzz_form.c t/fuzz/fuzz.h $(FUZZ_MAIN)
t_fuzz_fuzz_form_CPPFLAGS = $(FUZZ_CPPFLAGS) -DCORPUS='"$(abs_top_srcdir)/t/fuzz/corpus/form"'
t_fuzz_fuzz_form_LDFLAGS = $(FUZZ_LINK)
t_fuzz_fuzz_form_LDADD = $(FUZZ_LIBS)

t_fuzz_fuzz_http_gate_SOURCES = t/fuzz/fuzz_http_gate.c t/fuzz/fuzz.h $(FUZZ_MAIN)
t_fuzz_fuzz_http_gate_CPPFLAGS = $(FUZZ_CPPFLAGS) -DCORPUS='"$(abs_top_srcdir)/t/fuzz/corpus/http_gate"'
t_fuzz_fuzz_http_gate_LDFLAGS = $(FUZZ_LINK)
t_fuzz_fuzz_http_gate_LDADD = $(FUZZ_LIBS)

t_fuzz_fuzz_http_sig_SOURCES = t/fuzz/fuzz_http_sig.c t/fuzz/fuzz.h $(FUZZ_MAIN)
t_fuzz_fuzz_http_sig_CPPFLAGS = $(FUZZ_CPPFLAGS) -DCORPUS='"$(abs_top_srcdir)/t/fuzz/corpus/http_sig"'
t_fuzz_fuzz_http_sig_LDFLAGS = $(FUZZ_LINK)
t_fuzz_fuzz_http_sig_LDADD = $(FUZZ_LIBS)

t_fuzz_fuzz_ildcp_SOURCES = t/fuzz/fuzz_ildcp.c t/fuzz/fuzz.h $(FUZZ_MAIN)
t_fuzz_fuzz_ildcp_CPPFLAGS = $(FUZZ_CPPFLAGS) -DCORPUS='"$(abs_top_srcdir)/t/fuzz/corpus/ildcp"'
t_fuzz_fuzz_ildcp_LDFLAGS = $(FUZZ_LINK)
t_fuzz_fuzz_ildcp_LDADD = $(FUZZ_LIBS)

t_fuzz_fuzz_ilp_address_SOURCES = t/fuzz/fuzz_ilp_address.c t/fuzz/fuzz.h $(FUZZ_MAIN)
t_fuzz_fuzz_ilp_address_CPPFLAGS = $(FUZZ_CPPFLAGS) -DCORPUS='"$(abs_top_srcdir)/t/fuzz/corpus/ilp_address"'
t_fuzz_fuzz_ilp_address_LDFLAGS = $(FUZZ_LINK)
t_fuzz_fuzz_ilp_address_LDADD = $(FUZZ_LIBS)

t_fuzz_fuzz_ilp_packet_SOURCES = t/fuzz/fuzz_ilp_packet.c t/fuzz/fuzz.h $(FUZZ_MAIN)
t_fuzz_fuzz_ilp_packet_CPPFLAGS = $(FUZZ_CPPFLAGS) -DCORPUS='"$(abs_top_srcdir)/t/fuzz/corpus/ilp_packet"'
t_fuzz_fuzz_ilp_packet_LDFLAGS = $(FUZZ_LINK)
t_fuzz_fuzz_ilp_packet_LDADD = $(FUZZ_LIBS)

t_fuzz_fuzz_ilp_timestamp_SOURCES = t/fuzz/fuzz_ilp_timestamp.c t/fuzz/fuzz.h $(FUZZ_MAIN)
t_fuzz_fuzz_ilp_timestamp_CPPFLAGS = $(FUZZ_CPPFLAGS) -DCORPUS='"$(abs_top_srcdir)/t/fuzz/corpus/ilp_timestamp"'
t_fuzz_fuzz_ilp_timestamp_LDFLAGS = $(FUZZ_LINK)
t_fuzz_fuzz_ilp_timestamp_LDADD = $(FUZZ_LIBS)

t_fuzz_fuzz_interval_SOURCES = t/fuzz/fuzz_interval.c t/fuzz/fuzz.h $(FUZZ_MAIN)
t_fuzz_fuzz_interval_CPPFLAGS = $(FUZZ_CPPFLAGS) -DCORPUS='"$(abs_top_srcdir)/t/fuzz/corpus/interval"'
t_fuzz_fuzz_interval_LDFLAGS = $(FUZZ_LINK)
t_fuzz_fuzz_interval_LDADD = $(FUZZ_LIBS)

t_fuzz_fuzz_json_SOURCES = t/fuzz/fuzz_json.c t/fuzz/fuzz.h $(FUZZ_MAIN)
t_fuzz_fuzz_json_CPPFLAGS = $(FUZZ_CPPFLAGS) -DCORPUS='"$(abs_top_srcdir)/t/fuzz/corpus/json"'
t_fuzz_fuzz_json_LDFLAGS = $(FUZZ_LINK)
t_fuzz_fuzz_json_LDADD = $(FUZZ_LIBS)

t_fuzz_fuzz_jwk_SOURCES = t/fuzz/fuzz_jwk.c t/fuzz/fuzz.h $(FUZZ_MAIN)
t_fuzz_fuzz_jwk_CPPFLAGS = $(FUZZ_CPPFLAGS) -DCORPUS='"$(abs_top_srcdir)/t/fuzz/corpus/jwk"'
t_fuzz_fuzz_jwk_LDFLAGS = $(FUZZ_LINK)
t_fuzz_fuzz_jwk_LDADD = $(FUZZ_LIBS)

t_fuzz_fuzz_oer_SOURCES = t/fuzz/fuzz_oer.c t/fuzz/fuzz.h $(FUZZ_MAIN)
t_fuzz_fuzz_oer_CPPFLAGS = $(FUZZ_CPPFLAGS) -DCORPUS='"$(abs_top_srcdir)/t/fuzz/corpus/oer"'
t_fuzz_fuzz_oer_LDFLAGS = $(FUZZ_LINK)
t_fuzz_fuzz_oer_LDADD = $(FUZZ_LIBS)

t_fuzz_fuzz_payment_pointer_SOURCES = t/fuzz/fuzz_payment_pointer.c t/fuzz/fuzz.h $(FUZZ_MAIN)
t_fuzz_fuzz_payment_pointer_CPPFLAGS = $(FUZZ_CPPFLAGS) -DCORPUS='"$(abs_top_srcdir)/t/fuzz/corpus/payment_pointer"'
t_fuzz_fuzz_payment_pointer_LDFLAGS = $(FUZZ_LINK)
t_fuzz_fuzz_payment_pointer_LDADD = $(FUZZ_LIBS)

t_fuzz_fuzz_receipt_SOURCES = t/fuzz/fuzz_receipt.c t/fuzz/fuzz.h $(FUZZ_MAIN)
t_fuzz_fuzz_receipt_CPPFLAGS = $(FUZZ_CPPFLAGS) -DCORPUS='"$(abs_top_srcdir)/t/fuzz/corpus/receipt"'
t_fuzz_fuzz_receipt_LDFLAGS = $(FUZZ_LINK)
t_fuzz_fuzz_receipt_LDADD = $(FUZZ_LIBS)

t_fuzz_fuzz_settlement_SOURCES = t/fuzz/fuzz_settlement.c t/fuzz/fuzz.h $(FUZZ_MAIN)
t_fuzz_fuzz_settlement_CPPFLAGS = $(FUZZ_CPPFLAGS) -DCORPUS='"$(abs_top_srcdir)/t/fuzz/corpus/settlement"'
t_fuzz_fuzz_settlement_LDFLAGS = $(FUZZ_LINK)
t_fuzz_fuzz_settlement_LDADD = $(FUZZ_LIBS)

t_fuzz_fuzz_stream_packet_SOURCES = t/fuzz/fuzz_stream_packet.c t/fuzz/fuzz.h $(FUZZ_MAIN)
t_fuzz_fuzz_stream_packet_CPPFLAGS = $(FUZZ_CPPFLAGS) -DCORPUS='"$(abs_top_srcdir)/t/fuzz/corpus/stream_packet"'
t_fuzz_fuzz_stream_packet_LDFLAGS = $(FUZZ_LINK)
t_fuzz_fuzz_stream_packet_LDADD = $(FUZZ_LIBS)

t_fuzz_fuzz_stream_token_SOURCES = t/fuzz/fuzz_stream_token.c t/fuzz/fuzz.h $(FUZZ_MAIN)
t_fuzz_fuzz_stream_token_CPPFLAGS = $(FUZZ_CPPFLAGS) -DCORPUS='"$(abs_top_srcdir)/t/fuzz/corpus/stream_token"'
t_fuzz_fuzz_stream_token_LDFLAGS = $(FUZZ_LINK)
t_fuzz_fuzz_stream_token_LDADD = $(FUZZ_LIBS)

.PHONY: fuzz-targets
fuzz-targets: $(FUZZ_TARGETS)

t_fuzz_fuzz_rates_SOURCES = t/fuzz/fuzz_rates.c t/fuzz/fuzz.h $(FUZZ_MAIN)
t_fuzz_fuzz_rates_CPPFLAGS = $(FUZZ_CPPFLAGS) -DCORPUS='"$(abs_top_srcdir)/t/fuzz/corpus/rates"'
t_fuzz_fuzz_rates_LDFLAGS = $(FUZZ_LINK)
t_fuzz_fuzz_rates_LDADD = $(FUZZ_LIBS)

t_fuzz_fuzz_tzif_SOURCES = t/fuzz/fuzz_tzif.c t/fuzz/fuzz.h $(FUZZ_MAIN)
t_fuzz_fuzz_tzif_CPPFLAGS = $(FUZZ_CPPFLAGS) -DCORPUS='"$(abs_top_srcdir)/t/fuzz/corpus/tzif"'
t_fuzz_fuzz_tzif_LDFLAGS = $(FUZZ_LINK)
t_fuzz_fuzz_tzif_LDADD = $(FUZZ_LIBS)

t_fuzz_fuzz_url_guard_SOURCES = t/fuzz/fuzz_url_guard.c t/fuzz/fuzz.h $(FUZZ_MAIN)
t_fuzz_fuzz_url_guard_CPPFLAGS = $(FUZZ_CPPFLAGS) -DCORPUS='"$(abs_top_srcdir)/t/fuzz/corpus/url_guard"'
t_fuzz_fuzz_url_guard_LDFLAGS = $(FUZZ_LINK)
t_fuzz_fuzz_url_guard_LDADD = $(FUZZ_LIBS)

t_fuzz_fuzz_wallet_address_SOURCES = t/fuzz/fuzz_wallet_address.c t/fuzz/fuzz.h $(FUZZ_MAIN)
t_fuzz_fuzz_wallet_address_CPPFLAGS = $(FUZZ_CPPFLAGS) -DCORPUS='"$(abs_top_srcdir)/t/fuzz/corpus/wallet_address"'
t_fuzz_fuzz_wallet_address_LDFLAGS = $(FUZZ_LINK)
t_fuzz_fuzz_wallet_address_LDADD = $(FUZZ_LIBS)

t_fuzz_fuzz_stream_endpoint_SOURCES = t/fuzz/fuzz_stream_endpoint.c t/fuzz/fuzz.h $(FUZZ_MAIN)
t_fuzz_fuzz_stream_endpoint_CPPFLAGS = $(FUZZ_CPPFLAGS) -DCORPUS='"$(abs_top_srcdir)/t/fuzz/corpus/stream_endpoint"'
t_fuzz_fuzz_stream_endpoint_LDFLAGS = $(FUZZ_LINK)
t_fuzz_fuzz_stream_endpoint_LDADD = $(FUZZ_LIBS)

t_fuzz_fuzz_remote_answer_SOURCES = t/fuzz/fuzz_remote_answer.c t/fuzz/fuzz.h $(FUZZ_MAIN)
t_fuzz_fuzz_remote_answer_CPPFLAGS = $(FUZZ_CPPFLAGS) -DCORPUS='"$(abs_top_srcdir)/t/fuzz/corpus/remote_answer"'
t_fuzz_fuzz_remote_answer_LDFLAGS = $(FUZZ_LINK)
t_fuzz_fuzz_remote_answer_LDADD = $(FUZZ_LIBS)

t_fuzz_fuzz_time_SOURCES = t/fuzz/fuzz_time.c t/fuzz/fuzz.h $(FUZZ_MAIN)
t_fuzz_fuzz_time_CPPFLAGS = $(FUZZ_CPPFLAGS) -DCORPUS='"$(abs_top_srcdir)/t/fuzz/corpus/time"'
t_fuzz_fuzz_time_LDFLAGS = $(FUZZ_LINK)
t_fuzz_fuzz_time_LDADD = $(FUZZ_LIBS)

t_fuzz_fuzz_ecb_SOURCES = t/fuzz/fuzz_ecb.c t/fuzz/fuzz.h $(FUZZ_MAIN)
t_fuzz_fuzz_ecb_CPPFLAGS = $(FUZZ_CPPFLAGS) -DCORPUS='"$(abs_top_srcdir)/t/fuzz/corpus/ecb"'
t_fuzz_fuzz_ecb_LDFLAGS = $(FUZZ_LINK)
t_fuzz_fuzz_ecb_LDADD = $(FUZZ_LIBS)

t_fuzz_fuzz_btp_SOURCES = t/fuzz/fuzz_btp.c t/fuzz/fuzz.h $(FUZZ_MAIN)
t_fuzz_fuzz_btp_CPPFLAGS = $(FUZZ_CPPFLAGS) -DCORPUS='"$(abs_top_srcdir)/t/fuzz/corpus/btp"'
t_fuzz_fuzz_btp_LDFLAGS = $(FUZZ_LINK)
t_fuzz_fuzz_btp_LDADD = $(FUZZ_LIBS)

t_fuzz_fuzz_websocket_head_SOURCES = t/fuzz/fuzz_websocket_head.c t/fuzz/fuzz.h $(FUZZ_MAIN)
t_fuzz_fuzz_websocket_head_CPPFLAGS = $(FUZZ_CPPFLAGS) -DCORPUS='"$(abs_top_srcdir)/t/fuzz/corpus/websocket_head"'
t_fuzz_fuzz_websocket_head_LDFLAGS = $(FUZZ_LINK)
t_fuzz_fuzz_websocket_head_LDADD = $(FUZZ_LIBS)
