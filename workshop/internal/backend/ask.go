package backend

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
)

// askCQL asks what the server at the address supports, in CQL's own protocol.
func askCQL(ctx context.Context, address string) error {
	const version, options, supported = 4, 5, 6
	header := []byte{version, 0, 0, 0, options, 0, 0, 0, 0}
	answer := make([]byte, len(header))
	if err := exchange(ctx, address, header, answer); err != nil {
		return err
	}
	if answer[4] != supported {
		return fmt.Errorf("%s does not speak CQL", address)
	}
	return nil
}

// askKafka asks which requests the broker at the address knows.
func askKafka(ctx context.Context, address string) error {
	const apiVersions, correlation = 18, 7
	request := binary.BigEndian.AppendUint32(nil, 10)
	request = binary.BigEndian.AppendUint16(request, apiVersions)
	request = binary.BigEndian.AppendUint16(request, 0)
	request = binary.BigEndian.AppendUint32(request, correlation)
	request = binary.BigEndian.AppendUint16(request, 0xFFFF) // no name of the client
	answer := make([]byte, 10)
	if err := exchange(ctx, address, request, answer); err != nil {
		return err
	}
	if binary.BigEndian.Uint32(answer[4:]) != correlation || answer[8] != 0 || answer[9] != 0 {
		return fmt.Errorf("%s does not speak Kafka's protocol", address)
	}
	return nil
}

// exchange sends a request and fills the answer with the first bytes of one.
func exchange(ctx context.Context, address string, request, answer []byte) error {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	if deadline, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(deadline)
	}
	if _, err := conn.Write(request); err != nil {
		return err
	}
	_, err = io.ReadFull(conn, answer)
	return err
}

// askCluster asks an OpenSearch or Elasticsearch for its health: yellow is all
// that one machine can have.
func askCluster(ctx context.Context, address string) error {
	return askStatus(ctx, "http://"+address+"/_cluster/health", "yellow", "green")
}

// askZipkin asks Zipkin and its storage for their health.
func askZipkin(ctx context.Context, address string) error {
	return askStatus(ctx, "http://"+address+"/health", "UP")
}

func askStatus(ctx context.Context, url string, good ...string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	var answer struct{ Status string }
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return err
	}
	for _, status := range good {
		if answer.Status == status {
			return nil
		}
	}
	return errors.New("its status is " + answer.Status)
}
