/* What the caller of the sender tells it and learns between its steps: its budget, the largest
 * packet, how a run may end and whether another attempt may go better. */
#include "ilp/stream_sender.h"

static const struct {
	const char *name;
	bool retryable;
} outcomes[STREAM_OUTCOME_COUNT] = {
        [STREAM_RUNNING] = {"Running", false},
        [STREAM_COMPLETED] = {"Completed", false},
        [STREAM_ESTABLISHMENT_FAILED] = {"EstablishmentFailed", true},
        [STREAM_UNKNOWN_DESTINATION_ASSET] = {"UnknownDestinationAsset", false},
        [STREAM_DESTINATION_ASSET_CONFLICT] = {"DestinationAssetConflict", false},
        [STREAM_RATE_PROBE_FAILED] = {"RateProbeFailed", true},
        [STREAM_INSUFFICIENT_EXCHANGE_RATE] = {"InsufficientExchangeRate", true},
        [STREAM_IDLE_TIMEOUT] = {"IdleTimeout", true},
        [STREAM_CONNECTOR_ERROR] = {"ConnectorError", true},
        [STREAM_CLOSED_BY_RECEIVER] = {"ClosedByReceiver", true},
        [STREAM_INCOMPATIBLE_RECEIVE_MAX] = {"IncompatibleReceiveMax", false},
        [STREAM_RECEIVER_PROTOCOL_VIOLATION] = {"ReceiverProtocolViolation", false},
        [STREAM_MAX_SAFE_ENCRYPTION_LIMIT] = {"MaxSafeEncryptionLimit", false},
        [STREAM_CANCELLED] = {"Cancelled", false},
};

const char *stream_outcome_name(enum stream_outcome o)
{
	return (unsigned)o < STREAM_OUTCOME_COUNT ? outcomes[o].name : "Unknown";
}

bool stream_outcome_is_retryable(enum stream_outcome o)
{
	return (unsigned)o < STREAM_OUTCOME_COUNT && outcomes[o].retryable;
}

void stream_sender_set_budget(struct stream_sender *s, uint64_t total)
{
	s->budget = total;
}

uint64_t stream_sender_max_packet(const struct stream_sender *s)
{
	const struct pay_max_packet *m = &s->largest;

	if (!m->seen_f08 && s->cap == UINT64_MAX)
		return UINT64_MAX;
	if (m->verified)
		return m->verified;
	return m->next < s->cap ? m->next : s->cap;
}
