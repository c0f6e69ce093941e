/* fixture: a store in a directory of its own, with two wallets and two peers, for t/store.
 *
 * Verbs run on f->b between fixture_begin and fixture_end. The engine comes from the environment
 * (FLORIN_TEST_STORE, default sqlite:test.db), so that another engine runs the same tests.
 */
#ifndef FLORIN_T_STORE_FIXTURE_H
#define FLORIN_T_STORE_FIXTURE_H

#include "store/batch_core.h"
#include "store/store.h"

#define FIXTURE_START_MS 1700000000000

#define OK(expr)           IS(expr, RESULT_OK)
#define IS(expr, expected) ck_assert_str_eq(result_name(expr), result_name(expected))

struct fixture {
	char dir[64];
	struct secret32 key;
	struct store_options options;
	struct store *store;
	struct reader *reader;
	struct batch *b;
	struct arena arena;
	int64_t now_ms;
	asset_id usd, eur;
	account_id alice, bob; /* wallets: USD, EUR */
	struct id alice_id, bob_id;
	account_id west, east, south; /* peers: USD, EUR, USD; credit limit 1,000,000 */
	struct id west_id, east_id, south_id;
};

/* A new store, opened, with money in the wallets (100,000 each) and pools (1,000,000 each). */
void fixture_setup(struct fixture *f);
void fixture_teardown(struct fixture *f);
/* Closes it; its files stay, to be copied. */
void fixture_close(struct fixture *f);
/* The files of `from`, which is closed, in a directory of its own, with a reader
 * alone: for damage. */
void fixture_copy(const struct fixture *from, struct fixture *f);
/* As a process that dies and starts again. */
void fixture_restart(struct fixture *f);

void fixture_begin(struct fixture *f);
/* Flushes and commits; must succeed. */
void fixture_end(struct fixture *f);
void fixture_cancel(struct fixture *f);

/* Fails the test where the audit finds anything; `where` names the place. */
void fixture_audit(struct fixture *f, const char *where);
/* The names of the checks that fire, joined by blanks: "M1 M2". */
void fixture_findings(struct fixture *f, char *out, size_t size);
int64_t fixture_balance(struct fixture *f, account_id id);
struct account fixture_account(struct fixture *f, account_id id);
struct payment_row fixture_payment(struct fixture *f, const struct id *id);

/* Takes up the oldest payment that may be, a first attempt before another. In a begun batch. */
MUST_USE enum result fixture_claim(struct fixture *f, int64_t lease_ms, struct payment_row *row);

/* Runs SQL on a file of the fixture's directory, whatever holds it; SQLite only. The first column
 * of the first row, 0 where there is none. */
int64_t fixture_sql_of(struct fixture *f, const char *file, const char *sql);
int64_t fixture_sql(struct fixture *f, const char *sql); /* of the store's own */

/* A payment of alice's: debit 10,000 with a fee of 100, by packets. In a begun batch. */
void fixture_pay(struct fixture *f, struct id *id, account_id *account);
/* The same by a client, under a grant that must allow it. */
void fixture_pay_under(struct fixture *f, const char *client, struct payment_grant *grant,
        struct id *id, account_id *account);

/* The configured endpoint is given all events that there are. In a begun batch. */
void fixture_give(struct fixture *f);
/* The events about one object: how many, the nth (from 1), and a member of its data as text: of an
 * amount its value, "null" for null; fails the test where there is no such member. */
size_t fixture_events(struct fixture *f, const struct id *resource);
struct event_row fixture_event(struct fixture *f, const struct id *resource, uint64_t n);
const char *event_member(const struct event_row *row, const char *member);

#endif
