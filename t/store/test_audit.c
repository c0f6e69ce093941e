/* Every invariant: silent on a store with everything in it, and heard when it is broken. What one
 * damage must break besides, it breaks in the case's list. SQLite only: the damage is its SQL. */
#include "unit/harness.h"

#include <sqlite3.h>
#include <string.h>

#include "store/fixture.h"
#include "store/cash.h"
#include "store/withdrawal.h"
#include "store/endpoint.h"
#include "store/grant.h"
#include "store/nonce.h"
#include "store/settlement.h"
#include "store/key.h"
#include "store/sqlite_sql.h"

static struct fixture f;
static struct fixture all; /* made once; each case damages a copy of it */

static void credits(void)
{
	struct credit c = {f.west, f.alice, 100, 95, 5, f.now_ms + 1, 0, false, 0, {0}, 0};
	struct credit cross = {f.west, f.bob, 1000, 905, 4, f.now_ms + 1, 0, false, 0, {0}, 0};
	struct answer a = {.packets = 1, .amount = 100, .failed_packets = 1, .failed_amount = 100};
	int64_t other;

	fixture_begin(&f);
	for (int i = 0; i < 4; i++)
		OK(batch_credit(f.b, &c, &a.credit_batch));
	OK(batch_credit(f.b, &cross, &other));
	fixture_end(&f);
	fixture_begin(&f);
	OK(batch_answered(f.b, &a));
	fixture_end(&f);
}

static void forwards(void)
{
	struct flight flight = {f.west, f.east, 1000, 900, 5};
	struct settlement s = {.flight = flight, .packets = 1};
	struct answer a = {.packets = 1, .amount = 1000};

	fixture_begin(&f);
	for (int i = 0; i < 3; i++)
		OK(batch_window_reserve(f.b, &flight, f.now_ms + 20000));
	fixture_end(&f);
	fixture_begin(&f);
	OK(batch_window_settle(f.b, &s, &a.credit_batch));
	OK(batch_window_doubt(f.b, &flight));
	fixture_end(&f);
	fixture_begin(&f);
	OK(batch_answered(f.b, &a));
	fixture_end(&f);
}

/* One completed, one failed with a doubt, one in flight. */
static void payments(void)
{
	struct flight part = {.to = f.south, .amount_in = 1000, .amount_out = 995, .spread = 5};
	struct settlement s = {.packets = 1, .delivered = 900};
	struct id id;
	int64_t claim;

	for (int i = 0; i < 3; i++) {
		fixture_begin(&f);
		fixture_pay(&f, &id, &part.from);
		OK(batch_window_reserve(f.b, &part, f.now_ms + 20000));
		fixture_end(&f);
		if (i == 2)
			break;
		s.flight = part;
		fixture_begin(&f);
		if (i == 0) {
			OK(batch_window_settle(f.b, &s, &claim));
			OK(batch_payment_finish(f.b, &id, PAYMENT_COMPLETED, NULL));
		} else {
			OK(batch_window_doubt(f.b, &part));
			OK(batch_payment_finish(f.b, &id, PAYMENT_FAILED, "x"));
		}
		fixture_end(&f);
	}
}

/* One that has some of its amount, one that a packet crossed, one paid inside the node. */
static void incoming(void)
{
	struct incoming_new n = {.wallet = f.alice, .amount = 500, .expires_ms = f.now_ms + 1000};
	struct credit c = {f.west, f.alice, 400, 400, 0, f.now_ms + 1, 0, false, 0, {0}, 0};
	struct quote_row q = {.wallet = f.bob,
	        .receiver = "x",
	        .local_receiver = f.alice,
	        .debit_amount = 300,
	        .receive_amount = 250,
	        .receive_code = "USD",
	        .receive_scale = 2,
	        .expires_ms = f.now_ms + 30000};
	struct payment_local local = {.amount_out = 250};
	struct payment_new p = {.wallet = f.bob};
	struct incoming_row row;
	account_id account;
	struct id id;
	int64_t batch;

	fixture_begin(&f);
	OK(batch_incoming_add(f.b, &n, &row));
	c.incoming = row.key;
	OK(batch_credit(f.b, &c, &batch));
	OK(batch_incoming_add(f.b, &n, &row));
	c.incoming = row.key;
	OK(batch_credit(f.b, &c, &batch));
	c.peer = f.east;
	c.amount_in = c.amount_out = 101;
	OK(batch_credit(f.b, &c, &batch));
	OK(batch_incoming_add(f.b, &n, &row));
	OK(ratio_make(1, 1, &q.min_rate));
	q.local_incoming = row.key;
	OK(batch_quote_add(f.b, &q));
	p.quote_id = q.id;
	OK(batch_payment_create(f.b, &p, &local, &id, &account));
	fixture_end(&f);
}

static void release_one(enum doubt_direction direction, enum doubt_end end)
{
	struct page page = {.limit = 100};
	struct doubt_row *rows;
	size_t n, i = 0;
	bool more;

	OK(store_doubt_list(f.reader, &f.arena, true, &page, &rows, &n, &more));
	while (i < n && rows[i].direction != direction)
		i++;
	ck_assert_uint_lt(i, n);
	fixture_begin(&f);
	OK(batch_doubt_release(f.b, &rows[i].id, end));
	fixture_end(&f);
}

static void nonces(void)
{
	static const uint8_t key[32] = {7};
	const struct nonce_client client = {{7}, false};

	fixture_begin(&f);
	OK(batch_nonce_use(f.b, &client, key, bytes_str("a"), 1000));
	OK(batch_nonce_use(f.b, &client, key, bytes_str("b"), 1000));
	OK(batch_nonce_use(f.b, &client, key, bytes_str("c"), 1000));
	fixture_end(&f);
}

/* A grant that a person agreed to, with a rotated token and two payments, one of them failed; one
 * without a person; one that is pending. */
static void grants(void)
{
	static const uint8_t session[32] = {1};
	const struct grant_finish finish = {"https://shop.example/back", "nonce"};
	struct access_item item = {.type = ACCESS_OUTGOING_PAYMENT,
	        .actions = 1U << ACTION_CREATE,
	        .identifier = "https://wallet.example/alice",
	        .wallet = f.alice,
	        .limits = {.given = true,
	                .interval = "R/2023-11-01T00:00:00Z/P1M",
	                .cap = CAP_DEBIT,
	                .amount = 50000,
	                .code = "USD",
	                .scale = 2}};
	struct access_item plain = {
	        .type = ACCESS_INCOMING_PAYMENT, .actions = 1U << ACTION_CREATE};
	struct grant_new g = {.client = "https://shop.example",
	        .client_name = "A shop",
	        .access = &item,
	        .access_count = 1,
	        .interactive = true,
	        .finish = &finish,
	        .interaction_ms = 600000,
	        .token_ms = 600000};
	struct grant_continue go_on = {.token_ms = 600000};
	struct interaction_accept accept = {.session = session, .wallet = f.alice};
	struct token_rotate rotate = {.token_ms = 600000};
	struct payment_grant under = {.spend = {.debit = 10000,
	                                      .debit_asset = f.usd,
	                                      .receive = 9000,
	                                      .receive_code = "EUR",
	                                      .receive_scale = 2}};
	account_id account;
	struct grant_secrets s, other;
	enum continue_outcome outcome;
	struct grant_row row;
	char ref[TOKEN_TEXT_SIZE];
	struct id id;

	fixture_begin(&f);
	OK(batch_grant_add(f.b, &g, &id, &other));
	OK(batch_grant_add(f.b, &g, &go_on.id, &s));
	accept.id = s.interaction_id;
	OK(batch_interaction_bind(f.b, &s.interaction_id, session, NULL));
	OK(batch_interaction_accept(f.b, &accept, ref));
	go_on.token = s.continue_token;
	go_on.interact_ref = ref;
	OK(batch_grant_continue(f.b, &go_on, &f.arena, &outcome, &row, &other));
	rotate.id = other.token_id;
	rotate.token = other.access_token;
	OK(batch_token_rotate(f.b, &rotate, &f.arena, &row, &s));
	under.spend.grant = row.key;
	for (int i = 0; i < 2; i++)
		fixture_pay_under(&f, g.client, &under, &id, &account);
	OK(batch_payment_finish(f.b, &id, PAYMENT_FAILED, "x"));
	g.access = &plain;
	g.interactive = false;
	OK(batch_grant_add(f.b, &g, &id, &s));
	fixture_end(&f);
}

/* Two keys of a wallet, one of them revoked; a limit of liquidity that was told; an event that
 * nobody took. */
static void keys_and_limits(void)
{
	const uint64_t low = 2000000, high = 0;
	struct wallet_key_row one, two, gone;
	struct node_key_row first[NODE_KEYS_MAX];
	struct event_row row;
	struct event_end end = {.state = EVENT_PARKED, .error = "x"};
	int64_t next;
	size_t count;

	f.now_ms += 1000;
	OK(store_node_key_published(f.reader, f.now_ms, first, &count));
	ck_assert_uint_eq(count, 1);
	fixture_begin(&f);
	OK(batch_wallet_key_add(f.b, &f.arena, f.alice, "a", first[0].public_key, &one));
	OK(batch_wallet_key_add(f.b, &f.arena, f.alice, "b", first[0].public_key, &two));
	OK(batch_wallet_key_revoke(f.b, &f.arena, f.alice, &one.id, &gone));
	OK(batch_wallet_key_used(f.b, &two.id));
	OK(batch_asset_set_liquidity(f.b, f.usd, &low, &high));
	fixture_give(&f);
	OK(batch_event_claim(f.b, ENDPOINT_CONFIGURED, 1000, &f.arena, &row, 1, &count, &next));
	ck_assert_uint_eq(count, 1);
	end.id = row.id;
	OK(batch_event_end(f.b, ENDPOINT_CONFIGURED, &end));
	fixture_end(&f);
}

/* One that was recorded, one an engine refused, one that it has not answered, one
 * that it received. */
static void settlements(void)
{
	static const uint8_t hash[32] = {9};
	const struct settlement_change terms = {.engine = "http://127.0.0.1:4000"};
	struct settlement_in in = {.peer = f.south, .key = "k", .hash = hash};
	struct movement m = {.kind = MOVEMENT_SETTLE_IN, .account = f.south, .amount = 500};
	struct engine_end end = {.answer = SETTLEMENT_TAKEN, .error = ""};
	struct settlement_row row;
	struct engine_call call;
	int64_t next;
	bool repeated, found;
	struct id id;

	fixture_begin(&f);
	id_new(f.now_ms, &m.id);
	OK(batch_move(f.b, &m, &repeated));
	OK(batch_settlement_set(f.b, &f.south_id, &terms));
	for (int i = 0; i < 2; i++) {
		id_new(f.now_ms, &id);
		OK(batch_settlement_order(f.b, &id, f.south, 100, NULL, &repeated));
		OK(batch_engine_claim(f.b, &f.arena, &call, &found, &next));
		ck_assert(found);
		end.key = call.key;
		OK(batch_engine_end(f.b, &end));
		end.answer = SETTLEMENT_REFUSED;
	}
	OK(settlement_quantity_read("12345", 3, &in.quantity));
	OK(batch_settlement_take(f.b, &in, &f.arena, &row));
	fixture_end(&f);
}

/* One posted, one pending, one expired of a wallet; one posted and one pending of a peer. */
static void withdrawals(void)
{
	struct withdrawal_new peers = {.account = f.south, .amount = 5, .life_ms = 1000000};
	struct withdrawal_new n = {.account = f.alice, .amount = 5, .life_ms = 100};
	struct withdrawal_row row;
	size_t expired;
	bool more;

	fixture_begin(&f);
	for (n.id.b[0] = 1; n.id.b[0] <= 3; n.id.b[0]++) {
		n.life_ms = n.id.b[0] == 3 ? 100 : 1000000;
		OK(batch_withdrawal_add(f.b, &n, &row));
		if (n.id.b[0] == 1)
			OK(batch_withdrawal_end(f.b, &n.id, WITHDRAWAL_POSTED, &row));
	}
	for (peers.id.b[0] = 11; peers.id.b[0] <= 12; peers.id.b[0]++)
		OK(batch_withdrawal_add(f.b, &peers, &row));
	OK(batch_withdrawal_end(f.b, &(struct id){{11}}, WITHDRAWAL_POSTED, &row));
	fixture_end(&f);
	f.now_ms += 100;
	fixture_begin(&f);
	OK(batch_withdrawal_expire(f.b, &expired, &more));
	ck_assert_uint_eq(expired, 1);
	fixture_end(&f);
}

/* What a holder asked for: of each kind one approved, one that waits, one taken back. */
static void asked(void)
{
	struct cash_row row;

	fixture_begin(&f);
	for (uint8_t i = 0; i < 6; i++) {
		const struct cash_new n = {{{(uint8_t)(21 + i)}}, f.alice,
		        i < 3 ? CASH_DEPOSIT : CASH_WITHDRAWAL, 5, "bank"};

		OK(batch_cash_add(f.b, &n, &row));
		if (i % 3 == 0)
			OK(batch_cash_end(f.b, &n.id, CASH_APPROVED, "", &row));
		if (i % 3 == 1)
			OK(batch_cash_end(f.b, &n.id, CASH_CANCELLED, "", &row));
	}
	fixture_end(&f);
}

static void make(void)
{
	fixture_setup(&f);
	credits();
	forwards();
	payments();
	incoming();
	fixture_restart(&f);
	credits();
	forwards();
	release_one(DOUBT_THEY_MAY_OWE, DOUBT_TO_PEER);
	release_one(DOUBT_WE_MAY_OWE, DOUBT_TO_PEER);
	settlements();
	nonces();
	grants();
	keys_and_limits();
	withdrawals();
	asked();
	all = f;
	fixture_close(&all);
}

static void unmake(void)
{
	fixture_teardown(&all);
}

static void setup(void)
{
	fixture_copy(&all, &f);
}

static void teardown(void)
{
	fixture_teardown(&f);
}

START_TEST(good)
{
	fixture_audit(&f, "good");
}
END_TEST

static void damage(const char *sql)
{
	(void)fixture_sql(&f, sql);
}

#define OPENED                                                                                     \
	"PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF;"                         \
	"DROP TRIGGER transfer_is_never_deleted; DROP TRIGGER transfer_is_not_born_void;"          \
	"DROP TRIGGER transfer_ends_once;"                                                         \
	"DROP TRIGGER event_is_never_deleted; DROP TRIGGER event_says_the_same;"

/* A transfer of nothing between the settlement accounts of assets d and c. */
#define TRANSFER(id, group, d, c, state, ref, until)                                               \
	"INSERT INTO transfer SELECT " id ", " group ", d.settlement, c.suspense, 0, 0, '" state   \
	"', '" ref "', 0, 1, " until ", iif('" state "' = 'PENDING', NULL, 1)"                     \
	" FROM asset d, asset c WHERE d.code = '" d "' AND c.code = '" c "'"

static const struct {
	const char *fires;
	const char *sql;
} cases[] = {
        {"S1", "INSERT INTO route VALUES ('test.nobody', 99999)"},
        {"M1", "UPDATE account SET credits_posted = credits_posted + 1,"
               " debits_posted = debits_posted + 1 WHERE id = 1"},
        {"M1", "UPDATE account SET credits_pending = credits_pending + 1,"
               " debits_pending = debits_pending + 1 WHERE id = 1"},
        {"M1 M2", "UPDATE account SET credits_posted = credits_posted + 1 WHERE id = 1"},
        {"M3", TRANSFER("100000", "100000", "USD", "EUR", "POSTED", "refund", "NULL")},
        {"M4", "UPDATE account SET credit_limit = 0 WHERE kind = 'peer'"},
        {"M6", TRANSFER("100000", "(SELECT max(group_id) FROM flight_window)", "USD", "USD",
                       "POSTED", "refund", "NULL")},
        {"M9 M12", "UPDATE movement SET amount = amount + 1 WHERE kind = 'deposit'"},
        {"M9 G1", "UPDATE movement SET amount = amount + 1 WHERE kind = 'settle_in'"},
        {"M9", TRANSFER("100000", "100000", "USD", "USD", "POSTED", "movement", "NULL")},
        {"G1", "UPDATE settlement SET amount = amount + 1 WHERE by_engine = 0"},
        {"G1", "UPDATE settlement SET movement = NULL, amount = 0 WHERE by_engine = 0"},
        {"G1", "UPDATE settlement SET refund = NULL WHERE state = 'REFUSED'"},
        {"G1", "UPDATE settlement SET peer = (SELECT min(account) FROM peer)"
               " WHERE by_engine = 0"},
        {"G1", "INSERT INTO settlement (id, peer, direction, by_engine, state, amount, created_ms,"
               " ended_ms) SELECT id, account, 'sent', 0, 'DONE', 0, 1, 1 FROM withdrawal"
               " WHERE state = 'PENDING' AND account IN (SELECT account FROM peer)"},
        {"G2", "UPDATE engine_call SET state = 'DONE', ended_ms = 1"
               " WHERE kind = 'SETTLE' AND state = 'QUEUED'"},
        {"G2", "UPDATE settlement SET state = 'DONE', ended_ms = 1 WHERE state = 'ORDERED'"},
        {"G2", "UPDATE engine_call SET lease_holder = 99"},
        {"G3", "UPDATE settlement_terms SET leftover = '6'"},
        {"G3", "UPDATE settlement_terms SET leftover_scale = 4"},
        {"W1", "UPDATE event SET type = 'x.y' WHERE type = 'settlement.received'"},
        {"M10 M12", "UPDATE withdrawal SET amount = amount + 1"},
        {"M10 M12 G1", "UPDATE withdrawal SET state = 'VOID' WHERE state = 'POSTED'"},
        {"M10", "UPDATE withdrawal SET state = 'POSTED' WHERE state = 'EXPIRED'"},
        {"M10", "UPDATE withdrawal SET ended_ms = expires_ms WHERE state = 'POSTED'"},
        {"M9 M12 P7", "DELETE FROM withdrawal WHERE state = 'PENDING'"},
        {"M12", "UPDATE cash_request SET state = 'REFUSED' WHERE state = 'APPROVED'"},
        {"M12", "UPDATE cash_request SET state = 'APPROVED' WHERE state = 'CANCELLED'"
                " AND kind = 'deposit'"},
        {"M12", "UPDATE cash_request SET amount = amount + 1 WHERE kind = 'deposit'"
                " AND state = 'APPROVED'"},
        {"M12", "UPDATE cash_request SET amount = amount + 1 WHERE kind = 'withdrawal'"
                " AND state = 'PENDING'"},
        {"M12", "UPDATE cash_request SET state = 'CANCELLED', ended_ms = created_ms"
                " WHERE state = 'PENDING' AND kind = 'withdrawal'"},
        {"M12", "UPDATE cash_request SET state = 'EXPIRED' WHERE state = 'CANCELLED'"},
        {"M12", "UPDATE cash_request SET ended_ms = expires_ms WHERE state = 'CANCELLED'"
                " AND kind = 'deposit'"},
        {"M12", "UPDATE cash_request SET account = (SELECT max(account) FROM wallet)"},
        {"M11", "INSERT INTO incoming_withdrawal SELECT randomblob(16), key, received + 1"
                " FROM incoming_payment WHERE received > 0 LIMIT 1"},
        {"O1", "UPDATE outgoing_payment SET refunded = refunded - 1 WHERE state = 'COMPLETED'"},
        {"O2", "UPDATE outgoing_payment SET sent = sent + 1, refunded = refunded - 1"
               " WHERE state = 'COMPLETED' AND refunded > 0"},
        {"O3 W1",
                "INSERT INTO account (id, kind, asset, may_go_negative, closed)"
                " VALUES (100000, 'outgoing_payment', 1, 0, 1);"
                "INSERT INTO outgoing_payment (account, id, quote, wallet, state, debit_amount,"
                " receive_amount, fee, refunded, created_ms, finished_ms)"
                " SELECT 100000, randomblob(16), quote, wallet, 'CANCELLED', debit_amount,"
                " receive_amount, fee, debit_amount, created_ms, 1 FROM outgoing_payment LIMIT 1"},
        {"O4", "UPDATE quote SET receive_amount = receive_amount + 1"},
        {"O4", "UPDATE quote SET expires_ms = created_ms - 1"},
        {"O3 R2", "UPDATE quote SET payment = NULL"},
        {"O3 O4", "UPDATE quote SET payment = (SELECT max(account) FROM outgoing_payment)"
                  " WHERE local_incoming IS NULL"},
        {"O4 O6", "UPDATE outgoing_payment SET fee = fee + 1 WHERE state = 'COMPLETED'"},
        {"O5", "UPDATE account SET closed = 0 WHERE kind = 'outgoing_payment' AND closed = 1"},
        {"O7", "UPDATE outgoing_payment SET in_doubt = in_doubt + 1 WHERE state = 'COMPLETED'"},
        {"P1", "UPDATE credit_batch SET amount_out = amount_out + 1"},
        {"P1", "UPDATE credit_batch SET amount_in = amount_in + 1 WHERE target IN"
               " (SELECT account FROM wallet)"},
        {"P2", TRANSFER("100000", "100000", "USD", "USD", "POSTED", "credit", "NULL")},
        {"P2", TRANSFER("100000", "100000", "USD", "USD", "POSTED", "window", "NULL")},
        {"P3", "UPDATE flight_window SET posted_out = posted_out + 1 WHERE posted_in > 0"},
        {"P3", "UPDATE flight_window SET posted_in = posted_in + 1 WHERE posted_in > 0"},
        {"P4", "UPDATE transfer SET hold_until_ms = 1 WHERE state = 'PENDING'"},
        {"P1 P5", "UPDATE credit_batch SET amount_out = 0"},
        {"P6", "UPDATE credit_batch SET doubted_amount = doubted_amount + 1"},
        {"P6", "UPDATE credit_batch SET answered = 0 WHERE holder = 1 AND answered > 0"},
        {"P6", "UPDATE flight_window SET doubt_in = doubt_in + 1 WHERE from_account IN"
               " (SELECT account FROM outgoing_payment)"},
        {"P7", "UPDATE flight_window SET reserved_in = reserved_in + 1 WHERE reserved_in > 0"},
        {"P7", TRANSFER("100000", "100000", "USD", "USD", "PENDING", "refund", "9e15")},
        {"D1", "UPDATE doubt SET peer_amount = peer_amount + 1 WHERE ended = 'peer'"},
        {"D1", "UPDATE doubt SET ended = 'peer', ended_ms = 1 WHERE ended IS NULL AND key ="
               " (SELECT min(key) FROM doubt WHERE ended IS NULL AND payment IS NULL)"},
        {"R1 R2", "UPDATE incoming_payment SET received = received + 1 WHERE state = 'COMPLETED'"},
        {"R1", "UPDATE incoming_payment SET excess_max = 0 WHERE state = 'COMPLETED'"},
        {"R1", "UPDATE incoming_payment SET state = 'PENDING' WHERE state = 'PROCESSING'"},
        {"R1 W1", "UPDATE incoming_payment SET state = 'PROCESSING', finished_ms = NULL"
                  " WHERE state = 'COMPLETED'"},
        {"R2", "UPDATE incoming_payment SET received = received + 1 WHERE state = 'PROCESSING'"},
        {"R2", "UPDATE credit_batch SET incoming = NULL WHERE incoming IS NOT NULL"},
        {"R2", "UPDATE quote SET local_incoming = NULL WHERE local_incoming IS NOT NULL"},
        {"R3", "UPDATE incoming_payment SET finished_ms = created_ms - 1"
               " WHERE state = 'COMPLETED'"},
        {"R3", "UPDATE incoming_payment SET expires_ms = created_ms"},
        {"R4", "UPDATE incoming_payment SET fee_fixed = 1 WHERE state = 'COMPLETED'"},
        {"R4", "UPDATE incoming_payment SET fee_bps = 1 WHERE state = 'PROCESSING'"},
        {"R5", "UPDATE incoming_payment SET waits = 1 WHERE state = 'PROCESSING'"},
        {"R5", "UPDATE incoming_payment SET cancelled_ms = 5 WHERE state = 'COMPLETED'"},
        {"R6", "INSERT INTO way_back (incoming, address, asset_code, asset_scale, received)"
               " SELECT key, 'test.x', '', 0, received + 1 FROM incoming_payment"},
        {"R6", "UPDATE quote SET refund_of = (SELECT min(key) FROM incoming_payment)"},
        {"R7", "UPDATE credit_batch SET outgoing = (SELECT min(account) FROM outgoing_payment)"},
        {"F1", "UPDATE asset SET fee_bps = fee_bps + 1 WHERE code = 'USD'"},
        {"F1", "INSERT INTO asset_fee (asset, side, fixed, bps, created_ms)"
               " SELECT id, 'receiving', 1, 0, 1 FROM asset"},
        {"F2", "UPDATE peer SET spread_bps = 7 WHERE name = 'west'"},
        {"F2", "INSERT INTO spread (peer, direction, bps, who, created_ms)"
               " SELECT account, 'in', 7, 'x', 1 FROM peer WHERE name = 'west'"},
        {"V1", "UPDATE revenue SET remainder = remainder + 1 WHERE kind = 'spread'"},
        {"V1", "UPDATE revenue SET amount = amount - 1 WHERE kind = 'sending_fee' AND amount > 0"},
        {"V1", "UPDATE revenue SET kind = 'receiving_fee' WHERE kind = 'spread'"},
        {"V1", "DELETE FROM revenue WHERE to_asset = 2"},
        {"T1", "UPDATE tally SET wallets = 0"},
        {"T1", "UPDATE tally SET payments_failed = 0"},
        {"T1", "UPDATE tally SET packets_forwarded = 0"},
        {"S3", "UPDATE flight_window SET holder = 99 WHERE id = 1"},
        {"S3", "UPDATE credit_batch SET holder = 99"},
        {"S3", "UPDATE delivery SET lease_holder = 99"},
        {"H1", "UPDATE outgoing_payment SET by_host = 1, funded_ms = 1"
               " WHERE state = 'COMPLETED'"},
        {"H1", "UPDATE outgoing_payment SET state = 'FUNDING', waits = 0 WHERE state = 'SENDING'"},
        {"W1 W2", "DELETE FROM event WHERE key = 1"},
        {"W1", "UPDATE event SET type = 'outgoing_payment.failed'"
               " WHERE type = 'outgoing_payment.completed'"},
        {"T1 W1", "UPDATE outgoing_payment SET state = 'CANCELLED' WHERE state = 'FAILED'"},
        {"W1 W2", "DELETE FROM event WHERE type = 'incoming_payment.completed'"},
        {"W1", "UPDATE event SET type = 'grant.revoked' WHERE type = 'grant.finalized'"},
        {"W1 W2", "DELETE FROM event WHERE type = 'key.added'"},
        {"W1 W2", "DELETE FROM event WHERE type = 'key.revoked'"},
        {"W1", "DELETE FROM event WHERE type = 'webhook.dead_letter'"},
        {"W2", "DELETE FROM delivery WHERE state = 'PENDING'"},
        {"W2", "UPDATE delivery SET event = 9999 WHERE event = 2"},
        {"W2", "UPDATE delivery SET resource = zeroblob(16) WHERE event = 2"},
        {"S1 W2", "UPDATE delivery SET endpoint = 9 WHERE event = 2"},
        {"W2", "UPDATE webhook_endpoint SET given = 0"},
        {"W2", "UPDATE event SET key = -key WHERE sequence = 2"},
        {"A1", "UPDATE grant_access SET cap_amount = 9999 WHERE cap = 'debit'"},
        {"A1", "UPDATE grant_access SET cap = 'receive', cap_amount = 8999 WHERE cap = 'debit'"},
        {"A2", "UPDATE grant_spent SET debit = debit + 1"},
        {"A2", "UPDATE grant_spent SET receive = receive - 1"},
        {"A2", "DELETE FROM grant_spent"},
        {"A2", "UPDATE grant_payment SET settled = 1 - settled"},
        {"A2", "UPDATE grant_payment SET debit = debit - 1 WHERE settled = 0;"
               "UPDATE grant_spent SET debit = debit - 1"},
        {"A3", "UPDATE gnap_grant SET ends_ms = created_ms WHERE wallet IS NOT NULL"},
        {"W1 A3", "UPDATE grant_payment SET created_ms = created_ms + 1;"
                  "UPDATE gnap_grant SET reason = 'REVOKED' WHERE wallet IS NOT NULL;"
                  "UPDATE grant_token SET ended = 'REVOKED', ended_ms = 1 WHERE ended = ''"},
        {"W1 A3", "UPDATE gnap_grant SET reason = 'REVOKED' WHERE wallet IS NOT NULL"},
        {"A3", "UPDATE grant_token SET ended = '', ended_ms = NULL, successor = NULL"
               " WHERE ended = 'ROTATED'"},
        {"A3", "UPDATE grant_token SET grant_key = (SELECT min(key) FROM gnap_grant WHERE wallet"
               " IS NOT NULL) WHERE grant_key = (SELECT max(key) FROM gnap_grant)"},
        {"A4", "UPDATE transfer SET ref_type = 'refund' WHERE ref_type = 'funding'"
               " AND ref_id IN (SELECT account FROM outgoing_payment WHERE by_host = 0)"},
        {"A4", "UPDATE outgoing_payment SET client = 'https://other.example' WHERE client <> ''"},
        {"A5", "UPDATE grant_interaction SET state = 'REJECTED', ref_hash = NULL, decided_ms = 1"},
        {"A5", "UPDATE grant_interaction SET used_ms = NULL"},
        {"A5", "DELETE FROM grant_interaction"},
        {"A7", "DELETE FROM signature_nonce WHERE number = 2"},
        /* a value where its hash belongs */
        {"A8", "UPDATE grant_token SET hash = CAST('abcdefghijklmnopqrstuvwxyzabcdefghijklmnopq'"
               " AS BLOB)"
               " WHERE key = 1"},
        {"A8", "UPDATE gnap_grant SET continue_hash = x'0102' WHERE key = 1"},
        {"A8", "UPDATE peer_token SET hash = CAST('a-token-of-a-peer' AS BLOB)"
               " WHERE peer = (SELECT min(peer) FROM peer_token)"},
        {"A8", "INSERT INTO user_password (user_id, hash, changed_ms) SELECT id, 'password', 1 "
               "FROM wallet_user LIMIT 1"},
        {"K1", "UPDATE wallet_key SET revoked_ms = created_ms - 1 WHERE revoked_ms IS NOT NULL"},
        {"K1", "UPDATE wallet_key SET last_used_ms = created_ms - 60001 WHERE last_used_ms > 0"},
        {"K1", "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 64)"
               " INSERT INTO wallet_key SELECT randomblob(16), wallet, 'k' || i, public_key, 0,"
               " NULL, 0 FROM wallet_key, n WHERE revoked_ms IS NULL"},
        {"K1", "UPDATE node_key SET published_until_ms = created_ms"},
        {"K1", "UPDATE node_key SET sealed_seed = randomblob(32)"},
        {"L1", "UPDATE liquidity_limit SET told = ''"},
        {"L1", "UPDATE liquidity_limit SET account = (SELECT account FROM wallet LIMIT 1)"},
        {"A6", "UPDATE grant_access SET wallet = (SELECT account FROM wallet WHERE name = 'bob')"
               " WHERE wallet IS NOT NULL"},
};

START_TEST(broken)
{
	char fired[64], sql[2048];

	snprintf(sql, sizeof(sql), "%s%s", OPENED, cases[_i].sql);
	damage(sql);
	fixture_findings(&f, fired, sizeof(fired));
	ck_assert_msg(strcmp(fired, cases[_i].fires) == 0, "%s gave: %s, not %s", cases[_i].sql,
	        fired, cases[_i].fires);
}
END_TEST

/* Every check that is shipped has a case above. */
START_TEST(complete)
{
	for (size_t i = 0; i < sqlite_checks_count; i++) {
		bool found = false;

		for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++)
			found = found || strstr(cases[c].fires, sqlite_checks[i].name);
		ck_assert_msg(found, "no case for %s", sqlite_checks[i].name);
	}
}
END_TEST

/* M5: the journal refuses every change but the one end of what is pending. */
START_TEST(journal)
{
	static const char *const changes[] = {
	        "DELETE FROM transfer",
	        "UPDATE transfer SET amount = amount + 1 WHERE state = 'PENDING'",
	        "UPDATE transfer SET posted = 0 WHERE state = 'POSTED'",
	        "UPDATE transfer SET state = 'VOID', posted = 0 WHERE state = 'POSTED'",
	        "UPDATE transfer SET hold_until_ms = 9e15 WHERE state = 'PENDING'",
	        "UPDATE transfer SET debit_account = 1, state = 'VOID', closed_ms = 1"
	        " WHERE state = 'PENDING'",
	        TRANSFER("100000", "100000", "USD", "USD", "VOID", "refund", "NULL"),
	        "UPDATE account SET debits_posted = 9e15 WHERE kind = 'wallet'",
	};
	char path[128];
	sqlite3 *handle;

	snprintf(path, sizeof(path), "%s/test.db", f.dir);
	ck_assert_int_eq(sqlite3_open(path, &handle), SQLITE_OK);
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
		ck_assert_msg(
		        sqlite3_exec(handle, changes[i], NULL, NULL, NULL) == SQLITE_CONSTRAINT,
		        "%s", changes[i]);
	sqlite3_close(handle);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_unchecked_fixture(t, make, unmake);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, good);
	tcase_add_loop_test(t, broken, 0, (int)(sizeof(cases) / sizeof(cases[0])));
	tcase_add_test(t, complete);
	tcase_add_test(t, journal);
}

TEST_MAIN("audit", fill)
