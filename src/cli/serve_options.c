#include "cli/serve_options.h"

static enum http_sig_digest content_digest(const struct config *c)
{
	switch (c->auth.require_content_digest) {
	case CONFIG_DIGEST_STRICT:
		return HTTP_SIG_DIGEST_STRICT;
	case CONFIG_DIGEST_WARN:
		return HTTP_SIG_DIGEST_WARN;
	case CONFIG_DIGEST_OFF:
		break;
	}
	return HTTP_SIG_DIGEST_OFF;
}

void serve_node_options(const struct config *c, const char *admin_token, struct node_options *o)
{
	*o = (struct node_options){
	        .public_url = c->server.public_url,
	        .database = "sqlite",
	        .root_wallet = c->server.root_wallet,
	        .dev = c->server.dev,
	        .stream_echo = c->ilp.stream_echo,
	        .auto_peering = c->ilp.auto_peering,
	        .headless = c->accounts.mode == CONFIG_ACCOUNTS_HEADLESS,
	        .wallet_not_found = c->accounts.wallet_not_found,
	        .addresses_per_user = c->accounts.addresses_per_user,
	        .faucet = c->accounts.faucet,
	        .confirm_partial_ms =
	                c->accounts.confirm_partials ? (int64_t)c->limits.confirm_partial_ms : 0,
	        .max_packet_amount = c->ilp.max_packet_amount,
	        .expiry = {.min_message_window_ms = (int64_t)c->ilp.min_message_window_ms,
	                .max_hold_ms = (int64_t)c->ilp.max_hold_s * 1000,
	                .clamp_ms = (int64_t)c->limits.packet_expiry_s * 1000},
	        .quote_lifetime_ms = (int64_t)c->quotes.lifetime_s * 1000,
	        .slippage_bps = (unsigned)c->quotes.slippage_bps,
	        .incoming_life = {.default_ms = (int64_t)c->limits.incoming_payment_s * 1000,
	                .max_ms = (int64_t)c->limits.incoming_payment_max_s * 1000},
	        .incoming_slack_bps = (unsigned)c->limits.incoming_slack_bps,
	        .packets_per_peer_per_s = c->limits.packets_per_peer_per_s,
	        .packets_per_peer_burst = c->limits.packets_per_peer_burst,
	        .in_flight_per_peer = c->limits.in_flight_per_peer,
	        .page_size = c->limits.page_size,
	        .metadata_bytes = c->limits.metadata_bytes,
	        .signature_profile = c->auth.signature_profile == CONFIG_SIGNATURE_STRICT
	                                     ? HTTP_SIG_STRICT
	                                     : HTTP_SIG_COMPAT,
	        .content_digest = content_digest(c),
	        .signature_max_age_s = (int64_t)c->auth.signature_max_age_s,
	        .admin_token = admin_token,
	        .token_lifetime_ms = (int64_t)c->auth.token_lifetime_s * 1000,
	        .interaction_ms = (int64_t)c->limits.interaction_s * 1000,
	        .pending_grants_per_client = c->limits.pending_grants_per_client,
	};
}

void serve_rates_options(const struct config *c, struct rates_options *o)
{
	*o = (struct rates_options){
	        .used = {[RATE_ORIGIN_FILE] = c->rates.file != NULL,
	                [RATE_ORIGIN_URL] = c->rates.url != NULL,
	                [RATE_ORIGIN_ECB] = c->rates.ecb != NULL},
	        .max_age_ms = {[RATE_ORIGIN_FILE] = (int64_t)c->rates.file_max_age_s * 1000,
	                [RATE_ORIGIN_URL] = (int64_t)c->rates.url_max_age_s * 1000,
	                [RATE_ORIGIN_ECB] = (int64_t)c->rates.ecb_max_age_s * 1000},
	        .jump_bps = {[RATE_ORIGIN_URL] = (unsigned)c->rates.jump_bps,
	                [RATE_ORIGIN_ECB] = (unsigned)c->rates.jump_bps},
	        .priority = c->rates.priority,
	};
}
