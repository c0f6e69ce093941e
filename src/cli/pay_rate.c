#include "cli/pay_rate.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t asked;

static void on_signal(int number)
{
	(void)number;
	asked = 1;
}

void pay_rate_catch(void)
{
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

/* "/s", "/m" or "/min", "/h". 0: none of these. */
static uint64_t unit_ms(const char *text)
{
	static const struct {
		const char *name;
		uint64_t ms;
	} units[] = {{"s", 1000}, {"m", 60000}, {"min", 60000}, {"h", 3600000}};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(units[i].name, text) == 0)
			return units[i].ms;
	return 0;
}

int pay_rate_read(
        const struct cli *cli, const struct admin_asset *asset, json_t **amount, uint64_t *over_ms)
{
	const char *rate = cli_text(cli, "rate"), *span = cli_text(cli, "for");
	const char *slash = rate ? strchr(rate, '/') : NULL;
	char text[AMOUNT_TEXT_SIZE];
	uint64_t units, per_ms = slash ? unit_ms(slash + 1) : 0, seconds, total;
	int status;

	if (!rate || !span)
		return cli_fail(cli, EXIT_USAGE, NULL, "like --rate 0.01/s --for 60s",
		        "--rate and --for belong together");
	if (!per_ms)
		return cli_fail(cli, EXIT_USAGE, NULL, "like 0.01/s, 0.50/min or 2.00/h",
		        "--rate \"%s\" is no amount per time", rate);
	if (amount_parse_major(rate, (size_t)(slash - rate), asset->scale, &units) || units == 0)
		return cli_fail(cli, EXIT_USAGE, NULL, "a longer time takes a finer rate: 0.05/min",
		        "--rate \"%s\" is no amount of %s", rate, asset->code);
	status = admin_seconds_typed(cli, "for", span, PAY_FOR_MAX_S, &seconds);
	if (status)
		return status;
	*over_ms = seconds * 1000;
	total = mul_div_floor(units, *over_ms, per_ms);
	if (total == 0 || total > AMOUNT_MAX)
		return cli_fail(cli, EXIT_USAGE, NULL, "", "that comes to %s",
		        total ? "more than can be paid" : "nothing");
	amount_format_major(total, asset->scale, text);
	return admin_amount_typed(cli, text, asset, amount);
}

int pay_rate_stop_asked(struct admin *a, const char *id, bool *stopped)
{
	char path[ADMIN_PATH_BYTES];
	json_t *payment = NULL;
	int status;

	if (!asked || *stopped)
		return EXIT_DONE;
	*stopped = true;
	admin_path(path, "/outgoing-payments/*/cancel", id);
	status = admin_call(a, "POST", path, json_pack("{s:s}", "reason", "stopped by the payer"),
	        NULL, &payment);
	json_decref(payment);
	/* It may have ended by itself just now. */
	return status == EXIT_UNREACHABLE ? status : EXIT_DONE;
}

void pay_rate_show(const json_t *payment, int64_t over_ms)
{
	long long ms = (long long)json_integer_value(json_object_get(payment, "elapsedMs"));
	char sent[SHOW_CELL_BYTES], whole[SHOW_CELL_BYTES], arrived[SHOW_CELL_BYTES];

	fprintf(stderr,
	        isatty(STDERR_FILENO) ? "\r%llds of %llds: sent %s of %s, arrived %s  "
	                              : "%llds of %llds: sent %s of %s, arrived %s\n",
	        ms / 1000, (long long)over_ms / 1000, show_amount_text(payment, "sentAmount", sent),
	        show_amount_text(payment, "debitAmount", whole),
	        show_amount_text(payment, "deliveredAmount", arrived));
}
