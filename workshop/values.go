package main

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"example.com/tracing-workshop/workshop/internal/hostport"
	"example.com/tracing-workshop/workshop/internal/traceview"
	"example.com/tracing-workshop/workshop/internal/usage"
)

// length is a flag for a length of time. It says what a number lacks.
type length struct {
	of   *time.Duration
	unit string // that is most likely meant
}

func (l length) String() string {
	if l.of == nil { // package flag makes an empty one
		return ""
	}
	return l.of.String()
}

func (l length) Set(text string) error {
	d, err := time.ParseDuration(text)
	if err == nil {
		*l.of = d
		return nil
	}
	if _, err := strconv.ParseFloat(text, 64); err == nil {
		return fmt.Errorf("add a unit: %s%s", text, l.unit)
	}
	return errors.New("it is a number and a unit, as 500ms, 10m or 2h")
}

// checkListen says how the address of -listen is written, for a command.
func checkListen(command, address string) error {
	host, port, err := net.SplitHostPort(address)
	if err != nil && isNumber(address) {
		return usage.Errorf("%s: -listen %s is a port without a host: write -listen 127.0.0.1:%[2]s", command, address)
	}
	if err != nil {
		return usage.Errorf("%s: -listen %s is no address: that is a host and a port, as 127.0.0.1:14317", command, address)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return usage.Errorf("%s: -listen %s is no address: a port is a number up to 65535, as in %s:14317", command, address, host)
	}
	return nil
}

// checkFrom says how the address of -from is written, for a command.
func checkFrom(command, from string) error {
	if isNumber(from) {
		return usage.Errorf("%s: -from %s is a port without a host: write -from http://127.0.0.1:%[2]s", command, from)
	}
	u, err := url.Parse(hostport.URL(from))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return usage.Errorf("%s: -from %s is no address of a Jaeger: that is written as http://127.0.0.1:16686", command, from)
	}
	return nil
}

func isNumber(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}

// attributes is a flag that may be given several times.
type attributes []traceview.Attribute

func (a *attributes) String() string { return "" }

func (a *attributes) Set(text string) error {
	key, value, found := strings.Cut(text, "=")
	if key = strings.TrimSpace(key); !found || key == "" {
		return errors.New("it is a key and a value, as http.response.status_code=500")
	}
	*a = append(*a, traceview.Attribute{Key: key, Value: strings.TrimSpace(value)})
	return nil
}
