package machine

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"example.com/tracing-workshop/workshop/internal/backend"
	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/workshoptest"
)

// doctorHere gives a doctor for this repository, and what it prints.
func doctorHere(t *testing.T) (*Doctor, *bytes.Buffer) {
	t.Helper()
	var out bytes.Buffer
	d := NewDoctor(console.New(&out), workshoptest.Here(t))
	d.ports = nil
	d.docker = func(context.Context) (string, error) { return "29.1.0", nil }
	return d, &out
}

func TestDoctorSeesTheGoCommand(t *testing.T) {
	for _, test := range []struct {
		name string
		env  map[string]string
		err  error
		want string
	}{
		{"too old", map[string]string{"GOVERSION": "go1.25.4"}, nil, "✗   Go       go1.25.4 is too old: the workshop needs go1.26.0 or later.\n             Install it from https://go.dev/dl"},
		{"none", nil, &exec.Error{Name: "go", Err: exec.ErrNotFound}, "✗   Go       There is no go command on PATH."},
		{"broken", nil, errors.New("go.work requires go >= 1.26.0 (running go 1.25.4; GOTOOLCHAIN=local)"), "✗   Go       The go command does not work: go.work requires"},
		{"no workspace", map[string]string{"GOVERSION": "go1.26.0", "GOWORK": "off"}, nil, "✗   Go       GOWORK is off"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d, out := doctorHere(t)
			d.goVariables = func(context.Context, string) (map[string]string, error) { return test.env, test.err }
			d.Prefetch = true
			if err := d.Examine(t.Context()); err != ErrNotReady {
				t.Errorf("the error is %v, want that the workshop cannot be done", err)
			}
			workshoptest.Contains(t, out.String(), test.want)
			workshoptest.Lacks(t, out.String(), "modules", "This machine can do")
		})
	}
	for has, fails := range map[string]bool{"go1.26.0": false, "go1.26.8": false, "go1.27rc1": false, "devel go1.28-abc": false, "go1.26rc2": true} {
		d, out := doctorHere(t)
		d.goVariables = func(context.Context, string) (map[string]string, error) {
			return map[string]string{"GOVERSION": has}, nil
		}
		if d.examineGo(t.Context()); d.failed != fails {
			t.Errorf("with %s: %s", has, out)
		}
	}
}

func TestDoctorMissesModules(t *testing.T) {
	t.Setenv("GOMODCACHE", t.TempDir())
	for proxy, want := range map[string]struct {
		line string
		err  error
	}{
		"off":                   {"✗   modules  Not all are here, and GOPROXY=off forbids to download. Missing:\n             go.opentelemetry.io/", ErrNotReady},
		"http://127.0.0.1:9/no": {"!   modules  Not all are here yet. Missing:\n             go.opentelemetry.io/", nil},
	} {
		t.Setenv("GOPROXY", proxy)
		d, out := doctorHere(t)
		d.freeSpace = func(string) (uint64, error) { return 50 << 30, nil }
		if err := d.Examine(t.Context()); err != want.err {
			t.Errorf("with GOPROXY=%s the error is %v, want %v", proxy, err, want.err)
		}
		workshoptest.Contains(t, out.String(), "ok  Go", want.line, "go run ./workshop doctor -prefetch\n")
	}
}

func TestDoctorSeesATakenPort(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", ":0"} {
		listener, err := net.Listen("tcp4", address)
		if err != nil {
			t.Fatal(err)
		}
		defer listener.Close()
		d, out := doctorHere(t)
		d.ports = []port{{number: listener.Addr().(*net.TCPAddr).Port, wants: "joke-service", advice: "add -addr"}}
		if d.examinePorts(t.Context()); d.failed {
			t.Errorf("a port that is taken is in nobody's way:\n%s", out)
		}
		workshoptest.Contains(t, out.String(), "!   ports    ", " cannot be used: ", "joke-service.\n", "End that program", "add -addr.\n")
		workshoptest.Lacks(t, out.String(), "free")
	}
}

func TestDoctorSeesFreePorts(t *testing.T) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d, out := doctorHere(t)
	d.ports = []port{{number: listener.Addr().(*net.TCPAddr).Port}}
	listener.Close()
	d.examinePorts(t.Context())
	workshoptest.Contains(t, out.String(), "ok  ports    ", " free\n")
}

func TestDoctorSeesJaeger(t *testing.T) {
	workshoptest.WithoutJaeger(t, "works")
	look := func(proxy string) *Doctor {
		d, _ := doctorHere(t)
		d.env = map[string]string{"GOPROXY": proxy}
		d.examineJaeger(t.Context())
		return d
	}
	d := look("direct")
	if d.failed || !d.noJaeger {
		t.Error("that there is no Jaeger yet is not known, or taken for a failure")
	}
	workshoptest.Contains(t, d.Writer.(*bytes.Buffer).String(), "!   Jaeger   There is none yet.", "go run ./workshop jaeger -build\n")

	t.Setenv("JAEGER_BIN", filepath.Join(t.TempDir(), "none"))
	if d = look("direct"); !d.failed {
		t.Error("a JAEGER_BIN that is no Jaeger is not taken for a failure")
	}
	workshoptest.Contains(t, d.Writer.(*bytes.Buffer).String(), "✗   Jaeger   JAEGER_BIN is set to ")

	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	fake := filepath.Join(t.TempDir(), "jaeger")
	if err := os.Symlink(self, fake); err != nil {
		t.Fatal(err)
	}
	t.Setenv("JAEGER_BIN", fake)
	workshoptest.Contains(t, look("off").Writer.(*bytes.Buffer).String(), "ok  Jaeger   2.13.0, with its web page:\n", fake)

	t.Setenv("JAEGER_BIN", "")
	t.Setenv("PATH", t.TempDir()) // the go command cannot list its source
	if d = look("off"); !d.failed {
		t.Error("that there can be no Jaeger is not taken for a failure")
	}
	workshoptest.Contains(t, d.Writer.(*bytes.Buffer).String(), "✗   Jaeger   There is none, and GOPROXY=off",
		"the program from https://github.com/jaegertracing/jaeger/releases/tag/v2.13.0\n")
}

func TestDoctorSeesDocker(t *testing.T) {
	for want, err := range map[string]error{
		"ok  Docker   29.1.0\n":           nil,
		"-   Docker   is not here.":       &exec.Error{Name: "docker", Err: exec.ErrNotFound},
		"-   Docker   is installed and d": errors.New("exit status 1"),
	} {
		d, out := doctorHere(t)
		d.docker = func(context.Context) (string, error) { return "29.1.0", err }
		if d.examineDocker(t.Context()); d.failed {
			t.Error("it is taken for a failure")
		}
		workshoptest.Contains(t, out.String(), want, jaeger.Image)
	}
}

// TestDoctorSeesWhatMayFollow tells about what several systems lack once.
func TestDoctorSeesWhatMayFollow(t *testing.T) {
	java := &backend.Missing{What: "no Java is on PATH", Get: "sudo apt install openjdk-17-jdk"}
	has := func(err error) func() error { return func() error { return err } }
	for _, test := range []struct {
		systems []system
		want    string
	}{
		{[]system{{"kafka", has(nil)}}, "ok  backend  all of go run ./workshop backend can run here, which is for after the steps\n"},
		{[]system{{"kafka", has(java)}, {"python", has(nil)}, {"zipkin", has(&backend.Missing{What: "no later Java is on PATH", Get: java.Get})}, {"prometheus", has(&backend.Missing{What: "no prometheus is on PATH"})}, {"cassandra", has(java)}},
			"-   backend  Some of go run ./workshop backend cannot run here. No step needs them.\n" +
				"             kafka, zipkin, cassandra: what is lacking comes with\n             sudo apt install openjdk-17-jdk\n             prometheus: no prometheus is on PATH\n"},
	} {
		d, out := doctorHere(t)
		d.systems = test.systems
		if d.examineBackends(t.Context()); d.failed || out.String() != test.want {
			t.Errorf("failed is %v, and it says\n%swant\n%s", d.failed, out, test.want)
		}
	}
}

func TestDoctorSeesAFullDisk(t *testing.T) {
	for _, test := range []struct {
		free     uint64
		missing  []string
		noJaeger bool
		fails    bool
		want     string
	}{
		{1 << 30, nil, false, false, "ok  disk     1.0 GB free; the lessons write up to 0.3 GB\n"},
		{200 << 20, nil, false, true, "✗   disk     Only 0.2 GB are left where "},
		{900 << 20, []string{"a"}, false, true, "; downloading and compiling needs up to 3.0 GB.\n"},
		{2 << 30, nil, true, true, "; downloading and compiling needs up to 3.0 GB.\n             Make room there.\n"},
		{3 << 30, nil, true, false, "ok  disk     3.0 GB free"},
	} {
		d, out := doctorHere(t)
		d.missing, d.noJaeger = test.missing, test.noJaeger
		d.freeSpace = func(string) (uint64, error) { return test.free, nil }
		if d.examineDisk(t.Context()); d.failed != test.fails {
			t.Errorf("failed is %v, want %v", d.failed, test.fails)
		}
		workshoptest.Contains(t, out.String(), test.want)
	}
	d, out := doctorHere(t)
	d.freeSpace = func(string) (uint64, error) { return 0, errors.ErrUnsupported }
	d.examineDisk(t.Context())
	workshoptest.Contains(t, out.String(), "-   disk     ", "does not tell how full it is")
}

// TestDoctorSeesABrokenWorkspace shows go's own reason, and what to do about it.
func TestDoctorSeesABrokenWorkspace(t *testing.T) {
	for _, test := range []struct {
		name   string
		breaks func() error
		want   []string
	}{
		{"a syntax error", func() error {
			return os.WriteFile("go.work", []byte("go 1.26.0\nuse ./step01-passes\nuse (\n"), 0o600)
		}, []string{"errors parsing ", "go.work:4: syntax error (unterminated block started at ", "go.work as it was shipped comes back with: git restore go.work\n"}},
		{"a folder that is gone", func() error { return os.RemoveAll("step02-passes") },
			[]string{"cannot load module ", "step02-passes listed in go.work file: open ", "bring it back (what was shipped, with: git restore step02-passes), or take its line out of go.work\n"}},
		{"a go.mod that is gone", func() error { return os.Remove("step02-passes/go.mod") },
			[]string{"cannot load module ", "step02-passes listed in go.work file: open ", "git restore " + filepath.Join("step02-passes", "go.mod") + "), or take"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			workshoptest.Repository(t, map[string]string{"step01-passes": workshoptest.StepThatPasses, "step02-passes": workshoptest.StepThatPasses})
			if err := test.breaks(); err != nil {
				t.Fatal(err)
			}
			d, out := doctorHere(t)
			d.examineModules(t.Context())
			workshoptest.Contains(t, out.String(), append([]string{"✗   modules  The go command cannot list them: "}, test.want...)...)
		})
	}
}
