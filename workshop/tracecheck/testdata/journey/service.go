package journey

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"example.com/tracing-workshop/workshop/tracecheck/testdata/announce"
)

// answer makes a service of a handler: name -addr host:port. It prints "ready"
// when a request is in the handler.
func answer(handle func()) func() {
	return func() {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		serveUntil(ctx, handle)
	}
}

func serveUntil(ctx context.Context, handle func()) {
	listener, err := net.Listen("tcp", os.Args[3])
	if err != nil {
		os.Exit(1)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { handle() })}
	go func() { _ = server.Serve(listener) }()
	<-ctx.Done()
	_ = server.Shutdown(context.Background())
}

// deafService does not know of signals.
func deafService() {
	signal.Notify(make(chan os.Signal, 1), os.Interrupt, syscall.SIGTERM)
	serveUntil(context.Background(), func() {})
}

func waitForNobody() {
	var workers sync.WaitGroup
	workers.Add(1)
	fmt.Println("ready")
	workers.Wait()
}

func waitForSleeper() {
	var workers sync.WaitGroup
	workers.Go(func() {
		announce.WhenBlocked()
		time.Sleep(time.Hour)
	})
	workers.Wait()
}

func sendToNobody() {
	var workers sync.WaitGroup
	results := make(chan int)
	workers.Go(func() { results <- 1 })
	announce.WhenBlocked()
	workers.Wait()
}

func receiveFromTimer() {
	timeout := time.After(time.Hour)
	announce.WhenBlocked()
	<-timeout
}

func selectTimer() {
	announce.WhenBlocked()
	select {
	case <-time.After(time.Hour):
	case <-make(chan int):
	}
}

func race() {
	stops := 0
	var workers sync.WaitGroup
	for range 2 {
		workers.Go(func() { stops++ })
	}
	workers.Wait()
}

func ignoreInterrupt() {
	signal.Ignore(os.Interrupt)
	announce.WhenBlocked()
	<-make(chan int)
}
