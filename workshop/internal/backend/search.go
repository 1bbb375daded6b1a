package backend

func openSearch(javas func() []java) *System {
	return &System{
		Name:   "opensearch",
		Title:  "OpenSearch 2.19.6",
		About:  "a search engine of many machines, as Jaeger's storage",
		Docker: "docker run --rm -p 127.0.0.1:9200:9200 -e discovery.type=single-node -e DISABLE_SECURITY_PLUGIN=true opensearchproject/opensearch:2.19.6",
		recipe: searchEngine("opensearch", "OpenSearch.java", versions{least: 17, most: 21, compiler: true}, javas),
	}
}

func elasticsearch(javas func() []java) *System {
	return &System{
		Name:   "elasticsearch",
		Title:  "Elasticsearch 7.10.2",
		About:  "the search engine that OpenSearch comes from, as Jaeger's storage",
		Docker: "docker run --rm -p 127.0.0.1:9200:9200 -e discovery.type=single-node docker.elastic.co/elasticsearch/elasticsearch-oss:7.10.2",
		recipe: searchEngine("elasticsearch", "Elasticsearch.java", versions{least: 17, most: 17, compiler: true}, javas),
	}
}

// searchEngine is one whose node is started by a source file of our own: what
// its makers start it with is not among the jars. The two files are the same but for
// the packages, which OpenSearch has renamed.
func searchEngine(name, source string, java versions, javas func() []java) recipe {
	return jarServer{
		name:    name,
		java:    java,
		javas:   javas,
		listens: []listener{{what: "HTTP", usual: 9200, url: true}, {}},
		write: func(r *run) ([]string, error) {
			if err := r.fill(source, source, nil); err != nil {
				return nil, err
			}
			temporary, err := r.temporary()
			return append(smallJava(),
				"-Dlog4j2.level=WARN", "-Dlog4j2.disable.jmx=true",
				"-Djava.io.tmpdir="+temporary,
				"-cp", r.classPath(),
				source, r.folder, portOf(r.at[0]), portOf(r.at[1]),
			), err
		},
		ready: askCluster,
	}.recipe()
}
