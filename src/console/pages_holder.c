/* pages_holder: payments, wallets, grants. */
#include <string.h>

#include "console/pages.h"
#include "console/word.h"
#include "http/language.h"

#define PACKETS_SHOWN 200

/* clang-format off */

#define LAST {NULL, NULL, CELL_TEXT, NULL}

static const struct column payment_list[] = {
	{WORDS("When"), "createdAt", CELL_TIME, NULL},
	{WORDS("Direction"), "direction", CELL_WORD, "/console/payments/{id}"},
	{WORDS("Wallet"), "walletAddress", CELL_TEXT, "/console/wallets/{walletAddress}"},
	{WORDS("State"), "state", CELL_STATE, NULL},
	{WORDS("Debit"), "debitAmount", CELL_AMOUNT, NULL},
	{WORDS("Delivered"), "deliveredAmount", CELL_AMOUNT, NULL},
	{WORDS("Received"), "receivedAmount", CELL_AMOUNT, NULL},
	{WORDS("To"), "receiver", CELL_COPY, NULL},
	COLUMN_REST,
	{WORDS("Sent"), "sentAmount", CELL_AMOUNT, NULL},
	{WORDS("Id"), "id", CELL_COPY, NULL},
	LAST,
};
static const struct column outgoing_facts[] = {
	{WORDS("State"), "state", CELL_STATE, NULL},
	{WORDS("Error"), "error.description", CELL_SAID, NULL},
	{WORDS("Wallet"), "walletAddress", CELL_TEXT, "/console/wallets/{walletAddress}"},
	{WORDS("To"), "receiver", CELL_COPY, NULL},
	{WORDS("Debit"), "debitAmount", CELL_AMOUNT, NULL},
	{WORDS("Sent"), "sentAmount", CELL_AMOUNT, NULL},
	{WORDS("Delivered"), "deliveredAmount", CELL_AMOUNT, NULL},
	{WORDS("Promised"), "receiveAmount", CELL_AMOUNT, NULL},
	{WORDS("Fee"), "fee", CELL_AMOUNT, NULL},
	{WORDS("Given back"), "refundedAmount", CELL_AMOUNT, NULL},
	{WORDS("In doubt"), "inDoubtAmount", CELL_AMOUNT, NULL},
	{WORDS("Rate"), "rate", CELL_DECIMAL, NULL},
	{WORDS("Packets"), "packets", CELL_NUMBER, NULL},
	{WORDS("Attempts"), "attempts", CELL_NUMBER, NULL},
	{WORDS("Next attempt"), "nextAttemptAt", CELL_TIME, NULL},
	{WORDS("Time taken"), "elapsedMs", CELL_MS, NULL},
	{WORDS("Client"), "client", CELL_TEXT, NULL},
	{WORDS("Made"), "createdAt", CELL_TIME, NULL},
	{WORDS("URL"), "url", CELL_COPY, NULL},
	{WORDS("Id"), "id", CELL_COPY, NULL},
	{WORDS("Metadata"), "metadata", CELL_JSON, NULL},
	LAST,
};
static const struct column incoming_facts[] = {
	{WORDS("State"), "state", CELL_STATE, NULL},
	{WORDS("Wallet"), "walletAddress", CELL_TEXT, "/console/wallets/{walletAddress}"},
	{WORDS("Asked for"), "incomingAmount", CELL_AMOUNT, NULL},
	{WORDS("Received"), "receivedAmount", CELL_AMOUNT, NULL},
	{WORDS("Fee"), "fee", CELL_AMOUNT, NULL},
	{WORDS("Waits for approval"), "waitsForApproval", CELL_FLAG, NULL},
	{WORDS("Approved"), "approvedAt", CELL_TIME, NULL},
	{WORDS("Cancelled"), "cancelledAt", CELL_TIME, NULL},
	{WORDS("Reason"), "cancelReason", CELL_TEXT, NULL},
	{WORDS("Client"), "client", CELL_TEXT, NULL},
	{WORDS("Made"), "createdAt", CELL_TIME, NULL},
	{WORDS("Expires"), "expiresAt", CELL_TIME, NULL},
	{WORDS("URL"), "url", CELL_COPY, NULL},
	{WORDS("Id"), "id", CELL_COPY, NULL},
	{WORDS("Metadata"), "metadata", CELL_JSON, NULL},
	LAST,
};
static const struct column attempt_list[] = {
	{WORDS("Attempt"), "number", CELL_NUMBER, NULL},
	{WORDS("Begun"), "startedAt", CELL_TIME, NULL},
	{WORDS("Ended"), "endedAt", CELL_TIME, NULL},
	{WORDS("Sent by then"), "sentAmount", CELL_AMOUNT, NULL},
	{WORDS("Delivered by then"), "deliveredAmount", CELL_AMOUNT, NULL},
	{WORDS("Packets"), "packets", CELL_NUMBER, NULL},
	{WORDS("Error"), "error.description", CELL_SAID, NULL},
	LAST,
};
static const struct column packet_list[] = {
	{WORDS("After"), "ms", CELL_MS, NULL},
	{WORDS("Sequence"), "sequence", CELL_NUMBER, NULL},
	{WORDS("What"), "event", CELL_STATE, NULL},
	{WORDS("Code"), "code", CELL_TEXT, NULL},
	{WORDS("Smallest units"), "amount", CELL_DECIMAL, NULL},
	{WORDS("Delivered by then"), "delivered", CELL_DECIMAL, NULL},
	LAST,
};
static const struct column line_list[] = {
	{WORDS("Ledger line"), "id", CELL_NUMBER, NULL},
	{WORDS("When"), "createdAt", CELL_TIME, NULL},
	{WORDS("Kind"), "kind", CELL_WORD, NULL},
	{WORDS("From account"), "debit", CELL_TEXT, NULL},
	{WORDS("To account"), "credit", CELL_TEXT, NULL},
	{WORDS("Amount"), "amount", CELL_AMOUNT, NULL},
	{WORDS("State"), "state", CELL_STATE, NULL},
	LAST,
};
static const struct column message_list[] = {
	{WORDS("When"), "createdAt", CELL_TIME, NULL},
	{WORDS("Direction"), "direction", CELL_WORD, NULL},
	{WORDS("Message"), "text", CELL_TEXT, NULL},
	{WORDS("Delivered"), "deliveredAt", CELL_TIME, NULL},
	LAST,
};
static const struct console_filter payment_filters[] = {
	{"walletAddress", WORDS("Wallet"), NULL}, {"direction", WORDS("Direction"), CHOICES("outgoing incoming")},
	{"state", WORDS("State"), CHOICES("FUNDING SENDING PENDING PROCESSING COMPLETED FAILED CANCELLED EXPIRED")},
	{"from", WORDS("From day"), NULL}, {"to", WORDS("Until day"), NULL}, {NULL, NULL, NULL},
};
static const struct column wallet_list[] = {
	{WORDS("Name"), "name", CELL_TEXT, "/console/wallets/{name}"},
	{WORDS("Public name"), "publicName", CELL_TEXT, NULL},
	{WORDS("State"), "status", CELL_STATE, NULL},
	{WORDS("Asset"), "assetCode", CELL_TEXT, NULL},
	{WORDS("User"), "user", CELL_TEXT, NULL},
	{WORDS("Address"), "url", CELL_COPY, NULL},
	{WORDS("Opened"), "createdAt", CELL_TIME, NULL},
	LAST,
};
static const struct column user_list[] = {
	{WORDS("Name"), "name", CELL_TEXT, NULL},
	{WORDS("Wallets"), "wallets", CELL_LIST, NULL},
	{WORDS("Has a password"), "hasPassword", CELL_FLAG, NULL},
	{WORDS("Open sessions"), "sessions", CELL_NUMBER, NULL},
	{WORDS("Last seen"), "usedAt", CELL_TIME, NULL},
	{WORDS("Since"), "createdAt", CELL_TIME, NULL},
	COLUMN_REST,
	{WORDS("Id"), "id", CELL_COPY, NULL},
	LAST,
};
static const struct column wallet_facts[] = {
	{WORDS("State"), "status", CELL_STATE, NULL},
	{WORDS("Public name"), "publicName", CELL_TEXT, NULL},
	{WORDS("Address"), "url", CELL_COPY, NULL},
	{WORDS("ILP address"), "ilpAddress", CELL_COPY, NULL},
	{WORDS("Asset"), "assetCode", CELL_TEXT, "/console/assets/{assetCode}"},
	{WORDS("User"), "user", CELL_TEXT, NULL},
	{WORDS("Taken until"), "inactiveAt", CELL_TIME, NULL},
	{WORDS("Opened"), "createdAt", CELL_TIME, NULL},
	{WORDS("Id"), "id", CELL_COPY, NULL},
	LAST,
};
static const struct column balance_facts[] = {
	{WORDS("Balance"), "balance", CELL_AMOUNT, NULL},
	{WORDS("Held by what is on its way"), "pending", CELL_AMOUNT, NULL},
	LAST,
};
static const struct column key_list[] = {
	{WORDS("Key id"), "kid", CELL_COPY, "/console/keys/{id}"},
	{WORDS("Published since"), "createdAt", CELL_TIME, NULL},
	{WORDS("Last used"), "lastUsedAt", CELL_TIME, NULL},
	{WORDS("Revoked"), "revokedAt", CELL_TIME, NULL},
	COLUMN_REST,
	{WORDS("Id"), "id", CELL_COPY, NULL},
	LAST,
};
static const struct column all_keys[] = {
	{WORDS("Published since"), "createdAt", CELL_TIME, NULL},
	{WORDS("Key id"), "kid", CELL_COPY, "/console/keys/{id}"},
	{WORDS("Wallet"), "walletAddress", CELL_TEXT, "/console/wallets/{walletAddress}"},
	{WORDS("State"), "state", CELL_STATE, NULL},
	{WORDS("Last used"), "lastUsedAt", CELL_TIME, NULL},
	COLUMN_REST,
	{WORDS("Fingerprint"), "thumbprint", CELL_COPY, NULL},
	{WORDS("Id"), "id", CELL_COPY, NULL},
	LAST,
};
static const struct column key_facts[] = {
	{WORDS("State"), "state", CELL_STATE, NULL},
	{WORDS("Wallet"), "walletAddress", CELL_TEXT, "/console/wallets/{walletAddress}"},
	{WORDS("Key id"), "kid", CELL_COPY, NULL},
	{WORDS("Fingerprint"), "thumbprint", CELL_COPY, NULL},
	{WORDS("Published since"), "createdAt", CELL_TIME, NULL},
	{WORDS("Last used"), "lastUsedAt", CELL_TIME, NULL},
	{WORDS("Revoked"), "revokedAt", CELL_TIME, NULL},
	{WORDS("JWK"), "jwk", CELL_JSON, NULL},
	{WORDS("Id"), "id", CELL_COPY, NULL},
	LAST,
};
static const struct column node_keys[] = {
	{WORDS("Key id"), "kid", CELL_COPY, NULL},
	{WORDS("Signs from"), "signsFrom", CELL_TIME, NULL},
	{WORDS("Published until"), "publishedUntil", CELL_TIME, NULL},
	LAST,
};
static const struct console_filter key_filters[] = {
	{"walletAddress", WORDS("Wallet"), NULL}, {"kid", WORDS("Key id"), NULL}, {"state", WORDS("State"), CHOICES("ACTIVE REVOKED")}, {NULL, NULL, NULL},
};
static const struct column grant_list[] = {
	{WORDS("When"), "createdAt", CELL_TIME, NULL},
	{WORDS("Client"), "client", CELL_TEXT, "/console/grants/{id}"},
	{WORDS("Calls itself"), "clientName", CELL_TEXT, NULL},
	{WORDS("State"), "state", CELL_STATE, NULL},
	{WORDS("Reason"), "reason", CELL_STATE, NULL},
	{WORDS("Ends"), "endsAt", CELL_TIME, NULL},
	COLUMN_REST,
	{WORDS("Id"), "id", CELL_COPY, NULL},
	LAST,
};
static const struct column grant_facts[] = {
	{WORDS("State"), "state", CELL_STATE, NULL},
	{WORDS("Reason"), "reason", CELL_STATE, NULL},
	{WORDS("Client"), "client", CELL_COPY, NULL},
	{WORDS("Calls itself"), "clientName", CELL_TEXT, NULL},
	{WORDS("Wallet of who agreed"), "walletAddressId", CELL_COPY, "/console/wallets/{walletAddressId}"},
	{WORDS("Made"), "createdAt", CELL_TIME, NULL},
	{WORDS("Changed"), "changedAt", CELL_TIME, NULL},
	{WORDS("Ends"), "endsAt", CELL_TIME, NULL},
	{WORDS("Id"), "id", CELL_COPY, NULL},
	LAST,
};
static const struct column access_list[] = {
	{WORDS("What"), "type", CELL_WORD, NULL},
	{WORDS("Allowed"), "actions", CELL_WORDS, NULL},
	{WORDS("Wallet address"), "identifier", CELL_COPY, NULL},
	{WORDS("Limits"), "limits", CELL_JSON, NULL},
	{WORDS("Spent"), "spentDebitAmount", CELL_AMOUNT, NULL},
	{WORDS("Delivered"), "spentReceiveAmount", CELL_AMOUNT, NULL},
	LAST,
};
static const struct console_filter grant_filters[] = {
	{"client", WORDS("Client"), NULL}, {"walletAddress", WORDS("Wallet"), NULL},
	{"state", WORDS("State"), CHOICES("PENDING APPROVED FINALIZED")}, {"reason", WORDS("Reason"), CHOICES("ISSUED REJECTED REVOKED EXPIRED")},
	{NULL, NULL, NULL},
};
static const struct column client_list[] = {
	{WORDS("Client"), "client", CELL_COPY, "/console/grants?client={client}"},
	{WORDS("Calls itself"), "clientName", CELL_TEXT, NULL},
	{WORDS("Grants"), "grants", CELL_NUMBER, NULL},
	{WORDS("Issued"), "issued", CELL_NUMBER, NULL},
	{WORDS("Newest grant"), "newestGrantAt", CELL_TIME, NULL},
	LAST,
};

/* clang-format on */

static bool is_state(const json_t *object, const char *state)
{
	const char *is = json_string_value(json_object_get(object, "state"));

	return is && strcmp(is, state) == 0;
}

/* at: a time cell of the step; NULL: none. */
static void add_step(json_t *list, const char *label, const char *class, json_t *at)
{
	(void)json_array_append_new(
	        list, json_pack("{s:s,s:s,s:s,s:o}", "label", label, "class", class, "href", "",
	                      "cell", at ? at : json_string("")));
}

/* Made, each attempt, the end. */
static json_t *timeline(struct console_view *v, const json_t *payment)
{
	static const struct column made = {"", "createdAt", CELL_TIME, NULL};
	static const struct column begun = {"", "startedAt", CELL_TIME, NULL};
	static const struct column sent = {"", "sentAmount", CELL_AMOUNT, NULL};
	static const struct column state = {"", "state", CELL_STATE, NULL};
	static const struct column why = {"", "error.description", CELL_SAID, NULL};
	bool over = is_state(payment, "COMPLETED") || is_state(payment, "FAILED") ||
	            is_state(payment, "CANCELLED") || is_state(payment, "EXPIRED");
	const struct when when = when_of(v->rq);
	struct arena *a = &v->rq->arena;
	json_t *list = json_array(), *attempt;
	size_t i;

	add_step(list, words(v->rq, "Made"), "done", cell_json(&when, a, &made, payment, 0));
	json_array_foreach(json_object_get(payment, "attemptLog"), i, attempt)
	{
		const char *error = console_text(v, &why, attempt);
		const char *amount = console_text(v, &sent, attempt);
		const char *label =
		        words_with(v->rq, "Attempt: {amount} sent", "amount", amount, NULL);

		if (*error)
			label = words_with(v->rq, "Attempt: {amount} sent; {error}", "amount",
			        amount, "error", error, NULL);
		add_step(list, label, *error ? "bad" : "done",
		        cell_json(&when, a, &begun, attempt, 0));
	}
	add_step(list, console_text(v, &state, payment),
	        is_state(payment, "FAILED") ? "bad"
	        : over                      ? "done"
	                                    : "now",
	        NULL);
	return list;
}

/* The newest of what its sender noted: a packet has a line when it goes and one when it is over. */
static void packets(struct console_view *v, const json_t *trace)
{
	const json_t *all = json_object_get(trace, "items");
	size_t n = json_array_size(all), from = n > PACKETS_SHOWN ? n - PACKETS_SHOWN : 0;
	const char *title = words(v->rq, "Packets");
	json_t *shown = json_array();

	for (size_t i = from; i < n; i++)
		(void)json_array_append(shown, json_array_get(all, i));
	if (from > 0)
		title = words_with(v->rq, "Packets: the newest {shown} of {all} notes", "shown",
		        arena_printf(&v->rq->arena, "%d", PACKETS_SHOWN), "all",
		        arena_printf(&v->rq->arena, "%zu", n), NULL);
	part_table(v, title, packet_list, shown,
	        "They are kept one by one only of a payment that was made so, here or by "
	        "florin pay --trace, and until the node stops.");
	json_decref(shown);
}

static void payments(struct console_view *v)
{
	part_list(v);
}

static void payment(struct console_view *v)
{
	const json_t *p = v->answers[0];
	const char *direction = json_string_value(json_object_get(p, "direction"));
	bool incoming = direction && strcmp(direction, "incoming") == 0;

	v->heading = incoming ? words(v->rq, "Incoming payment") : words(v->rq, "Outgoing payment");
	part_steps(v, "What happened", timeline(v, p));
	part_facts(v, "The payment", incoming ? incoming_facts : outgoing_facts, p);
	if (incoming && json_is_true(json_object_get(p, "waitsForApproval")))
		part_form(v, "incoming.approve", p);
	if (incoming && (is_state(p, "PENDING") || is_state(p, "PROCESSING"))) {
		static const char *const acts[] = {"incoming.complete", "incoming.cancel", NULL};

		part_forms(v, "What can be done", p, acts);
	}
	if (!incoming && (is_state(p, "SENDING") || is_state(p, "FUNDING"))) {
		static const char *const acts[] = {"payment.cancel", NULL};

		part_forms(v, "What can be done", p, acts);
	}
	if (!incoming && (is_state(p, "FAILED") || is_state(p, "CANCELLED"))) {
		static const char *const acts[] = {"payment.quote", NULL};

		part_forms(v, "What can be done", p, acts);
	}
	if (!incoming) {
		part_table(v, "Attempts", attempt_list, json_object_get(p, "attemptLog"),
		        "None was made.");
		packets(v, v->answers[1]);
	}
	part_table(v, "Lines of the ledger", line_list, json_object_get(p, "transfers"),
	        "Nothing has moved yet.");
	part_table(v, "Messages", message_list, json_object_get(p, "messages"), "There are none.");
}

static void wallets(struct console_view *v)
{
	static const char *const acts[] = {"wallet.add", NULL};

	part_list(v);
	part_forms(v, "A new wallet", NULL, acts);
	part_link(v, "Users", "Who signs in to the wallets, and when last.", "All users",
	        "/console/users");
}

static void wallet(struct console_view *v)
{
	static const char *const acts[] = {"wallet.deposit", "wallet.withdraw", "wallet.rename",
	        "wallet.password", "wallet.stop", "wallet.start", "wallet.close", NULL};
	static const char *const keys[] = {"key.add", NULL};

	v->heading = json_string_value(json_object_get(v->answers[0], "name"));
	part_facts(v, "Money", balance_facts, v->answers[1]);
	part_facts(v, "The wallet", wallet_facts, v->answers[0]);
	part_link(v, "Payments", "In and out of this wallet.", "Its payments",
	        arena_printf(&v->rq->arena, "/console/payments?walletAddress=%s", v->heading));
	part_forms(v, "What can be done", v->answers[0], acts);
	part_table(v, "Keys of its clients", key_list, json_object_get(v->answers[2], "items"),
	        "None is published.");
	part_forms(v, "", v->answers[2], keys);
}

static void keys(struct console_view *v)
{
	part_list(v);
	part_table(v, "Keys of the node", node_keys, json_object_get(v->answers[1], "items"), "");
	part_link(v, "", "Replaced on the node's own page.", "Node", "/console/node");
}

static void key(struct console_view *v)
{
	v->heading = json_string_value(json_object_get(v->answers[0], "kid"));
	part_facts(v, "The key", key_facts, v->answers[0]);
	if (is_state(v->answers[0], "ACTIVE"))
		part_form(v, "key.revoke", v->answers[0]);
}

static void grants(struct console_view *v)
{
	part_list(v);
	part_link(v, "Clients", "Who asked for grants, and how many each has.", "Clients",
	        "/console/clients");
}

static void grant(struct console_view *v)
{
	part_facts(v, "The grant", grant_facts, v->answers[0]);
	part_table(v, "What it allows", access_list, json_object_get(v->answers[0], "access"),
	        "Nothing.");
	part_form(v, "grant.revoke", v->answers[0]);
}

static void users(struct console_view *v) /* and clients */
{
	part_list(v);
}

const struct console_page holder_pages[] = {
        {.pattern = "/console/users",
                .title = WORDS("Users"),
                .nav = "/console/wallets",
                .reads = {{.path = "/users", .query = "cursor limit"}},
                .build = users,
                .list = user_list,
                .empty = WORDS(
                        "Nobody signs in to a wallet yet. A wallet's page sets the password of its "
                        "user."),
                .empty_label = WORDS("Wallets"),
                .empty_href = "/console/wallets"},
        {.pattern = "/console/payments",
                .title = WORDS("Payments"),
                .nav = "/console/payments",
                .reads = {{.path = "/payments",
                        .query = "walletAddress direction state from to cursor limit"}},
                .build = payments,
                .list = payment_list,
                .filters = payment_filters,
                .empty = WORDS(
                        "Nothing was paid yet. A wallet that holds something can pay, and any can "
                        "be paid."),
                .empty_label = WORDS("Wallets"),
                .empty_href = "/console/wallets"},
        {.pattern = "/console/payments/{id}",
                .title = WORDS("Payment"),
                .nav = "/console/payments",
                .reads = {{.path = "/payments/{id}"},
                        {.path = "/outgoing-payments/{id}/trace", .optional = true}},
                .build = payment},
        {.pattern = "/console/wallets",
                .title = WORDS("Wallets"),
                .nav = "/console/wallets",
                .reads = {{.path = "/wallet-addresses", .query = "cursor limit"}},
                .build = wallets,
                .list = wallet_list,
                .empty = WORDS("Open the first one below.")},
        {.pattern = "/console/wallets/{id}",
                .title = WORDS("Wallet"),
                .nav = "/console/wallets",
                .reads = {{.path = "/wallet-addresses/{id}"},
                        {.path = "/wallet-addresses/{id}/balance"},
                        {.path = "/wallet-addresses/{id}/keys"}},
                .build = wallet},
        {.pattern = "/console/keys",
                .title = WORDS("Keys"),
                .nav = "/console/keys",
                .reads = {{.path = "/keys", .query = "walletAddress kid state cursor limit"},
                        {.path = "/node/keys"}},
                .build = keys,
                .list = all_keys,
                .filters = key_filters,
                .empty = WORDS(
                        "No wallet publishes a key yet. A client's key is published on the page of "
                        "its wallet."),
                .empty_label = WORDS("Wallets"),
                .empty_href = "/console/wallets"},
        {.pattern = "/console/keys/{id}",
                .title = WORDS("Key"),
                .nav = "/console/keys",
                .reads = {{.path = "/keys/{id}"}},
                .build = key},
        {.pattern = "/console/grants",
                .title = WORDS("Grants"),
                .nav = "/console/grants",
                .reads = {{.path = "/grants",
                        .query = "client walletAddress state reason cursor limit"}},
                .build = grants,
                .list = grant_list,
                .filters = grant_filters,
                .empty = WORDS(
                        "No client was allowed anything yet. One asks by Open Payments, with a key "
                        "that a wallet publishes."),
                .empty_label = WORDS("Publish one on a wallet's page"),
                .empty_href = "/console/wallets"},
        {.pattern = "/console/clients",
                .title = WORDS("Clients"),
                .nav = "/console/grants",
                .reads = {{.path = "/clients", .query = "cursor limit"}},
                .build = users,
                .list = client_list,
                .empty = WORDS(
                        "Nobody has asked for a grant. A client's key is published on a wallet's "
                        "page."),
                .empty_label = WORDS("Wallets"),
                .empty_href = "/console/wallets"},
        {.pattern = "/console/grants/{id}",
                .title = WORDS("Grant"),
                .nav = "/console/grants",
                .reads = {{.path = "/grants/{id}"}},
                .build = grant},
        {.pattern = NULL},
};
