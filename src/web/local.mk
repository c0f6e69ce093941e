# src/web: level 5. The account holder's pages and the consent flow, on http/.
libflorin_a_SOURCES += \
	src/web/consent_view.c src/web/consent_view.h \
	src/web/consent_words.c src/web/consent_words.h \
	src/web/home.c src/web/home.h \
	src/web/idp.c src/web/idp.h \
	src/web/interact.c src/web/interact.h \
	src/web/interact_end.c src/web/interact_end.h \
	src/web/login.c src/web/login.h \
	src/web/password_check.c src/web/password_check.h \
	src/web/visitor.c src/web/visitor.h \
	src/web/web.c src/web/web.h \
	src/web/web_routes.c src/web/web_routes.h
