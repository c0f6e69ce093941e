#include "model/payment_error.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/words.h"

static void printable(char *out, size_t size, struct bytes in)
{
	size_t n = in.n < size ? in.n : size - 1;

	for (size_t i = 0; i < n; i++)
		out[i] = in.p[i] >= 0x20 && in.p[i] < 0x7f ? (char)in.p[i] : '?';
	out[n] = '\0';
}

void payment_reject_set(
        struct payment_reject *r, const char *code, struct bytes triggered_by, struct bytes message)
{
	printable(r->code, sizeof(r->code), bytes_of(code, sizeof(r->code) - 1));
	printable(r->triggered_by, sizeof(r->triggered_by), triggered_by);
	printable(r->message, sizeof(r->message), message);
}

void payment_reject_text(const struct payment_reject *r, char out[PAYMENT_REJECT_TEXT])
{
	out[0] = '\0';
	if (r->code[0])
		(void)snprintf(out, PAYMENT_REJECT_TEXT, "; the last Reject was %s%s%s%s%s",
		        r->code, *r->triggered_by ? " from " : "", r->triggered_by,
		        *r->message ? ": " : "", r->message);
}

void payment_error_format(
        const char *why, const struct payment_reject *reject, char out[PAYMENT_ERROR_SIZE])
{
	if (reject && reject->code[0])
		(void)snprintf(out, PAYMENT_ERROR_SIZE, "%.*s\t%s\t%s\t%s",
		        PAYMENT_ERROR_SIZE - 2 * PAYMENT_REJECT_WORDS - 8, why, reject->code,
		        reject->triggered_by, reject->message);
	else
		text_copy_cut(out, PAYMENT_ERROR_SIZE, why);
}

/* The text up to the next tab, into out; what comes after it. */
static const char *part(const char *text, char *out, size_t size)
{
	size_t n = strcspn(text, "\t");

	(void)snprintf(out, size, "%.*s", (int)n, text);
	return text[n] ? text + n + 1 : text + n;
}

void payment_error_parse(const char *text, struct payment_error *out)
{
	text = part(text, out->why, sizeof(out->why));
	text = part(text, out->reject.code, sizeof(out->reject.code));
	text = part(text, out->reject.triggered_by, sizeof(out->reject.triggered_by));
	(void)part(text, out->reject.message, sizeof(out->reject.message));
}

/* How a payment may end, by the sender's names (ilp/stream_sender.h): for whoever knows the
 * network, and for the holder of a wallet. */
static const struct {
	const char *code;
	const char *sentence;
	const char *plain;
} ends[] = {
        {"EstablishmentFailed", WORDS("the receiver gave no answer"),
                WORDS("The receiver gave no answer.")},
        {"InsufficientExchangeRate",
                WORDS("the rate fell below the quote's, or only amounts too small "
                      "to exchange got through"),
                WORDS("It would have brought the receiver less than you agreed to.")},
        {"RateProbeFailed", WORDS("nothing got through that tells the rate"),
                WORDS("Nothing gets through to the receiver just now.")},
        {"UnknownDestinationAsset", WORDS("the receiver does not say in which currency it is paid"),
                WORDS("The receiver does not say in which currency it is paid.")},
        {"DestinationAssetConflict", WORDS("the receiver named two currencies"),
                WORDS("The receiver does not say in which currency it is paid.")},
        {"IncompatibleReceiveMax", WORDS("the receiver takes less than this"),
                WORDS("The receiver takes less than this.")},
        {"MaxSafeEncryptionLimit", WORDS("more packets than one connection may carry safely"),
                WORDS("It was too much for one payment.")},
        {"Cancelled", WORDS("it was stopped"), WORDS("It was stopped.")},
        {"IdleTimeout",
                WORDS("no packet got through for too long: somebody on the path may lack credit "
                      "or liquidity"),
                WORDS("Nothing more gets through to the receiver just now.")},
        {"ConnectorError", WORDS("a connector on the path refuses the packets"),
                WORDS("Somebody on the way to the receiver does not pass it on.")},
        {"ClosedByReceiver", WORDS("the receiver ended the connection"),
                WORDS("The receiver takes no more of it.")},
        {"ReceiverProtocolViolation", WORDS("the receiver broke the protocol"),
                WORDS("The receiver's wallet did not answer as it should.")},
};

/* Ends of which the last Reject knows the reason. */
static const char *const vague[] = {
        "IdleTimeout", "InsufficientExchangeRate", "RateProbeFailed", "EstablishmentFailed"};

#define TOO_BUSY WORDS("Somebody on the way to the receiver is too busy just now.")
#define TOO_SLOW WORDS("It took too long on its way.")

/* What a Reject means, for the same two. Spec: RFC 0027 "Error Codes". */
static const struct {
	const char *code;
	const char *sentence;
	const char *plain;
} rejects[] = {
        {"T01", WORDS("a peer on the path can't be reached"),
                WORDS("The way to the receiver is interrupted just now.")},
        {"T02", WORDS("a peer on the path is too busy"), TOO_BUSY},
        {"T03", WORDS("a connector on the path is too busy"), TOO_BUSY},
        {"T04",
                WORDS("a connector on the path has not enough liquidity, or its peer no more "
                      "credit, to "
                      "pass the money on"),
                WORDS("Somebody on the way to the receiver can't pass on that much just now.")},
        {"T05", WORDS("a connector on the path takes no more packets for now"), TOO_BUSY},
        {"R00", WORDS("the packets took too long on their way"), TOO_SLOW},
        {"R02", WORDS("the packets took too long on their way"), TOO_SLOW},
};

/* The row of the last Reject, where it tells more than the end; -1: none. */
static int reject_of(const char *why, const struct payment_reject *last)
{
	for (size_t i = 0; i < sizeof(vague) / sizeof(vague[0]); i++) {
		if (strcmp(vague[i], why) != 0)
			continue;
		for (size_t k = 0; k < sizeof(rejects) / sizeof(rejects[0]); k++) {
			if (strcmp(rejects[k].code, last->code) == 0)
				return (int)k;
		}
	}
	return -1;
}

static int end_of(const char *why)
{
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		if (strcmp(ends[i].code, why) == 0)
			return (int)i;
	}
	return -1;
}

const char *payment_error_sentence(const char *why, const struct payment_reject *last)
{
	int reject = reject_of(why, last), end = end_of(why);

	if (reject >= 0)
		return rejects[reject].sentence;
	return end >= 0 ? ends[end].sentence : why;
}

const char *payment_error_plain(const char *why, const struct payment_reject *last)
{
	int reject = reject_of(why, last), end = end_of(why);

	if (reject >= 0)
		return rejects[reject].plain;
	return end >= 0 ? ends[end].plain : why;
}
