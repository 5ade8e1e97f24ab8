"""Holds the sheets of a workbook against the CSV files of the same reports, cell by cell and total by total.

    readback.py openpyxl SPEC.json    reads WORKBOOK itself
    readback.py soffice SPEC.json     reads what LibreOffice made of it: FOLDER/BASE-SHEET.csv

SPEC: {"workbook": PATH, "folder": PATH, "sheets": [{"sheet", "csv", "kinds": [], "totals": [], "currency": N or null}]}.
The CSV files are in the machine profile. Prints how many cells and totals it compared; ends with 1 at the first that
differs.
"""
import csv
import datetime
import json
import os
import sys
from decimal import Decimal

NUMBERS = ("integer", "money", "decimal", "rating", "percent")


def fail(place, expected, found):
    sys.exit(f"{place}: the CSV says {expected!r}, the workbook {found!r}")


def same(kind, text, cell, plain):
    """Whether a cell is the CSV's text; `plain` when all cells are texts, as LibreOffice writes them."""
    if text == "":
        return cell is None or cell == ""
    if cell is None or cell == "":
        return False
    if kind in NUMBERS:
        if isinstance(cell, str) and not plain:
            return cell == text  # more than fifteen digits are text
        if kind == "percent":
            share = Decimal(cell.rstrip("%")) / 100 if plain else Decimal(repr(cell))
            return abs(share - Decimal(text) / 100) < Decimal("1e-12")
        return Decimal(cell if plain else repr(cell)) == Decimal(text)
    if kind == "boolean":
        return str(cell).lower() == text if plain else cell is (text == "true")
    if kind == "date":
        return (cell if plain else cell.date().isoformat()) == text
    if kind == "timestamp":
        moment = cell if plain else cell.isoformat(sep=" ", timespec="seconds")
        return moment[:19] == text[:19]
    return cell == text


def compare(sheet, rows, plain):
    name, kinds = sheet["sheet"], sheet["kinds"]
    with open(sheet["csv"], newline="", encoding="utf-8") as file:
        expected = list(csv.reader(file))[1:]
    cells = 0
    for number, record in enumerate(expected):
        found = list(rows[number + 1]) + [None] * len(kinds)
        for column, (kind, text) in enumerate(zip(kinds, record)):
            if not same(kind, text, found[column], plain):
                fail(f"{name}, row {number + 2}, column {column + 1}", text, found[column])
            cells += 1
    return expected, cells


def totals(sheet, expected, rows, plain):
    """The totals below the rows: exact sums, each currency's own."""
    columns = [index for index, total in enumerate(sheet["totals"]) if total != "none"]
    if not columns or not expected:
        return 0
    currency = sheet["currency"]
    codes = sorted({record[currency] if currency is not None else "" for record in expected})
    count = 0
    for offset, code in enumerate(codes):
        row = rows[1 + len(expected) + offset]
        own = [record for record in expected if currency is None or record[currency] == code]
        for column in columns:
            values = [record[column] for record in own if record[column] != ""]
            wanted = Decimal(len(values)) if sheet["totals"][column] == "count" else sum(map(Decimal, values), Decimal(0))
            found = Decimal(row[column]) if plain else Decimal(repr(row[column]))
            if found != wanted:
                fail(f"{sheet['sheet']}, total {code}, column {column + 1}", wanted, found)
            count += 1
    if len(rows) != 1 + len(expected) + len(codes):
        fail(f"{sheet['sheet']}, rows", 1 + len(expected) + len(codes), len(rows))
    return count


def read_openpyxl(spec):
    import warnings

    import openpyxl

    # Bars of figures below zero are an extension that openpyxl leaves out.
    warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")
    book = openpyxl.load_workbook(spec["workbook"], data_only=True)
    formulas = openpyxl.load_workbook(spec["workbook"])
    for sheet in formulas.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f" and not cell.value.startswith(("=SUBTOTAL(", "=SUMIF(", "=COUNTIFS(")):
                    sys.exit(f"{sheet.title}!{cell.coordinate} has a formula that isn't ours: {cell.value}")
    return lambda name: [row for row in book[name].iter_rows(values_only=True)]


def read_soffice(spec):
    base = os.path.basename(spec["workbook"]).rsplit(".", 1)[0]

    def rows(name):
        with open(os.path.join(spec["folder"], f"{base}-{name}.csv"), newline="", encoding="utf-8") as file:
            return list(csv.reader(file))

    return rows


def main():
    kind, path = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        spec = json.load(file)
    plain = kind == "soffice"
    read = read_soffice(spec) if plain else read_openpyxl(spec)
    cells = sums = 0
    for sheet in spec["sheets"]:
        rows = read(sheet["sheet"])
        expected, count = compare(sheet, rows, plain)
        cells += count
        sums += totals(sheet, expected, rows, plain)
    print(f"{len(spec['sheets'])} sheets, {cells} cells and {sums} totals are those of the CSV files")


main()
