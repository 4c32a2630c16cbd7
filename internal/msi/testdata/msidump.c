/* Applies a transform to a package with Windows' own msi.dll and prints tables, one row a line:
 * msidump PACKAGE TRANSFORM ERRORS TABLE... */
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>
#include <msi.h>
#include <msiquery.h>

int wmain(int argc, wchar_t **argv) {
	MSIHANDLE db, view, row;
	static char utf8[1 << 17];
	static wchar_t text[1 << 16];
	UINT r = MsiOpenDatabaseW(argv[1], MSIDBOPEN_DIRECT, &db);
	if (r) return printf("open: %u\n", r), 1;
	if ((r = MsiDatabaseApplyTransformW(db, argv[2], _wtoi(argv[3])))) printf("apply: %u\n", r);
	for (int i = 4; i < argc; i++) {
		wchar_t query[200];
		swprintf(query, 200, L"SELECT * FROM `%ls`", argv[i]);
		if ((r = MsiDatabaseOpenViewW(db, query, &view)) || (r = MsiViewExecute(view, 0))) {
			printf("%ls: no such table\n", argv[i]);
			continue;
		}
		while (!MsiViewFetch(view, &row)) {
			printf("%ls", argv[i]);
			for (UINT f = 1; f <= MsiRecordGetFieldCount(row); f++) {
				DWORD n = 1 << 16;
				text[0] = 0;
				MsiRecordGetStringW(row, f, text, &n);
				WideCharToMultiByte(CP_UTF8, 0, text, -1, utf8, sizeof utf8, NULL, NULL);
				printf("\t%s", utf8);
			}
			printf("\n");
			MsiCloseHandle(row);
		}
		MsiCloseHandle(view);
	}
	fflush(stdout);
	return 0;
}
