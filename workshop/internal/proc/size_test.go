package proc

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func TestSizeOfAFolder(t *testing.T) {
	folder := t.TempDir()
	if err := os.MkdirAll(filepath.Join(folder, "below"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, bytes := range map[string]int64{"short": 10, "below/empty": 0, "below/holes": 64 << 20} {
		file, err := os.Create(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := file.Truncate(bytes); err != nil {
			t.Fatal(err)
		}
		file.Close()
	}
	if got, want := SizeOf(folder), int64(10+64<<20); got != want {
		t.Errorf("its size is %d, want %d", got, want)
	}
	if got := SizeOnDisk(folder); runtime.GOOS == "linux" && got >= 32<<20 {
		t.Errorf("it takes %d bytes on its disk, although that is of holes", got)
	}
	if got := SizeOf(filepath.Join(folder, "nothing")); got != 0 {
		t.Errorf("no folder has %d bytes", got)
	}
}
