// Package hostport writes the same address as a URL, which people and SDKs want, and
// as host:port, which the files of servers want.
package hostport

import (
	"net/url"
	"strings"
)

// URL gives an address as a URL without a slash at its end. It may be one already;
// people copy them without their beginning.
func URL(address string) string {
	if address == "" {
		return ""
	}
	scheme, rest, found := strings.Cut(address, "://")
	if !found {
		scheme, rest = "http", address
	}
	return scheme + "://" + strings.TrimRight(rest, "/")
}

// Of gives the host:port of an address, or the address itself if it has none.
func Of(address string) string {
	if parsed, err := url.Parse(URL(address)); err == nil && parsed.Host != "" {
		return parsed.Host
	}
	return address
}
