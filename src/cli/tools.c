/* tools: the rows of commands whose work is done elsewhere. */
#include "cli/command_table.h"
#include "cli/demo.h"

#define PORT_MAX 65000

static int demo(struct cli *cli)
{
	uint64_t port = DEMO_PORT_DEFAULT;
	struct demo_options options = {.dir = cli_text(cli, "dir"),
	        .send = cli_text(cli, "send"),
	        .once = cli_flag(cli, "once"),
	        .json = cli->json};
	int status = cli_number(cli, "port", PORT_MAX, &port);

	if (status)
		return status;
	options.port = (unsigned)port;
	if (!options.send)
		options.send = DEMO_SEND_DEFAULT;
	return demo_run(&options);
}

static const struct option demo_options[] = {
        {"once", NULL, "stop after the first payment", 0},
        {"port", "P", "the nodes take P and P+1, and the same 100 and 200 above (default 3000)", 0},
        {"dir", "D", "keep the nodes' data in D", 0},
        {"send", "AMOUNT", "what alice sends (default 10.00)", 0},
        {0},
};

const struct command tool_commands[] = {
        {"demo", "", "three nodes and a payment on this machine", 0, 0, demo_options, demo},
        {0},
};
