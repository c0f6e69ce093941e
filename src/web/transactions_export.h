/* transactions_export: everything that a filter of transactions.h lets through, as a file, however
 * many there are: it is written while it is read.
 */
#ifndef FLORIN_WEB_TRANSACTIONS_EXPORT_H
#define FLORIN_WEB_TRANSACTIONS_EXPORT_H

#include "http/request.h"

/* GET /wallet/payments.csv, GET /wallet/payments.json. */
http_handler transactions_csv, transactions_json;

#endif
