/* serve_options: what of the configuration the parts of a node are told. */
#ifndef FLORIN_CLI_SERVE_OPTIONS_H
#define FLORIN_CLI_SERVE_OPTIONS_H

#include "config.h"
#include "ilp/node.h"

/* Texts are borrowed. */
void serve_node_options(const struct config *c, const char *admin_token, struct node_options *out);
void serve_rates_options(const struct config *c, struct rates_options *out);

#endif
