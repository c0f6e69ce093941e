#include "ilp/stream_goal.h"

static uint64_t most(uint64_t max_packet)
{
	return max_packet < AMOUNT_MAX ? max_packet : AMOUNT_MAX;
}

void stream_goal_begin(struct stream_goal *g, const struct pay_bounds *bounds, uint64_t max_packet)
{
	struct pay_estimate e;

	switch (g->kind) {
	case STREAM_GOAL_NONE:
		g->over = true;
		break;
	case STREAM_GOAL_SEND:
		g->over = g->amount == 0 || g->amount > most(max_packet);
		break;
	case STREAM_GOAL_DELIVER:
		g->over = g->amount == 0 || !pay_bounds_source(bounds, g->amount, &e) ||
		          e.high > most(max_packet);
		if (!g->over)
			least_source_init(&g->search, g->amount, bounds, most(max_packet));
		break;
	case STREAM_GOAL_LEAST:
		least_source_init(&g->search, 1, bounds, most(max_packet));
		break;
	}
}

uint64_t stream_goal_ask(struct stream_goal *g)
{
	bool exact = g->kind == STREAM_GOAL_SEND;

	if (g->over || g->tries == STREAM_GOAL_TRIES_MAX)
		return 0;
	g->asked = exact ? g->amount : least_source_ask(&g->search);
	if (g->asked)
		g->tries++;
	else
		g->over = true;
	return g->asked;
}

void stream_goal_answer(struct stream_goal *g, const struct pay_bounds *bounds, uint64_t max_packet,
        uint64_t destination)
{
	uint64_t source = g->asked;

	g->asked = 0;
	switch (g->kind) {
	case STREAM_GOAL_NONE:
		break;
	case STREAM_GOAL_SEND:
		g->source = source;
		g->destination = destination;
		if (destination) {
			g->over = true;
			break;
		}
		g->kind = STREAM_GOAL_LEAST;
		least_source_init(&g->search, 1, bounds, most(max_packet));
		least_source_answer(&g->search, source, 0);
		break;
	case STREAM_GOAL_DELIVER:
		least_source_answer(&g->search, source, destination);
		if (destination < g->amount)
			break;
		g->source = source;
		g->destination = destination;
		g->over = true;
		break;
	case STREAM_GOAL_LEAST:
		least_source_answer(&g->search, source, destination);
		g->over = least_source_ask(&g->search) == 0;
		g->least = g->search.high;
		break;
	}
}

void stream_goal_unanswered(struct stream_goal *g, bool again)
{
	g->asked = 0;
	if (!again)
		g->over = true;
}
