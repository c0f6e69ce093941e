# src/web: level 5. The account holder's pages and the consent flow, on http/.
libflorin_a_SOURCES += \
	src/web/activity.c src/web/activity.h \
	src/web/address.c src/web/address.h \
	src/web/apps.c src/web/apps.h \
	src/web/ask.c src/web/ask.h \
	src/web/cash.c src/web/cash.h \
	src/web/close.c \
	src/web/consent_choice.c src/web/consent_choice.h \
	src/web/consent_view.c src/web/consent_view.h \
	src/web/consent_words.c src/web/consent_words.h \
	src/web/front.c src/web/front.h \
	src/web/holder.c src/web/holder.h \
	src/web/home.c src/web/home.h \
	src/web/idp.c src/web/idp.h \
	src/web/incoming_page.c src/web/incoming_page.h \
	src/web/interact.c src/web/interact.h \
	src/web/interact_end.c src/web/interact_end.h \
	src/web/keys.c src/web/keys.h \
	src/web/landing.c src/web/landing.h \
	src/web/link.c src/web/link.h \
	src/web/login.c src/web/login.h \
	src/web/notices.c src/web/notices.h \
	src/web/passkey_form.c src/web/passkey_form.h \
	src/web/passkeys.c src/web/passkeys.h \
	src/web/password_check.c src/web/password_check.h \
	src/web/pay.c src/web/pay.h \
	src/web/payment.c src/web/payment.h \
	src/web/send.c src/web/send.h \
	src/web/settings.c src/web/settings.h \
	src/web/show.c src/web/show.h \
	src/web/transactions.c src/web/transactions.h \
	src/web/transactions_export.c src/web/transactions_export.h \
	src/web/visit.c src/web/visit.h \
	src/web/visit_page.c \
	src/web/visit_state.c src/web/visit_state.h \
	src/web/visitor.c src/web/visitor.h \
	src/web/web.c src/web/web.h \
	src/web/web_routes.c src/web/web_routes.h
