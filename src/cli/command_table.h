/* command_table: every command of the program, in the order of `florin help`. */
#ifndef FLORIN_CLI_COMMAND_TABLE_H
#define FLORIN_CLI_COMMAND_TABLE_H

#include "cli/command.h"

/* One array per file; each ends with a row without name. */
extern const struct command asset_commands[];             /* asset.c */
extern const struct command backup_commands[];            /* backup.c */
extern const struct command bench_commands[];             /* bench.c */
extern const struct command check_commands[];             /* check.c */
extern const struct command cash_commands[];              /* cash.c */
extern const struct command doubt_commands[];             /* doubt.c */
extern const struct command event_commands[];             /* event.c */
extern const struct command grant_commands[];             /* grant.c */
extern const struct command help_commands[];              /* help.c */
extern const struct command init_commands[];              /* init.c */
extern const struct command inspect_commands[];           /* inspect.c */
extern const struct command inspect_signature_commands[]; /* inspect_signature.c */
extern const struct command key_commands[];               /* key.c */
extern const struct command money_commands[];             /* money.c */
extern const struct command operator_commands[];          /* operator.c */
extern const struct command pay_commands[];               /* pay.c */
extern const struct command payment_commands[];           /* payment.c */
extern const struct command peering_commands[];           /* peering.c */
extern const struct command peer_commands[];              /* peer.c */
extern const struct command rates_commands[];             /* rates.c */
extern const struct command request_commands[];           /* request.c */
extern const struct command route_commands[];             /* route.c */
extern const struct command serve_commands[];             /* serve.c */
extern const struct command settlement_commands[];        /* settlement.c */
extern const struct command statement_commands[];         /* statement.c */
extern const struct command tool_commands[];              /* tools.c */
extern const struct command wallet_commands[];            /* wallet.c */
extern const struct command webhook_commands[];           /* webhook.c */

/* Walks all commands: i from 0, NULL past the last. */
const struct command *command_at(size_t i);
/* The command of one or two words, NULL where there is none. second may be NULL. */
const struct command *command_find(const char *first, const char *second);
/* Is there a command whose first word this is. */
bool command_is_noun(const char *word);
/* The name nearest to what was typed, for a hint; NULL where nothing is near. */
const char *command_nearest(const char *typed);

#endif
