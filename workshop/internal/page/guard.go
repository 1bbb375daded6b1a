package page

import (
	"crypto/subtle"
	"net"
	"net/http"
	"strconv"
	"strings"
)

// security lets the page load what comes from here, and nothing else. There is no
// script and no style in its HTML.
const security = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// tokenHeader is where a POST has its token.
const tokenHeader = "X-Workshop-Token"

// guard lets those in who mean this server. A site in the same browser can send
// requests here, and with a name of its own for 127.0.0.1 it could read the
// answers: so the host must be one of this machine's, and the origin this page.
func (p *page) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", security)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		switch {
		case !p.isOwn(r.Host):
			fail(w, http.StatusForbidden, "this page is for this machine alone: open it at http://"+p.hosts[0])
		case !p.isOwnOrigin(r.Header["Origin"]):
			fail(w, http.StatusForbidden, "another site asks for this: open the page at http://"+p.hosts[0])
		case r.Method != http.MethodGet && r.Method != http.MethodHead && !p.knowsToken(r):
			fail(w, http.StatusForbidden, "the page is older than the server: load it again")
		default:
			r.Body = http.MaxBytesReader(w, r.Body, 1<<10)
			next.ServeHTTP(w, r)
		}
	})
}

// hostsOf gives the names of this server, the first one to be shown.
func hostsOf(address string) []string {
	_, port, _ := net.SplitHostPort(address)
	var hosts []string
	for _, host := range []string{"127.0.0.1", "localhost", "::1"} {
		hosts = append(hosts, net.JoinHostPort(host, port))
	}
	if n, _ := strconv.Atoi(port); n == 80 { // which browsers leave out
		hosts = append(hosts, "127.0.0.1", "localhost", "[::1]")
	}
	return hosts
}

func (p *page) isOwn(host string) bool {
	for _, own := range p.hosts {
		if strings.EqualFold(host, own) {
			return true
		}
	}
	return false
}

// isOwnOrigin takes a request without an origin, as the address line of a browser
// makes it, and every client that is no browser.
func (p *page) isOwnOrigin(origins []string) bool {
	for _, origin := range origins {
		host, plain := strings.CutPrefix(origin, "http://")
		if !plain || !p.isOwn(host) {
			return false
		}
	}
	return len(origins) < 2
}

func (p *page) knowsToken(r *http.Request) bool {
	return subtle.ConstantTimeCompare([]byte(r.Header.Get(tokenHeader)), []byte(p.token)) == 1
}
