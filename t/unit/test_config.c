#include "config.h"

#include <string.h>

#include "base/file.h"
#include "unit/harness.h"

static struct config config;
static struct config_error error;

static enum result load(const char *text, char *const *environment)
{
	return config_load_text("/node", text, environment, &config, &error);
}

/* ---- what is refused, and in which words ---- */

static const struct {
	const char *text; /* the file */
	const char *what;
	const char *why; /* a part of it */
	const char *hint;
} refused[] = {
        {"[server]\nlisten = 3000\n", "[server] listen", "\"3000\" is not ADDRESS:PORT", "127"},
        {"[server]\nlisten = ::1:3000\n", "[server] listen", "is not ADDRESS:PORT", "[::]"},
        {"[server]\nlisten = a:65536\n", "[server] listen", "is not ADDRESS:PORT", ""},
        {"[server]\nlisten =\n", "[server] listen", "not set", ""},
        {"[server]\nlisen = a:1\n", "[server] lisen", "no such key", "[server] listen"},
        {"[sever]\nlisten = a:1\n", "[sever] listen", "no such key", "[server] listen"},
        {"[ilp]\nlog_level = info\n", "[ilp] log_level", "no such key", "[server] log_level"},
        {"[server]\nzzzzzzzzzzzz = 1\n", "[server] zzzzzzzzzzzz", "no such key", "check lists"},
        {"listen = a:1\n", "[] listen", "no such key", "[server] listen"},
        {"[server]\nthreads = many\n", "[server] threads", "\"many\" is not a whole number from 0",
                ""},
        {"[server]\nthreads = -1\n", "[server] threads", "whole number", ""},
        {"[server]\nthreads = 257\n", "[server] threads", "from 0 to 256", ""},
        {"[server]\nthreads =\n", "[server] threads", "\"\" is not a whole number", ""},
        {"[server]\nlog_level = loud\n", "[server] log_level", "one of error warn info debug", ""},
        {"[server]\ndev = maybe\n", "[server] dev", "yes or no", ""},
        {"[server]\nroot_wallet = Alice\n", "[server] root_wallet", "a name", ""},
        {"[server]\npublic_url = https://a.example/\n", "[server] public_url", "trailing slash",
                ""},
        {"[server]\npublic_url = https://a.example/x\n", "[server] public_url",
                "scheme, host and port", ""},
        {"[server]\npublic_url = a.example\n", "[server] public_url", "scheme", "https://"},
        {"[server]\npublic_url = http://a.example\n", "[server] public_url", "is not https",
                "dev = yes"},
        {"[server]\npublic_url = https://u@a.example\n", "[server] public_url", "scheme", ""},
        {"[server]\ntls_key = k.pem\n", "[server] tls_key", "without the other", "neither"},
        {"[server]\nadmin_listen = 127.0.0.1:3000\n", "[server] admin_listen", "public listener",
                "another port"},
        {"[database]\nurl = postgresql://localhost\n", "[database] url", "reserved", "sqlite"},
        {"[database]\nurl = sqlite:\n", "[database] url", "sqlite:PATH", ""},
        {"[ilp]\naddress = florin\n", "[ilp] address", "an ILP address", "test.florin"},
        {"[ilp]\naddress = test.a b\n", "[ilp] address", "an ILP address", ""},
        {"[ilp]\naddress =\n", "[ilp] address", "not set", ""},
        {"[server]\ndev = yes\n[ilp]\naddress = g.florin\n", "[ilp] address", "production",
                "test."},
        {"[ilp]\nmax_hold_s = 1\n", "[ilp] max_hold_s", "from 2 to", ""},
        {"[ilp]\nmax_hold_s = 2\nmin_message_window_ms = 1000\n", "[ilp] min_message_window_ms",
                "no packet passes a connector", "smaller"},
        {"[ilp]\nmin_message_window_ms = 15000\n", "[ilp] min_message_window_ms",
                "max_hold_s is 30", ""},
        {"[ilp]\nmax_packet_amount = 9223372036854775808\n", "[ilp] max_packet_amount",
                "to 9223372036854775807", ""},
        {"[quotes]\nlifetime_s = 0\n", "[quotes] lifetime_s", "from 1 to", ""},
        {"[auth]\ntoken_lifetime_s = 0\n", "[auth] token_lifetime_s", "from 1 to", ""},
        {"[auth]\nconsent = later\n", "[auth] consent", "builtin or a URL", ""},
        {"[rates]\nurl = http://a.example/r\n", "[rates] url", "is not https", ""},
        {"[rates]\necb = http://a.example/r\n", "[rates] ecb", "is not https", ""},
        {"[rates]\necb = ftp://a.example/r\n", "[rates] ecb", "a file or an http", ""},
        {"[rates]\npriority = url fiel\n", "[rates] priority", "no source", "file, url and ecb"},
        {"[rates]\npriority = url url\n", "[rates] priority", "twice", ""},
        {"[limits]\nincoming_payment_s = 2592001\n", "[limits] incoming_payment_s", "longer", ""},
        {"[server]\ndev = yes\ndev = no\n", "[server] dev", "given twice", ""},
        {"[server\n", "florin.conf", "line 1 can't be understood", ""},
        {"[server]\nlisten\n", "florin.conf", "line 2 can't be understood", ""},
};

START_TEST(test_refused)
{
	enum result r = load(refused[_i].text, NULL);

	ck_assert_int_eq(r, RESULT_OURS_CONFIG);
	ck_assert_str_eq(error.what, refused[_i].what);
	ck_assert_msg(strstr(error.why, refused[_i].why), "%s: %s", refused[_i].text, error.why);
	ck_assert_msg(strstr(error.hint, refused[_i].hint), "%s: %s", refused[_i].text, error.hint);
}
END_TEST

/* Packets with the shortest hold still pass connectors. */
START_TEST(test_window_follows_hold)
{
	static const struct {
		const char *text;
		uint64_t window_ms;
	} rows[] = {
	        {"", 1000},
	        {"[ilp]\nmax_hold_s = 4\n", 1000},
	        {"[ilp]\nmax_hold_s = 3\n", 750},
	        {"[ilp]\nmax_hold_s = 2\n", 500},
	        {"[ilp]\nmax_hold_s = 2\nmin_message_window_ms = 999\n", 999},
	        {"[ilp]\nmax_hold_s = 60\n", 1000},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ck_assert_int_eq(load(rows[i].text, NULL), RESULT_OK);
		ck_assert_uint_eq(config.ilp.min_message_window_ms, rows[i].window_ms);
		config_clear(&config);
	}
}
END_TEST

START_TEST(test_long_line)
{
	char text[512] = "[outbound]\nallow = ";

	memset(text + strlen(text), 'a', 200);
	ck_assert_int_eq(load(text, NULL), RESULT_OURS_CONFIG);
	ck_assert_str_eq(error.why, "line 2 is longer than 190 characters");
}
END_TEST

START_TEST(test_defaults)
{
	ck_assert_int_eq(load("", NULL), RESULT_OK);
	ck_assert_str_eq(config.server.listen, "127.0.0.1:3000");
	ck_assert_str_eq(config.server.public_url, "https://localhost:3000");
	ck_assert_str_eq(config.database.url, "sqlite:florin.db");
	ck_assert_str_eq(config.rates.file, "/node/rates.json");
	ck_assert_str_eq(config.ilp.address, "test.florin");
	ck_assert(!config.server.dev && !config.server.tls_key && !config.webhooks.url);
	ck_assert_uint_eq(config.server.log_level, LOG_LEVEL_INFO);
	ck_assert_uint_eq(config.ilp.max_hold_s, 30);
	ck_assert_uint_eq(config.quotes.lifetime_s, 30);
	ck_assert_uint_eq(config.quotes.slippage_bps, 100);
	ck_assert_uint_eq(config.auth.token_lifetime_s, 600);
	ck_assert_uint_eq(config.auth.signature_profile, CONFIG_SIGNATURE_COMPAT);
	ck_assert_uint_eq(config.auth.require_content_digest, CONFIG_DIGEST_STRICT);
	ck_assert_uint_eq(config.limits.connections, 4096);
	ck_assert_uint_eq(config.limits.in_flight_per_peer, 1000);
	ck_assert_uint_eq(config.limits.page_size, 100);
	config_clear(&config);
}
END_TEST

START_TEST(test_file)
{
	static const char text[] =
	        "; a comment\n[server]\nlisten = [::1]:0\nadmin_listen = "
	        "localhost:0\nthreads = 3\nlog_level = debug ; why not\n"
	        "dev = on\ntls_certificate = c.pem\ntls_key = /k.pem\n"
	        "[rates]\nurl = http://127.0.0.1:9/r\n[outbound]\nallow = a.example\n"
	        "  10.0.0.0/8\nca_file = roots.pem\n[limits]\nrequests_per_key_per_s = 0\n"
	        "[auth]\nrequire_content_digest = off\n";

	ck_assert_int_eq(load(text, NULL), RESULT_OK);
	ck_assert_str_eq(config.server.listen, "[::1]:0");
	ck_assert_str_eq(config.server.public_url, "https://localhost:0");
	ck_assert_uint_eq(config.server.threads, 3);
	ck_assert_uint_eq(config.server.log_level, LOG_LEVEL_DEBUG);
	ck_assert(config.server.dev);
	ck_assert_str_eq(config.server.tls_certificate, "/node/c.pem");
	ck_assert_str_eq(config.server.tls_key, "/k.pem");
	ck_assert_ptr_null(config.rates.file);
	ck_assert_str_eq(config.outbound.allow, "a.example 10.0.0.0/8");
	ck_assert_str_eq(config.outbound.ca_file, "/node/roots.pem");
	ck_assert_uint_eq(config.limits.requests_per_key_per_s, 0);
	ck_assert_uint_eq(config.auth.require_content_digest, CONFIG_DIGEST_OFF);
	config_clear(&config);
}
END_TEST

START_TEST(test_environment_wins)
{
	static char *const environment[] = {"FLORIN_SERVER_THREADS=5", "FLORIN_DIR=/x",
	        "FLORIN_FAILPOINT=a:1:kill", "HOME=/h", "FLORIN_QUOTES_LIFETIME_S=7",
	        "FLORIN_LIMITS_HEADER_S=1", NULL};

	/* A value that the environment replaces need not be right. */
	ck_assert_int_eq(load("[server]\nthreads = many\n", environment), RESULT_OK);
	ck_assert_uint_eq(config.server.threads, 5);
	ck_assert_uint_eq(config.quotes.lifetime_s, 7);
	ck_assert_uint_eq(config.limits.header_s, 1);
	config_clear(&config);
}
END_TEST

START_TEST(test_environment_refused)
{
	static char *const unknown[] = {"FLORIN_SERVER_LISTENS=a:1", NULL};
	static char *const wrong[] = {"FLORIN_ILP_MAX_HOLD_S=1", NULL};
	static char *const binary[] = {"FLORIN_ILP_ADDRESS=test.\001", NULL};

	ck_assert_int_eq(load("", unknown), RESULT_OURS_CONFIG);
	ck_assert_str_eq(error.what, "FLORIN_SERVER_LISTENS");
	ck_assert_str_eq(error.hint, "the nearest known key is [server] listen");
	ck_assert_int_eq(load("", wrong), RESULT_OURS_CONFIG);
	ck_assert_str_eq(error.what, "FLORIN_ILP_MAX_HOLD_S");
	ck_assert_int_eq(load("", binary), RESULT_OURS_CONFIG);
	ck_assert_str_eq(error.what, "FLORIN_ILP_ADDRESS");
}
END_TEST

static void row_of(const char *section, const char *key, struct config_row *out)
{
	for (size_t i = 0; i < config_row_count(); i++) {
		config_row(&config, i, out);
		if (strcmp(out->section, section) == 0 && strcmp(out->key, key) == 0)
			return;
	}
	ck_abort_msg("no row [%s] %s", section, key);
}

START_TEST(test_rows)
{
	static char *const environment[] = {"FLORIN_WEBHOOKS_SECRET=hush", NULL};
	struct config_row row;

	ck_assert_int_eq(load("[quotes]\nlifetime_s = 9\n", environment), RESULT_OK);
	row_of("quotes", "lifetime_s", &row);
	ck_assert_str_eq(row.value, "9");
	ck_assert_str_eq(row.source, "file");
	row_of("webhooks", "secret", &row);
	ck_assert_str_eq(row.value, "set");
	ck_assert_str_eq(row.source, "environment");
	row_of("auth", "idp_secret", &row);
	ck_assert_str_eq(row.value, "");
	ck_assert_str_eq(row.source, "default");
	row_of("server", "public_url", &row);
	ck_assert_str_eq(row.value, "https://localhost:3000");
	config_clear(&config);
}
END_TEST

/* A refused secret must not be repeated in the error. */
START_TEST(test_secret_is_not_said)
{
	static char *const environment[] = {"FLORIN_WEBHOOKS_SECRET=hush\001", NULL};

	ck_assert_int_eq(load("", environment), RESULT_OURS_CONFIG);
	ck_assert_ptr_null(strstr(error.why, "hush"));
}
END_TEST

START_TEST(test_missing_file)
{
	ck_assert_int_eq(config_load("/nonexistent", NULL, &config, &error), RESULT_OURS_IO);
	ck_assert_str_eq(error.hint, "florin init makes a node's directory");
}
END_TEST

/* docs/configuration.md names every key. */
START_TEST(test_documented)
{
	char *page, ticked[64], after_section[64];
	struct config_row row;

	ck_assert_int_eq(load("", NULL), RESULT_OK);
	ck_assert_int_eq(
	        file_read(TOP_SRCDIR "/docs/configuration.md", 256 * 1024, &page, NULL), RESULT_OK);
	for (size_t i = 0; i < config_row_count(); i++) {
		config_row(&config, i, &row);
		(void)snprintf(ticked, sizeof ticked, "`%s`", row.key);
		(void)snprintf(
		        after_section, sizeof after_section, "`[%s] %s`", row.section, row.key);
		ck_assert_msg(strstr(page, ticked) || strstr(page, after_section),
		        "docs/configuration.md does not know [%s] %s", row.section, row.key);
	}
	free(page);
	config_clear(&config);
}
END_TEST

static void fill(TCase *tc)
{
	tcase_add_loop_test(tc, test_refused, 0, sizeof refused / sizeof refused[0]);
	tcase_add_test(tc, test_long_line);
	tcase_add_test(tc, test_window_follows_hold);
	tcase_add_test(tc, test_defaults);
	tcase_add_test(tc, test_file);
	tcase_add_test(tc, test_environment_wins);
	tcase_add_test(tc, test_environment_refused);
	tcase_add_test(tc, test_rows);
	tcase_add_test(tc, test_secret_is_not_said);
	tcase_add_test(tc, test_missing_file);
	tcase_add_test(tc, test_documented);
}

TEST_MAIN("config", fill)
