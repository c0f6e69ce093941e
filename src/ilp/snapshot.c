#include "ilp/snapshot.h"

#include <assert.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "codec/ilp_address.h"
#include "ilp/snapshot_build.h"

#define ROUTE_MATCHES_MAX 16

struct snapshots {
	struct snapshots_options options;
	pthread_mutex_t lock;     /* guards current */
	pthread_mutex_t building; /* one builder at a time */
	struct snapshot *current;
	struct rates *empty; /* without prices, for the first picture */
	_Atomic uint64_t version;
};

bool peer_is_active(const struct peer *p)
{
	return atomic_load_explicit(&p->live->active, memory_order_relaxed);
}

struct peer_live *peer_live_hold(struct peer_live *live)
{
	atomic_fetch_add(&live->holds, 1);
	return live;
}

void peer_live_release(struct peer_live *live)
{
	if (live && atomic_fetch_sub(&live->holds, 1) == 1)
		free(live);
}

struct snapshot *snapshot_hold(struct snapshot *s)
{
	atomic_fetch_add_explicit(&s->holds, 1, memory_order_relaxed);
	return s;
}

void snapshot_release(struct snapshot *s)
{
	if (!s || atomic_fetch_sub(&s->holds, 1) != 1)
		return;
	route_table_release(s->learned);
	if (s->base) {
		snapshot_release(s->base);
		free(s);
		return;
	}
	for (size_t i = 0; i < s->peer_count; i++) {
		if (s->peers[i].target)
			outbound_target_release(s->peers[i].target);
		outbound_target_release(s->peers[i].later);
		btp_dial_release(s->peers[i].dial);
		peer_live_release(s->peers[i].live);
	}
	route_table_release(s->routes);
	route_table_release(s->children);
	rates_release(s->rates);
	arena_clear(&s->memory);
	free(s);
}

/* ---- look-ups ---- */

const struct asset_row *snapshot_asset(const struct snapshot *s, asset_id id)
{
	for (size_t i = 0; i < s->asset_count; i++)
		if (s->assets[i].id == id)
			return &s->assets[i];
	return NULL;
}

size_t snapshot_account_slot(const struct snapshot *s, account_id account)
{
	return (size_t)((uint64_t)account * 0x9e3779b97f4a7c15u >> 32) &
	       (s->account_slot_count - 1);
}

const struct peer *snapshot_peer_of_account(const struct snapshot *s, account_id account)
{
	for (size_t at = snapshot_account_slot(s, account); s->account_slots[at];
	        at = (at + 1) & (s->account_slot_count - 1))
		if (s->peers[s->account_slots[at] - 1].row.account == account)
			return &s->peers[s->account_slots[at] - 1];
	return NULL;
}

const struct peer *snapshot_parent(const struct snapshot *s)
{
	for (size_t i = 0; i < s->peer_count; i++)
		if (s->peers[i].row.relation == PEER_RELATION_PARENT)
			return &s->peers[i];
	return NULL;
}

size_t snapshot_token_slot(const struct snapshot *s, const uint8_t hash[32])
{
	size_t at;

	memcpy(&at, hash, sizeof(at));
	return at & (s->token_slot_count - 1);
}

/* The table is indexed by the token's hash, so that what is compared is no secret. */
const struct peer *snapshot_peer_of_token(const struct snapshot *s, struct bytes token)
{
	uint8_t hash[32];

	sha256(token, hash);
	for (size_t at = snapshot_token_slot(s, hash); s->token_slots[at];
	        at = (at + 1) & (s->token_slot_count - 1))
		if (memcmp(s->token_hashes[at], hash, sizeof(hash)) == 0)
			return &s->peers[s->token_slots[at] - 1];
	return NULL;
}

bool snapshot_is_own(const struct snapshot *s, struct bytes destination)
{
	struct route child;

	return ilp_address_under(destination, s->own) &&
	       !(s->children && route_find(s->children, destination, &child));
}

/* Whom a packet may be given to. */
static const struct peer *next_hop(const struct snapshot *s, const struct route *r)
{
	const struct peer *p = snapshot_peer_of_account(s, (account_id)r->next_hop);

	return p && p->row.state == PEER_ACTIVE ? p : NULL;
}

size_t snapshot_explain(
        const struct snapshot *s, struct bytes destination, struct route *out, size_t max)
{
	const struct route_table *const tables[] = {s->routes, s->learned};
	size_t found = route_explain(tables, 2, destination, out, max), kept = 0;

	for (size_t i = 0; i < found; i++)
		if (next_hop(s, &out[i]))
			out[kept++] = out[i];
	return kept;
}

static bool is_in_the_way(struct bytes prefix, struct bytes address)
{
	if (prefix.n == 0 || !memchr(prefix.p, '.', prefix.n))
		return false;
	return ilp_address_under(address, prefix) || ilp_address_under(prefix, address);
}

bool snapshot_is_unclaimed(const struct snapshot *s, struct bytes address)
{
	const uint8_t *dot = s->own.n ? memchr(s->own.p, '.', s->own.n) : NULL;
	struct bytes scheme = bytes_of(s->own.p, dot ? (size_t)(dot - s->own.p) : 0);
	struct route learned;

	if (scheme.n == 0 || !ilp_address_under(address, scheme) || is_in_the_way(s->own, address))
		return false;
	for (size_t i = 0; i < s->peer_count; i++) {
		const struct peer *p = &s->peers[i];

		if (is_in_the_way(p->ilp_address, address))
			return false;
		for (size_t k = 0; k < p->route_count; k++)
			if (is_in_the_way(bytes_str(p->routes[k]), address))
				return false;
	}
	return !s->learned || !route_find(s->learned, address, &learned) ||
	       !is_in_the_way(learned.prefix, address);
}

const struct peer *snapshot_route(
        const struct snapshot *s, struct bytes destination, const struct peer *except)
{
	const struct route_table *const tables[] = {s->routes, s->learned};
	struct route best, all[ROUTE_MATCHES_MAX];
	const struct peer *p;

	if (route_explain(tables, 2, destination, &best, 1) == 0)
		return NULL;
	p = next_hop(s, &best);
	/* A learned route outlives its peer by the moment until the table is changed. */
	if (!p && snapshot_explain(s, destination, all, ROUTE_MATCHES_MAX))
		p = next_hop(s, &all[0]);
	return p == except ? NULL : p;
}

const struct rate_book *snapshot_rates(const struct snapshot *s)
{
	return s->rates->book;
}

/* What the picture was built with has become too old; another source may still have a rate. */
static enum result ask_again(const struct snapshot *s, const struct peer *from,
        const struct asset_row *to, unsigned spread_bps, int64_t now_ms, struct rate_pair *out)
{
	struct rate_found found;

	if (rate_book_get(
	            snapshot_rates(s), from->asset.code, to->code, now_ms, RATE_FRESH, &found))
		return RESULT_THEIRS_NO_RATE;
	return rate_pair_make(&found.rate,
	        &(struct rate_asset){from->asset.code, from->asset.scale},
	        &(struct rate_asset){to->code, to->scale}, spread_bps, out);
}

enum result snapshot_pair(const struct snapshot *s, const struct peer *from, asset_id to,
        const struct peer *next, int64_t now_ms, struct rate_pair *out)
{
	const struct asset_row *asset = snapshot_asset(s, to);
	const struct rate_way *way;
	unsigned bps;

	if (!asset)
		return RESULT_THEIRS_NO_RATE;
	way = &from->ways[asset - s->assets];
	bps = way->spread_in;
	if (next)
		bps = spread_sum(bps, next->spread_out[from->asset_at]);
	if (now_ms > way->until_ms)
		return ask_again(s, from, asset, bps, now_ms, out);
	if (bps == way->spread_in)
		*out = way->pair;
	else
		return rate_pair_less(&way->pair, bps, out);
	return RESULT_OK;
}

enum result snapshot_own_pair(
        const struct snapshot *s, asset_id from, asset_id to, int64_t now_ms, struct rate_pair *out)
{
	const struct asset_row *a = snapshot_asset(s, from), *b = snapshot_asset(s, to);
	struct rate_found found;

	if (!a || !b ||
	        rate_book_get(snapshot_rates(s), a->code, b->code, now_ms, RATE_FRESH, &found))
		return RESULT_THEIRS_NO_RATE;
	return rate_pair_make(&found.rate, &(struct rate_asset){a->code, a->scale},
	        &(struct rate_asset){b->code, b->scale}, 0, out);
}

/* Called with `building` held. */
static struct rates *rates_now(const struct snapshots *all)
{
	return all->current ? all->current->rates : all->empty;
}

/* Called with `building` held. */
static void swap_in(struct snapshots *all, struct snapshot *next)
{
	struct snapshot *old = all->current;

	pthread_mutex_lock(&all->lock);
	all->current = next;
	pthread_mutex_unlock(&all->lock);
	atomic_store(&all->version, next->version);
	/* For who still works with an older one: packets end with what they began with, but no more
	 * begin. A peer that has gone is not active. */
	for (size_t i = 0; old && i < old->peer_count; i++)
		if (!snapshot_peer_of_account(next, old->peers[i].row.account))
			atomic_store(&old->peers[i].live->active, false);
	for (size_t i = 0; i < next->peer_count; i++)
		atomic_store(&next->peers[i].live->active, next->peers[i].row.state == PEER_ACTIVE);
	snapshot_release(old);
}

/* Called with `building` held. */
static enum result rebuild(struct snapshots *all, struct rates *rates, struct reader *r)
{
	struct snapshot *old = all->current; /* only builders change it */
	struct snapshot *next = NULL;
	enum result result =
	        snapshot_build(&all->options, old, rates, atomic_load(&all->version) + 1, r, &next);

	if (result) {
		log_error("snapshot", "result=%s", result_name(result));
		return result;
	}
	swap_in(all, next);
	return RESULT_OK;
}

enum result snapshots_reload(struct snapshots *all, struct reader *r)
{
	enum result result;

	pthread_mutex_lock(&all->building);
	result = rebuild(all, rates_now(all), r);
	pthread_mutex_unlock(&all->building);
	return result;
}

/* All but the count of holders, which others change meanwhile. */
static void copy_picture(struct snapshot *to, const struct snapshot *from)
{
	size_t head = offsetof(struct snapshot, version);

	memcpy((uint8_t *)to + head, (const uint8_t *)from + head, sizeof(*to) - head);
}

enum result snapshots_use_learned(struct snapshots *all, struct route_table *learned)
{
	struct snapshot *next = malloc(sizeof(*next));
	struct snapshot *old;

	if (!next) {
		route_table_release(learned);
		return RESULT_OURS_MEMORY;
	}
	pthread_mutex_lock(&all->building);
	old = all->current;
	copy_picture(next, old);
	atomic_init(&next->holds, 1);
	next->version = old->version + 1;
	next->learned = learned;
	next->base = snapshot_hold(old->base ? old->base : old);
	swap_in(all, next);
	pthread_mutex_unlock(&all->building);
	return RESULT_OK;
}

enum result snapshots_reload_rates(
        struct snapshots *all, struct reader *r, struct rate_fault *fault)
{
	struct rate_table *table = NULL;
	enum result result;

	if (!all->options.rates_file)
		return snapshots_reload(all, r);
	result = rates_read_file(all->options.rates_file, &table, fault);
	return result ? result : snapshots_use_rates(all, r, RATE_ORIGIN_FILE, table);
}

enum result snapshots_use_rates(
        struct snapshots *all, struct reader *r, enum rate_origin origin, struct rate_table *table)
{
	struct rates *rates;
	enum result result;

	pthread_mutex_lock(&all->building);
	result = rates_with(rates_now(all), origin, table, &rates);
	if (!result) {
		result = rebuild(all, rates, r);
		rates_release(rates);
	}
	pthread_mutex_unlock(&all->building);
	return result;
}

enum result snapshots_accept_rates(
        struct snapshots *all, struct reader *r, enum rate_origin origin, const char *code)
{
	struct rates *rates;
	enum result result;

	pthread_mutex_lock(&all->building);
	result = rates_accepting(rates_now(all), origin, code, &rates);
	if (!result) {
		result = rebuild(all, rates, r);
		rates_release(rates);
	}
	pthread_mutex_unlock(&all->building);
	return result;
}

/* ---- the box ---- */

enum result snapshots_new(const struct snapshots_options *options, struct snapshots **out)
{
	struct snapshots *s = calloc(1, sizeof(*s));
	enum result r;

	if (!s)
		return RESULT_OURS_MEMORY;
	s->options = *options;
	atomic_init(&s->version, 0);
	r = rates_new(&options->rates, &s->empty);
	if (r) {
		free(s);
		return r;
	}
	if (pthread_mutex_init(&s->lock, NULL) != 0) {
		rates_release(s->empty);
		free(s);
		return RESULT_OURS_MEMORY;
	}
	if (pthread_mutex_init(&s->building, NULL) != 0) {
		pthread_mutex_destroy(&s->lock);
		rates_release(s->empty);
		free(s);
		return RESULT_OURS_MEMORY;
	}
	*out = s;
	return RESULT_OK;
}

void snapshots_free(struct snapshots *s)
{
	if (!s)
		return;
	snapshot_release(s->current);
	rates_release(s->empty);
	pthread_mutex_destroy(&s->building);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

struct snapshot *snapshots_get(struct snapshots *s)
{
	struct snapshot *now;

	pthread_mutex_lock(&s->lock);
	assert(s->current);
	now = snapshot_hold(s->current);
	pthread_mutex_unlock(&s->lock);
	return now;
}

uint64_t snapshots_version(const struct snapshots *s)
{
	return atomic_load_explicit(&s->version, memory_order_acquire);
}
