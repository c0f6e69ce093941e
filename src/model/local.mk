# Files of src/model.
libflorin_a_SOURCES += src/model/ledger.c src/model/ledger.h
