package browser

import (
	"testing"
	"time"
)

// watch counts the tasks that keep the page from answering, for 50 ms and more.
const watch = `(window.long = [], new PerformanceObserver(list => window.long.push(...list.getEntries().map(e => e.duration))).observe({ type: 'longtask' }), true)`

// BenchmarkOpen opens a trace of ten thousand spans: from the click to the frame that shows its rows.
func BenchmarkOpen(b *testing.B) {
	address, end := newFake().listen(b, "127.0.0.1:0")
	defer end()
	p := open(b, address)
	total := 0.0
	for range b.N {
		p.visit("/live", ".traces li")
		total += get[float64](p, `(async () => {
			const frame = () => new Promise(done => requestAnimationFrame(done));
			const begin = performance.now();
			location.hash = '#/trace/live/`+newSample(60).trace.ID+`';
			while (!document.querySelector('.row')) await frame();
			await frame();
			return performance.now() - begin;
		})()`)
		p.check("it has all spans", `document.querySelector('.sheet').getAttribute('aria-rowcount') === '10001'`)
	}
	b.ReportMetric(total/float64(b.N), "ms/open")
}

// BenchmarkScroll scrolls through it, as far in a frame as a fast hand does.
func BenchmarkScroll(b *testing.B) {
	address, end := newFake().listen(b, "127.0.0.1:0")
	defer end()
	p := open(b, address)
	p.visit("/trace/live/"+newSample(60).trace.ID, ".row")
	worst, mean := 0.0, 0.0
	for range b.N {
		frames := get[[]float64](p, `(async () => {
			const sheet = document.querySelector('.sheet'), times = [];
			sheet.scrollTop = 0;
			let last = await new Promise(requestAnimationFrame);
			for (let i = 0; i < 200; i++) {
				sheet.scrollTop += 300;
				const now = await new Promise(requestAnimationFrame);
				times.push(now - last);
				last = now;
			}
			return [Math.max(...times), times.reduce((a, b) => a + b) / times.length];
		})()`)
		worst, mean = max(worst, frames[0]), mean+frames[1]/float64(b.N)
	}
	b.ReportMetric(mean, "ms/frame")
	b.ReportMetric(worst, "ms/worst-frame")
}

// BenchmarkStream looks at the list while 2,000 spans arrive in a second.
func BenchmarkStream(b *testing.B) {
	f := newFake()
	address, end := f.listen(b, "127.0.0.1:0")
	defer end()
	p := open(b, address)
	p.visit("/live", ".traces li")
	get[bool](p, watch)
	const spansOfTrace, tellings = 8, 4 // in a second
	for range b.N {
		for range 5 * tellings {
			f.arrive(2000/spansOfTrace/tellings, true)
			time.Sleep(time.Second / tellings)
		}
	}
	b.ReportMetric(get[float64](p, `window.long.length`), "long-tasks")
	b.ReportMetric(get[float64](p, `Math.max(0, ...window.long)`), "ms/longest-task")
	b.ReportMetric(get[float64](p, `document.querySelectorAll('body *').length`), "elements")
}
