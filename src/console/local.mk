# src/console: above admin/ and web/. The operator's web console on the admin listener.
libflorin_a_SOURCES += \
	src/console/act.c src/console/act.h src/console/act_form.c src/console/acts.c \
	src/console/cell.c src/console/cell.h \
	src/console/chart.c src/console/chart.h \
	src/console/console.c src/console/console.h \
	src/console/download.c src/console/download.h \
	src/console/login.c src/console/login.h \
	src/console/operator_visitor.c src/console/operator_visitor.h \
	src/console/overview.c src/console/overview.h \
	src/console/pages.c src/console/pages.h \
	src/console/pages_holder.c src/console/pages_money.c src/console/pages_network.c \
	src/console/pages_node.c \
	src/console/part.c \
	src/console/routes.c src/console/routes.h \
	src/console/setup.c src/console/setup.h \
	src/console/view.c src/console/view.h \
	src/console/word.c src/console/word.h
