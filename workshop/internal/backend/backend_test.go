package backend

import (
	"strings"
	"testing"
)

func TestAll(t *testing.T) {
	var names []string
	for _, s := range All() {
		names = append(names, s.Name)
		if s.Title == "" || s.About == "" {
			t.Errorf("%s has no title, or nothing about it", s.Name)
		}
	}
	want := "cassandra opensearch elasticsearch kafka zipkin prometheus collector python"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("there are\n%s, want\n%s", got, want)
	}
}

func TestFind(t *testing.T) {
	if s, err := Find("kafka"); err != nil || s.Name != "kafka" {
		t.Errorf("kafka is %v (%v)", s, err)
	}
	for typed, want := range map[string]string{
		"elastic": `there is no system "elastic": do you mean elasticsearch?`,
		"mysql":   `there is no system "mysql": take one of cassandra, opensearch, elasticsearch, kafka, zipkin, prometheus, collector, python`,
	} {
		if _, err := Find(typed); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", typed, err, want)
		}
	}
}

// TestSumsAreOfThatVersion holds together what a title, the Docker line, the
// profile and the sums say.
func TestSumsAreOfThatVersion(t *testing.T) {
	jars := map[string]string{
		"cassandra":     "cassandra-all-%.jar",
		"opensearch":    "opensearch-%.jar",
		"elasticsearch": "elasticsearch-%.jar",
		"kafka":         "kafka_2.13-%.jar",
		"zipkin":        "zipkin-server-%-slim.jar",
	}
	for _, s := range All()[:5] {
		_, version, _ := strings.Cut(s.Title, " ")
		sums := parseSums(readServers(s.Name + ".sums"))
		if jar := strings.Replace(jars[s.Name], "%", version, 1); len(sums[jar]) != 64 {
			t.Errorf("%s has no sum of %s", s.Name, jar)
		}
		if !strings.HasSuffix(s.Docker, ":"+version) {
			t.Errorf("%s with Docker is %s", s.Title, s.Docker)
		}
		_, profile, _ := strings.Cut(readServers("pom.xml"), "<id>"+s.Name+"</id>")
		profile, _, _ = strings.Cut(profile, "</profile>")
		if !strings.Contains(profile, "<version>"+version+"</version>") {
			t.Errorf("the profile %s is of another version than %s", s.Name, version)
		}
	}
}

func TestEssence(t *testing.T) {
	for name, c := range map[string]struct{ log, want string }{
		"nothing":         {"", ""},
		"no trouble":      {"one\n\ntwo\nthree\nfour\n", "two; three; four"},
		"a stack of Java": {"INFO all is well\nException in thread \"main\" java.net.BindException: in use\n\tat a.B.c(B.java:1)\n\t... 2 more", "in use"},
		"Kafka":           {"[main] ERROR BrokerServer - Fatal error during broker startup\njava.lang.RuntimeException: Unable to start acceptor for BROKER\nCaused by: org.apache.kafka.common.KafkaException: Socket server failed to bind to 127.0.0.1:9092: Address already in use.\n\tat a\nCaused by: java.net.BindException: Address already in use", "[main] ERROR BrokerServer - Fatal error during broker startup; Unable to start acceptor for BROKER; Socket server failed to bind to 127.0.0.1:9092: Address already in use"},
		"Zipkin":          {"Caused by: java.util.concurrent.CompletionException: java.lang.IllegalStateException: Armeria server failed to start\n\tat a\nCaused by: java.lang.IllegalStateException: Armeria server failed to start\nCaused by: io.netty.channel.unix.Errors$NativeIoException: bind(..) failed: Address already in use", "Armeria server failed to start; bind(..) failed: Address already in use"},
		"of Python":       {"Traceback (most recent call last):\n  File \"a.py\", line 1, in <module>\n    x\nModuleNotFoundError: No module named 'x'", "ModuleNotFoundError: No module named 'x'"},
	} {
		if got := essence(strings.Split(c.log, "\n")); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
