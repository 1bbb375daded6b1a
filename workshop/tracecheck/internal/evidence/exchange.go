package evidence

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// Exchange is a request to the learner's services, and what came back.
type Exchange struct {
	URL    string
	Header http.Header // of the request
	Status int         // of the answer; 0 if there was none
	Body   string      // of the answer, its first 64 KiB
	Err    error       // why there was no answer
}

// Says describes the answer, as "status 200".
func (x *Exchange) Says() string {
	if x.Err != nil {
		return fmt.Sprintf("no answer (%v)", x.Err)
	}
	return fmt.Sprintf("status %d", x.Status)
}

// Contains tells whether the body has the text, in a string of JSON or as it is.
func (x *Exchange) Contains(text string) bool {
	var answer any
	if json.Unmarshal([]byte(x.Body), &answer) != nil {
		return strings.Contains(x.Body, text)
	}
	return strings.Contains(fmt.Sprint(answer), text)
}
