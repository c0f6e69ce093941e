/* Notes of payments, and wallets' automatic replies. */
#include "unit/harness.h"

#include <string.h>

#include "store/fixture.h"
#include "store/incoming.h"
#include "store/note.h"

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

static void fill(TCase *t)
{
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, arriving);
	tcase_add_test(t, from_payers);
	tcase_add_test(t, bounds);
	tcase_add_test(t, leaving);
	tcase_add_test(t, replies);
}

TEST_MAIN("note", fill)
