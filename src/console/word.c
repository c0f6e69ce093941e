#include "console/word.h"

#include <string.h>

enum mood { PLAIN, GOOD, WAIT, BAD };

/* clang-format off */

static const struct {
	const char *word;
	enum mood mood;
	const char *english; /* of one in capitals; NULL: the word itself */
} table[] = {
	/* payments, requests, grants */
	{WORDS("FUNDING"), WAIT, "funding"}, {WORDS("SENDING"), WAIT, "sending"}, {WORDS("PENDING"), WAIT, "pending"}, {WORDS("PROCESSING"), WAIT, "processing"},
	{WORDS("COMPLETED"), GOOD, "completed"}, {WORDS("FAILED"), BAD, "failed"}, {WORDS("CANCELLED"), PLAIN, "cancelled"}, {WORDS("EXPIRED"), PLAIN, "expired"},
	{WORDS("APPROVED"), GOOD, "approved"}, {WORDS("FINALIZED"), PLAIN, "finalized"}, {WORDS("ISSUED"), GOOD, "issued"}, {WORDS("REJECTED"), BAD, "rejected"},
	{WORDS("REVOKED"), BAD, "revoked"}, {WORDS("REFUSED"), BAD, "refused"}, {WORDS("ACTIVE"), GOOD, "active"},
	/* deliveries, settlements, lines of the ledger */
	{WORDS("WAITING"), WAIT, "waiting"}, {WORDS("PARKED"), BAD, "parked"}, {WORDS("DELIVERED"), GOOD, "delivered"}, {WORDS("ORDERED"), WAIT, "ordered"},
	{WORDS("DONE"), GOOD, "done"}, {WORDS("POSTED"), GOOD, "posted"}, {WORDS("VOID"), PLAIN, "void"},
	/* peers, wallets */
	{WORDS("active"), GOOD, NULL}, {WORDS("inactive"), WAIT, NULL}, {WORDS("closed"), PLAIN, NULL}, {WORDS("draining"), WAIT, NULL},
	{WORDS("disabled"), BAD, NULL}, {WORDS("up"), GOOD, NULL}, {WORDS("down"), BAD, NULL}, {WORDS("unknown"), WAIT, NULL},
	/* packets, the log, prices */
	{WORDS("fulfilled"), GOOD, NULL}, {WORDS("rejected"), BAD, NULL}, {WORDS("refused"), BAD, NULL}, {WORDS("lost"), BAD, NULL},
	{WORDS("error"), BAD, NULL}, {WORDS("warn"), WAIT, NULL}, {WORDS("info"), PLAIN, NULL}, {WORDS("debug"), PLAIN, NULL},
	{WORDS("stale"), BAD, NULL}, {WORDS("ready"), GOOD, NULL}, {WORDS("yes"), GOOD, NULL}, {WORDS("no"), PLAIN, NULL},
	/* which way, and of what */
	{WORDS("incoming"), PLAIN, NULL}, {WORDS("outgoing"), PLAIN, NULL}, {WORDS("received"), PLAIN, NULL}, {WORDS("sent"), PLAIN, NULL},
	{WORDS("in"), PLAIN, NULL}, {WORDS("out"), PLAIN, NULL}, {WORDS("sending"), PLAIN, NULL}, {WORDS("receiving"), PLAIN, NULL},
	{WORDS("payer"), PLAIN, NULL}, {WORDS("peer"), PLAIN, NULL},
	{WORDS("they_may_owe"), PLAIN, NULL}, {WORDS("we_may_owe"), PLAIN, NULL}, {WORDS("deposit"), PLAIN, NULL}, {WORDS("withdrawal"), PLAIN, NULL},
	{WORDS("incoming-payment"), PLAIN, NULL}, {WORDS("outgoing-payment"), PLAIN, NULL}, {WORDS("quote"), PLAIN, NULL}, {WORDS("send"), PLAIN, NULL},
	/* what a client may do */
	{WORDS("create"), PLAIN, NULL}, {WORDS("read"), PLAIN, NULL}, {WORDS("read-all"), PLAIN, NULL}, {WORDS("list"), PLAIN, NULL},
	{WORDS("list-all"), PLAIN, NULL}, {WORDS("complete"), PLAIN, NULL},
	/* accounts and lines of the ledger */
	{WORDS("wallet"), PLAIN, NULL}, {WORDS("outgoing_payment"), PLAIN, NULL}, {WORDS("settlement"), PLAIN, NULL}, {WORDS("asset_pool"), PLAIN, NULL},
	{WORDS("fee"), PLAIN, NULL}, {WORDS("spread"), PLAIN, NULL}, {WORDS("suspense"), PLAIN, NULL}, {WORDS("together"), PLAIN, NULL},
	{WORDS("credit"), PLAIN, NULL}, {WORDS("doubt"), PLAIN, NULL}, {WORDS("movement"), PLAIN, NULL}, {WORDS("refund"), PLAIN, NULL},
	{WORDS("funding"), PLAIN, NULL}, {WORDS("local"), PLAIN, NULL}, {WORDS("window"), PLAIN, NULL},
	/* routes */
	{WORDS("parent"), PLAIN, NULL}, {WORDS("child"), PLAIN, NULL}, {WORDS("own"), PLAIN, NULL}, {WORDS("static"), PLAIN, NULL},
	{WORDS("node"), PLAIN, NULL},
	/* where a value comes from */
	{WORDS("default"), PLAIN, NULL}, {WORDS("file"), PLAIN, NULL}, {WORDS("environment"), PLAIN, NULL},
};

/* clang-format on */

#define WORD_COUNT (sizeof(table) / sizeof(table[0]))

static size_t find(const char *word)
{
	size_t i = 0;

	while (i < WORD_COUNT && strcmp(table[i].word, word) != 0)
		i++;
	return i;
}

const char *word_said(const struct language *l, const char *word)
{
	size_t i = find(word);
	const char *said;

	if (i == WORD_COUNT)
		return word;
	said = words_in(l, word);
	return table[i].english && strcmp(said, word) == 0 ? table[i].english : said;
}

const char *word_badge(const char *word)
{
	static const char *const classes[] = {
	        [PLAIN] = "badge",
	        [GOOD] = "badge good",
	        [WAIT] = "badge wait",
	        [BAD] = "badge bad",
	};
	size_t i = find(word);

	return classes[i < WORD_COUNT ? table[i].mood : PLAIN];
}
