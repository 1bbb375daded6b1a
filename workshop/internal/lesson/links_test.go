package lesson

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBrokenLinks(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"go.go": "one\ntwo\n",
		"docs/other.md": "# Why `spans`?\n## Why spans\n<a id=\"here\"></a>\n" +
			"```text\n# not a heading\n```\n",
		"docs/page.md": "[a](other.md) [b](other.md#why-spans) [c](other.md#why-spans-1) [d](other.md#here)\n" +
			"[e](../go.go#L2) [f](https://example.com/#x) [g](#top) ![h](<../go.go> \"title\")\n" +
			"# Top\n`[code](gone.md)`\n```text\n[block](gone.md)\n```\n" +
			"[i](gone.md) [j](other.md#not-a-heading) [k](../go.go#L3) [l](../../out.md) [m](#nowhere)\n" +
			"[n][n]\n\n[n]: gone-too.md\n",
	} {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := BrokenLinks(folder, "docs/page.md")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"docs/page.md: gone.md: there is no docs/gone.md",
		"docs/page.md: other.md#not-a-heading: docs/other.md has no anchor not-a-heading",
		"docs/page.md: ../go.go#L3: go.go has no anchor L3",
		"docs/page.md: ../../out.md: it leaves the workshop",
		"docs/page.md: #nowhere: docs/page.md has no anchor nowhere",
		"docs/page.md: gone-too.md: there is no docs/gone-too.md",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
