/* What Wine 8 lacks for a program made with Go, as the bcryptprimitives.dll
   that each of them loads when it starts. For .ci/windows alone: it stands in
   for the system, as Microsoft documents it, and for nothing of the workshop. */
#include <string.h>
#include <windows.h>
#include <winternl.h>

BOOLEAN WINAPI SystemFunction036(void *, ULONG);

/* Where Go gets its random numbers. */
__declspec(dllexport) BOOL WINAPI ProcessPrng(BYTE *data, SIZE_T size) { return SystemFunction036(data, size); }

/* Go deletes with FileDispositionInformationEx, which Wine has not. It answers
   that by an error that Go does not know; at this one Go goes another way. */
static BYTE original[32];

static NTSTATUS WINAPI set_information(HANDLE file, IO_STATUS_BLOCK *io, void *data, ULONG size, ULONG class)
{
	if (class == 64) return 0xC0000003; /* STATUS_INVALID_INFO_CLASS */
	return ((typeof(&set_information))original)(file, io, data, size, class);
}

/* Wine has no Ctrl-Break. Windows calls the handlers of all processes of the
   group; this calls those of its leader. A new group heeds no Ctrl-C, which
   Wine takes to hold for Ctrl-Break as well. */
static DWORD WINAPI deliver(void *event)
{
	LPTHREAD_START_ROUTINE routine = (void *)GetProcAddress(GetModuleHandleA("kernelbase"), "CtrlRoutine");
	SetConsoleCtrlHandler(NULL, FALSE);
	return routine(event);
}

/* This library lies at the same address in every process. */
static BOOL WINAPI generate(DWORD event, DWORD group)
{
	HANDLE thread, leader = OpenProcess(PROCESS_ALL_ACCESS, FALSE, group);
	if (!leader) return FALSE;
	thread = CreateRemoteThread(leader, NULL, 0, deliver, (void *)(ULONG_PTR)event, 0, NULL);
	CloseHandle(leader);
	return thread && CloseHandle(thread);
}

/* The handler of last resort. That of Wine exits with 0. */
static BOOL WINAPI unheeded(DWORD event) { ExitProcess(STATUS_CONTROL_C_EXIT); }

static void replace(const char *module, const char *name, void *by)
{
	BYTE jump[12] = {0x48, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xE0}; /* mov rax, by; jmp rax */
	void *at = GetProcAddress(GetModuleHandleA(module), name);
	DWORD before;
	memcpy(jump + 2, &by, sizeof by);
	VirtualProtect(at, sizeof jump, PAGE_EXECUTE_READWRITE, &before);
	memcpy(at, jump, sizeof jump);
}

BOOL WINAPI DllMain(HINSTANCE self, DWORD reason, void *reserved)
{
	DWORD before;
	if (reason != DLL_PROCESS_ATTACH) return TRUE;
	memcpy(original, GetProcAddress(GetModuleHandleA("ntdll"), "NtSetInformationFile"), sizeof original);
	VirtualProtect(original, sizeof original, PAGE_EXECUTE_READWRITE, &before);
	replace("ntdll", "NtSetInformationFile", set_information);
	replace("kernelbase", "GenerateConsoleCtrlEvent", generate);
	SetConsoleCtrlHandler(unheeded, TRUE);
	return TRUE;
}
