package lesson

import (
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// tree writes a small workshop: a step with one gap, and its solution.
func tree(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	const program = "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(answer()) }\n\n"
	for name, text := range map[string]string{
		"step01-x/go.mod":            "module example.com/x\n\ngo 1.26\n",
		"step01-x/main.go":           program + "func answer() int { return 0 } // TODO(1)\n",
		"step01-x/main_test.go":      "package main\n\nimport \"testing\"\n\nfunc TestAnswer(t *testing.T) {\n\tif answer() != 42 {\n\t\tt.Fatal(\"no\")\n\t}\n}\n",
		"solutions/step01-x/main.go": program + "func answer() int { return 42 }\n",
		"go.work":                    "go 1.26\n\nuse ./step01-x\n",
		"notes.txt":                  "first\n\n  second\n",
	} {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// block writes a fenced block.
func block(info string, lines ...string) string {
	return "```" + info + "\n" + strings.Join(lines, "\n") + "\n```\n"
}

// walked walks through a document in a small workshop, and gives what is wrong
// with it.
func walked(t *testing.T, path string, parts ...string) string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the commands are for a POSIX shell")
	}
	t.Parallel()
	d, err := Parse(path, strings.Join(parts, ""))
	if err != nil {
		t.Fatal(err)
	}
	if err := Walk(t.Context(), tree(t), d); err != nil {
		return err.Error()
	}
	return ""
}

const wholeLesson = "step01-x/README.md"

var answer = block("go main.go", "func answer() int { return 42 }")

func TestWalk(t *testing.T) {
	tests := []struct {
		name     string
		path     string
		document []string
		want     string // in the error; "" if there must be none
	}{
		{
			name: "a lesson",
			path: wholeLesson,
			document: []string{
				block("console", "$ go run ./step01-x", "0", "$ go test ./step01-x", "--- FAIL: TestAnswer (0.00s)", "…", "FAIL"),
				"## 1. The answer\n", answer,
				block("go", "  func main() { fmt.Println(answer()) }"),
				block("console", "$ cd step01-x", "$ export NAME=answer", "$ echo $NAME; go run .", "answer", "42"),
			},
		},
		{
			name:     "another terminal",
			path:     "README.md",
			document: []string{block("console", "$ export A=1"), block("console terminal=2", "$ echo \"[$A]\"", "[]")},
		},
		{
			name: "a server in another terminal",
			path: "README.md",
			document: []string{
				block("console terminal=2", "$ trap 'echo bye; exit 7' INT; echo ready; while :; do test -f go && echo went && rm go; sleep 0.01; done", "ready"),
				block("console", "$ touch go"),
				block("console terminal=2", "went", "^C", "bye"),
				block("console terminal=2", "$ echo free", "free"),
			},
		},
		{
			name:     "a command that goes on when the document ends",
			path:     "README.md",
			document: []string{block("console terminal=2", "$ echo ready; sleep 1000", "ready")},
		},
		{
			name:     "a terminal that is busy",
			path:     "README.md",
			document: []string{block("console terminal=2", "$ sleep 1000"), block("console terminal=2", "$ echo free", "free")},
			want:     `README.md:4: $ echo free: "sleep 1000" still runs in this terminal: show ^C first`,
		},
		{
			name:     "a server that does not start",
			path:     "README.md",
			document: []string{block("console terminal=2", "$ echo no port; exit 1", "ready")},
			want:     `README.md:1: $ echo no port; exit 1: the output has no line "ready" in its place`,
		},
		{
			name:     "other output",
			path:     "README.md",
			document: []string{block("console", "$ echo one; echo two", "one", "three")},
			want:     `README.md:1: $ echo one; echo two: the output has no line "three" in its place`,
		},
		{
			name:     "a failure that is not shown",
			path:     "README.md",
			document: []string{block("console", "$ go test ./step01-x", "…")},
			want:     "it fails (exit status 1), and the document does not show that",
		},
		{
			name:     "a failure that does not come",
			path:     "README.md",
			document: []string{block("console", "$ echo exit status 1", "exit status 1")},
			want:     "it succeeds, and the document shows a failure",
		},
		{
			name:     "a block that is not run",
			path:     "README.md",
			document: []string{"<!-- not run: it must not be -->\n", block("console", "$ exit 1")},
		},
		{
			name:     "a gap that is not filled",
			path:     wholeLesson,
			document: []string{"## 1. The answer\n", block("console", "$ go run ./step01-x", "0")},
			want:     "section 1 ends, and TODO(1) is still there",
		},
		{
			name:     "another program than the solution",
			path:     wholeLesson,
			document: []string{"## 1. The answer\n", block("go main.go", "func answer() int { return 40 + 2 }")},
			want:     "step01-x/main.go after the lesson (+) is not that of the solution (-)",
		},
		{
			name:     "a program that does not pass",
			path:     wholeLesson,
			document: []string{"## 1. The answer\n", block("go main.go", "func answer() int { return 41 }")},
			want:     "$ go test ./step01-x: the output has no line",
		},
		{
			name:     "an illustration of nothing",
			path:     "docs/x.md",
			document: []string{block("go", "fmt.Println(answer())")},
			want:     "docs/x.md:1: these lines do not stand, one after the other, in any Go file",
		},
		{
			name:     "an illustration with a broken line",
			path:     "docs/x.md",
			document: []string{block("go", "func answer()", "  int { return 42 }")},
		},
		{
			name:     "an illustration with half a line",
			path:     "docs/x.md",
			document: []string{block("go", "func answer()")},
			want:     "docs/x.md:1: these lines do not stand, one after the other, in any Go file",
		},
		{
			name:     "a quoted file",
			path:     "docs/x.md",
			document: []string{block("text notes.txt", "  first", "second"), block("text notes.txt", "second", "first")},
			want:     "docs/x.md:5: these lines do not stand in notes.txt",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := walked(t, test.path, test.document...)
			if test.want == "" && got != "" || !strings.Contains(got, test.want) {
				t.Errorf("got %q; want %q", got, test.want)
			}
		})
	}
}

// TestLocalAddresses has two walks meet the same addresses.
func TestLocalAddresses(t *testing.T) {
	a, b := &addresses{picked: map[string]string{}}, &addresses{picked: map[string]string{}}
	first, err := a.command("curl localhost:8080/x 127.0.0.1:8081 localhost:8080")
	if err != nil {
		t.Fatal(err)
	}
	second, err := b.command("curl localhost:8080/x 127.0.0.1:8081 localhost:8080")
	if err != nil {
		t.Fatal(err)
	}
	if first == second || strings.Contains(first, ":808") {
		t.Errorf("got %q and %q", first, second)
	}
	if want := "curl localhost:8080/x 127.0.0.1:8081 localhost:8080"; a.output(first) != want {
		t.Errorf("got %q; want %q", a.output(first), want)
	}
	got, err := a.command("go run ./workshop traces -brief")
	if want := "go run ./workshop traces -listen 127.0.0.1:" + a.picked["4317"] + " -brief"; err != nil || got != want {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
	for line, flags := range map[string][]string{
		"go run ./step03-autoinstrument":                                  {"-user-addr", "-joke-addr"},
		"go run ./step04-manual-spans joke-service":                       {"-addr"},
		"go run ./step04-manual-spans user-service -joke-url http://x/y":  {"-addr", "-joke-url"},
		"go run ./step03-autoinstrument user-service -addr 127.0.0.1:999": {"-addr", "-joke-url"},
	} {
		got, err := a.command(line)
		if err != nil {
			t.Fatal(err)
		}
		for _, flag := range flags {
			if strings.Count(got, " "+flag+" ") != 1 {
				t.Errorf("for %q got %q; want one %s", line, got, flag)
			}
		}
	}
}

func TestFreePort(t *testing.T) {
	seen := map[string]bool{}
	for range 20 {
		port, err := freePort()
		if err != nil {
			t.Fatal(err)
		}
		if seen[port] {
			t.Fatalf("port %s was given out twice", port)
		}
		seen[port] = true
		listener, err := net.Listen("tcp4", "127.0.0.1:"+port)
		if err != nil {
			t.Fatal(err)
		}
		listener.Close()
	}
}
