/* What the caller of the sender tells it and learns between its steps: how it begins, its budget,
 * the largest packet, how a run may end and whether another attempt may go better. */
#include "ilp/stream_sender.h"

#include <string.h>

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

void stream_sender_init(struct stream_sender *s, const struct stream_sender_options *options)
{
	memset(s, 0, sizeof(*s));
	s->run = options->run;
	s->limits = options->limits;
	s->min_rate = options->min_rate;
	s->bounds = options->bounds;
	pay_max_packet_init(&s->largest);
	if (options->run != STREAM_RUN_PROBE && options->max_packet &&
	        options->max_packet != UINT64_MAX) {
		s->largest.limit = s->largest.verified = s->largest.next = options->max_packet;
		s->largest.precise = s->largest.seen_f08 = true;
	}
	s->sequence = options->first_sequence;
	s->cap = s->liquidity = UINT64_MAX;
	stream_window_init(&s->window, options->window_max);
	s->packet_life_ms =
	        options->packet_life_ms ? options->packet_life_ms : STREAM_PACKET_LIFE_MS;
	s->progress_ms = options->progress_ms ? options->progress_ms : STREAM_PROGRESS_MS;
	s->asset_wanted = options->asset_wanted;
	s->probe_max = options->probe_max ? options->probe_max : STREAM_PROBE_MAX;
	s->goal = options->goal;
	s->joins = options->joins;
	s->pace = options->pace;
	if (options->note)
		s->after.note.state = STREAM_NOTE_TO_SEND;
	stream_parcel_init(&s->after.parcel, options->data, STREAM_NOTE_BYTES);
}

void stream_sender_cancel(struct stream_sender *s, enum stream_outcome why)
{
	if (s->outcome == STREAM_RUNNING)
		s->outcome = why;
	stream_parcel_give_up(&s->after.parcel);
}

void stream_sender_doubt(struct stream_sender *s, uint64_t amount)
{
	s->limits.max_source -= amount;
	s->pace.gone += amount;
}
