package prove

import (
	"strings"
	"testing"
)

func TestEdit(t *testing.T) {
	const text = "package main\n\nfunc main() {\n\ttravel()\n\ttravel()\n\tarrive()\n}\n"
	for name, c := range map[string]struct {
		hunks string
		want  string
		err   string // part of the error, or ""
	}{
		"add": {
			hunks: " \tarrive()\n+\tdepart()\n",
			want:  "package main\n\nfunc main() {\n\ttravel()\n\ttravel()\n\tarrive()\n\tdepart()\n}\n",
		},
		"remove": {
			hunks: "-\tarrive()\n",
			want:  "package main\n\nfunc main() {\n\ttravel()\n\ttravel()\n}\n",
		},
		"replace in context": {
			hunks: " \ttravel()\n-\tarrive()\n+\tstop()\n }\n",
			want:  "package main\n\nfunc main() {\n\ttravel()\n\ttravel()\n\tstop()\n}\n",
		},
		"first line": {
			hunks: "-package main\n+package journey\n",
			want:  "package journey\n\nfunc main() {\n\ttravel()\n\ttravel()\n\tarrive()\n}\n",
		},
		"an empty line is context": {
			hunks: " package main\n\n+// main travels.\n func main() {\n",
			want:  "package main\n\n// main travels.\nfunc main() {\n\ttravel()\n\ttravel()\n\tarrive()\n}\n",
		},
		"two hunks": {
			hunks: "-package main\n+package journey\n@@\n-\tarrive()\n",
			want:  "package journey\n\nfunc main() {\n\ttravel()\n\ttravel()\n}\n",
		},
		"the whole file": {
			hunks: "+package journey\n+\n+func travel() {}\n",
			want:  "package journey\n\nfunc travel() {}\n",
		},
		"not there":               {hunks: "-\tdepart()\n", err: "0 times instead of once:\n\tdepart()"},
		"there twice":             {hunks: "-\ttravel()\n", err: "2 times instead of once"},
		"only part of a line":     {hunks: "-arrive()\n", err: "0 times instead of once"},
		"no mark":                 {hunks: "\tarrive()\n", err: `begins with a space, a minus or a plus: "\tarrive()"`},
		"the second is not there": {hunks: "-\tarrive()\n@@\n-\tarrive()\n", err: "0 times instead of once"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := edit(text, c.hunks)
			switch {
			case err != nil && c.err == "":
				t.Error(err)
			case err != nil && !strings.Contains(err.Error(), c.err):
				t.Errorf("the error is %q, want %q", err, c.err)
			case err == nil && c.err != "":
				t.Errorf("no error; want %q", c.err)
			case got != c.want:
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}
