/* result: the one error type of the program.
 *
 * Every fallible function returns `enum result` and is MUST_USE. A code belongs to one class, and
 * the class decides the answer: THEIRS is bad input (4xx, F-code, log info), RETRY is a passing
 * fault (503, T-code), OURS is a defect or a broken machine (500, T00, log error).
 */
#ifndef FLORIN_BASE_RESULT_H
#define FLORIN_BASE_RESULT_H

#define MUST_USE __attribute__((warn_unused_result))

enum result {
	RESULT_OK = 0,

	RESULT_THEIRS_TRUNCATED,    /* the input ends before the value does */
	RESULT_THEIRS_NONCANONICAL, /* a second spelling of a value that has one */
	RESULT_THEIRS_TOO_BIG,      /* larger than the named limit of the field */
	RESULT_THEIRS_MALFORMED,    /* does not follow the grammar */
	RESULT_THEIRS_BAD_TYPE,     /* a well-formed message of the wrong kind */
	RESULT_THEIRS_UNAUTHENTIC,  /* does not decrypt or verify under the key */
	RESULT_THEIRS_UNAUTHORIZED, /* no or unknown token */
	RESULT_THEIRS_FORBIDDEN,    /* known, but not allowed this */
	RESULT_THEIRS_NOT_FOUND,    /* names something that does not exist */
	RESULT_THEIRS_CONFLICT,     /* the same id with other content, or a taken name */
	RESULT_THEIRS_BAD_AMOUNT,   /* not an amount, zero, above 2^63-1, or finer than the scale */
	RESULT_THEIRS_BAD_ASSET,    /* unknown asset, or one that does not fit here */
	RESULT_THEIRS_NO_RATE,      /* no exchange rate for the pair, or a stale one */
	RESULT_THEIRS_INSUFFICIENT, /* not enough balance, credit or liquidity */
	RESULT_THEIRS_EXPIRED,      /* past its time */
	RESULT_THEIRS_STATE,        /* not possible in the object's present state */
	RESULT_THEIRS_BLOCKED,      /* an address that the outbound policy refuses */
	RESULT_THEIRS_PROTOCOL,     /* the other server broke its protocol */
	RESULT_THEIRS_REFUSED,      /* the other server said no */

	RESULT_RETRY_BUSY,        /* a bounded queue is full */
	RESULT_RETRY_TIMEOUT,     /* no answer before the deadline */
	RESULT_RETRY_UNREACHABLE, /* connection failed before the request was sent */
	RESULT_RETRY_UNKNOWN,     /* the request may have been processed; its outcome is unknown */
	RESULT_RETRY_STORE,       /* the store refused this once (disk full, locked) */
	RESULT_RETRY_DRAINING,    /* the server is stopping */

	RESULT_OURS_BUG,    /* an impossible state */
	RESULT_OURS_MEMORY, /* allocation failed */
	RESULT_OURS_STORE,  /* the store's content or engine is broken */
	RESULT_OURS_IO,     /* a local file or socket failed */
	RESULT_OURS_CONFIG, /* the configuration is wrong */

	RESULT_COUNT
};

enum result_class { RESULT_CLASS_OK, RESULT_CLASS_THEIRS, RESULT_CLASS_RETRY, RESULT_CLASS_OURS };

/* The class of a code; RESULT_CLASS_OURS for a value that is none. */
enum result_class result_class(enum result r);

/* Short lower-case name for logs and error bodies, e.g. "not_found"; never NULL. */
const char *result_name(enum result r);

/* Propagate an error. Only in codec/ and model/, which own nothing that needs release. */
#define TRY(expr)                                                                                  \
	do {                                                                                       \
		enum result try_result_ = (expr);                                                  \
		if (try_result_)                                                                   \
			return try_result_;                                                        \
	} while (0)

#endif
