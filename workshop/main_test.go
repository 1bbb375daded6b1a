package main

import (
	"bytes"
	"io"
	"os"
	"strings"
	"testing"

	"go.opentelemetry.io/otel"
	"go.uber.org/goleak"
	"google.golang.org/grpc/grpclog"

	"example.com/tracing-workshop/workshop/internal/machine"
	"example.com/tracing-workshop/workshop/internal/progress"
	"example.com/tracing-workshop/workshop/internal/workshoptest"
)

// asWorkshop makes the test binary run as the workshop command.
const asWorkshop = "TEST_AS_WORKSHOP"

func TestMain(m *testing.M) {
	if played, code := workshoptest.Play(); played {
		os.Exit(code)
	}
	if os.Getenv(asWorkshop) != "" {
		os.Unsetenv(asWorkshop)
		main()
		return
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(error) {})) // of exporters that fail on purpose
	// Neither these tests nor what they start build Jaeger in the background.
	os.Setenv(machine.NoBuild, "1")
	// Nor do they change what is remembered of where a learner is.
	os.Setenv(progress.Folder, os.DevNull)
	grpclog.SetLoggerV2(grpclog.NewLoggerV2(io.Discard, io.Discard, io.Discard))
	goleak.VerifyTestMain(m)
}

func TestCommandLine(t *testing.T) {
	for _, test := range []struct {
		args   string
		code   int
		stdout string
		stderr string // all of it
	}{
		{"help", exitOK, "go run ./workshop traces", ""},
		{"-h", exitOK, "go run ./workshop check [step]", ""},
		{"--help", exitOK, "go run ./workshop", ""},
		{"help traces", exitOK, "-listen address", ""},
		{"traces -h", exitOK, "(default 127.0.0.1:4317)", ""},
		{"help pack", exitOK, "-for platforms", ""},
		{"pack", exitUsage, "", "workshop: pack: name the folder of the stick, and nothing else after it, as: go run ./workshop pack /media/stick"},
		{"pack -for linux /media/stick", exitUsage, "", `workshop: pack: -for: "linux" is no system with a processor, as linux/amd64`},
		{"pack -for plan9/386 /media/stick", exitUsage, "", "workshop: pack: -for: the workshop is not for plan9/386: choose from linux/amd64, linux/arm64, darwin/amd64, darwin/arm64, windows/amd64, windows/arm64"},
		{"help", exitOK, "WORKSHOP_NO_BUILD=1 keeps Jaeger", ""},
		{"help help", exitOK, "go run ./workshop traces", ""},
		{"help page", exitOK, "-port number", ""},
		{"page -h", exitOK, "(default 7777)", ""},
		{"help backend", exitOK, "\n  -fetch\n      only fetch what it needs", ""},
		{"backend -h", exitOK, "go run ./workshop backend [name]: ", ""},
		{"traces help", exitOK, "(default 127.0.0.1:4317)", ""},
	} {
		t.Run(test.args, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			if code := run(t.Context(), strings.Fields(test.args), &stdout, &stderr); code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			workshoptest.Contains(t, stdout.String(), test.stdout)
			if test.stdout == "" && stdout.Len() > 0 {
				t.Errorf("stdout is %q, want nothing", stdout.String())
			}
			if got := strings.TrimSuffix(stderr.String(), "\n"); got != test.stderr {
				t.Errorf("stderr is\n%s\nwant\n%s", got, test.stderr)
			}
		})
	}
}

// TestHelpFits80Columns keeps the summaries short.
func TestHelpFits80Columns(t *testing.T) {
	var out bytes.Buffer
	if code := run(t.Context(), []string{"help"}, &out, &out); code != exitOK {
		t.Fatalf("exit code %d", code)
	}
	for line := range strings.Lines(out.String()) {
		if len(strings.TrimRight(line, "\n")) > 80 {
			t.Errorf("longer than 80 columns: %q", line)
		}
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
