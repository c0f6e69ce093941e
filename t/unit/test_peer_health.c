#include "unit/harness.h"

#include "ilp/peer_health.h"

/* What the end of a request says about the peer. */
START_TEST(signs)
{
	static const struct {
		enum result result;
		int status;
		enum link_outcome outcome;
		const char *code;
		enum peer_sign sign;
	} cases[] = {
	        {RESULT_OK, 200, LINK_FULFILLED, NULL, PEER_SIGN_ANSWER},
	        {RESULT_OK, 200, LINK_REJECTED, NULL, PEER_SIGN_ANSWER},
	        {RESULT_OK, 200, LINK_REFUSED, ILP_F05_WRONG_CONDITION, PEER_SIGN_ANSWER},
	        {RESULT_OK, 200, LINK_UNKNOWN, ILP_R00_TRANSFER_TIMED_OUT, PEER_SIGN_ANSWER},
	        {RESULT_OK, 200, LINK_UNKNOWN, ILP_T00_INTERNAL_ERROR, PEER_SIGN_SILENCE},
	        {RESULT_OK, 401, LINK_REFUSED, ILP_T00_INTERNAL_ERROR, PEER_SIGN_SILENCE},
	        {RESULT_OK, 502, LINK_UNKNOWN, ILP_T00_INTERNAL_ERROR, PEER_SIGN_SILENCE},
	        {RESULT_RETRY_TIMEOUT, 0, LINK_UNKNOWN, ILP_R00_TRANSFER_TIMED_OUT,
	                PEER_SIGN_SILENCE},
	        {RESULT_RETRY_UNREACHABLE, 0, LINK_REFUSED, ILP_T01_PEER_UNREACHABLE,
	                PEER_SIGN_SILENCE},
	        {RESULT_THEIRS_BLOCKED, 0, LINK_REFUSED, ILP_T01_PEER_UNREACHABLE,
	                PEER_SIGN_SILENCE},
	        /* our own doing */
	        {RESULT_RETRY_BUSY, 0, LINK_REFUSED, ILP_T03_CONNECTOR_BUSY, PEER_SIGN_NONE},
	        {RESULT_RETRY_DRAINING, 0, LINK_REFUSED, ILP_T03_CONNECTOR_BUSY, PEER_SIGN_NONE},
	        {RESULT_OURS_MEMORY, 0, LINK_REFUSED, ILP_T01_PEER_UNREACHABLE, PEER_SIGN_NONE},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct outbound_request rq = {
		        .result = cases[i].result, .status = cases[i].status};
		const struct link_answer a = {
		        .outcome = cases[i].outcome, .code = cases[i].code, .message = ""};

		ck_assert_msg(peer_sign_of(&rq, &a) == cases[i].sign, "case %zu", i);
	}
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, signs);
}

TEST_MAIN("peer_health", fill)
