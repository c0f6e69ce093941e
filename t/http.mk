# Tests of src/http.
HTTP_TESTS = \
	t/unit/test_address \
	t/unit/test_crowd \
	t/unit/test_deadline \
	t/unit/test_guard \
	t/unit/test_json_scan \
	t/unit/test_json_spec \
	t/unit/test_json_text \
	t/unit/test_negotiate \
	t/unit/test_rate \
	t/unit/test_op_error \
	t/unit/test_log_ring \
	t/unit/test_router \
	t/unit/test_target \
	t/unit/test_when \
	t/unit/test_words
check_PROGRAMS += $(HTTP_TESTS)
TESTS += $(HTTP_TESTS)

t_unit_test_words_SOURCES = t/unit/test_words.c
t_unit_test_words_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_words_CFLAGS = $(TEST_CFLAGS)
t_unit_test_words_LDADD = $(TEST_LIBS)

t_unit_test_address_SOURCES = t/unit/test_address.c
t_unit_test_address_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_address_CFLAGS = $(TEST_CFLAGS)
t_unit_test_address_LDADD = $(TEST_LIBS)

t_unit_test_crowd_SOURCES = t/unit/test_crowd.c
t_unit_test_crowd_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_crowd_CFLAGS = $(TEST_CFLAGS)
t_unit_test_crowd_LDADD = $(TEST_LIBS)

t_unit_test_deadline_SOURCES = t/unit/test_deadline.c
t_unit_test_deadline_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_deadline_CFLAGS = $(TEST_CFLAGS)
t_unit_test_deadline_LDADD = $(TEST_LIBS)

t_unit_test_guard_SOURCES = t/unit/test_guard.c
t_unit_test_guard_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_guard_CFLAGS = $(TEST_CFLAGS)
t_unit_test_guard_LDADD = $(TEST_LIBS)

t_unit_test_json_scan_SOURCES = t/unit/test_json_scan.c
t_unit_test_json_scan_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_json_scan_CFLAGS = $(TEST_CFLAGS)
t_unit_test_json_scan_LDADD = $(TEST_LIBS)

t_unit_test_json_text_SOURCES = t/unit/test_json_text.c
t_unit_test_json_text_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_json_text_CFLAGS = $(TEST_CFLAGS)
t_unit_test_json_text_LDADD = $(TEST_LIBS)

t_unit_test_json_spec_SOURCES = t/unit/test_json_spec.c
t_unit_test_json_spec_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_json_spec_CFLAGS = $(TEST_CFLAGS)
t_unit_test_json_spec_LDADD = $(TEST_LIBS)

t_unit_test_negotiate_SOURCES = t/unit/test_negotiate.c
t_unit_test_negotiate_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_negotiate_CFLAGS = $(TEST_CFLAGS)
t_unit_test_negotiate_LDADD = $(TEST_LIBS)

t_unit_test_rate_SOURCES = t/unit/test_rate.c
t_unit_test_rate_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_rate_CFLAGS = $(TEST_CFLAGS)
t_unit_test_rate_LDADD = $(TEST_LIBS)

t_unit_test_op_error_SOURCES = t/unit/test_op_error.c
t_unit_test_op_error_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_op_error_CFLAGS = $(TEST_CFLAGS)
t_unit_test_op_error_LDADD = $(TEST_LIBS)

t_unit_test_log_ring_SOURCES = t/unit/test_log_ring.c
t_unit_test_log_ring_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_log_ring_CFLAGS = $(TEST_CFLAGS)
t_unit_test_log_ring_LDADD = $(TEST_LIBS)

t_unit_test_router_SOURCES = t/unit/test_router.c
t_unit_test_router_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_router_CFLAGS = $(TEST_CFLAGS)
t_unit_test_router_LDADD = $(TEST_LIBS)

t_unit_test_target_SOURCES = t/unit/test_target.c
t_unit_test_target_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_target_CFLAGS = $(TEST_CFLAGS)
t_unit_test_target_LDADD = $(TEST_LIBS)

# Load generator and yardstick.
noinst_PROGRAMS += t/bench/bench_http
t_bench_bench_http_SOURCES = t/bench/bench_http.c
t_bench_bench_http_LDADD = libflorin.a $(LIBS_FLORIN)

# The server over raw sockets.
HTTP_SOCKET_TESTS = t/http/test_deadlines t/http/test_gate t/http/test_server
check_PROGRAMS += $(HTTP_SOCKET_TESTS)
TESTS += $(HTTP_SOCKET_TESTS)

t_http_test_deadlines_SOURCES = t/http/test_deadlines.c
t_http_test_deadlines_CPPFLAGS = $(TEST_CPPFLAGS)
t_http_test_deadlines_CFLAGS = $(TEST_CFLAGS)
t_http_test_deadlines_LDADD = $(TEST_LIBS)

t_http_test_gate_SOURCES = t/http/test_gate.c
t_http_test_gate_CPPFLAGS = $(TEST_CPPFLAGS)
t_http_test_gate_CFLAGS = $(TEST_CFLAGS)
t_http_test_gate_LDADD = $(TEST_LIBS)

t_http_test_server_SOURCES = t/http/test_server.c
t_http_test_server_CPPFLAGS = $(TEST_CPPFLAGS)
t_http_test_server_CFLAGS = $(TEST_CFLAGS)
t_http_test_server_LDADD = $(TEST_LIBS)

t_unit_test_when_SOURCES = t/unit/test_when.c
t_unit_test_when_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_when_CFLAGS = $(TEST_CFLAGS)
t_unit_test_when_LDADD = $(TEST_LIBS)
