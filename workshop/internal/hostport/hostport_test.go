package hostport

import "testing"

func TestURLAndOf(t *testing.T) {
	for address, want := range map[string]struct{ url, hostPort string }{
		"127.0.0.1:9042":                  {"http://127.0.0.1:9042", "127.0.0.1:9042"},
		"localhost:16686/":                {"http://localhost:16686", "localhost:16686"},
		"[::1]:4317":                      {"http://[::1]:4317", "[::1]:4317"},
		"127.0.0.1:9411/api/v2/spans":     {"http://127.0.0.1:9411/api/v2/spans", "127.0.0.1:9411"},
		"http://127.0.0.1:9200":           {"http://127.0.0.1:9200", "127.0.0.1:9200"},
		"https://user:word@example.com//": {"https://user:word@example.com", "example.com"},
		"dns:///127.0.0.1:4317":           {"dns:///127.0.0.1:4317", "dns:///127.0.0.1:4317"},
		"http://":                         {"http://", "http://"},
		"":                                {"", ""},
	} {
		if got := URL(address); got != want.url {
			t.Errorf("URL(%q) = %q, want %q", address, got, want.url)
		}
		if got := Of(address); got != want.hostPort {
			t.Errorf("Of(%q) = %q, want %q", address, got, want.hostPort)
		}
	}
}
