/* Notes and data of payments, and wallets' automatic replies. */
#include "unit/harness.h"

#include <string.h>

#include "base/limits.h"
#include "store/fixture.h"
#include "store/incoming.h"
#include "store/note.h"
#include "store/quote_data.h"
#include "store/sweep.h"

static struct fixture f;

static void setup(void)
{
	fixture_setup(&f);
}

static void teardown(void)
{
	fixture_audit(&f, "at the end");
	fixture_teardown(&f);
}

static int64_t incoming(void)
{
	const struct incoming_new n = {.wallet = f.bob, .expires_ms = f.now_ms + 1000000};
	struct incoming_row row;

	fixture_begin(&f);
	OK(batch_incoming_add(f.b, &n, &row));
	fixture_end(&f);
	return row.key;
}

/* One that something has arrived for. */
static int64_t paid(uint64_t amount)
{
	const struct incoming_new n = {
	        .wallet = f.bob, .amount = amount, .expires_ms = f.now_ms + 1000000};
	struct credit c = {.peer = f.east,
	        .wallet = f.bob,
	        .amount_in = 5,
	        .amount_out = 5,
	        .expires_at_ms = f.now_ms + 1};
	struct incoming_row row;
	int64_t id;

	fixture_begin(&f);
	OK(batch_incoming_add(f.b, &n, &row));
	c.incoming = row.key;
	OK(batch_credit(f.b, &c, &id));
	fixture_end(&f);
	return row.key;
}

static enum result arrive(int64_t key, uint64_t stream, const char *text, const char *reply)
{
	const struct note_arrived n = {key, stream, bytes_str(text), reply};
	enum result r;

	fixture_begin(&f);
	r = batch_note_arrived(f.b, &n);
	fixture_end(&f);
	return r;
}

/* "<hello >thanks": what is kept, oldest first; a ! follows what nobody says arrived. */
static const char *kept(account_id payment, int64_t key)
{
	static char out[512];
	struct note_row *rows;
	size_t count;

	out[0] = '\0';
	if (payment)
		OK(store_note_list_outgoing(f.reader, &f.arena, payment, &rows, &count));
	else
		OK(store_note_list_incoming(f.reader, &f.arena, key, &rows, &count));
	for (size_t i = 0; i < count; i++) {
		size_t n = strlen(out);

		snprintf(out + n, sizeof(out) - n, "%s%s%.20s%s", n ? " " : "",
		        rows[i].received ? "<" : ">", rows[i].text,
		        rows[i].delivered_ms ? "" : "!");
	}
	return out;
}

START_TEST(arriving)
{
	int64_t one = paid(0), other = paid(0);

	OK(arrive(one, 3, "hello", NULL));
	ck_assert_str_eq(kept(0, one), "<hello");
	OK(arrive(one, 3, "hello", NULL)); /* the same packet's data, sent again */
	ck_assert_str_eq(kept(0, one), "<hello");
	OK(arrive(one, 3, "another payer", "thanks"));
	ck_assert_str_eq(kept(0, one), "<hello <another payer >thanks!");
	ck_assert_str_eq(kept(0, other), "");
}
END_TEST

/* Not from one who only knows the payment. */
START_TEST(from_payers)
{
	int64_t unpaid = incoming(), open = paid(0), complete = paid(5);

	IS(arrive(unpaid, 3, "buy this", NULL), RESULT_THEIRS_REFUSED);
	IS(arrive(999, 3, "to nobody", NULL), RESULT_THEIRS_NOT_FOUND);
	OK(arrive(complete, 3, "for the rent", "thanks"));
	f.now_ms += INCOMING_NOTE_MS;
	OK(arrive(complete, 5, "just in time", NULL));
	f.now_ms++;
	IS(arrive(complete, 7, "buy this", "thanks"), RESULT_THEIRS_STATE);
	OK(arrive(open, 3, "still open", NULL));
	f.now_ms += 1000000;
	IS(arrive(open, 5, "long over", NULL), RESULT_THEIRS_STATE);
}
END_TEST

START_TEST(bounds)
{
	char text[NOTE_BYTES_MAX + 2];
	int64_t one = paid(0);

	memset(text, 'x', sizeof(text));
	text[NOTE_BYTES_MAX + 1] = '\0';
	IS(arrive(one, 3, text, NULL), RESULT_THEIRS_TOO_BIG);
	text[NOTE_BYTES_MAX] = '\0';
	OK(arrive(one, 3, text, NULL));
	IS(arrive(one, 5, "", NULL), RESULT_THEIRS_MALFORMED);
	IS(arrive(one, 5, "a\nb", NULL), RESULT_THEIRS_MALFORMED);
	IS(arrive(one, 5, "\xff", NULL), RESULT_THEIRS_MALFORMED);
	for (uint64_t i = 1; i < NOTES_PER_PAYMENT_MAX; i++)
		OK(arrive(one, 5 + 2 * i, "more", NULL));
	IS(arrive(one, 99, "one too many", NULL), RESULT_THEIRS_TOO_BIG);
	OK(arrive(one, 7, "more", NULL)); /* is there */
}
END_TEST

START_TEST(leaving)
{
	const char *text;
	account_id payment;
	struct id id;

	fixture_begin(&f);
	fixture_pay(&f, &id, &payment);
	OK(batch_note_write(f.b, payment, "for rent"));
	IS(batch_note_write(f.b, payment, "two\nlines"), RESULT_THEIRS_MALFORMED);
	fixture_end(&f);
	OK(store_note_to_send(f.reader, &f.arena, payment, &text));
	ck_assert_str_eq(text, "for rent");
	ck_assert_str_eq(kept(payment, 0), ">for rent!");
	fixture_begin(&f);
	OK(batch_note_delivered(f.b, payment, bytes_str("thanks")));
	fixture_end(&f);
	OK(store_note_to_send(f.reader, &f.arena, payment, &text));
	ck_assert_ptr_null(text);
	ck_assert_str_eq(kept(payment, 0), ">for rent <thanks");
	/* an answer that is no text is passed over */
	fixture_begin(&f);
	OK(batch_note_delivered(f.b, payment, bytes_str("\x01")));
	OK(batch_note_delivered(f.b, payment, bytes_str("")));
	fixture_end(&f);
	ck_assert_str_eq(kept(payment, 0), ">for rent <thanks");
}
END_TEST

START_TEST(replies)
{
	const char *text;

	OK(store_wallet_reply_get(f.reader, &f.arena, f.bob, &text));
	ck_assert_ptr_null(text);
	fixture_begin(&f);
	OK(batch_wallet_reply_set(f.b, f.bob, "one"));
	OK(batch_wallet_reply_set(f.b, f.bob, "two"));
	IS(batch_wallet_reply_set(f.b, f.bob, "a\tb"), RESULT_THEIRS_MALFORMED);
	fixture_end(&f);
	OK(store_wallet_reply_get(f.reader, &f.arena, f.bob, &text));
	ck_assert_str_eq(text, "two");
	OK(store_wallet_reply_get(f.reader, &f.arena, f.alice, &text));
	ck_assert_ptr_null(text);
	fixture_begin(&f);
	OK(batch_wallet_reply_set(f.b, f.bob, ""));
	fixture_end(&f);
	OK(store_wallet_reply_get(f.reader, &f.arena, f.bob, &text));
	ck_assert_ptr_null(text);
}
END_TEST

/* ---- data ---- */

static struct id quote_to(account_id local, int64_t life_ms)
{
	struct quote_row q = {.wallet = f.alice,
	        .kind = QUOTE_FIXED_SEND,
	        .receiver = "$elsewhere.example/carol",
	        .local_receiver = local,
	        .debit_amount = 1000,
	        .receive_amount = 900,
	        .receive_code = "EUR",
	        .receive_scale = 2,
	        .expires_ms = f.now_ms + life_ms};

	OK(ratio_make(9, 10, &q.min_rate));
	fixture_begin(&f);
	OK(batch_quote_add(f.b, &q));
	fixture_end(&f);
	return q.id;
}

static enum result put(const struct id *quote, uint64_t offset, size_t n)
{
	static uint8_t bytes[QUOTE_PIECE_MAX + 1];
	uint64_t size;
	enum result r;

	for (size_t i = 0; i < n; i++)
		bytes[i] = (uint8_t)(offset + i);
	fixture_begin(&f);
	r = batch_quote_data_add(f.b, quote, offset, bytes_of(bytes, n), &size);
	if (r) {
		fixture_cancel(&f);
		return r;
	}
	fixture_end(&f);
	ck_assert_uint_eq(size, offset + n);
	return RESULT_OK;
}

static size_t got(const struct id *quote, uint64_t offset, size_t n)
{
	uint8_t out[QUOTE_PIECE_MAX];
	size_t have;

	OK(store_quote_data_read(f.reader, quote, offset, out, n, &have));
	for (size_t i = 0; i < have; i++)
		ck_assert_uint_eq(out[i], (uint8_t)(offset + i));
	return have;
}

START_TEST(data_in_pieces)
{
	const struct id none = {{0}};
	struct id quote = quote_to(0, 30000), local = quote_to(f.bob, 30000);
	struct id old = quote_to(0, 10);
	struct quote_data data;
	uint64_t at = 0;

	IS(put(&none, 0, 1), RESULT_THEIRS_NOT_FOUND);
	IS(put(&local, 0, 1), RESULT_THEIRS_STATE);
	IS(put(&quote, 0, 0), RESULT_THEIRS_MALFORMED);
	IS(put(&quote, 1, 1), RESULT_THEIRS_MALFORMED);
	IS(put(&quote, 0, QUOTE_PIECE_MAX + 1), RESULT_THEIRS_TOO_BIG);
	OK(store_quote_data_get(f.reader, &quote, &data));
	ck_assert_uint_eq(data.size, 0);
	OK(put(&quote, 0, 10));
	IS(put(&quote, 0, 10), RESULT_THEIRS_MALFORMED);
	IS(put(&quote, 11, 10), RESULT_THEIRS_MALFORMED);
	OK(put(&quote, 10, 5));
	/* A piece at a time, and nothing beyond. */
	ck_assert_uint_eq(got(&quote, 0, 100), 10);
	ck_assert_uint_eq(got(&quote, 3, 4), 4);
	ck_assert_uint_eq(got(&quote, 9, 100), 1);
	ck_assert_uint_eq(got(&quote, 10, 100), 5);
	ck_assert_uint_eq(got(&quote, 15, 100), 0);
	ck_assert_uint_eq(got(&none, 0, 100), 0);
	for (at = 15; at < QUOTE_DATA_MAX;) {
		size_t n = QUOTE_DATA_MAX - at < QUOTE_PIECE_MAX ? (size_t)(QUOTE_DATA_MAX - at)
		                                                 : QUOTE_PIECE_MAX;

		OK(put(&quote, at, n));
		at += n;
	}
	IS(put(&quote, at, 1), RESULT_THEIRS_TOO_BIG);
	OK(put(&old, 0, 1));
	f.now_ms += 10;
	IS(put(&old, 1, 1), RESULT_THEIRS_EXPIRED);
}
END_TEST

START_TEST(data_of_a_payment)
{
	struct payment_new p = {.wallet = f.alice, .metadata = "{}"};
	struct id quote = quote_to(0, 30000), id;
	struct quote_data data;
	account_id account;

	OK(put(&quote, 0, 20));
	p.quote_id = quote;
	fixture_begin(&f);
	OK(batch_payment_create(f.b, &p, NULL, &id, &account));
	fixture_end(&f);
	IS(put(&quote, 20, 1), RESULT_THEIRS_CONFLICT);
	fixture_begin(&f);
	OK(batch_quote_data_told(f.b, &quote, 7, false));
	fixture_end(&f);
	OK(store_quote_data_get(f.reader, &quote, &data));
	ck_assert_uint_eq(data.delivered, 7);
	ck_assert_int_eq(data.delivered_ms, 0);
	ck_assert_uint_eq(got(&quote, 0, 100), 20);
	fixture_begin(&f);
	OK(batch_quote_data_told(f.b, &quote, 20, true));
	OK(batch_payment_finish(f.b, &id, PAYMENT_FAILED, "why"));
	fixture_end(&f);
	OK(store_quote_data_get(f.reader, &quote, &data));
	ck_assert_uint_eq(data.size, 20);
	ck_assert_uint_eq(data.delivered, 20);
	ck_assert_int_eq(data.delivered_ms, f.now_ms);
	ck_assert_uint_eq(got(&quote, 0, 100), 0);
	ck_assert_int_eq(fixture_sql(&f, "SELECT count(*) FROM quote_piece"), 0);
}
END_TEST

/* A quote that nobody used takes its data along. */
START_TEST(data_of_nothing)
{
	struct id quote = quote_to(0, 10);
	struct quote_data data;
	struct swept swept;

	OK(put(&quote, 0, 20));
	f.now_ms += (LIMIT_QUOTE_KEPT_DAYS + 1) * 86400000LL;
	fixture_begin(&f);
	OK(batch_sweep(f.b, &swept));
	fixture_end(&f);
	OK(store_quote_data_get(f.reader, &quote, &data));
	ck_assert_uint_eq(data.size, 0);
	ck_assert_int_eq(fixture_sql(&f, "SELECT count(*) FROM quote_piece"), 0);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, arriving);
	tcase_add_test(t, from_payers);
	tcase_add_test(t, bounds);
	tcase_add_test(t, leaving);
	tcase_add_test(t, replies);
	tcase_add_test(t, data_in_pieces);
	tcase_add_test(t, data_of_a_payment);
	tcase_add_test(t, data_of_nothing);
}

TEST_MAIN("note", fill)
