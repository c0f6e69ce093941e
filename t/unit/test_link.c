/* What a peer's answer to our Prepare means, case by case. */
#include "unit/harness.h"

#include "base/secret.h"
#include "ilp/link.h"

#define EXPIRY_MS 1000000

enum body { NOTHING, FULFILL, FULFILL_OF_ANOTHER, REJECT, PREPARE, CUT, GARBAGE };

static const uint8_t preimage[ILP_FULFILLMENT_SIZE] = {1, 2, 3};
static uint8_t condition[ILP_CONDITION_SIZE];
static uint8_t storage[256];

static struct bytes body_of(enum body body)
{
	static const uint8_t other[ILP_FULFILLMENT_SIZE] = {9};
	struct ilp_prepare prepare = {.expires_at_ms = EXPIRY_MS,
	        .condition = condition,
	        .destination = bytes_str("test.a"),
	        .data = bytes_of(NULL, 0)};
	struct buf b;

	buf_init(&b, storage, sizeof(storage));
	switch (body) {
	case NOTHING:
		break;
	case FULFILL:
	case CUT:
		ilp_fulfill_encode(&b, preimage, bytes_of(NULL, 0));
		break;
	case FULFILL_OF_ANOTHER:
		ilp_fulfill_encode(&b, other, bytes_of(NULL, 0));
		break;
	case REJECT:
		ilp_reject_encode(&b, ILP_T04_INSUFFICIENT_LIQUIDITY, bytes_str("test.b"),
		        bytes_str("no"), bytes_of(NULL, 0));
		break;
	case PREPARE:
		ilp_prepare_encode(&b, &prepare);
		break;
	case GARBAGE:
		buf_put(&b, "\xff\xff\xff", 3);
		break;
	}
	ck_assert(!b.failed);
	return bytes_of(storage, body == CUT ? b.len - 4 : b.len);
}

START_TEST(answers)
{
	static const struct {
		const char *note;
		enum result result;
		bool sent;
		int status;
		enum body body;
		int64_t now_ms;
		enum link_outcome outcome;
		const char *code; /* of ours; NULL: the peer's packet counts */
	} cases[] = {
	        {"never sent", RESULT_RETRY_UNREACHABLE, false, 0, NOTHING, 1, LINK_REFUSED, "T01"},
	        {"blocked", RESULT_THEIRS_BLOCKED, false, 0, NOTHING, 1, LINK_REFUSED, "T01"},
	        {"too many at once", RESULT_RETRY_BUSY, false, 0, NOTHING, 1, LINK_REFUSED, "T03"},
	        {"expired in the queue", RESULT_RETRY_TIMEOUT, false, 0, NOTHING, 1, LINK_REFUSED,
	                "R00"},
	        {"no answer in time", RESULT_RETRY_TIMEOUT, true, 0, NOTHING, 1, LINK_UNKNOWN,
	                "R00"},
	        {"read and closed", RESULT_RETRY_UNKNOWN, true, 0, NOTHING, 1, LINK_UNKNOWN, "T00"},
	        {"token refused", RESULT_OK, true, 401, NOTHING, 1, LINK_REFUSED, "T00"},
	        {"a proxy's patience is over", RESULT_OK, true, 408, NOTHING, 1, LINK_UNKNOWN,
	                "T00"},
	        {"server error", RESULT_OK, true, 500, NOTHING, 1, LINK_UNKNOWN, "T00"},
	        {"a Fulfill with an error status", RESULT_OK, true, 500, FULFILL, 1, LINK_UNKNOWN,
	                "T00"},
	        {"empty answer", RESULT_OK, true, 200, NOTHING, 1, LINK_UNKNOWN, "T00"},
	        {"garbage", RESULT_OK, true, 200, GARBAGE, 1, LINK_UNKNOWN, "T00"},
	        {"a Prepare", RESULT_OK, true, 200, PREPARE, 1, LINK_UNKNOWN, "T00"},
	        {"half a Fulfill", RESULT_OK, true, 200, CUT, 1, LINK_UNKNOWN, "T00"},
	        {"wrong preimage", RESULT_OK, true, 200, FULFILL_OF_ANOTHER, 1, LINK_REFUSED,
	                "F05"},
	        {"too late", RESULT_OK, true, 200, FULFILL, EXPIRY_MS + 1, LINK_UNKNOWN, "R00"},
	        {"at the very expiry", RESULT_OK, true, 200, FULFILL, EXPIRY_MS, LINK_FULFILLED,
	                NULL},
	        {"fulfilled", RESULT_OK, true, 200, FULFILL, 1, LINK_FULFILLED, NULL},
	        {"rejected", RESULT_OK, true, 200, REJECT, EXPIRY_MS + 1, LINK_REJECTED, NULL},
	};

	sha256(bytes_of(preimage, sizeof(preimage)), condition);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bytes body = body_of(cases[i].body);
		struct link_prepare p = {.condition = condition, .expires_at_ms = EXPIRY_MS};
		struct outbound_request rq = {.result = cases[i].result,
		        .sent = cases[i].sent,
		        .status = cases[i].status,
		        .answer = storage,
		        .answer_n = body.n};
		struct link_answer a;

		link_judge(&rq, &p, cases[i].now_ms, &a);
		ck_assert_msg(a.outcome == cases[i].outcome, "%s: outcome %d", cases[i].note,
		        (int)a.outcome);
		if (cases[i].code)
			ck_assert_msg(strcmp(a.code, cases[i].code) == 0, "%s: %s", cases[i].note,
			        a.code);
		else
			ck_assert_uint_eq(a.packet.n, body.n);
	}
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, answers);
}

TEST_MAIN("link", fill)
