# src/http: level 5. The server on libmicrohttpd, and one api_*.c file per public resource.
libflorin_a_SOURCES += \
	src/http/json_body.h \
	src/http/negotiate.h \
	src/http/reply.h \
	src/http/request.h \
	src/http/router.h \
	src/http/server.h
