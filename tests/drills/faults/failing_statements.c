/* Of what the service reads of results of the database, FAILING_PERCENT are errors. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>

typedef struct pg_result PGresult;

enum { kTuplesOk = 2, kFatalError = 7 }; /* ExecStatusType of libpq-fe.h */

int PQresultStatus(const PGresult *result) {
  static int (*real)(const PGresult *);
  static unsigned state = 1;
  if (real == NULL) real = (int (*)(const PGresult *))dlsym(RTLD_NEXT, "PQresultStatus");
  int status = real(result);
  if (status != kTuplesOk) return status;
  state = state * 1103515245u + 12345u;
  return (int)(state / 65536 % 100) < atoi(getenv("FAILING_PERCENT")) ? kFatalError : status;
}
