/* The limit of XLSX writing: bare libxlsxwriter in constant-memory mode.
   Reads rows of COPY's text format on standard input; a field that is a plain decimal becomes a number, all else text. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xlsxwriter.h>

static int is_number(const char *text) {
    if (*text == '-') text++;
    if (!*text) return 0;
    int points = 0;
    for (; *text; text++) {
        if (*text == '.' && !points++) continue;
        if (*text < '0' || *text > '9') return 0;
    }
    return 1;
}

int main(int argc, char **argv) {
    if (argc != 2) return 2;
    lxw_workbook_options options = {.constant_memory = LXW_TRUE};
    lxw_workbook *workbook = workbook_new_opt(argv[1], &options);
    lxw_worksheet *sheet = workbook_add_worksheet(workbook, "Sheet");
    char *line = NULL;
    size_t capacity = 0;
    lxw_row_t row = 0;
    while (getline(&line, &capacity, stdin) > 0) {
        line[strcspn(line, "\n")] = 0;
        lxw_col_t column = 0;
        for (char *rest = line, *field; (field = strsep(&rest, "\t")); column++) {
            if (!strcmp(field, "\\N")) continue;
            lxw_error error = is_number(field) ? worksheet_write_number(sheet, row, column, atof(field), NULL)
                                               : worksheet_write_string(sheet, row, column, field, NULL);
            if (error) return 1;
        }
        row++;
    }
    free(line);
    return workbook_close(workbook) != LXW_NO_ERROR;
}
