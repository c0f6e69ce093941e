#include "cli/command_table.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define NAME_CHARS  64
#define NEAR_ENOUGH 3 /* edits between what was typed and the name that is proposed */

static const struct command *const groups[] = {
        init_commands,
        check_commands,
        tool_commands,
        inspect_commands,
        inspect_signature_commands,
        serve_commands,
        asset_commands,
        wallet_commands,
        money_commands,
        operator_commands,
        key_commands,
        peer_commands,
        peering_commands,
        settlement_commands,
        statement_commands,
        route_commands,
        rates_commands,
        pay_commands,
        request_commands,
        payment_commands,
        cash_commands,
        doubt_commands,
        event_commands,
        webhook_commands,
        backup_commands,
        grant_commands,
        bench_commands,
        help_commands,
};

const struct command *command_at(size_t i)
{
	for (size_t group = 0; group < sizeof groups / sizeof groups[0]; group++)
		for (const struct command *c = groups[group]; c->name; c++)
			if (i-- == 0)
				return c;
	return NULL;
}

/* Is `name` made of these words. */
static bool is_named(const char *name, const char *first, const char *second)
{
	size_t n = strlen(first);

	if (strncmp(name, first, n) != 0)
		return false;
	if (!second)
		return name[n] == '\0';
	return name[n] == ' ' && strcmp(name + n + 1, second) == 0;
}

const struct command *command_find(const char *first, const char *second)
{
	const struct command *c;

	for (size_t i = 0; (c = command_at(i)); i++)
		if (is_named(c->name, first, second))
			return c;
	return NULL;
}

bool command_is_noun(const char *word)
{
	const struct command *c;
	size_t n = strlen(word);

	for (size_t i = 0; (c = command_at(i)); i++)
		if (strncmp(c->name, word, n) == 0 && (c->name[n] == ' ' || c->name[n] == '\0'))
			return true;
	return false;
}

const char *command_nearest(const char *typed)
{
	unsigned best = NEAR_ENOUGH + 1;
	const char *nearest = NULL;
	const struct command *c;

	for (size_t i = 0; (c = command_at(i)); i++) {
		unsigned whole = text_distance(c->name, typed);
		char noun[NAME_CHARS];
		unsigned first;

		(void)snprintf(noun, sizeof noun, "%.*s", (int)strcspn(c->name, " "), c->name);
		first = text_distance(noun, typed);
		if (whole < best || first < best) {
			best = whole < first ? whole : first;
			nearest = c->name;
		}
	}
	return nearest;
}
