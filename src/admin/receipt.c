/* receipt: verifies STREAM receipts, for whoever gave out their secrets. */
#include <stdio.h>
#include <string.h>

#include "admin/answer.h"
#include "admin/change.h"
#include "admin/resource.h"
#include "codec/receipt.h"

#define SEED_BYTES_MAX 256

static enum http_next bad(struct http_request *rq, const char *member, const char *why)
{
	return admin_refuse(rq, RESULT_THEIRS_MALFORMED, member, "\"%s\" %s", member, why);
}

/* The secret itself, or what it was derived from. Errors: THEIRS_MALFORMED; the reply is set. */
static enum result read_secret(struct http_request *rq, const char *secret, const char *seed,
        const struct receipt *said, struct secret32 *out)
{
	uint8_t bytes[SEED_BYTES_MAX];
	const char *text = secret ? secret : seed;
	size_t n = 0;
	enum result r = base64_decode(text, strlen(text), bytes, sizeof(bytes), &n);

	if (!r && (secret ? n != sizeof(out->b) : n == 0))
		r = RESULT_THEIRS_MALFORMED;
	if (!r && secret)
		memcpy(out->b, bytes, sizeof(out->b));
	else if (!r)
		receipt_secret(bytes_of(bytes, n), said->nonce, out);
	secret_wipe(bytes, sizeof(bytes));
	if (!r)
		return RESULT_OK;
	(void)bad(rq, secret ? "secret" : "seed",
	        secret ? "must be 32 bytes in base64" : "must be 1 to 256 bytes in base64");
	return RESULT_THEIRS_MALFORMED;
}

enum http_next admin_receipt_verify(struct http_request *rq)
{
	const char *text = NULL, *secret = NULL, *seed = NULL;
	const struct json_member members[] = {
	        {"receipt", JSON_TO_STRING, &text, .required = true, .max = 2 * RECEIPT_SIZE},
	        {"secret", JSON_TO_STRING, &secret, .max = 64},
	        {"seed", JSON_TO_STRING, &seed, .max = 2 * SEED_BYTES_MAX},
	};
	uint8_t wire[RECEIPT_SIZE];
	char nonce[2 * RECEIPT_NONCE_SIZE + 1], total[24];
	struct receipt receipt;
	struct secret32 key;
	size_t n = 0;
	bool valid;

	if (http_json_read(
	            rq, false, members, sizeof(members) / sizeof(members[0]), JSON_SPEC_STRICT))
		return HTTP_DONE;
	if (!secret == !seed)
		return bad(rq, "secret", "or \"seed\" must be given, and one of them only");
	if (base64_decode(text, strlen(text), wire, sizeof(wire), &n) ||
	        receipt_decode(bytes_of(wire, n), &receipt))
		return bad(rq, "receipt", "must be a receipt of 58 bytes in base64");
	if (read_secret(rq, secret, seed, &receipt, &key))
		return HTTP_DONE;
	valid = receipt_verify(bytes_of(wire, n), &key, &receipt) == RESULT_OK;
	secret_clear(&key);
	hex_encode(bytes_of(receipt.nonce, sizeof(receipt.nonce)), nonce);
	(void)snprintf(total, sizeof(total), "%llu", (unsigned long long)receipt.total_received);
	return http_reply_json(rq, 200,
	        json_pack("{s:b, s:s, s:i, s:s}", "valid", valid, "nonce", nonce, "streamId",
	                (int)receipt.stream_id, "totalReceived", total));
}
