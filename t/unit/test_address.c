#include "unit/harness.h"

#include <string.h>

#include "http/address.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct http_address address(const char *s)
{
	struct http_address a;

	ck_assert_int_eq(http_address_parse(s, strlen(s), &a), RESULT_OK);
	return a;
}

START_TEST(parse_and_format)
{
	static const char *const same[] = {"127.0.0.1", "::1", "2001:db8::7", "255.255.255.255"};
	static const char *const bad[] = {"", "1.2.3", "1.2.3.4.5", "01.2.3.4", "a", "1.2.3.4 ",
	        "[::1]", "::1%lo", "1234567890123456789012345678901234567890123456789"};
	char text[HTTP_ADDRESS_SIZE];
	struct http_address a;

	for (size_t i = 0; i < COUNT(same); i++) {
		a = address(same[i]);
		http_address_format(&a, text);
		ck_assert_str_eq(text, same[i]);
	}
	a = address("::ffff:10.0.0.1");
	http_address_format(&a, text);
	ck_assert_str_eq(text, "10.0.0.1");
	for (size_t i = 0; i < COUNT(bad); i++)
		ck_assert_msg(
		        http_address_parse(bad[i], strlen(bad[i]), &a) == RESULT_THEIRS_MALFORMED,
		        "%s", bad[i]);
}
END_TEST

static const struct {
	const char *networks;
	const char *address;
	bool contained;
} contained[] = {
        {NULL, "10.0.0.1", false},
        {"", "10.0.0.1", false},
        {"10.0.0.0/8", "10.255.0.1", true},
        {"10.0.0.0/8", "11.0.0.1", false},
        {"10.0.0.0/8", "::ffff:10.1.1.1", true},
        {"10.0.0.0/8", "a00::1", false},
        {"192.168.1.128/25", "192.168.1.127", false},
        {"192.168.1.128/25", "192.168.1.128", true},
        {"127.0.0.1", "127.0.0.1", true},
        {"127.0.0.1", "127.0.0.2", false},
        {"0.0.0.0/0", "8.8.8.8", true},
        {"0.0.0.0/0", "::1", false},
        {"::/0", "8.8.8.8", true},
        {"2001:db8::/33", "2001:db8:7fff::1", true},
        {"2001:db8::/33", "2001:db8:8000::1", false},
        {" 1.1.1.1,\t::1 , 2.2.2.2 ", "::1", true},
        {"1.1.1.1 2.2.2.2", "2.2.2.2", true},
};

/* Who has an address of a network of 64 bits has them all. */
START_TEST(holders)
{
	static const char *const cases[][2] = {{"10.0.0.7", "10.0.0.7"},
	        {"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"}, {"::1", "::"}};
	char text[HTTP_ADDRESS_SIZE];

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct http_address a = address(cases[i][0]), holder;

		http_address_holder(&a, &holder);
		http_address_format(&holder, text);
		ck_assert_str_eq(text, cases[i][1]);
	}
}
END_TEST

START_TEST(networks)
{
	static const char *const bad[] = {"x", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0.0/-1",
	        "10.0.0.0/8/8", "1.1.1.1;"};
	struct networks n;

	for (size_t i = 0; i < COUNT(contained); i++) {
		struct http_address a = address(contained[i].address);

		ck_assert_int_eq(networks_parse(contained[i].networks, &n), RESULT_OK);
		ck_assert_msg(networks_contain(&n, &a) == contained[i].contained, "case %zu", i);
	}
	for (size_t i = 0; i < COUNT(bad); i++)
		ck_assert_msg(networks_parse(bad[i], &n) == RESULT_OURS_CONFIG, "%s", bad[i]);
}
END_TEST

static const struct {
	const char *peer;
	const char *forwarded;
	const char *client;
} clients[] = {
        {"9.9.9.9", NULL, "9.9.9.9"},
        {"9.9.9.9", "1.2.3.4", "9.9.9.9"}, /* not a proxy of ours: not believed */
        {"10.0.0.1", NULL, "10.0.0.1"},
        {"10.0.0.1", "", "10.0.0.1"},
        {"10.0.0.1", "1.2.3.4", "1.2.3.4"},
        {"10.0.0.1", "6.6.6.6, 1.2.3.4", "1.2.3.4"}, /* the first was written by the client */
        {"10.0.0.1", "6.6.6.6,1.2.3.4 ", "1.2.3.4"},
        {"10.0.0.1", "1.2.3.4, 10.0.0.2", "1.2.3.4"}, /* two proxies of ours */
        {"10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"},
        {"10.0.0.1", "1.2.3.4, junk", "10.0.0.1"},
        {"10.0.0.1", "junk, 10.0.0.2", "10.0.0.2"},
        {"10.0.0.1", "1.2.3.4:5678", "1.2.3.4"},
        {"10.0.0.1", "[2001:db8::1]:5678", "2001:db8::1"},
        {"10.0.0.1", "[2001:db8::1]", "2001:db8::1"},
        {"10.0.0.1", "2001:db8::1", "2001:db8::1"},
        {"10.0.0.1", ",", "10.0.0.1"},
        {"10.0.0.1", "[", "10.0.0.1"},
};

START_TEST(behind_a_proxy)
{
	struct networks trusted;

	ck_assert_int_eq(networks_parse("10.0.0.0/24", &trusted), RESULT_OK);
	for (size_t i = 0; i < COUNT(clients); i++) {
		struct http_address peer = address(clients[i].peer), client;
		char text[HTTP_ADDRESS_SIZE];

		http_client_of(&peer, clients[i].forwarded, &trusted, &client);
		http_address_format(&client, text);
		ck_assert_msg(strcmp(text, clients[i].client) == 0, "case %zu: %s", i, text);
	}
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, parse_and_format);
	tcase_add_test(t, holders);
	tcase_add_test(t, networks);
	tcase_add_test(t, behind_a_proxy);
}

TEST_MAIN("address", fill)
