/* answer: how the admin API says things: amounts, ids and times as JSON, and refusals.
 *
 * The functions that make JSON give NULL where memory is out; json_pack passes that on, and
 * http_reply_json answers it with 500.
 */
#ifndef FLORIN_ADMIN_ANSWER_H
#define FLORIN_ADMIN_ANSWER_H

#include <jansson.h>
#include <stdint.h>

#include "base/id.h"
#include "base/result.h"
#include "http/json_body.h"
#include "http/reply.h"
#include "http/request.h"
#include "store/store.h"

/* {"value":"1000","assetCode":"USD","assetScale":2} */
json_t *admin_amount(uint64_t units, const struct asset_row *asset);
/* For balances, which may be below zero: "-1000". */
json_t *admin_amount_signed(int64_t units, const struct asset_row *asset);
json_t *admin_id(const struct id *id);
/* RFC 3339; null for 0. */
json_t *admin_time(int64_t unix_ms);
/* null for "" and NULL. */
json_t *admin_text(const char *s);

/* The amount object `value` of member `field`, which must be of this asset. NULL leaves *out as it
 * is. On an error the reply is set. Errors: THEIRS_BAD_AMOUNT,
 * THEIRS_BAD_ASSET, THEIRS_MALFORMED. */
MUST_USE enum result admin_amount_read(struct http_request *rq, const json_t *value,
        const char *field, const struct asset_row *asset, uint64_t *out);

/* The same where the asset is not known yet: its code and scale are filled in *asset. */
MUST_USE enum result admin_amount_read_any(struct http_request *rq, const json_t *value,
        const char *field, struct asset_row *asset, uint64_t *out);

/* Which balances the host is told of: members liquidityThreshold and liquidityThresholdHigh as they
 * came, each an amount of this asset; NULL: not named, *out stays. The low one must be below the
 * high one. On an error the reply is set. Errors: as admin_amount_read. */
struct admin_limits_in {
	json_t *low, *high;
};
#define ADMIN_LIMIT_MEMBERS(in)                                                                    \
	{"liquidityThreshold", JSON_TO_OBJECT, &(in).low, .required = false},                      \
	{                                                                                          \
		"liquidityThresholdHigh", JSON_TO_OBJECT, &(in).high, .required = false            \
	}
MUST_USE enum result admin_limits_read(struct http_request *rq, const struct admin_limits_in *in,
        const struct asset_row *asset, struct liquidity_limits *out);

/* "2026-11-26" as its midnight in UTC; false: it is no day. */
bool admin_day(const char *text, int64_t *out);

/* {"error":{"code","description","details":{"field"}}}; field may be NULL. */
enum http_next admin_refuse(struct http_request *rq, enum result r, const char *field,
        const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The same of a message with {name}s (base/words.h), which the console may say in another language:
 * names and values one after the other, and a NULL. */
enum http_next admin_refuse_with(struct http_request *rq, enum result r, const char *field,
        const char *message, ...) __attribute__((sentinel));

/* {name} of the path, and {id}; what is no id names nothing. Errors: THEIRS_NOT_FOUND, and no reply
 * is set. */
MUST_USE enum result admin_param_id(struct http_request *rq, const char *name, struct id *out);
MUST_USE enum result admin_path_id(struct http_request *rq, struct id *out);

/* What a result means for one operation. Tables end with RESULT_OK. */
struct admin_refusal {
	enum result result;
	const char *field; /* the member that is wrong; NULL for none */
	const char *text;  /* one sentence */
};
/* Of batch_move, where the amount is the body's. */
extern const struct admin_refusal admin_move_refusals[];
/* The first row of the table (may be NULL) with this result, else a general sentence. */
enum http_next admin_refuse_by(
        struct http_request *rq, enum result r, const struct admin_refusal *table);

/* Runs what takes long, for a parked request, on a thread of its own; false where there is none to
 * be had. Stopping waits for a parked request, and so for the thread. */
MUST_USE bool admin_run_apart(void *(*run)(void *), void *arg);

#endif
