/* remote_answer: what other wallets' servers answer us when we are their client: wallet address
 * documents, grants, quotes and payments.
 *
 * Texts are copied into bounded buffers. Members that we do not use are not looked at; those that
 * we use are checked as if they came from an enemy, since they do.
 * Spec: Open Payments, wallet address server, authorization server, incoming payments.
 */
#ifndef FLORIN_CODEC_REMOTE_ANSWER_H
#define FLORIN_CODEC_REMOTE_ANSWER_H

#include <jansson.h>
#include <stdbool.h>

#include "base/amount.h"
#include "base/limits.h"
#include "base/result.h"
#include "base/secret.h"

#define REMOTE_TOKEN_MAX 512 /* characters of an access token */

struct remote_wallet {
	char id[URL_MAX_CHARS + 1];
	char auth_server[URL_MAX_CHARS + 1];
	char resource_server[URL_MAX_CHARS + 1]; /* no trailing slash */
	char asset_code[ASSET_CODE_MAX + 1];
	unsigned asset_scale;
	char public_name[PUBLIC_NAME_MAX + 1]; /* "" where there is none that may be shown */
};

/* Errors: THEIRS_PROTOCOL (no wallet address document). */
MUST_USE enum result remote_wallet_read(const json_t *body, struct remote_wallet *out);

struct remote_token {
	char text[REMOTE_TOKEN_MAX + 1];
	char manage[URL_MAX_CHARS + 1];
	int64_t expires_in_s; /* 0: not told */
};

/* Of a grant or a rotation. The owner wipes it. Errors: THEIRS_REFUSED (it asks for a person),
 * THEIRS_PROTOCOL. */
MUST_USE enum result remote_token_read(const json_t *body, struct remote_token *out);

struct remote_incoming {
	char id[URL_MAX_CHARS + 1];
	char wallet[URL_MAX_CHARS + 1]; /* its wallet address; "" where that is not told */
	char asset_code[ASSET_CODE_MAX + 1];
	unsigned asset_scale;
	int64_t created_ms; /* 0 where it is not told */
	bool has_amount;
	uint64_t amount; /* where has_amount; may be up to 2^63-1 */
	uint64_t received;
	bool completed;
	bool has_expiry;
	int64_t expires_ms; /* where has_expiry */
	bool has_method;    /* it says where to send */
	char address[ILP_ADDRESS_MAX + 1];
	struct secret32 shared_secret;
};

/* The full form. Errors: THEIRS_PROTOCOL. */
MUST_USE enum result remote_incoming_read(const json_t *body, struct remote_incoming *out);
/* authServer of the public form. Errors: THEIRS_PROTOCOL. */
MUST_USE enum result remote_incoming_read_public(
        const json_t *body, char auth_server[URL_MAX_CHARS + 1]);

struct remote_quote {
	char id[URL_MAX_CHARS + 1];
	uint64_t debit; /* what it costs, in the payer's asset */
	char asset_code[ASSET_CODE_MAX + 1];
	unsigned asset_scale;
	int64_t expires_ms; /* INT64_MAX: not told */
};

/* Errors: THEIRS_PROTOCOL. */
MUST_USE enum result remote_quote_read(const json_t *body, struct remote_quote *out);

/* A grant that a person must agree to, at `redirect`. */
#define REMOTE_NONCE_MAX 255
struct remote_consent {
	char redirect[URL_MAX_CHARS + 1];
	char nonce[REMOTE_NONCE_MAX + 1]; /* the server's, for the hash */
	char continue_uri[URL_MAX_CHARS + 1];
	char continue_token[REMOTE_TOKEN_MAX + 1]; /* the owner wipes it */
};

/* Errors: THEIRS_PROTOCOL. */
MUST_USE enum result remote_consent_read(const json_t *body, struct remote_consent *out);

struct remote_outgoing {
	char id[URL_MAX_CHARS + 1];
	bool failed;
	bool over; /* everything was sent */
};

/* Errors: THEIRS_PROTOCOL. */
MUST_USE enum result remote_outgoing_read(const json_t *body, struct remote_outgoing *out);

#endif
