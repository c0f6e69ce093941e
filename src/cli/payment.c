/* payment: payments, and the ledger lines of one. */
#include "cli/admin_call.h"

#include <stdio.h>

#include "cli/command_table.h"

static int payment_list(struct cli *cli)
{
	static const struct show_column columns[] = {
	        {"CREATED", "createdAt", SHOW_TEXT},
	        {"WALLET", "walletAddress", SHOW_TEXT},
	        {"DIRECTION", "direction", SHOW_TEXT},
	        {"STATE", "state", SHOW_TEXT},
	        {"SENT", "sentAmount", SHOW_AMOUNT},
	        {"DELIVERED", "deliveredAmount", SHOW_AMOUNT},
	        {"RECEIVED", "receivedAmount", SHOW_AMOUNT},
	        {"RECEIVER", "receiver", SHOW_TEXT},
	        {"ID", "id", SHOW_TEXT},
	        {0},
	};
	const char *wallet = cli_text(cli, "wallet");
	char path[ADMIN_PATH_BYTES];

	admin_path(path, wallet ? "/payments?walletAddress=*" : "/payments", wallet);
	return admin_list(cli, path, columns);
}

static const struct show_column outgoing[] = {
        {"ID", "id", SHOW_TEXT},
        {"WALLET", "walletAddress", SHOW_TEXT},
        {"STATE", "state", SHOW_TEXT},
        {"RECEIVER", "receiver", SHOW_TEXT},
        {"DEBIT", "debitAmount", SHOW_AMOUNT},
        {"FEE", "fee", SHOW_AMOUNT},
        {"LEAST RECEIVED", "receiveAmount", SHOW_AMOUNT},
        {"SENT", "sentAmount", SHOW_AMOUNT},
        {"DELIVERED", "deliveredAmount", SHOW_AMOUNT},
        {"REFUNDED", "refundedAmount", SHOW_AMOUNT},
        {"CAME BACK", "returnedAmount", SHOW_AMOUNT},
        {"IN DOUBT", "inDoubtAmount", SHOW_AMOUNT},
        {"RATE", "rate", SHOW_TEXT},
        {"PACKETS", "packets", SHOW_NUMBER},
        {"ATTEMPTS", "attempts", SHOW_NUMBER},
        {"NEXT ATTEMPT", "nextAttemptAt", SHOW_TEXT},
        {"ERROR", "error.description", SHOW_TEXT},
        {"CREATED", "createdAt", SHOW_TEXT},
        {"MILLISECONDS", "elapsedMs", SHOW_NUMBER},
        {0},
};

static const struct show_column lines[] = {
        {"AT", "createdAt", SHOW_TEXT},
        {"KIND", "kind", SHOW_TEXT},
        {"DEBIT", "debit", SHOW_TEXT},
        {"CREDIT", "credit", SHOW_TEXT},
        {"AMOUNT", "amount", SHOW_AMOUNT},
        {"STATE", "state", SHOW_TEXT},
        {0},
};

static const struct show_column incoming[] = {
        {"ID", "id", SHOW_TEXT},
        {"WALLET", "walletAddress", SHOW_TEXT},
        {"STATE", "state", SHOW_TEXT},
        {"URL", "url", SHOW_TEXT},
        {"AMOUNT", "incomingAmount", SHOW_AMOUNT},
        {"RECEIVED", "receivedAmount", SHOW_AMOUNT},
        {"EXPIRES", "expiresAt", SHOW_TEXT},
        {"METADATA", "metadata", SHOW_PAIRS},
        {"MADE BY", "client", SHOW_TEXT},
        {"CREATED", "createdAt", SHOW_TEXT},
        {0},
};

static const struct show_column attempts[] = {
        {"ATTEMPT", "number", SHOW_NUMBER},
        {"BEGAN", "startedAt", SHOW_TEXT},
        {"ENDED", "endedAt", SHOW_TEXT},
        {"SENT BY THEN", "sentAmount", SHOW_AMOUNT},
        {"DELIVERED BY THEN", "deliveredAmount", SHOW_AMOUNT},
        {"ERROR", "error.code", SHOW_TEXT},
        {0},
};

static void show_payment(const json_t *payment)
{
	show_object(payment, json_object_get(payment, "incomingAmount") ? incoming : outgoing);
	putchar('\n');
	if (json_array_size(json_object_get(payment, "attemptLog"))) {
		show_table(json_object_get(payment, "attemptLog"), attempts);
		putchar('\n');
	}
	if (json_array_size(json_object_get(payment, "messages"))) {
		show_messages(json_object_get(payment, "messages"));
		putchar('\n');
	}
	show_table(json_object_get(payment, "transfers"), lines);
}

static int payment_show(struct cli *cli)
{
	char path[ADMIN_PATH_BYTES];
	json_t *answer = NULL;
	struct admin a;
	int status = admin_open(cli, &a);

	admin_path(path, "/payments/*", cli->args[0]);
	if (!status)
		status = admin_call(&a, "GET", path, NULL, NULL, &answer);
	if (!status && cli->json)
		admin_print(&a);
	else if (!status)
		show_payment(answer);
	json_decref(answer);
	admin_close(&a);
	return status;
}

static int payment_cancel(struct cli *cli)
{
	static const struct show_column columns[] = {
	        {"ID", "id", SHOW_TEXT},
	        {"STATE", "state", SHOW_TEXT},
	        {"SENT", "sentAmount", SHOW_AMOUNT},
	        {"REFUNDED", "refundedAmount", SHOW_AMOUNT},
	        {0},
	};
	const char *reason = cli_text(cli, "reason");
	char path[ADMIN_PATH_BYTES];
	json_t *answer = NULL;
	struct admin a;
	int status = admin_open(cli, &a);

	admin_path(path, "/outgoing-payments/*/cancel", cli->args[0]);
	if (!status)
		status = admin_call(&a, "POST", path,
		        json_pack("{s:s}", "reason", reason ? reason : "cancelled by the operator"),
		        NULL, &answer);
	if (!status && cli->json)
		admin_print(&a);
	else if (!status)
		show_object(answer, columns);
	json_decref(answer);
	admin_close(&a);
	return status;
}

static const struct option cancel_options[] = {
        {"reason", "TEXT", "why, as the payment shows it", 0},
        {0},
};
static const struct option list_options[] = {
        {"wallet", "NAME", "of this wallet only", 0},
        {"limit", "N", "items on a page (with --json)", 0},
        {"cursor", "TEXT", "the page to print: nextCursor of the one before (with --json)", 0},
        {0},
};

const struct command payment_commands[] = {
        {"payment list", "", "the payments, newest first", 0, 0, list_options, payment_list},
        {"payment show", "ID", "one payment with its ledger lines", 1, 1, NULL, payment_show},
        {"payment cancel", "ID", "end a payment before its time", 1, 1, cancel_options,
                payment_cancel},
        {0},
};
