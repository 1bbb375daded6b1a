package main

import (
	"strings"
	"testing"

	"example.com/tracing-workshop/workshop/internal/jaeger"
)

// TestExplainStartOfASharedPort blames no other program for a port that the file
// gives to two parts.
func TestExplainStartOfASharedPort(t *testing.T) {
	for shared, want := range map[bool]string{
		true:  "two parts of jaeger.yaml want to listen on 127.0.0.1:4317",
		false: "another program listens on 127.0.0.1:4317",
	} {
		failure := &jaeger.StartError{Message: "listen tcp 127.0.0.1:4317: bind: address already in use", Shared: shared}
		err := (&host{}).explainStart(failure, "jaeger.yaml")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error is %v, want one with %q", err, want)
		}
	}
}
