package machine

import (
	"bytes"
	"path/filepath"
	"testing"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/workshoptest"
)

// TestBuildAheadSparesAFullDisk starts nothing where there is no room.
func TestBuildAheadSparesAFullDisk(t *testing.T) {
	workshoptest.WithoutJaeger(t, "works")
	var out bytes.Buffer
	r := workshoptest.Here(t)
	a := &ahead{
		Console: console.New(&out), Repository: r,
		module:    jaeger.Module{Dir: filepath.Join(r.Root, "step05-jaeger", "jaeger")},
		log:       filepath.Join(t.TempDir(), "log"),
		freeSpace: func(string) (uint64, error) { return 2 << 30, nil },
		start:     func(*ahead) (int, error) { t.Error("it starts"); return 0, nil },
	}
	a.consider()
	workshoptest.Contains(t, out.String(), "Step 5 needs Jaeger", "has only 2.0 GB left", "go run ./workshop jaeger -build")
}
