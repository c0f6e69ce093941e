#include "model/routing.h"

#include <stdlib.h>
#include <string.h>

#include "codec/ilp_address.h"
#include "codec/oer.h"
#include "model/routing_base.h"

/* All of an update but its lists. */
#define HEAD_BYTES (CCP_TABLE_ID_SIZE + 4 * 4 + 3 + ILP_ADDRESS_MAX + 2 * 9)

enum result routing_new(
        const struct routing_limits *limits, const struct secret32 *secret, struct routing **out)
{
	struct routing *c = calloc(1, sizeof(*c));

	if (!c)
		return RESULT_OURS_MEMORY;
	c->limits = *limits;
	c->secret = *secret;
	*out = c;
	return RESULT_OK;
}

void routing_free(struct routing *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->peer_count; i++) {
		routing_ways_drop(c, c->peers[i], false);
		free(c->peers[i]);
	}
	for (size_t i = 0; i < c->slot_count; i++) {
		struct routing_entry *e, *next;

		for (e = c->slots[i]; e; e = next) {
			next = e->chain;
			free(e);
		}
	}
	free(c->peers);
	free(c->slots);
	free(c->fixed);
	free(c->log);
	free(c->changes);
	secret_clear(&c->secret);
	free(c);
}

struct routing_peer *routing_peer_of(const struct routing *c, uint64_t account)
{
	for (size_t i = 0; i < c->peer_count; i++)
		if (c->peers[i]->account == account)
			return c->peers[i];
	return NULL;
}

/* ---- what the node is ---- */

/* Its table is asked from the beginning. */
static void forget(struct routing *c, struct routing_peer *p, int64_t now_ms)
{
	routing_ways_drop(c, p, false);
	memset(p->table_id, 0, sizeof(p->table_id));
	p->epoch = 0;
	p->heard = false;
	p->refused = 0;
	p->control_failures = 0;
	p->control_at_ms = now_ms;
}

/* Entries that say nothing any more go at the beginning of a table, when no peer waits for them. */
static void sweep(struct routing *c)
{
	for (size_t i = 0; i < c->slot_count; i++) {
		struct routing_entry **at = &c->slots[i];

		while (*at) {
			struct routing_entry *e = *at;

			e->epoch = 0;
			e->announced = false;
			if (e->ways || e->fixed || e->own || e->dirty) {
				at = &e->chain;
				continue;
			}
			*at = e->chain;
			c->entry_count--;
			free(e);
		}
	}
}

void routing_renew(struct routing *c, const uint8_t table_id[CCP_TABLE_ID_SIZE])
{
	memcpy(c->table_id, table_id, CCP_TABLE_ID_SIZE);
	c->epoch = 0;
	sweep(c);
	for (size_t i = 0; i < c->slot_count; i++)
		for (struct routing_entry *e = c->slots[i]; e; e = e->chain)
			if (e->ways || e->fixed || e->own)
				routing_note_told(c, e);
	for (size_t i = 0; i < c->peer_count; i++) {
		c->peers[i]->told = 0;
		c->peers[i]->stamp++;
	}
}

bool routing_is_worn(const struct routing *c)
{
	/* What only the log still names counts as waste, not as a reason to keep more. */
	size_t enough = 2 * (c->way_count + c->fixed_count + 1) + ROUTING_EPOCHS_SPARE;

	return c->epoch > enough || c->entry_count > enough;
}

enum result routing_set_own(
        struct routing *c, struct bytes own, const uint8_t table_id[CCP_TABLE_ID_SIZE])
{
	const uint8_t *dot = own.n ? memchr(own.p, '.', own.n) : NULL;
	struct routing_entry *before, *e;

	if (bytes_eq(own, bytes_of(c->own, c->own_n)))
		return RESULT_OK;
	if (!dot || own.n > ILP_ADDRESS_MAX)
		return RESULT_OURS_BUG;
	before = routing_entry_of(c, bytes_of(c->own, c->own_n), false);
	e = routing_entry_of(c, own, true);
	if (!e)
		return RESULT_OURS_MEMORY;
	if (before)
		before->own = false;
	e->own = true;
	memcpy(c->own, own.p, own.n);
	c->own_n = own.n;
	c->scheme_n = (size_t)(dot - own.p);
	/* What was taken was taken for the other address. */
	for (size_t i = 0; i < c->peer_count; i++)
		forget(c, c->peers[i], INT64_MIN);
	routing_renew(c, table_id);
	return RESULT_OK;
}

/* True where it has become a node's address, another node's, or is none any more. */
static bool fix(struct routing *c, struct routing_entry *e, const struct routing_fixed *f)
{
	bool was_home = e->fixed && e->is_home;
	bool moves = was_home != f->is_home || (f->is_home && e->fixed_hop != f->next_hop);
	bool news = !e->fixed || e->fixed_hop != f->next_hop || e->fixed_relation != f->relation;

	e->fixed = true;
	e->fixed_before = false;
	e->fixed_hop = f->next_hop;
	e->fixed_relation = f->relation;
	e->is_home = f->is_home;
	if (news)
		routing_choose(c, e, true);
	return moves;
}

/* Who may tell of what has changed: what may not be told any more goes, and the rest is asked for
 * again, for what was refused until now. */
static void ask_all_again(struct routing *c)
{
	routing_ways_drop_strange(c);
	for (size_t i = 0; i < c->peer_count; i++) {
		c->peers[i]->epoch = 0;
		c->peers[i]->control_at_ms = INT64_MIN;
	}
}

enum result routing_set_fixed(struct routing *c, const struct routing_fixed *list, size_t count)
{
	struct routing_entry **fixed = calloc(count + 1, sizeof(struct routing_entry *));
	bool moved = false;

	if (!fixed)
		return RESULT_OURS_MEMORY;
	for (size_t i = 0; i < count; i++) {
		fixed[i] = routing_entry_of(c, list[i].prefix, true);
		if (!fixed[i]) {
			free(fixed);
			return RESULT_OURS_MEMORY;
		}
	}
	for (size_t i = 0; i < c->fixed_count; i++)
		c->fixed[i]->fixed_before = true;
	for (size_t i = 0; i < count; i++)
		moved = fix(c, fixed[i], &list[i]) || moved;
	for (size_t i = 0; i < c->fixed_count; i++) {
		struct routing_entry *e = c->fixed[i];

		if (!e->fixed_before)
			continue;
		moved = moved || e->is_home;
		e->fixed = e->fixed_before = e->is_home = false;
		routing_choose(c, e, true);
	}
	free(c->fixed);
	c->fixed = fixed;
	c->fixed_count = count;
	if (moved)
		ask_all_again(c);
	return RESULT_OK;
}

static enum result member_add(struct routing *c, const struct routing_member *m, int64_t now_ms)
{
	struct routing_peer *p = calloc(1, sizeof(*p));
	void *grown = realloc(c->peers, (c->peer_count + 1) * sizeof(struct routing_peer *));

	if (grown)
		c->peers = grown;
	if (!p || !grown) {
		free(p);
		return RESULT_OURS_MEMORY;
	}
	p->account = m->peer;
	p->relation = m->relation;
	p->member = true;
	p->control_at_ms = now_ms;
	c->peers[c->peer_count++] = p;
	return RESULT_OK;
}

enum result routing_set_members(
        struct routing *c, const struct routing_member *list, size_t count, int64_t now_ms)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->peer_count; i++)
		c->peers[i]->member = false;
	for (size_t i = 0; i < count; i++) {
		struct routing_peer *p = routing_peer_of(c, list[i].peer);
		enum result r;

		if (p) {
			p->member = true;
			continue;
		}
		r = member_add(c, &list[i], now_ms);
		if (r)
			return r;
	}
	for (size_t i = 0; i < c->peer_count; i++) {
		struct routing_peer *p = c->peers[i];

		if (p->member) {
			c->peers[kept++] = p;
			continue;
		}
		routing_ways_drop(c, p, false);
		free(p);
	}
	c->peer_count = kept;
	return RESULT_OK;
}

/* ---- what comes ---- */

enum routing_verdict routing_take_control(
        struct routing *c, uint64_t peer, const struct ccp_control *control, int64_t now_ms)
{
	struct routing_peer *p = routing_peer_of(c, peer);
	bool known = memcmp(control->table_id, c->table_id, CCP_TABLE_ID_SIZE) == 0 &&
	             control->epoch <= c->epoch;

	if (!p)
		return ROUTING_NOBODY;
	p->sync = control->mode == CCP_SYNC;
	p->told = known ? control->epoch : 0;
	p->update_at_ms = now_ms;
	p->update_due_ms = now_ms;
	p->update_failures = 0;
	p->stamp++;
	return ROUTING_TAKEN;
}

/* The path as text, and its hops: whoever gives none is the only one. False where it may not be
 * taken: a loop, no address in it, too long. */
static bool path_text(const struct routing *c, const struct ccp_update *u,
        const struct ccp_route *r, uint8_t text[ROUTING_PATH_BYTES], size_t *n, size_t *hops)
{
	struct bytes path = r->path;

	*n = 0;
	*hops = r->hops ? r->hops : 1;
	for (size_t i = 0; i < *hops; i++) {
		struct bytes hop = r->hops ? ccp_octets_next(&path) : u->speaker;

		if (ilp_address_check(hop) || bytes_eq(hop, bytes_of(c->own, c->own_n)) ||
		        *n + 1 + hop.n > ROUTING_PATH_BYTES)
			return false;
		if (i > 0)
			text[(*n)++] = ' ';
		memcpy(text + *n, hop.p, hop.n);
		*n += hop.n;
	}
	return true;
}

static bool may_take(const struct routing *c, const struct routing_peer *p, struct bytes prefix)
{
	return ilp_address_check_prefix(prefix) == RESULT_OK && routing_is_public(c, prefix) &&
	       !ilp_address_under(prefix, bytes_of(c->own, c->own_n)) &&
	       routing_may_tell(c, prefix, p->account);
}

static void take_routes(struct routing *c, struct routing_peer *p, const struct ccp_update *u)
{
	struct bytes routes = u->routes, withdrawn = u->withdrawn;

	for (size_t i = 0; i < u->withdrawn_n; i++)
		routing_way_drop(c, p, ccp_octets_next(&withdrawn));
	for (size_t i = 0; i < u->routes_n; i++) {
		uint8_t text[ROUTING_PATH_BYTES];
		struct ccp_route r;
		size_t n, hops;

		ccp_route_next(&routes, &r);
		/* What can't be taken replaces all the same what was there before. */
		if (!may_take(c, p, r.prefix) || !path_text(c, u, &r, text, &n, &hops))
			routing_way_drop(c, p, r.prefix);
		else if (!routing_way_put(c, p, r.prefix, bytes_of(text, n), hops, r.auth))
			p->refused++;
	}
}

static int64_t hold_of(const struct ccp_update *u)
{
	if (u->hold_down_ms < ROUTING_HOLD_MIN_MS)
		return ROUTING_HOLD_MIN_MS;
	return u->hold_down_ms < ROUTING_HOLD_MAX_MS ? u->hold_down_ms : ROUTING_HOLD_MAX_MS;
}

enum routing_verdict routing_take_update(
        struct routing *c, uint64_t peer, const struct ccp_update *u, int64_t now_ms)
{
	struct routing_peer *p = routing_peer_of(c, peer);

	if (!p)
		return ROUTING_NOBODY;
	if (!p->heard || memcmp(p->table_id, u->table_id, CCP_TABLE_ID_SIZE) != 0) {
		memcpy(p->table_id, u->table_id, CCP_TABLE_ID_SIZE);
		p->epoch = 0;
		p->generation++;
	}
	if (u->from_epoch > p->epoch) {
		p->control_at_ms = now_ms;
		return ROUTING_GAP;
	}
	p->heard = true;
	p->hold_until_ms = now_ms + hold_of(u);
	p->control_at_ms = INT64_MAX;
	p->control_failures = 0;
	if (u->to_epoch < p->epoch)
		return ROUTING_TAKEN; /* an old one */
	take_routes(c, p, u);
	p->epoch = u->to_epoch;
	/* The whole of a new table is here: what only the one before had has gone. */
	if (u->to_epoch >= u->current_epoch)
		routing_ways_drop(c, p, true);
	return ROUTING_TAKEN;
}

/* ---- what goes out ---- */

struct told {
	uint64_t hop; /* of one that is not ours */
	bool ours;
	enum routing_relation relation;
	size_t hops;
	struct bytes path; /* text */
	uint8_t auth[CCP_AUTH_SIZE];
};

/* Where a route leads to and how its path goes on behind us. False: nowhere. */
static bool tell(const struct routing *c, const struct routing_entry *e, struct told *out)
{
	const struct routing_way *w = e->best;

	*out = (struct told){.ours = e->own, .hop = e->fixed_hop, .relation = e->fixed_relation};
	if (e->own || e->fixed) {
		hmac_sha256(
		        bytes_of(c->secret.b, sizeof(c->secret.b)), routing_prefix(e), out->auth);
		return true;
	}
	if (!w)
		return false;
	out->hop = w->peer->account;
	out->relation = w->peer->relation;
	out->hops = w->hops;
	out->path = bytes_of(w->path, w->path_n);
	sha256(bytes_of(w->auth, sizeof(w->auth)), out->auth);
	return true;
}

/* Whether a peer is told of it. */
static bool is_for(const struct routing *c, const struct routing_peer *p,
        const struct routing_entry *e, struct told *t)
{
	if (!routing_is_public(c, routing_prefix(e)) || !tell(c, e, t))
		return false;
	if (t->ours)
		return true;
	if (t->hop == p->account ||
	        ilp_address_under(routing_prefix(e), bytes_of(c->own, c->own_n)))
		return false;
	return p->relation != ROUTING_PARENT || t->relation == ROUTING_CHILD;
}

static void put_route(
        struct buf *b, const struct routing *c, const struct routing_entry *e, const struct told *t)
{
	uint8_t storage[ROUTING_PATH_BYTES + CCP_HOPS_MAX * 3 + ILP_ADDRESS_MAX];
	struct ccp_route r = {.prefix = routing_prefix(e), .hops = 1 + t->hops, .auth = t->auth};
	struct bytes rest = t->path;
	struct buf path;

	buf_init(&path, storage, sizeof(storage));
	oer_put_octets(&path, bytes_of(c->own, c->own_n));
	while (rest.n) {
		const uint8_t *blank = memchr(rest.p, ' ', rest.n);
		size_t n = blank ? (size_t)(blank - rest.p) : rest.n;

		oer_put_octets(&path, bytes_of(rest.p, n));
		rest = blank ? bytes_of(blank + 1, rest.n - n - 1) : bytes_of(NULL, 0);
	}
	r.path = buf_view(&path);
	if (path.failed)
		b->failed = true;
	ccp_route_encode(b, &r);
}

/* The next part of our table for the peer: as many epochs as fit. */
static void put_update(struct routing *c, const struct routing_peer *p, struct buf *b, uint32_t *to)
{
	struct ccp_update u = {.current_epoch = c->epoch,
	        .from_epoch = p->told,
	        .hold_down_ms = ROUTING_HOLD_DOWN_MS,
	        .speaker = bytes_of(c->own, c->own_n)};
	struct buf routes, gone;

	memcpy(u.table_id, c->table_id, CCP_TABLE_ID_SIZE);
	buf_init(&routes, c->lists[0], sizeof(c->lists[0]));
	buf_init(&gone, c->lists[1], sizeof(c->lists[1]));
	for (*to = p->told; *to < c->epoch && *to - p->told < ROUTING_MESSAGE_ROUTES; ++*to) {
		struct routing_entry *e = c->log[*to];
		size_t routes_n = routes.len, gone_n = gone.len;
		struct told t;
		bool tells, takes_back;

		if (e->epoch != *to + 1)
			continue; /* it has changed again since */
		tells = is_for(c, p, e, &t) && 1 + t.hops <= CCP_HOPS_MAX;
		takes_back = !tells && e->announced;
		if (tells)
			put_route(&routes, c, e, &t);
		else if (takes_back)
			oer_put_octets(&gone, routing_prefix(e));
		if (routes.failed || gone.failed ||
		        HEAD_BYTES + routes.len + gone.len > ROUTING_MESSAGE_MAX) {
			routes.failed = gone.failed = false;
			routes.len = routes_n;
			gone.len = gone_n;
			break;
		}
		e->announced = e->announced || tells;
		u.routes_n += tells;
		u.withdrawn_n += takes_back;
	}
	u.to_epoch = *to;
	u.routes = buf_view(&routes);
	u.withdrawn = buf_view(&gone);
	ccp_update_encode(b, &u);
}

static void put_control(const struct routing_peer *p, struct buf *b)
{
	struct ccp_control control = {.mode = CCP_SYNC, .epoch = p->epoch};

	memcpy(control.table_id, p->table_id, CCP_TABLE_ID_SIZE);
	ccp_control_encode(b, &control);
}

static int64_t update_time(const struct routing *c, const struct routing_peer *p)
{
	if (!p->sync)
		return INT64_MAX;
	if (p->told < c->epoch || p->update_due_ms < p->update_at_ms)
		return p->update_at_ms;
	return p->update_due_ms;
}

void routing_next(struct routing *c, int64_t now_ms, struct buf *b, struct routing_todo *out)
{
	*out = (struct routing_todo){.step = ROUTING_WAIT, .at_ms = INT64_MAX};
	for (size_t i = 0; i < c->peer_count; i++) {
		struct routing_peer *p = c->peers[i];
		int64_t update_ms;

		if (p->heard && now_ms >= p->hold_until_ms)
			forget(c, p, now_ms);
		update_ms = update_time(c, p);
		if (p->heard && p->hold_until_ms < out->at_ms)
			out->at_ms = p->hold_until_ms;
		if (p->busy)
			continue;
		if (now_ms < p->control_at_ms && now_ms < update_ms) {
			if (p->control_at_ms < out->at_ms)
				out->at_ms = p->control_at_ms;
			if (update_ms < out->at_ms)
				out->at_ms = update_ms;
			continue;
		}
		p->busy = true;
		out->peer = p->account;
		out->stamp = p->stamp;
		if (now_ms >= p->control_at_ms) {
			out->step = ROUTING_SEND_CONTROL;
			put_control(p, b);
		} else {
			out->step = ROUTING_SEND_UPDATE;
			put_update(c, p, b, &out->to_epoch);
		}
		return;
	}
}

static int64_t pause_ms(unsigned failures)
{
	int64_t pause = ROUTING_RETRY_MS;

	while (--failures && pause < ROUTING_RETRY_MAX_MS)
		pause *= 2;
	return pause < ROUTING_RETRY_MAX_MS ? pause : ROUTING_RETRY_MAX_MS;
}

static void control_done(struct routing_peer *p, bool taken, int64_t now_ms)
{
	/* An update may have come already; a gap that was found meanwhile is asked at once. */
	if (p->heard && p->control_at_ms > now_ms)
		return;
	p->control_failures = taken ? 0 : p->control_failures + 1;
	p->control_at_ms = now_ms + (taken ? ROUTING_HOLD_DOWN_MS : pause_ms(p->control_failures));
}

void routing_done(struct routing *c, const struct routing_todo *todo, bool taken, int64_t now_ms)
{
	struct routing_peer *p = routing_peer_of(c, todo->peer);

	if (!p)
		return;
	p->busy = false;
	switch (todo->step) {
	case ROUTING_WAIT:
		return;
	case ROUTING_SEND_CONTROL:
		control_done(p, taken, now_ms);
		return;
	case ROUTING_SEND_UPDATE:
		break;
	}
	if (todo->stamp != p->stamp)
		return; /* it was of a table, or for a question, that holds no more */
	if (taken)
		p->told = todo->to_epoch;
	p->update_failures = taken ? 0 : p->update_failures + 1;
	p->update_at_ms = now_ms + (taken ? ROUTING_UPDATE_GAP_MS : pause_ms(p->update_failures));
	p->update_due_ms = now_ms + ROUTING_HEARTBEAT_MS;
}

enum result routing_changes(struct routing *c, const struct route_change **out, size_t *count)
{
	size_t n = 0;

	if (c->dirty_count > c->changes_cap) {
		void *grown = realloc(c->changes, c->dirty_count * sizeof(c->changes[0]));

		if (!grown)
			return RESULT_OURS_MEMORY;
		c->changes = grown;
		c->changes_cap = c->dirty_count;
	}
	for (const struct routing_entry *e = c->dirty_first; e; e = e->next_dirty) {
		const struct routing_way *w = e->best;

		if (!w && !e->in_table)
			continue;
		c->changes[n] =
		        (struct route_change){.route = {.prefix = routing_prefix(e)}, .gone = !w};
		if (w) {
			c->changes[n].route.path = bytes_of(w->path, w->path_n);
			c->changes[n].route.next_hop = w->peer->account;
		}
		n++;
	}
	*out = c->changes;
	*count = n;
	return RESULT_OK;
}

void routing_changes_taken(struct routing *c)
{
	for (struct routing_entry *e = c->dirty_first; e; e = e->next_dirty) {
		e->dirty = false;
		e->in_table = e->best != NULL;
	}
	c->dirty_first = c->dirty_last = NULL;
	c->dirty_count = 0;
}

/* ---- looking ---- */

size_t routing_candidates(const struct routing *c, struct bytes prefix,
        struct routing_candidate *out, size_t max, bool *fixed)
{
	/* Looking makes no entry. */
	const struct routing_entry *e = routing_entry_of((struct routing *)c, prefix, false);
	size_t n = 0;

	*fixed = e && (e->fixed || e->own);
	for (const struct routing_way *w = e ? e->ways : NULL; w && n < max; w = w->other)
		out[n++] = (struct routing_candidate){w->peer->account,
		        bytes_of(w->path, w->path_n), w->hops, w == e->best && !*fixed};
	return n;
}

bool routing_peer_state(const struct routing *c, uint64_t peer, struct routing_peer_state *out)
{
	const struct routing_peer *p = routing_peer_of(c, peer);

	if (!p)
		return false;
	*out = (struct routing_peer_state){
	        p->ways_n, p->refused, p->heard, p->sync, p->epoch, p->told};
	return true;
}

size_t routing_route_count(const struct routing *c)
{
	return c->way_count;
}

uint32_t routing_epoch(const struct routing *c)
{
	return c->epoch;
}
