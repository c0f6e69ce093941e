#include "admin/openapi_table.h"

#define PAGE    "limit:integer cursor:string"
#define BY_NAME "walletAddress:string"

/* clang-format off */
const struct openapi_route openapi_routes[] = {
	{HTTP_GET, "/whoami", "Who is asking, and which node this is", NULL, NULL, "Node", 200, false},
	{HTTP_GET, "/openapi.json", "This description", NULL, NULL, "object", 200, false},

	{HTTP_GET, "/assets", "The assets", PAGE, NULL, "list:Asset", 200, false},
	{HTTP_POST, "/assets", "Add an asset", NULL, "AssetNew", "Asset", 201, false},
	{HTTP_GET, "/assets/{id}", "One asset", NULL, NULL, "Asset", 200, false},
	{HTTP_PATCH, "/assets/{id}", "Change the fee of outgoing payments", NULL, "AssetChange", "Asset", 200, false},
	{HTTP_POST, "/assets/{id}/liquidity/deposits", "Add liquidity", NULL, "AmountOnly", "LiquidityMovement", 201, true},

	{HTTP_GET, "/wallet-addresses", "The wallets", PAGE, NULL, "list:WalletAddress", 200, false},
	{HTTP_POST, "/wallet-addresses", "Open a wallet", NULL, "WalletAddressNew", "WalletAddress", 201, false},
	{HTTP_GET, "/wallet-addresses/{id}", "One wallet", NULL, NULL, "WalletAddress", 200, false},
	{HTTP_PATCH, "/wallet-addresses/{id}", "Close a wallet", NULL, "WalletAddressChange", "WalletAddress", 200, false},
	{HTTP_GET, "/wallet-addresses/{id}/balance", "What a wallet holds", NULL, NULL, "Balance", 200, false},
	{HTTP_POST, "/wallet-addresses/{id}/deposits", "Move money into a wallet", NULL, "AmountOnly", "Movement", 201, true},
	{HTTP_POST, "/wallet-addresses/{id}/withdrawals", "Move money out of a wallet", NULL, "AmountOnly", "Movement", 201, true},

	{HTTP_GET, "/peers", "The peers", PAGE, NULL, "list:Peer", 200, false},
	{HTTP_POST, "/peers", "Add a peer", NULL, "PeerNew", "Peer", 201, false},
	{HTTP_GET, "/peers/{id}", "One peer", NULL, NULL, "Peer", 200, false},
	{HTTP_PATCH, "/peers/{id}", "Change a peer", NULL, "PeerChange", "Peer", 200, false},
	{HTTP_DELETE, "/peers/{id}", "Remove a peer whose account is empty", NULL, NULL, "Peer", 200, false},
	{HTTP_POST, "/peers/{id}/test", "Ask a peer for its address", NULL, "object", "PeerTest", 200, false},
	{HTTP_POST, "/peers/{id}/settlements", "Record money that moved outside Interledger", NULL, "SettlementNew", "Settlement", 201, true},

	{HTTP_GET, "/routes", "The routing table", PAGE, NULL, "list:Route", 200, false},
	{HTTP_GET, "/routes/explain", "Why an address goes where", "destination:string", NULL, "RouteReason", 200, false},
	{HTTP_GET, "/rates", "Every pair with rate, source, age and spreads", PAGE, NULL, "list:Rate", 200, false},
	{HTTP_GET, "/rates/source", "Where the rates come from, and how the last fetch went", NULL, NULL, "RateSource", 200, false},
	{HTTP_GET, "/receivers/resolve", "What a payment pointer leads to", "pointer:string", NULL, "Receiver", 200, false},

	{HTTP_POST, "/quotes", "Quote a payment", NULL, "QuoteNew", "Quote", 201, false},
	{HTTP_GET, "/quotes/{id}", "One quote", NULL, NULL, "Quote", 200, false},
	{HTTP_GET, "/outgoing-payments", "The outgoing payments, newest first", PAGE " " BY_NAME, NULL, "list:OutgoingPayment", 200, false},
	{HTTP_POST, "/outgoing-payments", "Pay as quoted", NULL, "OutgoingPaymentNew", "OutgoingPayment", 201, true},
	{HTTP_GET, "/outgoing-payments/{id}", "One outgoing payment, at once or when it has moved", "waitMs:integer", NULL, "OutgoingPayment", 200, false},
	{HTTP_POST, "/outgoing-payments/{id}/cancel", "End a payment before its time", NULL, "CancelNew", "OutgoingPayment", 200, false},
	{HTTP_POST, "/outgoing-payments/{id}/fund", "Headless mode: give a payment its money", NULL, "FundingNew", "OutgoingPayment", 200, true},
	{HTTP_GET, "/incoming-payments", "The incoming payments, newest first", PAGE " " BY_NAME, NULL, "list:IncomingPayment", 200, false},
	{HTTP_POST, "/incoming-payments", "Ask for a payment", NULL, "IncomingPaymentNew", "IncomingPayment", 201, false},
	{HTTP_GET, "/incoming-payments/{id}", "One incoming payment", NULL, NULL, "IncomingPayment", 200, false},
	{HTTP_PATCH, "/incoming-payments/{id}", "Change its metadata", NULL, "MetadataOnly", "IncomingPayment", 200, false},
	{HTTP_POST, "/incoming-payments/{id}/complete", "Take no more", NULL, "object", "IncomingPayment", 200, false},
	{HTTP_GET, "/payments", "Payments of both directions, newest first", PAGE, NULL, "list:Payment", 200, false},
	{HTTP_GET, "/payments/{id}", "One payment with its ledger lines", NULL, NULL, "Payment", 200, false},

	{HTTP_GET, "/events", "What happened, oldest first; as text/event-stream also what happens", PAGE " after:uuid resource:uuid state:string include:string", NULL, "list:Event", 200, false},
	{HTTP_GET, "/events/{id}", "One event, and how telling the host went", NULL, NULL, "Event", 200, false},
	{HTTP_POST, "/events/{id}/redeliver", "Tell the host again", NULL, "object", "Event", 200, false},

	{HTTP_POST, "/backup", "Copy the database into a file on the node's machine", NULL, "BackupNew", "Backup", 201, false},

	{HTTP_GET, "/doubts", "Amounts in doubt, oldest first", PAGE, NULL, "list:Doubt", 200, false},
	{HTTP_POST, "/doubts/{id}/release", "Decide where an amount in doubt goes", NULL, "DoubtRelease", "Doubt", 200, true},
};

const struct openapi_member openapi_members[] = {
	{"Amount", "*value", "string"}, {"Amount", "*assetCode", "string"}, {"Amount", "*assetScale", "integer"},
	{"AmountOnly", "*amount", "Amount"},
	{"MetadataOnly", "*metadata", "object?"},
	{"Error", "*error", "ErrorBody"},
	{"ErrorBody", "*code", "string"}, {"ErrorBody", "*description", "string"}, {"ErrorBody", "details", "object"},

	{"Node", "*principal", "string"}, {"Node", "*publicUrl", "string"}, {"Node", "*ilpAddress", "string"},
	{"Node", "*database", "string"}, {"Node", "*version", "string"}, {"Node", "*dev", "boolean"}, {"Node", "*startedAt", "time"},

	{"Asset", "*id", "uuid"}, {"Asset", "*code", "string"}, {"Asset", "*scale", "integer"},
	{"Asset", "*feeFixed", "Amount"}, {"Asset", "*feeBps", "integer"}, {"Asset", "*liquidity", "Amount"},
	{"AssetNew", "*code", "string"}, {"AssetNew", "*scale", "integer"},
	{"AssetNew", "feeFixed", "Amount"}, {"AssetNew", "feeBps", "integer"},
	{"AssetChange", "feeFixed", "Amount"}, {"AssetChange", "feeBps", "integer"},
	{"LiquidityMovement", "*id", "uuid"}, {"LiquidityMovement", "*amount", "Amount"}, {"LiquidityMovement", "*asset", "Asset"},

	{"WalletAddress", "*id", "uuid"}, {"WalletAddress", "*name", "string"}, {"WalletAddress", "*url", "string"},
	{"WalletAddress", "*publicName", "string?"}, {"WalletAddress", "*assetCode", "string"}, {"WalletAddress", "*assetScale", "integer"},
	{"WalletAddress", "*user", "string"}, {"WalletAddress", "*status", "string"}, {"WalletAddress", "*ilpAddress", "string"},
	{"WalletAddress", "*createdAt", "time"},
	{"WalletAddressNew", "*name", "string"}, {"WalletAddressNew", "*assetCode", "string"},
	{"WalletAddressNew", "publicName", "string"}, {"WalletAddressNew", "user", "string"},
	{"WalletAddressChange", "*status", "string"},
	{"Balance", "*wallet", "string"}, {"Balance", "*balance", "Amount"}, {"Balance", "*pending", "Amount"},
	{"Movement", "*id", "uuid"}, {"Movement", "*amount", "Amount"}, {"Movement", "*wallet", "string"},
	{"Movement", "*balance", "Amount"}, {"Movement", "*pending", "Amount"},

	{"Peer", "*id", "uuid"}, {"Peer", "*name", "string"}, {"Peer", "*assetCode", "string"}, {"Peer", "*assetScale", "integer"},
	{"Peer", "*ilpAddress", "string?"}, {"Peer", "*url", "string"}, {"Peer", "*creditLimit", "Amount"},
	{"Peer", "*maxPacketAmount", "Amount?"}, {"Peer", "*spreadBps", "integer"}, {"Peer", "*routes", "[string]"},
	{"Peer", "*parent", "boolean"}, {"Peer", "*balance", "Amount"}, {"Peer", "*pending", "Amount"}, {"Peer", "*createdAt", "time"},
	{"PeerNew", "*name", "string"}, {"PeerNew", "*assetCode", "string"}, {"PeerNew", "*ilpAddress", "string"},
	{"PeerNew", "*url", "string"}, {"PeerNew", "*outgoingToken", "string"}, {"PeerNew", "*incomingToken", "string"},
	{"PeerNew", "creditLimit", "Amount"}, {"PeerNew", "maxPacketAmount", "Amount?"}, {"PeerNew", "spreadBps", "integer"},
	{"PeerNew", "routes", "[string]"}, {"PeerNew", "parent", "boolean"},
	{"PeerChange", "url", "string"}, {"PeerChange", "outgoingToken", "string"}, {"PeerChange", "incomingToken", "string"},
	{"PeerChange", "creditLimit", "Amount"}, {"PeerChange", "maxPacketAmount", "Amount?"}, {"PeerChange", "spreadBps", "integer"},
	{"PeerChange", "routes", "[string]"},
	{"PeerTest", "*ok", "boolean"}, {"PeerTest", "*ilpAddress", "string?"}, {"PeerTest", "*elapsedMs", "integer"},
	{"PeerTest", "*error", "string?"},
	{"SettlementNew", "*direction", "string"}, {"SettlementNew", "*amount", "Amount"}, {"SettlementNew", "reference", "string"},
	{"Settlement", "*id", "uuid"}, {"Settlement", "*direction", "string"}, {"Settlement", "*amount", "Amount"},
	{"Settlement", "*reference", "string?"}, {"Settlement", "*peer", "Peer"},

	{"Route", "*prefix", "string"}, {"Route", "*peer", "string?"}, {"Route", "*source", "string"},
	{"RouteReason", "*destination", "string"}, {"RouteReason", "*kind", "string"}, {"RouteReason", "*prefix", "string?"},
	{"RouteReason", "*peer", "string?"}, {"RouteReason", "*wallet", "string?"}, {"RouteReason", "*reason", "string"},
	{"Rate", "*from", "string"}, {"Rate", "*to", "string"}, {"Rate", "*rate", "string"}, {"Rate", "*source", "string"},
	{"Rate", "*updatedAt", "time"}, {"Rate", "*ageMs", "integer"}, {"Rate", "*stale", "boolean"}, {"Rate", "*spreads", "object"},
	{"RateSource", "*source", "string"}, {"RateSource", "*updatedAt", "time?"}, {"RateSource", "*ageMs", "integer?"},
	{"RateSource", "*maxAgeMs", "integer"}, {"RateSource", "*stale", "boolean"}, {"RateSource", "*triedAt", "time?"},
	{"RateSource", "*error", "string?"}, {"RateSource", "*reason", "string?"},
	{"Receiver", "*pointer", "string"}, {"Receiver", "*url", "string"}, {"Receiver", "*kind", "string"},
	{"Receiver", "*publicName", "string?"}, {"Receiver", "*assetCode", "string?"}, {"Receiver", "*assetScale", "integer?"},
	{"Receiver", "*ilpAddress", "string?"}, {"Receiver", "*local", "boolean"},

	{"QuoteNew", "*walletAddress", "string"}, {"QuoteNew", "*receiver", "string"},
	{"QuoteNew", "debitAmount", "Amount"}, {"QuoteNew", "receiveAmount", "Amount"},
	{"Quote", "*id", "uuid"}, {"Quote", "*walletAddressId", "uuid"}, {"Quote", "*walletAddress", "string"},
	{"Quote", "*receiver", "string"}, {"Quote", "*debitAmount", "Amount"}, {"Quote", "*receiveAmount", "Amount"},
	{"Quote", "*fee", "Amount"}, {"Quote", "*rate", "string?"}, {"Quote", "*createdAt", "time"}, {"Quote", "*expiresAt", "time"},
	{"OutgoingPaymentNew", "*quoteId", "uuid"}, {"OutgoingPaymentNew", "metadata", "object"},
	{"FundingNew", "amount", "Amount"}, {"CancelNew", "reason", "string"},
	{"OutgoingPayment", "*id", "uuid"}, {"OutgoingPayment", "*walletAddressId", "uuid"}, {"OutgoingPayment", "*url", "string"},
	{"OutgoingPayment", "*state", "string"}, {"OutgoingPayment", "*receiver", "string"}, {"OutgoingPayment", "*debitAmount", "Amount"},
	{"OutgoingPayment", "*receiveAmount", "Amount"}, {"OutgoingPayment", "*sentAmount", "Amount"},
	{"OutgoingPayment", "*deliveredAmount", "Amount"}, {"OutgoingPayment", "*refundedAmount", "Amount"},
	{"OutgoingPayment", "*inDoubtAmount", "Amount"}, {"OutgoingPayment", "*fee", "Amount"}, {"OutgoingPayment", "*rate", "string?"},
	{"OutgoingPayment", "*packets", "integer"}, {"OutgoingPayment", "*attempts", "integer"}, {"OutgoingPayment", "*error", "object?"},
	{"OutgoingPayment", "*metadata", "object?"}, {"OutgoingPayment", "*createdAt", "time"}, {"OutgoingPayment", "*elapsedMs", "integer"},
	{"IncomingPaymentNew", "*walletAddress", "string"}, {"IncomingPaymentNew", "incomingAmount", "Amount"},
	{"IncomingPaymentNew", "expiresAt", "time"}, {"IncomingPaymentNew", "metadata", "object"},
	{"IncomingPayment", "*id", "uuid"}, {"IncomingPayment", "*walletAddressId", "uuid"}, {"IncomingPayment", "*url", "string"},
	{"IncomingPayment", "*state", "string"}, {"IncomingPayment", "*incomingAmount", "Amount?"},
	{"IncomingPayment", "*receivedAmount", "Amount"}, {"IncomingPayment", "*expiresAt", "time"},
	{"IncomingPayment", "*metadata", "object?"}, {"IncomingPayment", "*client", "string?"}, {"IncomingPayment", "*createdAt", "time"},
	{"Payment", "*id", "uuid"}, {"Payment", "*direction", "string"}, {"Payment", "*state", "string"},
	{"Payment", "transfers", "[Transfer]"},
	{"Transfer", "*id", "integer"}, {"Transfer", "*groupId", "integer"}, {"Transfer", "*kind", "string"}, {"Transfer", "*debit", "string"},
	{"Transfer", "*credit", "string"}, {"Transfer", "*amount", "Amount"}, {"Transfer", "*state", "string"}, {"Transfer", "*createdAt", "time"},

	{"Event", "*id", "uuid"}, {"Event", "*type", "string"}, {"Event", "*createdAt", "time"}, {"Event", "*sequence", "integer"},
	{"Event", "*data", "object"}, {"Event", "delivery", "Delivery"},
	{"Delivery", "*state", "string"}, {"Delivery", "*attempts", "integer"}, {"Delivery", "*nextAttemptAt", "time?"},
	{"Delivery", "*status", "integer?"}, {"Delivery", "*error", "string?"}, {"Delivery", "*deliveredAt", "time?"},

	{"BackupNew", "*file", "string"},
	{"Backup", "*file", "string"}, {"Backup", "*bytes", "integer"}, {"Backup", "*generation", "integer"}, {"Backup", "*createdAt", "time"},

	{"Doubt", "*id", "uuid"}, {"Doubt", "*peer", "string?"}, {"Doubt", "*payment", "uuid?"}, {"Doubt", "*direction", "string"},
	{"Doubt", "*amount", "Amount"}, {"Doubt", "*since", "time"}, {"Doubt", "releasedTo", "string"}, {"Doubt", "releasedAt", "time"},
	{"DoubtRelease", "*to", "string"},
};
/* clang-format on */

const size_t openapi_route_count = sizeof(openapi_routes) / sizeof(openapi_routes[0]);
const size_t openapi_member_count = sizeof(openapi_members) / sizeof(openapi_members[0]);
