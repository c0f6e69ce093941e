/* inspect: decoders for people who debug: one item per line in, one JSON object per line out.
 *
 * A line that can't be read is answered by {"error":"REASON"}, and the next one is read. Member
 * names are those of t/vectors/. Contract section 7.
 */
#ifndef FLORIN_CLI_INSPECT_H
#define FLORIN_CLI_INSPECT_H

#include <jansson.h>
#include <stdio.h>

#include "base/bytes.h"
#include "base/limits.h"
#include "codec/http_sig.h"

/* The longest line is the hex of the largest packet. */
#define INSPECT_LINE_MAX   ((size_t)2 * ILP_PACKET_MAX)
#define INSPECT_SECRET_MAX 64 /* bytes */

struct cli;

/* Whose signatures are looked for. */
struct inspect_client {
	const json_t *jwks; /* key document */
	int64_t now_s;
	enum http_sig_profile profile;
};

/* What a form needs besides its line. */
struct inspect_with {
	struct bytes secret;
	const struct inspect_client *client;
};

/* What one line (without its end) is. A new reference, never NULL: without memory
 * the process ends. */
typedef json_t *inspect_line(struct bytes line, const struct inspect_with *with);
inspect_line inspect_packet;    /* hex of an ILP packet */
inspect_line inspect_stream;    /* hex of a STREAM data field; secret: the shared secret */
inspect_line inspect_address;   /* an ILP address */
inspect_line inspect_pointer;   /* a payment pointer */
inspect_line inspect_signature; /* a `request` object of t/vectors/httpsig.json; client */
inspect_line inspect_receipt;   /* hex of a STREAM receipt; secret: the receipt secret, 32 bytes */

/* Answers every line of `in` on `out`. Returns false where reading or writing failed. */
bool inspect_lines(FILE *in, FILE *out, inspect_line *line, const struct inspect_with *with);
/* The same from standard input to standard output, as a command. */
int inspect_run(struct cli *cli, inspect_line *line, const struct inspect_with *with);

#endif
