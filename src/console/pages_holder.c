/* pages_holder: payments, wallets, grants. */
#include <string.h>

#include "console/pages.h"

#define PACKETS_SHOWN 200

/* clang-format off */

#define LAST {NULL, NULL, CELL_TEXT, NULL}

static const struct column payment_list[] = {
	{"When", "createdAt", CELL_TIME, NULL},
	{"Direction", "direction", CELL_TEXT, "/console/payments/{id}"},
	{"Wallet", "walletAddress", CELL_TEXT, "/console/wallets/{walletAddress}"},
	{"State", "state", CELL_STATE, NULL},
	{"To", "receiver", CELL_COPY, NULL},
	{"Debit", "debitAmount", CELL_AMOUNT, NULL},
	{"Sent", "sentAmount", CELL_AMOUNT, NULL},
	{"Delivered", "deliveredAmount", CELL_AMOUNT, NULL},
	{"Received", "receivedAmount", CELL_AMOUNT, NULL},
	{"Id", "id", CELL_COPY, NULL},
	LAST,
};
static const struct column outgoing_facts[] = {
	{"State", "state", CELL_STATE, NULL},
	{"Error", "error.description", CELL_TEXT, NULL},
	{"Wallet", "walletAddress", CELL_TEXT, "/console/wallets/{walletAddress}"},
	{"To", "receiver", CELL_COPY, NULL},
	{"Debit", "debitAmount", CELL_AMOUNT, NULL},
	{"Sent", "sentAmount", CELL_AMOUNT, NULL},
	{"Delivered", "deliveredAmount", CELL_AMOUNT, NULL},
	{"Promised", "receiveAmount", CELL_AMOUNT, NULL},
	{"Fee", "fee", CELL_AMOUNT, NULL},
	{"Given back", "refundedAmount", CELL_AMOUNT, NULL},
	{"In doubt", "inDoubtAmount", CELL_AMOUNT, NULL},
	{"Rate", "rate", CELL_TEXT, NULL},
	{"Packets", "packets", CELL_NUMBER, NULL},
	{"Attempts", "attempts", CELL_NUMBER, NULL},
	{"Next attempt", "nextAttemptAt", CELL_TIME, NULL},
	{"Time taken", "elapsedMs", CELL_MS, NULL},
	{"Client", "client", CELL_TEXT, NULL},
	{"Made", "createdAt", CELL_TIME, NULL},
	{"URL", "url", CELL_COPY, NULL},
	{"Id", "id", CELL_COPY, NULL},
	{"Metadata", "metadata", CELL_JSON, NULL},
	LAST,
};
static const struct column incoming_facts[] = {
	{"State", "state", CELL_STATE, NULL},
	{"Wallet", "walletAddress", CELL_TEXT, "/console/wallets/{walletAddress}"},
	{"Asked for", "incomingAmount", CELL_AMOUNT, NULL},
	{"Received", "receivedAmount", CELL_AMOUNT, NULL},
	{"Fee", "fee", CELL_AMOUNT, NULL},
	{"Waits for approval", "waitsForApproval", CELL_FLAG, NULL},
	{"Approved", "approvedAt", CELL_TIME, NULL},
	{"Cancelled", "cancelledAt", CELL_TIME, NULL},
	{"Reason", "cancelReason", CELL_TEXT, NULL},
	{"Client", "client", CELL_TEXT, NULL},
	{"Made", "createdAt", CELL_TIME, NULL},
	{"Expires", "expiresAt", CELL_TIME, NULL},
	{"URL", "url", CELL_COPY, NULL},
	{"Id", "id", CELL_COPY, NULL},
	{"Metadata", "metadata", CELL_JSON, NULL},
	LAST,
};
static const struct column attempt_list[] = {
	{"Attempt", "number", CELL_NUMBER, NULL},
	{"Begun", "startedAt", CELL_TIME, NULL},
	{"Ended", "endedAt", CELL_TIME, NULL},
	{"Sent by then", "sentAmount", CELL_AMOUNT, NULL},
	{"Delivered by then", "deliveredAmount", CELL_AMOUNT, NULL},
	{"Packets", "packets", CELL_NUMBER, NULL},
	{"Error", "error.description", CELL_TEXT, NULL},
	LAST,
};
static const struct column packet_list[] = {
	{"After", "ms", CELL_MS, NULL},
	{"Sequence", "sequence", CELL_NUMBER, NULL},
	{"What", "event", CELL_STATE, NULL},
	{"Code", "code", CELL_TEXT, NULL},
	{"Smallest units", "amount", CELL_DECIMAL, NULL},
	{"Delivered by then", "delivered", CELL_DECIMAL, NULL},
	LAST,
};
static const struct column line_list[] = {
	{"Line", "id", CELL_NUMBER, NULL},
	{"When", "createdAt", CELL_TIME, NULL},
	{"Kind", "kind", CELL_TEXT, NULL},
	{"From", "debit", CELL_TEXT, NULL},
	{"To", "credit", CELL_TEXT, NULL},
	{"Amount", "amount", CELL_AMOUNT, NULL},
	{"State", "state", CELL_STATE, NULL},
	LAST,
};
static const struct column message_list[] = {
	{"When", "createdAt", CELL_TIME, NULL},
	{"Direction", "direction", CELL_TEXT, NULL},
	{"Message", "text", CELL_TEXT, NULL},
	{"Delivered", "deliveredAt", CELL_TIME, NULL},
	LAST,
};
static const struct console_filter payment_filters[] = {
	{"walletAddress", "Wallet", NULL}, {"direction", "Direction", "outgoing incoming"},
	{"state", "State", "FUNDING SENDING PENDING PROCESSING COMPLETED FAILED CANCELLED EXPIRED"},
	{"from", "From day", NULL}, {"to", "Until day", NULL}, {NULL, NULL, NULL},
};
static const struct column wallet_list[] = {
	{"Name", "name", CELL_TEXT, "/console/wallets/{name}"},
	{"Public name", "publicName", CELL_TEXT, NULL},
	{"State", "status", CELL_STATE, NULL},
	{"Asset", "assetCode", CELL_TEXT, NULL},
	{"User", "user", CELL_TEXT, NULL},
	{"Address", "url", CELL_COPY, NULL},
	{"Opened", "createdAt", CELL_TIME, NULL},
	LAST,
};
static const struct column user_list[] = {
	{"Name", "name", CELL_TEXT, NULL},
	{"Wallets", "wallets", CELL_LIST, NULL},
	{"Has a password", "hasPassword", CELL_FLAG, NULL},
	{"Open sessions", "sessions", CELL_NUMBER, NULL},
	{"Last seen", "usedAt", CELL_TIME, NULL},
	{"Since", "createdAt", CELL_TIME, NULL},
	{"Id", "id", CELL_COPY, NULL},
	LAST,
};
static const struct column wallet_facts[] = {
	{"State", "status", CELL_STATE, NULL},
	{"Public name", "publicName", CELL_TEXT, NULL},
	{"Address", "url", CELL_COPY, NULL},
	{"ILP address", "ilpAddress", CELL_COPY, NULL},
	{"Asset", "assetCode", CELL_TEXT, "/console/assets/{assetCode}"},
	{"User", "user", CELL_TEXT, NULL},
	{"Taken until", "inactiveAt", CELL_TIME, NULL},
	{"Opened", "createdAt", CELL_TIME, NULL},
	{"Id", "id", CELL_COPY, NULL},
	LAST,
};
static const struct column balance_facts[] = {
	{"Balance", "balance", CELL_AMOUNT, NULL},
	{"Held by what is on its way", "pending", CELL_AMOUNT, NULL},
	LAST,
};
static const struct column key_list[] = {
	{"Key id", "kid", CELL_COPY, NULL},
	{"Published", "createdAt", CELL_TIME, NULL},
	{"Last used", "lastUsedAt", CELL_TIME, NULL},
	{"Revoked", "revokedAt", CELL_TIME, NULL},
	{"Id", "id", CELL_COPY, NULL},
	LAST,
};
static const struct column grant_list[] = {
	{"When", "createdAt", CELL_TIME, NULL},
	{"Client", "client", CELL_TEXT, "/console/grants/{id}"},
	{"Calls itself", "clientName", CELL_TEXT, NULL},
	{"State", "state", CELL_STATE, NULL},
	{"Reason", "reason", CELL_STATE, NULL},
	{"Ends", "endsAt", CELL_TIME, NULL},
	{"Id", "id", CELL_COPY, NULL},
	LAST,
};
static const struct column grant_facts[] = {
	{"State", "state", CELL_STATE, NULL},
	{"Reason", "reason", CELL_STATE, NULL},
	{"Client", "client", CELL_COPY, NULL},
	{"Calls itself", "clientName", CELL_TEXT, NULL},
	{"Wallet of who agreed", "walletAddressId", CELL_COPY, "/console/wallets/{walletAddressId}"},
	{"Made", "createdAt", CELL_TIME, NULL},
	{"Changed", "changedAt", CELL_TIME, NULL},
	{"Ends", "endsAt", CELL_TIME, NULL},
	{"Id", "id", CELL_COPY, NULL},
	LAST,
};
static const struct column access_list[] = {
	{"What", "type", CELL_TEXT, NULL},
	{"May", "actions", CELL_LIST, NULL},
	{"Of", "identifier", CELL_COPY, NULL},
	{"Limits", "limits", CELL_JSON, NULL},
	{"Spent", "spentDebitAmount", CELL_AMOUNT, NULL},
	{"Delivered", "spentReceiveAmount", CELL_AMOUNT, NULL},
	LAST,
};
static const struct console_filter grant_filters[] = {
	{"client", "Client", NULL}, {"walletAddress", "Wallet", NULL},
	{"state", "State", "PENDING APPROVED FINALIZED"}, {"reason", "Reason", "ISSUED REJECTED REVOKED EXPIRED"},
	{NULL, NULL, NULL},
};
static const struct column client_list[] = {
	{"Client", "client", CELL_COPY, "/console/grants?client={client}"},
	{"Calls itself", "clientName", CELL_TEXT, NULL},
	{"Grants", "grants", CELL_NUMBER, NULL},
	{"Issued", "issued", CELL_NUMBER, NULL},
	{"Newest", "newestGrantAt", CELL_TIME, NULL},
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
	static const struct column why = {"", "error.description", CELL_TEXT, NULL};
	bool over = is_state(payment, "COMPLETED") || is_state(payment, "FAILED") ||
	            is_state(payment, "CANCELLED") || is_state(payment, "EXPIRED");
	const struct when when = when_of(v->rq);
	struct arena *a = &v->rq->arena;
	json_t *list = json_array(), *attempt;
	size_t i;

	add_step(list, "Made", "done", cell_json(&when, a, &made, payment, 0));
	json_array_foreach(json_object_get(payment, "attemptLog"), i, attempt)
	{
		const char *error = console_text(v, &why, attempt);

		add_step(list,
		        arena_printf(a, "Attempt: %s sent%s%s", console_text(v, &sent, attempt),
		                *error ? "; " : "", error),
		        *error ? "bad" : "done", cell_json(&when, a, &begun, attempt, 0));
	}
	add_step(list, json_string_value(json_object_get(payment, "state")),
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
	json_t *shown = json_array();

	for (size_t i = from; i < n; i++)
		(void)json_array_append(shown, json_array_get(all, i));
	part_table(v,
	        from > 0 ? arena_printf(&v->rq->arena, "Packets: the newest %d of %zu notes",
	                           PACKETS_SHOWN, n)
	                 : "Packets",
	        packet_list, shown,
	        "They are kept one by one only of a payment that was made so, here or by florin "
	        "pay "
	        "--trace, and until the node stops.");
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

	v->heading = incoming ? "Incoming payment" : "Outgoing payment";
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
	static const char *const keys[] = {"key.add", NULL}, *const revoke[] = {"key.revoke", NULL};

	v->heading = json_string_value(json_object_get(v->answers[0], "name"));
	part_facts(v, "Money", balance_facts, v->answers[1]);
	part_facts(v, "The wallet", wallet_facts, v->answers[0]);
	part_link(v, "Payments", "In and out of this wallet.", "Its payments",
	        arena_printf(&v->rq->arena, "/console/payments?walletAddress=%s", v->heading));
	part_forms(v, "What can be done", v->answers[0], acts);
	part_table(v, "Keys of its clients", key_list, json_object_get(v->answers[2], "items"),
	        "None is published.");
	part_forms(v, "", v->answers[2], keys);
	if (json_array_size(json_object_get(v->answers[2], "items")) > 0)
		part_forms(v, "", v->answers[2], revoke);
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
                .title = "Users",
                .nav = "/console/wallets",
                .reads = {{.path = "/users", .query = "cursor limit"}},
                .build = users,
                .list = user_list,
                .empty =
                        "Nobody signs in to a wallet yet. A wallet's page sets the password of its "
                        "user.",
                .empty_label = "Wallets",
                .empty_href = "/console/wallets"},
        {.pattern = "/console/payments",
                .title = "Payments",
                .nav = "/console/payments",
                .reads = {{.path = "/payments",
                        .query = "walletAddress direction state from to cursor limit"}},
                .build = payments,
                .list = payment_list,
                .filters = payment_filters,
                .empty = "Nothing was paid yet. A wallet that holds something can pay, and any can "
                         "be paid.",
                .empty_label = "Wallets",
                .empty_href = "/console/wallets"},
        {.pattern = "/console/payments/{id}",
                .title = "Payment",
                .nav = "/console/payments",
                .reads = {{.path = "/payments/{id}"},
                        {.path = "/outgoing-payments/{id}/trace", .optional = true}},
                .build = payment},
        {.pattern = "/console/wallets",
                .title = "Wallets",
                .nav = "/console/wallets",
                .reads = {{.path = "/wallet-addresses", .query = "cursor limit"}},
                .build = wallets,
                .list = wallet_list,
                .empty = "Open the first one below."},
        {.pattern = "/console/wallets/{id}",
                .title = "Wallet",
                .nav = "/console/wallets",
                .reads = {{.path = "/wallet-addresses/{id}"},
                        {.path = "/wallet-addresses/{id}/balance"},
                        {.path = "/wallet-addresses/{id}/keys"}},
                .build = wallet},
        {.pattern = "/console/grants",
                .title = "Grants",
                .nav = "/console/grants",
                .reads = {{.path = "/grants",
                        .query = "client walletAddress state reason cursor limit"}},
                .build = grants,
                .list = grant_list,
                .filters = grant_filters,
                .empty =
                        "No client was allowed anything yet. One asks by Open Payments, with a key "
                        "that a wallet publishes.",
                .empty_label = "Publish one on a wallet's page",
                .empty_href = "/console/wallets"},
        {.pattern = "/console/clients",
                .title = "Clients",
                .nav = "/console/grants",
                .reads = {{.path = "/clients", .query = "cursor limit"}},
                .build = users,
                .list = client_list,
                .empty = "Nobody has asked for a grant. A client's key is published on a wallet's "
                         "page.",
                .empty_label = "Wallets",
                .empty_href = "/console/wallets"},
        {.pattern = "/console/grants/{id}",
                .title = "Grant",
                .nav = "/console/grants",
                .reads = {{.path = "/grants/{id}"}},
                .build = grant},
        {.pattern = NULL},
};
