package backend

import (
	"bytes"
	"context"
	"errors"
	"net"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/internal/port"
	"example.com/tracing-workshop/workshop/internal/workshoptest"
)

func start(t *testing.T, s *System, o Options) *Process {
	t.Helper()
	p, err := s.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	return p
}

func TestStartStopRestart(t *testing.T) {
	folder, log := t.TempDir(), &lockedBuffer{}
	p := start(t, fake(t, "obeys"), Options{Folder: folder, Log: log})
	if !port.Open(p.Address()) || p.Addresses[0].What != "obeys" {
		t.Errorf("nobody listens at %v", p.Addresses)
	}
	bytes, err := p.Memory()
	if runtime.GOOS != "windows" && (err != nil || bytes < 1<<20 || bytes > 1<<30) {
		t.Errorf("its memory is %d bytes (%v)", bytes, err)
	}
	for range 2 {
		if err := p.Stop(); err != nil || p.Err() != nil {
			t.Errorf("Stop gives %v, Err %v", err, p.Err())
		}
	}
	<-p.Done()
	if port.Open(p.Address()) || !slices.Equal(noted(folder, "stops"), []string{"obeys"}) {
		t.Errorf("it did not stop cleanly: %v", noted(folder, "stops"))
	}
	if _, err := p.Memory(); err == nil {
		t.Error("a system that is gone has memory")
	}
	if !strings.Contains(log.String(), "listening, as obeys") {
		t.Errorf("the log has %q", log)
	}
	again, err := p.Restart(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	again.Kill()
	if again.Address() != p.Address() || again.Err() != nil || len(noted(folder, "starts")) != 2 {
		t.Errorf("started again at %s (%v), want %s", again.Address(), again.Err(), p.Address())
	}
}

// TestStopOfAJVM takes the exit code of one that was told to stop for a clean
// end, and no other one but 0.
func TestStopOfAJVM(t *testing.T) {
	if err := start(t, fake(t, "java"), Options{Folder: t.TempDir()}).Stop(); err != nil {
		t.Error(err)
	}
	err := start(t, fake(t, "stops badly"), Options{Folder: t.TempDir()}).Stop()
	if want := "Fake 1.0 was told to stop and failed at it: listening, as stops badly"; err == nil || err.Error() != want {
		t.Errorf("the error is\n%v, want\n%s", err, want)
	}
}

func TestStopOfADeafOne(t *testing.T) {
	s := fake(t, "deaf")
	s.recipe.grace = 300 * time.Millisecond
	p := start(t, s, Options{Folder: t.TempDir()})
	err := p.Stop()
	if want := "Fake 1.0 did not stop within 300ms and was killed"; err == nil || err.Error() != want {
		t.Errorf("the error is %v, want %s", err, want)
	}
	if port.Open(p.Address()) {
		t.Error("it still listens")
	}
}

func TestKillReachesChildren(t *testing.T) {
	p := start(t, fake(t, "parent"), Options{Folder: t.TempDir()})
	p.Kill()
	workshoptest.Eventually(t, "the child of the program is gone", func() bool { return !port.Open(p.Address()) })
}

func TestDiesAtItsStart(t *testing.T) {
	folder := t.TempDir()
	s := fake(t, "dies")
	for range 2 { // the folder is free again
		_, err := s.Start(t.Context(), Options{Folder: folder})
		want := "Fake 1.0 does not start: ERROR main: it cannot be; no disk; the disk is full"
		if err == nil || err.Error() != want {
			t.Errorf("the error is\n%v, want\n%s", err, want)
		}
	}
}

func TestDiesLater(t *testing.T) {
	folder := t.TempDir()
	p := start(t, fake(t, "dies later", "obeys"), Options{Folder: folder})
	conn, err := net.Dial("tcp", p.Address())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("die")); err != nil {
		t.Fatal(err)
	}
	<-p.Done()
	if want := "Fake 1.0 has ended by itself: level=error the storage is gone"; p.Err() == nil || p.Err().Error() != want {
		t.Errorf("the error is %v, want %s", p.Err(), want)
	}
	if port.Open(p.Addresses[1].Value) {
		t.Error("the other program goes on")
	}
}

// TestKilledByOthers tells of the signal, and of what was said before.
func TestKilledByOthers(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no signals")
	}
	p := start(t, fake(t, "obeys"), Options{Folder: t.TempDir()})
	if err := p.all()[0].cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-p.Done()
	if want := "Fake 1.0 has ended by itself: signal: killed, after listening, as obeys"; p.Err() == nil || p.Err().Error() != want {
		t.Errorf("the error is %v, want %s", p.Err(), want)
	}
}

func TestSecondProgramDiesAtItsStart(t *testing.T) {
	s := fake(t, "obeys", "dies")
	folder := t.TempDir()
	if _, err := s.Start(t.Context(), Options{Folder: folder}); err == nil || !strings.HasSuffix(err.Error(), "the disk is full") {
		t.Errorf("the error is %v", err)
	}
	lock, err := s.own(folder)
	if err != nil {
		t.Errorf("the folder is not free: %v", err)
	}
	lock.Close()
}

func TestStopsInReverse(t *testing.T) {
	folder := t.TempDir()
	p := start(t, fake(t, "obeys", "java"), Options{Folder: folder})
	if err := p.Stop(); err != nil {
		t.Error(err)
	}
	if stops := noted(folder, "stops"); !slices.Equal(stops, []string{"java", "obeys"}) {
		t.Errorf("it stops %v", stops)
	}
}

func TestPortTaken(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	s, folder := fake(t, "obeys"), t.TempDir()
	s.recipe.listens = func(Options) ([]listener, error) {
		return []listener{{what: "Fake", usual: l.Addr().(*net.TCPAddr).Port}}, nil
	}
	_, err = s.Start(t.Context(), Options{Folder: folder})
	want := "Fake 1.0 needs port " + l.Addr().String() + ", and another program has it: stop that one first"
	if err == nil || err.Error() != want {
		t.Errorf("the error is\n%v, want\n%s", err, want)
	}
	if starts := noted(folder, "starts"); len(starts) > 0 {
		t.Error("it was started nevertheless")
	}
	if p := start(t, s, Options{Folder: folder, Free: true}); p.Address() == l.Addr().String() {
		t.Error("it has the port that is taken")
	}
}

func TestContextEndsBeforeItIsReady(t *testing.T) {
	folder := t.TempDir()
	ctx, cancel := context.WithCancelCause(t.Context())
	tired := errors.New("nobody waits any more")
	go func() {
		for len(noted(folder, "starts")) == 0 && t.Context().Err() == nil {
			time.Sleep(5 * time.Millisecond)
		}
		cancel(tired)
	}()
	s := fake(t, "never ready")
	if _, err := s.Start(ctx, Options{Folder: folder}); !errors.Is(err, tired) {
		t.Errorf("the error is %v", err)
	}
	lock, err := s.own(folder)
	if err != nil {
		t.Fatalf("it is still there: %v", err)
	}
	lock.Close()
}

// TestContextEndsLater has no say.
func TestContextEndsLater(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	p, err := fake(t, "obeys").Start(ctx, Options{Folder: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Kill()
	cancel()
	select {
	case <-p.Done():
		t.Error("it has ended")
	case <-time.After(2 * pause):
	}
}

func TestFolderInUse(t *testing.T) {
	s, folder := fake(t, "obeys"), filepath.Join(t.TempDir(), "new", "folder")
	start(t, s, Options{Folder: folder})
	_, err := s.Start(t.Context(), Options{Folder: folder})
	want := "Fake 1.0 cannot have the folder " + folder + ": another process runs it there"
	if err == nil || err.Error() != want {
		t.Errorf("the error is\n%v, want\n%s", err, want)
	}
}

// lockedBuffer is written to by a process and read by its test.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(chunk []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(chunk)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
