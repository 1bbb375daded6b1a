package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// account is an account of AWS, as AWS knows it.
type account struct {
	id, secret      string
	region, service string
}

// authorization is the header with a signature, for a day, a region and a
// service.
var authorization = regexp.MustCompile(`^AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$`)

// refuse makes the signature of a request once more, with the secret that both
// sides know, and says why the request's own is another one (AWS Signature
// Version 4, Create a signed AWS API request). The body can be read afterwards.
func (a account) refuse(r *http.Request, now time.Time) string {
	header := r.Header.Get("Authorization")
	if header == "" {
		return "Missing Authentication Token"
	}
	match := authorization.FindStringSubmatch(header)
	if match == nil {
		return fmt.Sprintf("Authorization header is not of Signature Version 4: %q", header)
	}
	id, day, region, service := match[1], match[2], match[3], match[4]
	headers, signature := strings.Split(match[5], ";"), match[6]
	at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
	switch {
	case id != a.id:
		return "The security token included in the request is invalid."
	case region != a.region || service != a.service:
		return fmt.Sprintf("Credential should be scoped to %s and %s, not %s and %s.", a.region, a.service, region, service)
	case err != nil || at.Format("20060102") != day || at.Sub(now).Abs() > 15*time.Minute:
		return fmt.Sprintf("Signature not yet current or expired: %q", r.Header.Get("X-Amz-Date"))
	case !slices.IsSorted(headers) || !slices.Contains(headers, "host") || !slices.Contains(headers, "x-amz-date"):
		return "The headers host and x-amz-date have to be signed."
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err.Error()
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	scope := strings.Join([]string{day, region, service, "aws4_request"}, "/")
	text := strings.Join([]string{"AWS4-HMAC-SHA256", r.Header.Get("X-Amz-Date"), scope, hash([]byte(canonical(r, headers, body)))}, "\n")
	if want := hex.EncodeToString(keyed(a.signingKey(day), text)); !hmac.Equal([]byte(want), []byte(signature)) {
		return "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method."
	}
	return ""
}

// canonical is the form of a request in which both sides hash it.
func canonical(r *http.Request, headers []string, body []byte) string {
	lines := []string{r.Method, r.URL.EscapedPath(), canonicalQuery(r.URL.Query())}
	for _, name := range headers {
		lines = append(lines, name+":"+canonicalHeader(r, name))
	}
	return strings.Join(append(lines, "", strings.Join(headers, ";"), hash(body)), "\n")
}

func canonicalQuery(query url.Values) string {
	return strings.ReplaceAll(query.Encode(), "+", "%20")
}

// canonicalHeader knows those that net/http does not keep among the headers.
func canonicalHeader(r *http.Request, name string) string {
	switch name {
	case "host":
		return r.Host
	case "content-length":
		return strconv.FormatInt(r.ContentLength, 10)
	}
	return strings.Join(strings.Fields(strings.Join(r.Header.Values(name), ",")), " ")
}

func (a account) signingKey(day string) []byte {
	key := []byte("AWS4" + a.secret)
	for _, part := range []string{day, a.region, a.service, "aws4_request"} {
		key = keyed(key, part)
	}
	return key
}

func keyed(key []byte, text string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

func hash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// TestSignature holds the account to the example in AWS's own documentation,
// and to everything that a signature is there to notice.
func TestSignature(t *testing.T) {
	const signature = "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
	a := account{id: "AKIDEXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", region: "us-east-1", service: "iam"}
	at := time.Date(2015, 8, 30, 12, 36, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		change func(*http.Request, *account)
		want   string // "" for a request that is let in
	}{
		"as it is":          {func(*http.Request, *account) {}, ""},
		"another secret":    {func(_ *http.Request, a *account) { a.secret += "x" }, "does not match"},
		"another id":        {func(_ *http.Request, a *account) { a.id = "other" }, "token included in the request is invalid"},
		"another region":    {func(_ *http.Request, a *account) { a.region = "eu-central-1" }, "scoped to eu-central-1"},
		"another service":   {func(_ *http.Request, a *account) { a.service = "xray" }, "scoped to us-east-1 and xray"},
		"another body":      {func(r *http.Request, _ *account) { r.Body = io.NopCloser(strings.NewReader("x")) }, "does not match"},
		"another path":      {func(r *http.Request, _ *account) { r.URL.Path = "/v1/traces" }, "does not match"},
		"another question":  {func(r *http.Request, _ *account) { r.URL.RawQuery = "Action=DeleteUser" }, "does not match"},
		"another host":      {func(r *http.Request, _ *account) { r.Host = "example.com" }, "does not match"},
		"another day":       {func(r *http.Request, _ *account) { r.Header.Set("X-Amz-Date", "20150831T123600Z") }, "expired"},
		"another signature": {func(r *http.Request, _ *account) { exchange(r, signature, strings.Repeat("0", 64)) }, "does not match"},
		"a header unsigned": {func(r *http.Request, _ *account) { exchange(r, ";x-amz-date", "") }, "have to be signed"},
		"nothing signed":    {func(r *http.Request, _ *account) { r.Header.Del("Authorization") }, "Missing Authentication Token"},
		"another way":       {func(r *http.Request, _ *account) { r.Header.Set("Authorization", "Bearer x") }, "not of Signature Version 4"},
	} {
		t.Run(name, func(t *testing.T) {
			r, a := httptest.NewRequest(http.MethodGet, "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08", nil), a
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
			r.Header.Set("X-Amz-Date", "20150830T123600Z")
			r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature="+signature)
			test.change(r, &a)
			if got := a.refuse(r, at); (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
				t.Errorf("it says %q, want %q", got, test.want)
			}
		})
	}
}

func exchange(r *http.Request, old, with string) {
	r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), old, with, 1))
}
