package main

import "golang.org/x/sys/windows"

// realFolder follows the junctions and mount points on the way to dir, which
// filepath.EvalSymlinks leaves as they are.
func realFolder(dir string) string {
	name, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return dir
	}
	const shared = windows.FILE_SHARE_READ | windows.FILE_SHARE_WRITE | windows.FILE_SHARE_DELETE
	folder, err := windows.CreateFile(name, 0, shared, nil, windows.OPEN_EXISTING, windows.FILE_FLAG_BACKUP_SEMANTICS, 0)
	if err != nil {
		return dir
	}
	defer windows.CloseHandle(folder)
	final := make([]uint16, windows.MAX_LONG_PATH)
	n, err := windows.GetFinalPathNameByHandle(folder, &final[0], uint32(len(final)), 0)
	if err != nil || int(n) > len(final) {
		return dir
	}
	return windows.UTF16ToString(final[:n])
}
