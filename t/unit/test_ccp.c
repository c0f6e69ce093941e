#include "unit/harness.h"
#include "unit/vectors.h"

#include "codec/ccp.h"
#include "codec/oer.h"

static uint8_t storage[2][64 * 1024];

/* A UUID's bytes. */
static void expect_id(const json_t *c, const char *member, const uint8_t id[CCP_TABLE_ID_SIZE])
{
	const char *text = vectors_text(c, member);
	char plain[64];
	uint8_t expected[CCP_TABLE_ID_SIZE];
	size_t n = 0, m;

	for (; *text; text++)
		if (*text != '-')
			plain[n++] = *text;
	ck_assert_int_eq(hex_decode(plain, n, expected, sizeof(expected), &m), RESULT_OK);
	ck_assert_mem_eq(id, expected, sizeof(expected));
}

START_TEST(control)
{
	struct vectors v;
	json_t *c;
	size_t i;

	vectors_open(&v, "ccp");
	ck_assert_str_eq(vectors_text(v.root, "destination_control"), CCP_CONTROL_DESTINATION);
	ck_assert_str_eq(vectors_text(v.root, "destination_update"), CCP_UPDATE_DESTINATION);
	json_array_foreach(vectors_cases(&v, "control", 14), i, c)
	{
		json_t *features = vectors_get(c, "features");
		struct ccp_control m;
		struct buf b;

		ck_assert_int_eq(ccp_control_decode(vectors_hex(&v, c, "data"), &m), RESULT_OK);
		ck_assert_int_eq(m.mode, vectors_int(c, "mode"));
		ck_assert_int_eq(m.epoch, vectors_int(c, "lastKnownEpoch"));
		expect_id(c, "lastKnownRoutingTableId", m.table_id);
		ck_assert_uint_eq(m.features_n, json_array_size(features));
		buf_init(&b, storage[0], sizeof(storage[0]));
		ccp_control_encode(&b, &m);
		vectors_expect_hex(&v, c, "data", buf_view(&b), i);
		for (size_t k = 0; k < m.features_n; k++)
			ck_assert(bytes_eq_str(ccp_octets_next(&m.features),
			        json_string_value(json_array_get(features, k))));
	}
	vectors_close(&v);
}
END_TEST

static void expect_route(struct vectors *v, const json_t *expected, const struct ccp_route *r)
{
	json_t *path = vectors_get(expected, "path");
	struct bytes hops = r->path;

	ck_assert(bytes_eq(r->prefix, vectors_bytes(expected, "prefix")));
	ck_assert_uint_eq(r->hops, json_array_size(path));
	for (size_t i = 0; i < r->hops; i++)
		ck_assert(bytes_eq_str(
		        ccp_octets_next(&hops), json_string_value(json_array_get(path, i))));
	vectors_expect_hex(v, expected, "auth", bytes_of(r->auth, CCP_AUTH_SIZE), 0);
	ck_assert_uint_eq(r->props_n, json_array_size(vectors_get(expected, "props")));
}

START_TEST(update)
{
	struct vectors v;
	json_t *c;
	size_t i;

	vectors_open(&v, "ccp");
	json_array_foreach(vectors_cases(&v, "update", 27), i, c)
	{
		json_t *routes = vectors_get(c, "newRoutes");
		json_t *withdrawn = vectors_get(c, "withdrawnRoutes");
		struct bytes data = vectors_hex(&v, c, "data"), list, gone;
		struct ccp_update u;
		struct buf b, again;

		ck_assert_int_eq(ccp_update_decode(data, &u), RESULT_OK);
		expect_id(c, "routingTableId", u.table_id);
		ck_assert_int_eq(u.current_epoch, vectors_int(c, "currentEpochIndex"));
		ck_assert_int_eq(u.from_epoch, vectors_int(c, "fromEpochIndex"));
		ck_assert_int_eq(u.to_epoch, vectors_int(c, "toEpochIndex"));
		ck_assert_int_eq(u.hold_down_ms, vectors_int(c, "holdDownTime"));
		ck_assert(bytes_eq(u.speaker, vectors_bytes(c, "speaker")));
		ck_assert_uint_eq(u.routes_n, json_array_size(routes));
		ck_assert_uint_eq(u.withdrawn_n, json_array_size(withdrawn));
		buf_init(&again, storage[1], sizeof(storage[1]));
		list = u.routes;
		for (size_t k = 0; k < u.routes_n; k++) {
			struct ccp_route r;

			ccp_route_next(&list, &r);
			expect_route(&v, json_array_get(routes, k), &r);
			ccp_route_encode(&again, &r);
		}
		gone = u.withdrawn;
		for (size_t k = 0; k < u.withdrawn_n; k++)
			ck_assert(bytes_eq_str(ccp_octets_next(&gone),
			        json_string_value(json_array_get(withdrawn, k))));
		u.routes = buf_view(&again);
		buf_init(&b, storage[0], sizeof(storage[0]));
		ccp_update_encode(&b, &u);
		vectors_expect_hex(&v, c, "data", buf_view(&b), i);
		/* Cut anywhere it is refused; what follows is ignored. */
		for (size_t n = 0; n < data.n; n++)
			ck_assert_int_ne(ccp_update_decode(bytes_of(data.p, n), &u), RESULT_OK);
	}
	vectors_close(&v);
}
END_TEST

/* Counts that are not true, or more than anybody needs, end before anything is made of them. */
START_TEST(hostile)
{
	struct ccp_route route = {.prefix = bytes_str("test.a"), .hops = CCP_HOPS_MAX};
	struct ccp_update u = {.speaker = bytes_str("test.x"), .routes_n = 1};
	struct ccp_control read;
	uint8_t auth[CCP_AUTH_SIZE] = {0}, path[256];
	struct buf b, list, hops;

	for (size_t over = 0; over < 2; over++) {
		buf_init(&hops, path, sizeof(path));
		route.hops = CCP_HOPS_MAX + over;
		for (size_t i = 0; i < route.hops; i++)
			oer_put_octets(&hops, bytes_str("a"));
		route.path = buf_view(&hops);
		route.auth = auth;
		buf_init(&list, storage[1], sizeof(storage[1]));
		ccp_route_encode(&list, &route);
		u.routes = buf_view(&list);
		buf_init(&b, storage[0], sizeof(storage[0]));
		ccp_update_encode(&b, &u);
		ck_assert_int_eq(ccp_update_decode(buf_view(&b), &u),
		        over ? RESULT_THEIRS_TOO_BIG : RESULT_OK);
	}
	u = (struct ccp_update){.speaker = bytes_str("test.x"), .routes_n = CCP_LIST_MAX};
	buf_init(&b, storage[0], sizeof(storage[0]));
	ccp_update_encode(&b, &u);
	ck_assert_int_eq(ccp_update_decode(buf_view(&b), &u), RESULT_THEIRS_TRUNCATED);
	u.routes_n = SIZE_MAX;
	u.routes = bytes_of(NULL, 0);
	buf_init(&b, storage[0], sizeof(storage[0]));
	ccp_update_encode(&b, &u);
	ck_assert_int_eq(ccp_update_decode(buf_view(&b), &u), RESULT_THEIRS_TOO_BIG);
	buf_init(&b, storage[0], sizeof(storage[0]));
	ccp_control_encode(&b, &(struct ccp_control){.mode = CCP_SYNC});
	storage[0][0] = 2;
	ck_assert_int_eq(ccp_control_decode(buf_view(&b), &read), RESULT_THEIRS_MALFORMED);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, control);
	tcase_add_test(t, update);
	tcase_add_test(t, hostile);
}

TEST_MAIN("ccp", fill)
