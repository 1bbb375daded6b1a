package lesson

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const before = `package p

import "fmt"

// one is the first.
func one() { fmt.Println(1) }

func (t *thing[T]) name() string { return "" }

var a, b = 1, 2 // both

type thing[T any] struct{}
`

func TestApply(t *testing.T) {
	tests := []struct {
		name     string
		block    string
		old, new string // what is replaced in before; "" stands for its end
	}{
		{
			name:  "function keeps its comment",
			block: "func one() {}\n",
			old:   "func one() { fmt.Println(1) }", new: "func one() {}",
		},
		{
			name:  "function with a comment",
			block: "// one is another one.\nfunc one() {}\n",
			old:   "// one is the first.\nfunc one() { fmt.Println(1) }", new: "// one is another one.\nfunc one() {}",
		},
		{
			name:  "imports",
			block: "import (\n\t\"os\"\n)\n",
			old:   `import "fmt"`, new: "import (\n\t\"os\"\n)",
		},
		{
			name:  "method",
			block: "func (x *thing[T]) name() string { return \"x\" }\n",
			old:   `func (t *thing[T]) name() string { return "" }`, new: `func (x *thing[T]) name() string { return "x" }`,
		},
		{
			name:  "function of the same name as a method is added",
			block: "func name() {}\n",
			new:   "\nfunc name() {}\n",
		},
		{
			name:  "variables",
			block: "var b = 3 // alone\n",
			old:   "var a, b = 1, 2 // both", new: "var b = 3 // alone",
		},
		{
			name:  "new declarations, in their order",
			block: "// two\nfunc two() {}\n\nconst three = 3\n",
			new:   "\n// two\nfunc two() {}\n\nconst three = 3\n",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			want := before + test.new
			if test.old != "" {
				want = strings.Replace(before, test.old, test.new, 1)
			}
			got, err := Apply(before, test.block)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestApplyAddsImports(t *testing.T) {
	got, err := Apply("package p\n\nfunc f() {}\n", "import \"os\"\n")
	if want := "package p\n\nimport \"os\"\n\nfunc f() {}\n"; err != nil || got != want {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
}

func TestApplyTakesAWholeFile(t *testing.T) {
	const whole = "package p\n\nfunc f() {}\n"
	for _, file := range []string{before, ""} {
		if got, err := Apply(file, whole); err != nil || got != whole {
			t.Errorf("got %q, %v; want %q", got, err, whole)
		}
	}
}

func TestApplyRejects(t *testing.T) {
	for block, reason := range map[string]string{
		"func {":              "the block is not Go",
		"func f() {  }\n":     "the block is not as gofmt writes it",
		"x := 1\n":            "the block is not a list of declarations",
		"// only a comment\n": "the block declares nothing",
	} {
		if _, err := Apply(before, block); err == nil || !strings.HasPrefix(err.Error(), reason) {
			t.Errorf("%q: got %v; want %s", block, err, reason)
		}
	}
}
