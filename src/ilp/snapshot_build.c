#include "ilp/snapshot_build.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/secret.h"
#include "ilp/async_form.h"
#include "store/spread.h"

#define AUTHORIZATION_SIZE 512
#define NS_PER_S           1000000000u

static const struct peer *same_target(
        const struct snapshot *old, const struct peer_row *row, const uint8_t token_hash[32])
{
	const struct peer *p = old ? snapshot_peer_of_account(old, row->account) : NULL;

	if (!p || !p->target || strcmp(p->row.url, row->url) != 0 ||
	        p->row.in_flight != row->in_flight ||
	        p->row.url_is_foreign != row->url_is_foreign ||
	        memcmp(p->outgoing_token_hash, token_hash, 32) != 0)
		return NULL;
	return p;
}

/* Its packets are carried over a connection that is looked after elsewhere (btp.h). */
static void peer_link(const struct snapshots_options *o, const struct peer *old, struct peer *p,
        const char *token)
{
	const struct outbound_target_options target = {
	        .line = p->row.account, .in_flight = p->in_flight};
	enum url_policy policy = p->row.url_is_foreign ? URL_POLICY_FOREIGN : URL_POLICY_OPERATOR;
	enum result r = RESULT_OK;

	/* Another limit is no reason to end the connection. */
	if (old && old->dial && strcmp(old->row.url, p->row.url) == 0 &&
	        old->row.url_is_foreign == p->row.url_is_foreign &&
	        memcmp(old->outgoing_token_hash, p->outgoing_token_hash, 32) == 0)
		p->dial = btp_dial_hold(old->dial);
	else
		r = btp_dial_new(o->guard, policy, p->row.url, token, &p->dial);
	if (!r)
		r = outbound_target_new(o->outbound, &target, &p->target);
	if (!r)
		return;
	btp_dial_release(p->dial);
	p->dial = NULL;
	p->target = NULL;
	log_error("peer_target", "peer=%s result=%s", p->row.name, result_name(r));
}

/* A target that can't be made leaves the peer without one: packets to it are refused T01. */
static void peer_connect(
        const struct snapshots_options *o, const struct snapshot *old, struct peer *p, char *token)
{
	const struct peer *before;
	char header[AUTHORIZATION_SIZE] = "Authorization: Bearer ";
	const char *headers[] = {header, NULL};
	const char *later = async_url(p->row.url);
	const struct outbound_target_options carried = {
	        .line = -p->row.account, .in_flight = p->in_flight};
	struct outbound_target_options target = {
	        .url = later ? later : p->row.url,
	        .policy = p->row.url_is_foreign ? URL_POLICY_FOREIGN : URL_POLICY_OPERATOR,
	        .headers = headers,
	        .content_type = "application/octet-stream",
	        .in_flight = p->in_flight,
	};
	size_t used = strlen(header);
	enum result r;

	sha256(bytes_str(token), p->outgoing_token_hash);
	before = same_target(old, &p->row, p->outgoing_token_hash);
	if (before) {
		p->target = outbound_target_hold(before->target);
		p->dial = btp_dial_hold(before->dial);
		p->later = before->later ? outbound_target_hold(before->later) : NULL;
		return;
	}
	if (!o->outbound)
		return;
	if (btp_url_is(p->row.url)) {
		peer_link(o, old ? snapshot_peer_of_account(old, p->row.account) : NULL, p, token);
		return;
	}
	if (strlen(token) >= sizeof(header) - used) {
		log_error("peer_target", "peer=%s result=token_too_long", p->row.name);
		return;
	}
	memcpy(header + used, token, strlen(token) + 1);
	r = outbound_target_new(o->outbound, &target, later ? &p->later : &p->target);
	secret_wipe(header, sizeof(header));
	if (!r && later)
		r = outbound_target_new(o->outbound, &carried, &p->target);
	if (r) {
		outbound_target_release(p->later);
		p->later = NULL;
		p->target = NULL;
		log_error("peer_target", "peer=%s result=%s", p->row.name, result_name(r));
	}
}

static enum result peer_live_take(const struct snapshot *old, struct peer *p)
{
	const struct peer *before = old ? snapshot_peer_of_account(old, p->row.account) : NULL;

	if (before) {
		p->live = peer_live_hold(before->live);
		return RESULT_OK;
	}
	p->live = calloc(1, sizeof(*p->live));
	if (!p->live)
		return RESULT_OURS_MEMORY;
	atomic_init(&p->live->holds, 1);
	throttle_init(&p->live->packets);
	throttle_init(&p->live->money);
	atomic_init(&p->live->down_ms, p->row.down_ms);
	p->live->told_down_ms = p->row.down_ms;
	return RESULT_OK;
}

/* Its allowance in units as one in time: so many units have a second. */
static void peer_allowance(const struct snapshots_options *o, struct peer *p)
{
	p->in_flight = p->row.in_flight ? (size_t)p->row.in_flight : o->in_flight_per_peer;
	if (!p->row.amount_per_s || ratio_make(NS_PER_S, p->row.amount_per_s, &p->unit_ns))
		return;
	p->money_burst = p->row.amount_per_s > AMOUNT_MAX / THROTTLE_BURST_S
	                         ? AMOUNT_MAX
	                         : p->row.amount_per_s * THROTTLE_BURST_S;
}

/* ---- rates and spreads ---- */

static int compare_rules(const void *a, const void *b)
{
	account_id x = ((const struct spread_rule *)a)->peer;
	account_id y = ((const struct spread_rule *)b)->peer;

	return (x > y) - (x < y);
}

/* In order of their peers; those of any peer stand first. */
static enum result build_spreads(struct snapshot *s, struct reader *r)
{
	enum result result = store_spread_rules(r, &s->memory, &s->spreads, &s->spread_count);

	if (!result)
		qsort(s->spreads, s->spread_count, sizeof(*s->spreads), compare_rules);
	return result;
}

/* The rules of one peer; 0: of any. */
static size_t rules_of(const struct snapshot *s, account_id peer, const struct spread_rule **first)
{
	size_t low = 0, high = s->spread_count, n = 0;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (s->spreads[middle].peer < peer)
			low = middle + 1;
		else
			high = middle;
	}
	while (low + n < s->spread_count && s->spreads[low + n].peer == peer)
		n++;
	*first = s->spreads + low;
	return n;
}

static unsigned spread_of(const struct snapshot *s, account_id peer, enum spread_direction d,
        asset_id from, asset_id to)
{
	const struct spread_rule *own, *any;
	size_t own_n = rules_of(s, peer, &own), any_n = rules_of(s, 0, &any);
	unsigned bps;

	if (!spread_find(own, own_n, peer, d, from, to, &bps))
		(void)spread_find(any, any_n, peer, d, from, to, &bps);
	return bps;
}

static void way_make(struct snapshot *s, const struct peer *p, const struct asset_row *to,
        int64_t now_ms, struct rate_way *way)
{
	struct rate_asset from = {p->asset.code, p->asset.scale};
	struct rate_found found;

	way->spread_in = spread_of(s, p->row.account, SPREAD_IN, p->row.asset, to->id);
	way->until_ms = INT64_MIN;
	if (rate_book_get(snapshot_rates(s), from.code, to->code, now_ms, RATE_FRESH, &found) ||
	        rate_pair_make(&found.rate, &from, &(struct rate_asset){to->code, to->scale},
	                way->spread_in, &way->pair))
		return;
	way->until_ms = found.until_ms;
}

static enum result peer_rates(struct snapshot *s, struct peer *p, int64_t now_ms)
{
	p->ways = arena_alloc(&s->memory, s->asset_count * sizeof(*p->ways));
	p->spread_out = arena_alloc(&s->memory, s->asset_count * sizeof(*p->spread_out));
	if (!p->ways || !p->spread_out)
		return RESULT_OURS_MEMORY;
	for (size_t i = 0; i < s->asset_count; i++) {
		way_make(s, p, &s->assets[i], now_ms, &p->ways[i]);
		p->spread_out[i] =
		        spread_of(s, p->row.account, SPREAD_OUT, s->assets[i].id, p->row.asset);
	}
	return RESULT_OK;
}

/* What a peer's address or a prefix is below our own one, if it is stored so; NULL: no memory. */
static const char *whole_address(struct snapshot *s, const char *stored)
{
	return stored[0] == '.' ? arena_printf(&s->memory, "%s%s", s->own_address, stored) : stored;
}

static void choose_own_address(const struct snapshots_options *o, struct snapshot *s,
        const struct peer_row *rows, size_t count)
{
	s->own_address = o->ilp_address;
	for (size_t i = 0; i < count; i++) {
		if (rows[i].relation != PEER_RELATION_PARENT)
			continue;
		if (rows[i].assigned[0])
			s->own_address = rows[i].assigned;
		else
			s->address_is_due = !rows[i].ilp_address[0];
	}
	s->own = bytes_str(s->own_address);
}

static enum result build_peers(const struct snapshots_options *o, const struct snapshot *old,
        struct snapshot *s, struct reader *r)
{
	struct peer_row *rows;
	size_t count;
	enum result result = store_peer_list(r, &s->memory, &rows, &count);

	if (result)
		return result;
	s->peers = arena_alloc(&s->memory, (count ? count : 1) * sizeof(*s->peers));
	if (!s->peers)
		return RESULT_OURS_MEMORY;
	choose_own_address(o, s, rows, count);
	for (size_t i = 0; i < count; i++) {
		struct peer *p = &s->peers[i];
		const struct asset_row *asset = snapshot_asset(s, rows[i].asset);
		char *token = (char *)(uintptr_t)rows[i].outgoing_token;

		if (!asset)
			return RESULT_OURS_STORE;
		p->row = rows[i];
		p->row.outgoing_token = NULL;
		p->row.ilp_address = whole_address(s, rows[i].ilp_address);
		if (!p->row.ilp_address)
			return RESULT_OURS_MEMORY;
		p->asset = *asset;
		p->asset_at = (size_t)(asset - s->assets);
		p->ilp_address = bytes_str(p->row.ilp_address);
		s->peer_count = i + 1;
		peer_allowance(o, p);
		peer_connect(o, old, p, token);
		secret_wipe(token, strlen(token));
		result = peer_live_take(old, p);
		if (!result)
			result = peer_rates(s, p, clock_wall_ms());
		if (result)
			return result;
	}
	return RESULT_OK;
}

static enum result build_accounts(struct snapshot *s)
{
	size_t slots = 8;

	while (slots < 2 * s->peer_count)
		slots *= 2;
	s->account_slot_count = slots;
	s->account_slots = arena_alloc(&s->memory, slots * sizeof(*s->account_slots));
	if (!s->account_slots)
		return RESULT_OURS_MEMORY;
	for (size_t i = 0; i < s->peer_count; i++) {
		size_t at = snapshot_account_slot(s, s->peers[i].row.account);

		while (s->account_slots[at])
			at = (at + 1) & (slots - 1);
		s->account_slots[at] = (uint32_t)i + 1;
	}
	return RESULT_OK;
}

static enum result build_tokens(struct snapshot *s)
{
	size_t tokens = 0, slots = 8;

	for (size_t i = 0; i < s->peer_count; i++)
		tokens += s->peers[i].row.incoming_tokens;
	while (slots < 2 * tokens)
		slots *= 2;
	s->token_slot_count = slots;
	s->token_slots = arena_alloc(&s->memory, slots * sizeof(*s->token_slots));
	s->token_hashes = arena_alloc(&s->memory, slots * sizeof(*s->token_hashes));
	if (!s->token_slots || !s->token_hashes)
		return RESULT_OURS_MEMORY;
	for (size_t i = 0; i < s->peer_count; i++) {
		const struct peer_row *row = &s->peers[i].row;

		if (row->state == PEER_DISABLED)
			continue;
		for (size_t k = 0; k < row->incoming_tokens; k++) {
			size_t at = snapshot_token_slot(s, row->incoming_token_hashes[k]);

			while (s->token_slots[at])
				at = (at + 1) & (slots - 1);
			s->token_slots[at] = (uint32_t)i + 1;
			memcpy(s->token_hashes[at], row->incoming_token_hashes[k], 32);
		}
	}
	return RESULT_OK;
}

static int compare_fixed(const void *a, const void *b)
{
	return bytes_compare(((const struct route *)a)->prefix, ((const struct route *)b)->prefix);
}

/* Room for what each peer has. */
static enum result route_lists(struct snapshot *s, const struct route_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct peer *p = snapshot_peer_of_account(s, rows[i].peer);

		if (p)
			s->peers[p - s->peers].route_count++;
	}
	for (size_t i = 0; i < s->peer_count; i++) {
		struct peer *p = &s->peers[i];

		p->routes = arena_alloc(&s->memory, (p->route_count + 1) * sizeof(*p->routes));
		p->route_count = 0;
		if (!p->routes)
			return RESULT_OURS_MEMORY;
	}
	return RESULT_OK;
}

/* Of the routes of the store those that are stored whole (or not); they go behind the others. */
static enum result take_routes(
        struct snapshot *s, const struct route_row *rows, size_t count, bool whole)
{
	for (size_t i = 0; i < count; i++) {
		const char *prefix = rows[i].prefix;
		const struct peer *peer = snapshot_peer_of_account(s, rows[i].peer);
		struct peer *owner;

		if ((prefix[0] != '.') != whole || !peer)
			continue;
		prefix = whole_address(s, prefix);
		if (!prefix)
			return RESULT_OURS_MEMORY;
		owner = &s->peers[peer - s->peers];
		owner->routes[owner->route_count++] = prefix;
		if (peer->row.state != PEER_ACTIVE)
			continue;
		s->fixed[s->fixed_count++] = (struct route){
		        .prefix = bytes_str(prefix), .next_hop = (uint64_t)rows[i].peer};
	}
	return RESULT_OK;
}

/* Sorted, and each prefix once: as the table has it. */
static void sort_fixed(struct snapshot *s)
{
	size_t kept = 0;

	qsort(s->fixed, s->fixed_count, sizeof(*s->fixed), compare_fixed);
	for (size_t i = 0; i < s->fixed_count; i++) {
		struct route r;

		if (kept && bytes_eq(s->fixed[kept - 1].prefix, s->fixed[i].prefix))
			continue;
		r = s->fixed[i];
		if (route_find(s->routes, r.prefix, &r))
			s->fixed[kept++] = r;
	}
	s->fixed_count = kept;
}

/* Where our address made a child's prefix the same as one that was configured whole, that one
 * counts. */
static enum result build_routes(struct snapshot *s, struct reader *r)
{
	struct route_row *rows;
	size_t count;
	enum result result = store_route_list(r, &s->memory, &rows, &count);

	if (result)
		return result;
	s->fixed = arena_alloc(&s->memory, (count ? count : 1) * sizeof(*s->fixed));
	if (!s->fixed)
		return RESULT_OURS_MEMORY;
	result = route_lists(s, rows, count);
	if (!result)
		result = take_routes(s, rows, count, false);
	if (!result && s->fixed_count)
		result = route_table_new(s->fixed, s->fixed_count, &s->children);
	if (!result)
		result = take_routes(s, rows, count, true);
	if (!result)
		result = route_table_new(s->fixed, s->fixed_count, &s->routes);
	if (!result)
		sort_fixed(s);
	return result;
}

enum result snapshot_build(const struct snapshots_options *o, const struct snapshot *old,
        struct rates *rates, uint64_t version, struct reader *r, struct snapshot **out)
{
	struct snapshot *s = calloc(1, sizeof(*s));
	enum result result;

	if (!s)
		return RESULT_OURS_MEMORY;
	atomic_init(&s->holds, 1);
	arena_init(&s->memory, SNAPSHOT_ARENA_BYTES);
	s->version = version;
	s->peers_version = version;
	s->rates = rates_hold(rates);
	s->learned = route_table_hold(old ? old->learned : NULL);
	result = store_asset_list(r, &s->memory, &s->assets, &s->asset_count);
	if (!result)
		result = build_spreads(s, r);
	if (!result)
		result = build_peers(o, old, s, r);
	if (!result)
		result = build_accounts(s);
	if (!result)
		result = build_tokens(s);
	if (!result)
		result = build_routes(s, r);
	if (result) {
		snapshot_release(s);
		return result;
	}
	*out = s;
	return RESULT_OK;
}
