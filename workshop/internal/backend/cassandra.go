package backend

import (
	"net"
	"net/url"
	"path/filepath"
	"strings"
)

func cassandra(javas func() []java) *System {
	return &System{
		Name:   "cassandra",
		Title:  "Cassandra 5.0.6",
		About:  "a database of many machines, as Jaeger's storage",
		Docker: "docker run --rm -p 127.0.0.1:9042:9042 cassandra:5.0.6",
		recipe: jarServer{
			name:    "cassandra",
			java:    versions{least: 17, most: 17},
			javas:   javas,
			listens: []listener{{what: "CQL", usual: 9042}, {}},
			write:   writeCassandra,
			ready:   askCQL,
		}.recipe(),
	}
}

func writeCassandra(r *run) ([]string, error) {
	values := map[string]string{
		"port":    portOf(r.at[0]),
		"storage": portOf(r.at[1]),
		"folder":  strings.ReplaceAll(filepath.ToSlash(r.folder), "'", "''"),
	}
	for from, to := range map[string]string{
		"cassandra.yaml":        "cassandra.yaml",
		"cassandra.args":        "java.args",
		"cassandra-logback.xml": "logback.xml",
	} {
		if err := r.fill(from, to, values); err != nil {
			return nil, err
		}
	}
	temporary, err := r.temporary()
	return []string{
		"@java.args",
		"-Dcassandra.config=" + fileURL(filepath.Join(r.folder, "cassandra.yaml")),
		"-Dcassandra.storagedir=" + r.folder,
		"-Dcassandra.logdir=" + filepath.Join(r.folder, "logs"),
		"-Dlogback.configurationFile=" + filepath.Join(r.folder, "logback.xml"),
		"-Djava.io.tmpdir=" + temporary,
		"-cp", r.classPath(),
		"org.apache.cassandra.service.CassandraDaemon",
	}, err
}

// fileURL is the URL of a file with an absolute path.
func fileURL(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") { // C:/Users
		path = "/" + path
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}

func portOf(address string) string {
	_, port, _ := net.SplitHostPort(address)
	return port
}
