/* admin_call: a command's calls of the admin API of the node in its directory.
 *
 * Each function returns an exit status after it said what went wrong: EXIT_UNREACHABLE where no
 * server answers, EXIT_REFUSED with the server's own words where it refuses, EXIT_USAGE where the
 * directory or a typed value is wrong.
 */
#ifndef FLORIN_CLI_ADMIN_CALL_H
#define FLORIN_CLI_ADMIN_CALL_H

#include <jansson.h>

#include "base/amount.h"
#include "cli/command.h"
#include "cli/show.h"

#define ADMIN_BASE       "/admin/v1"
#define ADMIN_PATH_BYTES 4096
#define ADMIN_PAGES_MAX  100000 /* pages of one list that we follow */

struct admin {
	struct cli *cli;
	struct client *client;
	char *text; /* the last answer as it came, owned */
};

/* Reads the configuration and the token of cli->dir; nothing is sent yet. The caller closes *out
 * after success. */
MUST_USE int admin_open(struct cli *cli, struct admin *out);
void admin_close(struct admin *a);

/* out = ADMIN_BASE and the pattern, in which `*` stands for the value, escaped. value may be NULL
 * where there is no `*`. A path that does not fit becomes "", which no server knows. */
void admin_path(char out[ADMIN_PATH_BYTES], const char *pattern, const char *value);
/* Goes on with such a path by another pattern; "" stays "". */
void admin_path_add(char path[ADMIN_PATH_BYTES], const char *pattern, const char *value);

/* One call. Takes `body` (may be NULL). key: the Idempotency-Key, NULL for none. *out is owned by
 * the caller; a->text is the same as it came. */
MUST_USE int admin_call(struct admin *a, const char *method, const char *path, json_t *body,
        const char *key, json_t **out);

/* The last answer as the server wrote it, on one line: what --json prints. */
void admin_print(const struct admin *a);

/* ---- whole commands ---- */

/* Calls, then prints the answer: with --json as it came, else `columns` of it. Takes body. */
MUST_USE int admin_show(struct cli *cli, const char *method, const char *path, json_t *body,
        const struct show_column *columns);
/* The same for what may take long; 0: the client's usual time. */
MUST_USE int admin_show_slow(struct cli *cli, const char *method, const char *path, json_t *body,
        const struct show_column *columns, int64_t timeout_ms);
/* GETs a list and prints it: with --json one page as it came (--limit and --cursor choose it), else
 * all pages as one table. */
MUST_USE int admin_list(struct cli *cli, const char *path, const struct show_column *columns);
extern const struct option admin_list_options[];

/* "90s", "15m", "1h", "7d" as --option has it, in seconds. */
MUST_USE int admin_seconds_typed(
        const struct cli *cli, const char *option, const char *text, uint64_t max, uint64_t *out);

/* ---- money ---- */

/* Which asset an amount belongs to, as the object at `path` says it. */
struct admin_asset {
	char code[ASSET_CODE_MAX + 1];
	unsigned scale;
};
MUST_USE int admin_asset_of(struct admin *a, const char *path, struct admin_asset *out);
MUST_USE int admin_asset_read(const struct cli *cli, const json_t *object, struct admin_asset *out);
/* "10.00" as an amount object, new reference. Finer than the scale or above 2^63-1: EXIT_USAGE. */
MUST_USE int admin_amount_typed(
        const struct cli *cli, const char *text, const struct admin_asset *asset, json_t **out);
/* The member of `body` that an option says, where it is given: an amount typed as above. */
MUST_USE int admin_amount_member(const struct cli *cli, const struct admin_asset *asset,
        const char *option, const char *member, json_t *body);
/* The member of `body` that an option says, where it is given: a whole number up to max. */
MUST_USE int admin_number_member(
        const struct cli *cli, const char *option, const char *member, uint64_t max, json_t *body);
/* The members that ADMIN_LIMIT_OPTIONS say. */
MUST_USE int admin_limit_members(
        const struct cli *cli, const struct admin_asset *asset, json_t *body);
#define ADMIN_LIMIT_OPTIONS                                                                        \
	{"liquidity-threshold", "AMOUNT", "tell the host when no more than this is there", 0},     \
	{                                                                                          \
		"liquidity-threshold-high", "AMOUNT", "and when at least this is there", 0         \
	}
/* POSTs {"amount":AMOUNT} plus the members of `more` (taken; may be NULL) to `path`, for AMOUNT
 * typed as `text` of the asset of the object at `owner`. The key is --id or a fresh one. */
MUST_USE int admin_move(struct cli *cli, const char *owner, const char *path, const char *text,
        json_t *more, const struct show_column *columns);
/* POSTs `body` (taken) with the key of --id or a fresh one, and prints as admin_show does. */
MUST_USE int admin_post_once(
        struct cli *cli, const char *path, json_t *body, const struct show_column *columns);
#define ADMIN_ID_OPTION                                                                            \
	{                                                                                          \
		"id", "UUID", "do it once, however often the command is repeated with this id", 0  \
	}

#endif
