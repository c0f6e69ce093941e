/* sqlite_sql: the text of sql/sqlite/, embedded at build time by scripts/embed-sql. */
#ifndef FLORIN_STORE_SQLITE_SQL_H
#define FLORIN_STORE_SQLITE_SQL_H

#include <stddef.h>

#include "store/kept.h"
#include "store/statements.h"

/* Which connections may use a statement. */
enum sqlite_for { SQLITE_FOR_WRITE = 1, SQLITE_FOR_READ = 2, SQLITE_FOR_BOTH = 3 };

struct sqlite_statement {
	const char *name;
	enum sqlite_for who;
	unsigned changes; /* bits 1 << enum kept_kind */
	const char *text;
};

struct sqlite_step {
	int number; /* 1, 2, 3 ... */
	const char *name;
	const char *const *lines; /* with their line ends; NULL after the last */
};

/* A query that returns no row where the store is sound; its first column says what is broken.
 * Parameter ?1 is the wall clock. */
struct sqlite_check {
	const char *name;
	const char *about;
	const char *text;
};

extern const struct sqlite_statement sqlite_statements[STATEMENTS];
extern const struct sqlite_step sqlite_steps[];
extern const size_t sqlite_steps_count;
extern const struct sqlite_check sqlite_checks[];
extern const size_t sqlite_checks_count;

#endif
