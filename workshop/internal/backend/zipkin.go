package backend

import "path/filepath"

func zipkin(javas func() []java) *System {
	return &System{
		Name:   "zipkin",
		Title:  "Zipkin 3.5.1",
		About:  "another backend, with a page of its own; it keeps its traces in memory",
		Docker: "docker run --rm -p 127.0.0.1:9411:9411 openzipkin/zipkin-slim:3.5.1",
		recipe: jarServer{
			name:    "zipkin",
			java:    versions{least: 17},
			javas:   javas,
			listens: []listener{{what: "Zipkin", usual: 9411, url: true}},
			write: func(r *run) ([]string, error) {
				temporary, err := r.temporary() // it unpacks a library
				return append(smallJava(),
					"-Djava.io.tmpdir="+temporary,
					"-jar", filepath.Join(r.home, "lib", "zipkin-server-3.5.1-slim.jar"),
					"--armeria.ports[0].address=127.0.0.1", // it would listen on all addresses
					"--armeria.ports[0].port="+portOf(r.at[0]),
					"--armeria.ports[0].protocols=http",
				), err
			},
			env: func(r *run) []string {
				return []string{"QUERY_PORT=" + portOf(r.at[0]), "STORAGE_TYPE=mem"}
			},
			ready: askZipkin,
		}.recipe(),
	}
}
