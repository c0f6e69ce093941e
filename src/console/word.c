#include "console/word.h"

#include <string.h>

enum mood { PLAIN, GOOD, WAIT, BAD };

/* clang-format off */

static const struct {
	const char *word;
	enum mood mood;
} table[] = {
	/* payments, requests, grants */
	{WORDS("FUNDING"), WAIT}, {WORDS("SENDING"), WAIT}, {WORDS("PENDING"), WAIT}, {WORDS("PROCESSING"), WAIT},
	{WORDS("COMPLETED"), GOOD}, {WORDS("FAILED"), BAD}, {WORDS("CANCELLED"), PLAIN}, {WORDS("EXPIRED"), PLAIN},
	{WORDS("APPROVED"), GOOD}, {WORDS("FINALIZED"), PLAIN}, {WORDS("ISSUED"), GOOD}, {WORDS("REJECTED"), BAD},
	{WORDS("REVOKED"), BAD}, {WORDS("REFUSED"), BAD}, {WORDS("ACTIVE"), GOOD},
	/* deliveries, settlements, lines of the ledger */
	{WORDS("WAITING"), WAIT}, {WORDS("PARKED"), BAD}, {WORDS("DELIVERED"), GOOD}, {WORDS("ORDERED"), WAIT},
	{WORDS("DONE"), GOOD}, {WORDS("POSTED"), GOOD}, {WORDS("VOID"), PLAIN},
	/* peers, wallets */
	{WORDS("active"), GOOD}, {WORDS("inactive"), WAIT}, {WORDS("closed"), PLAIN}, {WORDS("draining"), WAIT},
	{WORDS("disabled"), BAD}, {WORDS("up"), GOOD}, {WORDS("down"), BAD}, {WORDS("unknown"), WAIT},
	/* packets, the log, prices */
	{WORDS("fulfilled"), GOOD}, {WORDS("rejected"), BAD}, {WORDS("refused"), BAD}, {WORDS("lost"), BAD},
	{WORDS("error"), BAD}, {WORDS("warn"), WAIT}, {WORDS("info"), PLAIN}, {WORDS("debug"), PLAIN},
	{WORDS("stale"), BAD}, {WORDS("ready"), GOOD}, {WORDS("yes"), GOOD}, {WORDS("no"), PLAIN},
	/* which way, and of what */
	{WORDS("incoming"), PLAIN}, {WORDS("outgoing"), PLAIN}, {WORDS("received"), PLAIN}, {WORDS("sent"), PLAIN},
	{WORDS("in"), PLAIN}, {WORDS("out"), PLAIN}, {WORDS("sending"), PLAIN}, {WORDS("receiving"), PLAIN},
	{WORDS("payer"), PLAIN}, {WORDS("peer"), PLAIN},
	{WORDS("they_may_owe"), PLAIN}, {WORDS("we_may_owe"), PLAIN}, {WORDS("deposit"), PLAIN}, {WORDS("withdrawal"), PLAIN},
	{WORDS("incoming-payment"), PLAIN}, {WORDS("outgoing-payment"), PLAIN}, {WORDS("quote"), PLAIN}, {WORDS("send"), PLAIN},
	/* what a client may do */
	{WORDS("create"), PLAIN}, {WORDS("read"), PLAIN}, {WORDS("read-all"), PLAIN}, {WORDS("list"), PLAIN},
	{WORDS("list-all"), PLAIN}, {WORDS("complete"), PLAIN},
	/* accounts and lines of the ledger */
	{WORDS("wallet"), PLAIN}, {WORDS("outgoing_payment"), PLAIN}, {WORDS("settlement"), PLAIN}, {WORDS("asset_pool"), PLAIN},
	{WORDS("fee"), PLAIN}, {WORDS("spread"), PLAIN}, {WORDS("suspense"), PLAIN}, {WORDS("together"), PLAIN},
	{WORDS("credit"), PLAIN}, {WORDS("doubt"), PLAIN}, {WORDS("movement"), PLAIN}, {WORDS("refund"), PLAIN},
	{WORDS("funding"), PLAIN}, {WORDS("local"), PLAIN}, {WORDS("window"), PLAIN},
	/* routes */
	{WORDS("parent"), PLAIN}, {WORDS("child"), PLAIN}, {WORDS("own"), PLAIN}, {WORDS("static"), PLAIN},
	{WORDS("node"), PLAIN},
	/* where a value comes from */
	{WORDS("default"), PLAIN}, {WORDS("file"), PLAIN}, {WORDS("environment"), PLAIN},
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
	return find(word) < WORD_COUNT ? words_in(l, word) : word;
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
