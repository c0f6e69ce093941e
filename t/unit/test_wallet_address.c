#include "unit/harness.h"

#include <string.h>

#include "codec/wallet_address.h"

START_TEST(canonical)
{
	static const struct {
		const char *url;
		const char *same; /* NULL: refused */
	} rows[] = {
	        {"https://wallet.example/alice", "https://wallet.example/alice"},
	        {"https://wallet.example/alice/", "https://wallet.example/alice"},
	        {"https://wallet.example/alice//", "https://wallet.example/alice/"},
	        {"HTTPS://Wallet.EXAMPLE/Alice", "https://wallet.example/Alice"},
	        {"https://wallet.example:443/alice", "https://wallet.example/alice"},
	        {"http://wallet.example:80/alice", "http://wallet.example/alice"},
	        {"https://wallet.example:80/alice", "https://wallet.example:80/alice"},
	        {"http://127.0.0.1:3000/alice", "http://127.0.0.1:3000/alice"},
	        {"http://[::1]:3000/alice", "http://[::1]:3000/alice"},
	        {"https://wallet.example", "https://wallet.example"},
	        {"https://wallet.example/", "https://wallet.example"},
	        {"https://wallet.example/.well-known/pay",
	                "https://wallet.example/.well-known/pay"},
	        {"https://wallet.example/a%20b", "https://wallet.example/a%20b"},
	        {"", NULL},
	        {"$wallet.example/alice", NULL},
	        {"wallet.example/alice", NULL},
	        {"ftp://wallet.example/alice", NULL},
	        {"https:///alice", NULL},
	        {"https://user@wallet.example/alice", NULL},
	        {"https://wallet.example/alice?x=1", NULL},
	        {"https://wallet.example/alice#x", NULL},
	        {"https://wallet.example/a b", NULL},
	        {"https://wallet.example/a%2", NULL},
	        {"https://wallet.example:0443/alice", NULL},
	        {"https://wallet.example:70000/alice", NULL},
	        {"https://wallet.example:/alice", NULL},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char out[WALLET_ADDRESS_SIZE], again[WALLET_ADDRESS_SIZE];
		enum result r = wallet_address_canonical(bytes_str(rows[i].url), out);

		ck_assert_msg((r == RESULT_OK) == (rows[i].same != NULL), "%s", rows[i].url);
		if (!rows[i].same)
			continue;
		ck_assert_str_eq(out, rows[i].same);
		ck_assert_int_eq(wallet_address_canonical(bytes_str(out), again), RESULT_OK);
	}
}
END_TEST

START_TEST(longest)
{
	char url[WALLET_ADDRESS_SIZE + 1], out[WALLET_ADDRESS_SIZE];

	memset(url, 'a', sizeof(url));
	memcpy(url, "https://a/", 10);
	url[URL_MAX_CHARS] = '\0';
	ck_assert_int_eq(wallet_address_canonical(bytes_str(url), out), RESULT_OK);
	ck_assert_str_eq(out, url);
	url[URL_MAX_CHARS] = 'a';
	url[URL_MAX_CHARS + 1] = '\0';
	ck_assert_int_eq(wallet_address_canonical(bytes_str(url), out), RESULT_THEIRS_TOO_BIG);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, canonical);
	tcase_add_test(t, longest);
}

TEST_MAIN("wallet_address", fill)
