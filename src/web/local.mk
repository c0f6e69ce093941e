# src/web: level 5. The account holder's pages and the consent flow, on http/.
libflorin_a_SOURCES += \
	src/web/home.c src/web/home.h \
	src/web/login.c src/web/login.h \
	src/web/password_check.c src/web/password_check.h \
	src/web/template.c src/web/template.h \
	src/web/visitor.c src/web/visitor.h \
	src/web/web.c src/web/web.h \
	src/web/web_routes.c src/web/web_routes.h
