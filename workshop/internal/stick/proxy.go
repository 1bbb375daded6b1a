package stick

import (
	"net/url"
	"path/filepath"
	"strings"
)

// FileURL gives a folder as the go command takes it in GOPROXY, where a comma
// would begin another one.
func FileURL(folder string) string { return fileURL(filepath.ToSlash(folder)) }

func fileURL(path string) string {
	address := url.URL{Scheme: "file", Path: path}
	if share, ok := strings.CutPrefix(path, "//"); ok { // //server/share/folder
		host, rest, _ := strings.Cut(share, "/")
		address.Host, address.Path = host, "/"+rest
	} else if !strings.HasPrefix(path, "/") { // E:/folder
		address.Path = "/" + path
	}
	return strings.ReplaceAll(address.String(), ",", "%2C")
}
