/* Which authorization server speaks for a resource server. */
#include "ilp/remote_server.h"
#include "unit/harness.h"

#include <stdio.h>
#include <string.h>

#define A "https://wallet.example/op"
#define B "https://wallet.example/tenant/op"

static struct remote_servers s;
static char auth[URL_MAX_CHARS + 1];

START_TEST(by_resource_server)
{
	remote_server_note(&s, A "/incoming-payments/1", "https://auth.example", 1000);
	ck_assert(remote_server_find(&s, A "/incoming-payments/2", 1000, auth));
	ck_assert_str_eq(auth, "https://auth.example");
	/* another one at the same host, a part of the address, no payment at all */
	ck_assert(!remote_server_find(&s, B "/incoming-payments/2", 1000, auth));
	ck_assert(
	        !remote_server_find(&s, "https://wallet.example/incoming-payments/2", 1000, auth));
	ck_assert(!remote_server_find(&s, A "/quotes/2", 1000, auth));
	/* the last one of its name counts */
	ck_assert(
	        !remote_server_find(&s, A "/incoming-payments/x/incoming-payments/2", 1000, auth));
	remote_servers_clear(&s);
	ck_assert(!remote_server_find(&s, A "/incoming-payments/2", 1000, auth));
}
END_TEST

START_TEST(for_a_while)
{
	int64_t end = 1000 + REMOTE_SERVER_LIFE_MS;

	remote_server_note(&s, A "/incoming-payments/1", "https://auth.example", 1000);
	ck_assert(remote_server_find(&s, A "/incoming-payments/1", end - 1, auth));
	ck_assert(!remote_server_find(&s, A "/incoming-payments/1", end, auth));
	remote_server_note(&s, A "/incoming-payments/1", "https://new.example", end);
	ck_assert(remote_server_find(&s, A "/incoming-payments/1", end, auth));
	ck_assert_str_eq(auth, "https://new.example");
	remote_server_forget(&s, A "/incoming-payments/3");
	ck_assert(!remote_server_find(&s, A "/incoming-payments/1", end, auth));
}
END_TEST

START_TEST(so_many)
{
	char url[128];

	for (int i = 0; i <= REMOTE_SERVERS_MAX; i++) {
		snprintf(url, sizeof(url), "https://w%d.example/incoming-payments/1", i);
		remote_server_note(&s, url, "https://auth.example", 0);
	}
	ck_assert(!remote_server_find(&s, "https://w0.example/incoming-payments/1", 0, auth));
	ck_assert(remote_server_find(&s, "https://w1.example/incoming-payments/1", 0, auth));
	ck_assert(remote_server_find(&s, url, 0, auth));
	remote_servers_clear(&s);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, by_resource_server);
	tcase_add_test(t, for_a_while);
	tcase_add_test(t, so_many);
}

TEST_MAIN("remote_server", fill)
