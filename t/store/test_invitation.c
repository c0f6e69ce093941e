#include "unit/harness.h"

#include <string.h>

#include "base/secret.h"
#include "store/fixture.h"
#include "store/invitation.h"

static struct fixture f;

static const uint8_t token[32] = {1}, other_token[32] = {2}, accepted[32] = {3},
                     otherwise[32] = {4};

static struct invitation_row offer(const char *name)
{
	return (struct invitation_row){.name = name,
	        .asset = f.usd,
	        .credit_limit = 700,
	        .max_packet = 50,
	        .spread_bps = 25,
	        .expires_ms = f.now_ms + 60000};
}

START_TEST(offers)
{
	const struct {
		const char *what;
		struct invitation_row row;
		enum result result;
	} cases[] = {
	        {"no name", offer("North"), RESULT_THEIRS_MALFORMED},
	        {"a peer's name", offer("west"), RESULT_THEIRS_CONFLICT},
	        {"good", offer("north"), RESULT_OK},
	};
	struct invitation_row bad, row;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		row = cases[i].row;
		fixture_begin(&f);
		IS(batch_invitation_add(f.b, token, &row), cases[i].result);
		if (cases[i].result)
			fixture_cancel(&f);
		else
			fixture_end(&f);
	}
	bad = offer("x");
	bad.asset = 999;
	fixture_begin(&f);
	IS(batch_invitation_add(f.b, other_token, &bad), RESULT_THEIRS_BAD_ASSET);
	bad = offer("x");
	bad.spread_bps = 10001;
	IS(batch_invitation_add(f.b, other_token, &bad), RESULT_THEIRS_BAD_AMOUNT);
	fixture_cancel(&f);
	OK(store_invitation_get(f.reader, &f.arena, token, &row));
	ck_assert_str_eq(row.name, "north");
	ck_assert_uint_eq(row.credit_limit, 700);
	ck_assert_int_eq(row.peer, 0);
	IS(store_invitation_get(f.reader, &f.arena, other_token, &row), RESULT_THEIRS_NOT_FOUND);
	OK(store_invitation_get(f.reader, &f.arena, token, &row));
	fixture_begin(&f);
	OK(batch_invitation_revoke(f.b, &row.id));
	IS(batch_invitation_revoke(f.b, &row.id), RESULT_THEIRS_NOT_FOUND);
	fixture_end(&f);
	IS(store_invitation_get(f.reader, &f.arena, token, &row), RESULT_THEIRS_NOT_FOUND);
}
END_TEST

START_TEST(used_once)
{
	const struct peer_new them = {.ilp_address = "test.north",
	        .url = "https://north.example/ilp",
	        .outgoing_token = "a-token-that-we-show",
	        .incoming_token = "a-token-that-they-show"};
	struct peer_new taken = them;
	struct invitation_row row = offer("north"), late = offer("late");
	struct peer_row peer, *peers;
	size_t before, after;

	late.expires_ms = f.now_ms + 1;
	fixture_begin(&f);
	OK(batch_invitation_add(f.b, token, &row));
	OK(batch_invitation_add(f.b, other_token, &late));
	fixture_end(&f);
	f.now_ms += 10;
	OK(store_peer_list(f.reader, &f.arena, &peers, &before));
	fixture_begin(&f);
	IS(batch_invitation_use(f.b, accepted, accepted, &them), RESULT_THEIRS_NOT_FOUND);
	IS(batch_invitation_use(f.b, other_token, accepted, &them), RESULT_THEIRS_EXPIRED);
	fixture_cancel(&f);
	taken.ilp_address = "test.west";
	fixture_begin(&f);
	IS(batch_invitation_use(f.b, token, accepted, &taken), RESULT_THEIRS_STATE);
	fixture_cancel(&f);
	fixture_begin(&f);
	OK(batch_invitation_use(f.b, token, accepted, &them));
	fixture_end(&f);
	/* who lost the answer, and who comes too late */
	fixture_begin(&f);
	OK(batch_invitation_use(f.b, token, accepted, &them));
	IS(batch_invitation_use(f.b, token, otherwise, &them), RESULT_THEIRS_CONFLICT);
	fixture_end(&f);
	OK(store_peer_list(f.reader, &f.arena, &peers, &after));
	ck_assert_uint_eq(after, before + 1);
	OK(store_peer_find(f.reader, &f.arena, "north", &peer));
	ck_assert_uint_eq(peer.credit_limit, 700);
	ck_assert_uint_eq(peer.max_packet, 50);
	ck_assert_uint_eq(peer.spread_bps, 25);
	ck_assert(peer.url_is_foreign);
	ck_assert_str_eq(peer.ilp_address, "test.north");
	ck_assert_str_eq(peer.outgoing_token, "a-token-that-we-show");
	OK(store_invitation_get(f.reader, &f.arena, token, &row));
	ck_assert_int_eq(row.peer, peer.account);
	/* a used one is not taken back */
	fixture_begin(&f);
	IS(batch_invitation_revoke(f.b, &row.id), RESULT_THEIRS_NOT_FOUND);
	fixture_end(&f);
	fixture_audit(&f, "invitations");
}
END_TEST

static void open_store(void)
{
	fixture_setup(&f);
}

static void close_store(void)
{
	fixture_teardown(&f);
}

static void fill(TCase *t)
{
	tcase_add_checked_fixture(t, open_store, close_store);
	tcase_add_test(t, offers);
	tcase_add_test(t, used_once);
}

TEST_MAIN("invitation", fill)
