/* The first byte chooses the message; both are decoded, written again element by element, and must
 * be the same bytes but for what followed the message. */
#include "fuzz/fuzz.h"

#include "codec/ccp.h"

static uint8_t storage[2][128 * 1024];

static void control(struct bytes data)
{
	struct ccp_control c;
	struct buf b;

	if (ccp_control_decode(data, &c) != RESULT_OK)
		return;
	buf_init(&b, storage[0], sizeof(storage[0]));
	ccp_control_encode(&b, &c);
	FUZZ_CHECK(!b.failed && b.len <= data.n);
	FUZZ_CHECK(bytes_eq(buf_view(&b), bytes_of(data.p, b.len)));
	for (size_t i = 0; i < c.features_n; i++)
		(void)ccp_octets_next(&c.features);
	FUZZ_CHECK(c.features.n == 0);
}

static void update(struct bytes data)
{
	struct ccp_update u;
	struct bytes routes;
	struct buf b, list;

	if (ccp_update_decode(data, &u) != RESULT_OK)
		return;
	buf_init(&list, storage[1], sizeof(storage[1]));
	routes = u.routes;
	for (size_t i = 0; i < u.routes_n; i++) {
		struct ccp_route r;

		ccp_route_next(&routes, &r);
		ccp_route_encode(&list, &r);
		FUZZ_CHECK(r.hops <= CCP_HOPS_MAX);
		for (size_t k = 0; k < r.hops; k++)
			(void)ccp_octets_next(&r.path);
		FUZZ_CHECK(r.path.n == 0);
	}
	FUZZ_CHECK(routes.n == 0 && bytes_eq(buf_view(&list), u.routes));
	u.routes = buf_view(&list);
	buf_init(&b, storage[0], sizeof(storage[0]));
	ccp_update_encode(&b, &u);
	FUZZ_CHECK(!b.failed && b.len <= data.n);
	FUZZ_CHECK(bytes_eq(buf_view(&b), bytes_of(data.p, b.len)));
	for (size_t i = 0; i < u.withdrawn_n; i++)
		(void)ccp_octets_next(&u.withdrawn);
	FUZZ_CHECK(u.withdrawn.n == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0 || size > sizeof(storage[0]))
		return 0;
	if (data[0] & 1)
		update(bytes_of(data + 1, size - 1));
	else
		control(bytes_of(data + 1, size - 1));
	return 0;
}
