package backend

import (
	"os"
	"path/filepath"
)

func kafka(javas func() []java) *System {
	return &System{
		Name:   "kafka",
		Title:  "Kafka 4.1.1",
		About:  "a broker that holds spans between two collectors",
		Docker: "docker run --rm -p 127.0.0.1:9092:9092 apache/kafka:4.1.1",
		recipe: jarServer{
			name:    "kafka",
			java:    versions{least: 17},
			javas:   javas,
			listens: []listener{{what: "Kafka", usual: 9092}, {}},
			write:   writeKafka,
			ready:   askKafka,
		}.recipe(),
	}
}

// kafkaMark says that a folder is that of the one broker, which is otherwise
// the work of a command that formats it.
const kafkaMark = "version=1\ncluster.id=dHJhY2luZy13b3Jrc2hvcA\nnode.id=1\n"

func writeKafka(r *run) ([]string, error) {
	values := map[string]string{
		"broker":     r.at[0],
		"controller": r.at[1],
		"folder":     filepath.ToSlash(r.folder),
	}
	if err := r.fill("kafka.properties", "server.properties", values); err != nil {
		return nil, err
	}
	mark := filepath.Join(r.folder, "data", "meta.properties")
	if _, err := os.Stat(mark); err != nil {
		if err := os.MkdirAll(filepath.Dir(mark), 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(mark, []byte(kafkaMark), 0o644); err != nil {
			return nil, err
		}
	}
	return append(smallJava(),
		"-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dorg.slf4j.simpleLogger.showShortLogName=true",
		"-cp", r.classPath(),
		"kafka.Kafka", "server.properties",
	), nil
}
