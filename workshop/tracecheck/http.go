package tracecheck

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"sync"
	"syscall"
	"time"

	"example.com/tracing-workshop/workshop/internal/port"
	"example.com/tracing-workshop/workshop/internal/proc"
)

// answerTimeout is how long a service may take to answer a request. Fifty at
// once on a machine with much else to do have taken 4 s.
const answerTimeout = 10 * time.Second

const (
	// portsTried is how many ports a service is started on, one after the other,
	// when a stranger has taken them.
	portsTried = 5
	// reasonPatience is how long it may take until a service that has cut a
	// connection is gone.
	reasonPatience = time.Second
	// drainPatience is how long a service may go on listening after it was told
	// to stop; some do for the sake of a load balancer. It is less than the call
	// of another service may take.
	drainPatience = 3 * time.Second
)

// Service starts the learner's program as the service of that name, on a free
// port, and waits until it listens there, whatever it logs. It gives the
// service's URL; if it does not get that far, the URL of nobody.
func (s *Stage) Service(name string, args ...string) (url string) {
	return s.serve(port.Reserve, name, args)
}

func (s *Stage) serve(reserve func() (*port.Reserved, error), name string, args []string) (url string) {
	for range portsTried {
		at, err := reserve()
		if err != nil {
			s.problem = err
			return ""
		}
		s.AtEnd(at.Release)
		p := s.Start(append([]string{name, "-addr", at.Address}, args...)...)
		if p.AwaitOpen(at.Address) {
			return "http://" + at.Address
		}
		if !at.Taken() {
			p.NeverOpened = true
			break
		}
		s.forget(p) // it is not its fault
	}
	return s.Nobody()
}

// forget takes a process that has exited off the stage.
func (s *Stage) forget(p *Process) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.processes = slices.DeleteFunc(s.processes, func(other *Process) bool { return other == p })
}

// Nobody gives the URL of a port that is taken, but where every connection is
// closed at once: as good as nobody listening, and no other program can turn
// up there.
func (s *Stage) Nobody() (url string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.problem = err
		return ""
	}
	s.AtEnd(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			conn.Close()
		}
	}()
	return "http://" + listener.Addr().String()
}

// Upstream starts a server in the place of one that the learner's services
// call, and notes the headers of the requests it gets.
func (s *Stage) Upstream(handler http.HandlerFunc) (url string) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.upstream = append(s.upstream, r.Header.Clone())
		s.mu.Unlock()
		handler(w, r)
	}))
	s.AtEnd(server.Close)
	return server.URL
}

// Relay stands between two of the learner's services: what it is asked, it asks
// the server at target, with the same headers, and notes them. So the evidence
// holds what one service tells the other.
func (s *Stage) Relay(target string) (url string) {
	proxy, err := relayTo(target)
	if err != nil {
		s.problem = err
		return ""
	}
	return s.Upstream(proxy.ServeHTTP)
}

func relayTo(target string) (*httputil.ReverseProxy, error) {
	to, err := url.Parse(target)
	if err != nil {
		return nil, err
	}
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) },
		// A connection of its own for each request: none is left open that a
		// service would wait for.
		Transport: &http.Transport{DisableKeepAlives: true},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) {
			w.WriteHeader(http.StatusBadGateway)
		},
	}, nil
}

// Get sends a request and reads the answer. The header is given as name and
// value in turn; a name may come several times.
func (s *Stage) Get(url string, header ...string) *Exchange {
	x := get(url, header)
	if errors.Is(x.Err, errCut) {
		s.awaitReason(url)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.exchanges = append(s.exchanges, x)
	return x
}

// awaitReason waits until it shows why the service at a URL has cut a
// connection: it exits, by itself and not because it is told to stop a moment
// later, or it logs that a handler panicked.
func (s *Stage) awaitReason(address string) {
	u, err := url.Parse(address)
	if err != nil {
		return
	}
	s.mu.Lock()
	i := slices.IndexFunc(s.processes, func(p *Process) bool { return p.Address() == u.Host })
	if i < 0 || s.processes[i].Stopped {
		s.mu.Unlock()
		return
	}
	p := s.processes[i]
	s.mu.Unlock()
	p.AwaitReason(reasonPatience)
}

// GetTogether sends n requests at once and waits for all the answers.
func (s *Stage) GetTogether(n int, url string) {
	s.together = true
	var all sync.WaitGroup
	for range n {
		all.Go(func() { s.Get(url) })
	}
	all.Wait()
}

// errCut is why a request has no answer from a service that closed the
// connection instead.
var errCut = errors.New("the connection was closed")

// errNotAwaited is why an abandoned request has no answer.
var errNotAwaited = errors.New("the caller went away")

// Abandon sends a request and goes away at once, without waiting for the
// answer. The service has taken it when a later request is answered.
func (s *Stage) Abandon(address string) {
	x := &Exchange{URL: address, Header: http.Header{}, Err: errNotAwaited}
	if err := abandon(address); err != nil {
		x.Err = err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.exchanges = append(s.exchanges, x)
}

func abandon(address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	conn, err := net.DialTimeout("tcp", u.Host, answerTimeout)
	if err != nil {
		return err
	}
	defer conn.Close()
	_, err = fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", u.RequestURI(), u.Host)
	return err
}

// Terminate tells the service of that name to stop, as an operator or an
// orchestrator would (SIGTERM), and comes back when it takes no connection any
// more. A service that goes on listening is left to it after a while.
func (s *Stage) Terminate(service string) {
	s.mu.Lock()
	i := slices.IndexFunc(s.processes, func(p *Process) bool { return p.Service() == service })
	if i < 0 {
		s.mu.Unlock()
		return
	}
	p := s.processes[i]
	p.Tell(proc.Terminate)
	s.mu.Unlock()
	if at := p.Address(); at != "" {
		p.AwaitClosed(at, drainPatience)
	}
}

func get(url string, header []string) *Exchange {
	x := &Exchange{URL: url, Header: http.Header{}}
	for pair := range slices.Chunk(header, 2) {
		x.Header.Add(pair[0], pair[1])
	}
	ctx, cancel := context.WithTimeout(context.Background(), answerTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		x.Err = err
		return x
	}
	request.Header = x.Header.Clone()
	// A connection of its own: none is left open that a service would wait for.
	request.Close = true
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		x.Err = whyNoAnswer(err)
		return x
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 64<<10))
	x.Status, x.Body, x.Err = response.StatusCode, string(body), err
	return x
}

// whyNoAnswer leaves out of an error what stands beside it anyway: the method
// and the URL, whose port is another one each time.
func whyNoAnswer(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("none within %v", answerTimeout)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) {
		return errCut
	}
	var request *url.Error
	if errors.As(err, &request) {
		return request.Err
	}
	return err
}
