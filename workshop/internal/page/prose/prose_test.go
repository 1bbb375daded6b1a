package prose

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"example.com/tracing-workshop/workshop/internal/lesson"
)

// hostile is what must not get through, in as many forms as Markdown has.
const hostile = `# Step 9: <script>alert(0)</script> ` + "`x`" + `

<script>alert(1)</script>

<img src=x onerror=alert(2)>
<img src="/images/docs/a.png" onerror="alert(3)" style="position:fixed">
<p style="background:url(https://evil.example/x)">styled</p>
<a href="javascript:alert(4)">click</a> <a href="../go.mod">file</a> <a href="data:text/html,x">data</a>
<iframe src="https://evil.example"></iframe><object data="x"></object><embed src="x"><base href="https://evil.example/">
<form action="https://evil.example"><input name=a><button>b</button></form>
<svg onload=alert(5)><script>alert(6)</script></svg><math><mtext></mtext></math>
<style>body{display:none}</style><link rel=stylesheet href=https://evil.example/x.css><meta http-equiv=refresh content=0>
<details ontoggle=alert(7)><summary>more</summary>inside</details>

[a](javascript:alert(8)) [b](JaVaScRiPt:alert(9)) [c](data:text/html;base64,x) [d](vbscript:x) <javascript:alert(10)>
[out](../../etc/passwd) [root](/etc/passwd) [host](//evil.example/x)
![e](https://evil.example/x.png) ![f](javascript:alert(11)) ![g](../../x.png) ![h](../go.mod) ![" onerror="alert(12)](../docs/a.png)

` + "```go\" onclick=\"alert(13) x.go\" onclick=\"alert(14)\nfmt.Println(\"<script>alert(15)</script>\")\n```\n\n" +
	"```\"><script>alert(16)</script>\n<b>\n```\n" + `
## 1. <img src=x onerror=alert(17)> Title

<span class="evil">span</span> <pre class="evil">pre</pre> <div id="app">div</div>
`

func TestHostile(t *testing.T) {
	l, err := render("step09-x", []byte(hostile), none)
	if err != nil {
		t.Fatal(err)
	}
	if len(l.Sections) != 1 {
		t.Fatalf("%d sections, want 1", len(l.Sections))
	}
	all := l.Intro + l.Sections[0].HTML
	for _, tag := range regexp.MustCompile(`<[^>]*>`).FindAllString(all, -1) {
		if !allowed.MatchString(tag) {
			t.Errorf("there is %s in\n%s", tag, all)
		}
	}
	for _, link := range regexp.MustCompile(`(?:href|src)="([^"]*)"`).FindAllStringSubmatch(all, -1) {
		if !regexp.MustCompile(`^(?:#/learn/|/images/docs/)`).MatchString(link[1]) {
			t.Errorf("it leads to %s", link[1])
		}
	}
}

// allowed is what the hostile text may still hold.
var allowed = regexp.MustCompile(`^</?(?:p|a|h[3-6]|code|em|strong|details|summary|span|pre|br|tr|td)>$|` +
	`^<img src="/images/docs/a\.png"(?: alt="[^"]*")?/?>$|^<span class="tok-\w+">$|^<pre class="code(?: language-\w+)?"(?: data-file="[\w.]+")?>$`)

func none(string) ([]byte, error) { return nil, os.ErrNotExist }

const small = `# Step 3: Two ` + "`services`" + `, <b>one</b> trace

Before, with [an anchor](#2-the-end) and [the start](#before-you-start).

## Before you start

| a | b |
|:--|--:|
| 1 | 2 |

## 1. The ` + "`begin`" + `

See [journey.go](journey.go), [the words](../docs/concepts.md#event), [step 4](../step04-x/README.md#2-second),
[docs/mistakes.md](../docs/mistakes.md), [Go](https://go.dev/x?a=b) and ![a picture](../docs/images/trace.svg).

### Inside

` + "```go journey.go\nfunc main() { \"## 7. no\" }\n## 8. no\n```" + `

` + "```console terminal=2\n$ ls\n```" + `

<details>
<summary>One way</summary>

**bold**

</details>

## 2. The end

over

## Extra credit

more
`

func TestLesson(t *testing.T) {
	l, err := render("step03-x", []byte(small), func(step string) ([]byte, error) {
		if step != "step04-x" {
			return nil, os.ErrNotExist
		}
		return []byte("# Four\n\n## 1. First\n\n## 2. Second\n"), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if l.Title != "Step 3: Two services, one trace" || len(l.Sections) != 2 || l.Sections[0].Title != "The begin" || l.Sections[1].Number != 2 {
		t.Fatalf("got %+v", l)
	}
	for _, test := range []struct{ in, want string }{
		{l.Intro, `<a href="#/learn/step03-x/2"`},
		{l.Intro, `<a href="#/learn/step03-x"`},
		{l.Intro, `<h3>Before you start</h3>`},
		{l.Intro, `<td align="right">2</td>`},
		{l.Sections[0].HTML, `See <code>step03-x/journey.go</code>, the words (<code>docs/concepts.md#event</code>), <a href="#/learn/step04-x/2"`},
		{l.Sections[0].HTML, `<code>docs/mistakes.md</code>, <a href="https://go.dev/x?a=b" rel="noreferrer noopener" target="_blank">Go</a>`},
		{l.Sections[0].HTML, `<img src="/images/docs/images/trace.svg" alt="a picture"`},
		{l.Sections[0].HTML, `<h4>Inside</h4>`},
		{l.Sections[0].HTML, `<pre class="code language-go" data-file="journey.go"><code>`},
		{l.Sections[0].HTML, `<span class="tok-`},
		{l.Sections[0].HTML, `<pre class="code language-console" data-terminal="2"><code>`},
		{l.Sections[0].HTML, "<details>\n<summary>One way</summary>\n<p><strong>bold</strong></p>\n</details>"},
		{l.Sections[1].HTML, "<p>over</p>\n<h3>Extra credit</h3>\n<p>more</p>"},
	} {
		if !strings.Contains(test.in, test.want) {
			t.Errorf("%s\ndoes not stand in\n%s", test.want, test.in)
		}
	}
}

// TestShippedLessons has the sections that the lesson's own reader finds, and
// nothing in them gets lost.
func TestShippedLessons(t *testing.T) {
	const root = "../../../.."
	names, err := filepath.Glob(filepath.Join(root, "step0*", "README.md"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no lessons: %v", err)
	}
	for _, name := range names {
		step := filepath.Base(filepath.Dir(name))
		t.Run(step, func(t *testing.T) {
			source, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			want, err := lesson.Parse(name, string(source))
			if err != nil {
				t.Fatal(err)
			}
			got, err := Read(root, step)
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Sections) != len(want.Sections) {
				t.Fatalf("%d sections, want %d", len(got.Sections), len(want.Sections))
			}
			html, blocks := got.Intro, map[string]int{}
			for i, section := range want.Sections {
				if got.Sections[i].Number != section.Number {
					t.Errorf("section %d comes as %d", section.Number, got.Sections[i].Number)
				}
				html += got.Sections[i].HTML
			}
			for _, b := range want.Blocks {
				blocks[b.Language]++
			}
			if pre := strings.Count(html, "<pre "); pre != len(want.Blocks) {
				t.Errorf("%d blocks of code, want %d", pre, len(want.Blocks))
			}
			for language, n := range blocks {
				if shown := strings.Count(html, fmt.Sprintf(`<pre class="code language-%s"`, language)); language != "" && shown != n {
					t.Errorf("%d blocks of %s, want %d", shown, language, n)
				}
			}
			if strings.Contains(html, "style=") || strings.Contains(html, "&lt;details") {
				t.Error("there is an inline style, or HTML that is not understood")
			}
		})
	}
}

func TestIsPicture(t *testing.T) {
	for name, want := range map[string]bool{
		"docs/images/trace.svg": true, "step01-spans/a.png": true, "docs/a.webp": true,
		"a.png": false, "workshop/a.png": false, "docs/a.html": false, "go.mod": false, "docs": false, "docs.png": false,
	} {
		if got := IsPicture(name); got != want {
			t.Errorf("%s: %t, want %t", name, got, want)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	for b.Loop() {
		if _, err := Read("../../../..", "step03-autoinstrument"); err != nil {
			b.Fatal(err)
		}
	}
}
