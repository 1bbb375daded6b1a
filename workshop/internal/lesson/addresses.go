package lesson

import (
	"fmt"
	"net"
	"regexp"
	"strconv"
	"strings"
)

// The documents name fixed addresses, because readers type them. A test must
// not depend on fixed ports: there may be a Jaeger on this machine, or another
// test. So every local address in a command is replaced by one that the
// system picks, and in the output it is replaced back.

// defaults are the addresses that commands use if they are not told. They are
// told, so that the address can be replaced.
var defaults = []struct {
	command  *regexp.Regexp
	argument string
}{
	{regexp.MustCompile(`^go run \./workshop traces\b`), "-listen 127.0.0.1:4317"},
	{regexp.MustCompile(`^go run \./step0[3-5][a-z-]* user-service\b`), "-addr 127.0.0.1:8080"},
	{regexp.MustCompile(`^go run \./step0[3-5][a-z-]* user-service\b`), "-joke-url http://127.0.0.1:8081/jokes/random"},
	{regexp.MustCompile(`^go run \./step0[3-5][a-z-]* joke-service\b`), "-addr 127.0.0.1:8081"},
	{regexp.MustCompile(`^go run \./step0[3-5][a-z-]*$`), "-user-addr 127.0.0.1:8080 -joke-addr 127.0.0.1:8081"},
}

var localAddress = regexp.MustCompile(`(127\.0\.0\.1|localhost):(\d+)\b`)

// addresses are the ports that stand in for those in one document.
type addresses struct {
	picked map[string]string // the port in the document -> the port in its place
}

// command gives the command to run in the place of one in the document.
func (a *addresses) command(line string) (string, error) {
	for _, d := range defaults {
		flag, _, _ := strings.Cut(d.argument, " ")
		if command := d.command.FindString(line); command != "" && !strings.Contains(line, " "+flag+" ") {
			line = command + " " + d.argument + strings.TrimPrefix(line, command)
		}
	}
	var problem error
	line = localAddress.ReplaceAllStringFunc(line, func(address string) string {
		host, port, _ := net.SplitHostPort(address)
		if a.picked[port] == "" {
			free, err := freePort()
			if err != nil {
				problem = err
				return address
			}
			a.picked[port] = free
		}
		return net.JoinHostPort(host, a.picked[port])
	})
	return line, problem
}

// output gives what a command printed with the document's addresses in it.
func (a *addresses) output(text string) string {
	for port, picked := range a.picked {
		text = strings.ReplaceAll(text, ":"+picked, ":"+port)
	}
	return text
}

// freePort gives a port that nobody listens on, and that the system gives to
// nobody else for a while: a connection to it was closed from the listener's
// side a moment ago, so it is in the state TIME_WAIT. Whoever asks for this very
// port, as Go programs do with SO_REUSEADDR, still gets it.
func freePort() (string, error) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	defer listener.Close()
	caller, err := net.Dial("tcp4", listener.Addr().String())
	if err != nil {
		return "", fmt.Errorf("reserve a free port: %w", err)
	}
	defer caller.Close()
	called, err := listener.Accept()
	if err != nil {
		return "", fmt.Errorf("reserve a free port: %w", err)
	}
	defer called.Close() // first of the two ends
	return strconv.Itoa(listener.Addr().(*net.TCPAddr).Port), nil
}
