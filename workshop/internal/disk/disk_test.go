package disk

import (
	"errors"
	"path/filepath"
	"testing"
)

func TestRoomFor(t *testing.T) {
	here := t.TempDir()
	folder := filepath.Join(here, "not", "there", "yet")
	for _, test := range []struct {
		free uint64
		err  error
		want string
	}{
		{2 << 30, nil, ""},
		{reserve + 1<<30, nil, ""},
		{1 << 30, nil, folder + " has 1.0 GB left, and up to 1.0 GB are needed: make room there"},
		{0, errors.ErrUnsupported, ""},
	} {
		free := Free(func(asked string) (uint64, error) {
			if asked != here {
				t.Errorf("it asks for the room in %s, want %s", asked, here)
			}
			return test.free, test.err
		})
		err := free.RoomFor(folder, 1<<30)
		if test.want == "" && err != nil || test.want != "" && (err == nil || err.Error() != test.want) {
			t.Errorf("with %d free, %v: %v, want %q", test.free, test.err, err, test.want)
		}
	}
}
