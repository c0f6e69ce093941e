# src/cli: level 6. One file per command or noun.
libflorin_a_SOURCES += \
	src/cli/command.c src/cli/command.h
