/* The one function that Go's runtime calls in bcryptprimitives.dll, for wine 8,
   which lacks it. Built and put into the prefix by .ci/wine-prefix. */
#include <windows.h>

/* RtlGenRandom of advapi32.dll, under the name it is exported by. */
BOOLEAN NTAPI SystemFunction036(PVOID buffer, ULONG length);

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T length)
{
	while (length > 0) {
		ULONG n = length > 0x100000 ? 0x100000 : (ULONG)length;
		if (!SystemFunction036(data, n))
			return FALSE;
		data += n;
		length -= n;
	}
	return TRUE;
}
