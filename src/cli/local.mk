# src/cli: level 6, with the configuration. One file per command or noun.
libflorin_a_SOURCES += \
	src/cli/admin_call.c src/cli/admin_call.h \
	src/cli/asset.c \
	src/cli/backup.c \
	src/cli/bench.c src/cli/bench_run.c src/cli/bench_run.h \
	src/cli/bench_ilp.c src/cli/bench_ilp.h src/cli/bench_idle.c src/cli/bench_read.c \
	src/cli/bench_api.c src/cli/bench_api.h src/cli/bench_pay.c src/cli/bench_pay.h \
	src/cli/bench_store.c \
	src/cli/bench_load.c src/cli/bench_load.h \
	src/cli/bench_packets.c src/cli/bench_packets.h \
	src/cli/browser.c src/cli/browser.h \
	src/cli/check.c \
	src/cli/child.c src/cli/child.h \
	src/cli/command.c src/cli/command.h \
	src/cli/command_table.c src/cli/command_table.h \
	src/cli/demo.c src/cli/demo.h src/cli/demo_flow.c src/cli/demo_flow.h \
	src/cli/demo_look.c src/cli/demo_look.h src/cli/demo_page.c src/cli/demo_page.h \
	src/cli/cash.c \
	src/cli/doubt.c \
	src/cli/event.c \
	src/cli/grant.c \
	src/cli/help.c src/cli/help.h \
	src/cli/init.c \
	src/cli/inspect.c src/cli/inspect.h \
	src/cli/inspect_signature.c \
	src/cli/key.c \
	src/cli/money.c \
	src/cli/node_files.c src/cli/node_files.h \
	src/cli/operator.c \
	src/cli/op_client.c src/cli/op_client.h \
	src/cli/pay_data.c src/cli/pay_data.h \
	src/cli/pay_rate.c src/cli/pay_rate.h \
	src/cli/pay.c \
	src/cli/payment.c \
	src/cli/peer.c \
	src/cli/peering.c \
	src/cli/rates.c \
	src/cli/request.c \
	src/cli/route.c \
	src/cli/serve.c \
	src/cli/serve_options.c src/cli/serve_options.h \
	src/cli/serve_stop.c src/cli/serve_stop.h \
	src/cli/settlement.c \
	src/cli/statement.c \
	src/cli/show.c src/cli/show.h \
	src/cli/spawn.c src/cli/spawn.h \
	src/cli/tools.c \
	src/cli/wallet.c \
	src/cli/webhook.c \
	src/config.c src/config.h src/config_listen.c src/config_served.c \
	src/config_text.c
