package browser

import (
	"slices"
	"strconv"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"example.com/tracing-workshop/workshop/internal/workshoptest"
)

// TestKeyboard goes from the list into a trace and back without a pointer.
func TestKeyboard(t *testing.T) {
	address, end := newFake().listen(t, "127.0.0.1:0")
	defer end()
	p := open(t, address)
	p.visit("/live", ".traces li")
	p.press("j", "j")
	p.until(`document.activeElement.matches('.traces li:nth-child(2) a')`)
	p.press(kb.Enter)
	p.until(`document.activeElement.dataset.row === '0'`)
	rows := get[int](p, `document.querySelectorAll('.row').length`)
	p.press(kb.ArrowLeft)
	p.until(`document.querySelectorAll('.row').length === 1 && document.activeElement.getAttribute('aria-expanded') === 'false'`)
	p.press(kb.ArrowRight)
	p.until(`document.activeElement.getAttribute('aria-expanded') === 'true'`)
	if now := get[int](p, `document.querySelectorAll('.row').length`); now != rows {
		t.Errorf("%d rows were unfolded, of %d", now, rows)
	}
	p.press(kb.ArrowRight, "j", "k")
	p.check("the second row has the focus", `document.activeElement.dataset.row === '1'`)
	p.press(kb.ArrowLeft, kb.ArrowLeft) // folds it, and goes to the one above
	p.check("the first row has the focus", `document.activeElement.dataset.row === '0'`)
	p.press("]", "j", kb.Enter)
	p.wait(".details")
	p.check("the details are of that span", `document.querySelector('.details h2').textContent === 'GET /connections'`)
	p.check("the row says that it is chosen", `document.activeElement.getAttribute('aria-selected') === 'true'`)
	p.check("the address has the span", `location.hash.includes('span=0000000000000002')`)
	p.press("c")
	p.wait(".critical")
	p.check("the address has the critical path", `location.hash.includes('critical=1')`)
	p.press("+")
	p.until(`/from=\d+/.test(location.hash) && /to=\d+/.test(location.hash)`)
	before := get[string](p, `location.hash`)
	p.run(pressShift(kb.ArrowRight))
	p.check("it moves along", `location.hash !== '`+before+`'`)
	zoomed := get[string](p, `location.hash.slice(1)`)
	p.visit(zoomed, ".details")
	p.check("the address leads to the same", `document.querySelector('.critical') !== null && location.hash.includes('from=') && document.querySelector('.axis span') !== null`)
	p.press("0")
	p.until(`!location.hash.includes('from=')`)
	p.press("z")
	p.until(`location.hash.includes('from=')`)
	p.press("?")
	p.wait("dialog[open]")
	p.press(kb.Escape)
	p.until(`document.querySelector('dialog[open]') === null`)
	p.press(kb.Escape)
	p.until(`document.querySelector('.details') === null && document.activeElement.classList.contains('row')`)
	p.press(kb.Escape)
	p.wait(".traces li")
	// Who types fast is at the field before the view has changed.
	p.check("the field has the focus", `(() => {
		location.hash = '#/jaeger';
		document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '/', bubbles: true }));
		return document.activeElement.name === 'id';
	})()`)
	p.press("650d")
	p.until(`document.querySelector('h1')?.textContent === 'What Jaeger holds'`)
	p.press("9074", kb.Enter)
	p.until(`location.hash.startsWith('#/trace/jaeger/650d9074') && document.querySelector('.row') !== null`)
	p.clean()
}

// TestMarks draws what is missing, and where clocks differ, as such.
func TestMarks(t *testing.T) {
	address, end := newFake().listen(t, "127.0.0.1:0")
	defer end()
	p := open(t, address)
	p.visit("/trace/live/"+newSample(40).trace.ID, ".bar.ghost")
	dashed := func(selector string) {
		t.Helper()
		p.check(selector+" is dashed", `getComputedStyle(document.querySelector('`+selector+`')).borderTopStyle === 'dashed'`)
	}
	dashed(".bar.ghost")
	dashed(".lack")
	p.check("the ghost says why", `document.querySelector('.legend').textContent.includes('belongs here')`)
	p.press(kb.End, kb.Enter)
	p.wait(".details")
	p.check("its details say why", `document.querySelector('.details').textContent.includes('belongs here')`)
	p.visit("/trace/live/"+newSample(21).trace.ID, ".bar.stub")
	dashed(".bar.stub")
	p.check("an error is more than a colour", `document.querySelectorAll('.row .bad').length > 0 && document.querySelector('.row').textContent.includes('✗')`)
	p.check("clocks that differ are seen", `document.querySelector('.skew').title.includes('clocks differ')`)
	p.clean()
}

// TestZoom drags over the axis.
func TestZoom(t *testing.T) {
	address, end := newFake().listen(t, "127.0.0.1:0")
	defer end()
	p := open(t, address)
	p.visit("/trace/live/"+newSample(22).trace.ID, ".row")
	box := get[[]float64](p, `(() => { const b = document.querySelector('.axis').getBoundingClientRect(); return [b.left, b.top, b.width, b.height]; })()`)
	y := box[1] + box[3]/2
	p.run(dragging(box[0]+box[2]*0.25, box[0]+box[2]*0.5, y))
	p.until(`location.hash.includes('from=')`)
	from := get[float64](p, `Number(/from=(\d+)/.exec(location.hash)[1])`)
	if share := from / float64(compute(22).Duration); share < 0.24 || share > 0.26 {
		t.Errorf("it zooms from %.2f of the trace, and not from a quarter", share)
	}
	p.clean()
}

// TestVerdict follows a step from not compiling to passing.
func TestVerdict(t *testing.T) {
	f := newFake()
	f.record = nil
	address, end := f.listen(t, "127.0.0.1:0")
	defer end()
	p := open(t, address)
	p.visit("/learn", ".verdict.unknown")
	p.until(`location.hash === '#/learn/` + step + `'`)
	p.check("it says how to check", `document.querySelector('.verdict').textContent.includes('go test ./`+step+`')`)
	p.press("r")
	workshoptest.Eventually(t, "a check is asked for with the page's token", func() (posted bool) {
		f.change(func() { posted = slices.Contains(f.posted, step) })
		return posted
	})
	f.change(func() { f.checking = []string{step} })
	f.tell("checking", object{"step": step, "on": true})
	p.wait(`.verdict[aria-busy="true"]`)
	f.change(func() {
		f.checking = nil
		f.problems[step] = object{"says": "Go cannot compile this program yet.", "lines": []object{{"place": "tracing.go:12", "message": "undefined: propagation", "hint": "Import it."}}}
	})
	f.tell("verdict", object{"step": step})
	p.wait(".verdict.broken .problems")
	f.change(func() { f.problems = object{} })
	f.check(2)
	p.wait(".verdict.failed")
	p.check("the sections say what passes", `document.querySelectorAll('.state.pass').length === 2 && document.querySelectorAll('.state.fail').length === 1`)
	f.change(func() { f.record.Checks = nil })

	p.visit("/learn/"+step+"/3", `details[data-name="3"][open]`)
	get[bool](p, `(scrollTo(0, 300), true)`)
	at := get[float64](p, `scrollY`)
	f.check(3)
	p.wait(`.verdict a.button[href$="/4"]`)
	if now := get[float64](p, `scrollY`); now != at {
		t.Errorf("the reader was moved from %v to %v", at, now)
	}
	p.check("the section that is read stays open", `document.querySelector('details[data-name="3"][open]') !== null`)
	get[bool](p, `(document.querySelector('.verdict a.button').click(), true)`)
	p.wait(`details[data-name="4"][open]`)
	f.check(5)
	p.wait(".verdict.passed.joyful")
	p.check("it leads on", `document.querySelector('.verdict.passed a.main').getAttribute('href') === '#/learn/step04-manual-spans'`)
	p.check("it is said, too", `document.getElementById('said').textContent === 'All checks pass.'`)
	p.check("the step is done", `document.querySelectorAll('.steps .done').length === 3`)
	p.clean()
}

// TestLive lets traces come while the list is read, and while it is not.
func TestLive(t *testing.T) {
	f := newFake()
	address, end := f.listen(t, "127.0.0.1:0")
	defer end()
	p := open(t, address)
	p.visit("/live", ".traces li")
	f.arrive(1, true)
	p.until(`document.querySelectorAll('.traces li').length === 11`)
	p.press("j")
	f.arrive(3, true)
	p.until(`!document.querySelector('.news').hidden && document.querySelector('.news').textContent === '3 new'`)
	p.check("the list waits for the reader", `document.querySelectorAll('.traces li').length === 11`)
	get[bool](p, `(document.querySelector('.news').click(), true)`)
	p.until(`document.querySelectorAll('.traces li').length === 14`)
	get[bool](p, `(document.querySelectorAll('.traces input')[4].click(), document.querySelectorAll('.traces input')[5].click(), true)`)
	p.wait(`.compare-bar a.main`)
	f.change(func() {
		f.live["listening"], f.live["problem"] = "", "Port 4317 is taken by another program: end it, and start this again."
	})
	f.arrive(0, true)
	p.until(`document.querySelector('.warning')?.textContent.includes('Port 4317 is taken') === true && document.querySelector('.warning a[href="#/jaeger"]') !== null`)
	get[bool](p, `(document.querySelector('[name=errors]').click(), document.querySelector('.filter').requestSubmit(), true)`)
	p.until(`location.hash === '#/live?errors=1' && document.querySelectorAll('.traces li').length < 14`)
	p.check("errors have a shape of their own", `document.querySelectorAll('.scatter path.point.bad').length > 0`)
	p.visit("/live?operation=nothing", ".empty")
	p.check("it says what to do", `document.querySelector('.empty').textContent.includes('take away a condition')`)
	f.change(func() {
		f.jaeger["reachable"], f.jaeger["problem"] = false, "No Jaeger answers: start it with go run ./workshop jaeger"
	})
	p.visit("/jaeger", ".warning")
	p.visit("/trace/live/ffff", ".cannot")
	p.clean()
}

// TestServerGoes lets the server end and begin again, with another token.
func TestServerGoes(t *testing.T) {
	f := newFake()
	address, end := f.listen(t, "127.0.0.1:0")
	p := open(t, address)
	p.visit("/learn/"+step, ".verdict.failed")
	end()
	p.until(`document.getElementById('gone').textContent.includes('go run ./workshop page')`)
	f.change(func() {
		f.token = "token-2"
		r := record(4)
		f.record = &r
	})
	_, end = f.listen(t, address)
	defer end()
	p.until(`document.getElementById('gone').textContent === ''`)
	p.until(`document.querySelectorAll('.state.pass').length === 4`)
	p.press("r")
	workshoptest.Eventually(t, "a check is asked for with the new token", func() (posted bool) {
		f.change(func() { posted = len(f.posted) > 0 })
		return posted
	})
	p.clean()
}

// TestSecondTab follows one check in two pages.
func TestSecondTab(t *testing.T) {
	f := newFake()
	address, end := f.listen(t, "127.0.0.1:0")
	defer end()
	a, b := open(t, address), open(t, address)
	a.visit("/learn/"+step, ".verdict.failed")
	b.visit("/learn/"+step, ".verdict.failed")
	f.check(5)
	a.wait(".verdict.passed")
	b.wait(".verdict.passed")
	a.clean()
	b.clean()
}

// TestTheme keeps what was chosen, and does without where nothing can be kept.
func TestTheme(t *testing.T) {
	address, end := newFake().listen(t, "127.0.0.1:0")
	defer end()
	p := open(t, address)
	p.media("", "light")
	p.visit("/live", ".traces li")
	p.press("t")
	p.check("it is dark", `getComputedStyle(document.documentElement).colorScheme === 'dark'`)
	p.visit("/live", ".traces li")
	p.check("it is still dark", `getComputedStyle(document.documentElement).colorScheme === 'dark'`)
	get[bool](p, `(Object.defineProperty(window, 'localStorage', { get() { throw new Error('refused'); } }), true)`)
	p.press("t")
	p.check("it is light, with nothing kept", `getComputedStyle(document.documentElement).colorScheme === 'light'`)
	p.clean()
}

// TestWayBack keeps the search while traces are opened, and takes a trace ID out of
// what was copied around it.
func TestWayBack(t *testing.T) {
	address, end := newFake().listen(t, "127.0.0.1:0")
	defer end()
	p := open(t, address)
	p.visit("/live?errors=1", ".traces li")
	get[any](p, `document.querySelector(".traces a").click()`)
	p.wait(".one-trace .row")
	get[any](p, `document.querySelector(".back a").click()`)
	p.wait(".traces li")
	p.check("the search is kept", `location.hash === "#/live?errors=1"`)
	get[any](p, `[...document.querySelectorAll(".results-head a")].find(a => a.textContent === "Only the spans").click()`)
	p.wait(".calls table")
	p.check("so it is for the spans", `location.hash === "#/spans/live?errors=1" && document.querySelector("h1").textContent === "2 spans of 40"`)
	get[any](p, `[...document.querySelectorAll("main p a")].find(a => a.textContent === "With those that went well").click()`)
	p.until(`location.hash === "#/spans/live?"`)

	id := newSample(20).trace.ID
	get[any](p, `(id => { id.value = `+strconv.Quote(" level=WARN trace_id="+id+" span_id=cb58b32ef88bb54a ")+`; id.form.requestSubmit(); })(document.querySelector(".by-id input"))`)
	p.wait(".one-trace .row")
	p.check("the id is found in the line", `location.hash.startsWith("#/trace/live/`+id+`")`)
	p.clean()
}
