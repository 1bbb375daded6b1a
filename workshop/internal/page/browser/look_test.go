//go:build pictures

package browser

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

var looks = flag.String("looks", "", "a folder for TestLook to put pictures of every view into")

var serve = flag.String("serve", "", "the address at which TestServe serves the samples until it is ended")

// TestServe serves the samples for those who work on the page.
func TestServe(t *testing.T) {
	if *serve == "" {
		t.Skip("-serve gives it an address")
	}
	f := newFake()
	go func() {
		for passed := 0; ; passed = (passed + 1) % 6 {
			time.Sleep(20 * time.Second)
			f.check(passed)
		}
	}()
	t.Logf("http://%s", *serve)
	t.Fatal(http.ListenAndServe(*serve, f))
}

// TestLook takes a picture of every view, for those who work on it.
func TestLook(t *testing.T) {
	if *looks == "" {
		t.Skip("-looks names a folder for them")
	}
	address, end := newFake().listen(t, "127.0.0.1:0")
	defer end()
	p := open(t, address)
	for _, theme := range []string{"light", "dark"} {
		for _, width := range []int64{1280, 375} {
			p.media("", theme)
			p.size(width, 720)
			for _, v := range views {
				p.visit(v.view, v.shows)
				time.Sleep(200 * time.Millisecond)
				take := chromedp.CaptureScreenshot()
				if width == 375 {
					take = chromedp.FullScreenshot(100)
				}
				picture, err := chromedp.Run(p.ctx, take)
				p.must(err)
				name := strings.Join([]string{v.name, theme, fmt.Sprint(width)}, "-") + ".png"
				p.must(os.WriteFile(filepath.Join(*looks, name), picture, 0o644))
			}
		}
	}
	p.clean()
}
