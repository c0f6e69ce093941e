# Tests of src/ilp.
check_PROGRAMS += t/unit/test_stream_sender
TESTS += t/unit/test_stream_sender
t_unit_test_stream_sender_SOURCES = t/unit/test_stream_sender.c
t_unit_test_stream_sender_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_stream_sender_CFLAGS = $(TEST_CFLAGS)
t_unit_test_stream_sender_LDADD = $(TEST_LIBS)
check_PROGRAMS += t/unit/test_peer_health
TESTS += t/unit/test_peer_health
t_unit_test_peer_health_SOURCES = t/unit/test_peer_health.c
t_unit_test_peer_health_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_peer_health_CFLAGS = $(TEST_CFLAGS)
t_unit_test_peer_health_LDADD = $(TEST_LIBS)

check_PROGRAMS += t/unit/test_throttle
TESTS += t/unit/test_throttle
t_unit_test_throttle_SOURCES = t/unit/test_throttle.c
t_unit_test_throttle_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_throttle_CFLAGS = $(TEST_CFLAGS)
t_unit_test_throttle_LDADD = $(TEST_LIBS)

check_PROGRAMS += t/unit/test_stream_receiver
TESTS += t/unit/test_stream_receiver
t_unit_test_stream_receiver_SOURCES = t/unit/test_stream_receiver.c
t_unit_test_stream_receiver_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_stream_receiver_CFLAGS = $(TEST_CFLAGS)
t_unit_test_stream_receiver_LDADD = $(TEST_LIBS)

check_PROGRAMS += t/unit/test_stream_window
TESTS += t/unit/test_stream_window
t_unit_test_stream_window_SOURCES = t/unit/test_stream_window.c
t_unit_test_stream_window_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_stream_window_CFLAGS = $(TEST_CFLAGS)
t_unit_test_stream_window_LDADD = $(TEST_LIBS)

check_PROGRAMS += t/unit/test_stream_pace
TESTS += t/unit/test_stream_pace
t_unit_test_stream_pace_SOURCES = t/unit/test_stream_pace.c
t_unit_test_stream_pace_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_stream_pace_CFLAGS = $(TEST_CFLAGS)
t_unit_test_stream_pace_LDADD = $(TEST_LIBS)

check_PROGRAMS += t/unit/test_trace
TESTS += t/unit/test_trace
t_unit_test_trace_SOURCES = t/unit/test_trace.c
t_unit_test_trace_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_trace_CFLAGS = $(TEST_CFLAGS)
t_unit_test_trace_LDADD = $(TEST_LIBS)

check_PROGRAMS += t/unit/test_async_form
TESTS += t/unit/test_async_form
t_unit_test_async_form_SOURCES = t/unit/test_async_form.c
t_unit_test_async_form_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_async_form_CFLAGS = $(TEST_CFLAGS)
t_unit_test_async_form_LDADD = $(TEST_LIBS)

check_PROGRAMS += t/unit/test_stream_parcel
TESTS += t/unit/test_stream_parcel
t_unit_test_stream_parcel_SOURCES = t/unit/test_stream_parcel.c
t_unit_test_stream_parcel_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_stream_parcel_CFLAGS = $(TEST_CFLAGS)
t_unit_test_stream_parcel_LDADD = $(TEST_LIBS)

check_PROGRAMS += t/unit/test_link
TESTS += t/unit/test_link
t_unit_test_link_SOURCES = t/unit/test_link.c
t_unit_test_link_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_link_CFLAGS = $(TEST_CFLAGS)
t_unit_test_link_LDADD = $(TEST_LIBS)

check_PROGRAMS += t/unit/test_rate_feed
TESTS += t/unit/test_rate_feed
t_unit_test_rate_feed_SOURCES = t/unit/test_rate_feed.c
t_unit_test_rate_feed_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_rate_feed_CFLAGS = $(TEST_CFLAGS)
t_unit_test_rate_feed_LDADD = $(TEST_LIBS)

check_PROGRAMS += t/unit/test_stream_data
TESTS += t/unit/test_stream_data
t_unit_test_stream_data_SOURCES = t/unit/test_stream_data.c
t_unit_test_stream_data_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_stream_data_CFLAGS = $(TEST_CFLAGS)
t_unit_test_stream_data_LDADD = $(TEST_LIBS)

check_PROGRAMS += t/unit/test_stream_endpoint
TESTS += t/unit/test_stream_endpoint
t_unit_test_stream_endpoint_SOURCES = t/unit/test_stream_endpoint.c
t_unit_test_stream_endpoint_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_stream_endpoint_CFLAGS = $(TEST_CFLAGS)
t_unit_test_stream_endpoint_LDADD = $(TEST_LIBS)

check_PROGRAMS += t/unit/test_upstream
TESTS += t/unit/test_upstream
t_unit_test_upstream_SOURCES = t/unit/test_upstream.c
t_unit_test_upstream_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_upstream_CFLAGS = $(TEST_CFLAGS)
t_unit_test_upstream_LDADD = $(TEST_LIBS)

check_PROGRAMS += t/unit/test_remote_server
TESTS += t/unit/test_remote_server
t_unit_test_remote_server_SOURCES = t/unit/test_remote_server.c
t_unit_test_remote_server_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_remote_server_CFLAGS = $(TEST_CFLAGS)
t_unit_test_remote_server_LDADD = $(TEST_LIBS)

noinst_PROGRAMS += t/bench/bench_path
t_bench_bench_path_SOURCES = t/bench/bench_path.c
t_bench_bench_path_LDADD = libflorin.a $(LIBS_FLORIN)
