#include "codec/ccp.h"

#include <string.h>

#include "codec/oer.h"

#define FEATURE_MAX 255
#define PROP_MAX    32767

/* ---- reading ---- */

static void take_id(struct cursor *c, uint8_t id[CCP_TABLE_ID_SIZE])
{
	struct bytes b = cursor_take(c, CCP_TABLE_ID_SIZE);

	if (!c->failed)
		memcpy(id, b.p, CCP_TABLE_ID_SIZE);
}

/* The number of elements that follow. */
static size_t take_count(struct cursor *c, size_t max)
{
	uint64_t n = oer_uint(c);

	if (!c->failed && n > max)
		cursor_fail(c, RESULT_THEIRS_TOO_BIG);
	return c->failed ? 0 : (size_t)n;
}

static struct bytes since(const uint8_t *start, const struct cursor *c)
{
	return c->failed ? bytes_of(NULL, 0) : bytes_of(start, (size_t)(c->p - start));
}

static struct bytes take_octets(struct cursor *c, size_t count, size_t max)
{
	const uint8_t *start = c->p;

	for (size_t i = 0; i < count && !c->failed; i++)
		(void)oer_octets(c, max);
	return since(start, c);
}

static struct bytes take_props(struct cursor *c, size_t count)
{
	const uint8_t *start = c->p;

	for (size_t i = 0; i < count && !c->failed; i++) {
		(void)cursor_u8(c);
		(void)cursor_u16(c);
		(void)oer_octets(c, PROP_MAX);
	}
	return since(start, c);
}

static void take_route(struct cursor *c, struct ccp_route *out)
{
	out->prefix = oer_octets(c, ILP_ADDRESS_MAX);
	out->hops = take_count(c, CCP_HOPS_MAX);
	out->path = take_octets(c, out->hops, ILP_ADDRESS_MAX);
	out->auth = cursor_take(c, CCP_AUTH_SIZE).p;
	out->props_n = take_count(c, CCP_LIST_MAX);
	out->props = take_props(c, out->props_n);
}

enum result ccp_control_decode(struct bytes data, struct ccp_control *out)
{
	struct cursor c;
	uint8_t mode;

	cursor_init(&c, data);
	mode = cursor_u8(&c);
	take_id(&c, out->table_id);
	out->epoch = cursor_u32(&c);
	out->features_n = take_count(&c, CCP_LIST_MAX);
	out->features = take_octets(&c, out->features_n, FEATURE_MAX);
	TRY(c.failed);
	if (mode > CCP_SYNC)
		return RESULT_THEIRS_MALFORMED;
	out->mode = mode == CCP_SYNC ? CCP_SYNC : CCP_IDLE;
	return RESULT_OK;
}

enum result ccp_update_decode(struct bytes data, struct ccp_update *out)
{
	struct cursor c;
	const uint8_t *start;

	cursor_init(&c, data);
	take_id(&c, out->table_id);
	out->current_epoch = cursor_u32(&c);
	out->from_epoch = cursor_u32(&c);
	out->to_epoch = cursor_u32(&c);
	out->hold_down_ms = cursor_u32(&c);
	out->speaker = oer_octets(&c, ILP_ADDRESS_MAX);
	out->routes_n = take_count(&c, CCP_LIST_MAX);
	start = c.p;
	for (size_t i = 0; i < out->routes_n && !c.failed; i++) {
		struct ccp_route route;

		take_route(&c, &route);
	}
	out->routes = since(start, &c);
	out->withdrawn_n = take_count(&c, CCP_LIST_MAX);
	out->withdrawn = take_octets(&c, out->withdrawn_n, ILP_ADDRESS_MAX);
	return c.failed;
}

void ccp_route_next(struct bytes *list, struct ccp_route *out)
{
	struct cursor c;

	cursor_init(&c, *list);
	take_route(&c, out);
	*list = bytes_of(c.p, cursor_left(&c));
}

struct bytes ccp_octets_next(struct bytes *list)
{
	struct cursor c;
	struct bytes next;

	cursor_init(&c, *list);
	next = oer_octets(&c, list->n);
	*list = bytes_of(c.p, cursor_left(&c));
	return next;
}

/* ---- writing ---- */

void ccp_control_encode(struct buf *b, const struct ccp_control *c)
{
	buf_u8(b, (uint8_t)c->mode);
	buf_put(b, c->table_id, CCP_TABLE_ID_SIZE);
	buf_u32(b, c->epoch);
	oer_put_uint(b, c->features_n);
	buf_bytes(b, c->features);
}

void ccp_update_encode(struct buf *b, const struct ccp_update *u)
{
	buf_put(b, u->table_id, CCP_TABLE_ID_SIZE);
	buf_u32(b, u->current_epoch);
	buf_u32(b, u->from_epoch);
	buf_u32(b, u->to_epoch);
	buf_u32(b, u->hold_down_ms);
	oer_put_octets(b, u->speaker);
	oer_put_uint(b, u->routes_n);
	buf_bytes(b, u->routes);
	oer_put_uint(b, u->withdrawn_n);
	buf_bytes(b, u->withdrawn);
}

void ccp_route_encode(struct buf *b, const struct ccp_route *r)
{
	oer_put_octets(b, r->prefix);
	oer_put_uint(b, r->hops);
	buf_bytes(b, r->path);
	buf_put(b, r->auth, CCP_AUTH_SIZE);
	oer_put_uint(b, r->props_n);
	buf_bytes(b, r->props);
}
