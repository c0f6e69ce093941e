# Tests of src/net.
NET_TESTS = \
	t/unit/test_client \
	t/unit/test_http_answer \
	t/unit/test_outbound \
	t/unit/test_timer \
	t/unit/test_transfer \
	t/unit/test_url_guard \
	t/unit/test_websocket \
	t/unit/test_websocket_head \
	t/unit/test_wire
check_PROGRAMS += $(NET_TESTS)
TESTS += $(NET_TESTS)

t_unit_test_client_SOURCES = t/unit/test_client.c
t_unit_test_client_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_client_CFLAGS = $(TEST_CFLAGS)
t_unit_test_client_LDADD = $(TEST_LIBS)

t_unit_test_http_answer_SOURCES = t/unit/test_http_answer.c
t_unit_test_http_answer_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_http_answer_CFLAGS = $(TEST_CFLAGS)
t_unit_test_http_answer_LDADD = $(TEST_LIBS)

t_unit_test_outbound_SOURCES = t/unit/test_outbound.c
t_unit_test_outbound_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_outbound_CFLAGS = $(TEST_CFLAGS)
t_unit_test_outbound_LDADD = $(TEST_LIBS)

t_unit_test_timer_SOURCES = t/unit/test_timer.c
t_unit_test_timer_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_timer_CFLAGS = $(TEST_CFLAGS)
t_unit_test_timer_LDADD = $(TEST_LIBS)

t_unit_test_url_guard_SOURCES = t/unit/test_url_guard.c
t_unit_test_url_guard_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_url_guard_CFLAGS = $(TEST_CFLAGS)
t_unit_test_url_guard_LDADD = $(TEST_LIBS)

t_unit_test_transfer_SOURCES = t/unit/test_transfer.c
t_unit_test_transfer_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_transfer_CFLAGS = $(TEST_CFLAGS)
t_unit_test_transfer_LDADD = $(TEST_LIBS)

t_unit_test_wire_SOURCES = t/unit/test_wire.c
t_unit_test_wire_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_wire_CFLAGS = $(TEST_CFLAGS)
t_unit_test_wire_LDADD = $(TEST_LIBS)

t_unit_test_websocket_SOURCES = t/unit/test_websocket.c
t_unit_test_websocket_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_websocket_CFLAGS = $(TEST_CFLAGS)
t_unit_test_websocket_LDADD = $(TEST_LIBS)

t_unit_test_websocket_head_SOURCES = t/unit/test_websocket_head.c
t_unit_test_websocket_head_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_websocket_head_CFLAGS = $(TEST_CFLAGS)
t_unit_test_websocket_head_LDADD = $(TEST_LIBS)
