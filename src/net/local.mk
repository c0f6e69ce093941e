# src/net: level 3. The only folder that knows libcurl.
libflorin_a_SOURCES += \
	src/net/answer_body.c src/net/answer_body.h \
	src/net/client.c src/net/client.h \
	src/net/http_answer.c src/net/http_answer.h \
	src/net/outbound.c src/net/outbound.h \
	src/net/outbound_life.c src/net/outbound_thread.h \
	src/net/outbound_host.c src/net/outbound_host.h \
	src/net/outbound_target.c src/net/outbound_target.h \
	src/net/timer.c src/net/timer.h \
	src/net/transfer.c src/net/transfer.h \
	src/net/url_guard.c src/net/url_guard.h \
	src/net/watch.c src/net/watch.h \
	src/net/websocket.c src/net/websocket.h \
	src/net/websocket_head.c src/net/websocket_head.h \
	src/net/wire.c src/net/wire.h
