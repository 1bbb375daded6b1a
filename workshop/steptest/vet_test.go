package steptest

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestVetChecks holds the list to that of the go command.
func TestVetChecks(t *testing.T) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(root)), "src", "cmd", "go", "internal", "test", "test.go"))
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(source), "var defaultVetFlags = []string{")
	list, _, found := strings.Cut(list, "\n}")
	if !found {
		t.Fatal("the go command keeps its list elsewhere now")
	}
	var want []string
	for _, match := range regexp.MustCompile(`(?m)^\t"(-\w+)",$`).FindAllStringSubmatch(list, -1) {
		want = append(want, match[1])
	}
	if !slices.Equal(vetChecks, want) {
		t.Errorf("go test asks for %v", want)
	}
}

func TestVet(t *testing.T) {
	for name, c := range map[string]struct{ body, want string }{
		"clean":            {`fmt.Printf("%d", 1)`, ""},
		"a finding":        {`fmt.Printf("%d", "one")`, "main.go:5:27: fmt.Printf format %d has arg \"one\" of wrong type string"},
		"not of go test's": {`fmt.Printf("%d", 1); return; fmt.Println()`, ""}, // unreachable
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("GOWORK", "off")
			folder := t.TempDir()
			for file, text := range map[string]string{
				"go.mod":  "module example.com/x\n\ngo 1.26\n",
				"main.go": "package main\n\nimport \"fmt\"\n\nfunc main() { " + c.body + " }\n",
			} {
				if err := os.WriteFile(filepath.Join(folder, file), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			got, err := Vet(t.Context(), folder)
			if err != nil || !strings.Contains(got, c.want) || c.want == "" && got != "" {
				t.Errorf("Vet finds %q, %v; want %q", got, err, c.want)
			}
		})
	}
}
