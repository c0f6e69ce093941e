/* acts: what an operator can do, as a table: forms and the requests that they become. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "console/act.h"
#include "console/view.h"

/* clang-format off */

#define END {NULL, NULL, FIELD_TEXT, false, NULL, NULL, NULL, NULL}

/* ---- columns of answers that are shown once ---- */

static const struct column invitation_answer[] = {
	{"Link", "url", CELL_COPY, NULL}, {"Name", "name", CELL_TEXT, NULL}, {"Asset", "assetCode", CELL_TEXT, NULL},
	{"Credit limit", "creditLimit", CELL_AMOUNT, NULL}, {"Good until", "expiresAt", CELL_TIME, NULL}, {NULL, NULL, CELL_TEXT, NULL},
};
static const struct column terms_answer[] = {
	{"Address", "ilpAddress", CELL_TEXT, NULL}, {"Endpoint", "url", CELL_TEXT, NULL}, {"Asset", "assetCode", CELL_TEXT, NULL},
	{"Credit that they give", "creditLimit", CELL_AMOUNT, NULL}, {"Largest packet", "maxPacketAmount", CELL_AMOUNT, NULL},
	{"Spread", "spreadBps", CELL_BPS, NULL}, {"Good until", "expiresAt", CELL_TIME, NULL}, {NULL, NULL, CELL_TEXT, NULL},
};
static const struct column test_answer[] = {
	{"Answers", "ok", CELL_FLAG, NULL}, {"Its address of this node", "ilpAddress", CELL_TEXT, NULL}, {"Time", "elapsedMs", CELL_MS, NULL},
	{"Ping", "pingMs", CELL_MS, NULL}, {"Way reached its end", "arrived", CELL_FLAG, NULL}, {"Error", "error", CELL_TEXT, NULL},
	{NULL, NULL, CELL_TEXT, NULL},
};
static const struct column quote_answer[] = {
	{"From", "walletAddress", CELL_TEXT, NULL}, {"To", "receiver", CELL_TEXT, NULL}, {"Debited", "debitAmount", CELL_AMOUNT, NULL},
	{"Arrives at least", "receiveAmount", CELL_AMOUNT, NULL}, {"Fee", "fee", CELL_AMOUNT, NULL}, {"Rate", "rate", CELL_TEXT, NULL},
	{"Good until", "expiresAt", CELL_TIME, NULL}, {NULL, NULL, CELL_TEXT, NULL},
};
static const struct column operator_answer[] = {
	{"Operator", "name", CELL_TEXT, NULL}, {"Set-up token", "setupToken", CELL_COPY, NULL}, {"Page", "setupPath", CELL_TEXT, NULL},
	{"Good until", "expiresAt", CELL_TIME, NULL}, {NULL, NULL, CELL_TEXT, NULL},
};
static const struct column webhook_answer[] = {
	{"URL", "url", CELL_COPY, NULL}, {"Secret of its signatures", "secret", CELL_COPY, NULL}, {"Types of events", "types", CELL_LIST, NULL},
	{"Endpoint", "id", CELL_TEXT, "/console/webhooks/{id}"}, {NULL, NULL, CELL_TEXT, NULL},
};
static const struct column reconcile_answer[] = {
	{"Peer", "peer", CELL_TEXT, NULL}, {"Admitted", "admitted", CELL_TEXT, NULL}, {"Denied", "denied", CELL_TEXT, NULL},
	{"Kept", "kept", CELL_TEXT, NULL}, {"Open", "open", CELL_TEXT, NULL}, {"Balance", "balance", CELL_AMOUNT, NULL},
	{NULL, NULL, CELL_TEXT, NULL},
};

/* ---- fields ---- */

static const struct act_field invite_fields[] = {
	{"name", "What you call the peer", FIELD_TEXT, true, "a-z, 0-9, - and _", NULL, NULL, NULL},
	{"assetCode", "Asset", FIELD_ASSET, true, NULL, NULL, NULL, NULL},
	{"creditLimit", "Credit limit", FIELD_AMOUNT, false, "How far the peer may owe you. Empty: not at all.", NULL, NULL, NULL},
	{"maxPacketAmount", "Largest packet", FIELD_AMOUNT, false, "Empty: any.", NULL, NULL, NULL},
	{"spreadBps", "Spread in basis points", FIELD_NUMBER, false, "50 is half a percent.", NULL, NULL, NULL},
	END,
};
static const struct act_field preview_fields[] = {
	{"url", "Invitation link", FIELD_SECRET, true, "As the other operator gave it to you.", NULL, NULL, NULL},
	END,
};
static const struct act_field accept_fields[] = {
	{"url", NULL, FIELD_TOKEN, true, NULL, NULL, NULL, "form.url"},
	{"name", "What you call the peer", FIELD_TEXT, true, "a-z, 0-9, - and _", NULL, NULL, NULL},
	{"creditLimit", "Credit limit", FIELD_AMOUNT, false, "How far the peer may owe you. Empty: not at all.", NULL, NULL, NULL},
	{"maxPacketAmount", "Largest packet", FIELD_AMOUNT, false, "Empty: any.", NULL, NULL, NULL},
	{"spreadBps", "Spread in basis points", FIELD_NUMBER, false, NULL, NULL, NULL, NULL},
	END,
};
static const struct act_field auto_fields[] = {
	{"url", "The other node's URL", FIELD_TEXT, true, "https://wallet.example", NULL, NULL, NULL},
	{"name", "What you call the peer", FIELD_TEXT, true, NULL, NULL, NULL, NULL},
	{"assetCode", "Asset", FIELD_ASSET, true, NULL, NULL, NULL, NULL},
	END,
};
static const struct act_field peer_fields[] = {
	{"name", "Name", FIELD_TEXT, true, "a-z, 0-9, - and _", NULL, NULL, NULL},
	{"assetCode", "Asset", FIELD_ASSET, true, NULL, NULL, NULL, NULL},
	{"ilpAddress", "ILP address", FIELD_TEXT, true, "test.acme", NULL, NULL, NULL},
	{"url", "Endpoint", FIELD_TEXT, true, "https://acme.example/ilp", NULL, NULL, NULL},
	{"outgoingToken", "Token that we show to it", FIELD_SECRET, true, NULL, NULL, NULL, NULL},
	{"incomingToken", "Token that it shows to us", FIELD_SECRET, true, NULL, NULL, NULL, NULL},
	{"creditLimit", "Credit limit", FIELD_AMOUNT, false, "How far it may owe us. Empty: not at all.", NULL, NULL, NULL},
	{"maxPacketAmount", "Largest packet", FIELD_AMOUNT, false, "Empty: any.", NULL, NULL, NULL},
	{"spreadBps", "Spread in basis points", FIELD_NUMBER, false, NULL, NULL, NULL, NULL},
	{"routes", "Routes to it", FIELD_WORDS, false, "Address prefixes, with blanks between.", NULL, NULL, NULL},
	{"parent", "It is our way to everybody else (parent)", FIELD_FLAG, false, NULL, NULL, NULL, NULL},
	{"ccp", "Exchange routes with it", FIELD_FLAG, false, NULL, NULL, NULL, NULL},
	END,
};
static const struct act_field peer_change_fields[] = {
	{"url", "Endpoint", FIELD_TEXT, false, NULL, NULL, NULL, "url"},
	{"creditLimit", "Credit limit", FIELD_AMOUNT, false, "How far it may owe us.", NULL, NULL, "creditLimit"},
	{"maxPacketAmount", "Largest packet", FIELD_AMOUNT, false, "0: any.", NULL, NULL, "maxPacketAmount"},
	{"debtLimit", "Debt limit", FIELD_AMOUNT, false, "How far packets may make us owe it. 0: any.", NULL, NULL, "debtLimit"},
	{"spreadBps", "Spread in basis points", FIELD_NUMBER, false, NULL, NULL, NULL, "spreadBps"},
	{"packetsPerSecond", "Packets per second", FIELD_NUMBER, false, "0: the node's limit.", NULL, NULL, "packetsPerSecond"},
	{"inFlightLimit", "Packets in flight", FIELD_NUMBER, false, "0: the node's limit.", NULL, NULL, "inFlightLimit"},
	{"liquidityThreshold", "Tell me when it may send no more than", FIELD_AMOUNT, false, "0: never.", NULL, NULL, "liquidityThreshold"},
	{"liquidityThresholdHigh", "And when it may send at least", FIELD_AMOUNT, false, "0: never.", NULL, NULL, "liquidityThresholdHigh"},
	{"routes", "Routes to it", FIELD_WORDS, false, "Address prefixes, with blanks between.", NULL, NULL, "routes"},
	END,
};
static const struct act_field token_add_fields[] = {
	{"addIncomingToken", "Token that the peer will show", FIELD_SECRET, true, "Both hold until the old one is revoked.", NULL, NULL, NULL},
	END,
};
static const struct act_field token_revoke_fields[] = {
	{"revokeIncomingToken", "Token", FIELD_CHOICE, true, "The beginning of its SHA-256.", "incomingTokens.id", "createdAt", NULL},
	END,
};
static const struct act_field token_out_fields[] = {
	{"outgoingToken", "Token that we show from now on", FIELD_SECRET, true, NULL, NULL, NULL, NULL},
	END,
};
static const struct act_field settle_fields[] = {
	{"direction", "Which way", FIELD_CHOICE, true, "received: from the peer. sent: to it.", "received sent", NULL, NULL},
	{"amount", "Amount", FIELD_AMOUNT, true, NULL, NULL, NULL, NULL},
	{"reference", "Reference", FIELD_TEXT, false, "The bank's, for example.", NULL, NULL, NULL},
	END,
};
static const struct act_field terms_fields[] = {
	{"settleThreshold", "Settle when the balance is at or above", FIELD_AMOUNT, false, "May be below zero.", NULL, NULL, "settleThreshold"},
	{"settleTo", "Down to", FIELD_AMOUNT, false, NULL, NULL, NULL, "settleTo"},
	{"claimThreshold", "Say that they owe us from", FIELD_AMOUNT, false, NULL, NULL, NULL, "claimThreshold"},
	{"engineUrl", "Settlement engine", FIELD_TEXT, false, NULL, NULL, NULL, "engineUrl"},
	END,
};
static const struct act_field reconcile_fields[] = {
	{"received", "Packets that its books ever had from us", FIELD_AMOUNT, true, NULL, NULL, NULL, NULL},
	{"sent", "Packets that its books ever had to us", FIELD_AMOUNT, false, NULL, NULL, NULL, NULL},
	END,
};
static const struct act_field reason_fields[] = {
	{"reason", "Reason", FIELD_TEXT, false, "The host and the client are told.", NULL, NULL, NULL},
	END,
};
static const struct act_field repeat_fields[] = {
	{"walletAddress", "From wallet", FIELD_TEXT, true, NULL, NULL, NULL, "walletAddress"},
	{"receiver", "To", FIELD_TEXT, true, "A payment pointer, a wallet address, or an incoming payment's URL.", NULL, NULL, "receiver"},
	{"debitAmount", "Debit", FIELD_AMOUNT, true, NULL, NULL, NULL, "debitAmount"},
	END,
};
static const struct act_field pay_fields[] = {
	{"quoteId", NULL, FIELD_HIDDEN, true, NULL, NULL, NULL, "id"},
	END,
};
static const struct act_field asset_fields[] = {
	{"code", "Code", FIELD_TEXT, true, "CHF", NULL, NULL, NULL},
	{"scale", "Digits behind the point", FIELD_NUMBER, true, "It can't be changed later.", NULL, NULL, NULL},
	END,
};
static const struct act_field asset_change_fields[] = {
	{"liquidityThreshold", "Tell me when the pool holds no more than", FIELD_AMOUNT, false, "0: never.", NULL, NULL, "liquidityThreshold"},
	{"liquidityThresholdHigh", "And when it holds at least", FIELD_AMOUNT, false, "0: never.", NULL, NULL, "liquidityThresholdHigh"},
	END,
};
static const struct act_field fee_fields[] = {
	{"type", "Of", FIELD_CHOICE, true, "sending: paid by who pays. receiving: by who is paid.", "sending receiving", NULL, NULL},
	{"fixed", "Fixed part", FIELD_AMOUNT, false, NULL, NULL, NULL, NULL},
	{"basisPoints", "Basis points of the amount", FIELD_NUMBER, false, "100 is one percent.", NULL, NULL, NULL},
	END,
};
static const struct act_field amount_fields[] = {
	{"amount", "Amount", FIELD_AMOUNT, true, NULL, NULL, NULL, NULL},
	END,
};
static const struct act_field spread_fields[] = {
	{"peer", "Peer", FIELD_TEXT, false, "Empty: of the pair, whoever the peer is.", NULL, NULL, NULL},
	{"direction", "Direction", FIELD_CHOICE, true, "in: of what comes from the peer.", "in out", NULL, NULL},
	{"from", "From asset", FIELD_TEXT, false, "Empty, with the next: of any pair.", NULL, NULL, NULL},
	{"to", "To asset", FIELD_TEXT, false, NULL, NULL, NULL, NULL},
	{"basisPoints", "Basis points", FIELD_NUMBER, true, NULL, NULL, NULL, NULL},
	END,
};
static const struct act_field pair_fields[] = {
	{"pair", "Pair", FIELD_TEXT, true, "USD/EUR", NULL, NULL, NULL},
	END,
};
static const struct act_field wallet_fields[] = {
	{"name", "Name", FIELD_TEXT, true, "The end of its address: a-z, 0-9, - and _. It can't be changed.", NULL, NULL, NULL},
	{"assetCode", "Asset", FIELD_ASSET, true, NULL, NULL, NULL, NULL},
	{"publicName", "Public name", FIELD_TEXT, false, NULL, NULL, NULL, NULL},
	{"user", "User", FIELD_TEXT, false, "Who signs in. Empty: one of the wallet's name.", NULL, NULL, NULL},
	{"password", "Password of the user", FIELD_SECRET, false, NULL, NULL, NULL, NULL},
	END,
};
static const struct act_field rename_fields[] = {
	{"publicName", "Public name", FIELD_TEXT, true, NULL, NULL, NULL, "publicName"},
	END,
};
static const struct act_field password_fields[] = {
	{"password", "New password", FIELD_SECRET, true, "The user's sessions end.", NULL, NULL, NULL},
	END,
};
static const struct act_field key_fields[] = {
	{"key", "Public key", FIELD_LINES, true, "A JWK, PEM, or the key's base64.", NULL, NULL, NULL},
	{"kid", "Key id", FIELD_TEXT, false, "Empty: its thumbprint.", NULL, NULL, NULL},
	END,
};
static const struct act_field key_revoke_fields[] = {
	{"key", "Key", FIELD_PATH, true, NULL, "items.id", "kid", NULL},
	END,
};
static const struct act_field doubt_fields[] = {
	{"doubt", "Which", FIELD_PATH, true, NULL, "items.id", "direction", NULL},
	{"to", "Whose it is", FIELD_CHOICE, true, NULL, "payer peer", NULL, NULL},
	END,
};
static const struct act_field withdrawal_fields[] = {
	{"withdrawal", "Which", FIELD_PATH, true, NULL, "items.id", "account", NULL},
	END,
};
static const struct act_field cash_fields[] = {
	{"answer", "Your answer", FIELD_TEXT, false, "One line that the account holder reads.", NULL, NULL, NULL},
	END,
};
static const struct act_field operator_fields[] = {
	{"name", "Name", FIELD_TEXT, true, "a-z, 0-9, - and _. Of one that there is: to begin anew.", NULL, NULL, NULL},
	END,
};
static const struct act_field operator_remove_fields[] = {
	{"operator", "Operator", FIELD_PATH, true, NULL, "items.name", "name", NULL},
	END,
};

static const struct act_field webhook_fields[] = {
	{"url", "URL", FIELD_TEXT, true, "https://host.example/florin. Events are posted to it, signed.", NULL, NULL, NULL},
	{"types", "Told of these types of events", FIELD_EVENTS, false, "None chosen: of all, also of those that a later version adds.", NULL, NULL, NULL},
	END,
};
static const struct act_field webhook_change_fields[] = {
	{"url", "URL", FIELD_TEXT, true, NULL, NULL, NULL, "url"},
	{"types", "Told of these types of events", FIELD_EVENTS, false, "None chosen: of all, also of those that a later version adds.", NULL, NULL, "types"},
	{"enabled", "It is told of events", FIELD_FLAG, false, NULL, NULL, NULL, "enabled"},
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
	 .title = "Invite a peer", .button = "Make a link", .intro = "You get a link that is good once, for a day. Give it to the other operator.",
	 .fields = invite_fields, .page = "/console/peers", .shows = invitation_answer},
	{.name = "peer.preview", .pattern = "/console/peers/preview", .method = HTTP_POST, .path = "/peers/invitations/preview",
	 .title = "Accept an invitation", .button = "Show the terms", .fields = preview_fields, .page = "/console/peers",
	 .shows = terms_answer, .next = "peer.accept"},
	{.name = "peer.accept", .pattern = "/console/peers/accept", .method = HTTP_POST, .path = "/peers/invitations/accept",
	 .title = "Become a peer by this invitation", .button = "Accept", .fields = accept_fields, .asset = "assetCode", .page = "/console/peers",
	 .back = "/console/peers/{name}"},
	{.name = "peer.auto", .pattern = "/console/peers/auto", .method = HTTP_POST, .path = "/peers/auto",
	 .title = "Become a peer by auto-peering", .button = "Ask the node", .fields = auto_fields, .page = "/console/peers",
	 .back = "/console/peers/{name}"},
	{.name = "peer.add", .pattern = "/console/peers/add", .method = HTTP_POST, .path = "/peers",
	 .title = "Add a peer by hand", .button = "Add", .fields = peer_fields, .page = "/console/peers", .back = "/console/peers/{name}"},
	{.name = "peer.set", .pattern = PEER "/set", .method = HTTP_PATCH, .path = "/peers/{id}",
	 .title = "Limits and routes", .button = "Change", .fields = peer_change_fields, .asset = "assetCode", .page = PEER},
	{.name = "peer.test", .pattern = PEER "/test", .method = HTTP_POST, .path = "/peers/{id}/test",
	 .title = "Test the link", .button = "Test", .intro = "Packets without money, and who answers them.", .page = PEER, .shows = test_answer},
	{.name = "peer.settle", .pattern = PEER "/settle", .method = HTTP_POST, .path = "/peers/{id}/settlements",
	 .title = "Settle", .button = "Record", .intro = "Money that moved outside Interledger.", .fields = settle_fields, .asset = "assetCode", .page = PEER},
	{.name = "peer.terms", .pattern = PEER "/terms", .method = HTTP_PATCH, .path = "/peers/{id}/settlement-terms",
	 .title = "When to settle", .button = "Change", .fields = terms_fields, .asset = "assetCode", .page = PEER},
	{.name = "peer.reconcile", .pattern = PEER "/reconcile", .method = HTTP_POST, .path = "/peers/{id}/reconcile",
	 .title = "Reconcile", .confirm = "{id}", .button = "Compare the books", .intro = "Ends what is in doubt with the peer by what its books say.",
	 .fields = reconcile_fields, .asset = "assetCode", .page = PEER, .shows = reconcile_answer},
	{.name = "peer.token.add", .pattern = PEER "/token-add", .method = HTTP_PATCH, .path = "/peers/{id}",
	 .title = "Add an incoming token", .button = "Add", .fields = token_add_fields, .page = PEER},
	{.name = "peer.token.revoke", .pattern = PEER "/token-revoke", .method = HTTP_PATCH, .path = "/peers/{id}",
	 .title = "Revoke an incoming token", .button = "Revoke", .confirm = "{id}", .fields = token_revoke_fields, .page = PEER},
	{.name = "peer.token.out", .pattern = PEER "/token-out", .method = HTTP_PATCH, .path = "/peers/{id}",
	 .title = "Change the outgoing token", .button = "Change", .fields = token_out_fields, .page = PEER},
	{.name = "peer.activate", .pattern = PEER "/activate", .method = HTTP_PATCH, .path = "/peers/{id}",
	 .title = "Make it active", .button = "Activate", .body = "{\"state\":\"active\"}", .page = PEER},
	{.name = "peer.drain", .pattern = PEER "/drain", .method = HTTP_PATCH, .path = "/peers/{id}",
	 .title = "Drain", .button = "Drain", .intro = "What is in flight ends; nothing new begins.", .body = "{\"state\":\"draining\"}", .page = PEER},
	{.name = "peer.disable", .pattern = PEER "/disable", .method = HTTP_PATCH, .path = "/peers/{id}",
	 .title = "Disable", .button = "Disable", .confirm = "{id}", .body = "{\"state\":\"disabled\"}", .page = PEER},
	{.name = "peer.remove", .pattern = PEER "/remove", .method = HTTP_DELETE, .path = "/peers/{id}",
	 .title = "Remove", .button = "Remove", .intro = "Where it has a balance or something in doubt it is disabled instead.",
	 .confirm = "{id}", .page = PEER, .back = "/console/peers"},

	{.name = "payment.cancel", .pattern = "/console/payments/{id}/cancel", .method = HTTP_POST, .path = "/outgoing-payments/{id}/cancel",
	 .title = "Cancel", .confirm = "cancel", .button = "Cancel the payment", .intro = "What has been delivered stays delivered; the rest is given back.",
	 .fields = reason_fields, .page = "/console/payments/{id}"},
	{.name = "payment.quote", .pattern = "/console/payments/{id}/repeat", .method = HTTP_POST, .path = "/quotes",
	 .title = "Try again", .button = "Ask for a quote", .intro = "A new payment. The quote shows what it costs before anything moves.",
	 .fields = repeat_fields, .asset = "debitAmount.assetCode", .page = "/console/payments/{id}", .shows = quote_answer, .next = "payment.pay"},
	{.name = "payment.pay", .pattern = "/console/payments/pay", .method = HTTP_POST, .path = "/outgoing-payments",
	 .title = "Pay as quoted", .button = "Pay", .intro = "Its packets are kept, so that its page can show each.", .body = "{\"trace\":true}", .fields = pay_fields, .page = "/console/payments", .back = "/console/payments/{id}"},
	{.name = "incoming.approve", .pattern = "/console/payments/{id}/approve", .method = HTTP_POST, .path = "/incoming-payments/{id}/approve",
	 .title = "Approve", .button = "Approve", .page = "/console/payments/{id}"},
	{.name = "incoming.complete", .pattern = "/console/payments/{id}/complete", .method = HTTP_POST, .path = "/incoming-payments/{id}/complete",
	 .title = "Complete", .confirm = "complete", .button = "Complete", .intro = "It takes no more.", .page = "/console/payments/{id}"},
	{.name = "incoming.cancel", .pattern = "/console/payments/{id}/refuse", .method = HTTP_POST, .path = "/incoming-payments/{id}/cancel",
	 .title = "Cancel", .confirm = "cancel", .button = "Cancel", .fields = reason_fields, .page = "/console/payments/{id}"},

	{.name = "asset.add", .pattern = "/console/assets/add", .method = HTTP_POST, .path = "/assets",
	 .title = "Add an asset", .button = "Add", .fields = asset_fields, .page = "/console/assets", .back = "/console/assets/{code}"},
	{.name = "asset.set", .pattern = ASSET "/set", .method = HTTP_PATCH, .path = "/assets/{id}",
	 .title = "Thresholds", .button = "Change", .fields = asset_change_fields, .asset = "code", .page = ASSET},
	{.name = "asset.fee", .pattern = ASSET "/fee", .method = HTTP_POST, .path = "/assets/{id}/fees",
	 .title = "Set a fee", .button = "Set", .intro = "From now on; quotes keep the fee that they were made with.", .fields = fee_fields, .asset = "code", .page = ASSET},
	{.name = "asset.deposit", .pattern = ASSET "/deposit", .method = HTTP_POST, .path = "/assets/{id}/liquidity/deposits",
	 .title = "Add liquidity", .button = "Deposit", .fields = amount_fields, .asset = "code", .page = ASSET},
	{.name = "asset.withdraw", .pattern = ASSET "/withdraw", .method = HTTP_POST, .path = "/assets/{id}/liquidity/withdrawals",
	 .title = "Take liquidity out", .button = "Withdraw", .confirm = "{id}", .fields = amount_fields, .asset = "code", .page = ASSET},
	{.name = "spread.set", .pattern = "/console/rates/spread", .method = HTTP_PUT, .path = "/spreads",
	 .title = "Set a spread", .button = "Set", .fields = spread_fields, .page = "/console/rates", .fill = fill_by},
	{.name = "rate.accept", .pattern = "/console/rates/accept", .method = HTTP_POST, .path = "/rates/accept",
	 .title = "Accept a price that jumped", .button = "Accept", .fields = pair_fields, .page = "/console/rates"},

	{.name = "wallet.add", .pattern = "/console/wallets/add", .method = HTTP_POST, .path = "/wallet-addresses",
	 .title = "Open a wallet", .button = "Open", .fields = wallet_fields, .page = "/console/wallets", .back = "/console/wallets/{name}"},
	{.name = "wallet.rename", .pattern = WALLET "/rename", .method = HTTP_PATCH, .path = "/wallet-addresses/{id}",
	 .title = "Public name", .button = "Change", .fields = rename_fields, .page = WALLET},
	{.name = "wallet.deposit", .pattern = WALLET "/deposit", .method = HTTP_POST, .path = "/wallet-addresses/{id}/deposits",
	 .title = "Deposit", .button = "Deposit", .fields = amount_fields, .asset = "assetCode", .page = WALLET},
	{.name = "wallet.withdraw", .pattern = WALLET "/withdraw", .method = HTTP_POST, .path = "/wallet-addresses/{id}/withdrawals",
	 .title = "Withdraw", .button = "Withdraw", .confirm = "{id}", .fields = amount_fields, .asset = "assetCode", .page = WALLET},
	{.name = "wallet.password", .pattern = WALLET "/password", .method = HTTP_PATCH, .path = "/wallet-addresses/{id}",
	 .title = "Set the user's password", .button = "Set", .fields = password_fields, .page = WALLET},
	{.name = "wallet.stop", .pattern = WALLET "/stop", .method = HTTP_PATCH, .path = "/wallet-addresses/{id}",
	 .title = "Take no new payments", .button = "Make it inactive", .intro = "Open payments are taken for another day. It can be active again.",
	 .body = "{\"status\":\"inactive\"}", .page = WALLET},
	{.name = "wallet.start", .pattern = WALLET "/start", .method = HTTP_PATCH, .path = "/wallet-addresses/{id}",
	 .title = "Take payments again", .button = "Make it active", .body = "{\"status\":\"active\"}", .page = WALLET},
	{.name = "wallet.close", .pattern = WALLET "/close", .method = HTTP_PATCH, .path = "/wallet-addresses/{id}",
	 .title = "Close", .button = "Close for good", .intro = "It can't be opened again.", .confirm = "{id}", .body = "{\"status\":\"closed\"}", .page = WALLET},
	{.name = "key.add", .pattern = WALLET "/key-add", .method = HTTP_POST, .path = "/wallet-addresses/{id}/keys",
	 .title = "Publish a key", .button = "Publish", .fields = key_fields, .page = WALLET},
	{.name = "key.revoke", .pattern = WALLET "/key-revoke", .method = HTTP_DELETE, .path = "/wallet-addresses/{id}/keys/{key}",
	 .title = "Revoke a key", .button = "Revoke", .confirm = "{id}", .fields = key_revoke_fields, .page = WALLET},
	{.name = "grant.revoke", .pattern = "/console/grants/{id}/revoke", .method = HTTP_POST, .path = "/grants/{id}/revoke",
	 .title = "Revoke", .button = "Revoke", .intro = "The grant and its tokens end at once. Payments that were made go on.",
	 .confirm = "revoke", .page = "/console/grants/{id}"},
	{.name = "event.redeliver", .pattern = "/console/events/{id}/redeliver", .method = HTTP_POST, .path = "/events/{id}/redeliver",
	 .title = "Deliver again", .button = "Deliver again", .page = "/console/events/{id}"},

	{.name = "webhook.add", .pattern = "/console/webhooks/add", .method = HTTP_POST, .path = "/webhook-endpoints",
	 .title = "Add an endpoint", .button = "Add", .intro = "It is told of what happens from now on. Its secret is shown once, behind this.",
	 .fields = webhook_fields, .page = "/console/webhooks", .shows = webhook_answer},
	{.name = "webhook.set", .pattern = WEBHOOK "/set", .method = HTTP_PATCH, .path = "/webhook-endpoints/{id}",
	 .title = "Change", .button = "Change", .fields = webhook_change_fields, .page = WEBHOOK},
	{.name = "webhook.secret", .pattern = WEBHOOK "/secret", .method = HTTP_POST, .path = "/webhook-endpoints/{id}/secret",
	 .title = "Make a new secret", .button = "Make one", .intro = "It is shown once. Events are signed with both until the next new one, so that the host can change over.",
	 .page = WEBHOOK, .shows = webhook_answer},
	{.name = "webhook.remove", .pattern = WEBHOOK "/remove", .method = HTTP_DELETE, .path = "/webhook-endpoints/{id}",
	 .title = "Remove", .button = "Remove", .intro = "It is told nothing more, not even what it has not taken yet.", .confirm = "remove", .page = WEBHOOK,
	 .back = "/console/webhooks"},
	{.name = "delivery.redeliver", .pattern = WEBHOOK "/deliveries/{event}/redeliver", .method = HTTP_POST,
	 .path = "/webhook-endpoints/{id}/deliveries/{event}/redeliver", .title = "Deliver again", .button = "Deliver again",
	 .page = WEBHOOK "/deliveries/{event}"},

	{.name = "doubt.release", .pattern = "/console/doubts/release", .method = HTTP_POST, .path = "/doubts/{doubt}/release",
	 .title = "Release an amount in doubt", .button = "Release", .confirm = "release", .fields = doubt_fields, .page = "/console/doubts"},
	{.name = "withdrawal.post", .pattern = "/console/withdrawals/post", .method = HTTP_POST, .path = "/withdrawals/{withdrawal}/post",
	 .title = "The money has gone", .confirm = "post", .button = "Post", .fields = withdrawal_fields, .page = "/console/withdrawals"},
	{.name = "withdrawal.void", .pattern = "/console/withdrawals/void", .method = HTTP_POST, .path = "/withdrawals/{withdrawal}/void",
	 .title = "The money has not gone", .confirm = "void", .button = "Give it back", .fields = withdrawal_fields, .page = "/console/withdrawals"},
	{.name = "cash.approve", .pattern = "/console/cash/{id}/approve", .method = HTTP_POST, .path = "/cash-requests/{id}/approve",
	 .title = "The money has come, or has gone", .button = "Approve", .fields = cash_fields, .page = "/console/cash/{id}"},
	{.name = "cash.refuse", .pattern = "/console/cash/{id}/refuse", .method = HTTP_POST, .path = "/cash-requests/{id}/refuse",
	 .title = "It does not move", .button = "Refuse", .fields = cash_fields, .page = "/console/cash/{id}"},
	{.name = "backup.make", .pattern = "/console/backups/make", .method = HTTP_POST, .path = "/backup",
	 .title = "Make a backup", .button = "Make one now", .intro = "A copy of the database, without master.key, while the node runs.",
	 .page = "/console/backups", .fill = fill_backup},
	{.name = "node.key", .pattern = "/console/node/key", .method = HTTP_POST, .path = "/node/keys",
	 .title = "Replace the node's key", .button = "Replace", .intro = "The old one stays published for a while.", .confirm = "replace", .page = "/console/node"},
	{.name = "operator.add", .pattern = "/console/operators/add", .method = HTTP_POST, .path = "/operators",
	 .title = "Add an operator, or let one begin anew", .button = "Make a token", .fields = operator_fields, .page = "/console/operators",
	 .shows = operator_answer},
	{.name = "operator.remove", .pattern = "/console/operators/remove", .method = HTTP_DELETE, .path = "/operators/{operator}",
	 .title = "Remove an operator", .button = "Remove", .confirm = "{operator}", .fields = operator_remove_fields, .page = "/console/operators"},
	{.name = NULL},
};
