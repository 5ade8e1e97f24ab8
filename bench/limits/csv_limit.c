/* The limit of statement parsing: bare libcsv, strict, counting fields and records of a file. */
#include <csv.h>
#include <stdio.h>

static unsigned long fields, records;
static void on_field(void *data, size_t length, void *context) {
    (void)data, (void)length, (void)context;
    fields++;
}
static void on_record(int terminator, void *context) {
    (void)terminator, (void)context;
    records++;
}

int main(int argc, char **argv) {
    if (argc != 2) return 2;
    FILE *file = fopen(argv[1], "rb");
    if (!file) return 1;
    struct csv_parser parser;
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI)) return 1;
    static char buffer[1 << 16];
    size_t length;
    while ((length = fread(buffer, 1, sizeof buffer, file)) > 0)
        if (csv_parse(&parser, buffer, length, on_field, on_record, NULL) != length) return 1;
    if (csv_fini(&parser, on_field, on_record, NULL)) return 1;
    csv_free(&parser);
    printf("%lu records, %lu fields\n", records, fields);
    return 0;
}
