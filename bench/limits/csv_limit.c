/* The limit of CSV writing: bare libpq, COPY in the server's own CSV, each buffer written as it comes.
   csv_limit CONNECTION QUERY FILE */
#include <libpq-fe.h>
#include <stdio.h>

int main(int argc, char **argv) {
    if (argc != 4) return 2;
    PGconn *connection = PQconnectdb(argv[1]);
    if (PQstatus(connection) != CONNECTION_OK) return 1;
    char copy[65536];
    snprintf(copy, sizeof copy, "COPY (%s) TO STDOUT (FORMAT csv, HEADER)", argv[2]);
    PGresult *result = PQexec(connection, copy);
    if (PQresultStatus(result) != PGRES_COPY_OUT) {
        fputs(PQerrorMessage(connection), stderr);
        return 1;
    }
    PQclear(result);
    FILE *file = fopen(argv[3], "w");
    if (!file) return 1;
    char *buffer;
    int count;
    while ((count = PQgetCopyData(connection, &buffer, 0)) > 0) {
        fwrite(buffer, 1, count, file);
        PQfreemem(buffer);
    }
    if (fclose(file) != 0 || count != -1) return 1;
    result = PQgetResult(connection);
    int failed = PQresultStatus(result) != PGRES_COMMAND_OK;
    PQclear(result);
    PQfinish(connection);
    return failed;
}
