package backend

import "errors"

func cassandra() *System {
	return &System{Name: "cassandra", Title: "Cassandra 5.0.6", About: "a database of many machines, for Jaeger's storage",
		Docker: "docker run --rm -p 127.0.0.1:9042:9042 cassandra:5.0.6", recipe: notYet()}
}

func openSearch() *System {
	return &System{Name: "opensearch", Title: "OpenSearch 2.19.6", About: "a search engine, for Jaeger's storage",
		Docker: "docker run --rm -p 127.0.0.1:9200:9200 -e discovery.type=single-node -e DISABLE_SECURITY_PLUGIN=true opensearchproject/opensearch:2.19.6", recipe: notYet()}
}

func elasticsearch() *System {
	return &System{Name: "elasticsearch", Title: "Elasticsearch 7.10.2", About: "a search engine, for Jaeger's storage",
		Docker: "docker run --rm -p 127.0.0.1:9200:9200 -e discovery.type=single-node docker.elastic.co/elasticsearch/elasticsearch-oss:7.10.2", recipe: notYet()}
}

func kafka() *System {
	return &System{Name: "kafka", Title: "Kafka 4.1.1", About: "a broker, between the collector and the ingester",
		Docker: "docker run --rm -p 127.0.0.1:9092:9092 apache/kafka:4.1.1", recipe: notYet()}
}

func zipkin() *System {
	return &System{Name: "zipkin", Title: "Zipkin 3.5.1", About: "another backend, with a page of its own",
		Docker: "docker run --rm -p 127.0.0.1:9411:9411 openzipkin/zipkin-slim:3.5.1", recipe: notYet()}
}

func notYet() recipe {
	return recipe{
		listens: func(Options) ([]listener, error) { return nil, errors.New("not built yet") },
		prepare: func(*run) ([]program, error) { return nil, errors.New("not built yet") },
	}
}
