/* payment_error: why an attempt at a payment ended, as the store keeps it: one text.
 *
 * It begins with a name of the sender's (IdleTimeout, ...) or a sentence. Where a Reject came
 * before the end, its code, who triggered it and its message follow, each behind a tab: foreign
 * words, made printable and cut.
 */
#ifndef FLORIN_MODEL_PAYMENT_ERROR_H
#define FLORIN_MODEL_PAYMENT_ERROR_H

#include "base/bytes.h"

#define PAYMENT_REJECT_WORDS 161 /* of an address or a message, with the NUL */
#define PAYMENT_ERROR_SIZE   512
#define PAYMENT_REJECT_TEXT  384

struct payment_reject {
	char code[4]; /* "": there was none */
	char triggered_by[PAYMENT_REJECT_WORDS];
	char message[PAYMENT_REJECT_WORDS];
};

struct payment_error {
	char why[PAYMENT_ERROR_SIZE];
	struct payment_reject reject;
};

/* code: three bytes. All of them may be the peer's. */
void payment_reject_set(struct payment_reject *r, const char *code, struct bytes triggered_by,
        struct bytes message);
/* "; the last Reject was T04 from test.connector: insufficient liquidity", or "". */
void payment_reject_text(const struct payment_reject *r, char out[PAYMENT_REJECT_TEXT]);

/* reject may be NULL. */
void payment_error_format(
        const char *why, const struct payment_reject *reject, char out[PAYMENT_ERROR_SIZE]);
void payment_error_parse(const char *text, struct payment_error *out);
/* For people: what a name of the sender's means; a text that is none is its own sentence. Where the
 * last Reject tells more than the name, it is what is said: of a path that has no liquidity the
 * sender knows only that nothing of use got through. */
const char *payment_error_sentence(const char *why, const struct payment_reject *last);
/* The same for the holder of a wallet, who knows nothing of connectors and packets. */
const char *payment_error_plain(const char *why, const struct payment_reject *last);

#endif
