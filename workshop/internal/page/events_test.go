package page

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/internal/guide"
	"example.com/tracing-workshop/workshop/internal/verdict"
)

func TestRecordThatIsWritten(t *testing.T) {
	s := open(t, nil)
	if s.status.Problem != "" {
		t.Fatal(s.status.Problem)
	}
	heard := s.listen(t)
	heard.await(t, "live ") // it listens
	if err := (verdict.Record{Step: "step02-b"}).Write(s.records); err != nil {
		t.Fatal(err)
	}
	heard.await(t, `verdict {"step":"step02-b"}`)
	// Somebody empties the cache, and checks again.
	if err := os.RemoveAll(s.records); err != nil {
		t.Fatal(err)
	}
	for late := time.Now().Add(time.Minute); ; {
		if _, err := os.Stat(s.records); err == nil {
			break
		} else if time.Now().After(late) {
			t.Fatal("the folder is not made again")
		}
	}
}

func TestFileThatIsSaved(t *testing.T) {
	s := open(t, nil)
	heard := s.listen(t)
	heard.await(t, "live ")
	write(t, filepath.Join(s.root, "step02-b", ".b.go.swp"), "")
	write(t, filepath.Join(s.root, "step02-b", "4913"), "")
	write(t, filepath.Join(s.root, "step01-a", "a.go"), "package main\n")
	if first := heard.await(t, "lesson "); first != `lesson {"step":"step01-a"}` {
		t.Errorf("first comes %s: what an editor leaves beside a file is none", first)
	}
	// An editor puts another file in its place.
	write(t, filepath.Join(s.root, "new"), "package main\n")
	if err := os.Rename(filepath.Join(s.root, "new"), filepath.Join(s.root, "step02-b", "b.go")); err != nil {
		t.Fatal(err)
	}
	heard.await(t, `lesson {"step":"step02-b"}`)
	// Git puts another folder in its place.
	if err := os.RemoveAll(filepath.Join(s.root, "step02-b")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(s.root, "step02-b"), 0o700); err != nil {
		t.Fatal(err)
	}
	heard.await(t, `lesson {"step":"step02-b"}`)
}

// TestChecks has checks that end as they are told to.
func TestChecks(t *testing.T) {
	type check struct {
		step   string
		env    []string
		ctx    context.Context
		report chan guide.Report
	}
	begun := make(chan check)
	s := open(t, func(o *Options) {
		o.Check = func(ctx context.Context, step string, env []string) (guide.Report, error) {
			this := check{step, env, ctx, make(chan guide.Report)}
			select {
			case begun <- this:
			case <-ctx.Done():
				return guide.Report{}, ctx.Err()
			}
			select {
			case r := <-this.report:
				return r, nil
			case <-ctx.Done():
				return guide.Report{}, ctx.Err()
			}
		}
	})
	heard := s.listen(t)
	heard.await(t, "live ")
	s.check(t, "step01-a")
	heard.await(t, `checking {"step":"step01-a","on":true}`)
	first := <-begun
	if !slices.Contains(first.env, verdict.Variable+"="+s.records) {
		t.Errorf("the environment is %q", first.env)
	}
	s.check(t, "step02-b") // has to wait for its turn
	s.check(t, "step01-a") // in place of the first one
	<-first.ctx.Done()
	var now state
	s.get(t, "/api/state", http.StatusOK, &now)
	if strings.Join(now.Checking, " ") != "step01-a step02-b" {
		t.Errorf("at work are %q", now.Checking)
	}
	for range 2 {
		next := <-begun
		select {
		case other := <-begun:
			t.Fatalf("%s and %s are at work at once", next.step, other.step)
		default:
		}
		r := guide.Report{Step: next.step, Passed: true}
		if next.step == "step01-a" {
			r = guide.Report{Step: next.step, Build: []guide.Problem{{Place: "step01-a/a.go:3", Message: "undefined: <b>", Hint: "Import it"}}}
		}
		next.report <- r
		heard.await(t, fmt.Sprintf(`verdict {"step":%q}`, next.step))
		heard.await(t, fmt.Sprintf(`checking {"step":%q,"on":false}`, next.step))
	}
	s.get(t, "/api/state", http.StatusOK, &now)
	found, ok := now.Problems["step01-a"]
	if !ok || found.Says != "Go cannot compile this program yet." || len(found.Lines) != 1 || found.Lines[0].Place != "step01-a/a.go:3" || found.Lines[0].Hint != "Import it" {
		t.Errorf("got %+v", now.Problems)
	}
	if len(now.Checking) != 0 || len(now.Problems) != 1 {
		t.Errorf("at work are %q, problems %+v", now.Checking, now.Problems)
	}
	// Then somebody checks it on the terminal, and it compiles.
	if err := (verdict.Record{Step: "step01-a"}).Write(s.records); err != nil {
		t.Fatal(err)
	}
	heard.await(t, `verdict {"step":"step01-a"}`)
	now = state{}
	s.get(t, "/api/state", http.StatusOK, &now)
	if len(now.Problems) != 0 {
		t.Errorf("got %+v", now.Problems)
	}
	s.check(t, "step02-b")
	last := <-begun
	if err := s.stop(); err != nil { // Ctrl-C ends the check, too
		t.Error(err)
	}
	if last.ctx.Err() == nil {
		t.Error("the check goes on")
	}
}

// TestSlowPage does not read what it is told, and holds up nobody.
func TestSlowPage(t *testing.T) {
	h := newHub()
	slow, err := h.join()
	if err != nil {
		t.Fatal(err)
	}
	for n := range 100_000 {
		h.tell(newEvent("live", "", n))
		h.tell(newEvent("verdict", fmt.Sprint(n%3), n))
	}
	var got []string
	for _, e := range slow.take() {
		got = append(got, e.name+e.subject+" "+string(e.content))
	}
	if want := "verdict0 99999,verdict1 99997,verdict2 99998,live 99999"; len(got) != 4 || !sameWords(strings.Join(got, ","), want) {
		t.Errorf("got %q, want %q", got, want)
	}
	h.leave(slow)
	h.tell(newEvent("live", "", 1))
	if len(slow.take()) != 0 || len(h.clients) != 0 {
		t.Error("one who has left is still told")
	}
}

func sameWords(a, b string) bool {
	left, right := strings.Split(a, ","), strings.Split(b, ",")
	slices.Sort(left)
	slices.Sort(right)
	return slices.Equal(left, right)
}

// TestPageThatStopsReading has a connection that is never read. The others hear
// what there is, and the end is not held up.
func TestPageThatStopsReading(t *testing.T) {
	s := open(t, nil)
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := fmt.Fprintf(conn, "GET /api/events HTTP/1.1\r\nHost: %s\r\n\r\n", strings.TrimPrefix(s.base, "http://")); err != nil {
		t.Fatal(err)
	}
	heard := s.listen(t)
	heard.await(t, "live ")
	for n := range 200 {
		if err := (verdict.Record{Step: "step01-a", More: n}).Write(s.records); err != nil {
			t.Fatal(err)
		}
	}
	heard.await(t, `verdict {"step":"step01-a"}`)
}

func TestTooManyPages(t *testing.T) {
	h := newHub()
	var first *client
	for range mostClients {
		c, err := h.join()
		if err != nil {
			t.Fatal(err)
		}
		first = c
	}
	if _, err := h.join(); err == nil {
		t.Error("there is no limit")
	}
	h.leave(first)
	if _, err := h.join(); err != nil {
		t.Error(err)
	}
}

// TestEnd is Ctrl-C while a page listens: it hears the end at once.
func TestEnd(t *testing.T) {
	s := open(t, nil)
	heard := s.listen(t)
	heard.await(t, "live ")
	begun := time.Now()
	if err := s.stop(); err != nil {
		t.Error(err)
	}
	if took := time.Since(begun); took >= goodbye {
		t.Errorf("the end took %s", took)
	}
	for range heard.lines {
	}
}
