package deployment

import (
	"testing"

	"example.com/tracing-workshop/workshop/internal/backend"
)

// Needs skips a test on a machine that cannot run these systems (go run
// ./workshop backend list), and says what is missing.
func Needs(t testing.TB, systems ...string) {
	t.Helper()
	for _, name := range systems {
		system, err := backend.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := system.Lacks(); err != nil {
			t.Skip(err)
		}
	}
}
