package browser

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp/kb"
)

// eachView opens every view, one after the other, in a page of the given size and theme.
func eachView(t *testing.T, width, height int64, theme string, check func(p *tab)) {
	address, end := newFake().listen(t, "127.0.0.1:0")
	defer end()
	p := open(t, address)
	p.media("", theme)
	p.size(width, height)
	for _, v := range views {
		t.Run(v.name, func(t *testing.T) {
			outer := p.TB
			p.TB = t
			defer func() { p.TB = outer }()
			p.visit(v.view, v.shows)
			check(p)
			p.clean()
		})
	}
}

// TestAccessible lets axe look at every view, and at the list of keys.
func TestAccessible(t *testing.T) {
	axe, err := os.ReadFile("testdata/axe.min.js")
	if err != nil {
		t.Fatal(err)
	}
	const findings = `axe.run().then(r => r.violations.filter(v => v.impact === 'serious' || v.impact === 'critical')
		.map(v => v.id + ': ' + v.help + '\n  ' + v.nodes.slice(0, 4).map(n => n.html.slice(0, 200) + ' ' + n.failureSummary).join('\n  ')))`
	for _, theme := range []string{"light", "dark"} {
		t.Run(theme, func(t *testing.T) {
			eachView(t, 1280, 720, theme, func(p *tab) {
				get[bool](p, string(axe)+";true")
				for _, finding := range get[[]string](p, findings) {
					p.Error(finding)
				}
				p.press("?")
				p.wait("dialog[open]")
				for _, finding := range get[[]string](p, findings) {
					p.Error("keys: ", finding)
				}
			})
		})
	}
}

// TestReadable holds every text that is seen to the size that the last row reads.
func TestReadable(t *testing.T) {
	eachView(t, 1280, 720, "light", func(p *tab) {
		small := get[[]string](p, `(() => {
			const small = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
			while (walker.nextNode()) {
				const node = walker.currentNode, range = document.createRange();
				range.selectNodeContents(node);
				if (node.data.trim() === '' || range.getClientRects().length === 0) continue;
				if (parseFloat(getComputedStyle(node.parentElement).fontSize) < 18) small.push(node.data.slice(0, 60));
			}
			return small;
		})()`)
		for _, text := range small {
			p.Errorf("smaller than 18 px: %q", text)
		}
	})
}

// TestNarrow lets no view be wider than a telephone.
func TestNarrow(t *testing.T) {
	eachView(t, 375, 720, "light", func(p *tab) {
		if wide := get[float64](p, "document.documentElement.scrollWidth"); wide > 375 {
			p.Errorf("it is %v px wide; too wide are: %s", wide, get[string](p, `[...document.querySelectorAll('body *')]
				.filter(e => e.getBoundingClientRect().right > 376 && !e.closest('.scroll, pre')).slice(0, 5).map(e => e.outerHTML.slice(0, 120)).join('\n')`))
		}
	})
}

// TestHostile lets no text of a program become an element.
func TestHostile(t *testing.T) {
	f := newFake()
	r := record(3)
	r.Failure.Says, r.Failure.Why, r.Failure.Next, r.Failure.Must = hostileText, hostileText, hostileText, hostileText
	r.Failure.Gap, r.Failure.Cause = hostileText, hostileText
	r.Stderr, r.Commands, r.Requests = []string{hostileText}, []string{hostileText}, []string{hostileText}
	r.Checks[0].Must = hostileText
	r.Traces = append(r.Traces, hostile())
	f.record = &r
	f.live["remark"], f.live["problem"], f.live["command"] = hostileText, hostileText, hostileText
	f.jaeger["problem"] = hostileText
	address, end := f.listen(t, "127.0.0.1:0")
	defer end()
	p := open(t, address)
	id := hostile().ID
	look := func(name string) {
		t.Helper()
		p.until(`document.body.innerText.includes('onerror=alert(1)')`)
		p.check(name+" makes no elements of text", `document.querySelector('main img, main script, #gone img') === null`)
	}
	for view, shows := range map[string]string{
		"/learn/" + step: ".verdict .says", "/live": ".traces li", "/jaeger": ".traces li", "/calls/live": ".graph svg", "/spans/live": "table",
		"/trace/live/" + id + "?span=0000000000000001": ".details", "/compare/live/" + id + "/" + newSample(21).trace.ID: ".differs",
		"/learn/none": ".cannot",
	} {
		p.visit(view, shows)
		look(view)
	}
	f.change(func() {
		f.problems[step] = object{"says": hostileText, "lines": []object{{"place": hostileText, "message": hostileText, "hint": hostileText}}}
	})
	p.visit("/learn/"+step, ".problems")
	look("what does not compile")
	p.visit("/"+strings.ReplaceAll(hostileText, " ", "%20"), ".cannot")
	p.check("an address makes no elements", `document.querySelector('main img, main script') === null`)
	p.clean()
}

// TestPrint puts the lesson, the verdict and the bars on paper, and no controls.
func TestPrint(t *testing.T) {
	address, end := newFake().listen(t, "127.0.0.1:0")
	defer end()
	p := open(t, address)
	p.media("print", "dark")
	p.visit("/learn/"+step, ".bar")
	seen := func(selector string) string {
		return `[...document.querySelectorAll('` + selector + `')].some(e => e.getClientRects().length > 0)`
	}
	for _, selector := range []string{"#top", ".steps", "button", ".tools", ".copy"} {
		p.check(selector+" is not printed", "!"+seen(selector))
	}
	for _, selector := range []string{".section[open] .prose", ".verdict .says", ".bar.ghost", ".legend"} {
		p.check(selector+" is printed", seen(selector))
	}
	p.check("it is black on white", `getComputedStyle(document.body).color === 'rgb(0, 0, 0)' && getComputedStyle(document.body).backgroundColor === 'rgb(255, 255, 255)'`)
	pdf := call(p, page.PrintToPDF, page.PrintToPDFParams{PrintBackground: new(true)})
	if len(pdf.Data) == 0 {
		t.Error("nothing is printed")
	}
	p.visit("/trace/live/"+newSample(60).trace.ID, ".row")
	p.run()
	get[bool](p, `dispatchEvent(new Event('beforeprint'))`)
	p.check("more rows are printed than are seen", `document.querySelectorAll('.row').length >= 200`)
	p.clean()
}

// TestManyRows keeps the elements of a trace of ten thousand spans few.
func TestManyRows(t *testing.T) {
	address, end := newFake().listen(t, "127.0.0.1:0")
	defer end()
	p := open(t, address)
	p.visit("/trace/live/"+newSample(60).trace.ID, ".row")
	few := `document.querySelectorAll('.row').length < 100`
	p.check("few rows are elements", few)
	p.press(kb.End)
	p.until(`document.activeElement.dataset.row === '9999'`)
	p.check("few rows are elements at the end", few)
	get[bool](p, `(document.querySelector('.sheet').scrollTop = 100000, true)`)
	p.until(`[...document.querySelectorAll('.row')].some(r => Math.abs(r.offsetTop - 100000) < 100)`)
	p.check("few rows are elements in the middle", few)
	p.press("[")
	p.until(`document.querySelectorAll('.row').length === 1`)
	p.clean()
}

// TestScript keeps the script small enough to be read.
func TestScript(t *testing.T) {
	files, _ := filepath.Glob("../static/*.js")
	lines := 0
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines += bytes.Count(content, []byte("\n"))
		for _, word := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "'style', "} {
			if bytes.Contains(content, []byte(word)) {
				t.Errorf("%s makes elements or code of text: %s", file, word)
			}
		}
		if parses := bytes.Count(content, []byte("new DOMParser")); parses > 0 && (filepath.Base(file) != "learn.js" || parses > 1) {
			t.Errorf("%s parses HTML; only the lesson's is, at one place", file)
		}
	}
	if len(files) == 0 || lines >= 1500 {
		t.Errorf("%d lines in %d files; it should stay below 1,500", lines, len(files))
	}
}
