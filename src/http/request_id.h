/* request_id: the name of one request, by which its log lines are found.
 *
 * 21 characters: twelve that a loop draws at its start, a dash, and eight that go on with each
 * request: "k3v9d0w2m7xq-9t1c4a2z". 60 random bits keep loops, processes and nodes apart; nobody
 * needs to be unable to guess one. The eight do not count from nought in ones, so that an id does
 * not say at a glance how much a node is used.
 */
#ifndef FLORIN_HTTP_REQUEST_ID_H
#define FLORIN_HTTP_REQUEST_ID_H

#include <stdbool.h>
#include <stdint.h>

#include "base/log.h"

#define REQUEST_ID_MAX    LOG_REQUEST_MAX /* of one that a proxy made */
#define REQUEST_ID_SIZE   (REQUEST_ID_MAX + 1)
#define REQUEST_ID_MIN    8
#define REQUEST_ID_PREFIX 12
#define REQUEST_ID_DIGITS 8

struct request_ids {
	char prefix[REQUEST_ID_PREFIX + 1]; /* with its dash */
	uint64_t at;
	uint64_t left; /* until another prefix is drawn */
};

void request_ids_init(struct request_ids *s);
/* One writer. */
void request_id_next(struct request_ids *s, char out[REQUEST_ID_SIZE]);
/* REQUEST_ID_MIN to REQUEST_ID_MAX letters, digits, '-', '_' and '.'. */
bool request_id_is(const char *text);

#endif
