#include "unit/harness.h"

#include <arpa/inet.h>
#include <string.h>

#include "net/url_guard.h"

#define OK        RESULT_OK
#define BLOCKED   RESULT_THEIRS_BLOCKED
#define MALFORMED RESULT_THEIRS_MALFORMED

static const char allow[] = "peer.internal, other.example:8443 10.1.0.0/16,192.0.2.7,fd00:5::/32";

static struct url_guard *make(bool dev, const char *list)
{
	struct url_guard *g = NULL;

	ck_assert_int_eq(url_guard_new(dev, list, &g), RESULT_OK);
	return g;
}

/* What a payer or client may name, an operator may name with the list above, and anybody may on a
 * development node. */
static const struct {
	const char *url;
	enum result foreign, operator, dev;
} urls[] = {
        {"https://wallet.example/alice", OK, OK, OK},
        {"https://wallet.example", OK, OK, OK},
        {"HTTPS://Wallet.EXAMPLE/Alice", OK, OK, OK},
        {"https://wallet.example:443/alice", OK, OK, OK},
        {"https://xn--bcher-kva.example/", OK, OK, OK},
        {"https://wallet.example/a?b=c", OK, OK, OK},
        /* scheme */
        {"http://wallet.example/alice", BLOCKED, BLOCKED, OK},
        {"ftp://wallet.example/", BLOCKED, BLOCKED, BLOCKED},
        {"file:///etc/passwd", BLOCKED, BLOCKED, BLOCKED},
        {"gopher://wallet.example/", BLOCKED, BLOCKED, BLOCKED},
        {"wallet.example/alice", MALFORMED, MALFORMED, MALFORMED},
        {"//wallet.example/alice", MALFORMED, MALFORMED, MALFORMED},
        {"https:/wallet.example", MALFORMED, MALFORMED, MALFORMED},
        {"https:///wallet.example", MALFORMED, MALFORMED, MALFORMED},
        {"https:wallet.example", MALFORMED, MALFORMED, MALFORMED},
        {"javascript:alert(1)", MALFORMED, MALFORMED, MALFORMED},
        {"", MALFORMED, MALFORMED, MALFORMED},
        {"https://", MALFORMED, MALFORMED, MALFORMED},
        /* ports */
        {"https://wallet.example:8443/", BLOCKED, BLOCKED, OK},
        {"https://other.example:8443/", BLOCKED, OK, OK},
        {"https://other.example:8444/", BLOCKED, BLOCKED, OK},
        {"https://peer.internal:7770/ilp", BLOCKED, OK, OK},
        {"https://wallet.example:0/", MALFORMED, MALFORMED, MALFORMED},
        {"https://wallet.example:65536/", MALFORMED, MALFORMED, MALFORMED},
        {"https://wallet.example:80x/", MALFORMED, MALFORMED, MALFORMED},
        {"https://wallet.example:-1/", MALFORMED, MALFORMED, MALFORMED},
        /* user information, fragments, characters */
        {"https://user@wallet.example/", MALFORMED, MALFORMED, MALFORMED},
        {"https://user:pass@wallet.example/", MALFORMED, MALFORMED, MALFORMED},
        {"https://@wallet.example/", MALFORMED, MALFORMED, MALFORMED},
        {"https://wallet.example@127.0.0.1/", MALFORMED, MALFORMED, MALFORMED},
        {"https://wallet.example/#x", MALFORMED, MALFORMED, MALFORMED},
        {"https://wallet.example/#", MALFORMED, MALFORMED, MALFORMED},
        {"https://wallet.example#@evil.example/", MALFORMED, MALFORMED, MALFORMED},
        {"https://wallet.example\\@127.0.0.1/", MALFORMED, MALFORMED, MALFORMED},
        {"https://wallet.example/a b", MALFORMED, MALFORMED, MALFORMED},
        {"https://wallet.example/a\tb", MALFORMED, MALFORMED, MALFORMED},
        {" https://wallet.example/", MALFORMED, MALFORMED, MALFORMED},
        {"https://wallet.example/\r\nX: y", MALFORMED, MALFORMED, MALFORMED},
        {"https://wallet%2eexample/", MALFORMED, MALFORMED, MALFORMED},
        {"https://127%2e0.0.1/", MALFORMED, MALFORMED, MALFORMED},
        {"https://b\xc3\xbc"
         "cher.example/",
                MALFORMED, MALFORMED, MALFORMED},
        {"https://\xe2\x91\xa0"
         "27.0.0.1/",
                MALFORMED, MALFORMED, MALFORMED},
        /* host names */
        {"https://wallet.example./", MALFORMED, MALFORMED, MALFORMED},
        {"https://wallet..example/", MALFORMED, MALFORMED, MALFORMED},
        {"https://.wallet.example/", MALFORMED, MALFORMED, MALFORMED},
        {"https://-wallet.example/", MALFORMED, MALFORMED, MALFORMED},
        {"https://wallet-.example/", MALFORMED, MALFORMED, MALFORMED},
        {"https://wal_let.example/", MALFORMED, MALFORMED, MALFORMED},
        {"https://wallet.1example/", MALFORMED, MALFORMED, MALFORMED},
        {"https://intranet/", BLOCKED, BLOCKED, OK},
        {"https://localhost/", BLOCKED, BLOCKED, OK},
        {"https://LOCALHOST/", BLOCKED, BLOCKED, OK},
        {"https://localhost./", MALFORMED, MALFORMED, MALFORMED},
        {"https://a.localhost/", BLOCKED, BLOCKED, OK},
        /* IPv4 in its spellings */
        {"https://8.8.8.8/", BLOCKED, BLOCKED, OK},
        {"https://127.0.0.1/", BLOCKED, BLOCKED, OK},
        {"https://127.1/", BLOCKED, BLOCKED, OK},
        {"https://2130706433/", BLOCKED, BLOCKED, OK},
        {"https://0x7f000001/", BLOCKED, BLOCKED, OK},
        {"https://0x7f.0.0.1/", BLOCKED, BLOCKED, OK},
        {"https://0177.0.0.1/", BLOCKED, BLOCKED, OK},
        {"https://017700000001/", BLOCKED, BLOCKED, OK},
        {"https://127.0.0.1./", MALFORMED, MALFORMED, MALFORMED},
        {"https://0x7f000001./", MALFORMED, MALFORMED, MALFORMED},
        {"https://1.2.3.4.5/", MALFORMED, MALFORMED, MALFORMED},
        {"https://256.0.0.1/", MALFORMED, MALFORMED, MALFORMED},
        {"https://10.1.2.3/", BLOCKED, OK, OK},
        {"https://10.1.2.3:9000/", BLOCKED, OK, OK},
        {"https://10.2.2.3/", BLOCKED, BLOCKED, OK},
        {"https://192.0.2.7/", BLOCKED, OK, OK},
        {"https://192.0.2.8/", BLOCKED, BLOCKED, OK},
        {"https://0xa010203/", BLOCKED, OK, OK},
        /* IPv6 */
        {"https://[::1]/", BLOCKED, BLOCKED, OK},
        {"https://[2606:4700::1111]/", BLOCKED, BLOCKED, OK},
        {"https://[::ffff:127.0.0.1]/", BLOCKED, BLOCKED, OK},
        {"https://[::ffff:10.1.0.9]/", BLOCKED, OK, OK},
        {"https://[fd00:5::9]/", BLOCKED, OK, OK},
        {"https://[fe80::1%25eth0]/", MALFORMED, MALFORMED, MALFORMED},
        {"https://[::1/", MALFORMED, MALFORMED, MALFORMED},
        {"https://[]/", MALFORMED, MALFORMED, MALFORMED},
        {"https://[127.0.0.1]/", MALFORMED, MALFORMED, MALFORMED},
        {"https://[::g]/", MALFORMED, MALFORMED, MALFORMED},
};

START_TEST(url_spellings)
{
	struct url_guard *strict = make(false, allow);
	struct url_guard *dev = make(true, allow);
	struct url_parts p;

	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		enum result f = url_guard_url(strict, URL_POLICY_FOREIGN, urls[i].url, &p);
		enum result o = url_guard_url(strict, URL_POLICY_OPERATOR, urls[i].url, &p);
		enum result d = url_guard_url(dev, URL_POLICY_FOREIGN, urls[i].url, &p);

		ck_assert_msg(f == urls[i].foreign, "%s foreign: %s", urls[i].url, result_name(f));
		ck_assert_msg(
		        o == urls[i].operator, "%s operator: %s", urls[i].url, result_name(o));
		ck_assert_msg(d == urls[i].dev, "%s dev: %s", urls[i].url, result_name(d));
	}
	url_guard_free(strict);
	url_guard_free(dev);
}
END_TEST

START_TEST(normal_form)
{
	static const struct {
		const char *url, *normal, *host;
		uint16_t port;
		bool tls, literal;
	} cases[] = {
	        {"https://Wallet.Example", "https://wallet.example/", "wallet.example", 443, true,
	                false},
	        {"HTTPS://wallet.example:0443/a/../b", "https://wallet.example/b", "wallet.example",
	                443, true, false},
	        {"http://localhost:3000/alice", "http://localhost:3000/alice", "localhost", 3000,
	                false, false},
	        {"http://127.1:80/", "http://127.0.0.1/", "127.0.0.1", 80, false, true},
	        {"http://[::1]:3000/x?y", "http://[::1]:3000/x?y", "::1", 3000, false, true},
	};
	struct url_guard *g = make(true, NULL);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct url_parts p;

		ck_assert_int_eq(url_guard_url(g, URL_POLICY_FOREIGN, cases[i].url, &p), RESULT_OK);
		ck_assert_str_eq(p.url, cases[i].normal);
		ck_assert_str_eq(p.host, cases[i].host);
		ck_assert_uint_eq(p.port, cases[i].port);
		ck_assert(p.tls == cases[i].tls && p.literal == cases[i].literal);
	}
	url_guard_free(g);
}
END_TEST

START_TEST(too_long)
{
	struct url_guard *g = make(false, NULL);
	char url[URL_MAX_CHARS + 3] = "https://wallet.example/";
	struct url_parts p;

	memset(url + strlen(url), 'a', sizeof(url) - strlen(url) - 1);
	ck_assert_int_eq(url_guard_url(g, URL_POLICY_FOREIGN, url, &p), RESULT_THEIRS_TOO_BIG);
	url[URL_MAX_CHARS] = '\0';
	ck_assert_int_eq(url_guard_url(g, URL_POLICY_FOREIGN, url, &p), RESULT_OK);
	url_guard_free(g);
}
END_TEST

static enum result judge(const struct url_guard *g, enum url_policy policy, const char *host,
        const char *ip, uint16_t port)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};

	if (inet_pton(AF_INET, ip, &v4.sin_addr) == 1)
		return url_guard_address(g, policy, host, (struct sockaddr *)&v4, sizeof(v4));
	ck_assert_int_eq(inet_pton(AF_INET6, ip, &v6.sin6_addr), 1);
	return url_guard_address(g, policy, host, (struct sockaddr *)&v6, sizeof(v6));
}

/* The edges of each range; last column: on a development node. */
static const struct {
	const char *ip;
	enum result foreign, dev;
} addresses[] = {
        {"0.0.0.0", BLOCKED, BLOCKED},
        {"0.255.255.255", BLOCKED, BLOCKED},
        {"1.0.0.0", OK, OK},
        {"9.255.255.255", OK, OK},
        {"10.0.0.0", BLOCKED, OK},
        {"10.255.255.255", BLOCKED, OK},
        {"11.0.0.0", OK, OK},
        {"100.63.255.255", OK, OK},
        {"100.64.0.0", BLOCKED, OK},
        {"100.127.255.255", BLOCKED, OK},
        {"100.128.0.0", OK, OK},
        {"126.255.255.255", OK, OK},
        {"127.0.0.1", BLOCKED, OK},
        {"127.255.255.255", BLOCKED, OK},
        {"128.0.0.0", OK, OK},
        {"169.253.255.255", OK, OK},
        {"169.254.169.254", BLOCKED, BLOCKED},
        {"169.255.0.0", OK, OK},
        {"172.15.255.255", OK, OK},
        {"172.16.0.0", BLOCKED, OK},
        {"172.31.255.255", BLOCKED, OK},
        {"172.32.0.0", OK, OK},
        {"192.0.0.8", BLOCKED, BLOCKED},
        {"192.0.1.0", OK, OK},
        {"192.0.2.1", BLOCKED, BLOCKED},
        {"192.88.99.1", BLOCKED, BLOCKED},
        {"192.167.255.255", OK, OK},
        {"192.168.0.0", BLOCKED, OK},
        {"192.168.255.255", BLOCKED, OK},
        {"192.169.0.0", OK, OK},
        {"198.17.255.255", OK, OK},
        {"198.18.0.0", BLOCKED, BLOCKED},
        {"198.19.255.255", BLOCKED, BLOCKED},
        {"198.20.0.0", OK, OK},
        {"198.51.100.3", BLOCKED, BLOCKED},
        {"203.0.113.3", BLOCKED, BLOCKED},
        {"203.0.114.0", OK, OK},
        {"223.255.255.255", OK, OK},
        {"224.0.0.1", BLOCKED, BLOCKED},
        {"240.0.0.1", BLOCKED, BLOCKED},
        {"255.255.255.255", BLOCKED, BLOCKED},
        {"::", BLOCKED, BLOCKED},
        {"::1", BLOCKED, OK},
        {"::2", BLOCKED, BLOCKED},
        {"::127.0.0.1", BLOCKED, BLOCKED},
        {"::ffff:127.0.0.1", BLOCKED, OK},
        {"::ffff:8.8.8.8", OK, OK},
        {"::ffff:169.254.169.254", BLOCKED, BLOCKED},
        {"64:ff9b::8.8.8.8", OK, OK},
        {"64:ff9b::10.0.0.1", BLOCKED, OK},
        {"64:ff9b::169.254.169.254", BLOCKED, BLOCKED},
        {"64:ff9b:1::8.8.8.8", BLOCKED, BLOCKED},
        {"2002:808:808::1", OK, OK},
        {"2002:7f00:1::1", BLOCKED, OK},
        {"2002:a9fe:a9fe::", BLOCKED, BLOCKED},
        {"2001::1", BLOCKED, BLOCKED},
        {"2001:1ff::1", BLOCKED, BLOCKED},
        {"2001:200::1", OK, OK},
        {"2001:db7:ffff::", OK, OK},
        {"2001:db8::1", BLOCKED, BLOCKED},
        {"2001:db9::", OK, OK},
        {"2606:4700::1111", OK, OK},
        {"3fff:fff::1", BLOCKED, BLOCKED},
        {"3fff:1000::1", OK, OK},
        {"1fff::1", BLOCKED, BLOCKED},
        {"4000::1", BLOCKED, BLOCKED},
        {"100::1", BLOCKED, BLOCKED},
        {"fbff::1", BLOCKED, BLOCKED},
        {"fc00::1", BLOCKED, OK},
        {"fdff::1", BLOCKED, OK},
        {"fe80::1", BLOCKED, BLOCKED},
        {"fec0::1", BLOCKED, BLOCKED},
        {"ff02::1", BLOCKED, BLOCKED},
};

START_TEST(address_ranges)
{
	struct url_guard *strict = make(false, allow);
	struct url_guard *dev = make(true, NULL);

	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		const char *ip = addresses[i].ip;
		enum result f = judge(strict, URL_POLICY_FOREIGN, "wallet.example", ip, 443);
		enum result d = judge(dev, URL_POLICY_FOREIGN, "wallet.example", ip, 443);

		ck_assert_msg(f == addresses[i].foreign, "%s: %s", ip, result_name(f));
		ck_assert_msg(d == addresses[i].dev, "%s dev: %s", ip, result_name(d));
	}
	url_guard_free(strict);
	url_guard_free(dev);
}
END_TEST

START_TEST(operator_list)
{
	struct url_guard *g = make(false, allow);

	/* the list is for the operator's addresses only */
	ck_assert_int_eq(judge(g, URL_POLICY_FOREIGN, "peer.internal", "10.9.0.1", 443), BLOCKED);
	ck_assert_int_eq(judge(g, URL_POLICY_FOREIGN, "x.example", "10.1.0.1", 443), BLOCKED);
	ck_assert_int_eq(judge(g, URL_POLICY_OPERATOR, "peer.internal", "10.9.0.1", 443), OK);
	ck_assert_int_eq(judge(g, URL_POLICY_OPERATOR, "peer2.internal", "10.9.0.1", 443), BLOCKED);
	ck_assert_int_eq(judge(g, URL_POLICY_OPERATOR, "other.example", "10.9.0.1", 8443), OK);
	ck_assert_int_eq(judge(g, URL_POLICY_OPERATOR, "other.example", "10.9.0.1", 443), BLOCKED);
	ck_assert_int_eq(judge(g, URL_POLICY_OPERATOR, "x.example", "10.1.255.255", 443), OK);
	ck_assert_int_eq(judge(g, URL_POLICY_OPERATOR, "x.example", "10.2.0.0", 443), BLOCKED);
	ck_assert_int_eq(judge(g, URL_POLICY_OPERATOR, "x.example", "fd00:5:1::1", 443), OK);
	ck_assert_int_eq(judge(g, URL_POLICY_OPERATOR, "x.example", "fd00:6::1", 443), BLOCKED);
	url_guard_free(g);
}
END_TEST

START_TEST(bad_lists)
{
	static const char *const lists[] = {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/x", "::/129",
	        "https://peer.example", "peer.example:0", "peer.example:70000", "peer_x.example",
	        "*.example", "peer.example:", "10.0.0.1:80", "a..b"};
	struct url_guard *g = NULL;

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		enum result r = url_guard_new(false, lists[i], &g);

		ck_assert_msg(r == RESULT_OURS_CONFIG, "%s: %s", lists[i], result_name(r));
	}
}
END_TEST

START_TEST(own_listeners)
{
	struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(443)};
	struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(3001)};
	struct url_guard *g = make(false, "10.0.0.0/8 127.0.0.0/8");

	ck_assert_int_eq(inet_pton(AF_INET, "10.0.0.1", &own.sin_addr), 1);
	ck_assert_int_eq(judge(g, URL_POLICY_OPERATOR, "a.example", "10.0.0.1", 443), OK);
	ck_assert_int_eq(url_guard_add_listener(g, (struct sockaddr *)&own), RESULT_OK);
	ck_assert_int_eq(url_guard_add_listener(g, (struct sockaddr *)&any), RESULT_OK);
	ck_assert_int_eq(judge(g, URL_POLICY_OPERATOR, "a.example", "10.0.0.1", 443), BLOCKED);
	ck_assert_int_eq(judge(g, URL_POLICY_OPERATOR, "a.example", "10.0.0.1", 444), OK);
	ck_assert_int_eq(judge(g, URL_POLICY_OPERATOR, "a.example", "10.0.0.2", 443), OK);
	ck_assert_int_eq(judge(g, URL_POLICY_OPERATOR, "a.example", "127.0.0.1", 3001), BLOCKED);
	ck_assert_int_eq(judge(g, URL_POLICY_OPERATOR, "a.example", "127.0.0.1", 3002), OK);
	url_guard_free(g);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, url_spellings);
	tcase_add_test(t, normal_form);
	tcase_add_test(t, too_long);
	tcase_add_test(t, address_ranges);
	tcase_add_test(t, operator_list);
	tcase_add_test(t, bad_lists);
	tcase_add_test(t, own_listeners);
}

TEST_MAIN("url_guard", fill)
