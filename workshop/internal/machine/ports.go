package machine

import (
	"context"
	"errors"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"example.com/tracing-workshop/workshop/internal/repository"
)

// port is where a program of the workshop listens.
type port struct {
	number int
	wants  string // the programs, and when
	advice string // how else they can be used, if they can
}

// workshopPorts are all that the lessons use. What the tests use is picked by
// the system.
func workshopPorts() []port {
	only := "Jaeger, in step 5"
	return []port{
		{4317, repository.Invocation + " traces and Jaeger: OTLP over gRPC, from step 2 on", "add -listen 127.0.0.1:14317 to the former"},
		{4318, only + ": OTLP over HTTP", "change it in step05-jaeger/jaeger.yaml"},
		{7777, repository.Invocation + " page", "add -port 7778 to it"},
		{8080, "user-service, from step 3 on", "add -addr 127.0.0.1:18080 to it"},
		{8081, "joke-service, from step 3 on", "add -addr 127.0.0.1:18081 to it, and\n-joke-url http://127.0.0.1:18081/jokes/random to user-service"},
		{13133, only + ": its health", "change it in step05-jaeger/jaeger.yaml"},
		{16685, only + ": the query API over gRPC", "change it in step05-jaeger/jaeger.yaml"},
		{16686, only + ": the query API and the web page", "change it in step05-jaeger/jaeger.yaml"},
	}
}

// examinePorts looks who listens already. That is in nobody's way: a program
// can be ended, or another port be chosen.
func (d *Doctor) examinePorts(ctx context.Context) {
	var free []string
	for _, p := range d.ports {
		err := d.take(ctx, p.number)
		if err == nil {
			free = append(free, strconv.Itoa(p.number))
			continue
		}
		d.warn("ports", "%d cannot be used: %s. It is for\n%s.\nEnd that program if it is not part of the workshop, or %s.", p.number, err, p.wants, p.advice)
	}
	if len(free) > 0 {
		d.ok("ports", "%s free", strings.Join(free, ", "))
	}
}

// take tells why a program could not listen on a port of this machine.
func (d *Doctor) take(ctx context.Context, number int) error {
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(number))
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		var cause *os.SyscallError
		if errors.As(err, &cause) {
			return cause.Err
		}
		return err
	}
	listener.Close()
	// Some systems allow to listen on 127.0.0.1 where another program listens
	// on all addresses.
	dialer := net.Dialer{Timeout: 200 * time.Millisecond}
	connection, err := dialer.DialContext(ctx, "tcp", address)
	if err == nil {
		connection.Close()
		return errors.New("another program answers there")
	}
	return nil
}
