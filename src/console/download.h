/* download: what the admin API gives as a file, for an operator who has signed in. */
#ifndef FLORIN_CONSOLE_DOWNLOAD_H
#define FLORIN_CONSOLE_DOWNLOAD_H

#include "http/request.h"

/* GET /console/peers/{id}/statement, GET /console/ledger/export. */
http_handler download_statement, download_ledger;

#endif
