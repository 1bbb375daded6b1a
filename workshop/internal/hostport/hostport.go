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
	address = strings.TrimRight(address, "/")
	if address == "" || strings.Contains(address, "://") {
		return address
	}
	return "http://" + address
}

// Of gives the host:port of an address, or the address itself if it has none.
func Of(address string) string {
	if parsed, err := url.Parse(URL(address)); err == nil && parsed.Host != "" {
		return parsed.Host
	}
	return address
}
