package page

import (
	"errors"
	"io"
	"net/http"
	"os"
	"path"
	"slices"
	"strings"

	"example.com/tracing-workshop/workshop/internal/page/prose"
)

// pictureSecurity lets a picture be nothing but a picture, also where it is
// opened by itself: an SVG can have scripts.
const pictureSecurity = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"

// mostOfPicture is how many bytes a picture may have.
const mostOfPicture = 16 << 20

// serveImage gives a picture that a lesson shows.
func (p *page) serveImage(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("path")
	content, err := p.picture(name)
	if err != nil {
		fail(w, http.StatusNotFound, "there is no such picture in docs or in a step")
		return
	}
	w.Header().Set("Content-Security-Policy", pictureSecurity)
	w.Header().Set("Content-Type", types[path.Ext(name)])
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write(content)
}

var errNoPicture = errors.New("this is no picture of a lesson")

// picture reads a picture below docs or a step. A link that leads out of that
// folder is not followed.
func (p *page) picture(name string) ([]byte, error) {
	folder, inside, _ := strings.Cut(name, "/")
	steps, err := p.Repository.Steps()
	if err != nil {
		return nil, err
	}
	if !prose.IsPicture(name) || folder != "docs" && !slices.Contains(steps, folder) {
		return nil, errNoPicture
	}
	root, err := os.OpenRoot(p.Repository.Path(folder))
	if err != nil {
		return nil, err
	}
	defer root.Close()
	info, err := root.Stat(inside)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > mostOfPicture {
		return nil, errNoPicture
	}
	file, err := root.Open(inside)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, mostOfPicture))
}
