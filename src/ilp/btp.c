#include "ilp/btp.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "ilp/btp_part.h"

#define DRAIN_LOOK_MS 10

static void line_dial(struct btp_line *l);

/* ---- lines ---- */

static int compare_lines(const void *a, const void *b)
{
	account_id x = (*(struct btp_line *const *)a)->account;
	account_id y = (*(struct btp_line *const *)b)->account;

	return (x > y) - (x < y);
}

static struct btp_line *line_find(const struct btp *b, account_id account)
{
	size_t low = 0, high = b->line_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (b->lines[middle]->account < account)
			low = middle + 1;
		else
			high = middle;
	}
	return low < b->line_count && b->lines[low]->account == account ? b->lines[low] : NULL;
}

/* The session is not this line's any more. */
static void line_leave(struct btp_line *l)
{
	if (!l->session)
		return;
	l->session->line = NULL;
	l->session = NULL;
	atomic_store_explicit(&l->live->linked_ms, 0, memory_order_relaxed);
}

/* Ends the connection of a line. */
static void line_hang_up(struct btp_line *l, enum websocket_code code, const char *why)
{
	struct btp_session *s = l->session;

	if (!s)
		return;
	btp_session_close(s, code, why);
	/* Closing may be over in no time, or take a while: the line does not wait for it. */
	if (l->session == s)
		line_leave(l);
}

static void line_free(struct btp_line *l)
{
	btp_dial_release(l->dial);
	peer_live_release(l->live);
	free(l);
}

static void line_drop(struct btp_line *l)
{
	line_hang_up(l, WEBSOCKET_GOING_AWAY, "the peer has no such link any more");
	outbound_timer_cancel(l->btp->node->outbound, &l->redial);
	line_free(l);
}

static void redial_later(struct btp_line *l)
{
	struct outbound *o = l->btp->node->outbound;
	uint16_t chance;

	if (l->dial->waits || l->btp->draining)
		return;
	l->gap_ms = l->gap_ms ? l->gap_ms * 2 : BTP_REDIAL_MS;
	if (l->gap_ms > BTP_REDIAL_MAX_MS)
		l->gap_ms = BTP_REDIAL_MAX_MS;
	/* Up to a quarter more, so that those who lost one server do not come back as one. */
	env_random(l->btp->node->env, &chance, sizeof(chance));
	outbound_timer_set(o, &l->redial,
	        outbound_now_ms(o) + l->gap_ms + l->gap_ms * chance / UINT16_MAX / 4);
}

static void on_redial(struct timer *timer)
{
	line_dial(OWNER_OF(timer, struct btp_line, redial));
}

static void on_greeting_too_long(struct timer *timer)
{
	struct btp_session *s = OWNER_OF(timer, struct btp_session, timer);

	btp_session_close(s, WEBSOCKET_POLICY, "no greeting in time");
}

static void greeting_timer(struct btp_session *s)
{
	struct outbound *o = s->btp->node->outbound;

	s->timer.fire = on_greeting_too_long;
	outbound_timer_set(o, &s->timer, outbound_now_ms(o) + BTP_GREETING_MS);
}

static void line_dial(struct btp_line *l)
{
	struct btp *b = l->btp;
	struct btp_session *s;
	struct websocket_handler handler = btp_session_handler;
	enum result r;

	if (l->session || l->dial->waits || b->draining)
		return;
	s = btp_session_new(b);
	if (!s) {
		redial_later(l);
		return;
	}
	s->dialed = true;
	s->account = l->account;
	handler.arg = s;
	r = websocket_dial(b->node->outbound, &l->dial->parts, l->dial->policy, &handler, &s->ws);
	if (r) {
		log_warn("btp_dial", "peer=%s result=%s", l->name, result_name(r));
		btp_session_free(s);
		redial_later(l);
		return;
	}
	s->line = l;
	l->session = s;
	greeting_timer(s);
}

/* ---- what sessions tell ---- */

void btp_on_dialed(struct btp_session *s)
{
	enum result r;

	if (s->state != BTP_OPENING || !s->line)
		return;
	s->state = BTP_GREETING;
	r = btp_session_greet(s, s->line->dial->token);
	if (r)
		btp_session_close(s, WEBSOCKET_GOING_AWAY, result_name(r));
}

void btp_on_open(struct btp_session *s)
{
	struct btp *b = s->btp;
	struct btp_line *l = s->line;

	if (!l)
		return;
	outbound_timer_cancel(b->node->outbound, &s->timer);
	s->state = BTP_OPEN;
	l->gap_ms = 0;
	atomic_store_explicit(&l->live->linked_ms, env_wall_ms(b->node->env), memory_order_relaxed);
	btp_count(&b->open, 1);
	btp_count(&b->opened, 1);
	log_info("btp_open", "peer=%s by=%s", l->name, s->dialed ? "us" : "peer");
}

/* RFC 0023: the first message has "auth" as its primary, and a token, which may be empty there. */
static const struct btp_entry *greeting_token(const struct btp_packet *p)
{
	if (p->type != BTP_MESSAGE || p->entry_count == 0 ||
	        !bytes_eq_str(p->entries[0].name, BTP_NAME_AUTH))
		return NULL;
	return btp_find(p, BTP_NAME_TOKEN);
}

static void refuse_guest(
        struct btp_session *s, const struct btp_packet *p, const char *said, const char *why)
{
	btp_count(&s->btp->refused, 1);
	btp_session_refuse(s, p->request_id, ILP_F00_BAD_REQUEST, "NotAcceptedError", said);
	btp_session_close(s, WEBSOCKET_POLICY, why);
}

void btp_on_greeting(struct btp_session *s, const struct btp_packet *p)
{
	struct btp *b = s->btp;
	const struct btp_entry *token = greeting_token(p);
	const struct peer *peer =
	        token ? snapshot_peer_of_token(node_snapshot(b->loop), token->data) : NULL;
	struct btp_line *l = peer ? line_find(b, peer->row.account) : NULL;

	if (!peer) {
		refuse_guest(s, p, "a peer's token is needed", "a token that nobody has");
		return;
	}
	if (!l || !l->dial->waits) {
		refuse_guest(s, p, "this peer's link is another one", "its link is another one");
		return;
	}
	if (b->draining) {
		btp_session_close(s, WEBSOCKET_GOING_AWAY, "the node stops");
		return;
	}
	if (btp_session_respond(s, p->request_id)) {
		btp_session_close(s, WEBSOCKET_GOING_AWAY, "no room to answer");
		return;
	}
	line_hang_up(l, WEBSOCKET_NORMAL, "a newer connection has taken its place");
	b->guests--;
	sha256(token->data, s->token_hash);
	s->account = l->account;
	s->line = l;
	l->session = s;
	btp_on_open(s);
}

void btp_on_closed(struct btp_session *s, const char *why)
{
	struct btp *b = s->btp;
	struct btp_line *l = s->line;
	bool dialed = s->dialed;

	outbound_timer_cancel(b->node->outbound, &s->timer);
	if (!s->account)
		b->guests--;
	if (s->state == BTP_OPEN)
		btp_count(&b->open, (uint64_t)-1);
	btp_count(&b->ended, 1);
	log_info("btp_closed", "peer=%s why=\"%s\"", l ? l->name : "-", why);
	if (l)
		line_leave(l);
	btp_session_free(s);
	if (l && dialed)
		redial_later(l);
}

/* ---- visits ---- */

struct visit_task {
	struct task task;
	struct btp *btp;
	struct btp_visit visit;
	uint8_t early[];
};

static void visit_end(struct visit_task *v)
{
	if (v->visit.fd >= 0)
		close(v->visit.fd);
	v->visit.ended(v->visit.arg);
	free(v);
}

/* Where all places are taken the oldest guest goes: who opens many connections and says nothing
 * shuts no peer out. */
static void make_room(struct btp *b)
{
	struct btp_session *oldest = NULL;

	if (b->guests < BTP_GUESTS_MAX)
		return;
	/* The newest is the first. */
	for (struct btp_session *s = b->sessions; s; s = s->next) {
		if (!s->account)
			oldest = s;
	}
	btp_on_closed(oldest, "a newer guest has taken its place");
}

static void on_visit(struct task *t)
{
	struct visit_task *v = OWNER_OF(t, struct visit_task, task);
	struct btp *b = v->btp;
	struct websocket_handler handler = btp_session_handler;
	struct btp_session *s;
	int fd = v->visit.fd;

	if (!b->draining)
		make_room(b);
	s = b->draining ? NULL : btp_session_new(b);
	if (!s) {
		visit_end(v);
		return;
	}
	handler.arg = s;
	v->visit.fd = -1;
	if (websocket_adopt(b->node->outbound, fd, v->visit.early, &handler, &s->ws)) {
		btp_session_free(s);
		visit_end(v);
		return;
	}
	s->state = BTP_GREETING;
	s->ended = v->visit.ended;
	s->arg = v->visit.arg;
	b->guests++;
	greeting_timer(s);
	free(v);
}

void btp_visit(struct btp *b, const struct btp_visit *visit)
{
	struct visit_task *v = malloc(sizeof(*v) + visit->early.n);
	struct mail_list one;

	if (!v) {
		close(visit->fd);
		visit->ended(visit->arg);
		return;
	}
	v->btp = b;
	v->visit = *visit;
	v->task.done = on_visit;
	if (visit->early.n)
		memcpy(v->early, visit->early.p, visit->early.n);
	v->visit.early = bytes_of(v->early, visit->early.n);
	mail_list_init(&one);
	mail_list_add(&one, &v->task.mail);
	if (outbound_post(b->node->outbound, &one))
		visit_end(v);
}

/* ---- peers as they are now ---- */

static bool has_token(const struct peer_row *row, const uint8_t hash[32])
{
	for (size_t i = 0; i < row->incoming_tokens; i++) {
		if (memcmp(row->incoming_token_hashes[i], hash, 32) == 0)
			return true;
	}
	return false;
}

static struct btp_line *line_new(struct btp *b, const struct peer *p)
{
	struct btp_line *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->btp = b;
	l->account = p->row.account;
	l->live = peer_live_hold(p->live);
	l->dial = btp_dial_hold(p->dial);
	l->redial.fire = on_redial;
	text_copy_cut(l->name, sizeof(l->name), p->row.name);
	return l;
}

static void line_update(struct btp_line *l, const struct peer *p)
{
	l->seen = true;
	if (l->dial != p->dial) {
		btp_dial_release(l->dial);
		l->dial = btp_dial_hold(p->dial);
		line_hang_up(l, WEBSOCKET_GOING_AWAY, "the link was changed");
		/* That the old one was not to be had is no reason to wait with the new one. */
		outbound_timer_cancel(l->btp->node->outbound, &l->redial);
		l->gap_ms = 0;
	}
	if (l->session && !l->session->dialed && !has_token(&p->row, l->session->token_hash))
		line_hang_up(l, WEBSOCKET_POLICY, "its token was revoked");
	if (!l->redial.set)
		line_dial(l);
}

/* Those without a place in the picture go; the others keep their order. */
static void lines_sweep(struct btp *b)
{
	size_t kept = 0;

	for (size_t i = 0; i < b->line_count; i++) {
		if (b->lines[i]->seen)
			b->lines[kept++] = b->lines[i];
		else
			line_drop(b->lines[i]);
	}
	b->line_count = kept;
}

static void look_at_peers(struct btp *b)
{
	struct snapshot *s = snapshot_hold(node_snapshot(b->loop));
	struct btp_line **lines = calloc(b->line_count + s->peer_count + 1, sizeof(*lines));
	size_t known = b->line_count;

	if (!lines) {
		log_error("btp_peers", "result=%s", result_name(RESULT_OURS_MEMORY));
		snapshot_release(s);
		return;
	}
	if (known)
		memcpy(lines, b->lines, known * sizeof(*lines));
	free(b->lines);
	b->lines = lines;
	for (size_t i = 0; i < known; i++)
		lines[i]->seen = false;
	for (size_t i = 0; i < s->peer_count; i++) {
		const struct peer *p = &s->peers[i];
		struct btp_line *l;

		if (!p->dial || p->row.state == PEER_DISABLED)
			continue;
		b->line_count = known;
		l = line_find(b, p->row.account);
		if (!l) {
			l = line_new(b, p);
			if (!l)
				continue;
			lines[known++] = l;
			b->line_count = known;
			qsort(lines, known, sizeof(struct btp_line *), compare_lines);
		}
		line_update(l, p);
	}
	b->line_count = known;
	lines_sweep(b);
	snapshot_release(s);
}

static void on_start(struct task *t)
{
	struct btp *b = OWNER_OF(t, struct btp, start);

	atomic_store(&b->posted, false);
	if (atomic_load(&b->drain_asked))
		b->draining = true;
	else
		look_at_peers(b);
}

static void post(struct btp *b)
{
	struct mail_list one;

	if (atomic_exchange(&b->posted, true))
		return;
	mail_list_init(&one);
	mail_list_add(&one, &b->start.mail);
	if (outbound_post(b->node->outbound, &one))
		atomic_store(&b->posted, false);
}

void btp_wake(struct btp *b)
{
	if (b)
		post(b);
}

/* ---- carrying ---- */

enum result btp_carry(struct btp *b, int64_t line, struct outbound_request *rq)
{
	struct btp_line *l = line_find(b, (account_id)line);

	if (b->draining)
		return RESULT_RETRY_DRAINING;
	if (!l || !l->session || l->session->state != BTP_OPEN)
		return RESULT_RETRY_UNREACHABLE;
	return btp_session_ask(l->session, rq);
}

void btp_carry_no_more(struct btp *b, struct outbound_request *rq)
{
	(void)b;
	if (rq->carrier)
		btp_session_forget(rq->carrier);
}

void btp_turn_end(struct btp *b)
{
	struct btp_session *next;

	if (!b->draining)
		return;
	for (struct btp_session *s = b->sessions; s; s = next) {
		next = s->next;
		if (s->state != BTP_CLOSING && btp_session_is_idle(s))
			btp_session_close(s, WEBSOCKET_GOING_AWAY, "the node stops");
	}
}

/* ---- life ---- */

enum result btp_new(struct node *n, struct btp **out)
{
	struct btp *b = calloc(1, sizeof(*b));

	if (!b)
		return RESULT_OURS_MEMORY;
	b->node = n;
	b->loop = arrivals_loop(n->arrivals);
	b->start.done = on_start;
	*out = b;
	return RESULT_OK;
}

void btp_free(struct btp *b)
{
	if (!b)
		return;
	while (b->sessions)
		btp_session_free(b->sessions);
	for (size_t i = 0; i < b->line_count; i++)
		line_free(b->lines[i]);
	free(b->lines);
	free(b);
}

void btp_drain(struct btp *b, int64_t wait_ms)
{
	const struct timespec look = {.tv_nsec = DRAIN_LOOK_MS * 1000000};

	if (!b)
		return;
	atomic_store(&b->drain_asked, true);
	/* One that was posted before may not have seen it. */
	while (wait_ms > 0 && (atomic_load(&b->posted) || atomic_load(&b->alive) > 0)) {
		post(b);
		nanosleep(&look, NULL);
		wait_ms -= DRAIN_LOOK_MS;
	}
	post(b);
}

void btp_stats_get(const struct btp *b, struct btp_stats *out)
{
	memset(out, 0, sizeof(*out));
	if (!b)
		return;
	out->open = atomic_load_explicit(&b->open, memory_order_relaxed);
	out->opened = atomic_load_explicit(&b->opened, memory_order_relaxed);
	out->ended = atomic_load_explicit(&b->ended, memory_order_relaxed);
	out->refused = atomic_load_explicit(&b->refused, memory_order_relaxed);
	out->unexpected = atomic_load_explicit(&b->unexpected, memory_order_relaxed);
}
