package page

import (
	"crypto/rand"
	"embed"
	"io/fs"
	"net/http"
	"path"
	"regexp"
)

//go:embed static
var static embed.FS

// types are the types of the files, by the ends of their names. What the system
// calls them cannot be relied on: some say that a module is plain text, and then
// it does not run.
var types = map[string]string{
	".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
	".mjs": "text/javascript; charset=utf-8", ".json": "application/json", ".svg": "image/svg+xml", ".png": "image/png",
	".webp": "image/webp", ".ico": "image/x-icon", ".woff2": "font/woff2", ".txt": "text/plain; charset=utf-8",
}

var tokenPlace = regexp.MustCompile(`(<meta name="token" content=")[^"]*(">)`)

// newToken makes what a page has to show with a POST: a secret that no other
// site can read.
func newToken() string { return rand.Text() }

// serveIndex gives the one HTML page, with the token in it.
func (p *page) serveIndex(w http.ResponseWriter, _ *http.Request) {
	content, err := static.ReadFile("static/index.html")
	if err != nil {
		fail(w, http.StatusNotFound, "there is no page in this program: build it anew")
		return
	}
	w.Header().Set("Content-Type", types[".html"])
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(tokenPlace.ReplaceAll(content, []byte("${1}"+p.token+"${2}")))
}

func serveStatic(w http.ResponseWriter, r *http.Request) {
	name := "static/" + r.PathValue("path")
	kind, known := types[path.Ext(name)]
	if !known || !fs.ValidPath(name) {
		fail(w, http.StatusNotFound, "there is no such file")
		return
	}
	content, err := static.ReadFile(name)
	if err != nil {
		fail(w, http.StatusNotFound, "there is no such file")
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write(content)
}
