package main

import (
	"encoding/json"
	"log"
	"net"
	"net/http"
	"os"
	"runtime"
)

// This file is added to a service when it is built for a measurement. It
// answers on PROBE_ADDR with what only the process itself knows. It is not in
// the way of a request to the service.
func init() {
	listener, err := net.Listen("tcp", os.Getenv("PROBE_ADDR"))
	if err != nil {
		log.Fatal(err)
	}
	log.Println("probe at", listener.Addr())
	server := &http.Server{Handler: http.HandlerFunc(probe)}
	server.SetKeepAlivesEnabled(false)
	go func() { log.Fatal(server.Serve(listener)) }()
}

func probe(w http.ResponseWriter, _ *http.Request) {
	runtime.GC()
	runtime.GC() // the first one leaves what has a finalizer, and half of each sync.Pool
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	_ = json.NewEncoder(w).Encode(map[string]uint64{
		"goroutines": uint64(runtime.NumGoroutine()),
		"heap":       memory.HeapAlloc,
		"mallocs":    memory.Mallocs,
		"allocated":  memory.TotalAlloc,
	})
}
