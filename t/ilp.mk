# Tests of src/ilp.
check_PROGRAMS += t/unit/test_stream_sender
TESTS += t/unit/test_stream_sender
t_unit_test_stream_sender_SOURCES = t/unit/test_stream_sender.c t/ilp/path.c t/ilp/path.h
t_unit_test_stream_sender_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_stream_sender_CFLAGS = $(TEST_CFLAGS)
t_unit_test_stream_sender_LDADD = $(TEST_LIBS)
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
