/* acts: what an operator can do, as a table: forms and the requests that they become. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "console/act.h"
#include "console/view.h"
#include "console/word.h"

/* clang-format off */

#define END {NULL, NULL, FIELD_TEXT, false, NULL, NULL, NULL, NULL}

/* ---- columns of answers that are shown once ---- */

static const struct column invitation_answer[] = {
	{WORDS("Link"), "url", CELL_COPY, NULL}, {WORDS("Name"), "name", CELL_TEXT, NULL}, {WORDS("Asset"), "assetCode", CELL_TEXT, NULL},
	{WORDS("Credit limit"), "creditLimit", CELL_AMOUNT, NULL}, {WORDS("Good until"), "expiresAt", CELL_TIME, NULL}, {NULL, NULL, CELL_TEXT, NULL},
};
static const struct column terms_answer[] = {
	{WORDS("Address"), "ilpAddress", CELL_TEXT, NULL}, {WORDS("Endpoint"), "url", CELL_TEXT, NULL}, {WORDS("Asset"), "assetCode", CELL_TEXT, NULL},
	{WORDS("Credit that they give"), "creditLimit", CELL_AMOUNT, NULL}, {WORDS("Largest packet"), "maxPacketAmount", CELL_AMOUNT, NULL},
	{WORDS("Spread"), "spreadBps", CELL_BPS, NULL}, {WORDS("Good until"), "expiresAt", CELL_TIME, NULL}, {NULL, NULL, CELL_TEXT, NULL},
};
static const struct column test_answer[] = {
	{WORDS("Answers"), "ok", CELL_FLAG, NULL}, {WORDS("Its address of this node"), "ilpAddress", CELL_TEXT, NULL}, {WORDS("Time"), "elapsedMs", CELL_MS, NULL},
	{WORDS("Ping"), "pingMs", CELL_MS, NULL}, {WORDS("Way reached its end"), "arrived", CELL_FLAG, NULL}, {WORDS("Error"), "error", CELL_SAID, NULL},
	{NULL, NULL, CELL_TEXT, NULL},
};
static const struct column quote_answer[] = {
	{WORDS("From"), "walletAddress", CELL_TEXT, NULL}, {WORDS("To"), "receiver", CELL_TEXT, NULL}, {WORDS("Debited"), "debitAmount", CELL_AMOUNT, NULL},
	{WORDS("Arrives at least"), "receiveAmount", CELL_AMOUNT, NULL}, {WORDS("Fee"), "fee", CELL_AMOUNT, NULL}, {WORDS("Rate"), "rate", CELL_DECIMAL, NULL},
	{WORDS("Good until"), "expiresAt", CELL_TIME, NULL}, {NULL, NULL, CELL_TEXT, NULL},
};
static const struct column operator_answer[] = {
	{WORDS("Operator"), "name", CELL_TEXT, NULL}, {WORDS("Set-up token"), "setupToken", CELL_COPY, NULL}, {WORDS("Page"), "setupPath", CELL_TEXT, NULL},
	{WORDS("Good until"), "expiresAt", CELL_TIME, NULL}, {NULL, NULL, CELL_TEXT, NULL},
};
static const struct column webhook_answer[] = {
	{WORDS("URL"), "url", CELL_COPY, NULL}, {WORDS("Secret of its signatures"), "secret", CELL_COPY, NULL}, {WORDS("Types of events"), "types", CELL_LIST, NULL},
	{WORDS("Webhook endpoint"), "id", CELL_TEXT, "/console/webhooks/{id}"}, {NULL, NULL, CELL_TEXT, NULL},
};
static const struct column reconcile_answer[] = {
	{WORDS("Peer"), "peer", CELL_TEXT, NULL}, {WORDS("Admitted"), "admitted", CELL_TEXT, NULL}, {WORDS("Denied"), "denied", CELL_TEXT, NULL},
	{WORDS("Kept"), "kept", CELL_TEXT, NULL}, {WORDS("Still open"), "open", CELL_TEXT, NULL}, {WORDS("Balance"), "balance", CELL_AMOUNT, NULL},
	{NULL, NULL, CELL_TEXT, NULL},
};

/* ---- fields ---- */

static const struct act_field invite_fields[] = {
	{"name", WORDS("What you call the peer"), FIELD_TEXT, true, WORDS("a-z, 0-9, - and _"), NULL, NULL, NULL},
	{"assetCode", WORDS("Asset"), FIELD_ASSET, true, NULL, NULL, NULL, NULL},
	{"creditLimit", WORDS("Credit limit"), FIELD_AMOUNT, false, WORDS("How far the peer may owe you. Empty: not at all."), NULL, NULL, NULL},
	{"maxPacketAmount", WORDS("Largest packet"), FIELD_AMOUNT, false, WORDS("Empty: any."), NULL, NULL, NULL},
	{"spreadBps", WORDS("Spread in basis points"), FIELD_NUMBER, false, WORDS("50 is half a percent."), NULL, NULL, NULL},
	END,
};
static const struct act_field preview_fields[] = {
	{"url", WORDS("Invitation link"), FIELD_SECRET, true, WORDS("As the other operator gave it to you."), NULL, NULL, NULL},
	END,
};
static const struct act_field accept_fields[] = {
	{"url", NULL, FIELD_TOKEN, true, NULL, NULL, NULL, "form.url"},
	{"name", WORDS("What you call the peer"), FIELD_TEXT, true, WORDS("a-z, 0-9, - and _"), NULL, NULL, NULL},
	{"creditLimit", WORDS("Credit limit"), FIELD_AMOUNT, false, WORDS("How far the peer may owe you. Empty: not at all."), NULL, NULL, NULL},
	{"maxPacketAmount", WORDS("Largest packet"), FIELD_AMOUNT, false, WORDS("Empty: any."), NULL, NULL, NULL},
	{"spreadBps", WORDS("Spread in basis points"), FIELD_NUMBER, false, NULL, NULL, NULL, NULL},
	END,
};
static const struct act_field auto_fields[] = {
	{"url", WORDS("The other node's URL"), FIELD_TEXT, true, "https://wallet.example", NULL, NULL, NULL},
	{"name", WORDS("What you call the peer"), FIELD_TEXT, true, NULL, NULL, NULL, NULL},
	{"assetCode", WORDS("Asset"), FIELD_ASSET, true, NULL, NULL, NULL, NULL},
	END,
};
static const struct act_field peer_fields[] = {
	{"name", WORDS("Name"), FIELD_TEXT, true, WORDS("a-z, 0-9, - and _"), NULL, NULL, NULL},
	{"assetCode", WORDS("Asset"), FIELD_ASSET, true, NULL, NULL, NULL, NULL},
	{"ilpAddress", WORDS("ILP address"), FIELD_TEXT, true, "test.acme", NULL, NULL, NULL},
	{"url", WORDS("Endpoint"), FIELD_TEXT, true, "https://acme.example/ilp", NULL, NULL, NULL},
	{"outgoingToken", WORDS("Token that we show to it"), FIELD_SECRET, true, NULL, NULL, NULL, NULL},
	{"incomingToken", WORDS("Token that it shows to us"), FIELD_SECRET, true, NULL, NULL, NULL, NULL},
	{"creditLimit", WORDS("Credit limit"), FIELD_AMOUNT, false, WORDS("How far it may owe us. Empty: not at all."), NULL, NULL, NULL},
	{"maxPacketAmount", WORDS("Largest packet"), FIELD_AMOUNT, false, WORDS("Empty: any."), NULL, NULL, NULL},
	{"spreadBps", WORDS("Spread in basis points"), FIELD_NUMBER, false, NULL, NULL, NULL, NULL},
	{"routes", WORDS("Routes to it"), FIELD_WORDS, false, WORDS("Address prefixes, with blanks between."), NULL, NULL, NULL},
	{"parent", WORDS("It is our way to everybody else (parent)"), FIELD_FLAG, false, NULL, NULL, NULL, NULL},
	{"ccp", WORDS("Exchange routes with it"), FIELD_FLAG, false, NULL, NULL, NULL, NULL},
	END,
};
static const struct act_field peer_change_fields[] = {
	{"url", WORDS("Endpoint"), FIELD_TEXT, false, NULL, NULL, NULL, "url"},
	{"creditLimit", WORDS("Credit limit"), FIELD_AMOUNT, false, WORDS("How far it may owe us."), NULL, NULL, "creditLimit"},
	{"maxPacketAmount", WORDS("Largest packet"), FIELD_AMOUNT, false, WORDS("0: any."), NULL, NULL, "maxPacketAmount"},
	{"debtLimit", WORDS("Debt limit"), FIELD_AMOUNT, false, WORDS("How far packets may make us owe it. 0: any."), NULL, NULL, "debtLimit"},
	{"spreadBps", WORDS("Spread in basis points"), FIELD_NUMBER, false, NULL, NULL, NULL, "spreadBps"},
	{"packetsPerSecond", WORDS("Packets per second"), FIELD_NUMBER, false, WORDS("0: the node's limit."), NULL, NULL, "packetsPerSecond"},
	{"inFlightLimit", WORDS("Packets in flight"), FIELD_NUMBER, false, WORDS("0: the node's limit."), NULL, NULL, "inFlightLimit"},
	{"liquidityThreshold", WORDS("Tell me when it may send no more than"), FIELD_AMOUNT, false, WORDS("0: never."), NULL, NULL, "liquidityThreshold"},
	{"liquidityThresholdHigh", WORDS("And when it may send at least"), FIELD_AMOUNT, false, WORDS("0: never."), NULL, NULL, "liquidityThresholdHigh"},
	{"routes", WORDS("Routes to it"), FIELD_WORDS, false, WORDS("Address prefixes, with blanks between."), NULL, NULL, "routes"},
	END,
};
static const struct act_field token_add_fields[] = {
	{"addIncomingToken", WORDS("Token that the peer will show"), FIELD_SECRET, true, WORDS("Both hold until the old one is revoked."), NULL, NULL, NULL},
	END,
};
static const struct act_field token_revoke_fields[] = {
	{"revokeIncomingToken", WORDS("Token"), FIELD_CHOICE, true, WORDS("The beginning of its SHA-256."), "incomingTokens.id", "createdAt", NULL},
	END,
};
static const struct act_field token_out_fields[] = {
	{"outgoingToken", WORDS("Token that we show from now on"), FIELD_SECRET, true, NULL, NULL, NULL, NULL},
	END,
};
static const struct act_field settle_fields[] = {
	{"direction", WORDS("Which way"), FIELD_CHOICE, true, WORDS("received: from the peer. sent: to it."), CHOICES("received sent"), NULL, NULL},
	{"amount", WORDS("Amount"), FIELD_AMOUNT, true, NULL, NULL, NULL, NULL},
	{"reference", WORDS("Reference"), FIELD_TEXT, false, WORDS("The bank's, for example."), NULL, NULL, NULL},
	END,
};
static const struct act_field terms_fields[] = {
	{"settleThreshold", WORDS("Settle when the balance is at or above"), FIELD_AMOUNT, false, WORDS("May be below zero."), NULL, NULL, "settleThreshold"},
	{"settleTo", WORDS("Down to"), FIELD_AMOUNT, false, NULL, NULL, NULL, "settleTo"},
	{"claimThreshold", WORDS("Say that they owe us from"), FIELD_AMOUNT, false, NULL, NULL, NULL, "claimThreshold"},
	{"engineUrl", WORDS("Settlement engine"), FIELD_TEXT, false, NULL, NULL, NULL, "engineUrl"},
	END,
};
static const struct act_field reconcile_fields[] = {
	{"received", WORDS("Packets that its books ever had from us"), FIELD_AMOUNT, true, NULL, NULL, NULL, NULL},
	{"sent", WORDS("Packets that its books ever had to us"), FIELD_AMOUNT, false, NULL, NULL, NULL, NULL},
	END,
};
static const struct act_field reason_fields[] = {
	{"reason", WORDS("Reason"), FIELD_TEXT, false, WORDS("The host and the client are told."), NULL, NULL, NULL},
	END,
};
static const struct act_field repeat_fields[] = {
	{"walletAddress", WORDS("From wallet"), FIELD_TEXT, true, NULL, NULL, NULL, "walletAddress"},
	{"receiver", WORDS("To"), FIELD_TEXT, true, WORDS("A payment pointer, a wallet address, or an incoming payment's URL."), NULL, NULL, "receiver"},
	{"debitAmount", WORDS("Debit"), FIELD_AMOUNT, true, NULL, NULL, NULL, "debitAmount"},
	END,
};
static const struct act_field pay_fields[] = {
	{"quoteId", NULL, FIELD_HIDDEN, true, NULL, NULL, NULL, "id"},
	END,
};
static const struct act_field asset_fields[] = {
	{"code", WORDS("Code"), FIELD_TEXT, true, "CHF", NULL, NULL, NULL},
	{"scale", WORDS("Digits behind the point"), FIELD_NUMBER, true, WORDS("It can't be changed later."), NULL, NULL, NULL},
	END,
};
static const struct act_field asset_change_fields[] = {
	{"liquidityThreshold", WORDS("Tell me when the pool holds no more than"), FIELD_AMOUNT, false, WORDS("0: never."), NULL, NULL, "liquidityThreshold"},
	{"liquidityThresholdHigh", WORDS("And when it holds at least"), FIELD_AMOUNT, false, WORDS("0: never."), NULL, NULL, "liquidityThresholdHigh"},
	END,
};
static const struct act_field fee_fields[] = {
	{"type", WORDS("Kind of fee"), FIELD_CHOICE, true, WORDS("sending: paid by who pays. receiving: by who is paid."), CHOICES("sending receiving"), NULL, NULL},
	{"fixed", WORDS("Fixed part"), FIELD_AMOUNT, false, NULL, NULL, NULL, NULL},
	{"basisPoints", WORDS("Basis points of the amount"), FIELD_NUMBER, false, WORDS("100 is one percent."), NULL, NULL, NULL},
	END,
};
static const struct act_field amount_fields[] = {
	{"amount", WORDS("Amount"), FIELD_AMOUNT, true, NULL, NULL, NULL, NULL},
	END,
};
static const struct act_field spread_fields[] = {
	{"peer", WORDS("Peer"), FIELD_TEXT, false, WORDS("Empty: of the pair, whoever the peer is."), NULL, NULL, NULL},
	{"direction", WORDS("Direction"), FIELD_CHOICE, true, WORDS("in: of what comes from the peer."), CHOICES("in out"), NULL, NULL},
	{"from", WORDS("From asset"), FIELD_TEXT, false, WORDS("Empty, with the next: of any pair."), NULL, NULL, NULL},
	{"to", WORDS("To asset"), FIELD_TEXT, false, NULL, NULL, NULL, NULL},
	{"basisPoints", WORDS("Basis points"), FIELD_NUMBER, true, NULL, NULL, NULL, NULL},
	END,
};
static const struct act_field pair_fields[] = {
	{"pair", WORDS("Pair"), FIELD_TEXT, true, "USD/EUR", NULL, NULL, NULL},
	END,
};
static const struct act_field wallet_fields[] = {
	{"name", WORDS("Name"), FIELD_TEXT, true, WORDS("The end of its address: a-z, 0-9, - and _. It can't be changed."), NULL, NULL, NULL},
	{"assetCode", WORDS("Asset"), FIELD_ASSET, true, NULL, NULL, NULL, NULL},
	{"publicName", WORDS("Public name"), FIELD_TEXT, false, NULL, NULL, NULL, NULL},
	{"user", WORDS("User"), FIELD_TEXT, false, WORDS("Who signs in. Empty: one of the wallet's name."), NULL, NULL, NULL},
	{"password", WORDS("Password of the user"), FIELD_SECRET, false, NULL, NULL, NULL, NULL},
	END,
};
static const struct act_field rename_fields[] = {
	{"publicName", WORDS("Public name"), FIELD_TEXT, true, NULL, NULL, NULL, "publicName"},
	END,
};
static const struct act_field password_fields[] = {
	{"password", WORDS("New password"), FIELD_SECRET, true, WORDS("The user's sessions end."), NULL, NULL, NULL},
	END,
};
static const struct act_field key_fields[] = {
	{"key", WORDS("Public key"), FIELD_LINES, true, WORDS("A JWK, PEM, or the key's base64."), NULL, NULL, NULL},
	{"kid", WORDS("Key id"), FIELD_TEXT, false, WORDS("Empty: its thumbprint."), NULL, NULL, NULL},
	END,
};
static const struct act_field doubt_fields[] = {
	{"doubt", WORDS("Which"), FIELD_PATH, true, NULL, "items.id", "direction", NULL},
	{"to", WORDS("Whose it is"), FIELD_CHOICE, true, NULL, CHOICES("payer peer"), NULL, NULL},
	END,
};
static const struct act_field withdrawal_fields[] = {
	{"withdrawal", WORDS("Which"), FIELD_PATH, true, NULL, "items.id", "account", NULL},
	END,
};
static const struct act_field cash_fields[] = {
	{"answer", WORDS("Your answer"), FIELD_TEXT, false, WORDS("One line that the account holder reads."), NULL, NULL, NULL},
	END,
};
static const struct act_field operator_fields[] = {
	{"name", WORDS("Name"), FIELD_TEXT, true, WORDS("a-z, 0-9, - and _. Of one that there is: to begin anew."), NULL, NULL, NULL},
	END,
};
static const struct act_field operator_remove_fields[] = {
	{"operator", WORDS("Operator"), FIELD_PATH, true, NULL, "items.name", "name", NULL},
	END,
};

static const struct act_field webhook_fields[] = {
	{"url", WORDS("URL"), FIELD_TEXT, true, WORDS("https://host.example/florin. Events are posted to it, signed."), NULL, NULL, NULL},
	{"types", WORDS("Told of these types of events"), FIELD_EVENTS, false, WORDS("None chosen: of all, also of those that a later version adds."), NULL, NULL, NULL},
	END,
};
static const struct act_field webhook_change_fields[] = {
	{"url", WORDS("URL"), FIELD_TEXT, true, NULL, NULL, NULL, "url"},
	{"types", WORDS("Told of these types of events"), FIELD_EVENTS, false, WORDS("None chosen: of all, also of those that a later version adds."), NULL, NULL, "types"},
	{"enabled", WORDS("It is told of events"), FIELD_FLAG, false, NULL, NULL, NULL, "enabled"},
	END,
};

/* ---- what no form says ---- */

static bool fill_by(struct console_view *v, json_t *body)
{
	return !json_object_set_new(body, "by", json_string(operator_visitor_name(&v->visitor)));
}

/* A name of the time, in the directory of backups. */
static bool fill_backup(struct console_view *v, json_t *body)
{
	const char *dir = console_of(v->rq)->backup_dir;

	if (mkdir(dir, 0700) != 0 && errno != EEXIST) {
		log_error("console_backup", "errno=%d", errno);
		return false;
	}
	return !json_object_set_new(body, "file", json_sprintf("%s/florin-%lld.db", dir,
		(long long)http_wall_ms(v->rq)));
}

/* ---- the acts ---- */

#define PEER   "/console/peers/{id}"
#define WALLET "/console/wallets/{id}"
#define ASSET  "/console/assets/{id}"
#define WEBHOOK "/console/webhooks/{id}"

const struct console_act console_acts[] = {
	{.name = "peer.invite", .pattern = "/console/peers/invite", .method = HTTP_POST, .path = "/peers/invitations",
	 .title = WORDS("Invite a peer"), .button = WORDS("Make a link"), .intro = WORDS("You get a link that is good once, for a day. Give it to the other operator."),
	 .fields = invite_fields, .page = "/console/peers", .shows = invitation_answer},
	{.name = "peer.preview", .pattern = "/console/peers/preview", .method = HTTP_POST, .path = "/peers/invitations/preview",
	 .title = WORDS("Accept an invitation"), .button = WORDS("Show the terms"), .fields = preview_fields, .page = "/console/peers",
	 .shows = terms_answer, .next = "peer.accept"},
	{.name = "peer.accept", .pattern = "/console/peers/accept", .method = HTTP_POST, .path = "/peers/invitations/accept",
	 .title = WORDS("Become a peer by this invitation"), .button = WORDS("Accept"), .fields = accept_fields, .asset = "assetCode", .page = "/console/peers",
	 .back = "/console/peers/{name}"},
	{.name = "peer.auto", .pattern = "/console/peers/auto", .method = HTTP_POST, .path = "/peers/auto",
	 .title = WORDS("Become a peer by auto-peering"), .button = WORDS("Ask the node"), .fields = auto_fields, .page = "/console/peers",
	 .back = "/console/peers/{name}"},
	{.name = "peer.add", .pattern = "/console/peers/add", .method = HTTP_POST, .path = "/peers",
	 .title = WORDS("Add a peer by hand"), .button = WORDS("Add"), .fields = peer_fields, .page = "/console/peers", .back = "/console/peers/{name}"},
	{.name = "peer.set", .pattern = PEER "/set", .method = HTTP_PATCH, .path = "/peers/{id}",
	 .title = WORDS("Limits and routes"), .button = WORDS("Change"), .fields = peer_change_fields, .asset = "assetCode", .page = PEER},
	{.name = "peer.test", .pattern = PEER "/test", .method = HTTP_POST, .path = "/peers/{id}/test",
	 .title = WORDS("Test the link"), .button = WORDS("Test"), .intro = WORDS("Packets without money, and who answers them."), .page = PEER, .shows = test_answer},
	{.name = "peer.settle", .pattern = PEER "/settle", .method = HTTP_POST, .path = "/peers/{id}/settlements",
	 .title = WORDS("Settle"), .button = WORDS("Record"), .intro = WORDS("Money that moved outside Interledger."), .fields = settle_fields, .asset = "assetCode", .page = PEER},
	{.name = "peer.terms", .pattern = PEER "/terms", .method = HTTP_PATCH, .path = "/peers/{id}/settlement-terms",
	 .title = WORDS("When to settle"), .button = WORDS("Change"), .fields = terms_fields, .asset = "assetCode", .page = PEER},
	{.name = "peer.reconcile", .pattern = PEER "/reconcile", .method = HTTP_POST, .path = "/peers/{id}/reconcile",
	 .title = WORDS("Reconcile"), .confirm = "{id}", .button = WORDS("Compare the books"), .intro = WORDS("Ends what is in doubt with the peer by what its books say."),
	 .fields = reconcile_fields, .asset = "assetCode", .page = PEER, .shows = reconcile_answer},
	{.name = "peer.token.add", .pattern = PEER "/token-add", .method = HTTP_PATCH, .path = "/peers/{id}",
	 .title = WORDS("Add an incoming token"), .button = WORDS("Add"), .fields = token_add_fields, .page = PEER},
	{.name = "peer.token.revoke", .pattern = PEER "/token-revoke", .method = HTTP_PATCH, .path = "/peers/{id}",
	 .title = WORDS("Revoke an incoming token"), .button = WORDS("Revoke"), .confirm = "{id}", .fields = token_revoke_fields, .page = PEER},
	{.name = "peer.token.out", .pattern = PEER "/token-out", .method = HTTP_PATCH, .path = "/peers/{id}",
	 .title = WORDS("Change the outgoing token"), .button = WORDS("Change"), .fields = token_out_fields, .page = PEER},
	{.name = "peer.activate", .pattern = PEER "/activate", .method = HTTP_PATCH, .path = "/peers/{id}",
	 .title = WORDS("Make it active"), .button = WORDS("Activate"), .unless = "state=active", .body = "{\"state\":\"active\"}", .page = PEER},
	{.name = "peer.drain", .pattern = PEER "/drain", .method = HTTP_PATCH, .path = "/peers/{id}",
	 .title = WORDS("Drain"), .button = WORDS("Drain"), .intro = WORDS("What is in flight ends; nothing new begins."), .unless = "state=draining", .body = "{\"state\":\"draining\"}", .page = PEER},
	{.name = "peer.disable", .pattern = PEER "/disable", .method = HTTP_PATCH, .path = "/peers/{id}",
	 .title = WORDS("Disable"), .button = WORDS("Disable"), .unless = "state=disabled", .confirm = "{id}", .body = "{\"state\":\"disabled\"}", .page = PEER},
	{.name = "peer.remove", .pattern = PEER "/remove", .method = HTTP_DELETE, .path = "/peers/{id}",
	 .title = WORDS("Remove"), .button = WORDS("Remove"), .intro = WORDS("Where it has a balance or something in doubt it is disabled instead."),
	 .confirm = "{id}", .page = PEER, .back = "/console/peers"},

	{.name = "payment.cancel", .pattern = "/console/payments/{id}/cancel", .method = HTTP_POST, .path = "/outgoing-payments/{id}/cancel",
	 .title = WORDS("Cancel"), .confirm = WORDS("cancel"), .button = WORDS("Cancel the payment"), .intro = WORDS("What has been delivered stays delivered; the rest is given back."),
	 .fields = reason_fields, .page = "/console/payments/{id}"},
	{.name = "payment.quote", .pattern = "/console/payments/{id}/repeat", .method = HTTP_POST, .path = "/quotes",
	 .title = WORDS("Try again"), .button = WORDS("Ask for a quote"), .intro = WORDS("A new payment. The quote shows what it costs before anything moves."),
	 .fields = repeat_fields, .asset = "debitAmount.assetCode", .page = "/console/payments/{id}", .shows = quote_answer, .next = "payment.pay"},
	{.name = "payment.pay", .pattern = "/console/payments/pay", .method = HTTP_POST, .path = "/outgoing-payments",
	 .title = WORDS("Pay as quoted"), .button = WORDS("Pay"), .intro = WORDS("Its packets are kept, so that its page can show each."), .body = "{\"trace\":true}", .fields = pay_fields, .page = "/console/payments", .back = "/console/payments/{id}"},
	{.name = "incoming.approve", .pattern = "/console/payments/{id}/approve", .method = HTTP_POST, .path = "/incoming-payments/{id}/approve",
	 .title = WORDS("Approve"), .button = WORDS("Approve"), .page = "/console/payments/{id}"},
	{.name = "incoming.complete", .pattern = "/console/payments/{id}/complete", .method = HTTP_POST, .path = "/incoming-payments/{id}/complete",
	 .title = WORDS("Complete"), .confirm = WORDS("complete"), .button = WORDS("Complete"), .intro = WORDS("It takes no more."), .page = "/console/payments/{id}"},
	{.name = "incoming.cancel", .pattern = "/console/payments/{id}/refuse", .method = HTTP_POST, .path = "/incoming-payments/{id}/cancel",
	 .title = WORDS("Cancel"), .confirm = WORDS("cancel"), .button = WORDS("Cancel"), .fields = reason_fields, .page = "/console/payments/{id}"},

	{.name = "asset.add", .pattern = "/console/assets/add", .method = HTTP_POST, .path = "/assets",
	 .title = WORDS("Add an asset"), .button = WORDS("Add"), .fields = asset_fields, .page = "/console/assets", .back = "/console/assets/{code}"},
	{.name = "asset.set", .pattern = ASSET "/set", .method = HTTP_PATCH, .path = "/assets/{id}",
	 .title = WORDS("Thresholds"), .button = WORDS("Change"), .fields = asset_change_fields, .asset = "code", .page = ASSET},
	{.name = "asset.fee", .pattern = ASSET "/fee", .method = HTTP_POST, .path = "/assets/{id}/fees",
	 .title = WORDS("Set a fee"), .button = WORDS("Set"), .intro = WORDS("From now on; quotes keep the fee that they were made with."), .fields = fee_fields, .asset = "code", .page = ASSET},
	{.name = "asset.deposit", .pattern = ASSET "/deposit", .method = HTTP_POST, .path = "/assets/{id}/liquidity/deposits",
	 .title = WORDS("Add liquidity"), .button = WORDS("Pay in"), .fields = amount_fields, .asset = "code", .page = ASSET},
	{.name = "asset.withdraw", .pattern = ASSET "/withdraw", .method = HTTP_POST, .path = "/assets/{id}/liquidity/withdrawals",
	 .title = WORDS("Take liquidity out"), .button = WORDS("Pay out"), .confirm = "{id}", .fields = amount_fields, .asset = "code", .page = ASSET},
	{.name = "spread.set", .pattern = "/console/rates/spread", .method = HTTP_PUT, .path = "/spreads",
	 .title = WORDS("Set a spread"), .button = WORDS("Set"), .fields = spread_fields, .page = "/console/rates", .fill = fill_by},
	{.name = "rate.accept", .pattern = "/console/rates/accept", .method = HTTP_POST, .path = "/rates/accept",
	 .title = WORDS("Accept a price that jumped"), .button = WORDS("Accept"), .fields = pair_fields, .page = "/console/rates"},

	{.name = "wallet.add", .pattern = "/console/wallets/add", .method = HTTP_POST, .path = "/wallet-addresses",
	 .title = WORDS("Open a wallet"), .button = WORDS("Open it"), .fields = wallet_fields, .page = "/console/wallets", .back = "/console/wallets/{name}"},
	{.name = "wallet.rename", .pattern = WALLET "/rename", .method = HTTP_PATCH, .path = "/wallet-addresses/{id}",
	 .title = WORDS("Public name"), .button = WORDS("Change"), .fields = rename_fields, .page = WALLET},
	{.name = "wallet.deposit", .pattern = WALLET "/deposit", .method = HTTP_POST, .path = "/wallet-addresses/{id}/deposits",
	 .title = WORDS("Deposit"), .button = WORDS("Pay in"), .fields = amount_fields, .asset = "assetCode", .page = WALLET},
	{.name = "wallet.withdraw", .pattern = WALLET "/withdraw", .method = HTTP_POST, .path = "/wallet-addresses/{id}/withdrawals",
	 .title = WORDS("Withdraw"), .button = WORDS("Pay out"), .confirm = "{id}", .fields = amount_fields, .asset = "assetCode", .page = WALLET},
	{.name = "wallet.password", .pattern = WALLET "/password", .method = HTTP_PATCH, .path = "/wallet-addresses/{id}",
	 .title = WORDS("Set the user's password"), .button = WORDS("Set"), .fields = password_fields, .page = WALLET},
	{.name = "wallet.stop", .pattern = WALLET "/stop", .method = HTTP_PATCH, .path = "/wallet-addresses/{id}",
	 .title = WORDS("Take no new payments"), .button = WORDS("Make it inactive"), .intro = WORDS("Open payments are taken for another day. It can be active again."),
	 .unless = "status=inactive", .body = "{\"status\":\"inactive\"}", .page = WALLET},
	{.name = "wallet.start", .pattern = WALLET "/start", .method = HTTP_PATCH, .path = "/wallet-addresses/{id}",
	 .title = WORDS("Take payments again"), .button = WORDS("Make it active"), .unless = "status=active", .body = "{\"status\":\"active\"}", .page = WALLET},
	{.name = "wallet.close", .pattern = WALLET "/close", .method = HTTP_PATCH, .path = "/wallet-addresses/{id}",
	 .title = WORDS("Close"), .button = WORDS("Close for good"), .unless = "status=closed", .intro = WORDS("It can't be opened again."), .confirm = "{id}", .body = "{\"status\":\"closed\"}", .page = WALLET},
	{.name = "key.add", .pattern = WALLET "/key-add", .method = HTTP_POST, .path = "/wallet-addresses/{id}/keys",
	 .title = WORDS("Publish a key"), .button = WORDS("Publish"), .fields = key_fields, .page = WALLET},
	{.name = "key.revoke", .pattern = "/console/keys/{id}/revoke", .method = HTTP_DELETE, .path = "/keys/{id}",
	 .title = WORDS("Revoke"), .button = WORDS("Revoke"), .intro = WORDS("What it signs is refused from then on. Its key id is free again."),
	 .confirm = WORDS("revoke"), .page = "/console/keys/{id}"},
	{.name = "grant.revoke", .pattern = "/console/grants/{id}/revoke", .method = HTTP_POST, .path = "/grants/{id}/revoke",
	 .title = WORDS("Revoke"), .button = WORDS("Revoke"), .intro = WORDS("The grant and its tokens end at once. Payments that were made go on."),
	 .confirm = WORDS("revoke"), .page = "/console/grants/{id}"},
	{.name = "event.redeliver", .pattern = "/console/events/{id}/redeliver", .method = HTTP_POST, .path = "/events/{id}/redeliver",
	 .title = WORDS("Deliver again"), .button = WORDS("Deliver again"), .page = "/console/events/{id}"},

	{.name = "webhook.add", .pattern = "/console/webhooks/add", .method = HTTP_POST, .path = "/webhook-endpoints",
	 .title = WORDS("Add an endpoint"), .button = WORDS("Add"), .intro = WORDS("It is told of what happens from now on. Its secret is shown once, behind this."),
	 .fields = webhook_fields, .page = "/console/webhooks", .shows = webhook_answer},
	{.name = "webhook.set", .pattern = WEBHOOK "/set", .method = HTTP_PATCH, .path = "/webhook-endpoints/{id}",
	 .title = WORDS("Change"), .button = WORDS("Change"), .fields = webhook_change_fields, .page = WEBHOOK},
	{.name = "webhook.secret", .pattern = WEBHOOK "/secret", .method = HTTP_POST, .path = "/webhook-endpoints/{id}/secret",
	 .title = WORDS("Make a new secret"), .button = WORDS("Make one"), .intro = WORDS("It is shown once. Events are signed with both until the next new one, so that the host can change over."),
	 .page = WEBHOOK, .shows = webhook_answer},
	{.name = "webhook.remove", .pattern = WEBHOOK "/remove", .method = HTTP_DELETE, .path = "/webhook-endpoints/{id}",
	 .title = WORDS("Remove"), .button = WORDS("Remove"), .intro = WORDS("It is told nothing more, not even what it has not taken yet."), .confirm = WORDS("remove"), .page = WEBHOOK,
	 .back = "/console/webhooks"},
	{.name = "delivery.redeliver", .pattern = WEBHOOK "/deliveries/{event}/redeliver", .method = HTTP_POST,
	 .path = "/webhook-endpoints/{id}/deliveries/{event}/redeliver", .title = WORDS("Deliver again"), .button = WORDS("Deliver again"),
	 .page = WEBHOOK "/deliveries/{event}"},

	{.name = "doubt.release", .pattern = "/console/doubts/release", .method = HTTP_POST, .path = "/doubts/{doubt}/release",
	 .title = WORDS("Release an amount in doubt"), .button = WORDS("Release"), .confirm = WORDS("release"), .fields = doubt_fields, .page = "/console/doubts"},
	{.name = "withdrawal.post", .pattern = "/console/withdrawals/post", .method = HTTP_POST, .path = "/withdrawals/{withdrawal}/post",
	 .title = WORDS("The money has gone"), .confirm = WORDS("post"), .button = WORDS("Post"), .fields = withdrawal_fields, .page = "/console/withdrawals"},
	{.name = "withdrawal.void", .pattern = "/console/withdrawals/void", .method = HTTP_POST, .path = "/withdrawals/{withdrawal}/void",
	 .title = WORDS("The money has not gone"), .confirm = WORDS("void"), .button = WORDS("Give it back"), .fields = withdrawal_fields, .page = "/console/withdrawals"},
	{.name = "cash.approve", .pattern = "/console/cash/{id}/approve", .method = HTTP_POST, .path = "/cash-requests/{id}/approve",
	 .title = WORDS("Approve the deposit"), .button = WORDS("Approve"), .intro = WORDS("The money has come. It is added to the wallet's balance."), .fields = cash_fields, .page = "/console/cash/{id}"},
	{.name = "cash.paid", .pattern = "/console/cash/{id}/paid", .method = HTTP_POST, .path = "/cash-requests/{id}/approve",
	 .title = WORDS("Approve the withdrawal"), .button = WORDS("Approve"), .intro = WORDS("The money has gone out. What the wallet held for it leaves its balance."), .fields = cash_fields, .page = "/console/cash/{id}"},
	{.name = "cash.refuse", .pattern = "/console/cash/{id}/refuse", .method = HTTP_POST, .path = "/cash-requests/{id}/refuse",
	 .title = WORDS("Refuse"), .button = WORDS("Refuse"), .intro = WORDS("No money moves."), .fields = cash_fields, .page = "/console/cash/{id}"},
	{.name = "backup.make", .pattern = "/console/backups/make", .method = HTTP_POST, .path = "/backup",
	 .title = WORDS("Make a backup"), .button = WORDS("Make one now"), .intro = WORDS("A copy of the database, without master.key, while the node runs."),
	 .page = "/console/backups", .fill = fill_backup},
	{.name = "node.key", .pattern = "/console/node/key", .method = HTTP_POST, .path = "/node/keys",
	 .title = WORDS("Replace the node's key"), .button = WORDS("Replace"), .intro = WORDS("The old one stays published for a while."), .confirm = WORDS("replace"), .page = "/console/node"},
	{.name = "operator.add", .pattern = "/console/operators/add", .method = HTTP_POST, .path = "/operators",
	 .title = WORDS("Add an operator, or let one begin anew"), .button = WORDS("Make a token"), .fields = operator_fields, .page = "/console/operators",
	 .shows = operator_answer},
	{.name = "operator.remove", .pattern = "/console/operators/remove", .method = HTTP_DELETE, .path = "/operators/{operator}",
	 .title = WORDS("Remove an operator"), .button = WORDS("Remove"), .confirm = "{operator}", .fields = operator_remove_fields, .page = "/console/operators"},
	{.name = NULL},
};
