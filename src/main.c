/* florin: dispatch to a command. */
#include "base/heap.h"
#include "cli/command.h"

int main(int argc, char **argv)
{
	heap_init();
	return command_main(argc, argv);
}
