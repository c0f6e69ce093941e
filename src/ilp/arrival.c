#include "ilp/arrival.h"

#include <stdlib.h>
#include <string.h>

#define IDLE_MAX 64 /* packets whose memory is kept */

struct arrivals {
	struct node *node;
	struct mailbox home;
	struct node_loop *loop;
	bool over; /* the outbound thread has ended */
	struct arrival *idle;
	size_t idle_count;
};

struct node_loop *arrivals_loop(const struct arrivals *all)
{
	return all->loop;
}

bool arrivals_are_over(const struct arrivals *all)
{
	return all->over;
}

static void drop(struct arrival *a)
{
	arena_clear(&a->arena);
	free(a);
}

static struct arrival *take_idle(struct arrivals *all)
{
	struct arrival *a = all->idle;

	if (a) {
		all->idle = a->next_idle;
		all->idle_count--;
		return a;
	}
	a = calloc(1, sizeof(*a));
	if (a)
		arena_init(&a->arena, LIMIT_REQUEST_ARENA);
	return a;
}

struct arrival *arrival_new(struct arrivals *all, account_id peer, struct bytes data,
        void (*answered)(struct packet *p))
{
	struct snapshot *now = node_snapshot(all->loop);
	const struct peer *from = snapshot_peer_of_account(now, peer);
	struct arrival *a = from ? take_idle(all) : NULL;
	const uint8_t *body;

	if (!a)
		return NULL;
	body = arena_memdup(&a->arena, data.p, data.n);
	if (!body) {
		drop(a);
		return NULL;
	}
	a->all = all;
	a->packet = (struct packet){
	        .loop = all->loop,
	        .arena = &a->arena,
	        .snapshot = snapshot_hold(now),
	        .from = from,
	        .wire = bytes_of(body, data.n),
	        .answered = answered,
	        .owner = a,
	};
	outbound_busy(all->node->outbound, 1);
	return a;
}

enum packet_next arrival_take(struct arrival *a)
{
	return packet_take(&a->packet, a->packet.wire);
}

void arrival_end(struct arrival *a, bool delivered)
{
	struct arrivals *all = a->all;

	packet_end(&a->packet, delivered);
	if (!all->over)
		outbound_busy(all->node->outbound, -1);
	if (all->idle_count == IDLE_MAX) {
		drop(a);
		return;
	}
	arena_reset(&a->arena);
	a->next_idle = all->idle;
	all->idle = a;
	all->idle_count++;
}

void arrivals_turn_end(struct arrivals *all)
{
	node_turn_end(all->loop);
}

enum result arrivals_new(struct node *n, struct arrivals **out)
{
	struct arrivals *all = calloc(1, sizeof(*all));
	char why[STORE_WHY_SIZE];
	struct reader *reader = NULL;
	enum result r;

	if (!all)
		return RESULT_OURS_MEMORY;
	all->node = n;
	r = mailbox_init(&all->home, 0);
	if (r)
		goto no_home;
	r = reader_open(n->store_options, why, &reader);
	if (!r)
		r = node_loop_new(n, reader, &all->home, &all->loop);
	if (r)
		goto no_loop;
	outbound_use_home(n->outbound, &all->home);
	*out = all;
	return RESULT_OK;
no_loop:
	reader_close(reader);
	mailbox_clear(&all->home);
no_home:
	free(all);
	return r;
}

void arrivals_end(struct arrivals *all)
{
	struct mail_list late;

	if (!all)
		return;
	all->over = true;
	/* What no packet waited for may have come home after the last turn. */
	mail_list_init(&late);
	mailbox_take(&all->home, &late);
	task_run_done(&late);
}

void arrivals_free(struct arrivals *all)
{
	if (!all)
		return;
	while (all->idle) {
		struct arrival *a = all->idle;

		all->idle = a->next_idle;
		drop(a);
	}
	node_loop_free(all->loop);
	mailbox_clear(&all->home);
	free(all);
}
