package backend

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/internal/port"
	"example.com/tracing-workshop/workshop/internal/proc"
)

// word is what the real servers keep.
const word = "helloworkshop"

// errForgotten means that a server no longer has the word.
var errForgotten = errors.New("the word is not there")

// TestCassandra and the tests below it run the real server, one at a time.
func TestCassandra(t *testing.T) { testReal(t, "cassandra", putCQL, getCQL) }

func TestOpenSearch(t *testing.T) { testReal(t, "opensearch", putDocument, getDocument) }

func TestElasticsearch(t *testing.T) { testReal(t, "elasticsearch", putDocument, getDocument) }

func TestKafka(t *testing.T) { testReal(t, "kafka", putRecord, getRecord) }

// TestZipkin has a server that keeps nothing over a restart.
func TestZipkin(t *testing.T) {
	p := testReal(t, "zipkin", putSpan, nil)
	page, err := ask(t.Context(), http.MethodGet, p.Address()+"/zipkin/", "")
	if err != nil || !strings.Contains(page, "<html") {
		t.Errorf("its page is %.100q (%v)", page, err)
	}
	if err := getSpan(t.Context(), p); !errors.Is(err, errForgotten) {
		t.Errorf("after a restart a span in memory gives %v", err)
	}
	if err := putSpan(t.Context(), p); err != nil {
		t.Error(err)
	}
}

// testReal fetches and starts a server, has it keep the word, stops it, and asks
// for the word after another start, which it gives.
func testReal(t *testing.T, name string, put, get func(context.Context, *Process) error) *Process {
	t.Helper()
	s := ready(t, name)
	begun := time.Now()
	p := start(t, s, Options{Folder: t.TempDir(), Free: true})
	started := time.Since(begun)
	if err := put(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	resident, _ := p.Memory()
	begun = time.Now()
	if err := p.Stop(); err != nil {
		t.Error(err)
	}
	t.Logf("%s: ready after %.1f s, %d MB, stopped after %.1f s", s.Title, started.Seconds(), resident>>20, time.Since(begun).Seconds())
	nobodyAt(t, p)
	again, err := p.Restart(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		again.Kill()
		nobodyAt(t, p)
	})
	if get != nil {
		if err := get(t.Context(), again); err != nil {
			t.Errorf("after a restart: %v", err)
		}
	}
	onlyHere(t, again)
	return again
}

// ready gives a system that this machine can run, and that is fetched.
func ready(t *testing.T, name string) *System {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a database")
	}
	s, err := Find(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Lacks(); err != nil {
		t.Skip(err)
	}
	begun := time.Now()
	if err := s.Fetch(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	fetched, _ := s.Fetched()
	t.Logf("%s: %d MB, fetched in %.1f s", s.Title, fetched>>20, time.Since(begun).Seconds())
	return s
}

// nobodyAt wants the ports of a server free.
func nobodyAt(t *testing.T, p *Process) {
	t.Helper()
	for _, address := range p.run.at {
		l, err := net.Listen("tcp", address)
		if err != nil {
			t.Errorf("the port %s is not free: %v", address, err)
			continue
		}
		l.Close()
	}
}

// onlyHere wants the ports of a server closed to other machines.
func onlyHere(t *testing.T, p *Process) {
	t.Helper()
	all, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range all {
		network, ok := one.(*net.IPNet)
		if !ok || network.IP.IsLoopback() || network.IP.IsLinkLocalUnicast() {
			continue
		}
		for _, address := range p.run.at {
			if outside := net.JoinHostPort(network.IP.String(), portOf(address)); port.Open(outside) {
				t.Errorf("%s listens at %s", p.System.Title, outside)
			}
		}
	}
}

func putDocument(ctx context.Context, p *Process) error {
	_, err := ask(ctx, http.MethodPut, p.Address()+"/words/_doc/1?refresh=true", `{"word":"`+word+`"}`)
	return err
}

func getDocument(ctx context.Context, p *Process) error {
	return has(ask(ctx, http.MethodGet, p.Address()+"/words/_search?q=word:"+word, ""))
}

func putSpan(ctx context.Context, p *Process) error {
	span := fmt.Sprintf(`[{"traceId":"00000000000000000000000000000001","id":"0000000000000001","name":%q,"timestamp":%d,"duration":1000,"localEndpoint":{"serviceName":"s"}}]`,
		word, time.Now().UnixMicro())
	if _, err := ask(ctx, http.MethodPost, p.Address()+"/api/v2/spans", span); err != nil {
		return err
	}
	var err error
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if err = getSpan(ctx, p); err == nil {
			break
		}
	}
	return err
}

func getSpan(ctx context.Context, p *Process) error {
	return has(ask(ctx, http.MethodGet, p.Address()+"/api/v2/trace/00000000000000000000000000000001", ""))
}

// ask sends a request whose answer is not an error, or that nothing is there.
func ask(ctx context.Context, method, url, body string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/json")
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode >= 400 && response.StatusCode != http.StatusNotFound {
		err = fmt.Errorf("%s: %s", response.Status, answer)
	}
	return string(answer), err
}

func has(answer string, err error) error {
	if err == nil && !strings.Contains(answer, word) {
		err = fmt.Errorf("%w: %.200q", errForgotten, answer)
	}
	return err
}

func putRecord(ctx context.Context, p *Process) error {
	answer, err := runWord(ctx, p, "put", word)
	if err == nil && !strings.Contains(answer, "4 partitions") {
		err = fmt.Errorf("a topic that nobody made: %s", answer)
	}
	return err
}

func getRecord(ctx context.Context, p *Process) error { return has(runWord(ctx, p, "get")) }

// runWord runs a client of Kafka, which is among the jars of the broker.
func runWord(ctx context.Context, p *Process, verb string, more ...string) (string, error) {
	source, err := filepath.Abs(filepath.Join("testdata", "Word.java"))
	if err != nil {
		return "", err
	}
	args := append([]string{"-cp", p.run.classPath(), source, verb, p.Address()}, more...)
	out, err := proc.Output(proc.Command(ctx, javas()()[0].path, args...))
	return string(out), err
}

func putCQL(ctx context.Context, p *Process) error {
	for _, statement := range []string{
		"CREATE KEYSPACE words WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
		"CREATE TABLE words.words (id int PRIMARY KEY, word text)",
		"INSERT INTO words.words (id, word) VALUES (1, '" + word + "')",
	} {
		if _, err := queryCQL(ctx, p, statement); err != nil {
			return err
		}
	}
	return nil
}

func getCQL(ctx context.Context, p *Process) error {
	return has(queryCQL(ctx, p, "SELECT word FROM words.words"))
}

// queryCQL sends one statement over a connection of its own, and gives the body
// of the answer.
func queryCQL(ctx context.Context, p *Process, statement string) (string, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", p.Address())
	if err != nil {
		return "", err
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	const startup, query, one = 1, 7, 1
	if _, err := frameCQL(conn, startup, []byte("\x00\x01\x00\x0bCQL_VERSION\x00\x053.0.0")); err != nil {
		return "", err
	}
	body := binary.BigEndian.AppendUint32(nil, uint32(len(statement)))
	body = append(append(body, statement...), 0, one, 0)
	return frameCQL(conn, query, body)
}

func frameCQL(conn net.Conn, opcode byte, body []byte) (string, error) {
	frame := binary.BigEndian.AppendUint32([]byte{4, 0, 0, 0, opcode}, uint32(len(body)))
	if _, err := conn.Write(append(frame, body...)); err != nil {
		return "", err
	}
	header := make([]byte, 9)
	if _, err := io.ReadFull(conn, header); err != nil {
		return "", err
	}
	answer := make([]byte, binary.BigEndian.Uint32(header[5:]))
	if _, err := io.ReadFull(conn, answer); err != nil {
		return "", err
	}
	if header[4] == 0 {
		return "", fmt.Errorf("cassandra says: %q", answer)
	}
	return string(answer), nil
}
