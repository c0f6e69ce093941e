/* The text and the signature of an event, and the gaps between attempts. */
#include "unit/harness.h"

#include <string.h>

#include "events/envelope.h"
#include "events/webhook.h"

static struct arena arena;

static void setup(void)
{
	arena_init(&arena, 1 << 20);
}

static void teardown(void)
{
	arena_clear(&arena);
}

static const struct event_row row = {
        .id = {{1, 0x8f, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 1}},
        .type = "outgoing_payment.created",
        .sequence = 3,
        .data = "{\"id\":\"x\"}",
        .created_ms = 1700000000123,
};

START_TEST(envelope)
{
	struct bytes b = event_envelope(&row, &arena);

	ck_assert_ptr_nonnull(b.p);
	ck_assert_str_eq((const char *)b.p,
	        "{\"id\":\"018f0000-0000-7000-8000-000000000001\","
	        "\"type\":\"outgoing_payment.created\","
	        "\"createdAt\":\"2023-11-14T22:13:20.123Z\",\"sequence\":3,"
	        "\"data\":{\"id\":\"x\"}}");
	ck_assert_uint_eq(b.n, strlen((const char *)b.p));
}
END_TEST

/* Computed with: printf '1700000000.018f0000-0000-7000-8000-000000000001.{}' |
 * openssl dgst -sha256 -hmac SECRET */
#define MAC_ONE "58c871cb853046d5d7312b52f56bf9cfeecf1503aa60039ddbff7e93504ea875"
#define MAC_TWO "7e87f996df5cf3603c71a311c8bbc083963363fb61bb2a0c6c3629771d50d3a4"

static const struct {
	const char *secrets;
	enum result result;
	const char *value;
} signatures[] = {
        {"one", RESULT_OK, "t=1700000000, v1=" MAC_ONE},
        {" two one ", RESULT_OK, "t=1700000000, v1=" MAC_TWO ", v1=" MAC_ONE},
        {"", RESULT_OURS_CONFIG, NULL},
        {" ", RESULT_OURS_CONFIG, NULL},
        {"a b c", RESULT_OURS_CONFIG, NULL},
};

START_TEST(signature)
{
	char value[EVENT_SIGNATURE_SIZE];
	enum result r = event_sign(
	        signatures[_i].secrets, 1700000000, &row.id, bytes_str("{}"), &arena, value);

	ck_assert_str_eq(result_name(r), result_name(signatures[_i].result));
	if (!r)
		ck_assert_str_eq(value, signatures[_i].value);
}
END_TEST

static const struct {
	unsigned attempts;
	int64_t seconds;
} gaps[] = {{1, 5}, {2, 10}, {3, 20}, {4, 40}, {12, 10240}, {13, 20480}, {14, 21600}, {15, 21600},
        {1000000, 21600}};

START_TEST(gap)
{
	ck_assert_int_eq(webhook_gap_ms(gaps[_i].attempts), gaps[_i].seconds * 1000);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, envelope);
	tcase_add_loop_test(t, signature, 0, (int)(sizeof(signatures) / sizeof(signatures[0])));
	tcase_add_loop_test(t, gap, 0, (int)(sizeof(gaps) / sizeof(gaps[0])));
}

TEST_MAIN("webhook", fill)
