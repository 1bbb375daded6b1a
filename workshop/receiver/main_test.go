package receiver_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"sync"
	"testing"

	"go.uber.org/goleak"
	"google.golang.org/grpc/grpclog"
)

// TestMain proves two things about all tests together: no goroutine outlives
// them, and gRPC logs no error. Errors are what it writes to stderr by default.
func TestMain(m *testing.M) {
	var logged lockedBuffer
	grpclog.SetLoggerV2(grpclog.NewLoggerV2(io.Discard, io.Discard, &logged))

	goleak.VerifyTestMain(m, goleak.Cleanup(func(exitCode int) {
		if text := logged.String(); text != "" {
			fmt.Fprintf(os.Stderr, "gRPC logged errors, want none:\n%s", text)
			exitCode = 1
		}
		os.Exit(exitCode)
	}))
}

type lockedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}
