/* resource: the handlers of the admin API, one file for each resource.
 *
 * Each is an http_handler behind the token check of admin_routes.c. They decide nothing about
 * money: they read a request into a row, hand it to a verb of the store, and write the answer.
 */
#ifndef FLORIN_ADMIN_RESOURCE_H
#define FLORIN_ADMIN_RESOURCE_H

#include "http/request.h"

/* asset.c */
http_handler admin_asset_list, admin_asset_add, admin_asset_get, admin_asset_set;
http_handler admin_asset_deposit;
http_handler admin_fee_list, admin_fee_add, admin_fee_examples;

/* wallet.c, wallet_set.c */
http_handler admin_wallet_list, admin_wallet_add, admin_wallet_get, admin_wallet_set;
/* key.c */
http_handler admin_key_list, admin_key_add, admin_key_revoke;
http_handler admin_keys_list, admin_keys_get, admin_keys_revoke;
http_handler admin_node_key_list, admin_node_key_rotate;
/* wallet_money.c */
http_handler admin_wallet_balance, admin_wallet_deposit;
/* withdrawal.c */
http_handler admin_wallet_withdraw, admin_asset_withdraw, admin_peer_withdraw;
http_handler admin_incoming_withdraw;
http_handler admin_partial_confirm;
http_handler admin_partial_reject;
http_handler admin_withdrawal_list, admin_withdrawal_get;
http_handler admin_withdrawal_post, admin_withdrawal_void;
/* cash.c */
http_handler admin_cash_list, admin_cash_get, admin_cash_approve, admin_cash_refuse;

/* peer.c, peer_change.c, peer_test.c */
http_handler admin_peer_list, admin_peer_get;
http_handler admin_peer_add, admin_peer_set, admin_peer_remove;
http_handler admin_peer_test;
http_handler admin_invitation_list, admin_invitation_add;
http_handler admin_invitation_remove;
http_handler admin_invitation_preview;
http_handler admin_invitation_accept;
http_handler admin_peer_auto;

/* settlement.c */
http_handler admin_peer_settle, admin_settlement_list, admin_settlement_end;
http_handler admin_settlement_terms_get, admin_settlement_terms_set;
/* statement.c */
http_handler admin_peer_statement, admin_peer_reconcile;
/* engine.c: with the token of a settlement engine */
http_handler admin_engine_settlement, admin_engine_message;

/* route.c, rates.c, receiver.c, receiver_payment.c */
http_handler admin_route_list, admin_route_explain;
http_handler admin_rates_list, admin_rates_source, admin_rates_sources, admin_rates_accept;
http_handler admin_receiver_resolve;
http_handler admin_receiver_add, admin_receiver_get, admin_receiver_complete;

/* spread.c, revenue.c */
http_handler admin_spread_list, admin_spread_set;
/* spread_course.c */
http_handler admin_spread_course, admin_revenue_course;
http_handler admin_revenue_get;

/* grant.c */
http_handler admin_client_list, admin_grant_list, admin_grant_get, admin_grant_revoke;

/* ledger.c */
http_handler admin_ledger_accounts, admin_ledger_transfers, admin_ledger_export;

/* doubt.c */
http_handler admin_doubt_list, admin_doubt_release;

/* quote.c */
http_handler admin_quote_add, admin_quote_get, admin_quote_data;

/* outgoing.c, outgoing_wait.c */
http_handler admin_outgoing_list, admin_outgoing_add, admin_outgoing_get, admin_outgoing_trace;
http_handler admin_outgoing_cancel;

/* incoming.c */
http_handler admin_incoming_list, admin_incoming_add, admin_incoming_get, admin_incoming_set;
http_handler admin_incoming_complete, admin_incoming_approve, admin_incoming_cancel;

/* payment.c */
http_handler admin_payment_list, admin_payment_get;

/* event.c */
http_handler admin_event_list, admin_event_get, admin_event_redeliver;

/* user.c */
http_handler admin_user_list;

/* activity.c */
http_handler admin_activity_get;

/* log_line.c */
http_handler admin_log_list;

/* history.c */
http_handler admin_activity_history, admin_peer_history, admin_asset_history;

/* rate_history.c */
http_handler admin_rates_history, admin_rates_course;

/* operator.c */
http_handler admin_operator_list, admin_operator_add, admin_operator_remove, admin_act_list;

/* webhook_endpoint.c */
http_handler admin_endpoint_list, admin_endpoint_add, admin_endpoint_get, admin_endpoint_set;
http_handler admin_endpoint_remove, admin_endpoint_secret;
http_handler admin_delivery_list, admin_delivery_get, admin_delivery_redeliver;

/* backup.c */
http_handler admin_backup_add;

/* funding.c */
http_handler admin_outgoing_fund;

/* openapi.c */
http_handler admin_openapi_get;

/* whoami.c, metrics.c, receipt.c */
http_handler admin_whoami, admin_metrics, admin_receipt_verify;

#endif
