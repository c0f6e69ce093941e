# src/http: level 5. The server on libmicrohttpd, and one api_*.c file per public resource.
libflorin_a_SOURCES += \
	src/http/address.c src/http/address.h \
	src/http/crowd.c src/http/crowd.h \
	src/http/deadline.c src/http/deadline.h \
	src/http/exchange.c src/http/exchange.h \
	src/http/guard.c src/http/guard.h \
	src/http/json_body.c src/http/json_body.h \
	src/http/loop.c \
	src/http/negotiate.c src/http/negotiate.h \
	src/http/rate.c src/http/rate.h \
	src/http/reply.c src/http/reply.h \
	src/http/request.c src/http/request.h \
	src/http/router.c src/http/router.h \
	src/http/server.c src/http/server.h \
	src/http/target.c src/http/target.h
