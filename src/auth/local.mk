# src/auth: level 4. Who asks and may do what: clients and their keys, passwords, grants, the ends of
# interactions.
libflorin_a_SOURCES += \
	src/auth/client_keys.c src/auth/client_keys.h \
	src/auth/finish.c src/auth/finish.h \
	src/auth/grant_request.c src/auth/grant_request.h \
	src/auth/login_guard.c src/auth/login_guard.h \
	src/auth/passkey.c src/auth/passkey.h \
	src/auth/password.c src/auth/password.h \
	src/auth/totp.c src/auth/totp.h
