# src/cli: level 6, with the configuration. One file per command or noun.
libflorin_a_SOURCES += \
	src/cli/bench_load.c src/cli/bench_load.h \
	src/cli/command.c src/cli/command.h \
	src/cli/demo.c src/cli/demo.h \
	src/cli/spawn.c src/cli/spawn.h \
	src/config.c src/config.h
